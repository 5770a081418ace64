import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..hooks import fill_lines_statement, fill_statement, margin_statement, settlement_statement

_logger = logging.getLogger(__name__)

INVOICES = 1000


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_kpi_history = fields.Boolean(
        string="Figures to be filled from history",
        readonly=True,
        copy=False,
        help="The order was there before the addon was installed and the job has not reached it yet.",
    )

    _adv_kpi_history_index = models.Index("(id) WHERE adv_kpi_history")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_kpi_history"}


class AccountMove(models.Model):
    _inherit = "account.move"

    # what the job has still to do: posting stores whether the cost is known
    _adv_kpi_history_index = models.Index(
        "(id) WHERE adv_is_costed IS NULL AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )


class AdvKpiBackfill(models.AbstractModel):
    """Fills what the figures read of the orders, errors, requests and invoices that were there before.

    Orders come once their deliveries and their billing are filled, invoices once all orders are: their
    margin is made of the costs that the orders gave to their lines.
    """

    _name = "adv.kpi.backfill"
    _inherit = "adv.history.job"
    _description = "Figures of earlier documents"

    _adv_mark = "adv_kpi_history"
    _adv_cron = "adv_kpi.cron_backfill"

    @api.model
    def _adv_remaining(self):
        return (
            super()._adv_remaining()
            + self.env.execute_query(
                SQL("SELECT count(*) FROM account_move WHERE %s", self._adv_sql_invoices_left())
            )[0][0]
        )

    @api.model
    def _adv_ready(self):
        return SQL("adv_history IS NOT TRUE AND adv_billing_history IS NOT TRUE")

    @api.model
    def _adv_fill_batch(self, batch):
        done = super()._adv_fill_batch(batch)
        if done or super()._adv_remaining():
            return done
        return self._adv_fill_invoices(batch)

    @api.model
    def _adv_fill(self, ids):
        condition = SQL("sale_order.id IN %s", ids)
        self.env.cr.execute(fill_statement(condition))
        self.env.cr.execute(fill_lines_statement(condition, self.env["adv.backfill"]._adv_sql_sold("line")))
        self.env.cr.execute(
            SQL(
                """UPDATE adv_order_error fault SET order_date = sale_order.adv_received_date
                     FROM sale_order WHERE sale_order.id = fault.order_id AND %s""",
                condition,
            )
        )
        # sudo: the job fills the orders of all companies
        orders = self.env["sale.order"].sudo().browse(ids)
        orders.invalidate_recordset(flush=False)
        self.env["adv.order.error"].invalidate_model(["order_date"], flush=False)
        self._adv_fill_hours(orders)
        self.env.cr.execute(SQL("UPDATE sale_order SET adv_kpi_history = NULL WHERE id IN %s", ids))

    @api.model
    def _adv_fill_hours(self, orders):
        """Working hours follow the companies' calendars, which SQL does not know."""
        for name in ("adv_entry_hours", "adv_blocked_hours"):
            self.env.add_to_compute(orders._fields[name], orders)
        orders.flush_recordset()

    @api.model
    def _adv_fill_left(self, batch=INVOICES):
        """Fill invoices that came in posted, by an import or a script: the costs of their lines too.

        Their costs are those of their orders; what no order tells stays unknown.

        :return: how many; 0 as long as the history of orders is still to be filled
        """
        if super()._adv_remaining():
            return 0
        self.env.flush_all()
        orders = self.env.execute_query(
            SQL(
                """SELECT DISTINCT sold.order_id
                     FROM (SELECT id FROM account_move WHERE %s ORDER BY id DESC LIMIT %s
                              FOR UPDATE SKIP LOCKED) AS invoice
                     JOIN account_move_line line ON line.move_id = invoice.id
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                     JOIN sale_order_line sold ON sold.id = rel.order_line_id""",
                self._adv_sql_invoices_left(),
                batch,
            )
        )
        if orders:
            self.env["adv.billing.backfill"]._adv_fill_costs(
                tuple(row[0] for row in orders), SQL("move.adv_is_costed IS NULL")
            )
            self.env["account.move.line"].invalidate_model(["adv_cost"], flush=False)
        filled = self._adv_fill_invoices(batch)
        if filled:
            _logger.info("Figures: %s invoices came in without being posted here and were filled", filled)
        return filled

    @api.model
    def _adv_sql_invoices_left(self):
        return SQL(
            "adv_is_costed IS NULL AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
        )

    @api.model
    def _adv_fill_invoices(self, batch):
        """Fill margin and settlement of up to ``batch`` invoices, the latest first; return how many."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM account_move WHERE %s ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED",
                self._adv_sql_invoices_left(),
                batch,
            )
        )
        ids = tuple(row[0] for row in rows)
        if ids:
            condition = SQL("line.move_id IN %s", ids)
            self.env.cr.execute(margin_statement(condition))
            self.env.cr.execute(settlement_statement(condition))
            # without lines nothing says what it cost
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET adv_is_costed = FALSE WHERE adv_is_costed IS NULL AND id IN %s",
                    ids,
                )
            )
            self.env["account.move"].browse(ids).invalidate_recordset(flush=False)
        return len(ids)

    @api.model
    def _adv_finish(self, batch):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE adv_request SET is_answered_on_time = COALESCE(date_first_answer <= date_due, FALSE)
                    WHERE is_answered_on_time IS NULL"""
            )
        )
        self.env["adv.request"].invalidate_model(["is_answered_on_time"], flush=False)
