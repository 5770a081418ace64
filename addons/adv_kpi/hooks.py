"""Install on history: bare columns and their indexes; a job fills them afterwards, in committed batches.

That job is adv.kpi.backfill. The statements here serve it and the nightly reconciliation.
"""

from odoo.tools import SQL

from odoo.addons.adv_orders.tools import native_tables

WHATEVER = SQL("TRUE")
# every column of ours in the tables that may be large (see native_tables.prepare)
COLUMNS = {
    "sale_order": {
        "adv_billing_days": "int4",
        "adv_blocked_hours": "float8",
        "adv_blocked_reason": "varchar",
        "adv_conversion_days": "int4",
        "adv_entry_hours": "float8",
        "adv_fulfilled_date": "timestamp",
        "adv_is_on_time_requested": "bool",
        "adv_lines_filled": "int4",
        "adv_lines_shipped": "int4",
        "adv_processing_days": "int4",
    },
    "account_move": {
        "adv_cost": "numeric",
        "adv_is_costed": "bool",
        "adv_late_days_amount": "numeric",
        "adv_margin": "numeric",
        "adv_paid_date": "date",
        "adv_paid_days_amount": "numeric",
    },
    # these have none, only indexes
    "account_move_line": {},
    "account_partial_reconcile": {},
    "stock_move": {},
}
MARK = "adv_kpi_history"
# computed for the few records that are there; nothing of history is known of them
SMALL_COLUMNS = {
    "adv_order_error": {"order_date": "timestamp"},
    "adv_request": {"answer_hours": "float8", "is_answered_on_time": "bool"},
}


def pre_init_hook(env):
    """Make what installing would compute order by order, and what it would lock large tables for."""
    native_tables.prepare(env, "adv_kpi", {**COLUMNS, **SMALL_COLUMNS}, mark=MARK)


def fill_statement(condition):
    """Return the statement that fills the days of the orders for which ``condition`` holds."""
    days = days_of_orders()
    columns = SQL(", ").join(SQL.identifier("sale_order", name) for name in days)
    values = SQL(", ").join(days.values())
    return SQL(
        """UPDATE sale_order SET %(assigned)s
             FROM res_company company
            WHERE company.id = sale_order.company_id AND %(known)s
              AND (%(columns)s) IS DISTINCT FROM (%(values)s) AND %(condition)s""",
        assigned=SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in days.items()),
        known=HAS_DAYS,
        columns=columns,
        values=values,
        condition=condition,
    )


def days_of_orders():
    """Return {column: its expression}, of a `sale_order` and its `company`; they hold where HAS_DAYS does."""
    return {
        "adv_processing_days": SQL("COALESCE(%s - %s, 0)", DELIVERED, _local_day("adv_received_date")),
        "adv_is_on_time_requested": SQL(
            "COALESCE(%s <= %s, FALSE)", DELIVERED, _local_day("adv_requested_date")
        ),
        "adv_billing_days": SQL(
            "COALESCE(GREATEST(%s - %s, 0), 0)", _local_day("adv_invoiced_date"), DELIVERED
        ),
        "adv_conversion_days": SQL(
            "COALESCE(GREATEST(%s - %s, 0), 0)",
            _local_day("adv_confirmed_date"),
            _local_day("adv_quoted_date"),
        ),
    }


def fill_fulfilled_statement(condition, sold=WHATEVER):
    """Return the statement that stores since when orders are out of the backlog, where it differs."""
    return SQL(
        """UPDATE sale_order SET adv_fulfilled_date = found.moment
             FROM (SELECT id, %s AS moment FROM sale_order WHERE %s) AS found
            WHERE found.id = sale_order.id AND sale_order.adv_fulfilled_date IS DISTINCT FROM found.moment""",
        fulfilled_date(sold),
        condition,
    )


def fulfilled_date(sold=WHATEVER):
    """Return since when a `sale_order` is out of the backlog: as ``sale.order._adv_get_fulfilled``.

    The lines are read of those orders only of which nothing has left.
    """
    return SQL(
        """CASE WHEN sale_order.state != 'sale' THEN NULL
                WHEN sale_order.adv_delivered_date IS NOT NULL
                     OR sale_order.adv_first_delivery_date IS NOT NULL THEN sale_order.adv_delivered_date
                ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN sale_order.adv_confirmed_date
                                  WHEN NOT bool_or(template.type = 'consu') THEN sale_order.adv_invoiced_date
                              END
                        FROM sale_order_line line
                        JOIN product_product product ON product.id = line.product_id
                        JOIN product_template template ON template.id = product.product_tmpl_id
                       WHERE line.order_id = sale_order.id AND line.product_uom_qty > 0 AND %s)
            END""",
        sold,
    )


def fill_lines_statement(condition, sold=WHATEVER):
    """Return the statement that stores the counts of `counted_lines` that differ."""
    return SQL(
        """UPDATE sale_order
              SET adv_lines_shipped = counted.shipped, adv_lines_filled = counted.filled
             FROM (%s) AS counted
            WHERE counted.order_id = sale_order.id
              AND (sale_order.adv_lines_shipped, sale_order.adv_lines_filled)
                  IS DISTINCT FROM (counted.shipped, counted.filled)""",
        counted_lines(condition, sold),
    )


def counted_lines(condition, sold=WHATEVER):
    """Return the query that counts, for the orders shipped, the lines that the first shipment filled.

    As ``sale.order._adv_get_delivery``; orders with kits are left to it: it knows what they are made of.
    Moves are looked up line by line (OFFSET forbids the planner anything else): a batch reads its own rows.

    :param condition: on `sale_order`
    :param sold: the condition that a `line` sells something and is no carriage
    """
    return SQL(
        """SELECT order_id,
                  (COUNT(*) FILTER (WHERE is_goods))::int AS shipped,
                  (COUNT(*) FILTER (WHERE is_goods AND round(COALESCE(quantity, 0), digits)
                                          >= round(confirmed::numeric, digits)))::int AS filled
             FROM (
                   SELECT order_id, line_id, is_goods, confirmed, digits,
                          SUM(quantity) FILTER (WHERE is_first) AS quantity,
                          COUNT(*) FILTER (WHERE is_first) AS moves,
                          COUNT(*) FILTER (WHERE is_first AND is_part) AS parts
                     FROM (
                           SELECT line.order_id, line.id AS line_id, line.adv_qty_confirmed AS confirmed,
                                  precision.digits, move.quantity, move.is_part,
                                  line.display_type IS NULL AND template.type = 'consu'
                                      AND line.adv_qty_confirmed > 0 AND %(sold)s AS is_goods,
                                  move.date = sale_order.adv_first_delivery_date
                                      OR move.picking_id IS NOT NULL
                                         AND bool_or(move.date = sale_order.adv_first_delivery_date)
                                             OVER (PARTITION BY line.order_id, move.picking_id) AS is_first
                             FROM sale_order
                             JOIN sale_order_line line ON line.order_id = sale_order.id
                             JOIN product_product product ON product.id = line.product_id
                             JOIN product_template template ON template.id = product.product_tmpl_id
                       CROSS JOIN (
                                  SELECT COALESCE(MAX(digits), 2) AS digits FROM decimal_precision
                                   WHERE name = 'Product Unit'
                                  ) AS precision
                        LEFT JOIN LATERAL (
                                  SELECT move.date, move.picking_id, move.product_id != line.product_id
                                             AS is_part,
                                         move.quantity::numeric * unit.factor::numeric
                                             / own.factor::numeric AS quantity
                                    FROM stock_move move
                                    JOIN stock_location source ON source.id = move.location_id
                                    JOIN stock_location target ON target.id = move.location_dest_id
                                    JOIN uom_uom unit ON unit.id = move.product_uom
                                    JOIN uom_uom own ON own.id = line.product_uom_id
                                   WHERE move.sale_line_id = line.id AND move.state = 'done'
                                     AND (target.usage = 'customer'
                                          OR target.usage = 'transit' AND target.company_id IS NULL)
                                     AND NOT (source.usage = 'customer'
                                              OR source.usage = 'transit' AND source.company_id IS NULL)
                                  OFFSET 0
                                  ) AS move ON TRUE
                            WHERE sale_order.adv_first_delivery_date IS NOT NULL AND %(condition)s
                          ) AS moved
                    GROUP BY order_id, line_id, is_goods, confirmed, digits
                  ) AS filling
            GROUP BY order_id
           HAVING SUM(moves) > 0 AND SUM(parts) = 0""",
        condition=condition,
        sold=sold,
    )


def margin_statement(condition):
    """Return the statement that stores the sums of `summed_costs` that differ."""
    return SQL(
        """UPDATE account_move AS move
              SET adv_is_costed = summed.is_costed,
                  adv_cost = CASE WHEN summed.is_costed THEN summed.cost END,
                  adv_margin = CASE WHEN summed.is_costed THEN move.amount_untaxed_signed - summed.cost END
             FROM (%s) AS summed
            WHERE summed.move_id = move.id
              AND (move.adv_is_costed IS DISTINCT FROM summed.is_costed
                   OR summed.is_costed AND (move.adv_cost IS DISTINCT FROM summed.cost
                      OR move.adv_margin IS DISTINCT FROM move.amount_untaxed_signed - summed.cost))""",
        summed_costs(condition),
    )


def summed_costs(condition):
    """Return the query that sums the costs of invoice lines; ``condition`` is on `line`.

    The cost of an invoice is known when that of all its goods is; once it was it stays so.
    """
    return SQL(
        """SELECT line.move_id, COALESCE(SUM(line.adv_cost), 0) AS cost,
                  COALESCE(invoice.adv_is_costed, FALSE)
                  OR COUNT(line.adv_cost) > 0 AND COALESCE(bool_and(line.adv_cost IS NOT NULL)
                     FILTER (WHERE template.type = 'consu' AND line.display_type = 'product'), TRUE)
                     AS is_costed
             FROM account_move invoice
             JOIN account_move_line line ON line.move_id = invoice.id
             LEFT JOIN product_product product ON product.id = line.product_id
             LEFT JOIN product_template template ON template.id = product.product_tmpl_id
            WHERE invoice.state = 'posted' AND invoice.move_type IN ('out_invoice', 'out_refund')
              AND %s
            GROUP BY line.move_id, invoice.adv_is_costed""",
        condition,
    )


def settlement_statement(condition):
    """Return the statement that stores what of `settlements` differs."""
    return SQL(
        """UPDATE account_move AS move
              SET adv_paid_date = settled.day,
                  adv_paid_days_amount = settled.paid_days_amount,
                  adv_late_days_amount = settled.late_days_amount
             FROM (%s) AS settled
            WHERE settled.move_id = move.id
              AND (move.adv_paid_date, move.adv_paid_days_amount, move.adv_late_days_amount)
                  IS DISTINCT FROM (settled.day, settled.paid_days_amount, settled.late_days_amount)""",
        settlements(condition),
    )


def settlements(condition):
    """Return the query of when customer invoices were settled; ``condition`` is on `line`."""
    return SQL(
        """SELECT invoice.id AS move_id, found.day,
                  (found.day - invoice.invoice_date) * invoice.amount_total_signed AS paid_days_amount,
                  (found.day - COALESCE(invoice.invoice_date_due, invoice.invoice_date))
                      * invoice.amount_total_signed AS late_days_amount
             FROM (
                   SELECT line.move_id,
                          CASE WHEN bool_and(line.amount_residual = 0
                                             AND line.amount_residual_currency = 0)
                               THEN GREATEST(MAX(matching.day), MAX(invoice.invoice_date)) END AS day
                     FROM account_move_line line
                     JOIN account_account account ON account.id = line.account_id
                          AND account.account_type = 'asset_receivable'
                     JOIN account_move invoice ON invoice.id = line.move_id
                          AND invoice.move_type = 'out_invoice'
                LEFT JOIN LATERAL (
                          SELECT MAX(max_date) AS day FROM account_partial_reconcile
                           WHERE debit_move_id = line.id OR credit_move_id = line.id
                          ) AS matching ON TRUE
                    WHERE line.parent_state = 'posted' AND %s
                    GROUP BY line.move_id
                   HAVING MAX(matching.day) IS NOT NULL OR NOT bool_and(line.amount_residual = 0)
                  ) AS found
             JOIN account_move invoice ON invoice.id = found.move_id""",
        condition,
    )


def fill_invoices_statement(ids):
    """Return the statement that stores margin and settlement of these invoices, each written once.

    Without lines nothing says what it cost.
    """
    condition = SQL("line.move_id = known.id")
    return SQL(
        """UPDATE account_move AS move
              SET adv_is_costed = COALESCE(summed.is_costed, FALSE),
                  adv_cost = CASE WHEN summed.is_costed THEN summed.cost END,
                  adv_margin = CASE WHEN summed.is_costed THEN move.amount_untaxed_signed - summed.cost END,
                  %s
             FROM account_move AS known
             LEFT JOIN LATERAL (%s) AS summed ON TRUE
             LEFT JOIN LATERAL (%s) AS settled ON TRUE
            WHERE known.id = move.id AND known.id IN %s""",
        SQL(", ").join(
            SQL(
                "%(name)s = CASE WHEN settled.move_id IS NULL THEN %(column)s ELSE %(value)s END",
                name=SQL.identifier(name),
                column=SQL.identifier("move", name),
                value=SQL.identifier("settled", value),
            )
            for name, value in (
                ("adv_paid_date", "day"),
                ("adv_paid_days_amount", "paid_days_amount"),
                ("adv_late_days_amount", "late_days_amount"),
            )
        ),
        summed_costs(condition),
        settlements(condition),
        ids,
    )


def _local_day(column):
    """Return the day of a column in the company's time zone."""
    return SQL(
        "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date",
        SQL.identifier("sale_order", column),
    )


DELIVERED = _local_day("adv_delivered_date")
HAS_DAYS = SQL("(sale_order.adv_delivered_date IS NOT NULL OR sale_order.adv_quoted_date IS NOT NULL)")
