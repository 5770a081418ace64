from odoo import fields, models

from .adv_order_error import STEPS


class AdvReturnReason(models.Model):
    """Why a customer sends goods back, and whether we made a mistake."""

    _name = "adv.return.reason"
    _inherit = "adv.coded"
    _description = "Reason of a return"
    _order = "sequence, id"

    error_type_id = fields.Many2one(
        "adv.error.type",
        string="Error type",
        index="btree_not_null",
        ondelete="restrict",
        help="A return for this reason is recorded as an error of this type on its order. "
        "Empty: nobody of ours made a mistake.",
    )
    step = fields.Selection(
        STEPS, string="Made in", required=True, default="delivery", help="Step in which the mistake was made."
    )

    _code_unique = models.Constraint("UNIQUE (code)", "Another reason has this code.")
