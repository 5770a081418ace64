from odoo import fields, models

from odoo.addons.adv_orders.tools import only_one


class AdvHoldRelease(models.TransientModel):
    _name = "adv.hold.release"
    _description = "Release of One Order from Hold"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_invoice_id.commercial_partner_id")
    reason = fields.Char(required=True)

    def action_release(self):
        only_one(self)
        self.order_id.action_adv_release_hold(self.reason)
        return {"type": "ir.actions.act_window_close"}
