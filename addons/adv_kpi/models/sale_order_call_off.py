from dataclasses import replace

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.basics import delivered, processing_days
from ..engine.formulas import Ratio


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_call_off_days = fields.Integer(
        string="Usual lead time",
        default=30,
        help="Orders that their customer wants later than so many days after reception are call-off orders:"
        " their days to deliver are shown apart.",
    )
    adv_individual_figures = fields.Boolean(
        string="Figures of single assistants",
        help="Lets the readers of the dashboard choose an assistant. Assistants are never ranked.",
    )

    def _adv_shows_individuals(self):
        """Tell whether all these companies show figures of single assistants."""
        # sudo: a setting, no secret
        return all(self.sudo().mapped("adv_individual_figures"))


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_call_off_days = fields.Integer(related="company_id.adv_call_off_days", readonly=False)
    adv_individual_figures = fields.Boolean(related="company_id.adv_individual_figures", readonly=False)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_is_call_off = fields.Boolean(
        string="Call-off order",
        compute="_compute_adv_is_call_off",
        search="_search_adv_is_call_off",
        help="The customer wants it later than the usual lead time of the company.",
    )

    def _compute_adv_is_call_off(self):
        for order in self:
            received, requested = order._adv_days(order.adv_received_date, order.adv_requested_date)
            order.adv_is_call_off = (
                bool(received and requested)
                and (requested - received).days > order.company_id.adv_call_off_days
            )

    def _search_adv_is_call_off(self, operator, value):
        if operator != "in":
            return NotImplemented

        company = self.env["res.company"]

        def condition(model, alias, query):
            def day(name):
                return SQL(
                    "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date",
                    model._field_to_sql(alias, name, query),
                )

            # most are wanted sooner than any company's limit: they are told by their moments, days are dear
            return SQL(
                """COALESCE(
                       COALESCE(%s > %s + (SELECT MAKE_INTERVAL(days => MIN(adv_call_off_days) - 1)
                                             FROM res_company), FALSE)
                       AND (SELECT %s - %s > company.adv_call_off_days FROM res_company company
                             WHERE company.id = %s), FALSE)""",
                model._field_to_sql(alias, "adv_requested_date", query),
                model._field_to_sql(alias, "adv_received_date", query),
                day("adv_requested_date"),
                day("adv_received_date"),
                model._field_to_sql(alias, "company_id", query),
                to_flush=[company._fields[name] for name in ("adv_call_off_days", "adv_tz")],
            )

        found = Domain.custom(to_sql=condition)
        if True in value and False in value:
            return Domain.TRUE
        return found if True in value else ~found


CALL_OFF = (("adv_is_call_off", "=", True),)
call_offs = replace(delivered, domain=CALL_OFF)
call_off_days = replace(processing_days, domain=CALL_OFF)
# {code: the same figure of the records that are shown apart}
APART = {"processing_time": Ratio(call_off_days, call_offs)}


class AdvKpi(models.Model):
    _inherit = "adv.kpi"

    def _get_precision_measures(self):
        apart = APART.get(self.code)
        return super()._get_precision_measures() + list(apart.measures if apart else ())

    def _get_precision(self, figures, period):
        """Add what is shown apart: {'value', 'part'} of the call-off orders, None without any."""
        return {**super()._get_precision(figures, period), "apart": self._get_apart(figures, period)}

    def _get_apart(self, figures, period):
        formula = APART.get(self.code)
        if not formula:
            return None
        result = formula.evaluate(figures, period)
        if result.value is None:
            return None
        return {
            "value": result.value,
            "part": self._get_part(figures.scope, formula.denominator, result.denominator, period),
        }
