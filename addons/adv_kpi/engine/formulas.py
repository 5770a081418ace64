"""Formulas over measures, evaluated in plain Python.

Each formula names its measures and the periods it needs of them, and is evaluated on `figures`, which
answers `get(measure, period) -> float` and `first_day(measure) -> date | None`. A ratio over nothing is
None.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from .measures import Measure


@dataclass(frozen=True)
class Result:
    """The value of a figure with its parts (None where there is none)."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None


class Formula:
    """A formula. Each has a `numerator` and a `denominator`: the measures whose records stand behind the
    value, or None.
    """

    # a level stands at one day (a balance), so a base of nothing is a company without records yet
    is_level = False
    # a number that grows with the length of the period, so that what is wanted of it is wanted by month
    is_cumulative = False

    @property
    def measures(self):
        return tuple(measure for measure in (self.numerator, self.denominator) if measure)

    def needs(self, period, first_day):
        """Yield (measure, period) for all that the evaluation may ask.

        :param first_day: function of a measure: the first day that has records, or None
        """
        for measure in self.measures:
            yield measure, period

    def parts(self, period):
        """Return [(name, measure, period)] of the numbers of a value that is no quotient of two."""
        return []

    def numerator_period(self, period):
        """Return the period that the numerator counts."""
        return period

    def denominator_period(self, period):
        """Return the period that the denominator counts."""
        return period

    def evaluate(self, figures, period):
        raise NotImplementedError


@dataclass(frozen=True)
class Sum(Formula):
    """One number: how many records, or the sum of their amounts, of the period or at the end of a day."""

    numerator: Measure
    denominator = None

    @property
    def is_level(self):
        return not self.numerator.has_start

    @property
    def is_cumulative(self):
        return self.numerator.has_start

    def evaluate(self, figures, period):
        value = figures.get(self.numerator, period)
        return Result(value, value)


@dataclass(frozen=True)
class Ratio(Formula):
    """numerator / denominator x factor: a mean (factor 1) or a percentage (factor 100)."""

    numerator: Measure
    denominator: Measure
    factor: float = 1.0

    def evaluate(self, figures, period):
        above, below = figures.get(self.numerator, period), figures.get(self.denominator, period)
        # + 0.0: nothing credited is 0, not -0
        return Result(above / below * self.factor + 0.0 if below else None, above, below)


def percent(numerator, denominator, factor=100.0):
    """Return a ratio in percent."""
    return Ratio(numerator, denominator, factor)


@dataclass(frozen=True)
class DaysOfSales(Formula):
    """Balance / sales of the period x days of the period, the period cut at as_of."""

    numerator: Measure
    denominator: Measure
    is_level = True

    def denominator_period(self, period):
        return period.elapsed()

    def needs(self, period, first_day):
        yield self.numerator, period
        yield self.denominator, period.elapsed()

    def evaluate(self, figures, period):
        elapsed = period.elapsed()
        balance, sales = figures.get(self.numerator, period), figures.get(self.denominator, elapsed)
        return Result(balance / sales * elapsed.days if sales > 0 else None, balance, sales)


@dataclass(frozen=True)
class CountBack(Formula):
    """Count-back DSO: how many days of sales, counted backwards from as_of, the balance holds.

    From the balance the sales of the month of as_of (up to as_of) are taken, then those of each month
    before, adding their days, while the balance lasts; the rest counts as its share of the days of the
    month that it does not use up. Months without sales add their days. The month of the first sale
    ever is the last one counted. No sale at all: None.
    """

    numerator: Measure
    sales: Measure
    denominator = None
    is_level = True

    @property
    def measures(self):
        return (self.numerator, self.sales)

    def needs(self, period, first_day):
        yield self.numerator, period
        first = first_day(self.sales)
        for month in period.months_back(first):
            yield self.sales, month

    def evaluate(self, figures, period):
        balance, first_day = figures.get(self.numerator, period), figures.first_day(self.sales)
        if first_day is None or first_day > period.as_of:
            return Result(None, balance)
        rest, days = balance, 0.0
        for month in period.months_back(first_day):
            if rest <= 0:
                break
            sales = figures.get(self.sales, month)
            if sales > rest:
                return Result(days + rest / sales * month.days, balance)
            rest -= sales
            days += month.days
        return Result(days, balance)


@dataclass(frozen=True)
class CollectionEffectiveness(Formula):
    """(opening + sales - closing) / (opening + sales - closing not yet due) x 100, the period cut at as_of.

    How much of what could be collected was collected (Credit Research Foundation's index).
    """

    balance: Measure
    not_due: Measure
    sales: Measure
    numerator = None
    denominator = None
    is_level = True

    @property
    def measures(self):
        return (self.balance, self.not_due, self.sales)

    @staticmethod
    def opening(period):
        return replace(period, as_of=period.date_from - timedelta(days=1))

    def parts(self, period):
        return [
            ("opening", self.balance, self.opening(period)),
            ("sales", self.sales, period.elapsed()),
            ("closing", self.balance, period),
            ("not_due", self.not_due, period),
        ]

    def needs(self, period, first_day):
        for _name, measure, needed in self.parts(period):
            yield measure, needed

    def evaluate(self, figures, period):
        before = figures.get(self.balance, self.opening(period)) + figures.get(self.sales, period.elapsed())
        collected = before - figures.get(self.balance, period)
        collectable = before - figures.get(self.not_due, period)
        value = collected / collectable * 100 if collectable > 0 else None
        return Result(value, collected, collectable)


@dataclass(frozen=True)
class DisputeAge(Formula):
    """Mean days open of the disputes open in the period: until closed, or until as_of.

    :ivar denominator: number of those disputes
    :ivar still_open: number of those open at as_of, and `since`: the sum of their days' ordinals
    :ivar closed_days: days that those closed in the period had been open
    """

    denominator: Measure
    still_open: Measure
    since: Measure
    closed_days: Measure
    numerator = None

    @property
    def measures(self):
        return (self.denominator, self.still_open, self.since, self.closed_days)

    def evaluate(self, figures, period):
        count = figures.get(self.denominator, period)
        days = (
            figures.get(self.closed_days, period)
            + figures.get(self.still_open, period) * period.as_of.toordinal()
            - figures.get(self.since, period)
        )
        return Result(days / count if count else None, days, count)
