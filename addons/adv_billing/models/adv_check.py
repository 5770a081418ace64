from odoo import api, models


class AdvCheck(models.Model):
    _inherit = "adv.check"

    @api.model
    def _adv_selection_model(self):
        return [*super()._adv_selection_model(), ("account.move", self.env._("Customer invoice"))]

    # === BUSINESS METHODS ===#

    def _adv_effective_mode(self, company):
        """Checks of invoices follow the company's mode for billing."""
        if self.model == "account.move":
            return self.mode or company.adv_billing_mode
        return super()._adv_effective_mode(company)
