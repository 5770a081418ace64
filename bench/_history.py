"""A company's history of orders, written by set-based statements: to measure and test what reads history.

The mix is that of a wholesaler: 80 % of the orders confirmed, most of them delivered at once, some in two
parts, short, cancelled half way or still open; some with a service, a return or another currency's rate.
"""

from odoo.tools import SQL

PARTNERS = 500
GOODS = 60
SERVICES = 5


def prepare(env):
    """Customers and products by the ORM; return what ``build`` needs."""
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    partners = env["res.partner"].create([{"name": f"History {number}"} for number in range(PARTNERS)])
    products = env["product.product"].create(
        [{"name": f"Goods {number}", "type": "consu", "taxes_id": False} for number in range(GOODS)]
        + [{"name": f"Service {number}", "type": "service", "taxes_id": False} for number in range(SERVICES)]
    )
    env.flush_all()
    return {
        "company": env.company.id,
        "unit": env.ref("uom.product_uom_unit").id,
        "partners": partners.ids,
        "products": products.ids,
        "stock": warehouse.lot_stock_id.id,
        "customers": env.ref("stock.stock_location_customers").id,
        "type_out": warehouse.out_type_id.id,
        "type_in": warehouse.in_type_id.id,
    }


def build(cr, base, orders):
    """Write ``orders`` orders with their lines, transfers and moves."""
    cr.execute(_plan(base, orders))
    cr.execute(_orders(base))
    cr.execute(_lines(base))
    cr.execute(_pickings(base))
    cr.execute(_moves(base))
    cr.execute("ANALYZE sale_order, sale_order_line, stock_picking, stock_move")


def _plan(base, orders):
    """One row an order: everything that is drawn by lot, always the same lot for the same number."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan AS
        SELECT number,
               (%(partners)s)[1 + (draw(number, 1) ^ 2 * %(customers)s)::int %% %(customers)s] AS partner,
               CASE WHEN draw(number, 2) < 0.80 THEN 'sale' WHEN draw(number, 2) < 0.88 THEN 'cancel'
                    WHEN draw(number, 2) < 0.95 THEN 'draft' ELSE 'sent' END AS state,
               timestamp '2023-01-02 08:00' + (number::float / %(orders)s) * interval '1000 days'
                    + draw(number, 3) * interval '9 hours' AS ordered,
               1 + (draw(number, 4) ^ 2 * 8)::int AS lines,
               draw(number, 5) < 0.10 AS with_service,
               CASE WHEN draw(number, 6) < 0.60 THEN 2 + (draw(number, 7) * 12)::int END AS promised_days,
               CASE WHEN draw(number, 8) < 0.85 THEN 'full' WHEN draw(number, 8) < 0.91 THEN 'two'
                    WHEN draw(number, 8) < 0.94 THEN 'short' WHEN draw(number, 8) < 0.96 THEN 'part'
                    WHEN draw(number, 8) < 0.97 THEN 'cancelled' ELSE 'open' END AS delivery,
               1 + (draw(number, 9) * 14)::int AS delivery_days,
               draw(number, 10) < 0.02 AS with_return,
               CASE WHEN draw(number, 11) < 0.05 THEN 1.25 ELSE 1.0 END AS rate
          FROM generate_series(1, %(orders)s) AS number
        """.replace("draw(", "pg_temp.draw("),
        partners=base["partners"],
        customers=len(base["partners"]),
        orders=orders,
    )


def define(cr):
    """Define the lottery: a number between 0 and 1 that depends on its arguments only."""
    cr.execute(
        """
        CREATE FUNCTION pg_temp.draw(number bigint, salt int) RETURNS float IMMUTABLE LANGUAGE sql AS
        $$ SELECT (hashint8extended(number, salt) & 1048575) / 1048576.0::float $$
        """
    )


def _orders(base):
    return SQL(
        """
        INSERT INTO sale_order (
            name, company_id, partner_id, partner_invoice_id, partner_shipping_id, state, date_order,
            commitment_date, picking_policy, currency_rate, amount_untaxed, amount_total, create_date,
            create_uid, write_uid, write_date
        )
        SELECT 'H' || number, %(company)s, partner, partner, partner, state, ordered,
               ordered + promised_days * interval '1 day', 'direct', rate, 100.00 * lines, 100.00 * lines,
               ordered - interval '2 hours', 1, 1, ordered
          FROM plan
         ORDER BY number
        """,
        company=base["company"],
    )


def _lines(base):
    return SQL(
        """
        INSERT INTO sale_order_line (
            order_id, company_id, name, product_id, product_uom_id, product_uom_qty, price_unit,
            customer_lead, state, sequence, create_uid, write_uid, create_date, write_date
        )
        SELECT so.id, so.company_id, 'Line', (%(products)s)[%(choice)s], %(unit)s,
               1 + (pg_temp.draw(number * 10 + position, 21) * 9)::int, 20, 0, so.state, position, 1, 1,
               so.create_date, so.create_date
          FROM plan
          JOIN sale_order so ON so.name = 'H' || number
          CROSS JOIN LATERAL generate_series(0, lines) AS position
         WHERE position > 0 OR with_service
        """,
        products=base["products"],
        unit=base["unit"],
        choice=SQL(
            "CASE WHEN position = 0 THEN %s + 1 + number %% %s"
            " ELSE 1 + (pg_temp.draw(number * 10 + position, 22) * %s)::int %% %s END",
            GOODS,
            SERVICES,
            GOODS,
            GOODS,
        ),
    )


def _pickings(base):
    """One transfer, a second one for the remainder, one for what came back."""
    return SQL(
        """
        INSERT INTO stock_picking (
            name, company_id, partner_id, picking_type_id, location_id, location_dest_id, move_type, sale_id,
            origin, state, date_done, create_uid, write_uid, create_date, write_date
        )
        SELECT 'H/OUT/' || number || '/' || part, %(company)s, partner,
               CASE part WHEN 3 THEN %(type_in)s ELSE %(type_out)s END,
               CASE part WHEN 3 THEN %(customers)s ELSE %(stock)s END,
               CASE part WHEN 3 THEN %(stock)s ELSE %(customers)s END,
               'direct', so.id, so.name, part_state,
               CASE WHEN part_state = 'done'
                    THEN ordered + (delivery_days + part * 2 - 2) * interval '1 day' END,
               1, 1, ordered, ordered
          FROM plan
          JOIN sale_order so ON so.name = 'H' || number
          CROSS JOIN LATERAL (VALUES
                (1, CASE delivery WHEN 'open' THEN 'assigned' WHEN 'cancelled' THEN 'cancel'
                    ELSE 'done' END),
                (2, CASE delivery WHEN 'two' THEN 'done' WHEN 'part' THEN 'assigned'
                    WHEN 'short' THEN 'cancel' END),
                (3, CASE WHEN with_return AND delivery IN ('full', 'two') THEN 'done' END)
               ) AS parts(part, part_state)
         WHERE plan.state = 'sale' AND part_state IS NOT NULL
        """,
        **{key: base[key] for key in ("company", "type_in", "type_out", "customers", "stock")},
    )


def _moves(base):
    """Two parts ship 40 % first; a return brings one piece back."""
    return SQL(
        """
        INSERT INTO stock_move (
            company_id, product_id, product_uom, product_uom_qty, quantity, location_id, location_dest_id,
            procure_method, state, date, picking_id, picking_type_id, sale_line_id, create_uid, write_uid,
            create_date, write_date
        )
        SELECT picking.company_id, line.product_id, line.product_uom_id, moved.quantity,
               CASE WHEN picking.state = 'done' THEN moved.quantity ELSE 0 END,
               picking.location_id, picking.location_dest_id, 'make_to_stock', picking.state,
               COALESCE(picking.date_done, picking.create_date), picking.id, picking.picking_type_id, line.id,
               1, 1, picking.create_date, picking.create_date
          FROM plan
          JOIN stock_picking picking ON picking.name LIKE 'H/OUT/%%' AND picking.origin = 'H' || plan.number
          JOIN sale_order_line line ON line.order_id = picking.sale_id AND line.sequence > 0
          CROSS JOIN LATERAL (
                SELECT right(picking.name, 1) AS part, floor(line.product_uom_qty * 0.4) AS first
               ) AS share
          CROSS JOIN LATERAL (
                SELECT CASE WHEN part = '3' THEN 1
                            WHEN delivery NOT IN ('two', 'part', 'short') THEN line.product_uom_qty
                            WHEN part = '1' THEN first
                            ELSE line.product_uom_qty - first END AS quantity
               ) AS moved
         WHERE moved.quantity > 0
        """
    )
