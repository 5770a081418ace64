from odoo import api, models


class AccountPartialReconcile(models.Model):
    """What a matching changes: when invoices were settled, what notices recovered."""

    _inherit = "account.partial.reconcile"

    # what receivable entries read of the matchings since a day
    _adv_kpi_matched_index = models.Index("(max_date) INCLUDE (debit_move_id, credit_move_id, amount)")

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        moves, notices = partials._adv_measured()
        moves._adv_store_settlement()
        notices._adv_store_recovery()
        return partials

    def unlink(self):
        moves, notices = self._adv_measured()
        result = super().unlink()
        moves.exists()._adv_store_settlement()
        notices.exists()._adv_store_recovery()
        return result

    def _adv_measured(self):
        """Return the customer invoices and the notices that these matchings concern."""
        # sudo: facts about invoices, whatever the rights of who matches
        items = self.sudo().debit_move_id
        invoices = items.move_id.filtered(lambda move: move.move_type == "out_invoice")
        return invoices, self.env["adv.dunning.notice"]._adv_of_items(items)
