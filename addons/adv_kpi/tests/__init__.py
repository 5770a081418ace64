from . import test_engine, test_figures
