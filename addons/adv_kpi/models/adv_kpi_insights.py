from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import periods
from ..engine.basics import billed, promised, sales
from ..engine.catalogue_cash import open_disputes
from ..engine.catalogue_work import KINDS, full_time, kept
from ..engine.control import p_chart, u_chart
from ..engine.direct import Presence
from ..engine.figures import Figures
from ..engine.formulas import Sum
from ..engine.measures import Measure
from ..engine.precision import is_counted
from ..engine.sources import CONFIRMED, DISPUTES
from ..engine.staffing import AssistantsNeeded, Workload
from ..engine.statistics import pareto, percentile, waterfall
from .adv_kpi_lines import LINE_DIMENSIONS

present = Presence("hours")
# the rates of errors whose control chart can be chosen, the first one shown first
CHARTED = ("entry_error_rate", "errors_per_100_lines", "delivery_error_rate", "billing_error_rate")
# above so many cases a month chance explains too little: Laney's correction
LARGE = 1000


class AdvKpi(models.Model):
    """What is behind the figures: causes, losses, staffing, cash tied up. Read-only, access-checked."""

    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_control_chart(self, code, date_from, date_to, interval="month", filters=None):
        """Return the control chart of a share or of a mean number by unit.

        A share of records (on time, errors) is a p chart; errors by line a u chart. Above 1000 cases an
        interval on average the limits are corrected after Laney.

        :return: {'centre', 'spread', 'kind': 'p' | 'u', 'points': [{'date_from', 'date_to', 'value', 'lower',
            'upper', 'signal'}]}, in the unit of the figure; {} for a figure that has no such chart
        """
        kpis, scope, whole = self._prepare([code], date_from, date_to, filters)
        formula = kpis._formula()
        if not is_counted(formula) or not kpis._is_applicable(scope):
            return {}
        spans = self._get_intervals(whole, interval)
        figures = self._load(scope, kpis, spans)
        results = [formula.evaluate(figures, span) for span in spans]
        samples = [(result.numerator, result.denominator) for result in results]
        is_share = kpis.unit == "percent"
        mean_size = sum(size for _count, size in samples) / len(samples)
        chart = (p_chart if is_share else u_chart)(samples, corrected=mean_size > LARGE)
        return {
            "kind": "p" if is_share else "u",
            "centre": None if chart.centre is None else chart.centre * formula.factor,
            "spread": chart.spread,
            "points": [
                self._get_control_point(span, point, formula.factor)
                for span, point in zip(spans, chart.points, strict=True)
            ],
        }

    @api.model
    def _get_control_point(self, span, point, factor):
        scaled = {
            name: getattr(point, name) * factor if point else None for name in ("rate", "lower", "upper")
        }
        return {
            "date_from": fields.Date.to_string(span.date_from),
            "date_to": fields.Date.to_string(span.date_to),
            "value": scaled["rate"],
            "lower": scaled["lower"],
            "upper": scaled["upper"],
            "signal": point.signal if point else None,
        }

    @api.model
    @api.readonly
    def get_analysis(self, date_from, date_to, filters=None):
        """Return the analysis page: entry errors of 13 months, and what is behind the period.

        :return: {'control', 'errors', 'losses', 'staffing', 'cash', 'recovery'}, each as its method gives it,
            and 'charted': [{'code', 'name', 'unit', 'decimals'}] of the errors that have a control chart
        """
        kpis, scope, period = self._prepare(CHARTED, date_from, date_to, filters)
        months = self._get_months(period)
        return {
            "charted": [
                {name: kpi[name] for name in ("code", "name", "unit", "decimals")}
                for kpi in kpis
                if kpi._is_applicable(scope)
            ],
            "control": self.get_control_chart(
                CHARTED[0], months[0].date_from, months[-1].date_to, filters=filters
            ),
            "errors": self.get_pareto("errors_per_100_lines", date_from, date_to, "error_type", filters),
            "losses": self.get_perfect_order_losses(date_from, date_to, filters),
            "recovery": self.get_recovery_curve(date_from, date_to, filters),
            "staffing": self.get_staffing(date_from, date_to, filters),
            "cash": self.get_cash_impact(date_from, date_to, filters),
        }

    @api.model
    @api.readonly
    def get_pareto(self, code, date_from, date_to, dimension, filters=None):
        """Return what a figure's numerator is made of, largest first, with the share reached.

        :return: [{'key', 'label', 'value', 'share', 'cumulated', 'model', 'domain'}], shares in percent of
            the sum; model and domain are those of the records behind the value, None where there is no list
        """
        rows = self.get_breakdown([code], date_from, date_to, dimension, filters)[code]
        kpi, scope, period = self._prepare([code], date_from, date_to, filters)
        labels = {row["key"]: row["label"] for row in rows}
        parts = pareto({row["key"]: abs(row["numerator"] or 0.0) for row in rows})
        return [
            {
                **part,
                "label": labels[part["key"]],
                **kpi._get_records_of_key(scope, period, dimension, part["key"]),
            }
            for part in parts
        ]

    def _get_records_of_key(self, scope, period, dimension, key):
        """Return {'model', 'domain'} of the numerator's records under one key of a dimension."""
        kpi = self._by_line() if dimension in LINE_DIMENSIONS else self
        formula = kpi._formula()
        measure = formula.numerator
        if measure is None or not getattr(measure, "has_records", True):
            return {"model": None, "domain": None}
        under = Domain.TRUE
        if dimension in measure.expansions:
            conditions = measure.expansions[dimension][1](key)
            measure = replace(measure, domain=conditions, expansions={})
        else:
            under = Domain(measure.source.path(dimension), "=", key)
        domain = Domain(scope.domain(measure, formula.numerator_period(period))) & under
        return {"model": measure.source.model, "domain": list(domain)}

    @api.model
    @api.readonly
    def get_perfect_order_losses(self, date_from, date_to, filters=None):
        """Return what perfect orders are lost to, each order by its first cause, in orders and in value.

        Causes in turn: late or not shipped, not in full, with an error, disputed.

        :return: {'currency_id', 'whole': part of the orders promised, 'orders': steps, 'value': steps}, steps
            as in `statistics.waterfall`, each with 'model' and 'domain' of its orders; {} for people who may
            not read all of it
        """
        kpis, scope, period = self._prepare(["perfect_order_rate"], date_from, date_to, filters)
        if not kpis._is_applicable(scope):
            return {}
        left = self._get_stages(kpis._formula().numerator)
        whole = {"orders": promised, "value": self._as_value(promised)}
        stages = {
            "orders": left,
            "value": {key: self._as_value(measure) for key, measure in left.items()},
        }
        figures = Figures(scope)
        for kind, base in whole.items():
            for measure in (base, *stages[kind].values()):
                figures.want(Sum(measure), [period])
        figures.load()
        return {
            "currency_id": scope.currency.id,
            "whole": self._get_part(scope, promised, figures.get(promised, period), period),
            **{kind: self._get_losses(figures, period, base, stages[kind]) for kind, base in whole.items()},
        }

    @api.model
    def _get_stages(self, perfect):
        """Return {cause: measure of the orders left once the cause is taken off}."""
        conditions = perfect.domain
        counts = {"late": 1, "not_in_full": 2, "error": 3, "disputed": 4}
        return {
            cause: Measure(CONFIRMED, "count", kept, domain=conditions[:count], models=perfect.models)
            for cause, count in counts.items()
        }

    @api.model
    def _as_value(self, measure):
        return Measure(
            measure.source,
            "sum:adv_amount_company",
            measure.bounds,
            domain=measure.domain,
            either=measure.either,
            models=measure.models,
            money=True,
        )

    @api.model
    def _get_losses(self, figures, period, base, stages):
        whole = before = figures.get(base, period)
        losses = []
        for cause, measure in stages.items():
            after = figures.get(measure, period)
            losses.append((cause, before - after))
            before = after
        steps = waterfall(whole, losses)
        domains = self._get_loss_domains(figures.scope, period, base, stages)
        return [{**step, "model": base.source.model, "domain": domains[step["key"]]} for step in steps]

    @api.model
    def _get_loss_domains(self, scope, period, base, stages):
        """Return {step: domain of the orders lost at it, or left at the end}."""
        domains, before = {}, Domain(scope.domain(base, period))
        for cause, measure in stages.items():
            after = Domain(scope.domain(measure, period))
            domains[cause], before = list(before & ~after), after
        return {**domains, "rest": list(before)}

    @api.model
    @api.readonly
    def get_staffing(self, date_from, date_to, filters=None):
        """Return the hours needed against the hours present, week by week.

        :return: {'weeks': [{'date_from', 'date_to', 'needed', 'present', 'assistants'}], 'p50', 'p90'}; p50
            and p90 of the hours needed by whole week of the last 12 months, None before a year of data; {}
            for people who may not read the work
        """
        kpis, scope, whole = self._prepare(["assistants_needed"], date_from, date_to, filters)
        if not kpis._is_applicable(scope):
            return {}
        spans = self._get_intervals(whole, "week")
        year = self._get_past_weeks(whole)
        figures = Figures(scope)
        workload, needed = Workload(KINDS), AssistantsNeeded(KINDS, full_time)
        figures.want(needed, spans)
        figures.want(Sum(present), spans)
        figures.want(workload, year)
        figures.load()
        hours = [workload.evaluate(figures, week).value for week in year]
        has_year = bool(hours) and (bool(hours[0]) or self._has_work_before(figures, year[0].date_to))
        return {
            "weeks": [
                {
                    "date_from": fields.Date.to_string(span.date_from),
                    "date_to": fields.Date.to_string(span.date_to),
                    "needed": workload.evaluate(figures, span).value,
                    "present": figures.get(present, span),
                    "assistants": needed.evaluate(figures, span).value,
                }
                for span in spans
            ],
            "p50": percentile(hours, 0.5) if has_year else None,
            "p90": percentile(hours, 0.9) if has_year else None,
        }

    @api.model
    def _has_work_before(self, figures, day):
        """Tell whether work was counted up to a day: the year may begin with a week of holidays."""
        firsts = (figures.first_day(measure) for measure, _standard in KINDS)
        return any(first and fields.Date.to_date(first) <= day for first in firsts)

    @api.model
    def _get_past_weeks(self, period):
        """Return the 52 whole weeks that were over on the day judged, the first one first."""
        end = periods.interval_start(fields.Date.add(period.as_of, days=1), "week")
        return self._get_periods(
            periods.split(fields.Date.subtract(end, weeks=52), fields.Date.subtract(end, days=1), "week")
        )

    @api.model
    @api.readonly
    def get_cash_impact(self, date_from, date_to, filters=None):
        """Return the cash tied up by disputes and by invoices to correct, in days of sales.

        :return: {'currency_id', 'disputed', 'disputed_days', 'corrected', 'corrected_days', 'records':
            {'disputed': part, 'corrected': part}}: amounts of the disputes open at the day judged and of the
            credit notes given for errors in the period, taxes included as far as they are; days None without
            sales; {} for people who may not read them
        """
        kpis, scope, period = self._prepare(["dispute_rate"], date_from, date_to, filters)
        if not kpis._is_applicable(scope):
            return {}
        disputed = Measure(DISPUTES, "sum:amount_company", open_disputes.bounds, money=True)
        corrected = self._get_corrected_measure()
        figures = Figures(scope)
        for measure in (disputed, corrected):
            figures.want(Sum(measure), [period])
        figures.want(Sum(sales), [period.elapsed()])
        figures.load()
        by_day = figures.get(sales, period.elapsed()) / period.elapsed().days
        amounts = {
            "disputed": figures.get(disputed, period),
            "corrected": -figures.get(corrected, period) + 0.0,
        }
        days = {f"{name}_days": amount / by_day if by_day > 0 else None for name, amount in amounts.items()}
        records = {
            name: self._get_part(scope, measure, figures.get(measure, period), period)
            for name, measure in (("disputed", disputed), ("corrected", corrected))
        }
        return {"currency_id": scope.currency.id, **amounts, **days, "records": records}

    @api.model
    def _get_corrected_measure(self):
        return Measure(
            billed.source,
            "sum:amount_total_signed",
            billed.bounds,
            domain=(("move_type", "=", "out_refund"), ("adv_credit_reason_id.error_type_id", "!=", False)),
            money=True,
        )
