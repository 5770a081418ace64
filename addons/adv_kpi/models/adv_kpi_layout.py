from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.adv_orders.tools import asked_text

PAGES = ("first", "productivity", "quality", "service", "commercial", "cash")


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    adv_kpi_layout = fields.Json(
        string="Layout of the figures", help="Page, comparison, filters and first page that the reader chose."
    )


class AdvKpi(models.Model):
    """The pages of the dashboard and what can be chosen on them."""

    _inherit = "adv.kpi"

    @api.model
    def _get_page(self, page, codes=None):
        """Return the figures of a page in their order.

        :param page: 'first' or a category
        :param codes: the reader's own choice for the first page; what is not there any more is left out
        """
        if page != "first":
            return self.search([("category", "=", page)])
        if codes is None:
            return self.search([("first_page", "=", True)])
        if not isinstance(codes, (list, tuple)):
            raise UserError(self.env._("Figures are asked for by a list of their codes."))
        codes = [asked_text(self.env, code) for code in codes]
        by_code = {kpi.code: kpi for kpi in self.search([("code", "in", codes)])}
        return self.browse(by_code[code].id for code in dict.fromkeys(codes) if code in by_code)

    @api.model
    def _get_filter_models(self):
        """Return {noun: model} of the filters that the dashboard offers to the user.

        Assistants are offered where their company shows individual figures only.
        """
        models_by_noun = {
            "team": "crm.team",
            "partner": "res.partner",
            "categ": "product.category",
            "user": "res.users",
            "country": "res.country",
        }
        if self.env.companies._adv_shows_individuals():
            models_by_noun["assistant"] = "adv.assistant"
        return {noun: name for noun, name in models_by_noun.items() if self.env[name].has_access("read")}
