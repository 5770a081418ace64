from odoo import api, models
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

COLUMNS = {
    "adv_lateness": "varchar",
    "adv_expected_date": "timestamp",
    "adv_open_qty": "numeric",
    "adv_short_qty": "numeric",
    "adv_missing_qty": "numeric",
    "adv_cause": "varchar",
    "adv_cause_product_id": "int4",
    "adv_supply_move_id": "int4",
    "adv_supply_name": "varchar",
    "adv_supplier_id": "int4",
    "adv_buyer_id": "int4",
    "adv_supply_date": "timestamp",
}


class AdvLateness(models.AbstractModel):
    """How the lateness of lines and orders is written: only what changed, and without waiting for anybody.

    What somebody else is writing, or has written since this transaction began, is left as it is; its products
    are noted for the next run.
    """

    _inherit = "adv.lateness"

    @api.model
    def _adv_write(self, company, product_ids, lines, rows, only):
        """Write lines, then their orders; lines of the products that are no longer open are cleared.

        :param list lines: the open lines as ``_adv_read_lines`` returns them
        :param list rows: their facts: the id of the line and the values of ``COLUMNS``
        :param list only: only lines of these orders are cleared; None: of all
        """
        changed = self._adv_changed_lines(rows)
        closed = self._adv_closed_lines(company, product_ids, [row["id"] for row in lines], only)
        orders = {order for order, _product in (changed | closed).values()}
        orders |= {row[0] for row in self._adv_changed_orders({row["order_id"] for row in lines})}
        free = self._adv_lock(sorted(orders), sorted(changed | closed))
        self._adv_write_lines(rows, [line for line, (order, _product) in changed.items() if order in free])
        self._adv_clear_lines([line for line, (order, _product) in closed.items() if order in free])
        self._adv_write_orders(free)
        left = {row["product_id"] for row in lines if row["order_id"] in orders - free}
        left |= {product for order, product in (changed | closed).values() if order not in free}
        self.env["adv.lateness.signal"]._adv_note({(company.id, product) for product in left})
        self.env["sale.order.line"].invalidate_model()
        self.env["sale.order"].invalidate_model(["adv_lateness", "adv_expected_date"])

    # WHAT CHANGED

    @api.model
    def _adv_sql_facts(self, rows):
        """Return the facts as a table ``fact``."""
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _name in ("id", *COLUMNS)]
        types = ("int4", *COLUMNS.values())
        return SQL(
            "unnest(%s) AS fact(%s)",
            SQL(", ").join(
                SQL("%s::%s[]", column, SQL(kind)) for column, kind in zip(columns, types, strict=True)
            ),
            SQL(", ").join(map(SQL.identifier, ("id", *COLUMNS))),
        )

    @api.model
    def _adv_changed_lines(self, rows):
        """Return {line id: (order id, product id)} of the lines whose facts are others now."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.order_id, line.product_id
                  FROM sale_order_line line
                  JOIN %s ON fact.id = line.id
                 WHERE (%s) IS DISTINCT FROM (%s)
                """,
                self._adv_sql_facts(rows),
                SQL(", ").join(SQL.identifier("line", name) for name in COLUMNS),
                SQL(", ").join(SQL.identifier("fact", name) for name in COLUMNS),
            )
        )
        return {line: (order, product) for line, order, product in found}

    @api.model
    def _adv_closed_lines(self, company, product_ids, open_ids, only):
        """Return {line id: (order id, product id)} of the lines that are late no more: they are closed."""
        found = self.env.execute_query(
            SQL(
                """
                SELECT line.id, line.order_id, line.product_id
                  FROM sale_order_line line
                 WHERE line.company_id = %s AND line.adv_lateness IS NOT NULL
                   AND (line.product_id = ANY(%s) OR line.adv_cause_product_id = ANY(%s))
                   AND line.id <> ALL(%s) AND (%s OR line.order_id = ANY(%s))
                """,
                company.id,
                list(product_ids),
                list(product_ids),
                open_ids,
                only is None,
                only or [],
            )
        )
        return {line: (order, product) for line, order, product in found}

    @api.model
    def _adv_sql_orders(self, order_ids):
        """Return the orders that are not what their lines say, and what these say."""
        return SQL(
            """
            SELECT so.id, fact.state, fact.expected
              FROM sale_order so
              JOIN (
                    SELECT so.id,
                           CASE WHEN bool_or(line.adv_lateness = 'late') THEN 'late'
                                WHEN bool_or(line.adv_lateness = 'at_risk') THEN 'at_risk'
                                WHEN bool_or(line.adv_lateness = 'on_track') THEN 'on_track' END AS state,
                           CASE WHEN NOT bool_or(line.adv_lateness IS NOT NULL
                                                 AND line.adv_expected_date IS NULL)
                                THEN max(line.adv_expected_date)
                                     FILTER (WHERE line.adv_lateness IS NOT NULL) END AS expected
                      FROM sale_order so
                      LEFT JOIN sale_order_line line ON line.order_id = so.id
                     WHERE so.id = ANY(%s)
                     GROUP BY so.id
                   ) fact ON fact.id = so.id
             WHERE (so.adv_lateness, so.adv_expected_date) IS DISTINCT FROM (fact.state, fact.expected)
            """,
            list(order_ids),
        )

    @api.model
    def _adv_changed_orders(self, order_ids):
        return self.env.execute_query(self._adv_sql_orders(order_ids))

    # LOCKS

    @api.model
    def _adv_lock(self, order_ids, line_ids):
        """Lock the orders and, of these lines, theirs; return the ids of the orders that could be locked.

        PostgreSQL refuses the whole statement when one of the rows was written since the transaction began:
        half of them is tried then, and the other half, down to the orders that are refused.
        """
        if not order_ids:
            return set()
        try:
            with self.env.cr.savepoint(flush=False):
                return self._adv_lock_free(order_ids, line_ids)
        except SerializationFailure:
            if len(order_ids) == 1:
                return set()
        half = len(order_ids) // 2
        return self._adv_lock(order_ids[:half], line_ids) | self._adv_lock(order_ids[half:], line_ids)

    @api.model
    def _adv_lock_free(self, order_ids, line_ids):
        """Lock what nobody else has locked, orders before lines as everywhere."""
        cursor = self.env.cr
        cursor.execute(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                order_ids,
            ),
            log_exceptions=False,
        )
        free = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            SQL(
                """SELECT id FROM sale_order_line WHERE id = ANY(%s) AND order_id = ANY(%s)
                   ORDER BY id FOR NO KEY UPDATE SKIP LOCKED""",
                line_ids,
                list(free),
            ),
            log_exceptions=False,
        )
        locked = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            SQL(
                """SELECT DISTINCT order_id FROM sale_order_line
                    WHERE id = ANY(%s) AND order_id = ANY(%s) AND id <> ALL(%s)""",
                line_ids,
                list(free),
                locked,
            )
        )
        return free - {row[0] for row in cursor.fetchall()}

    # WRITING

    @api.model
    def _adv_write_lines(self, rows, line_ids):
        """Write the facts of these lines, which are locked."""
        mine = set(line_ids)
        if mine:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sale_order_line line
                       SET %s,
                           adv_backorder_choice = CASE WHEN fact.adv_short_qty > 0
                                                       THEN line.adv_backorder_choice END
                      FROM %s
                     WHERE line.id = fact.id
                    """,
                    SQL(", ").join(
                        SQL("%s = %s", SQL.identifier(name), SQL.identifier("fact", name)) for name in COLUMNS
                    ),
                    self._adv_sql_facts([row for row in rows if row[0] in mine]),
                )
            )

    @api.model
    def _adv_clear_lines(self, line_ids):
        """Take the lateness away from these lines; the day they were expected stays."""
        names = [*(name for name in COLUMNS if name != "adv_expected_date"), "adv_backorder_choice"]
        if line_ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order_line SET %s WHERE id = ANY(%s)",
                    SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in names),
                    line_ids,
                )
            )

    @api.model
    def _adv_write_orders(self, order_ids):
        """The order is as late as its latest line."""
        if order_ids:
            self.env.cr.execute(
                SQL(
                    """UPDATE sale_order so SET adv_lateness = fact.state, adv_expected_date = fact.expected
                         FROM (%s) fact WHERE fact.id = so.id""",
                    self._adv_sql_orders(order_ids),
                )
            )
