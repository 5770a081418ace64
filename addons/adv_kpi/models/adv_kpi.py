from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.adv_orders.tools import asked_day, asked_ids, asked_text

from ..engine import periods
from ..engine.catalogue import FORMULAS
from ..engine.figures import Figures
from ..engine.formulas import Ratio
from ..engine.periods import Period
from ..engine.statement import Scope

MOST_INTERVALS = 1500  # four years of days
FILTER_NOUNS = ("company", "team", "assistant", "user", "partner", "categ", "country")


class AdvKpi(models.Model):
    """The catalogue of figures and their calculation.

    A record says how a figure is called, shown and explained; how it is calculated is the formula with
    its code in `_get_formulas`.
    """

    _name = "adv.kpi"
    _description = "Figure"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True, copy=False)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    category = fields.Selection(
        [
            ("productivity", "Productivity"),
            ("quality", "Quality"),
            ("service", "Service"),
            ("commercial", "Commercial"),
            ("cash", "Cash"),
        ],
        required=True,
    )
    unit = fields.Selection(
        [
            ("count", "Number"),
            ("currency", "Amount"),
            ("percent", "Percent"),
            ("days", "Days"),
            ("hours", "Working hours"),
            ("ratio", "Ratio"),
            ("score", "Score"),
        ],
        required=True,
    )
    direction = fields.Selection(
        [("up", "Higher is better"), ("down", "Lower is better"), ("none", "Neither")],
        string="Wanted",
        required=True,
        default="none",
    )
    decimals = fields.Integer(default=0)
    explanation = fields.Text(string="Definition", translate=True)
    first_page = fields.Boolean(string="On the first page")
    target_ids = fields.One2many("adv.kpi.target", "kpi_id", string="Targets")

    _code_unique = models.UniqueIndex("(code)", "Each figure has its own code.")

    # === PUBLIC METHODS === #

    @api.model
    @api.readonly
    def get_values(self, codes, date_from, date_to, filters=None, as_of=None):
        """Return figures of a period with the records behind them.

        Figures count the records that the user may read, in the companies that are active for them.

        :param list codes: codes of figures
        :param date_from: first day (company's time zone), a date or 'YYYY-MM-DD'
        :param date_to: last day, included
        :param dict filters: lists of ids by 'company_ids', 'team_ids', 'assistant_ids', 'user_ids',
            'partner_ids', 'categ_ids', 'country_ids'; a figure that cannot be cut so is not applicable, nor
            is any for single assistants unless the companies show figures of single assistants
        :param as_of: day on which balances and lateness are judged; default `date_to`, at most today
        :return: {code: {'value': float or None, 'unit': str, 'not_applicable': bool,
            'numerator': {'value', 'model', 'domain', 'aggregate'} or None, 'denominator': same or None}};
            a percentage is 0..100, an amount in company currency, a ratio over nothing None; what the
            user may not read at all is not applicable
        :raise UserError: for an unknown code or filter, or days that make no period
        """
        kpis, scope, period = self._prepare(codes, date_from, date_to, filters, as_of)
        figures = self._load(scope, kpis, [period])
        return {kpi.code: kpi._get_value(figures, period) for kpi in kpis}

    @api.model
    @api.readonly
    def get_series(self, codes, date_from, date_to, interval="month", filters=None):
        """Return figures interval by interval, each judged on its last day (at most today).

        :param str interval: 'day', 'week', 'month', 'quarter' or 'year'; the first and last are cut at
            the days asked
        :return: {code: [{'date_from', 'date_to', 'value', 'numerator', 'denominator'}, ...]}, days as
            'YYYY-MM-DD'; an empty list for a figure that is not applicable
        """
        kpis, scope, whole = self._prepare(codes, date_from, date_to, filters)
        spans = self._get_intervals(whole, interval)
        figures = self._load(scope, kpis, spans)
        return {kpi.code: kpi._get_series(figures, spans) for kpi in kpis}

    @api.model
    @api.readonly
    def get_breakdown(self, codes, date_from, date_to, dimension, filters=None):
        """Return figures broken down by a dimension.

        :param str dimension: 'company', 'team', 'assistant', 'user', 'partner', 'categ', 'country',
            'error_type', 'reason', 'survey_item', 'campaign' or 'product', where the figure supports it
        :return: {code: [{'key', 'label', 'value', 'numerator', 'denominator'}, ...]}, the largest
            numerator first, assistants by name; key False = without; an empty list for a figure that cannot
            be cut so, and by assistant unless the companies show figures of single assistants
        """
        kpis, scope, period = self._prepare(codes, date_from, date_to, filters)
        dimension = asked_text(self.env, dimension)
        broken = self.browse()
        result = {kpi.code: [] for kpi in kpis}
        for kpi in kpis:
            expanded = kpi._get_expanded_formulas(dimension)
            if expanded:
                result[kpi.code] = kpi._get_expanded_breakdown(scope, period, dimension, expanded)
            elif kpi._is_applicable(scope) and scope.may_cut(dimension) and kpi._has_dimension(dimension):
                broken |= kpi
        if broken:
            figures = self._load(scope, broken, [period], dimension)
            for kpi in broken:
                result[kpi.code] = kpi._get_breakdown(figures, period, dimension)
        return result

    # === PREPARATION === #

    @api.model
    def _get_formulas(self):
        """Return {code: formula}. Override to add figures; their records carry the same codes."""
        return FORMULAS

    def _formula(self):
        self.ensure_one()
        return self._get_formulas().get(self.code)

    @api.model
    def _prepare(self, codes, date_from, date_to, filters=None, as_of=None):
        """Check the request of the current user and return (figures, scope, period)."""
        if not (self.env.su or self.env.user.has_group("adv_kpi.group_kpi_user")):
            raise AccessError(self.env._("Figures are shown to their readers only."))
        start, end = asked_day(self.env, date_from), asked_day(self.env, date_to)
        if not (start and end and start <= end):
            raise UserError(self.env._("A period needs a first day and a last day that is not before it."))
        period = self._get_period(start, end, asked_day(self.env, as_of))
        return self._get_kpis(codes), self._get_scope(filters), period

    @api.model
    def _get_kpis(self, codes):
        """Return the records of the codes, in their order."""
        by_code = {kpi.code: kpi for kpi in self.with_context(active_test=False).search_fetch([])}
        codes = [codes] if isinstance(codes, str) else codes
        if not isinstance(codes, (list, tuple)):
            raise UserError(self.env._("Figures are asked for by a list of their codes."))
        unknown = [str(code)[:40] for code in codes if not isinstance(code, str) or code not in by_code]
        if unknown:
            raise UserError(self.env._("Unknown figures: %(codes)s.", codes=", ".join(unknown)))
        return self.browse(by_code[code].id for code in dict.fromkeys(codes))

    @api.model
    def _get_period(self, date_from, date_to, as_of=None):
        return Period.of(date_from, date_to, self.env.company._adv_today(), as_of)

    @api.model
    def _get_periods(self, spans):
        return [self._get_period(*span) for span in spans]

    @api.model
    def _get_intervals(self, whole, interval):
        """Return the intervals of a period: not more than a screen or a sheet can show."""
        if not isinstance(interval, str) or interval not in periods.INTERVALS:
            raise UserError(self.env._("Unknown interval: %(name)s.", name=str(interval)[:40]))
        if whole.days > MOST_INTERVALS * periods.LEAST_DAYS[interval]:
            raise UserError(self.env._("The period is too long for this interval."))
        return self._get_periods(periods.split(whole.date_from, whole.date_to, interval))

    @api.model
    def _get_scope(self, filters):
        """Return the scope of the filters: companies among the active ones, customers as companies."""
        if filters and not isinstance(filters, dict):
            raise UserError(self.env._("Filters are lists of ids by name."))
        wanted = {name: asked_ids(self.env, ids) for name, ids in (filters or {}).items() if ids}
        unknown = [str(name)[:40] for name in wanted if name not in [f"{noun}_ids" for noun in FILTER_NOUNS]]
        if unknown:
            raise UserError(self.env._("Unknown filters: %(names)s.", names=", ".join(unknown)))
        by_noun = {name.removesuffix("_ids"): ids for name, ids in wanted.items()}
        companies = self.env.companies
        if company_ids := by_noun.pop("company", None):
            companies = companies.filtered(lambda company: company.id in company_ids)
            if not companies:
                raise AccessError(self.env._("None of these companies is active for you."))
        if "partner" in by_noun:
            # sudo: only which company a contact belongs to; what is counted keeps its own rights
            partners = self.env["res.partner"].sudo().browse(by_noun["partner"]).exists()
            by_noun["partner"] = partners.commercial_partner_id.ids
        return Scope(self.env, companies, by_noun)

    @api.model
    def _load(self, scope, kpis, wanted_periods, dimension=None):
        """Return the figures of some records and periods, read from the database."""
        figures = Figures(scope, dimension)
        for kpi in kpis:
            if kpi._is_applicable(scope):
                figures.want(kpi._formula(), wanted_periods)
        return figures.load()

    def _is_applicable(self, scope):
        """Tell whether there is a formula, the filters can cut it, and the user may read its records."""
        formula = self._formula()
        return bool(formula) and all(
            scope.is_applicable(measure.source) and scope.may_read(measure) for measure in formula.measures
        )

    # === RESULTS === #

    def _get_value(self, figures, period):
        formula, scope = self._formula(), figures.scope
        vals = {
            "value": None,
            "unit": self.unit,
            "not_applicable": True,
            "numerator": None,
            "denominator": None,
        }
        if not self._is_applicable(scope):
            return vals
        result = formula.evaluate(figures, period)
        return {
            **vals,
            "value": result.value,
            "not_applicable": False,
            "numerator": self._get_part(
                scope, formula.numerator, result.numerator, formula.numerator_period(period)
            ),
            "denominator": self._get_part(
                scope, formula.denominator, result.denominator, formula.denominator_period(period)
            ),
        }

    @api.model
    def _get_part(self, scope, measure, value, period):
        """Return a number with the records behind it: aggregated over the domain they give the number."""
        if measure is None or not getattr(measure, "has_records", True):
            return None
        return {
            "value": value,
            "model": measure.source.model,
            "domain": scope.domain(measure, period),
            "aggregate": measure.aggregate,
        }

    def _get_series(self, figures, spans):
        if not self._is_applicable(figures.scope):
            return []
        return [self._get_point(figures, span) for span in spans]

    def _get_point(self, figures, period):
        result = self._formula().evaluate(figures, period)
        return {
            "date_from": fields.Date.to_string(period.date_from),
            "date_to": fields.Date.to_string(period.date_to),
            "value": result.value,
            "numerator": result.numerator,
            "denominator": result.denominator,
        }

    # === BREAKDOWN === #

    def _has_dimension(self, dimension):
        """Tell whether the figure can be cut: whole, or of a quotient the numerator by what is no filter."""
        formula = self._formula()
        is_share = type(formula) is Ratio and dimension not in FILTER_NOUNS
        measures = formula.measures[:1] if is_share else formula.measures
        return all(measure.source.path(dimension) for measure in measures)

    def _get_breakdown(self, figures, period, dimension):
        formula = self._formula()
        keys = figures.keys(formula, period)
        results = {key: formula.evaluate(figures.of_key(key), period) for key in keys}
        labels = self._get_labels(formula.measures[0].source, dimension, keys)
        rows = self._sort_breakdown(results, labels)
        # people are never ranked: they come by name
        return sorted(rows, key=lambda row: row["label"]) if dimension == "assistant" else rows

    def _get_expanded_formulas(self, dimension):
        """Return {key record: formula} for a dimension of which a record can have several values."""
        formula = self._formula()
        numerator = formula and formula.numerator
        if not numerator or dimension not in numerator.expansions:
            return {}
        model, domain = numerator.expansions[dimension]
        return {
            record: replace(formula, numerator=replace(numerator, domain=domain(record.id), expansions={}))
            for record in self.env[model].with_context(active_test=False).search([])
        }

    def _get_expanded_breakdown(self, scope, period, dimension, formulas):
        if not self._is_applicable(scope):
            return []
        figures = Figures(scope)
        for formula in formulas.values():
            figures.want(formula, [period])
        figures.load()
        results = {record.id: formula.evaluate(figures, period) for record, formula in formulas.items()}
        results = {key: result for key, result in results.items() if result.numerator}
        return self._sort_breakdown(results, {record.id: record.display_name for record in formulas})

    @api.model
    def _get_labels(self, source, dimension, keys):
        """Return {key: label} of the keys of a many2one path."""
        model = self.env[source.model]
        for name in source.path(dimension).split("."):
            field = model._fields[name]
            if field.type == "selection":
                return dict(field._description_selection(self.env))
            model = self.env[field.comodel_name]
        # sudo: only the names; the keys come from records that the user may read
        records = model.sudo().browse(key for key in keys if key)
        return {record.id: record.display_name for record in records}

    @api.model
    def _sort_breakdown(self, results, labels):
        rows = [
            {
                "key": key or False,
                "label": labels.get(key) or self.env._("None"),
                "value": result.value,
                "numerator": result.numerator,
                "denominator": result.denominator,
            }
            for key, result in results.items()
        ]
        return sorted(rows, key=lambda row: (-abs(row["numerator"] or 0.0), row["label"]))
