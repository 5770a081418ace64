from odoo import fields, models


class AdvErrorType(models.Model):
    _name = "adv.error.type"
    _inherit = "adv.coded"
    _description = "Type of order error"
    _order = "sequence, id"

    standard_minutes = fields.Integer(
        string="Usual minutes of rework", default=15, help="Proposed when an error of this type is recorded."
    )
    description = fields.Text(translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another error type has this code.")
