"""Install on history: bare columns; a job fills them afterwards, in committed batches (adv.kpi.backfill).

The statements here serve that job and the nightly reconciliation.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

WHATEVER = SQL("TRUE")
COLUMNS = {
    "sale_order": {
        "adv_processing_days": "int4",
        "adv_is_on_time_requested": "bool",
        "adv_entry_hours": "float8",
        "adv_blocked_hours": "float8",
        "adv_billing_days": "int4",
        "adv_conversion_days": "int4",
        "adv_lines_shipped": "int4",
        "adv_lines_filled": "int4",
    },
    "adv_order_error": {"order_date": "timestamp"},
    "adv_request": {"answer_hours": "float8", "is_answered_on_time": "bool"},
    "account_move": {
        "adv_paid_date": "date",
        "adv_paid_days_amount": "numeric",
        "adv_late_days_amount": "numeric",
    },
}


def pre_init_hook(env):
    """Add the columns, so that installing computes nothing order by order.

    The orders of before are marked by a constant default that goes at once: no row is rewritten.
    """
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            if not column_exists(env.cr, table, name):
                create_column(env.cr, table, name, kind)
    env.cr.execute(
        SQL(
            """
            ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS adv_kpi_history boolean DEFAULT TRUE;
            ALTER TABLE sale_order ALTER COLUMN adv_kpi_history DROP DEFAULT
            """
        )
    )


def fill_statement(condition):
    """Return the statement that fills the days of the orders for which ``condition`` holds."""
    return SQL(
        """UPDATE sale_order
              SET adv_processing_days = COALESCE(%(delivered)s - %(received)s, 0),
                  adv_is_on_time_requested = COALESCE(%(delivered)s <= %(requested)s, FALSE),
                  adv_billing_days = COALESCE(GREATEST(%(invoiced)s - %(delivered)s, 0), 0),
                  adv_conversion_days = COALESCE(GREATEST(%(confirmed)s - %(quoted)s, 0), 0)
             FROM res_company company
            WHERE company.id = sale_order.company_id
              AND (sale_order.adv_delivered_date IS NOT NULL OR sale_order.adv_quoted_date IS NOT NULL)
              AND (sale_order.adv_processing_days, sale_order.adv_is_on_time_requested,
                   sale_order.adv_billing_days, sale_order.adv_conversion_days)
                  IS DISTINCT FROM
                  (COALESCE(%(delivered)s - %(received)s, 0),
                   COALESCE(%(delivered)s <= %(requested)s, FALSE),
                   COALESCE(GREATEST(%(invoiced)s - %(delivered)s, 0), 0),
                   COALESCE(GREATEST(%(confirmed)s - %(quoted)s, 0), 0))
              AND %(condition)s""",
        delivered=_local_day("adv_delivered_date"),
        received=_local_day("adv_received_date"),
        requested=_local_day("adv_requested_date"),
        invoiced=_local_day("adv_invoiced_date"),
        confirmed=_local_day("adv_confirmed_date"),
        quoted=_local_day("adv_quoted_date"),
        condition=condition,
    )


def fill_lines_statement(condition, sold=WHATEVER):
    """Return the statement that counts, for the orders shipped, the lines that the first shipment filled.

    As ``sale.order._adv_get_delivery``; orders with kits are left to it: it knows what they are made of.

    :param sold: the condition that a `line` sells something and is no carriage
    """
    return SQL(
        """UPDATE sale_order
              SET adv_lines_shipped = counted.shipped, adv_lines_filled = counted.filled
             FROM (
                   SELECT line.order_id, COUNT(*) FILTER (WHERE is_goods) AS shipped,
                          COUNT(*) FILTER (WHERE is_goods AND round(COALESCE(first.quantity, 0), digits)
                                                 >= round(line.adv_qty_confirmed::numeric, digits)) AS filled
                     FROM sale_order_line line
                     JOIN sale_order ON sale_order.id = line.order_id
                     JOIN product_product product ON product.id = line.product_id
                     JOIN product_template template ON template.id = product.product_tmpl_id
               CROSS JOIN LATERAL (
                          SELECT line.display_type IS NULL AND template.type = 'consu'
                                 AND line.adv_qty_confirmed > 0 AND %(sold)s AS is_goods
                          ) AS kind
               CROSS JOIN (
                          SELECT COALESCE(MAX(digits), 2) AS digits FROM decimal_precision
                           WHERE name = 'Product Unit'
                          ) AS precision
                LEFT JOIN LATERAL (
                          SELECT SUM(move.quantity::numeric * unit.factor::numeric
                                     / own.factor::numeric) AS quantity,
                                 COUNT(*) AS moves,
                                 COUNT(*) FILTER (WHERE move.product_id != line.product_id) AS parts
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
                             AND (move.date = sale_order.adv_first_delivery_date
                                  OR move.picking_id IN (
                                      SELECT same.picking_id FROM stock_move same
                                        JOIN sale_order_line other ON other.id = same.sale_line_id
                                       WHERE other.order_id = line.order_id AND same.state = 'done'
                                         AND same.date = sale_order.adv_first_delivery_date
                                     ))
                          ) AS first ON TRUE
                    WHERE sale_order.adv_first_delivery_date IS NOT NULL AND %(condition)s
                    GROUP BY line.order_id
                   HAVING SUM(first.moves) > 0 AND SUM(first.parts) = 0
                  ) AS counted
            WHERE counted.order_id = sale_order.id
              AND (sale_order.adv_lines_shipped, sale_order.adv_lines_filled)
                  IS DISTINCT FROM (counted.shipped::int, counted.filled::int)""",
        condition=condition,
        sold=sold,
    )


def margin_statement(condition):
    """Return the statement that sums the costs of invoice lines; ``condition`` is on `line`.

    The cost of an invoice is known when that of all its goods is; once it was it stays so.
    """
    return SQL(
        """UPDATE account_move AS move
              SET adv_is_costed = summed.is_costed,
                  adv_cost = CASE WHEN summed.is_costed THEN summed.cost END,
                  adv_margin = CASE WHEN summed.is_costed THEN move.amount_untaxed_signed - summed.cost END
             FROM (
                   SELECT line.move_id, COALESCE(SUM(line.adv_cost), 0) AS cost,
                          COALESCE(invoice.adv_is_costed, FALSE)
                          OR COUNT(line.adv_cost) > 0 AND COALESCE(bool_and(line.adv_cost IS NOT NULL)
                             FILTER (WHERE template.type = 'consu' AND line.display_type = 'product'), TRUE)
                             AS is_costed
                     FROM account_move invoice
                     JOIN account_move_line line ON line.move_id = invoice.id
                LEFT JOIN product_product product ON product.id = line.product_id
                LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                    WHERE invoice.state = 'posted' AND invoice.move_type IN ('out_invoice', 'out_refund')
                      AND %(condition)s
                    GROUP BY line.move_id, invoice.adv_is_costed
                  ) AS summed
            WHERE summed.move_id = move.id
              AND (move.adv_is_costed IS DISTINCT FROM summed.is_costed
                   OR summed.is_costed AND (move.adv_cost IS DISTINCT FROM summed.cost
                      OR move.adv_margin IS DISTINCT FROM move.amount_untaxed_signed - summed.cost))""",
        condition=condition,
    )


def settlement_statement(condition):
    """Return the statement that stores when customer invoices were settled; ``condition`` is on `line`."""
    return SQL(
        """UPDATE account_move AS move
              SET adv_paid_date = settled.day,
                  adv_paid_days_amount = (settled.day - move.invoice_date) * move.amount_total_signed,
                  adv_late_days_amount = (settled.day - COALESCE(move.invoice_date_due, move.invoice_date))
                                         * move.amount_total_signed
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
                    WHERE line.parent_state = 'posted' AND %(condition)s
                    GROUP BY line.move_id
                   HAVING MAX(matching.day) IS NOT NULL OR NOT bool_and(line.amount_residual = 0)
                  ) AS settled
            WHERE settled.move_id = move.id
              AND (move.adv_paid_date IS DISTINCT FROM settled.day
                   OR move.adv_paid_days_amount IS DISTINCT FROM
                      (settled.day - move.invoice_date) * move.amount_total_signed
                   OR move.adv_late_days_amount IS DISTINCT FROM
                      (settled.day - COALESCE(move.invoice_date_due, move.invoice_date))
                      * move.amount_total_signed)""",
        condition=condition,
    )


def _local_day(column):
    """Return the day of a column in the company's time zone."""
    return SQL(
        "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date",
        SQL.identifier("sale_order", column),
    )
