"""The lot of three years of trade: temporary tables of what each order becomes; see _trade.py."""

from odoo.tools import SQL

YEARS = 3
LINES = 5


def plan(base, orders, ids):
    """One row an order: what is drawn by lot. Days are those of the server's clock, hours UTC."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan AS
        WITH drawn AS (
            SELECT number, %(order_id)s + number AS id,
                   1 + (pg_temp.draw(number, 1) ^ 2 * (%(customers)s - 1))::int AS customer,
                   CASE WHEN pg_temp.draw(number, 2) < 0.86 THEN 'sale' WHEN pg_temp.draw(number, 2) <
                       0.90 THEN 'cancel'
                        ELSE 'sent' END AS state,
                   (CURRENT_DATE - %(days)s + (number * %(days)s::float / %(orders)s
                       + 12 * sin(number * 18.85 / %(orders)s))::int) AS drawn_day,
                   interval '8 hours' + pg_temp.draw(number, 3) * interval '9 hours' AS clock,
                   pg_temp.draw(number, 4) < 0.40 AS is_quoted,
                   CASE WHEN pg_temp.draw(number, 5) < 0.75 THEN 2 + (pg_temp.draw(number, 6) * 10)::int
                       END AS promised,
                   CASE WHEN pg_temp.draw(number, 7) < 0.01 THEN NULL ELSE 1 + (pg_temp.draw(number, 8)
                       ^ 2 * 14)::int END
                       AS lead,
                   CASE WHEN pg_temp.draw(number, 9) < 0.88 THEN 'full' WHEN pg_temp.draw(number, 9) <
                       0.97 THEN 'two'
                        ELSE 'short' END AS delivery,
                   (pg_temp.draw(number, 10) * 3)::int AS billing_days,
                   (number %% 3)::int AS terms,
                   pg_temp.draw(number, 11) < 0.03 AS is_credited, pg_temp.draw(number, 12) AS fault,
                   (pg_temp.draw(number, 13) * 48)::int AS entry_hours
              FROM generate_series(1, %(orders)s) AS number
        ), weekdays AS (
            SELECT *, LEAST(drawn_day - CASE extract(isodow FROM drawn_day) WHEN 6 THEN 1 WHEN 7 THEN 2
                ELSE 0 END,
                            CURRENT_DATE - 1) AS ordered
              FROM drawn
        ), delivered AS (
            SELECT *, CASE WHEN state = 'sale' AND ordered + lead < CURRENT_DATE THEN ordered + lead END
                AS shipped,
                   CASE WHEN state = 'sale'
                         AND ordered + lead + CASE delivery WHEN 'two' THEN 4 ELSE 0 END < CURRENT_DATE
                        THEN ordered + lead + CASE delivery WHEN 'two' THEN 4 ELSE 0 END END AS done
              FROM weekdays
        )
        SELECT *, CASE WHEN done + billing_days < CURRENT_DATE THEN done + billing_days END AS billed,
               (%(partners)s)[customer] AS partner,
               (%(users)s)[1 + customer %% %(user_count)s] AS seller,
               (%(teams)s)[1 + customer %% %(team_count)s] AS team,
               (%(assistants)s)[1 + customer %% %(assistant_count)s] AS assistant,
               state = 'sale' AND row_number() OVER (PARTITION BY customer, state ORDER BY ordered,
                   number) = 1
                   AS is_first
          FROM delivered
        """,
        order_id=ids["sale_order"],
        orders=orders,
        days=YEARS * 365,
        customers=len(base["partners"]),
        partners=base["partners"],
        users=base["users"],
        user_count=len(base["users"]),
        teams=base["teams"],
        team_count=len(base["teams"]),
        assistants=base["assistants"],
        assistant_count=len(base["assistants"]),
    )


def plan_lines(base, orders, ids):
    """One row an order line."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan_line AS
        SELECT number, position, %(line_id)s + (number - 1) * %(lines)s + position AS id, quantity,
               (%(products)s)[choice] AS product, (%(prices)s::numeric[])[choice] AS price,
               round((%(costs)s::numeric[])[choice], 2) AS cost,
               quantity * (%(prices)s::numeric[])[choice] AS amount,
               CASE WHEN delivery = 'full' OR position > 2 THEN quantity ELSE ceil(quantity * 0.4)::int
                   END AS first
          FROM plan
          CROSS JOIN generate_series(1, %(lines)s) AS position
          CROSS JOIN LATERAL (
                SELECT 1 + (pg_temp.draw(number * 10 + position, 21) ^ 2 * (%(count)s - 1))::int AS choice,
                       1 + (pg_temp.draw(number * 10 + position, 22) * 19)::int AS quantity
               ) AS lot
        """,
        line_id=ids["sale_order_line"],
        lines=LINES,
        products=base["products"],
        prices=base["prices"],
        costs=base["costs"],
        count=len(base["products"]),
    )


def plan_orders(base, orders, ids):
    """What the lines of an order add up to; short orders are billed for what has left."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan_sum AS
        SELECT line.number, SUM(amount) AS amount, SUM(quantity * cost) AS cost,
               SUM(CASE delivery WHEN 'short' THEN first ELSE quantity END * price) AS billed_amount,
               SUM(CASE delivery WHEN 'short' THEN first ELSE quantity END * cost) AS billed_cost,
               COUNT(*) FILTER (WHERE first = quantity) AS filled
          FROM plan_line line JOIN plan ON plan.number = line.number
         GROUP BY line.number
        """
    )


def plan_invoices(base, orders, ids):
    """One row an invoice or credit note."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan_invoice AS
        SELECT %(move_id)s + row_number() OVER (ORDER BY day, number, sign DESC) AS id, *
          FROM (
                SELECT plan.number, 1 AS sign, plan.billed AS day, billed_amount AS amount,
                       billed_cost AS cost, 1.0::numeric AS share
                  FROM plan JOIN plan_sum ON plan_sum.number = plan.number WHERE plan.billed IS NOT NULL
                 UNION ALL
                SELECT plan.number, -1, plan.billed + 10, round(billed_amount * share, 2),
                       CASE WHEN share = 1 THEN billed_cost ELSE 0 END, share
                  FROM plan JOIN plan_sum ON plan_sum.number = plan.number
                  CROSS JOIN LATERAL (
                        SELECT CASE WHEN fault < 0.3 THEN 1 ELSE 0.1 END::numeric AS share) AS lot
                 WHERE is_credited AND plan.billed + 10 < CURRENT_DATE
               ) AS documents
        """,
        move_id=ids["account_move"],
    )


def plan_items(base, orders, ids):
    """One row an instalment of an invoice or credit note, with what is credited and paid of it and when."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan_item AS
        WITH instalment AS (
            SELECT invoice.id, invoice.number, sign, rank, day, share,
                   day + CASE WHEN sign < 0 THEN 0 WHEN terms = 0 THEN 30 WHEN terms = 1 THEN 45
                         ELSE 30 * rank END AS due,
                   CASE WHEN rank < ranks THEN round(amount * 1.2 / ranks, 2)
                        ELSE round(amount * 1.2, 2) - round(amount * 1.2 / ranks, 2) * (ranks - 1) END
                            AS amount,
                   is_credited AND billed + 10 < CURRENT_DATE AND sign > 0 AS has_note, fault,
                   pg_temp.draw(invoice.number * 10 + rank, 31) AS lot,
                   -10 + (pg_temp.draw(invoice.number * 10 + rank, 32) ^ 3 * 50)::int AS late
              FROM plan_invoice invoice
              JOIN plan ON plan.number = invoice.number
              CROSS JOIN LATERAL (SELECT CASE WHEN terms = 2 AND sign > 0 THEN 2 ELSE 1 END AS ranks) AS split
              CROSS JOIN LATERAL generate_series(1, ranks) AS rank
        ), noted AS (
            SELECT *, CASE WHEN has_note THEN round(amount * CASE WHEN fault < 0.3 THEN 1 ELSE 0.1 END, 2)
                      ELSE 0 END AS credited
              FROM instalment
        )
        SELECT %(line_id)s + row_number() OVER (ORDER BY id, rank) AS id, id AS move, number, sign, rank, day,
               due, amount, credited, GREATEST(due + late, day) AS paid_day,
               CASE WHEN sign < 0 OR lot < 0.02 OR due + late >= CURRENT_DATE THEN 0
                    WHEN lot < 0.05 THEN round((amount - credited) / 2, 2)
                    ELSE amount - credited END AS paid
          FROM noted
        """,
        line_id=ids["account_move_line"],
    )


def plan_payments(base, orders, ids):
    """One row a payment: its entry and its two items follow the invoices' ids."""
    return SQL(
        """
        CREATE TEMPORARY TABLE plan_payment AS
        SELECT row_number() OVER (ORDER BY item.id) AS rank, item.id AS item, item.number, item.paid,
            item.paid_day
          FROM plan_item item WHERE item.paid > 0;
        CREATE TEMPORARY TABLE plan_bill AS
        SELECT row_number() OVER (ORDER BY invoice.id, position) AS rank, invoice.id AS move, invoice.number,
               invoice.day, sign, share, line.id AS line, product, price, line.cost,
               CASE delivery WHEN 'short' THEN first ELSE line.quantity END AS quantity
          FROM plan_invoice invoice
          JOIN plan ON plan.number = invoice.number
          JOIN plan_line line ON line.number = invoice.number;
        CREATE TEMPORARY TABLE top AS
        SELECT (SELECT MAX(id) FROM plan_invoice) AS move, (SELECT MAX(id) FROM plan_item) AS item,
               (SELECT COUNT(*) FROM plan_payment) AS payments, (SELECT COUNT(*) FROM plan_invoice) AS
                   invoices,
               %(move_id)s AS move_start, %(picking)s AS picking, %(stock_move)s AS stock_move;
        CREATE INDEX ON plan_item (number);
        CREATE TEMPORARY TABLE plan_due AS
        SELECT move, MAX(due) AS due, MAX(GREATEST(paid_day, CASE WHEN credited > 0 THEN day + 10 END))
            AS paid_day,
               CASE sign WHEN 1 THEN SUM(amount - credited - paid)
                    ELSE SUM(amount) - (SELECT SUM(credited) FROM plan_item first
                                         WHERE first.number = plan_item.number AND first.sign > 0) END
                                             AS residual
          FROM plan_item GROUP BY move, sign, number;
        CREATE INDEX ON plan (number);
        CREATE INDEX ON plan_invoice (number);
        ANALYZE plan; ANALYZE plan_line; ANALYZE plan_sum; ANALYZE plan_invoice; ANALYZE plan_item;
        ANALYZE plan_payment; ANALYZE plan_bill; ANALYZE plan_due
        """,
        move_id=ids["account_move"],
        picking=ids["stock_picking"],
        stock_move=ids["stock_move"],
    )


# in their order: each reads those before it
PARTS = (plan, plan_lines, plan_orders, plan_invoices, plan_items, plan_payments)
