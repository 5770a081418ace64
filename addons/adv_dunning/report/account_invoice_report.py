from odoo import models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    def _where(self):
        """Late charges are not revenue: their journal stays out of the invoice analysis."""
        return SQL(
            "%s AND line.journal_id NOT IN (SELECT id FROM account_journal WHERE adv_late_charges)",
            super()._where(),
        )
