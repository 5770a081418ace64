from . import adv_amendment_qualify, adv_error_report, adv_habit_answer, adv_promise_change_wizard, adv_reason
from . import (
    adv_amendment_qualify,
    adv_error_adjust,
    adv_error_report,
    adv_promise_change_wizard,
    adv_reason,
    stock_return_picking,
)
