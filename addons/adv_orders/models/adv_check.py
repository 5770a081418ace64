from odoo import fields, models

from .res_company import MODES


class AdvCheck(models.Model):
    _name = "adv.check"
    _description = "Automatic check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Name of the rule; a rule whose code is gone counts as not applicable."
    )
    model = fields.Char(string="Checked document", required=True, default="sale.order", index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(
        [("information", "Information"), ("warning", "Warning"), ("blocking", "Blocking")],
        required=True,
        default="warning",
    )
    mode = fields.Selection(MODES, help="Empty: the mode of the company.")
    error_type_id = fields.Many2one(
        "adv.error.type",
        ondelete="restrict",
        help="When set, a document that fails this check was entered wrongly: the error is recorded.",
    )
    group_ids = fields.Many2many("res.groups", string="May override", help="Empty: ADV managers only.")
    domain = fields.Char(help="For checks without code: documents that match this domain fail the check.")
    description = fields.Text(string="What it compares", translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another check has this code.")
