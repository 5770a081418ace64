from . import (
    test_calendar,
    test_late_charges,
    test_outcomes,
    test_run,
    test_security,
    test_send,
    test_tours,
    test_translations,
    test_waits,
)
