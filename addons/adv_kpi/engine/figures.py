"""Figures: plans what is asked, has it executed, and answers the formulas."""

from .direct import Direct
from .plan import Cells, Plan

MONEY_DIGITS = 6


class Figures:
    """Values of measures for a scope.

    :param scope: a `statement.Scope` (or anything with `rows`, `first_day` and `convert`)
    :param dimension: noun to break down by, if any
    """

    def __init__(self, scope, dimension=None):
        self.scope = scope
        self.dimension = dimension
        self._plan = Plan()
        self._cells = {}
        self._direct = {}
        self._first_days = {}

    def want(self, formula, periods):
        """Plan a formula for some periods."""
        for period in periods:
            for measure, needed in formula.needs(period, self.first_day):
                if isinstance(measure, Direct):
                    self._direct[measure, needed] = None
                else:
                    self._plan.want(measure, needed)

    def load(self):
        """Execute the planned statements, one each."""
        self.scope.prepare()
        for statement in self._plan.statements():
            key = self.dimension and statement.source.path(self.dimension)
            cells = Cells(statement, self.scope.rows(statement, key))
            self._cells.update(dict.fromkeys(statement.measures, cells))
        for measure, period in self._direct:
            key = self.dimension and measure.source.path(self.dimension)
            self._direct[measure, period] = measure.totals(self.scope, period, key)
        return self

    def first_day(self, measure):
        """Return the first day that has records of the measure, or None."""
        if measure not in self._first_days:
            self._first_days[measure] = self.scope.first_day(measure)
        return self._first_days[measure]

    def get(self, measure, period, key=None):
        """Return the value of a measure, all companies together, in the scope's currency."""
        by_company = self.by_company(measure, period, key)
        if not measure.money:
            return sum(by_company.values(), 0.0)
        total = sum(
            (self.scope.convert(company, value, period) for company, value in by_company.items()), 0.0
        )
        # what was added up month by month and is nothing now shall be 0, not what floats leave of it
        return round(total, MONEY_DIGITS)

    def by_company(self, measure, period, key=None):
        """Return {company id: value} of a measure, each in the company's currency."""
        return self._totals(measure, period).get(key, {})

    def _totals(self, measure, period):
        if isinstance(measure, Direct):
            return self._direct[measure, period]
        return self._cells[measure].totals(measure, period)

    def keys(self, formula, period):
        """Return the keys of the dimension under which some measure that it cuts has a value."""
        return {
            key
            for measure, needed in formula.needs(period, self.first_day)
            if measure.source.path(self.dimension)
            for key in self._totals(measure, needed)
        }

    def of_key(self, key):
        """Return the same figures seen for one key of the dimension."""
        return _FiguresOfKey(self, key)


class _FiguresOfKey:
    def __init__(self, figures, key):
        self._figures = figures
        self._key = key
        self.first_day = figures.first_day

    def get(self, measure, period):
        return self._figures.get(measure, period, self._key_of(measure))

    def by_company(self, measure, period):
        return self._figures.by_company(measure, period, self._key_of(measure))

    def _key_of(self, measure):
        return self._key if measure.source.path(self._figures.dimension) else None


def compare(value, base, unit, direction):
    """Return how a value stands to that of the period compared with, or None when either is missing.

    Counts and amounts change in percent of the base (none when the base is not positive); percentages,
    days and ratios by their difference.

    :return: {'difference': float, 'percent': float | None, 'is_better': bool | None}
    """
    if value is None or base is None:
        return None
    difference = value - base
    percent = difference / base * 100 if unit in ("count", "currency") and base > 0 else None
    wanted = {"up": 1, "down": -1}.get(direction, 0)
    return {
        "difference": difference,
        "percent": percent,
        "is_better": difference * wanted > 0 if wanted and difference else None,
    }
