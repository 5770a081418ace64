"""What comes in after a notice, day by day, beside what the same customers usually pay in as many days."""

from bisect import bisect_right
from collections import defaultdict
from itertools import accumulate


def seen_curve(claimed, received, days):
    """Return the share of an amount received by the end of each day after, in percent; None without claims.

    :param claimed: the amount
    :param received: {day after the notice: amount}
    :param days: the last day
    """
    if claimed <= 0:
        return None
    return [
        reached / claimed * 100 for reached in accumulate(received.get(day, 0.0) for day in range(days + 1))
    ]


def usual_curve(claims, history, days):
    """Return what the customers usually pay in the days that follow the same lateness, in percent.

    Of what a customer settled in the past later than the claim was late, the part settled no more than so
    many days later (the conditional distribution of the delays, weighted by amounts), weighted by the claims.

    :param claims: triples (customer, days late at the notice, amount)
    :param history: triples (customer, days late at settlement, amount)
    :param days: the last day
    :return: (shares by day or None, percent of the claims whose customers have such a past)
    """
    past = defaultdict(list)
    for customer, late, amount in history:
        past[customer].append((late, amount))
    sums = {customer: _Past(rows) for customer, rows in past.items()}
    shares, known, whole = [0.0] * (days + 1), 0.0, 0.0
    for customer, late, amount in claims:
        whole += amount
        left = sums[customer].after(late) if customer in sums else 0.0
        if left <= 0:
            continue
        known += amount
        for day in range(days + 1):
            shares[day] += amount * (left - sums[customer].after(late + day)) / left
    if known <= 0:
        return None, 0.0
    return [share / known * 100 for share in shares], known / whole * 100


class _Past:
    """What a customer settled, by days late."""

    def __init__(self, rows):
        rows = sorted(rows)
        self._days = [late for late, _amount in rows]
        self._reached = [0.0, *accumulate(amount for _late, amount in rows)]

    def after(self, late):
        """Return the amount settled more than so many days late."""
        return self._reached[-1] - self._reached[bisect_right(self._days, late)]
