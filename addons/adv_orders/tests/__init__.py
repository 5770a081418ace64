from . import (
    test_approvals,
    test_backfill,
    test_checks,
    test_deliveries,
    test_gate,
    test_i18n,
    test_ledger,
    test_milestones,
    test_portal,
    test_reception,
    test_security,
    test_tours,
)
