"""Service and commerce: how fast, how satisfied, what quotations, customers, campaigns and stock give."""

from .basics import in_invoice_period, new_customers, quotes_won
from .direct import Having
from .formulas import Ratio, Sum, percent
from .measures import Measure, Source, during, until
from .sources import (
    CONFIRMED,
    INVOICED,
    ORDER_FILTERS,
    QUOTED,
    REQUESTS,
    SATISFACTION,
    SCORES,
    SPENDING,
    STOCK,
)
from .yearly import Rotation, RotationDays, last_year, year_before

# === SERVICE === #

confirmed_days = during("adv_confirmed_date")
entry_hours = Measure(CONFIRMED, "sum:adv_entry_hours", confirmed_days)
entered = Measure(CONFIRMED, "count", confirmed_days, domain=(("adv_received_date", "!=", False),))
BILLED = (("adv_delivered_date", "!=", False),)
billing_days = Measure(CONFIRMED, "sum:adv_billing_days", during("adv_invoiced_date"), domain=BILLED)
billed_orders = Measure(CONFIRMED, "count", during("adv_invoiced_date"), domain=BILLED)

answered = during("answered_date")
answers_given = Measure(SATISFACTION, "count", answered)
satisfied = Measure(SATISFACTION, "count", answered, domain=(("csat", ">=", 4),))
csat_answers = Measure(SATISFACTION, "count", answered, domain=(("csat", ">=", 1),))
NPS = (("has_nps", "=", True),)
nps_points = Measure(SATISFACTION, "sum:nps_point", answered, domain=NPS)
nps_answers = Measure(SATISFACTION, "count", answered, domain=NPS)
item_points = Measure(SCORES, "sum:score", during("date"))
item_answers = Measure(SCORES, "count", during("date"))
asked = Measure(SATISFACTION, "count", during("date"))
replied = Measure(SATISFACTION, "count", during("date"), domain=(("answered_date", "!=", False),))

requests_judged = (
    (until("date_due", "due"),),
    (*during("date_due"), until("date_first_answer")),
)
requests_due = Measure(REQUESTS, "count", during("date_due"), either=requests_judged)
requests_in_time = Measure(
    REQUESTS,
    "count",
    (*during("date_due"), until("date_first_answer")),
    domain=(("is_answered_on_time", "=", True),),
)
answer_hours = Measure(REQUESTS, "sum:answer_hours", during("date_first_answer"))
answers = Measure(REQUESTS, "count", during("date_first_answer"))
contacts = Measure(REQUESTS, "count", during("received_date"))
first_contacts = Measure(REQUESTS, "count", during("received_date"), domain=(("is_repeat", "=", False),))

# === COMMERCE === #

quoted_value = Measure(QUOTED, "sum:adv_amount_company", during("adv_quoted_date"), money=True)
won_value = Measure(
    QUOTED, "sum:adv_amount_company", during("adv_quoted_date"), domain=quotes_won.domain, money=True
)
CONVERTED = (("adv_quoted_date", "!=", False),)
conversion_days = Measure(CONFIRMED, "sum:adv_conversion_days", confirmed_days, domain=CONVERTED)
converted = Measure(CONFIRMED, "count", confirmed_days, domain=CONVERTED)


class CustomerSource(Source):
    """Customers are cut by what their orders can be cut by; the filters hold for the orders.

    Those archived count as well: who was lost is what the figure is about.
    """

    def path(self, noun):
        return self.dimensions.get(noun)


EVEN_ARCHIVED = (("active", "in", (True, False)),)
CUSTOMERS = CustomerSource("res.partner", EVEN_ARCHIVED, ORDER_FILTERS, {"country": "country_id"})
any_order = Measure(CONFIRMED, "count", confirmed_days)
customers_before = Having(CUSTOMERS, "adv_customer_order_ids", ((any_order, year_before),))
customers_kept = Having(
    CUSTOMERS, "adv_customer_order_ids", ((any_order, last_year), (any_order, year_before))
)

spend = Measure(SPENDING, "sum:amount_company", during("date"), money=True)
WITH_CAMPAIGN = (("campaign_id", "!=", False),)
campaign_spend = Measure(SPENDING, "sum:amount_company", during("date"), domain=WITH_CAMPAIGN, money=True)
campaign_orders = Measure(
    CONFIRMED, "sum:adv_amount_company", confirmed_days, domain=WITH_CAMPAIGN, money=True
)
goods_sold = Measure(INVOICED, "sum:adv_cost", in_invoice_period, money=True)
stock_value = Measure(STOCK, "sum:amount", (until("date"),), money=True)

SERVICE = {
    "entry_time": Ratio(entry_hours, entered),
    "billing_time": Ratio(billing_days, billed_orders),
    "csat": percent(satisfied, csat_answers),
    "nps": percent(nps_points, nps_answers),
    "survey_item_score": Ratio(item_points, item_answers),
    "request_on_time_rate": percent(requests_in_time, requests_due),
    "request_answer_time": Ratio(answer_hours, answers),
    "first_contact_rate": percent(first_contacts, contacts),
    "quote_conversion_value_rate": percent(won_value, quoted_value),
    "conversion_time": Ratio(conversion_days, converted),
    "retention_rate": percent(customers_kept, customers_before),
    "cac": Ratio(spend, new_customers),
    "campaign_revenue": Sum(campaign_orders),
    "campaign_return": Ratio(campaign_orders, campaign_spend),
    "stock_rotation": Rotation(goods_sold, stock_value),
    "stock_days": RotationDays(goods_sold, stock_value),
}
