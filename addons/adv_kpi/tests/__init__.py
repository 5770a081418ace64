from . import test_dashboard, test_engine, test_figures, test_i18n, test_js, test_security, test_tours
