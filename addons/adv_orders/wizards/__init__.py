from . import (
    adv_amendment_qualify,
    adv_error_adjust,
    adv_error_report,
    adv_habit_answer,
    adv_promise_change_wizard,
    adv_quote_follow,
    adv_quote_lost,
    adv_reason,
    adv_reassign,
    adv_request_error,
    adv_request_log,
    stock_return_picking,
)
