from odoo import fields, models


class AdvErrorType(models.Model):
    _name = "adv.error.type"
    _description = "Type of order error"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    standard_minutes = fields.Integer(
        string="Usual minutes of rework", default=15, help="Proposed when an error of this type is recorded."
    )
    description = fields.Text(translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another error type has this code.")
