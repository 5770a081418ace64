"""The plan: which statements give all measures wanted of all periods wanted, and how to read them.

Measures are additive, and every condition on a date compares it with the first moment of a day. So one
statement per source and set of date columns suffices, whatever the number of measures and periods: its
rows are grouped by the bucket of each date column between the sorted edges, and a measure of a period
is the sum of the cells inside its bounds.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(eq=False)
class Statement:
    """One grouped statement over a source.

    :ivar columns: the date columns that group
    :ivar measures: the measures computed, in the order of the result's values
    :ivar edges: {column: sorted days}
    :ivar lower: {column: first day on which a record can count}
    :ivar upper: {column: first day on which none can count any more}
    :ivar later: {column: first day on which a record can count that has one; those without count too}
    :ivar spans: {measure: {column: (first day on which a record counts, first on which none does)}}
    """

    source: object
    columns: tuple
    measures: list = field(default_factory=list)
    edges: dict = field(default_factory=dict)
    lower: dict = field(default_factory=dict)
    upper: dict = field(default_factory=dict)
    later: dict = field(default_factory=dict)
    spans: dict = field(default_factory=dict)

    def narrower(self, measure):
        """Return the spans in which a measure counts and others count longer."""
        return {
            column: (start, end)
            for column, (start, end) in self.spans[measure].items()
            if (start, end) != (self.lower.get(column), self.upper.get(column))
        }

    def are_balances(self, column):
        """Tell whether all measures are sums of an amount up to a day of the column, and nothing else."""
        return all(
            measure.aggregate == "sum:amount"
            and not measure.domain
            and any(bound.column == column and bound.before for bound in measure.bounds)
            for measure in self.measures
        )


class Plan:
    """Collects (measure, period) pairs and groups them into statements."""

    def __init__(self):
        self._periods = defaultdict(dict)

    def want(self, measure, period):
        """Ask for a measure of a period."""
        self._periods[measure][period] = True

    def statements(self):
        """Return the statements that answer everything wanted."""
        found = {}
        for measure in self._periods:
            key = (measure.source, measure.date_columns, measure.has_start)
            found.setdefault(key, Statement(*key[:2])).measures.append(measure)
        for statement in found.values():
            self._set_edges(statement)
        return self._merge(list(found.values()))

    def _merge(self, statements):
        """Let a statement that reads from the first record on answer those on fewer of its columns too."""
        merged = []
        for statement in sorted(statements, key=lambda statement: -len(statement.columns)):
            wider = next((other for other in merged if self._covers(other, statement)), None)
            if wider:
                wider.measures += statement.measures
                self._set_edges(wider)
            else:
                merged.append(statement)
        return merged

    @staticmethod
    def _covers(wider, statement):
        return (
            wider.source is statement.source
            and set(wider.columns) >= set(statement.columns)
            and not wider.lower
            and not statement.lower
        )

    def _set_edges(self, statement):
        """Fill the edges, and the days outside of which no record can count."""
        edges = {column: set() for column in statement.columns}
        spans = {name: defaultdict(list) for name in ("lower", "upper", "later")}
        for measure in statement.measures:
            for bound in measure.all_bounds:
                days = {bound.edge(period) for period in self._periods[measure]}
                edges[bound.column] |= days
                limit = self._limit(bound)
                if bound in measure.bounds and limit:
                    day = max(days) if bound.before else min(days)
                    spans[limit][bound.column].append((measure, day))
        statement.spans = {measure: self._get_spans(measure) for measure in statement.measures}
        statement.edges = {column: sorted(days) for column, days in edges.items()}
        statement.lower = self._common(spans["lower"], len(statement.measures), min)
        statement.upper = self._common(spans["upper"], len(statement.measures), max)
        statement.later = self._common(spans["later"], len(statement.measures), min)

    def _get_spans(self, measure):
        """Return {column: (first day, first day after)} of the columns that a measure limits at both ends."""
        days = {"lower": {}, "upper": {}}
        for bound in measure.bounds:
            limit, pick = self._limit(bound), max if bound.before else min
            if limit in days:
                day = pick(bound.edge(period) for period in self._periods[measure])
                days[limit].setdefault(bound.column, day)
        return {
            column: (day, days["upper"][column])
            for column, day in days["lower"].items()
            if column in days["upper"]
        }

    @staticmethod
    def _limit(bound):
        """Return which of a statement's limits a bound may set, if any."""
        if bound.or_unset:
            return None if bound.before else "later"
        return "upper" if bound.before else "lower"

    @staticmethod
    def _common(limits, count, outermost):
        """Return {column: outermost limit} for the columns that all measures limit."""
        return {
            column: outermost(day for _measure, day in found)
            for column, found in limits.items()
            if len({measure for measure, _day in found}) == count
        }


class Cells:
    """The result of a statement.

    :param rows: iterable of (company id, key, (bucket per column), (value per measure))
    """

    def __init__(self, statement, rows):
        self.statement = statement
        self._rows = [
            (company, key, dict(zip(statement.columns, buckets, strict=True)), values)
            for company, key, buckets, values in rows
        ]
        self._totals = {}

    def totals(self, measure, period):
        """Return {key: {company id: value}} of a measure in a period."""
        known = self._totals.get((measure, period))
        if known is None:
            known = self._totals[measure, period] = self._sum(measure, period)
        return known

    def _sum(self, measure, period):
        rank = self.statement.measures.index(measure)
        reached = {
            bound: bisect_left(self.statement.edges[bound.column], bound.edge(period))
            for bound in measure.all_bounds
        }
        totals = defaultdict(lambda: defaultdict(float))
        for company, key, buckets, values in self._rows:
            if values[rank] and measure.holds(buckets, reached):
                totals[key][company] += values[rank]
        return totals
