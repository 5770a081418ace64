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
    """

    source: object
    columns: tuple
    measures: list = field(default_factory=list)
    edges: dict = field(default_factory=dict)
    lower: dict = field(default_factory=dict)
    upper: dict = field(default_factory=dict)


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
        spans = {"lower": defaultdict(list), "upper": defaultdict(list)}
        for measure in statement.measures:
            for bound in measure.all_bounds:
                days = {bound.edge(period) for period in self._periods[measure]}
                edges[bound.column] |= days
                if bound in measure.bounds and not bound.or_unset:
                    limit = ("upper", max(days)) if bound.before else ("lower", min(days))
                    spans[limit[0]][bound.column].append((measure, limit[1]))
        statement.edges = {column: sorted(days) for column, days in edges.items()}
        statement.lower = self._common(spans["lower"], len(statement.measures), min)
        statement.upper = self._common(spans["upper"], len(statement.measures), max)

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
