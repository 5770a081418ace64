from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_billing_mode = fields.Selection(related="company_id.adv_billing_mode", readonly=False)
    adv_billing_retention_months = fields.Integer(
        related="company_id.adv_billing_retention_months", readonly=False
    )
    adv_billing_nightly = fields.Boolean(related="company_id.adv_billing_nightly", readonly=False)
    adv_receipts = fields.Selection(related="company_id.adv_receipts", readonly=False)
    adv_receipts_since = fields.Date(related="company_id.adv_receipts_since", readonly=False)
