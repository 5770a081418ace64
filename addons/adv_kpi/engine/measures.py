"""Measures: one aggregate over the records of one model, cut by day bounds.

A bound compares a date column with a day that follows from the period. The same bounds give the
buckets of the statement, the choice of its cells and the domain behind the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(eq=False)
class Source:
    """The records that several measures count: a model, what they share, how they can be cut.

    `filters` maps the nouns of the public filters ('team', 'partner', ...) to many2one paths;
    `dimensions` maps further breakdowns to many2one paths. `is_trade`: what companies of the group sell
    to one another can be left out. `carried`: the model knows what is open now, so balances of past days are
    worked out backwards; `condensed`: the model adds up its records between days that it is told.
    """

    model: str
    domain: tuple = ()
    filters: Mapping = field(default_factory=dict)
    dimensions: Mapping = field(default_factory=dict)
    is_trade: bool = False
    carried: str = ""
    condensed: str = ""

    def path(self, noun):
        """Return the many2one path of a noun, or None when the records cannot be cut so."""
        return self.dimensions.get(noun) or self.filters.get(noun)


@dataclass(frozen=True)
class Bound:
    """`column` before, or not before, the first moment of a day: the period's `anchor` + `offset`."""

    column: str
    anchor: str
    before: bool
    offset: int = 0
    or_unset: bool = False

    def edge(self, period):
        """Return the day whose first moment is compared."""
        return getattr(period, self.anchor) + timedelta(days=self.offset)

    def holds(self, bucket, edges):
        """Tell whether a cell is inside, given the number of edges its values have reached."""
        if bucket is None:
            return self.or_unset
        return bucket <= edges if self.before else bucket > edges

    def domain(self, moment):
        """Return the condition as a domain; `moment` is the edge as the column stores it."""
        condition = (self.column, "<" if self.before else ">=", moment)
        return ["|", (self.column, "=", False), condition] if self.or_unset else [condition]


def during(column):
    """Return the bounds: on a day of the period."""
    return (Bound(column, "date_from", before=False), Bound(column, "date_to", before=True, offset=1))


def until(column, anchor="as_of"):
    """Return the bound: on the anchor day or earlier."""
    return Bound(column, anchor, before=True, offset=1)


def after(column, anchor="as_of"):
    """Return the bound: later than the anchor day."""
    return Bound(column, anchor, before=False, offset=1)


def not_until(column, anchor="as_of"):
    """Return the bound: later than the anchor day, or not yet."""
    return Bound(column, anchor, before=False, offset=1, or_unset=True)


def earlier_than(column, anchor="as_of", days=0):
    """Return the bound: more than `days` days before the anchor day."""
    return Bound(column, anchor, before=True, offset=-days)


def from_day(column, anchor="as_of", days=0):
    """Return the bound: at most `days` days before the anchor day, or later."""
    return Bound(column, anchor, before=False, offset=-days)


@dataclass(frozen=True)
class Measure:
    """An aggregate ('count', 'sum:<stored column>', 'squares:<stored column>') over the records of a source.

    :param domain: what the measure asks beyond its source's domain
    :param bounds: all must hold
    :param either: alternatives, each a tuple of bounds of which all must hold; one must hold
    :param money: in company currency
    :param models: further models that the domain reads (their access is checked too)
    :param expansions: {dimension: (model, function of a key giving a domain)} for breakdowns by
        something that a record can have several of; replaces the measure's own domain
    """

    source: Source
    aggregate: str
    bounds: tuple
    domain: tuple = ()
    either: tuple = ()
    money: bool = False
    models: tuple = ()
    expansions: Mapping = field(default_factory=dict, hash=False, compare=False)

    @property
    def column(self):
        """Return the summed column, or None for a count."""
        return self.aggregate.partition(":")[2] or None

    @property
    def is_squared(self):
        """Tell whether the squares of the column are summed: what the spread of a mean is worked out from."""
        return self.aggregate.startswith("squares:")

    @property
    def all_bounds(self):
        return (*self.bounds, *(bound for option in self.either for bound in option))

    @property
    def date_columns(self):
        """Return the date columns compared, in order of appearance."""
        return tuple(dict.fromkeys(bound.column for bound in self.all_bounds))

    @property
    def has_start(self):
        """Tell whether only days of the period count (not a balance)."""
        return any(bound.anchor == "date_from" for bound in self.bounds)

    def holds(self, buckets, reached):
        """Tell whether a cell belongs to the measure.

        :param buckets: {column: bucket of the cell}
        :param reached: {bound: rank of its edge among the column's edges}
        """

        def inside(bound):
            return bound.holds(buckets[bound.column], reached[bound])

        return all(map(inside, self.bounds)) and (
            not self.either or any(all(map(inside, option)) for option in self.either)
        )

    def day_domain(self, period, moment):
        """Return the domain of the bounds; `moment(column, day)` gives a day as the column stores it."""

        def conditions(bounds):
            return [
                part for bound in bounds for part in bound.domain(moment(bound.column, bound.edge(period)))
            ]

        options = ["|"] * (len(self.either) - 1)
        for option in self.either:
            options += ["&"] * (len(option) - 1) + conditions(option)
        return conditions(self.bounds) + options
