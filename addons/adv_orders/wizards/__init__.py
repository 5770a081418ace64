from . import adv_amendment_qualify, adv_error_report, adv_promise_change_wizard, adv_reason, adv_refund
