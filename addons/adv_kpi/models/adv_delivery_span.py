from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import commit_step

BATCH = 5000
# more orders than these are not looked for one by one
MANY = 200_000
# first day of the span of an order that is always read
FIRST_DAY = SQL("DATE '1900-01-01'")


def not_noted(alias):
    """Return the condition that nothing has changed since the span of an order was made.

    :param alias: of a table with an `order_id`
    """
    return SQL(
        "NOT EXISTS (SELECT FROM adv_delivery_change noted WHERE noted.order_id = %s.order_id)",
        SQL.identifier(alias),
    )


NOT_NOTED = not_noted("line")


def of_orders(ids):
    """Return the condition that a `line` is of one of these orders.

    A list, and no query of it: PostgreSQL looks these orders up, whatever it makes of the tables' sizes.
    """
    return SQL("line.order_id IN (SELECT UNNEST(%s::int[]))", list(ids))


class AdvDeliverySpan(models.Model):
    """From when until when something of an order was delivered and not invoiced, at most.

    Most orders were invoiced long ago: outside their span they add nothing, and whoever asks for some days
    reads the orders whose spans hold one of these days. What is read of them is worked out anew, so a
    span may be too long; it is never too short: of orders that `adv.delivery.change` names it is not used.
    Orders that had nothing to invoice have none.
    """

    _name = "adv.delivery.span"
    _description = "Days with something to invoice"
    _log_access = False

    order_id = fields.Many2one("sale.order", string="Order", required=True, ondelete="cascade")
    date_from = fields.Date(required=True)
    date_to = fields.Date(index=True, help="Empty: something is still to be invoiced.")

    _order_index = models.UniqueIndex("(order_id)")

    @api.model
    def _adv_note_all(self):
        """Let the job make the spans of the orders that were there before; called by the addon's data."""
        self.env.cr.execute(
            """INSERT INTO adv_delivery_change (order_id)
               SELECT id FROM sale_order
                WHERE NOT EXISTS (SELECT FROM adv_delivery_span)
                  AND NOT EXISTS (SELECT FROM adv_delivery_change)"""
        )

    # === READING === #

    @api.model
    def _adv_get_orders(self, edges=(), since=None, before=None):
        """Return the ids of the orders that may have something to invoice and of which no entries are kept.

        None when these are too many.

        :param edges: sorted days of which the first moments are asked for: orders open at one of them
        :param since: days; orders open on this day or later
        :param before: orders open before this day
        """
        limits = [SQL("TRUE")]
        if edges:
            limits.append(
                SQL(
                    "WIDTH_BUCKET(date_from, %(edges)s::date[]) != WIDTH_BUCKET(date_to, %(edges)s::date[])",
                    edges=list(edges),
                )
            )
        if since:
            limits.append(SQL("date_to >= %s", since))
        before = SQL("date_from < %s", before) if before else SQL("TRUE")
        rows = self.env.execute_query(
            SQL(
                """SELECT order_id FROM adv_delivery_change
                    UNION
                   SELECT order_id FROM adv_delivery_span span
                    WHERE (date_to IS NULL OR %s) AND %s AND NOT %s
                    LIMIT %s""",
                SQL(" AND ").join(limits),
                before,
                self.env["adv.delivery.step"]._adv_sql_kept("span"),
                MANY + 1,
            )
        )
        return [row[0] for row in rows] if len(rows) <= MANY else None

    # === MAKING === #

    @api.model
    def _adv_make_all(self):
        """Make the spans of the orders noted, batch by batch; return whether there was time for all."""
        # all orders are noted at once after an installation
        self.env.cr.execute("ANALYZE adv_delivery_change")
        done, left = True, True
        while done and left:
            done, left = commit_step(self.env, partial(self._adv_make_some, BATCH))
        return not done

    @api.model
    def _adv_make_some(self, batch):
        """Make the spans of some of the orders noted; return how many.

        Changes that are not committed yet are not seen, and their notes stay.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT order_id FROM adv_delivery_change ORDER BY order_id LIMIT %s", batch)
        )
        if rows:
            ids = [row[0] for row in rows]
            self.env.cr.execute(SQL("DELETE FROM adv_delivery_change WHERE order_id IN %s", tuple(ids)))
            self.env.cr.execute(self._adv_sql_make(ids))
            self.env.cr.execute(self.env["adv.delivery.step"]._adv_sql_make(ids))
            self.invalidate_model(flush=False)
        return len(rows)

    @api.model
    def _adv_get_unnoted(self, condition):
        """Return the ids of orders of which nothing has changed since their span was made.

        :param condition: on `sale_order`
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order
                    WHERE %s AND NOT EXISTS (
                          SELECT FROM adv_delivery_change noted WHERE noted.order_id = sale_order.id)""",
                condition,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _adv_sql_make(self, ids):
        """Return the statement that puts the spans of orders right and gives a row for each that was not.

        :param ids: of orders that are not noted
        """
        condition = of_orders(ids)
        return SQL(
            """WITH found AS (%(spans)s),
                    gone AS (DELETE FROM adv_delivery_span line
                              WHERE %(condition)s
                                AND NOT EXISTS (SELECT FROM found WHERE found.order_id = line.order_id)
                          RETURNING line.order_id),
                    made AS (INSERT INTO adv_delivery_span AS known (order_id, date_from, date_to)
                             SELECT order_id, date_from, date_to FROM found
                                 ON CONFLICT (order_id) DO UPDATE
                                SET date_from = EXCLUDED.date_from, date_to = EXCLUDED.date_to
                              WHERE (known.date_from, known.date_to)
                                    IS DISTINCT FROM (EXCLUDED.date_from, EXCLUDED.date_to)
                          RETURNING order_id)
               SELECT order_id FROM gone UNION ALL SELECT order_id FROM made""",
            spans=self._adv_sql_spans(condition),
            condition=condition,
        )

    @api.model
    def _adv_sql_spans(self, condition):
        """Return the query of the spans: the days on which the open quantity of a line changes.

        What another company moved or billed counts for some readers only: such an order is always read.
        """
        entries = self.env["adv.delivery.entry"]
        return SQL(
            """SELECT changed.order_id,
                      CASE WHEN BOOL_OR(is_foreign) THEN %(first)s
                           ELSE MIN(date) END AS date_from,
                      CASE WHEN NOT BOOL_OR(is_foreign OR is_left) THEN MAX(date) END AS date_to
                 FROM (
                       SELECT summed.*,
                              LAG(quantity) OVER (PARTITION BY line_id ORDER BY date) AS before
                         FROM (
                               SELECT line.order_id, event.line_id, event.date,
                                      SUM(SUM(event.quantity)) OVER (
                                          PARTITION BY event.line_id ORDER BY event.date) AS quantity,
                                      SUM(SUM(event.quantity)) OVER (
                                          PARTITION BY event.line_id) > 0 AS is_left,
                                      BOOL_OR(event.company_id != sale.company_id) AS is_foreign
                                 FROM (%(moved)s UNION ALL %(billed)s) AS event
                                 JOIN sale_order_line line ON line.id = event.line_id
                                 JOIN sale_order sale ON sale.id = line.order_id
                                GROUP BY line.order_id, event.line_id, event.date
                              ) AS summed
                      ) AS changed
                WHERE is_foreign OR GREATEST(quantity, 0) != GREATEST(COALESCE(before, 0), 0)
                GROUP BY changed.order_id""",
            moved=entries._query_moved(condition),
            billed=entries._query_billed(condition),
            first=FIRST_DAY,
        )
