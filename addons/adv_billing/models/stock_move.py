from odoo import models


class StockMove(models.Model):
    """A delivery that closes after the invoice can be what makes an order entirely invoiced."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._adv_update_billed_orders()
        return moves

    def _action_cancel(self):
        result = super()._action_cancel()
        self._adv_update_billed_orders()
        return result

    def _adv_update_billed_orders(self):
        orders = self.sudo().sale_line_id.order_id  # facts of orders, whatever the rights of the warehouse
        orders.filtered("invoice_ids")._adv_update_billing_dates()
