"""The figures: a formula over measures for each code.

Names, units, directions and explanations are the records of `adv.kpi` with the same code.
"""

from .basics import (
    accurate,
    backlog,
    backlog_late,
    backlog_orders,
    balance,
    billed,
    costed_revenue,
    credit_notes,
    credited,
    delivered,
    entry_errors_caught,
    entry_errors_escaped,
    intake,
    invoices,
    invoices_wrong,
    margin,
    new_customers,
    not_due,
    on_time,
    on_time_requested,
    order_lines,
    orders,
    overdue,
    overdue_60,
    processing_days,
    promised,
    quotes,
    quotes_won,
    received,
    requested,
    revenue,
    sales,
)
from .catalogue_cash import CASH
from .catalogue_service import SERVICE
from .catalogue_work import WORK
from .formulas import CountBack, DaysOfSales, Ratio, Sum, percent

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
    # DSO by ratio minus the best possible one: what is not "not due" is overdue, and so it opens
    "average_days_delinquent": DaysOfSales(overdue, sales),
    **WORK,
    **SERVICE,
    **CASH,
}
