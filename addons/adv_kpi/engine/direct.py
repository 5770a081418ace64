"""Measures with a statement of their own: what is no sum over the cells of a planned statement."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from odoo.fields import Domain

from .measures import Measure, Source
from .sources import ASSISTANTS


class Direct:
    """A measure that reads its own values.

    `has_records` is False where no list of records stands behind the number.
    """

    aggregate = "count"
    money = False
    models = ()
    expansions = {}
    has_start = True
    has_records = True

    def totals(self, scope, period, key):
        """Return {key: {company id or None: value}}; `key` is the path to break down by, or None."""
        raise NotImplementedError


@dataclass(frozen=True)
class Having(Direct):
    """The number of records that have, in each of some spans, a record of a measure.

    :param inverse: one2many from the records to those of the measures
    :param spans: pairs of a measure and a function that gives the span of a period
    """

    source: Source
    inverse: str
    spans: tuple[tuple[Measure, Callable], ...]

    @property
    def models(self):
        return tuple(measure.source.model for measure, _span in self.spans)

    def domain(self, scope, period):
        domain = Domain(list(self.source.domain))
        for measure, span in self.spans:
            domain &= Domain(self.inverse, "any", scope.domain(measure, span(period)))
        return list(domain)

    def totals(self, scope, period, key):
        groups = scope.env[self.source.model]._read_group(
            self.domain(scope, period), [key] if key else [], ["__count"]
        )
        return {group[0].id if key else None: {None: float(group[-1])} for group in groups}


def _by_company(values, key):
    """Return totals of values by company: broken down by it, or not at all."""
    return {company: {company: value} for company, value in values.items()} if key else {None: values}


@dataclass(frozen=True)
class Presence(Direct):
    """What the assistants' calendars and absences say of the part of the period that is over today.

    The documents of the period are counted up to today as well, whatever day balances are judged on.

    :param kind: 'heads' (assistants present, as full-time ones), 'hours' (theirs) or 'full_time_hours'
        (of one assistant who works the company's hours)
    """

    kind: str
    source = ASSISTANTS
    has_records = False

    def totals(self, scope, period, key):
        over = replace(period, as_of=min(period.date_to, scope.today)).elapsed()
        hours = scope.hours(over.date_from, over.date_to)
        return _by_company({company: found[self.kind] for company, found in hours.items()}, key)


@dataclass(frozen=True)
class StandardMinutes(Direct):
    """The mean standard minutes that the assistants of a company need for one document of a kind."""

    kind: str
    source = ASSISTANTS
    has_records = False

    def totals(self, scope, period, key):
        minutes = scope.standard_minutes()
        return _by_company({company: found[self.kind] for company, found in minutes.items()}, key)
