from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # balances at a past day look for what was reconciled after it
    _adv_max_date_idx = models.Index("(max_date)")

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        # sudo: whoever registers a payment, or reconciles the bank, ends the hold it pays off
        notices = self.env["adv.dunning.notice"].sudo()
        holding = notices.search(
            [
                ("company_id", "in", partials.company_id.ids),
                ("partner_id", "in", partials.debit_move_id.partner_id.commercial_partner_id.ids),
                ("is_holding", "=", True),
            ]
        )
        if holding:
            self.env.flush_all()
            holding._release_holds_if_paid()
        return partials
