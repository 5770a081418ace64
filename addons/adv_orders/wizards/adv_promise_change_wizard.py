from odoo import fields, models


class AdvPromiseChangeWizard(models.TransientModel):
    _name = "adv.promise.change.wizard"
    _description = "Change the promise"

    order_id = fields.Many2one("sale.order", required=True)
    old_date = fields.Datetime(related="order_id.adv_promise_date", string="Promised until now")
    new_date = fields.Datetime(string="New promise", required=True)
    origin = fields.Selection(
        [
            ("customer", "The customer asked for it"),
            ("us", "We could not keep it"),
            ("supplier", "A supplier is late"),
            ("carrier", "The carrier is late"),
        ],
        string="Who wanted it",
        required=True,
    )
    reason = fields.Char(required=True)

    def action_change(self):
        """Change the promise; only one that the customer asked for moves the base of "on time"."""
        self.ensure_one()
        self.order_id._adv_change_promise(self.new_date, self.origin, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
