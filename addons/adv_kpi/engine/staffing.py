"""Formulas of staffing: documents times standard minutes, company by company."""

from dataclasses import dataclass

from .direct import Presence, StandardMinutes
from .formulas import Formula, Result
from .measures import Measure


@dataclass(frozen=True)
class Workload(Formula):
    """Hours of work: the documents of each kind times the standard minutes of the kind."""

    kinds: tuple[tuple[Measure, StandardMinutes], ...]
    numerator = None
    denominator = None
    is_cumulative = True

    @property
    def measures(self):
        return tuple(measure for kind in self.kinds for measure in kind)

    def parts(self, period):
        return [(standard.kind, counted, period) for counted, standard in self.kinds]

    def needs(self, period, first_day):
        for measure in self.measures:
            yield measure, period

    def hours(self, figures, period):
        """Return {company id: hours}."""
        hours = {}
        for counted, standard in self.kinds:
            minutes = figures.by_company(standard, period)
            for company, count in figures.by_company(counted, period).items():
                hours[company] = hours.get(company, 0.0) + count * minutes.get(company, 0.0) / 60
        return hours

    def evaluate(self, figures, period):
        value = sum(self.hours(figures, period).values(), 0.0)
        return Result(value, value)


@dataclass(frozen=True)
class AssistantsNeeded(Workload):
    """Workload / (hours of a full-time assistant x target occupancy), company by company."""

    full_time: Presence
    is_cumulative = False

    @property
    def measures(self):
        return (*super().measures, self.full_time)

    def evaluate(self, figures, period):
        available = figures.by_company(self.full_time, period)
        workload = self.hours(figures, period)
        if not any(available.values()):
            return Result(None, sum(workload.values(), 0.0))
        shares = [hours / available[company] for company, hours in workload.items() if available.get(company)]
        return Result(sum(shares, 0.0), sum(workload.values(), 0.0))
