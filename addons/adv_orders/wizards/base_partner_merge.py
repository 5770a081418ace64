from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Two customers became one, with one first order in each company.

        Contacts of two customers may become one as well: the orders of both are those of the customer who
        keeps the contact.
        """
        # sudo: worked out anew each night; the unique index of two rows would refuse the merge
        self.env["adv.partner.stats"].sudo().search([("partner_id", "in", src_partners.ids)]).unlink()
        # sudo: whoever may merge customers, the facts of all their orders are kept
        orders = self.env["sale.order"].sudo()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        customer = dst_partner.commercial_partner_id
        moved = orders.search(
            [("partner_id", "=", dst_partner.id), ("adv_commercial_partner_id", "!=", customer.id)]
        )
        left = moved._adv_first_keys()
        moved._adv_set_facts({"adv_commercial_partner_id": customer.id})
        marked = orders.search(
            [("adv_is_first_order", "=", True), ("adv_commercial_partner_id", "=", customer.id)]
        )
        orders._adv_mark_first(left | marked._adv_first_keys())
        return result
