"""Figures counted line by line: what product categories can cut.

An amount of lines adds up to that of their documents, so these formulas give the same values as those of the
catalogue; they read more rows and serve only where a category is asked for.
"""

from .formulas import Sum, percent
from .measures import Measure, Source, during

LINE_FILTERS = {
    "company": "company_id",
    "team": "team_id",
    "user": "user_id",
    "partner": "partner_id",
    "country": "partner_id.country_id",
    "categ": "categ_id",
}
INTAKE = Source(
    "adv.intake.entry",
    (),
    {**LINE_FILTERS, "assistant": "assistant_id"},
    {"campaign": "campaign_id", "product": "product_id"},
    is_trade=True,
)
REVENUE = Source("adv.revenue.entry", (), LINE_FILTERS, {"product": "product_id"}, is_trade=True)

confirmed_days = during("confirmed_date")
invoice_days = during("invoice_date")
ORDERS = ("sale.order",)
MOVES = ("account.move",)
line_intake = Measure(INTAKE, "sum:amount", confirmed_days, money=True, models=ORDERS)
line_revenue = Measure(REVENUE, "sum:amount", invoice_days, money=True, models=MOVES)
COSTED = (("is_costed", "=", True),)
line_margin = Measure(REVENUE, "sum:margin", invoice_days, domain=COSTED, money=True, models=MOVES)
line_costed = Measure(REVENUE, "sum:amount", invoice_days, domain=COSTED, money=True, models=MOVES)
line_billed = Measure(
    REVENUE, "sum:amount", invoice_days, domain=(("is_credit", "=", False),), money=True, models=MOVES
)
line_credited = Measure(
    REVENUE, "sum:amount", invoice_days, domain=(("is_credit", "=", True),), money=True, models=MOVES
)

LINES = {
    "order_intake": Sum(line_intake),
    "revenue": Sum(line_revenue),
    "gross_margin": Sum(line_margin),
    "gross_margin_rate": percent(line_margin, line_costed),
    "credit_note_rate": percent(line_credited, line_billed, factor=-100.0),
}
