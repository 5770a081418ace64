from . import (
    test_late_charges,
    test_outcomes,
    test_run,
    test_security,
    test_send,
    test_tours,
    test_translations,
)
