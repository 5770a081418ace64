from odoo import api, models

from ..tools import asked_ids


class SaleOrder(models.Model):
    """Reception: who takes care of the order, and by which road it came."""

    _inherit = "sale.order"

    # COMPUTE

    @api.depends("partner_id", "company_id")
    def _compute_adv_assistant_id(self):
        self.env["adv.assistant"]._adv_assign(self, "adv_assistant_id")

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        channel = self._adv_default_channel()
        return super().create(
            [
                {
                    **vals,
                    "adv_channel": vals.get("adv_channel") or ("web" if vals.get("website_id") else channel),
                }
                for vals in vals_list
            ]
        )

    @api.model
    def _adv_default_channel(self):
        user = self.env.user
        if self.env.context.get("adv_channel") in dict(self._fields["adv_channel"].selection):
            return self.env.context["adv_channel"]
        if user._is_public() or user.share:
            return "portal"
        if user.has_group("adv_orders.group_adv_assistant") or not user.has_group(
            "sales_team.group_sale_salesman"
        ):
            return "other"
        return "salesperson"

    def create_document_from_attachment(self, attachment_ids):
        attachment_ids = asked_ids(self.env, attachment_ids)
        return super(SaleOrder, self.with_context(adv_channel="edi")).create_document_from_attachment(
            attachment_ids
        )
