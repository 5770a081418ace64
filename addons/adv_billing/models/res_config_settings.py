from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_billing_mode = fields.Selection(related="company_id.adv_billing_mode", readonly=False)
    adv_billing_retention_months = fields.Integer(
        related="company_id.adv_billing_retention_months", readonly=False
    )
    adv_billing_nightly = fields.Boolean(related="company_id.adv_billing_nightly", readonly=False)
    adv_receipts = fields.Selection(related="company_id.adv_receipts", readonly=False)
    adv_receipts_since = fields.Date(related="company_id.adv_receipts_since", readonly=False)

    @api.onchange("adv_receipts")
    def _onchange_adv_receipts(self):
        """Show the day from which receipts are sent before they are: not an earlier one, nor none."""
        if self.adv_receipts != "off" and self.company_id.adv_receipts == "off":
            self.adv_receipts_since = self.company_id._adv_today()
