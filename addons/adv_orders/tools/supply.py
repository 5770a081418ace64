"""When can a move start: plain calculation over open moves, free stock and arrivals, no database.

The order of service is the native order of reservation: what is reserved stays reserved; what is left
goes to moves by priority, then scheduled date, then age; arrivals are used in the order of their dates.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EPSILON = 1e-6

# where goods come from when they do not come from our own stock
OUTSIDE = ("supplier", "production", "transit", "inventory", "customer")


@dataclass(frozen=True)
class Supply:
    """A quantity that becomes available; ``kind`` is 'incoming', 'overdue', 'quotation' or 'nothing'."""

    kind: str
    date: datetime | None = None
    move_id: int | None = None
    quotation_id: int | None = None

    def rank(self):
        """Sort key: the worst supply has the highest."""
        return (self.date is None, self.date or datetime.min, self.kind != "incoming")


@dataclass
class Move:
    """An open stock move; quantities in the product's unit, dates naive UTC, pools are location ids."""

    id: int
    product_id: int
    date: datetime
    quantity: float
    reserved: float = 0.0
    source: int = 0
    target: int = 0
    usage: str = "internal"
    priority: str = "0"
    to_order: bool = False
    storable: bool = True
    fed: bool = False
    delay: int = 0
    location: int = 0
    final: int = 0
    origins: list = field(default_factory=list)
    followers: list = field(default_factory=list)

    @property
    def missing(self):
        return max(self.quantity - self.reserved, 0.0)

    @property
    def from_outside(self):
        return self.usage in OUTSIDE


@dataclass(frozen=True)
class Answer:
    """When a move can start, how much it lacks now and the worst supply that it waits for."""

    date: datetime | None
    short: float = 0.0
    supply: Supply | None = None

    @staticmethod
    def worst(answers):
        return max(answers, key=lambda answer: (answer.date is None, answer.date or datetime.min))


class SupplyPlan:
    """Serves the demand of each product and pool from free stock, then from arrivals.

    :param list moves: open ``Move`` objects, of sales and of everything else that takes or brings stock
    :param dict free: {(product id, pool): quantity neither reserved nor used}
    :param list quotations: (purchase quotation line id, product id, pool, date, quantity), not yet ordered
    :param dict ordered: {move id: purchase quotation line id} of moves procured to order by a quotation
    :param dict lead_days: {product id: days the supplier takes} for what nobody has ordered
    :param datetime now: naive UTC
    """

    def __init__(self, moves, free, now, quotations=(), ordered=None, lead_days=None):
        self.now = now
        self.moves = {move.id: move for move in moves}
        self.ordered = ordered or {}
        self.lead_days = lead_days or {}
        self.quotation_dates = {row[0]: row[3] for row in quotations}
        self.dedicated = set(self.ordered.values())
        self.answers = {}
        self._serve(free, quotations)

    def answer(self, move_id):
        """Return the ``Answer`` of an open move."""
        if move_id not in self.answers:
            self.answers[move_id] = Answer(self.now)  # a loop in the chain ends here
            self.answers[move_id] = self._find(self.moves[move_id])
        return self.answers[move_id]

    def nothing(self, product_id):
        """Return the supply of a product that nobody has ordered: what its supplier would take."""
        days = self.lead_days.get(product_id)
        return Supply("nothing", self.now + timedelta(days=days) if days is not None else None)

    def quotation(self, quotation_id):
        """Return the supply of a purchase quotation."""
        date = max(self.quotation_dates.get(quotation_id) or self.now, self.now)
        return Supply("quotation", date, quotation_id=quotation_id)

    def arrival(self, move):
        """Return the supply that an incoming move is; one that should have come already is overdue."""
        root = self._root(move)
        overdue = root.from_outside and root.date < self.now
        return Supply("overdue" if overdue else "incoming", max(root.date, move.date, self.now), root.id)

    def _find(self, move):
        if move.from_outside:
            supply = self.arrival(move)
            return Answer(supply.date, move.quantity, supply)
        origins = [self.moves[origin] for origin in move.origins if origin in self.moves]
        if not move.storable or move.missing <= EPSILON:
            return Answer(self.now)
        if origins:
            return self._through(move, origins)
        if move.fed:
            return Answer(self.now)
        if move.to_order:
            quotation = self.ordered.get(move.id)
            supply = self.quotation(quotation) if quotation else self.nothing(move.product_id)
            return Answer(supply.date, move.missing, supply)
        return Answer(self.now)

    def _through(self, move, origins):
        """The goods pass through earlier steps: the slowest of them counts, with its own lead time."""
        answers = []
        for origin in origins:
            answer = self.answer(origin.id)
            delay = 0 if origin.from_outside else origin.delay
            date = answer.date and answer.date + timedelta(days=delay)
            answers.append(Answer(date, answer.short, answer.supply))
        worst = Answer.worst(answers)
        return Answer(worst.date, min(sum(a.short for a in answers), move.missing), worst.supply)

    def _root(self, move):
        """Return the move that brings the goods into the house: where the supplier order hangs."""
        seen = set()
        while move.id not in seen and not move.from_outside:
            seen.add(move.id)
            origins = [self.moves[origin] for origin in move.origins if origin in self.moves]
            if not origins:
                break
            move = max(origins, key=lambda origin: (origin.date, origin.id))
        return move

    # SERVICE

    def _is_demand(self, move):
        return (
            not move.from_outside
            and move.storable
            and not move.to_order
            and not move.fed
            and not any(origin in self.moves for origin in move.origins)
            and move.source != move.target
        )

    def _is_arrival(self, move):
        return move.source != move.target and not any(follower in self.moves for follower in move.followers)

    def _serve(self, free, quotations):
        demands, arrivals = defaultdict(list), defaultdict(list)
        for move in self.moves.values():
            if self._is_demand(move) and move.missing > EPSILON:
                demands[move.product_id, move.source].append(move)
        for move in self.moves.values():
            key = (move.product_id, move.target)
            if key in demands and self._is_arrival(move):
                arrivals[key].append((False, max(move.date, self.now), move.id, move.quantity, move))
        for quotation_id, product_id, pool, _date, quantity in quotations:
            if quotation_id not in self.dedicated and (product_id, pool) in demands:
                date = self.quotation(quotation_id).date
                arrivals[product_id, pool].append((True, date, quotation_id, quantity, None))
        for key, moves in demands.items():
            moves.sort(key=lambda move: (move.priority != "1", move.date, move.id))
            self._serve_pool(moves, free.get(key, 0.0), sorted(arrivals[key], key=lambda row: row[:3]))

    def _serve_pool(self, moves, free, arrivals):
        """Give ``free`` and then each arrival to the moves, in their order."""
        queue = [[quantity, move, number] for _, _, number, quantity, move in arrivals]
        debt = max(-free, 0.0)
        free = max(free, 0.0)
        position = 0
        for move in moves:
            taken = min(free, move.missing)
            free -= taken
            short = open_quantity = move.missing - taken
            supplies = []
            while open_quantity > EPSILON and position < len(queue):
                row = queue[position]
                paid = min(debt, row[0])
                debt, row[0] = debt - paid, row[0] - paid
                part = min(row[0], open_quantity)
                row[0], open_quantity = row[0] - part, open_quantity - part
                if part > EPSILON:
                    supplies.append(self.arrival(row[1]) if row[1] else self.quotation(row[2]))
                if row[0] <= EPSILON:
                    position += 1
            if open_quantity > EPSILON:
                supplies.append(self.nothing(move.product_id))
            if short > EPSILON:
                worst = max(supplies, key=Supply.rank)
                self.answers[move.id] = Answer(worst.date, short, worst)


def judge(promise, expected, today, waits_for, safe):
    """Return 'late', 'at_risk' or 'on_track'.

    :param date promise: the promised day, or None
    :param date expected: the day we expect, None when nobody knows
    :param str waits_for: kind of the supply that the line waits for, None when the goods are there
    :param bool safe: whether that supply comes early enough before the promise
    """
    if promise and (promise < today or (expected and expected > promise)):
        return "late"
    if not waits_for or (waits_for == "incoming" and safe and expected):
        return "on_track"
    return "at_risk"
