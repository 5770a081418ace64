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
        """Fill the milestones and the state that follows from them.

        Written once: each writing of an order goes through all indexes of its table.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_history = NULL,
                       adv_commercial_partner_id = found.commercial_partner_id,
                       adv_amount_company = found.amount_company,
                       adv_received_date = COALESCE(so.adv_received_date, so.create_date),
                       adv_confirmed_date = found.confirmed_date,
                       adv_promise_initial = found.promise_initial,
                       adv_promise_date = found.promise_date,
                       adv_line_count = found.line_count,
                       adv_first_delivery_date = found.first_delivery_date,
                       adv_delivered_date = found.delivered_date,
                       adv_is_in_full = found.is_in_full,
                       adv_is_on_time = found.is_on_time,
                       adv_state = found.state,
                       adv_desk_rank = %(rank)s
                  FROM (%(found)s) found
                 WHERE found.id = so.id
                """,
                found=self._adv_sql_found(ids),
                rank=self._adv_sql_desk_rank(SQL("found.state")),
            )
        )

    @api.model
    def _adv_sql_found(self, ids):
        """Return the query of what history tells of each of these orders.

        Deliveries by the definitions of ``sale.order._adv_get_delivery`` (kits apart), looked up order by
        order: whatever the planner knows of tables that have just grown, a batch reads its own rows only.
        """
        return SQL(
            """
            SELECT known.id,
                   COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                   round((known.amount_untaxed / COALESCE(NULLIF(known.currency_rate, 0), 1))::numeric,
                         COALESCE(currency.decimal_places, 2)) AS amount_company,
                   COALESCE(known.adv_confirmed_date,
                        CASE WHEN known.state = 'sale' THEN known.date_order END) AS confirmed_date,
                   COALESCE(known.adv_promise_initial, promised.date) AS promise_initial,
                   COALESCE(known.adv_promise_date, promised.date) AS promise_date,
                   COALESCE(NULLIF(known.adv_line_count, 0), CASE WHEN known.state = 'sale' THEN (
                        SELECT count(*) FROM sale_order_line line
                         WHERE line.order_id = known.id AND %(sold)s) END) AS line_count,
                   delivery.*,
                   %(state)s AS state
              FROM sale_order known
              JOIN res_partner partner ON partner.id = known.partner_id
              JOIN res_company company ON company.id = known.company_id
              LEFT JOIN res_currency currency ON currency.id = company.currency_id
             CROSS JOIN LATERAL (
                    SELECT CASE WHEN known.state = 'sale' THEN known.commitment_date END AS date
                   ) promised
              LEFT JOIN LATERAL (%(deliveries)s) told ON TRUE
             CROSS JOIN LATERAL (%(delivery)s) delivery
             WHERE known.id IN %(ids)s
            """,
            ids=ids,
            sold=self._adv_sql_sold("line"),
            deliveries=self._adv_sql_deliveries(),
            delivery=self._adv_sql_delivery(),
            state=self._adv_sql_state(
                "known",
                adv_first_delivery_date=SQL("delivery.first_delivery_date"),
                adv_delivered_date=SQL("delivery.delivered_date"),
            ),
        )

    @api.model
    def _adv_sql_delivery(self):
        """Return the row of what the order ``known`` keeps: where no moves are ``told``, what it has."""
        return SQL(
            """
            SELECT CASE WHEN told.order_id IS NULL THEN known.adv_first_delivery_date ELSE told.first_date END
                       AS first_delivery_date,
                   CASE WHEN told.order_id IS NULL THEN known.adv_delivered_date ELSE told.last_date END
                       AS delivered_date,
                   CASE WHEN told.order_id IS NULL THEN known.adv_is_in_full
                        ELSE told.last_date IS NOT NULL AND told.in_full END AS is_in_full,
                   CASE WHEN told.order_id IS NULL THEN known.adv_is_on_time
                        ELSE COALESCE(%(day)s <= %(promised)s, FALSE) END AS is_on_time
            """,
            day=self._adv_sql_day(SQL("told.last_date")),
            promised=self._adv_sql_day(SQL("COALESCE(known.adv_promise_date, promised.date)")),
        )

    @api.model
    def _adv_sql_deliveries(self):
        """Return the query of what the moves of the order ``known`` tell: one row, empty without products."""
        return SQL(
            """
            SELECT max(order_id) AS order_id,
                   min(first_date) AS first_date,
                   CASE WHEN COALESCE(bool_and(closed) FILTER (WHERE is_goods), TRUE)
                        THEN max(last_date) END AS last_date,
                   COALESCE(bool_and(in_full) FILTER (WHERE is_goods), TRUE) AS in_full
              FROM (%s) line_delivery
            """,
            self._adv_sql_line_deliveries(),
        )

    @api.model
    def _adv_sql_moved(self):
        """Return a query of each line of the order ``known`` with each of its moves, and where these go."""
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
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom luom ON luom.id = line.product_uom_id
              LEFT JOIN stock_move move ON move.sale_line_id = line.id
              LEFT JOIN uom_uom muom ON muom.id = move.product_uom
              LEFT JOIN stock_location source ON source.id = move.location_id
              LEFT JOIN stock_location destination ON destination.id = move.location_dest_id
              LEFT JOIN stock_location final
                     ON final.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE line.order_id = known.id AND known.state = 'sale'
            """,
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
        """Return the query that makes one row a line of those of ``_adv_sql_moved``."""
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
                      FROM (%(moved)s) moved
                   ) dated
             GROUP BY line_id, order_id, is_goods, confirmed, ordered
            """,
            moved=self._adv_sql_moved(),
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
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
                       adv_desk_rank = %(rank)s
                  FROM (SELECT known.id, %(state)s AS state FROM sale_order known WHERE id IN %(ids)s) reached
                 WHERE reached.id = so.id
                """,
                ids=ids,
                state=self._adv_sql_state("known"),
                rank=self._adv_sql_desk_rank(SQL("reached.state")),
            )
        )

    @api.model
    def _adv_sql_state(self, alias, **milestones):
        """Return the expression of the state of an order, as ``sale.order._adv_get_state``.

        :param str alias: of ``sale_order``
        :param SQL milestones: what stands in the place of a column that is not written yet
        """

        def column(name):
            return milestones.get(name) or SQL.identifier(alias, name)

        return SQL(
            """CASE WHEN %(state)s = 'cancel' THEN 'cancelled'
                    WHEN %(state)s <> 'sale' AND %(blocked)s IS NOT NULL THEN %(blocked)s
                    WHEN %(state)s = 'sent' THEN 'quoted'
                    WHEN %(state)s <> 'sale' AND %(quoted)s IS NOT NULL THEN 'quoted'
                    WHEN %(state)s <> 'sale' THEN 'draft'
                    WHEN %(settled)s IS NOT NULL THEN 'settled'
                    WHEN %(invoiced)s IS NOT NULL THEN 'invoiced'
                    WHEN %(delivered)s IS NOT NULL THEN 'delivered'
                    WHEN %(first_delivery)s IS NOT NULL THEN 'in_delivery'
                    ELSE 'confirmed' END""",
            state=column("state"),
            blocked=column("adv_blocked"),
            quoted=column("adv_quoted_date"),
            settled=column("adv_settled_date"),
            invoiced=column("adv_invoiced_date"),
            delivered=column("adv_delivered_date"),
            first_delivery=column("adv_first_delivery_date"),
        )

    @api.model
    def _adv_sql_desk_rank(self, state):
        return SQL("array_position(%s, %s) - 1", DESK_ORDER, state)

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
