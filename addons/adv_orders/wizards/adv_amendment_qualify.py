from odoo import fields, models

from ..tools import only_one


class AdvAmendmentQualify(models.TransientModel):
    _name = "adv.amendment.qualify"
    _description = "Our error"

    amendment_ids = fields.Many2many("adv.order.amendment", string="Amendments")
    type_id = fields.Many2one(
        "adv.error.type", string="Error type", help="Empty: the type that fits what was changed."
    )

    def action_apply(self):
        only_one(self)
        self.amendment_ids.action_qualify("error", self.type_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
