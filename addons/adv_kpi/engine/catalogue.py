"""The figures, each declared once: measures with their records, and a formula over them.

Names, units, directions and explanations are the records of `adv.kpi` with the same code.
"""

from .formulas import CountBack, DaysOfSales, Difference, Ratio, Sum, percent
from .measures import Measure, Source, after, during, earlier_than, from_day, not_until, until

ORDER_FILTERS = {
    "company": "company_id",
    "team": "team_id",
    "assistant": "adv_assistant_id",
    "user": "user_id",
    "partner": "adv_commercial_partner_id",
    "country": "adv_commercial_partner_id.country_id",
}
INVOICE_FILTERS = {
    "company": "company_id",
    "team": "team_id",
    "user": "invoice_user_id",
    "partner": "commercial_partner_id",
    "country": "commercial_partner_id.country_id",
}
RECEIVABLE_FILTERS = {
    "company": "company_id",
    "partner": "partner_id",
    "country": "partner_id.country_id",
}

# === RECORDS === #

CONFIRMED = Source("sale.order", (("state", "=", "sale"), ("adv_confirmed_date", "!=", False)), ORDER_FILTERS)
RECEIVED = Source(
    "sale.order",
    ("|", ("adv_submitted_date", "!=", False), ("adv_confirmed_date", "!=", False)),
    ORDER_FILTERS,
)
QUOTED = Source("sale.order", (("adv_quoted_date", "!=", False),), ORDER_FILTERS)
INVOICED = Source(
    "account.move",
    (
        ("state", "=", "posted"),
        ("move_type", "in", ("out_invoice", "out_refund")),
        ("journal_id.adv_late_charges", "=", False),
    ),
    INVOICE_FILTERS,
    {"reason": "adv_credit_reason_id"},
)
RECEIVABLE = Source("adv.receivable.entry", (), RECEIVABLE_FILTERS)

INVOICE = (("move_type", "=", "out_invoice"),)
CREDIT_NOTE = (("move_type", "=", "out_refund"),)

# === ORDERS === #

orders = Measure(CONFIRMED, "count", during("adv_confirmed_date"))
order_lines = Measure(CONFIRMED, "sum:adv_line_count", during("adv_confirmed_date"))
intake = Measure(CONFIRMED, "sum:adv_amount_company", during("adv_confirmed_date"), money=True)
new_customers = Measure(
    CONFIRMED, "count", during("adv_confirmed_date"), domain=(("adv_is_first_order", "=", True),)
)

backlog_days = (until("adv_confirmed_date"), not_until("adv_delivered_date"))
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
credit_notes = Measure(INVOICED, "count", in_invoice_period, domain=CREDIT_NOTE)
revenue = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, money=True)
sales = Measure(INVOICED, "sum:amount_total_signed", in_invoice_period, money=True)
billed = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, domain=INVOICE, money=True)
credited = Measure(INVOICED, "sum:amount_untaxed_signed", in_invoice_period, domain=CREDIT_NOTE, money=True)
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

# === FIGURES === #

FORMULAS = {
    "order_count": Sum(orders),
    "order_line_count": Sum(order_lines),
    "order_intake": Sum(intake),
    "quote_count": Sum(quotes),
    "invoice_count": Sum(invoices),
    "credit_note_count": Sum(credit_notes),
    "backlog_value": Sum(backlog),
    "backlog_count": Sum(backlog_orders),
    "backlog_late_value": Sum(backlog_late),
    "entry_error_rate": percent(entry_errors_escaped, received),
    "entry_error_caught_rate": percent(entry_errors_caught, received),
    "order_accuracy": percent(accurate, received),
    "billing_error_rate": percent(invoices_wrong, invoices),
    "credit_note_rate": percent(credited, billed, factor=-100.0),  # credit notes are signed
    "on_time_rate": percent(on_time, promised),
    "on_time_requested_rate": percent(on_time_requested, requested),
    "processing_time": Ratio(processing_days, delivered),
    "revenue": Sum(revenue),
    "gross_margin": Sum(margin),
    "gross_margin_rate": percent(margin, costed_revenue),
    "quote_conversion_rate": percent(quotes_won, quotes),
    "new_customer_count": Sum(new_customers),
    "receivable_balance": Sum(balance),
    "overdue_balance": Sum(overdue),
    "overdue_rate": percent(overdue, balance),
    "overdue_60_balance": Sum(overdue_60),
    "dso": CountBack(balance, sales),
    "dso_ratio": DaysOfSales(balance, sales),
    "dso_best_possible": DaysOfSales(not_due, sales),
    "average_days_delinquent": Difference(DaysOfSales(balance, sales), DaysOfSales(not_due, sales)),
}
