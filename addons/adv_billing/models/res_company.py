from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_billing_mode = fields.Selection(
        [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")],
        string="Invoice Checks and Credit Note Reasons",
        default="observe",
        required=True,
        help="Observe: failed checks and missing reasons are recorded, nobody is stopped. "
        "Warn: they are also written on the invoice. "
        "Enforce: people cannot post against a blocking check, nor a credit note without a reason.",
    )
    adv_billing_nightly = fields.Boolean(
        string="Bill Every Night", help="A billing run is made each night by the billing rules."
    )
