from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # what receivable entries read of an item, with its id for the matchings
    _adv_kpi_ledger_index = models.Index(
        "(account_id, date) INCLUDE (id, company_id, balance, date_maturity) WHERE parent_state = 'posted'"
    )
