"""Work and quality: what an assistant handles, how much of it, and how well it comes out."""

from .basics import KNOWN_ERROR, delivered, errors_of_type, invoices, orders, promised
from .direct import Presence, StandardMinutes
from .formulas import Ratio, percent
from .measures import Measure, during, until
from .sources import BLOCKED, CONFIRMED, DOCUMENTS, ERRORS, RECEIVED, REQUESTS
from .staffing import AssistantsNeeded, Workload

# === WORK === #

confirmed_days = during("adv_confirmed_date")
untouched = Measure(
    CONFIRMED,
    "count",
    confirmed_days,
    domain=(
        (
            "adv_check_result_ids",
            "not any",
            ("|", ("failed_date", "!=", False), ("state", "in", ("failed", "overridden"))),
        ),
        ("adv_error_ids", "not any", KNOWN_ERROR),
        ("adv_amendment_ids", "not any", ()),
    ),
    models=("adv.check.result", "adv.order.error", "adv.order.amendment"),
)
amended = Measure(
    CONFIRMED,
    "count",
    confirmed_days,
    domain=(("adv_amendment_ids", "any", ()),),
    models=("adv.order.amendment",),
)
WAS_BLOCKED = (("adv_blocked_hours", ">", 0),)
blocked_hours = Measure(BLOCKED, "sum:adv_blocked_hours", confirmed_days, domain=WAS_BLOCKED)
blocked = Measure(BLOCKED, "count", confirmed_days, domain=WAS_BLOCKED)

present = Presence("heads")
full_time = Presence("full_time_hours")
requests = Measure(REQUESTS, "count", during("received_date"))
documents = Measure(DOCUMENTS, "count", during("received_date"))
KINDS = (
    (orders, StandardMinutes("order")),
    (delivered, StandardMinutes("follow")),
    (requests, StandardMinutes("request")),
    (documents, StandardMinutes("document")),
)

# === QUALITY === #

DELIVERY_ERROR = (*KNOWN_ERROR, "|", ("step", "=", "delivery"), ("type_id.code", "=", "delivery"))
delivered_wrong = Measure(
    CONFIRMED,
    "count",
    during("adv_delivered_date"),
    domain=(("adv_error_ids", "any", DELIVERY_ERROR),),
    models=("adv.order.error",),
    expansions={"error_type": ("adv.error.type", errors_of_type(DELIVERY_ERROR))},
)
errors = Measure(ERRORS, "count", during("order_date"))
received_lines = Measure(RECEIVED, "sum:adv_line_count", during("adv_received_date"))
lines_shipped = Measure(CONFIRMED, "sum:adv_lines_shipped", during("adv_first_delivery_date"))
lines_filled = Measure(CONFIRMED, "sum:adv_lines_filled", during("adv_first_delivery_date"))

# Judged like on_time_rate: of the orders promised for the period.
kept = (*during("adv_promise_date"), until("adv_delivered_date"))
ON_TIME_IN_FULL = (("adv_is_on_time", "=", True), ("adv_is_in_full", "=", True))
on_time_in_full = Measure(CONFIRMED, "count", kept, domain=ON_TIME_IN_FULL)
perfect = Measure(
    CONFIRMED,
    "count",
    kept,
    domain=(
        *ON_TIME_IN_FULL,
        ("adv_error_ids", "not any", KNOWN_ERROR),
        (
            "order_line",
            "not any",
            (("invoice_lines", "any", (("move_id", "any", (("adv_dispute_ids", "any", ()),)),)),),
        ),
    ),
    models=("adv.order.error", "adv.dispute"),
)

WORK = {
    "orders_per_assistant": Ratio(orders, present),
    "invoices_per_assistant": Ratio(invoices, present),
    "workload_hours": Workload(KINDS),
    "assistants_needed": AssistantsNeeded(KINDS, full_time),
    "touchless_rate": percent(untouched, orders),
    "order_change_rate": percent(amended, orders),
    "blocked_time": Ratio(blocked_hours, blocked),
    "delivery_error_rate": percent(delivered_wrong, delivered),
    "errors_per_100_lines": Ratio(errors, received_lines, 100.0),
    "line_fill_rate": percent(lines_filled, lines_shipped),
    "otif_rate": percent(on_time_in_full, promised),
    "perfect_order_rate": percent(perfect, promised),
}
