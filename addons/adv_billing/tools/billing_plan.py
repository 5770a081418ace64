"""What to bill, worked out without a database: periods, quantities and the plan handed to native billing."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

MODES = [
    ("order", "On order"),
    ("delivery", "On each delivery"),
    ("full_delivery", "On full delivery"),
    ("weekly", "Weekly"),
    ("monthly", "Monthly"),
    ("manual", "By hand"),
]

GROUPINGS = [
    ("order", "One invoice per order"),
    ("customer_reference", "One invoice per customer's purchase order"),
    ("delivery_address", "One invoice per delivery address"),
    ("customer", "One invoice per customer"),
]


@dataclass(frozen=True)
class BillingPlan:
    """How one group of orders is billed; travels in the context as an object, which no RPC client can send.

    :param quantities: quantity to bill by id of the order line; a line that is not named is not billed
    :param grouping: one of ``GROUPINGS``
    :param invoice_date: date of the invoices
    """

    quantities: dict = field(hash=False)
    grouping: str
    invoice_date: date

    def grouping_keys(self, native_keys):
        """Keys of the values of an invoice that keep two orders apart."""
        keys = [key for key in native_keys if key != "partner_shipping_id" or self.grouping != "customer"]
        return [*keys, "ref"] if self.grouping == "customer_reference" else keys


@dataclass(frozen=True)
class LineFacts:
    """What an order line says when it is planned."""

    ordered: float
    delivered: float
    invoiced: float
    is_goods: bool
    on_ordered: bool


@dataclass
class BillingGroup:
    """Orders billed together: one invoice, or one each when billing is grouped by order."""

    partner_id: int
    currency_id: int
    mode: str
    grouping: str
    auto_post: bool = False
    auto_send: bool = False
    order_ids: list = field(default_factory=list)
    quantities: dict = field(default_factory=dict)
    amount: float = 0.0

    def as_result(self):
        return {
            "order_ids": list(self.order_ids),
            "partner_id": self.partner_id,
            "amount": self.amount,
            "mode": self.mode,
            "grouping": self.grouping,
        }


def last_billing_day(mode, day, weekday=0, month_day=31):
    """Last day up to which deliveries are billed on ``day``.

    :param mode: one of ``MODES``; only ``weekly`` and ``monthly`` look back
    :param weekday: 0 (Monday) to 6, for ``weekly``
    :param month_day: 1 to 31, for ``monthly``; a month without that day closes on its last one
    """
    if mode == "weekly":
        return day - timedelta(days=(day.weekday() - weekday) % 7)
    if mode == "monthly":
        closing = _closing_day(day.year, day.month, month_day)
        if closing <= day:
            return closing
        previous = day.replace(day=1) - timedelta(days=1)
        return _closing_day(previous.year, previous.month, month_day)
    return day


def _closing_day(year, month, month_day):
    return date(year, month, min(month_day, calendar.monthrange(year, month)[1]))


def quantity_to_bill(mode, facts, goods_started):
    """Quantity of one line to bill now, never negative.

    :param facts: the line's ``LineFacts``
    :param goods_started: some goods of the order were delivered, or it has none
    """
    if mode == "order":
        target = facts.ordered
    elif facts.is_goods:
        target = facts.delivered
    elif facts.on_ordered:
        target = facts.ordered if goods_started else 0.0
    else:
        target = facts.delivered
    return max(target - facts.invoiced, 0.0)
