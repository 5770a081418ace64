from . import (
    test_billing_modes,
    test_billing_plan,
    test_billing_run,
    test_credit_notes,
    test_exposure,
    test_hold,
    test_invoice_checks,
    test_legal_terms,
    test_order_dates,
    test_receipts,
    test_security,
    test_tours,
)
