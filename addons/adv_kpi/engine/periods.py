"""Periods: days from and to (both included) and the day on which balances are judged."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

INTERVAL_MONTHS = {"month": 1, "quarter": 3, "year": 12}
INTERVALS = ("day", "week", *INTERVAL_MONTHS)
LEAST_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}


@dataclass(frozen=True, order=True)
class Period:
    """A span of days.

    `as_of` is the day on whose evening balances are judged; `due` is the last day that is over on
    that evening: `as_of` itself when it is past, the day before when it is today.
    """

    date_from: date
    date_to: date
    as_of: date
    due: date

    @classmethod
    def of(cls, date_from, date_to, today, as_of=None):
        """Return the period, judged at `as_of` (default `date_to`), at most `today`."""
        as_of = min(as_of or date_to, today)
        return cls(date_from, date_to, as_of, min(as_of, today - timedelta(days=1)))

    @property
    def days(self):
        return (self.date_to - self.date_from).days + 1

    def elapsed(self):
        """Return the part of the period up to `as_of`, or the whole period when it lies after it."""
        if self.date_from <= self.as_of < self.date_to:
            return replace(self, date_to=self.as_of)
        return self

    def months_back(self, first_day):
        """Yield the months from that of `as_of` (up to `as_of`) back to the month of `first_day`."""
        month = replace(self, date_from=self.as_of.replace(day=1), date_to=self.as_of)
        while True:
            yield month
            last = month.date_from - timedelta(days=1)
            if first_day is None or last < first_day:
                return
            month = replace(month, date_from=last.replace(day=1), date_to=last)


def add_months(day, months):
    """Return `day` moved by whole months, kept inside the month it lands in."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def interval_start(day, interval):
    """Return the first day of the interval that holds `day`."""
    if interval == "day":
        return day
    if interval == "week":
        return day - timedelta(days=day.weekday())
    months = INTERVAL_MONTHS[interval]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start, interval):
    """Return the first day of the interval after the one that starts at `start`."""
    if interval in INTERVAL_MONTHS:
        return add_months(start, INTERVAL_MONTHS[interval])
    return start + timedelta(days=7 if interval == "week" else 1)


def split(date_from, date_to, interval):
    """Return the (from, to) pairs of the intervals between two days, cut at both ends."""
    spans, start = [], interval_start(date_from, interval)
    while start <= date_to:
        following = next_start(start, interval)
        spans.append((max(start, date_from), min(following - timedelta(days=1), date_to)))
        start = following
    return spans


def weekdays(date_from, date_to):
    """Return the number of days from Monday to Friday between two days, both included."""
    weeks, rest = divmod(max((date_to - date_from).days + 1, 0), 7)
    return weeks * 5 + sum((date_from.weekday() + rank) % 7 < 5 for rank in range(rest))


def months_in(date_from, date_to):
    """Return how many months a span is; of a month cut, the share of its days from Monday to Friday."""
    months = 0.0
    for start, end in split(date_from, date_to, "month"):
        first = start.replace(day=1)
        months += weekdays(start, end) / weekdays(first, add_months(first, 1) - timedelta(days=1))
    return months


def is_whole_months(date_from, date_to):
    """Tell whether the span begins on a first and ends on a last day of a month."""
    return date_from.day == 1 and (date_to + timedelta(days=1)).day == 1


def previous_period(date_from, date_to):
    """Return the span of the same length just before (whole months stay whole months)."""
    last = date_from - timedelta(days=1)
    if is_whole_months(date_from, date_to):
        months = (date_to.year - date_from.year) * 12 + date_to.month - date_from.month + 1
        return add_months(date_from, -months), last
    return last - (date_to - date_from), last


def previous_year(date_from, date_to):
    """Return the same span one year before (a month's end stays a month's end)."""
    last = add_months(date_to, -12)
    if is_whole_months(date_from, date_to):
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return add_months(date_from, -12), last


COMPARISONS = {"previous_period": previous_period, "previous_year": previous_year}
