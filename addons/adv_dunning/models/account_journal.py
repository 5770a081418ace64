from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    adv_late_charges = fields.Boolean(
        "Late Charges",
        help="Late interest and fixed compensation are billed here: outside revenue figures, and bearing no"
        " late charges themselves.",
    )
