from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.adv_orders.tools import asked_text

from ..engine import periods
from ..engine.basics import AGES
from ..engine.figures import Figures, compare
from ..engine.formulas import Sum
from .adv_kpi_layout import PAGES

MONTHS_SHOWN = 13
NO_CHARTS = {"types": {}, "ages": {}}


class AdvKpi(models.Model):
    """What the dashboard opens with: one plan, so a constant number of statements."""

    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_dashboard(
        self, date_from, date_to, comparison="previous_year", filters=None, page="first", codes=None
    ):
        """Return a page: cards, and charts on the first one.

        :param date_from: first day; `date_to`: last day, included
        :param comparison: 'previous_year', 'previous_period' or False
        :param filters: as in `get_values`
        :param page: 'first' or a category of figures
        :param codes: the reader's own choice of figures for the first page
        :return: {'currency_id', 'compared': {'date_from', 'date_to'} or None, 'can_see_closed': bool,
            'can_set_target': bool, 'cards': [a value of `get_values` with 'id', 'code', 'name', 'category',
            'direction', 'decimals', 'explanation', 'base', 'change', 'target', 'series', 'interval',
            'maturity', 'spread', 'apart', 'parts'], 'charts': {'error_types', 'aged'},
            'filter_models': {noun: model}}
        """
        if asked_text(self.env, page) not in PAGES:
            raise UserError(self.env._("Unknown page: %(name)s.", name=page))
        kpis = self._get_page(page, codes)
        kpis, scope, period = self._prepare(kpis.mapped("code"), date_from, date_to, filters)
        compared = comparison and self._get_compared(period, comparison)
        months = self._get_months(period)
        figures = Figures(scope)
        shown = kpis.filtered(lambda kpi: kpi._is_applicable(scope))
        for kpi in shown:
            figures.want(kpi._formula(), [period, *months, *([compared] if compared else [])])
            kpi._want_precision(figures, period)
        charts = self._want_charts(figures, period) if page == "first" else NO_CHARTS
        figures.load()
        targets = self._get_shown_targets(kpis, scope, period)
        return {
            "currency_id": scope.currency.id,
            "compared": compared
            and {
                "date_from": fields.Date.to_string(compared.date_from),
                "date_to": fields.Date.to_string(compared.date_to),
            },
            "can_see_closed": self.env["adv.kpi.snapshot"].has_access("read"),
            "can_set_target": self.env["adv.kpi.target"].has_access("create"),
            "cards": [kpi._get_card(figures, period, compared, months, targets.get(kpi)) for kpi in kpis],
            "charts": self._get_charts(figures, period, charts),
            "filter_models": self._get_filter_models(),
        }

    # === PERIODS === #

    @api.model
    def _get_compared(self, period, comparison):
        """Return the period compared with; one that still runs is compared with as many days."""
        if not isinstance(comparison, str) or comparison not in periods.COMPARISONS:
            raise UserError(self.env._("Unknown comparison: %(name)s.", name=str(comparison)[:40]))
        running = period.elapsed()
        start, end = periods.COMPARISONS[comparison](period.date_from, period.date_to)
        if running is not period:
            end = min(end, start + timedelta(days=running.days - 1))
        return self._get_period(start, end)

    @api.model
    def _get_months(self, period):
        """Return the months of the sparklines: the last one is that of the period's last day, or today's."""
        last = min(period.date_to, self.env.company._adv_today()).replace(day=1)
        first = periods.add_months(last, 1 - MONTHS_SHOWN)
        end = periods.add_months(last, 1) - timedelta(days=1)
        return self._get_periods(periods.split(first, end, "month"))

    @api.model
    def _get_shown_targets(self, kpis, scope, period):
        """Return {figure: target} of what is counted: a whole company, or one whole team of it."""
        teams = scope.filters.get("team") or [False]
        if len(scope.companies) > 1 or len(teams) > 1 or scope.filters.keys() - {"team"}:
            return {}
        targets = self.env["adv.kpi.target"]
        return targets._get_targets(kpis, scope.companies, period.date_to, teams[0])

    # === CARDS === #

    def _get_card(self, figures, period, compared, months, target):
        card = {
            **self._get_value(figures, period),
            **self._get_card_head(),
            "base": None,
            "change": None,
            "target": None,
            "parts_unit": self._get_parts_unit(),
            "series": self._get_series(figures, months),
            "parts": [],
            **dict.fromkeys(("interval", "maturity", "spread", "apart")),
        }
        if card["not_applicable"]:
            return card
        if compared:
            formula = self._formula()
            card["base"] = formula.evaluate(figures, compared).value
            if card["base"] or not formula.is_level:
                card["change"] = compare(card["value"], card["base"], self.unit, self.direction)
        card |= self._get_precision(figures, period)
        card["spread"] = self._get_spread(figures.scope, period)
        card["parts"] = self._get_named_parts(figures, period)
        if target:
            card["target"] = self._get_card_target(card["value"], target, period)
        return card

    @api.model
    def _get_card_target(self, value, target, period):
        """Return {'value', 'is_met'}, of a band 'value_to' too; 'by_month' where the period is no month."""
        ends = target._get_ends(period)
        shown = {"value": ends[0], "is_met": target._is_met(value, period)}
        if target.is_band:
            shown["value_to"] = ends[1]
        if ends[0] != target.value:
            shown["by_month"] = target.value
        return shown

    def _get_named_parts(self, figures, period):
        """Return the numbers that a value is made of where they are no two, each with its records."""
        names = self._get_part_names()
        return [
            {
                "name": names[name],
                "unit": "currency" if measure.money else "count",
                **self._get_part(figures.scope, measure, figures.get(measure, needed), needed),
            }
            for name, measure, needed in self._formula().parts(period)
        ]

    @api.model
    def _get_part_names(self):
        """Return {name of a part in a formula: how a reader calls it}."""
        return {
            "opening": self.env._("Open when the period began"),
            "sales": self.env._("Sales of the period, with tax"),
            "closing": self.env._("Open at its end"),
            "not_due": self.env._("Of which not yet due"),
            "order": self.env._("Orders confirmed"),
            "follow": self.env._("Orders delivered"),
            "request": self.env._("Requests received"),
            "document": self.env._("Documents received"),
        }

    def _get_parts_unit(self):
        """Return the unit of what the figure is made of: an amount or a number."""
        formula = self._formula()
        measure = formula and (formula.denominator or formula.numerator)
        return "currency" if measure and measure.money else "count"

    def _get_card_head(self):
        names = ("code", "name", "category", "direction", "decimals", "explanation")
        return {"id": self.id, **{name: self[name] or "" for name in names}, "decimals": self.decimals}

    # === CHARTS === #

    @api.model
    def _want_charts(self, figures, period):
        """Plan the charts beside the cards; return what `_get_charts` reads."""
        errors = self._get_kpis(["entry_error_rate"])
        types = errors._get_expanded_formulas("error_type") if errors._is_applicable(figures.scope) else {}
        first_age = AGES[None, 0]
        ages = (
            AGES
            if figures.scope.is_applicable(first_age.source) and figures.scope.may_read(first_age)
            else {}
        )
        for formula in (*types.values(), *map(Sum, ages.values())):
            figures.want(formula, [period])
        return {"types": types, "ages": ages}

    @api.model
    def _get_charts(self, figures, period, wanted):
        return {
            "error_types": self._get_pareto(figures, period, wanted["types"]),
            "aged": [
                {
                    "after": after,
                    "up_to": up_to,
                    **self._get_part(figures.scope, measure, figures.get(measure, period), period),
                }
                for (after, up_to), measure in wanted["ages"].items()
            ],
        }

    @api.model
    def _get_pareto(self, figures, period, formulas):
        """Return the orders with an escaped entry error by type, most frequent first."""
        bars = [
            {
                "key": error_type.id,
                "label": error_type.display_name,
                **self._get_part(
                    figures.scope, formula.numerator, figures.get(formula.numerator, period), period
                ),
            }
            for error_type, formula in formulas.items()
        ]
        return sorted(filter(lambda bar: bar["value"], bars), key=lambda bar: -bar["value"])
