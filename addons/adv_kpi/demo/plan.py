"""What happened at the demo wholesaler in the thirteen months up to today: drawn once, always the same.

Plain Python without a database. Everything is counted in working days back from today, so the same things
have happened whatever today is.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from .names import CUSTOMERS, PRODUCTS

SEED = 1619
MONTHS = 13
ORDERS = {"A": 11, "B": 5, "C": 2}
SIZES = {"A": (2, 4), "B": (1, 3), "C": (1, 3)}  # lines of an order
FACTORS = {"A": (3, 6), "B": (2, 5), "C": (1, 4)}  # packs on a line
CHANNELS = ("email",) * 9 + ("phone",) * 4 + ("edi",) * 3 + ("portal",) * 2 + ("salesperson",) * 2
HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
PORTAL = 6  # the customer of whom somebody has a login
SCARCE = ("CR-1105", "CR-3105", "CR-5101")  # what open orders wait for
# customers who pay nothing of what fell due in so many days
LATE_PAYERS = {
    1: 12,
    4: 26,
    6: 40,
    38: 64,
    8: 50,
    10: 36,
    12: 80,
    14: 20,
    16: 95,
    18: 60,
    20: 33,
    40: 45,
    41: 75,
    43: 110,
}


@dataclass
class Sale:
    """One quotation or order, and what became of it. Days are dates, moments are local and naive."""

    number: int
    customer: int
    received: datetime
    channel: str
    lines: list  # (index of the product, quantity)
    lead: int  # working days from reception to the promised day
    fate: str = "sold"  # sold, lost, quoted, cancelled
    quoted: date = None
    confirmed: datetime = None
    promise: date = None
    requested: date = None
    shipments: list = field(default_factory=list)  # (day, share of the quantities)
    invoiced: date = None
    due: date = None
    paid: date = None
    mishap: tuple = None

    @property
    def delivered(self):
        """The day of the last shipment, None while something is still to leave."""
        done = self.shipments and abs(sum(share for _day, share in self.shipments) - 1) < 0.01
        return self.shipments[-1][0] if done else None

    @property
    def waits(self):
        """Whether it is to leave and nothing of it has."""
        return self.fate == "sold" and not self.shipments

    @property
    def amount(self):
        return sum(PRODUCTS[product].price * quantity for product, quantity in self.lines)


def is_working(day):
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def working_day(day, days):
    """Return the working day that comes ``days`` working days after ``day`` (before it when negative)."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left or not is_working(day):
        day += step
        if is_working(day) and left:
            left -= 1
    return day


class Plan:
    """The sales of the thirteen months that end ``today`` (date)."""

    def __init__(self, today):
        self.today = today
        self.random = random.Random(SEED)  # noqa: S311 - no secret
        self.start = working_day(today - relativedelta(months=MONTHS), 0)
        self.days = self._working_days()
        self.last = len(self.days) - 1
        self.habits = [self._habit(position) for position in range(len(CUSTOMERS))]
        self.sales = sorted(self._sales(), key=lambda sale: (sale.received, sale.customer))
        for number, sale in enumerate(self.sales):
            sale.number = number
        self._mishaps()

    def _working_days(self):
        """The working days from the first one to yesterday."""
        days, day = [], self.start
        while day < self.today:
            if is_working(day):
                days.append(day)
            day += timedelta(days=1)
        return days

    def _habit(self, customer):
        """(mean delay of payment, its spread) in days."""
        return self.random.choice([(-1, 3)] * 6 + [(6, 5)] * 3 + [(19, 9)])

    # === ORDERS === #

    def _sales(self):
        for customer, (*_rest, size) in enumerate(CUSTOMERS):
            first, last = self._active_between(customer, size)
            number = ORDERS[size] + (self.random.random() < 0.5)
            for rank in range(number):
                position = first + (last - first) * (rank + self.random.random()) / number
                yield self._sale(customer, size, min(int(position), self.last))
        for _rank in range(22):  # a busy week
            customer = self.random.randrange(len(CUSTOMERS))
            yield self._sale(customer, CUSTOMERS[customer].size, self.last - self.random.randrange(6))

    def _active_between(self, customer, size):
        """The first and last working day on which a customer orders: some are new, some have left."""
        first = 0 if size == "A" or customer % 3 else int(self.last * (0.2 + 0.7 * self.random.random()))
        last = int(self.last * 0.55) if customer in (15, 19, 42, 45) else self.last
        return min(first, last - 5), last

    def _sale(self, customer, size, position):
        draw = self.random
        moment = time(8 + draw.randrange(9), draw.randrange(60))
        sale = Sale(
            number=0,
            customer=customer,
            received=datetime.combine(self.days[position], moment),
            channel=draw.choice(CHANNELS),
            lines=self._lines(size),
            lead=draw.choice((3, 4, 5, 5, 6, 8)),
        )
        if draw.random() < 0.3:
            self._quote(sale, position)
        if sale.fate == "sold":
            self._confirm(sale)
            self._ship(sale)
            self._bill(sale)
        return sale

    def _lines(self, size):
        draw = self.random
        products = draw.sample(range(len(PRODUCTS)), draw.randint(*SIZES[size]))
        lines = [(product, PRODUCTS[product].pack * draw.randint(*FACTORS[size])) for product in products]
        return sorted(lines)

    def _quote(self, sale, position):
        """A quotation was sent first; one in three was lost, young ones still wait for their answer."""
        draw = self.random
        sale.channel = draw.choice(("email", "phone", "salesperson"))
        sale.quoted = self.days[min(position + draw.randrange(2), self.last)]
        if position > self.last - 4 or (position > self.last - 24 and draw.random() < 0.3):
            sale.fate = "quoted"
        elif draw.random() < 0.3:
            sale.fate = "lost"
        answer = working_day(sale.quoted, draw.randint(2, 12))
        if sale.fate == "sold":
            if answer >= self.today:
                sale.fate = "quoted"
            else:
                sale.confirmed = datetime.combine(answer, time(9 + draw.randrange(8), draw.randrange(60)))

    def _confirm(self, sale):
        draw = self.random
        if not sale.confirmed:
            sale.confirmed = sale.received + timedelta(minutes=draw.choice((12, 25, 40, 55, 90)))
            if draw.random() < 0.12:  # something had to be settled first
                day = working_day(sale.received.date(), draw.choice((1, 1, 2)))
                if day < self.today:
                    sale.confirmed = datetime.combine(day, time(10, draw.randrange(60)))
        sale.requested = working_day(sale.confirmed.date(), sale.lead)
        sale.promise = sale.requested
        if draw.random() < 0.08:
            sale.promise = working_day(sale.requested, draw.randint(1, 4))
        if draw.random() < 0.02 and sale.promise < self.days[-20]:
            sale.fate = "cancelled"

    # === SHIPMENTS === #

    def _ship(self, sale):
        draw = self.random
        if sale.fate != "sold":
            return
        luck = draw.random()
        on_time = working_day(sale.promise, -draw.choice((0, 0, 1)))
        late = working_day(sale.promise, draw.randint(1, 5))
        if luck < 0.055:
            shipments = [(late, 1.0)]
        elif luck < 0.10:
            shipments = [(on_time, 0.5), (late, 0.5)]
        else:
            shipments = [(on_time, 1.0)]
        waits = self._waits_for_goods(sale)
        sale.shipments = [] if waits else [(day, share) for day, share in shipments if day < self.today]
        if waits and len(sale.lines) > 1 and sale.promise < self.today:
            sale.shipments = [(sale.promise, 0.0)]  # what is there has left, what is scarce has not

    def _waits_for_goods(self, sale):
        """Of the last weeks' orders, those with something scarce have not left completely."""
        scarce = any(PRODUCTS[product].code in SCARCE for product, _quantity in sale.lines)
        return scarce and sale.received.date() > self.days[-17]

    # === MONEY === #

    def _bill(self, sale):
        draw = self.random
        if sale.fate != "sold" or not sale.delivered:
            return
        day = working_day(sale.delivered, draw.choice((1, 1, 2, 3)))
        if day >= self.today:
            return
        sale.invoiced = day
        sale.due = day + timedelta(days=45 if CUSTOMERS[sale.customer].size == "A" else 30)
        mean, spread = self.habits[sale.customer]
        paid = working_day(sale.due + timedelta(days=round(draw.gauss(mean, spread))), 0)
        paid = max(paid, working_day(day, 3))
        oldest = LATE_PAYERS.get(sale.customer)
        if oldest and sale.due >= self.today - timedelta(days=oldest):
            return
        if paid < self.today:
            sale.paid = paid

    # === WHAT WENT WRONG === #

    def _mishaps(self):
        """Spread what goes wrong over the orders; a little less of it from month to month."""
        sold = [sale for sale in self.sales if sale.fate == "sold" and sale.delivered and sale.invoiced]
        count = len(MISHAPS)
        for rank, mishap in enumerate(MISHAPS):
            place = (rank + 0.5) / count
            sale = sold[int(len(sold) * (place * 0.75 + place**2 * 0.25))]
            sale.mishap = mishap
        recent = [sale for sale in self.sales if sale.fate == "sold" and not sale.mishap][-len(RECENT) * 5 :]
        for sale, mishap in zip(recent[::5], RECENT, strict=True):
            sale.mishap = mishap


def _shuffled(mishaps):
    mishaps = list(mishaps)
    random.Random(SEED).shuffle(mishaps)  # noqa: S311 - no secret
    return tuple(mishaps)


# (how it came about, type of error or reason); mishaps.py says what each does
MISHAPS = _shuffled(
    [("amended", name) for name in ("quantity", "price", "deadline", "quantity", "price", "deadline")]
    + [("wished", "quantity")] * 4
    + [("credited", name) for name in ("price", "late", "goodwill", "price", "late")]
    + [("returned", name) for name in ("damaged", "wrong_product", "damaged", "entered_wrongly")]
    + [("complained", name) for name in ("delivery", "missing_document", "address")]
    + [("reported", name) for name in ("customer", "payment_terms", "tax", "billing", "other", "product")]
    + [("reported", "duplicate")]
    + [
        ("caught", name)
        for name in (
            *("price", "quantity", "product", "deadline", "address", "customer", "payment_terms", "tax"),
            *("duplicate", "missing_document", "billing", "delivery", "other"),
            *("price", "quantity", "price", "address", "quantity"),
        )
    ]
)
# on the last orders; what was caught or changed needs no delivery
RECENT = (("caught", "price"), ("amended", "quantity"), ("caught", "quantity"), ("caught", "address"))
