from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # what receivable entries read of an item, in the order in which matchings look for theirs; move and
    # partner too: the planner takes them for read even where nothing is asked of them
    _adv_kpi_ledger_index = models.Index(
        "(account_id, id) INCLUDE (company_id, date, balance, date_maturity, move_id, partner_id)"
        " WHERE parent_state = 'posted'"
    )
    # what is open now: few of all items, and the planner sees by the index how few
    _adv_kpi_open_index = models.Index(
        "(account_id) INCLUDE (company_id, date, date_maturity, amount_residual, move_id, partner_id)"
        " WHERE parent_state = 'posted' AND amount_residual != 0"
    )
    # items of drafts that are matched still: next to none
    _adv_kpi_draft_matched_index = models.Index(
        "(id) WHERE parent_state = 'draft' AND matching_number IS NOT NULL"
    )
