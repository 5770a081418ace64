from odoo import fields, models

from ..tools.asked import only_one


class AdvLateChargeWaive(models.TransientModel):
    _name = "adv.late.charge.waive"
    _description = "Waive Late Charges"

    charge_ids = fields.Many2many("adv.late.charge", string="Late Charges", required=True)
    reason = fields.Char(required=True)

    def action_waive(self):
        """Give the charges up for the reason given."""
        only_one(self)
        self.charge_ids.action_waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
