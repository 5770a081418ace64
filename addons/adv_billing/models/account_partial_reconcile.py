from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._adv_moves()._adv_orders()._adv_update_billing_dates()
        return partials

    def unlink(self):
        if not self:  # native code unmatches before each write of a line
            return super().unlink()
        moves = self._adv_moves()
        result = super().unlink()
        moves.exists()._adv_orders()._adv_update_billing_dates()
        return result

    # === BUSINESS METHODS ===#

    def _adv_moves(self):
        return self.debit_move_id.move_id | self.credit_move_id.move_id
