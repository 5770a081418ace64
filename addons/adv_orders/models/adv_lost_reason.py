from odoo import fields, models


class AdvLostReason(models.Model):
    _name = "adv.lost.reason"
    _description = "Reason why a quotation was lost"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
