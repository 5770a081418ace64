from odoo import fields, models


class AdvDispute(models.Model):
    _inherit = "adv.dispute"

    adv_credit_move_ids = fields.One2many(
        "account.move", "adv_dispute_id", string="Credit Notes", readonly=True
    )
