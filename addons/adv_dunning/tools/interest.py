"""Simple late interest, without a database."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class Segment:
    """Days with one unpaid amount and one rate: from `start` to `end`, both included."""

    start: date
    end: date
    unpaid: float
    rate: float

    @property
    def days(self):
        return (self.end - self.start).days + 1

    def interest(self, day_count="365"):
        """Return the interest, not rounded.

        :param day_count: '365', '360' or 'actual' (days of the year each day lies in)
        """
        if day_count != "actual":
            return self.unpaid * self.rate / 100 * self.days / int(day_count)
        total = 0.0
        for year in range(self.start.year, self.end.year + 1):
            first, last = max(self.start, date(year, 1, 1)), min(self.end, date(year, 12, 31))
            length = 366 if calendar.isleap(year) else 365
            total += self.unpaid * self.rate / 100 * ((last - first).days + 1) / length
        return total


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 1, 1)


def agreed_rates(agreed, floors=None):
    """Return the dated rates of a contract.

    :param agreed: percent a year, as agreed with the customer
    :param floors: [(date_from, date_to, percent)] below which the law lets no contract go, or None where it
        sets no floor; days whose floor is not known are left out, so that they are charged once it is
    :return: [(date_from, date_to, percent a year)]
    """
    if floors is None:
        return [(FIRST_DAY, LAST_DAY, agreed)]
    return [(start, end, max(agreed, floor)) for start, end, floor in floors]


def interest_segments(start, end, amount, payments, rates):
    """Split the late days of an invoice wherever a payment came in or the rate changes.

    A payment counts from the day after it came in: a debt of 1 January paid on 11 January is 10 days late.
    Days without a known rate bear no interest.

    :param date start: first day of interest (the day after due, or after the last charged day)
    :param date end: last day of interest
    :param amount: gross amount of the instalment
    :param payments: [(date, amount)] reconciled with it
    :param rates: [(date_from, date_to, percent a year)]
    :return: list of Segment, in order
    """
    one = timedelta(days=1)
    cuts = {start, end + one}
    cuts.update(day + one for day, _amount in payments)
    for date_from, date_to, _rate in rates:
        cuts.update((date_from, date_to + one))
    cuts = sorted(cut for cut in cuts if start <= cut <= end + one)
    segments = []
    for first, after in pairwise(cuts):
        unpaid = amount - sum(paid for day, paid in payments if day < first)
        rate = next((rate for date_from, date_to, rate in rates if date_from <= first <= date_to), None)
        if rate is not None and unpaid > 0.005:
            segments.append(Segment(first, after - one, unpaid, rate))
    return segments


def joined(spans):
    """Return spans of days in order, those that have days in common as one.

    :param spans: (first day, last day) pairs
    """
    found = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def not_yet_charged(segments, charged):
    """Take off what was charged before, day by day.

    What is left is a day nobody charged (its rate was not known), or the part of a debt that was thought paid
    when the day was charged. Interest depends on the day's rate and on all that was owed that day: which
    instalment was charged makes no difference.

    :param segments: what the days bear by what is known now (Segment), oldest instalment first
    :param charged: [(first day, last day, unpaid amount)] that bore interest before, both days included
    :return: list of Segment, in the same order
    """
    one = timedelta(days=1)
    cuts = {cut for start, end, _unpaid in charged for cut in (start, end + one)}
    cuts = sorted(cuts.union(*((part.start, part.end + one) for part in segments)))
    taken = {first: sum(unpaid for start, end, unpaid in charged if start <= first <= end) for first in cuts}
    left = []
    for part in segments:
        rest = []
        inside = [cut for cut in cuts if part.start <= cut <= part.end + one]
        for first, after in pairwise(inside):
            off = min(taken[first], part.unpaid)
            taken[first] -= off
            if (unpaid := round(part.unpaid - off, 6)) <= 0.005:
                continue
            if rest and (rest[-1].end + one, rest[-1].unpaid) == (first, unpaid):
                first = rest.pop().start
            rest.append(Segment(first, after - one, unpaid, part.rate))
        left += rest
    return left
