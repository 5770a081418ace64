from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import commit_step
from .adv_history_job import BATCH


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

    What history does not know stays empty: when an order was submitted or clean, what it cost, what was
    promised without a delivery date. The statements are in adv_backfill_statements.py.
    """

    _name = "adv.backfill"
    _inherit = "adv.history.job"
    _description = "Milestones of earlier orders"

    _adv_mark = "adv_history"
    _adv_cron = "adv_orders.cron_backfill"

    @api.model
    def _adv_fill(self, ids):
        self._adv_fill_lines(ids)
        self._adv_fill_orders(ids)
        self._adv_fill_kits(ids)
        self._adv_fill_more(ids)
        self.env["sale.order.line"].invalidate_model(flush=False)

    @api.model
    def _adv_finish(self, batch):
        self._adv_mark_all_first_orders(batch)

    @api.model
    def _adv_fill_kits(self, ids):
        """Count whole kits as for living orders: only the bills of materials know what a kit is made of."""
        if "bom_line_id" not in self.env["stock.move"]._fields:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT known.id FROM sale_order known
                 WHERE known.id IN %s AND known.state = 'sale' AND EXISTS (
                        SELECT FROM sale_order_line line
                          JOIN stock_move move ON move.sale_line_id = line.id
                           AND move.product_id <> line.product_id
                         WHERE line.order_id = known.id OFFSET 0)
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
        if orders:
            self._adv_fill_states(tuple(orders.ids))

    @api.model
    def _adv_fill_more(self, ids):
        """Extension point: fill what depends on the facts of these orders, in SQL or by the ORM."""

    @api.model
    def _adv_mark_all_first_orders(self, batch=BATCH):
        """Mark the first order of every customer, customers by the batch; each batch is committed."""
        last = 0
        while partners := self._adv_partners_after(last, batch):
            commit_step(self.env, partial(self._adv_mark_first_orders, partners))
            last = partners[-1]
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
