import ast
from uuid import uuid4

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..engine.formulas import Ratio, Sum
from ..engine.measures import Measure, Source, during
from .adv_assistant_individual import singles_out

# what the calculation of an own figure is made of
CALCULATION = (
    "model_id",
    "date_field_id",
    "domain",
    "aggregate",
    "sum_field_id",
    "has_share",
    "share_domain",
    "unit",
    "is_own",
)
SUMMED = ("integer", "float", "monetary")
DATED = ("date", "datetime")


def frozen(value):
    """Return a value with all its lists as tuples, however deep."""
    return tuple(map(frozen, value)) if isinstance(value, (list, tuple)) else value


class AdvKpi(models.Model):
    """A company's own figures: a model, a date, domains and an aggregate. No code of users is evaluated."""

    _inherit = "adv.kpi"

    is_own = fields.Boolean(string="Own figure", readonly=True, copy=False)
    model_id = fields.Many2one(
        "ir.model", string="Records", ondelete="cascade", domain=[("transient", "=", False)]
    )
    model_name = fields.Char(related="model_id.model", string="Name of the records' model")
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Counted on",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime')), ('store', '=', True)]",
        help="The date that must fall in the period.",
    )
    domain = fields.Char(string="Which records", default="[]")
    aggregate = fields.Selection(
        [("count", "Number of records"), ("sum", "Sum of a field"), ("mean", "Mean of a field")],
        string="What is counted",
        default="count",
    )
    sum_field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('integer', 'float', 'monetary')),"
        " ('store', '=', True)]",
    )
    has_share = fields.Boolean(
        string="Out of other records", help="Divide by the same aggregate of the records named beside."
    )
    share_domain = fields.Char(string="Out of which records", default="[]")

    # === CONSTRAINTS === #

    @api.constrains(*CALCULATION)
    def _check_calculation(self):
        for kpi in self.filtered("is_own"):
            problem = kpi._get_problem()
            if problem:
                raise ValidationError(problem)

    def _get_problem(self):
        """Return a sentence that says why the figure cannot be calculated, or False."""
        if not self.model_id or not self.date_field_id:
            return self.env._("An own figure needs records and the date on which they count.")
        model = self.env.get(self.model_id.model)
        if model is None or model._abstract or model._transient:
            return self.env._("These records cannot be counted.")
        company = model._fields.get("company_id")
        if company is None or not company.store or company.comodel_name != "res.company":
            return self.env._("Only records that belong to a company can be counted.")
        if not self._is_column(self.date_field_id, DATED):
            return self.env._("The date is a date of these records.")
        if self.aggregate != "count" and not (
            self._is_column(self.sum_field_id, SUMMED)
            and self._is_company_money(model, self.sum_field_id.name)
        ):
            return self.env._("Choose the number of these records that is added up.")
        if self.aggregate == "mean" and self.has_share:
            return self.env._("A mean is not divided once more.")
        return self._get_domain_problem(model)

    def _is_column(self, field, types):
        """Tell whether a field is a stored one of these records, of one of some types."""
        return field.model_id == self.model_id and field.store and field.ttype in types

    @api.model
    def _is_company_money(self, model, name):
        """Tell whether the values of a number can be added up: amounts in the company's currency only."""
        field = model._fields[name]
        if field.type != "monetary":
            return True
        currency = field.get_currency_field(model)
        if currency not in model._fields:
            return False
        return currency.startswith("company_currency") or self._leads_to_company_currency(model, currency)

    @api.model
    def _leads_to_company_currency(self, model, name):
        """Tell whether a field is the currency of a company, itself or along the fields it is related to."""
        if (model._name, name) == ("res.company", "currency_id"):
            return True
        *path, last = (model._fields[name].related or "").split(".")
        for step in path:
            model = self.env[model._fields[step].comodel_name]
        return bool(last) and self._leads_to_company_currency(model, last)

    def _get_domain_problem(self, model):
        for text in (self.domain, self.share_domain):
            if not self._is_domain(model, text):
                return self.env._("This is no domain of fixed values: %(domain)s", domain=text)
            if singles_out(model, ast.literal_eval(text or "[]")):
                return self.env._("An own figure is not about single assistants.")
        return False

    @api.model
    def _is_domain(self, model, text):
        """Tell whether a text is a domain of literals on the fields of a model; nothing is evaluated."""
        try:
            conditions = ast.literal_eval(text or "[]")
            if not isinstance(conditions, list):
                return False
            # the plan keeps the conditions as keys
            hash(frozen(conditions))
            Domain(conditions).optimize_full(model)
        except (ValueError, SyntaxError, TypeError, KeyError):
            return False
        return True

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.update(is_own=True, code=f"own_{uuid4().hex[:12]}")
        kpis = super().create(vals_list)
        self.env.registry.clear_cache()
        return kpis

    def write(self, vals):
        if not self.env.su:
            if {"code", "is_own"}.intersection(vals):
                raise AccessError(self.env._("The code of a figure belongs to its calculation."))
            if not all(kpi.is_own for kpi in self) and set(CALCULATION).intersection(vals):
                raise AccessError(self.env._("The calculation of a figure of the catalogue is not changed."))
        result = super().write(vals)
        if set(CALCULATION).intersection(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.check_access("unlink")
        # sudo: the targets of all companies go with the figure, and by the ORM so that their alerts go too
        self.env["adv.kpi.target"].sudo().search([("kpi_id", "in", self.ids)]).unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_catalogue(self):
        if not self.env.su and not all(kpi.is_own for kpi in self):
            raise AccessError(self.env._("A figure of the catalogue is archived, not deleted."))
        self.env.registry.clear_cache()

    # === FORMULA === #

    def _formula(self):
        self.ensure_one()
        # sudo: how a figure is calculated is no secret; the records keep their own rights
        return self.sudo()._own_formula() if self.is_own else super()._formula()

    @tools.ormcache("self.id")
    def _own_formula(self):
        """Return the formula of an own figure, always the same object: the plan goes by it."""
        if self._get_problem():
            return None
        model = self.env[self.model_id.model]
        source = Source(model._name, (), self._get_own_filters(model))
        days = during(self.date_field_id.name)
        counted = self._own_measure(
            source, "count" if self.aggregate == "count" else "sum", days, self.domain
        )
        if self.aggregate == "mean":
            return Ratio(counted, self._own_measure(source, "count", days, self.domain))
        if not self.has_share:
            return Sum(counted)
        kind = "count" if self.aggregate == "count" else "sum"
        whole = self._own_measure(source, kind, days, self.share_domain)
        return Ratio(counted, whole, 100.0 if self.unit == "percent" else 1.0)

    def _own_measure(self, source, kind, days, domain):
        field = self.sum_field_id
        return Measure(
            source,
            "count" if kind == "count" else f"sum:{field.name}",
            days,
            domain=frozen(ast.literal_eval(domain or "[]")),
            money=kind == "sum" and self.unit == "currency",
        )

    @api.model
    def _get_own_filters(self, model):
        """Return the filters that these records can be cut by, from the names of their fields."""
        names = {
            "team": ("team_id",),
            "assistant": ("adv_assistant_id", "assistant_id"),
            "user": ("user_id", "invoice_user_id"),
            "partner": ("commercial_partner_id", "adv_commercial_partner_id"),
        }
        filters = {"company": "company_id"}
        for noun, candidates in names.items():
            for name in candidates:
                field = model._fields.get(name)
                if field is not None and field.store and noun not in filters:
                    filters[noun] = name
        return filters
