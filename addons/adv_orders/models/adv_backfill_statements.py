from odoo import api, models
from odoo.tools import SQL

from .sale_order import DESK_ORDER


class AdvBackfill(models.AbstractModel):
    """The statements of a batch. What people wrote since the installation is kept."""

    _inherit = "adv.backfill"

    @api.model
    def _adv_sql_sold(self, alias):
        """Return the condition that a line sells something, as in ``sale.order._adv_goods_lines``."""
        line = SQL.identifier(alias)
        carriage = SQL()
        if "is_delivery" in self.env["sale.order.line"]._fields:
            carriage = SQL("AND %s.is_delivery IS NOT TRUE", line)
        return SQL(
            "(%(line)s.display_type IS NULL AND %(line)s.product_id IS NOT NULL"
            " AND %(line)s.is_downpayment IS NOT TRUE %(carriage)s)",
            line=line,
            carriage=carriage,
        )

    @api.model
    def _adv_fill_lines(self, ids):
        """The quantity is today's: what it was at confirmation is not kept by Odoo."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line line
                   SET adv_qty_confirmed = COALESCE(line.adv_qty_confirmed, line.product_uom_qty),
                       adv_promise_date = COALESCE(line.adv_promise_date, so.commitment_date)
                  FROM sale_order so
                 WHERE so.id = line.order_id AND so.id IN %s AND so.state = 'sale' AND %s
                """,
                ids,
                self._adv_sql_sold("line"),
            )
        )

    @api.model
    def _adv_fill_orders(self, ids):
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_history = NULL,
                       adv_commercial_partner_id = COALESCE(partner.commercial_partner_id, partner.id),
                       adv_amount_company = round(
                            (so.amount_untaxed / COALESCE(NULLIF(so.currency_rate, 0), 1))::numeric,
                            COALESCE(currency.decimal_places, 2)),
                       adv_received_date = COALESCE(so.adv_received_date, so.create_date),
                       adv_confirmed_date = COALESCE(so.adv_confirmed_date, %(date_order)s),
                       adv_promise_initial = COALESCE(so.adv_promise_initial, %(promise)s),
                       adv_promise_date = COALESCE(so.adv_promise_date, %(promise)s),
                       adv_line_count = COALESCE(NULLIF(so.adv_line_count, 0), %(lines)s)
                  FROM res_partner partner, res_company company
                  LEFT JOIN res_currency currency ON currency.id = company.currency_id
                 WHERE partner.id = so.partner_id AND company.id = so.company_id AND so.id IN %(ids)s
                """,
                ids=ids,
                lines=SQL(
                    """CASE WHEN so.state = 'sale' THEN (
                        SELECT count(*) FROM sale_order_line line WHERE line.order_id = so.id AND %s) END""",
                    self._adv_sql_sold("line"),
                ),
                date_order=SQL("CASE WHEN so.state = 'sale' THEN so.date_order END"),
                promise=SQL("CASE WHEN so.state = 'sale' THEN so.commitment_date END"),
            )
        )

    @api.model
    def _adv_fill_deliveries(self, ids):
        """Same definitions as ``sale.order._adv_get_delivery``, in SQL (kits apart)."""
        self.env.cr.execute(
            SQL(
                """
                WITH moved AS (%(moved)s), line_delivery AS (%(lines)s), order_delivery AS (
                    SELECT order_id,
                           min(first_date) AS first_date,
                           CASE WHEN COALESCE(bool_and(closed) FILTER (WHERE is_goods), TRUE)
                                THEN max(last_date) END AS last_date,
                           COALESCE(bool_and(in_full) FILTER (WHERE is_goods), TRUE) AS in_full
                      FROM line_delivery
                     GROUP BY order_id
                )
                UPDATE sale_order so
                   SET adv_first_delivery_date = delivery.first_date,
                       adv_delivered_date = delivery.last_date,
                       adv_is_in_full = delivery.last_date IS NOT NULL AND delivery.in_full,
                       adv_is_on_time = COALESCE(%(day)s <= %(promised)s, FALSE)
                  FROM order_delivery delivery, res_company company
                 WHERE so.id = delivery.order_id AND company.id = so.company_id
                """,
                moved=self._adv_sql_moved(ids),
                lines=self._adv_sql_line_deliveries(),
                day=self._adv_sql_day(SQL("delivery.last_date")),
                promised=self._adv_sql_day(SQL("so.adv_promise_date")),
            )
        )

    @api.model
    def _adv_sql_moved(self, ids):
        """Return a query of each line of confirmed orders with each of its moves, and where these go."""
        return SQL(
            """
            SELECT line.id AS line_id,
                   line.order_id,
                   template.type = 'consu' AND %(sold)s AS is_goods,
                   COALESCE(line.adv_qty_confirmed, 0) AS confirmed,
                   line.product_uom_qty AS ordered,
                   move.state,
                   move.date,
                   move.quantity * muom.factor / luom.factor AS quantity,
                   move.state = 'done' AND %(destination)s AND NOT %(source)s AS has_left,
                   move.state = 'done' AND %(source)s AS came_back,
                   COALESCE(%(final)s, FALSE) AND NOT %(source)s AS for_customer
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id AND so.state = 'sale'
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom luom ON luom.id = line.product_uom_id
              LEFT JOIN stock_move move ON move.sale_line_id = line.id
              LEFT JOIN uom_uom muom ON muom.id = move.product_uom
              LEFT JOIN stock_location source ON source.id = move.location_id
              LEFT JOIN stock_location destination ON destination.id = move.location_dest_id
              LEFT JOIN stock_location final
                     ON final.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE line.order_id IN %(ids)s
            """,
            ids=ids,
            sold=self._adv_sql_sold("line"),
            source=self._adv_sql_is_customers("source"),
            destination=self._adv_sql_is_customers("destination"),
            final=self._adv_sql_is_customers("final"),
        )

    @api.model
    def _adv_sql_is_customers(self, alias):
        """Return the condition of ``stock.location._adv_is_customers``."""
        return SQL(
            "(%(location)s.usage = 'customer' OR %(location)s.usage = 'transit'"
            " AND %(location)s.company_id IS NULL)",
            location=SQL.identifier(alias),
        )

    @api.model
    def _adv_sql_line_deliveries(self):
        """Return the query that makes one row a line of those of ``moved``."""
        return SQL(
            """
            SELECT line_id,
                   order_id,
                   is_goods,
                   min(date) FILTER (WHERE has_left) AS first_date,
                   max(date) FILTER (WHERE has_left) AS last_date,
                   COALESCE(bool_and(state IN ('done', 'cancel')) FILTER (WHERE for_customer), ordered <= 0)
                       AS closed,
                   confirmed <= 0 OR round(COALESCE(sum(
                       CASE WHEN has_left THEN quantity WHEN came_back AND date < last_left THEN -quantity END
                   ), 0)::numeric, %(digits)s) >= round(confirmed::numeric, %(digits)s) AS in_full
              FROM (
                    SELECT moved.*, max(date) FILTER (WHERE has_left) OVER (PARTITION BY line_id) AS last_left
                      FROM moved
                   ) dated
             GROUP BY line_id, order_id, is_goods, confirmed, ordered
            """,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

    @api.model
    def _adv_sql_day(self, moment):
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date", moment
        )

    @api.model
    def _adv_fill_states(self, ids):
        """Same order as in ``sale.order._adv_get_state``."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_state = reached.state,
                       adv_desk_rank = array_position(%(ranks)s, reached.state) - 1
                  FROM (
                        SELECT id, CASE
                            WHEN state = 'cancel' THEN 'cancelled'
                            WHEN state <> 'sale' AND adv_blocked IS NOT NULL THEN adv_blocked
                            WHEN state = 'sent' THEN 'quoted'
                            WHEN state <> 'sale' AND adv_quoted_date IS NOT NULL THEN 'quoted'
                            WHEN state <> 'sale' THEN 'draft'
                            WHEN adv_settled_date IS NOT NULL THEN 'settled'
                            WHEN adv_invoiced_date IS NOT NULL THEN 'invoiced'
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
    def _adv_mark_first_orders(self, partners):
        """Mark the first order of these customers in each company, and unmark what came later."""
        self.env.cr.execute(
            self._adv_sql_mark_first_orders(SQL("sale_order.adv_commercial_partner_id IN %s", partners))
        )

    @api.model
    def _adv_sql_mark_first_orders(self, condition):
        """Return the statement that puts the marks right. Same definition as in sale_order_first.py.

        :param condition: on ``sale_order``; it takes all orders of a customer or none
        """
        return SQL(
            """
            UPDATE sale_order so
               SET adv_is_first_order = ranked.is_first
              FROM (
                    SELECT id, adv_is_first_order AS known, state = 'sale' AND row_number() OVER (
                            PARTITION BY company_id, adv_commercial_partner_id, state = 'sale'
                            ORDER BY adv_confirmed_date, id) = 1 AS is_first
                      FROM sale_order
                     WHERE adv_confirmed_date IS NOT NULL AND %s
                   ) ranked
             WHERE so.id = ranked.id AND ranked.is_first <> COALESCE(ranked.known, FALSE)
            """,
            condition,
        )
