"""The records that the measures count, and how they can be cut.

A filter's noun cuts whole figures; a dimension only breaks down the figure whose numerator has it, the
denominator staying whole where it has not.
"""

from .measures import Source

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

# === ORDERS === #

CONFIRMED = Source(
    "sale.order",
    (("state", "=", "sale"), ("adv_confirmed_date", "!=", False)),
    ORDER_FILTERS,
    {"campaign": "campaign_id"},
    is_trade=True,
)
BLOCKED = Source(
    "sale.order", CONFIRMED.domain, ORDER_FILTERS, {"reason": "adv_blocked_reason"}, is_trade=True
)
RECEIVED = Source(
    "sale.order",
    ("|", ("adv_submitted_date", "!=", False), ("adv_confirmed_date", "!=", False)),
    ORDER_FILTERS,
    is_trade=True,
)
QUOTED = Source("sale.order", (("adv_quoted_date", "!=", False),), ORDER_FILTERS, is_trade=True)
INVOICED = Source(
    "account.move",
    (
        ("state", "=", "posted"),
        ("move_type", "in", ("out_invoice", "out_refund")),
        ("journal_id.adv_late_charges", "=", False),
    ),
    INVOICE_FILTERS,
    is_trade=True,
)
CREDITED = Source(
    "account.move", INVOICED.domain, INVOICE_FILTERS, {"reason": "adv_credit_reason_id"}, is_trade=True
)
RECEIVABLE = Source("adv.receivable.entry", (), RECEIVABLE_FILTERS, carried="date")
DELIVERED_NOT_INVOICED = Source(
    "adv.delivery.entry",
    (),
    {
        "company": "company_id",
        "team": "team_id",
        "assistant": "assistant_id",
        "user": "user_id",
        "partner": "partner_id",
        "country": "partner_id.country_id",
        "categ": "categ_id",
    },
    condensed="date",
)
DISPUTES = Source("adv.dispute", (), RECEIVABLE_FILTERS, {"reason": "reason_id"})
PROMISES = Source(
    "adv.payment.promise",
    (("state", "in", ("kept", "partly_kept", "broken")),),
    {
        "company": "company_id",
        "partner": "partner_id.commercial_partner_id",
        "country": "partner_id.country_id",
    },
)
NOTICES = Source(
    "adv.dunning.notice",
    (("state", "=", "sent"),),
    {
        "company": "company_id",
        "partner": "partner_id.commercial_partner_id",
        "country": "partner_id.country_id",
    },
)

INVOICE = (("move_type", "=", "out_invoice"),)
CREDIT_NOTE = (("move_type", "=", "out_refund"),)

# === PEOPLE AND GOODS === #

REQUEST_FILTERS = {
    "company": "company_id",
    "assistant": "assistant_id",
    "partner": "commercial_partner_id",
    "country": "commercial_partner_id.country_id",
}
REQUESTS = Source("adv.request", (), REQUEST_FILTERS)
DOCUMENTS = Source("adv.document", (), {"company": "company_id", "assistant": "assistant_id"})
ASSISTANTS = Source("adv.assistant", (), {"company": "company_id"})
STOCK = Source("adv.stock.entry", (), {"company": "company_id", "categ": "categ_id"}, condensed="date")
SPENDING = Source("adv.marketing.spend", (), {"company": "company_id"}, {"campaign": "campaign_id"})
SATISFACTION_FILTERS = {
    "company": "company_id",
    "team": "team_id",
    "assistant": "assistant_id",
    "user": "user_id",
    "partner": "commercial_partner_id",
    "country": "commercial_partner_id.country_id",
}
SATISFACTION = Source("adv.satisfaction", (), SATISFACTION_FILTERS)
SCORES = Source(
    "adv.satisfaction.score",
    (),
    {noun: f"satisfaction_id.{path}" for noun, path in SATISFACTION_FILTERS.items()}
    | {"company": "company_id"},
    {"survey_item": "question_id"},
)
ERRORS = Source(
    "adv.order.error",
    (
        ("state", "!=", "dismissed"),
        ("order_id", "any", RECEIVED.domain),
    ),
    {"company": "company_id"}
    | {noun: f"order_id.{path}" for noun, path in ORDER_FILTERS.items() if noun != "company"}
    | {"categ": "product_id.categ_id"},
    {"error_type": "type_id"},
    is_trade=True,
)
