from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    adv_writes_off_id = fields.Many2one(
        "account.move.line", "Writes Off", readonly=True, copy=False, index="btree_not_null"
    )
