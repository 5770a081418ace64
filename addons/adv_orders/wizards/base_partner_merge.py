from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Two customers became one, with one first order in each company."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        orders = self.env["sale.order"]
        # sudo: whoever may merge customers, the mark of all their orders is kept
        marked = orders.sudo().search(
            [("adv_is_first_order", "=", True), ("adv_commercial_partner_id", "=", dst_partner.id)]
        )
        orders._adv_mark_first(marked._adv_first_keys())
        return result
