from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    adv_hold_message = fields.Char(string="Hold", compute="_compute_adv_hold_message")

    # === COMPUTE METHODS ===#

    def _compute_adv_hold_message(self):
        for picking in self:
            order = picking.sudo().sale_id  # a warehouse user reads no orders
            held = picking.state not in ("done", "cancel") and picking._adv_hold_mode() in ("warn", "enforce")
            picking.adv_hold_message = held and (
                self.env._(
                    "%(customer)s is on hold: %(order)s is not shipped until it is released.",
                    customer=order.partner_invoice_id.commercial_partner_id.display_name,
                    order=order.name,
                )
            )

    # === ACTIONS ===#

    def button_validate(self):
        held = self.filtered(lambda picking: picking._adv_hold_mode() == "enforce")
        if held:
            raise UserError("\n".join(held.mapped("adv_hold_message")))
        return super().button_validate()

    # === BUSINESS METHODS ===#

    def _adv_hold_mode(self):
        """Mode in which the hold stops this delivery, or False when nothing holds it."""
        order = self.sudo().sale_id  # a warehouse user reads no orders
        if self.picking_type_code != "outgoing" or not order or not order._adv_is_held_for_payment():
            return False
        return order._adv_hold_mode()
