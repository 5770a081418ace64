"""Cash: how fast and how well invoices become money, and what is delivered and not billed yet."""

from .basics import balance, not_due, sales
from .formulas import CollectionEffectiveness, DisputeAge, Ratio, Sum, percent
from .measures import Measure, during, not_until, until
from .sources import DELIVERED_NOT_INVOICED, DISPUTES, INVOICE, INVOICED, NOTICES, PROMISES

settled_days = during("adv_paid_date")
paid_days = Measure(INVOICED, "sum:adv_paid_days_amount", settled_days, domain=INVOICE, money=True)
late_days = Measure(INVOICED, "sum:adv_late_days_amount", settled_days, domain=INVOICE, money=True)
settled = Measure(INVOICED, "sum:amount_total_signed", settled_days, domain=INVOICE, money=True)

disputed = Measure(DISPUTES, "sum:amount_company", during("date"), money=True)
billed_with_tax = Measure(
    INVOICED, "sum:amount_total_signed", during("invoice_date"), domain=INVOICE, money=True
)
closed_in_period = (*during("date_closed"), until("date_closed"))
disputes = Measure(
    DISPUTES, "count", (until("date"),), either=((not_until("date_closed"),), closed_in_period)
)
open_days = (until("date"), not_until("date_closed"))
open_disputes = Measure(DISPUTES, "count", open_days)
open_since = Measure(DISPUTES, "sum:day_number", open_days)
closed_days = Measure(DISPUTES, "sum:days_closed", (until("date"), *closed_in_period))

due_days = (*during("date"), until("date"))
promises_due = Measure(PROMISES, "count", due_days)
promises_kept = Measure(PROMISES, "count", due_days, domain=(("state", "=", "kept"),))

claimed = Measure(NOTICES, "sum:amount_company", during("date"), money=True)
recovered = Measure(NOTICES, "sum:amount_recovered", during("date"), money=True)
not_invoiced = Measure(
    DELIVERED_NOT_INVOICED, "sum:amount", (until("date"), not_until("closed_date")), money=True
)

CASH = {
    "collection_effectiveness": CollectionEffectiveness(balance, not_due, sales),
    "days_to_pay": Ratio(paid_days, settled),
    "days_beyond_terms": Ratio(late_days, settled),
    "dispute_rate": percent(disputed, billed_with_tax),
    "dispute_age": DisputeAge(disputes, open_disputes, open_since, closed_days),
    "promise_kept_rate": percent(promises_kept, promises_due),
    "dunning_recovery_rate": percent(recovered, claimed),
    "delivered_not_invoiced": Sum(not_invoiced),
}
