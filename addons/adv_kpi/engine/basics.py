"""The measures of orders, their errors and deliveries, of invoices and of receivables."""

from .measures import Measure, after, during, earlier_than, from_day, not_until, until
from .sources import CONFIRMED, CREDIT_NOTE, CREDITED, INVOICE, INVOICED, QUOTED, RECEIVABLE, RECEIVED

# === ORDERS === #

orders = Measure(CONFIRMED, "count", during("adv_confirmed_date"))
order_lines = Measure(CONFIRMED, "sum:adv_line_count", during("adv_confirmed_date"))
intake = Measure(CONFIRMED, "sum:adv_amount_company", during("adv_confirmed_date"), money=True)
new_customers = Measure(
    CONFIRMED, "count", during("adv_confirmed_date"), domain=(("adv_is_first_order", "=", True),)
)

backlog_days = (until("adv_confirmed_date"), not_until("adv_fulfilled_date"))
backlog_orders = Measure(CONFIRMED, "count", backlog_days)
backlog = Measure(CONFIRMED, "sum:adv_amount_company", backlog_days, money=True)
backlog_late = Measure(
    CONFIRMED, "sum:adv_amount_company", (*backlog_days, until("adv_promise_date", "due")), money=True
)

quotes = Measure(QUOTED, "count", during("adv_quoted_date"))
quotes_won = Measure(
    QUOTED,
    "count",
    during("adv_quoted_date"),
    domain=(("state", "=", "sale"), ("adv_confirmed_date", "!=", False)),
)

# === ERRORS === #

KNOWN_ERROR = (("state", "!=", "dismissed"),)
ENTRY_ERROR = (*KNOWN_ERROR, ("step", "=", "entry"))


def errors_of_type(conditions):
    """Return the function giving the orders' domain for one type of error (None: any)."""

    def domain(key):
        return (("adv_error_ids", "any", (*conditions, ("type_id", "=", key))),)

    return domain


def orders_with_error(*conditions):
    """Return the measure: orders received with an error in the ledger that meets the conditions."""
    return Measure(
        RECEIVED,
        "count",
        during("adv_received_date"),
        domain=(("adv_error_ids", "any", conditions),),
        models=("adv.order.error",),
        expansions={"error_type": ("adv.error.type", errors_of_type(conditions))},
    )


received = Measure(RECEIVED, "count", during("adv_received_date"))
entry_errors_escaped = orders_with_error(*ENTRY_ERROR, ("escaped", "=", True))
entry_errors_caught = orders_with_error(*ENTRY_ERROR, ("escaped", "=", False))
accurate = Measure(
    RECEIVED,
    "count",
    during("adv_received_date"),
    domain=(("adv_error_ids", "not any", (*KNOWN_ERROR, ("escaped", "=", True))),),
    models=("adv.order.error",),
)

# === DELIVERIES === #

# Shipped by as_of, or promised for a day that is over: the rest cannot be judged yet.
judged = (
    (until("adv_promise_date", "due"),),
    (after("adv_promise_date", "due"), until("adv_delivered_date")),
)
promised = Measure(CONFIRMED, "count", during("adv_promise_date"), either=judged)
on_time = Measure(
    CONFIRMED,
    "count",
    (*during("adv_promise_date"), until("adv_delivered_date")),
    domain=(("adv_is_on_time", "=", True),),
)
requested_judged = (
    (until("adv_requested_date", "due"),),
    (after("adv_requested_date", "due"), until("adv_delivered_date")),
)
requested = Measure(CONFIRMED, "count", during("adv_requested_date"), either=requested_judged)
on_time_requested = Measure(
    CONFIRMED,
    "count",
    (*during("adv_requested_date"), until("adv_delivered_date")),
    domain=(("adv_is_on_time_requested", "=", True),),
)
delivered = Measure(CONFIRMED, "count", during("adv_delivered_date"))
processing_days = Measure(CONFIRMED, "sum:adv_processing_days", during("adv_delivered_date"))

# === INVOICES === #

in_invoice_period = during("invoice_date")
invoices = Measure(INVOICED, "count", in_invoice_period, domain=INVOICE)
credit_notes = Measure(CREDITED, "count", in_invoice_period, domain=CREDIT_NOTE)
revenue = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, money=True)
sales = Measure(INVOICED, "sum:amount_total_signed", in_invoice_period, money=True)
billed = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, domain=INVOICE, money=True)
credited = Measure(CREDITED, "sum:amount_untaxed_signed", in_invoice_period, domain=CREDIT_NOTE, money=True)
COSTED = (("adv_is_costed", "=", True),)
margin = Measure(INVOICED, "sum:adv_margin", in_invoice_period, domain=COSTED, money=True)
costed_revenue = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, domain=COSTED, money=True)
invoices_wrong = Measure(
    INVOICED,
    "count",
    in_invoice_period,
    domain=(
        *INVOICE,
        (
            "reversal_move_ids",
            "any",
            (("state", "=", "posted"), ("adv_credit_reason_id.error_type_id", "!=", False)),
        ),
    ),
    expansions={
        "reason": (
            "adv.credit.reason",
            lambda key: (
                *INVOICE,
                (
                    "reversal_move_ids",
                    "any",
                    (
                        ("state", "=", "posted"),
                        ("adv_credit_reason_id", "=", key),
                        ("adv_credit_reason_id.error_type_id", "!=", False),
                    ),
                ),
            ),
        )
    },
)

# === RECEIVABLES === #

balance = Measure(RECEIVABLE, "sum:amount", (until("date"),), money=True)
overdue = Measure(RECEIVABLE, "sum:amount", (until("date"), earlier_than("due_date")), money=True)
overdue_60 = Measure(RECEIVABLE, "sum:amount", (until("date"), earlier_than("due_date", days=60)), money=True)
not_due = Measure(RECEIVABLE, "sum:amount", (until("date"), from_day("due_date")), money=True)


def aged(*bounds):
    """Return the measure of the balance whose due date lies inside the bounds."""
    return Measure(RECEIVABLE, "sum:amount", (until("date"), *bounds), money=True)


# Days late from (excluded) and to (included) -> measure
AGES = {
    (None, 0): not_due,
    (0, 30): aged(earlier_than("due_date"), from_day("due_date", days=30)),
    (30, 60): aged(earlier_than("due_date", days=30), from_day("due_date", days=60)),
    (60, 90): aged(earlier_than("due_date", days=60), from_day("due_date", days=90)),
    (90, None): aged(earlier_than("due_date", days=90)),
}
