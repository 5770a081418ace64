from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import check_facts

from ..hooks import settlement_statement


class AccountMove(models.Model):
    """The margin of customer invoices as a column: its sum must not read every line."""

    _inherit = "account.move"

    adv_margin = fields.Monetary(
        string="Margin when posted",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Untaxed amount minus the cost of the lines as known when the invoice was posted.",
        groups="base.group_user",
    )
    adv_cost = fields.Monetary(
        string="Cost when posted",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Cost of the lines as known when the invoice was posted; negative on a credit note.",
        groups="base.group_user",
    )
    adv_is_costed = fields.Boolean(
        string="Cost is known", readonly=True, copy=False, groups="base.group_user"
    )
    adv_paid_date = fields.Date(
        string="Settled on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day of the last matching that left nothing of the invoice open.",
    )
    adv_paid_days_amount = fields.Monetary(
        string="Days to settle by amount",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Days from the invoice to its settlement, times its total in company currency.",
        groups="base.group_user",
    )
    adv_late_days_amount = fields.Monetary(
        string="Days late by amount",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Days from the due date to the settlement, times the total in company currency.",
        groups="base.group_user",
    )

    # all that the figures of invoices read: they never touch the wide rows themselves
    _adv_kpi_invoiced_index = models.Index(
        "(company_id, invoice_date) INCLUDE (team_id, journal_id, move_type, amount_untaxed_signed,"
        " amount_total_signed, adv_margin, adv_cost, adv_is_costed)"
        " WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )

    # === CRUD === #

    @api.model
    def _adv_protected_fields(self):
        """Names of the facts that only server code may write."""
        return super()._adv_protected_fields() | frozenset(
            {
                "adv_margin",
                "adv_cost",
                "adv_is_costed",
                "adv_paid_date",
                "adv_paid_days_amount",
                "adv_late_days_amount",
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        result = super().write(vals)
        if not {"invoice_date", "invoice_date_due"}.isdisjoint(vals):
            self.filtered("adv_paid_date")._adv_store_settlement()
        return result

    # === BUSINESS === #

    def _adv_after_posting(self):
        result = super()._adv_after_posting()
        self._adv_store_margin()
        # what was reset to draft and changed is matched still
        self.filtered(lambda move: any(move.line_ids.mapped("matching_number")))._adv_store_settlement()
        return result

    def _adv_store_margin(self):
        """Store the margin from the costs just stored: one statement, past the locks of posted entries."""
        if not self:
            return
        self.env.execute_query(
            SQL(
                """UPDATE account_move AS move
                      SET adv_is_costed = TRUE, adv_cost = cost.total,
                          adv_margin = move.amount_untaxed_signed - cost.total
                     FROM (SELECT move_id, COALESCE(SUM(adv_cost), 0) AS total FROM account_move_line
                            WHERE move_id IN %s GROUP BY move_id) AS cost
                    WHERE move.id = cost.move_id
                RETURNING move.id""",
                tuple(self.ids),
                to_flush=(self._fields["amount_untaxed_signed"], self.line_ids._fields["adv_cost"]),
            )
        )
        self.invalidate_recordset(["adv_margin", "adv_cost", "adv_is_costed"], flush=False)

    def _adv_store_settlement(self):
        """Store when these customer invoices were settled, and how late: one statement."""
        if not self:
            return
        self.env.execute_query(
            SQL(
                "%s RETURNING move.id",
                settlement_statement(SQL("line.move_id IN %s", tuple(self.ids))),
                to_flush=(
                    self.line_ids._fields["amount_residual"],
                    self.line_ids._fields["parent_state"],
                    self.env["account.partial.reconcile"]._fields["max_date"],
                    self._fields["invoice_date"],
                    self._fields["invoice_date_due"],
                    self._fields["amount_total_signed"],
                ),
            )
        )
        names = ["adv_paid_date", "adv_paid_days_amount", "adv_late_days_amount"]
        self.invalidate_recordset(names, flush=False)
