"""Formulas over the twelve months that end with the period."""

from dataclasses import dataclass, replace
from datetime import timedelta

from .formulas import Formula, Result
from .measures import Measure
from .periods import add_months

MONTH_ENDS = 13


def last_year(period):
    """Return the twelve months that end with the last day of the period."""
    return replace(period, date_from=add_months(period.date_to + timedelta(days=1), -12))


def year_before(period):
    """Return the twelve months before the last twelve."""
    start = last_year(period).date_from
    return replace(period, date_from=add_months(start, -12), date_to=start - timedelta(days=1))


def month_ends(day):
    """Return 13 days: `day` itself and the last days of the 12 months before its month."""
    ends = [day]
    for _month in range(MONTH_ENDS - 1):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends


@dataclass(frozen=True)
class Rotation(Formula):
    """Cost of goods sold over 12 months / mean of the 13 month-end stock values."""

    numerator: Measure
    stock: Measure
    denominator = None
    is_level = True

    @property
    def measures(self):
        return (self.numerator, self.stock)

    def numerator_period(self, period):
        return replace(
            period, date_from=add_months(period.as_of + timedelta(days=1), -12), date_to=period.as_of
        )

    def needs(self, period, first_day):
        yield self.numerator, self.numerator_period(period)
        for day in month_ends(period.as_of):
            yield self.stock, replace(period, as_of=day)

    def evaluate(self, figures, period):
        sold = figures.get(self.numerator, self.numerator_period(period))
        values = [figures.get(self.stock, replace(period, as_of=day)) for day in month_ends(period.as_of)]
        mean = sum(values) / len(values)
        return Result(sold / mean if mean > 0 else None, sold, mean)


@dataclass(frozen=True)
class RotationDays(Rotation):
    """365 / rotation: the days that the stock lasts."""

    def evaluate(self, figures, period):
        rotation = super().evaluate(figures, period)
        return replace(rotation, value=365 / rotation.value if rotation.value else None)
