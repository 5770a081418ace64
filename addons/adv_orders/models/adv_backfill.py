import logging

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.errors import DeadlockDetected, SerializationFailure

_logger = logging.getLogger(__name__)

BATCH = 1000
CONFLICTS = 20


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_history = fields.Boolean(
        string="Milestones to be filled from history",
        readonly=True,
        copy=False,
        help="The order was there before the addon was installed and the job has not reached it yet.",
    )

    _adv_history_index = models.Index("(id) WHERE adv_history")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_history"}


class AdvBackfill(models.AbstractModel):
    """Fills the milestones of the orders that were there before the addon was installed.

    The installation marks them (``adv_history``); the job works them off in committed, set-based batches.
    Killed at any moment it goes on where it stopped, and two of them share the work: a batch is locked,
    filled and unmarked in one transaction. What history does not know stays empty: when an order was
    submitted or clean, what it cost, what was promised without a delivery date.
    The statements are in adv_backfill_statements.py.
    """

    _name = "adv.backfill"
    _description = "Milestones of earlier orders"

    @api.model
    def _adv_cron_run(self, batch=BATCH):
        """Fill batch after batch; when nothing is left, find the first orders and switch the job off."""
        cron, conflicts = self.env["ir.cron"], 0
        cron._commit_progress(remaining=self._adv_remaining())
        while True:
            try:
                done = self._adv_fill_batch(batch)
            except (SerializationFailure, DeadlockDetected):
                # people work meanwhile: whoever came first wins, the batch is taken again
                self.env.cr.rollback()
                conflicts += 1
                if conflicts > CONFLICTS:
                    raise
                continue
            if not done:
                break
            if not cron._commit_progress(processed=done):
                return
        if self._adv_remaining():
            return  # another job holds the last orders and will finish
        self._adv_mark_all_first_orders(batch)
        if self.env.context.get("ir_cron_progress_id"):
            cron._commit_progress(remaining=0, deactivate=True)  # a running job cannot write itself
        else:
            self.env.ref("adv_orders.cron_backfill").active = False
        _logger.info("Milestones of earlier orders: done")

    @api.model
    def _adv_remaining(self):
        return self.env.execute_query(SQL("SELECT count(*) FROM sale_order WHERE adv_history"))[0][0]

    @api.model
    def _adv_fill_batch(self, batch):
        """Fill the facts of up to ``batch`` orders; return how many.

        The latest orders come first: they are those that people look at.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order WHERE adv_history
                   ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED""",
                batch,
            )
        )
        ids = tuple(row[0] for row in rows)
        if ids:
            self._adv_fill_lines(ids)
            self._adv_fill_orders(ids)
            self._adv_fill_deliveries(ids)
            self._adv_fill_kits(ids)
            self._adv_fill_states(ids)
            self._adv_fill_more(ids)
            self.env["sale.order"].browse(ids).invalidate_recordset(flush=False)
            self.env["sale.order.line"].invalidate_model(flush=False)
        return len(ids)

    @api.model
    def _adv_fill_kits(self, ids):
        """Count whole kits as for living orders: only the bills of materials know what a kit is made of."""
        if "bom_line_id" not in self.env["stock.move"]._fields:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.order_id
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id AND so.state = 'sale'
                  JOIN stock_move move ON move.sale_line_id = line.id AND move.product_id <> line.product_id
                 WHERE line.order_id IN %s
                """,
                ids,
            )
        )
        # sudo: the job fills the orders of all companies
        orders = self.env["sale.order"].sudo().browse(row[0] for row in rows)
        orders.invalidate_recordset(flush=False)
        orders.order_line.invalidate_recordset(flush=False)
        for order in orders:
            order._adv_set_facts(order._adv_get_delivery())
        orders.flush_recordset()

    @api.model
    def _adv_fill_more(self, ids):
        """Extension point: fill what depends on the facts of these orders, in SQL or by the ORM."""

    @api.model
    def _adv_mark_all_first_orders(self, batch=BATCH):
        """Mark the first order of every customer, customers by the batch; each batch is committed."""
        last = 0
        while partners := self._adv_partners_after(last, batch):
            self._adv_mark_first_orders(partners)
            last = partners[-1]
            self.env["ir.cron"]._commit_progress()
        self.env["sale.order"].invalidate_model(["adv_is_first_order"], flush=False)

    @api.model
    def _adv_partners_after(self, last, batch):
        """Return the ids of the next customers that have confirmed orders."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT adv_commercial_partner_id FROM sale_order
                    WHERE adv_confirmed_date IS NOT NULL AND adv_commercial_partner_id > %s
                    ORDER BY 1 LIMIT %s""",
                last,
                batch,
            )
        )
        return tuple(row[0] for row in rows)
