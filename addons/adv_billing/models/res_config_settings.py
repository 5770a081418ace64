from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_billing_mode = fields.Selection(related="company_id.adv_billing_mode", readonly=False)
    adv_billing_nightly = fields.Boolean(related="company_id.adv_billing_nightly", readonly=False)
