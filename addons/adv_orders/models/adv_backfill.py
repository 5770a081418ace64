from odoo import api, models
from odoo.tools import SQL

from .sale_order import DESK_ORDER

BATCH = 5000


class AdvBackfill(models.AbstractModel):
    """Fills the milestones of the orders that were there before the addon was installed.

    Works in committed, set-based batches and can be interrupted: the orders still without a customer
    company are those to do. What history does not know stays empty.
    """

    _name = "adv.backfill"
    _description = "Milestones of earlier orders"

    @api.model
    def _adv_cron_run(self, batch=BATCH):
        """Fill batch after batch; when nothing is left, mark the first orders and switch the job off."""
        cron = self.env["ir.cron"]
        while done := self._adv_fill_batch(batch):
            if not cron._commit_progress(processed=done, remaining=self._adv_remaining()):
                return
        self._adv_mark_first_orders()
        self.env.ref("adv_orders.cron_backfill").active = False
        self.env["sale.order"].invalidate_model()

    @api.model
    def _adv_remaining(self):
        query = SQL("SELECT count(*) FROM sale_order WHERE adv_commercial_partner_id IS NULL")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _adv_fill_batch(self, batch):
        """Fill the facts of up to ``batch`` orders; return how many."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order WHERE adv_commercial_partner_id IS NULL
                   ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                batch,
            )
        )
        ids = tuple(row[0] for row in rows)
        if ids:
            self._adv_fill_lines(ids)
            self._adv_fill_orders(ids)
            self._adv_fill_deliveries(ids)
            self._adv_fill_states(ids)
        return len(ids)

    @api.model
    def _adv_fill_lines(self, ids):
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line line
                   SET adv_qty_confirmed = line.product_uom_qty,
                       adv_promise_date = so.commitment_date
                  FROM sale_order so
                 WHERE so.id = line.order_id AND so.id IN %s AND so.state = 'sale'
                   AND line.display_type IS NULL
                """,
                ids,
            )
        )

    @api.model
    def _adv_fill_orders(self, ids):
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_commercial_partner_id = COALESCE(partner.commercial_partner_id, partner.id),
                       adv_amount_company = round(
                            (so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1))::numeric, 2),
                       adv_received_date = COALESCE(so.adv_received_date, so.create_date),
                       adv_confirmed_date = CASE WHEN so.state = 'sale' THEN so.date_order END,
                       adv_promise_initial = CASE WHEN so.state = 'sale' THEN so.commitment_date END,
                       adv_promise_date = CASE WHEN so.state = 'sale' THEN so.commitment_date END,
                       adv_line_count = CASE WHEN so.state = 'sale' THEN (
                            SELECT count(*) FROM sale_order_line line
                             WHERE line.order_id = so.id AND line.display_type IS NULL
                               AND line.product_id IS NOT NULL) END
                  FROM res_partner partner
                 WHERE partner.id = so.partner_id AND so.id IN %s
                """,
                ids,
            )
        )

    @api.model
    def _adv_fill_deliveries(self, ids):
        """Same definitions as ``sale.order._adv_get_delivery``, in SQL."""
        self.env.cr.execute(
            SQL(
                """
                WITH line_delivery AS (
                    SELECT line.order_id,
                           line.adv_qty_confirmed AS confirmed,
                           template.type = 'consu' AND line.adv_qty_confirmed > 0 AS is_goods,
                           min(move.date) FILTER (WHERE %(shipped)s) AS first_date,
                           max(move.date) FILTER (WHERE %(shipped)s) AS last_date,
                           sum(move.quantity * muom.factor / luom.factor)
                               FILTER (WHERE %(shipped)s) AS quantity,
                           count(move.id) > 0 AND bool_and(move.state IN ('done', 'cancel')) AS closed
                      FROM sale_order_line line
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom luom ON luom.id = line.product_uom_id
                      LEFT JOIN stock_move move ON move.sale_line_id = line.id
                            AND move.origin_returned_move_id IS NULL
                            AND move.location_id NOT IN (
                                SELECT id FROM stock_location WHERE usage = 'customer')
                      LEFT JOIN uom_uom muom ON muom.id = move.product_uom
                      LEFT JOIN stock_location destination ON destination.id = move.location_dest_id
                     WHERE line.order_id IN %(ids)s AND line.display_type IS NULL
                     GROUP BY line.id, template.type
                ), order_delivery AS (
                    SELECT order_id,
                           min(first_date) AS first_date,
                           CASE WHEN bool_and(closed) FILTER (WHERE is_goods)
                                THEN max(last_date) END AS last_date,
                           bool_and(COALESCE(quantity, 0) >= confirmed) FILTER (WHERE is_goods) AS in_full
                      FROM line_delivery
                     GROUP BY order_id
                )
                UPDATE sale_order so
                   SET adv_first_delivery_date = delivery.first_date,
                       adv_delivered_date = delivery.last_date,
                       adv_is_in_full = delivery.last_date IS NOT NULL AND delivery.in_full,
                       adv_is_on_time = COALESCE(%(day)s <= %(promised)s, FALSE)
                  FROM order_delivery delivery, res_company company
                 WHERE so.id = delivery.order_id AND company.id = so.company_id AND so.state = 'sale'
                """,
                ids=ids,
                shipped=SQL("move.state = 'done' AND destination.usage = 'customer'"),
                day=self._adv_sql_day(SQL("delivery.last_date")),
                promised=self._adv_sql_day(SQL("so.adv_promise_date")),
            )
        )

    @api.model
    def _adv_sql_day(self, moment):
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date", moment
        )

    @api.model
    def _adv_fill_states(self, ids):
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_state = reached.state,
                       adv_desk_rank = array_position(%(ranks)s, reached.state) - 1
                  FROM (
                        SELECT id, CASE
                            WHEN state = 'cancel' THEN 'cancelled'
                            WHEN state = 'sent' THEN 'quoted'
                            WHEN state <> 'sale' THEN 'draft'
                            WHEN adv_delivered_date IS NOT NULL THEN 'delivered'
                            WHEN adv_first_delivery_date IS NOT NULL THEN 'in_delivery'
                            ELSE 'confirmed' END AS state
                          FROM sale_order
                         WHERE id IN %(ids)s
                       ) reached
                 WHERE reached.id = so.id
                """,
                ids=ids,
                ranks=DESK_ORDER,
            )
        )

    @api.model
    def _adv_mark_first_orders(self):
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_is_first_order = TRUE
                  FROM (
                        SELECT DISTINCT ON (company_id, adv_commercial_partner_id) id
                          FROM sale_order
                         WHERE adv_confirmed_date IS NOT NULL
                         ORDER BY company_id, adv_commercial_partner_id, adv_confirmed_date, id
                       ) first
                 WHERE so.id = first.id AND so.adv_is_first_order IS NOT TRUE
                """
            )
        )
