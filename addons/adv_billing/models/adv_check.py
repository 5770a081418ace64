from odoo import models


class AdvCheck(models.Model):
    _inherit = "adv.check"

    # === BUSINESS METHODS ===#

    def _adv_effective_mode(self, company):
        """Checks of invoices follow the company's mode for billing."""
        if self.model == "account.move":
            return self.mode or company.adv_billing_mode
        return super()._adv_effective_mode(company)
