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
    ("milestone", "By milestones"),
    ("manual", "By hand"),
]

GROUPINGS = [
    ("order", "One invoice per order"),
    ("customer_reference", "One invoice per customer's purchase order"),
    ("delivery_address", "One invoice per delivery address"),
    ("customer", "One invoice per customer"),
]

TRIGGERS = [
    ("confirmation", "Confirmation of the order"),
    ("first_delivery", "First delivery"),
    ("full_delivery", "Full delivery"),
    ("date", "A day"),
]

GROUP_KEY = "adv_billing_group"  # stands in the values of an invoice until it is created


@dataclass(frozen=True)
class BillingPlan:
    """How orders are billed; travels in the context as an object, which no RPC client can send.

    :param quantities: quantity to bill by id of the order line; a line that is not named is not billed
    :param grouping: one of ``GROUPINGS``
    :param invoice_date: date of the invoices
    :param groups: number of the group each order (id) is billed with, when the groups are known already
    :param invoices: filled by native billing: {number of the group: its invoice}
    """

    quantities: dict = field(hash=False)
    grouping: str
    invoice_date: date
    groups: dict = field(default_factory=dict, hash=False)
    invoices: dict = field(default_factory=dict, hash=False)

    def grouping_keys(self, native_keys):
        """Keys of the values of an invoice that keep two orders apart."""
        if self.groups:
            return [GROUP_KEY]
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
    """Orders billed together on one invoice.

    :param percent: for a deposit, the part of the order it asks; 0 bills ``quantities``
    :param instalments: ranks of the instalments that the invoice bills
    """

    partner_id: int
    currency_id: int
    mode: str
    grouping: str
    auto_post: bool = False
    auto_send: bool = False
    order_ids: list = field(default_factory=list)
    quantities: dict = field(default_factory=dict)
    percent: float = 0.0
    instalments: list = field(default_factory=list)
    amount: float = 0.0

    def only(self, order_ids):
        """The same group with some of its orders."""
        return BillingGroup(**{**self.__dict__, "order_ids": list(order_ids)})

    def as_result(self):
        return {
            "order_ids": list(self.order_ids),
            "partner_id": self.partner_id,
            "amount": self.amount,
            "mode": self.mode,
            "grouping": self.grouping,
        }


@dataclass(frozen=True)
class Instalment:
    """A part of an order that is billed when something happens.

    :param percent: part of the order, 0 to 100
    :param trigger: one of ``TRIGGERS``
    :param days: days after the trigger
    :param day: for the trigger ``date``
    """

    rank: int
    percent: float
    trigger: str
    days: int = 0
    day: date = None
    is_billed: bool = False

    def due(self, moments):
        """Day on which it is to be billed, None while what it waits for has not happened.

        :param moments: {trigger: day or None}
        """
        start = self.day if self.trigger == "date" else moments.get(self.trigger)
        return start + timedelta(days=self.days) if start else None


@dataclass(frozen=True)
class InstalmentsDue:
    """Instalments billed by one invoice: a deposit, or what settles the order."""

    ranks: tuple
    percent: float
    is_last: bool


def instalments_due(instalments, moments, today):
    """What of a schedule is to be billed: one deposit for all that fell due, or the invoice of the rest.

    Whatever its rank, the instalment that is billed last settles the order: what was delivered or ordered,
    less all deposits. So the parts always add up to the order, to the cent.

    :param instalments: all ``Instalment`` of an order
    :param moments: {trigger: day or None}
    :return: ``InstalmentsDue`` or None
    """
    open_ones = [instalment for instalment in instalments if not instalment.is_billed]
    due = [part for part in open_ones if (day := part.due(moments)) and day <= today]
    if not due:
        return None
    ranks = tuple(part.rank for part in due)
    return InstalmentsDue(ranks, sum(part.percent for part in due), len(due) == len(open_ones))


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
    """Quantity of one line to bill now, of the sign of what was ordered: a trade-in is ordered at -1.

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
    rest = target - facts.invoiced
    return min(rest, 0.0) if facts.ordered < 0 else max(rest, 0.0)


def chunks_of(orders, key, size):
    """Split orders so that those with the same key stay together.

    :param key: function of an order; orders with the same one may share an invoice
    :param size: a chunk is closed once it has as many; only one key can make it larger
    """
    together = {}
    for order in orders:
        together.setdefault(key(order), []).append(order)
    chunk = []
    for some in together.values():
        chunk += some
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
