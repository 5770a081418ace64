from . import test_engine, test_figures, test_js, test_tours
