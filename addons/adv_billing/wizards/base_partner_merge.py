from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """The customer who stays keeps its own billing rule in each company; a second one would refuse the
        merge. Rules of agreements go with their agreements."""
        # sudo: whoever may merge customers, in all companies
        rules = self.env["adv.billing.rule"].sudo()
        rules = rules.search(
            [("partner_id", "in", (src_partners | dst_partner).ids), ("agreement_id", "=", False)]
        )
        kept = rules.filtered(lambda rule: rule.partner_id == dst_partner)
        companies = kept.company_id
        for rule in (rules - kept).sorted("id"):
            if rule.company_id in companies:
                rule.active = False
            companies |= rule.company_id
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
