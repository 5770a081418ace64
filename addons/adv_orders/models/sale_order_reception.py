from odoo import api, models


class SaleOrder(models.Model):
    """Reception: who takes care of the order, and by which road it came."""

    _inherit = "sale.order"

    # COMPUTE

    @api.depends("partner_id", "company_id")
    def _compute_adv_assistant_id(self):
        choices = self._adv_assistant_choices()
        for order in self:
            own, least_loaded = choices.get(order.company_id.id, ({}, False))
            partner = order.partner_id
            assistant = own.get(partner.id) or own.get(partner.commercial_partner_id.id) or least_loaded
            order.adv_assistant_id = assistant if partner else False

    def _adv_assistant_choices(self):
        """Return {company id: ({partner id: present assistant id}, least loaded present assistant id)}.

        The load of an assistant is the number of orders not yet delivered.
        """
        # sudo: choosing the assistant needs no right on the assistants' absences or on colleagues' orders
        assistants = self.env["adv.assistant"].sudo().search([("company_id", "in", self.company_id.ids)])
        if not assistants:
            return {}
        present = assistants._adv_present()
        loads = present._adv_loads()
        choices = {}
        for company in assistants.company_id:
            crew = present.filtered(lambda assistant, company=company: assistant.company_id == company)
            own = {partner_id: assistant.id for assistant in crew for partner_id in assistant.partner_ids.ids}
            ranked = sorted(crew.ids, key=lambda assistant_id: (loads.get(assistant_id, 0), assistant_id))
            choices[company.id] = (own, ranked[0] if ranked else False)
        return choices

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
        return super(SaleOrder, self.with_context(adv_channel="edi")).create_document_from_attachment(
            attachment_ids
        )
