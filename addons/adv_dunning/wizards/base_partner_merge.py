from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Of several customers who become one, one on hold holds them all.

        Odoo copies each value of theirs, also those that nobody writes by hand.
        """
        # sudo: holds of all companies, whoever may merge customers
        partners = (src_partners | dst_partner).sudo()
        held = [
            company
            for company in self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
            if any(partners.with_company(company).mapped("adv_on_hold"))
        ]
        self.env.cr.cache["adv_dunning.merging"] = True
        try:
            result = super()._update_values(src_partners, dst_partner)
        finally:
            self.env.cr.cache.pop("adv_dunning.merging")
        for company in held:
            dst_partner.sudo()._adv_set_on_hold(True, company)  # sudo: as above
        return result
