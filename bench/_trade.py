"""Three years of a wholesaler's trade up to today, written by set-based statements.

What a database with Odoo's own addons holds of it: orders, lines, transfers, moves, invoices with their
journal items, payments and their matchings. Where the columns of our addons are there too, the facts that
these record of an order or an invoice are written with it, and `build_ledgers` adds errors, requests,
disputes and answers. The lot of an order depends on its number only, so two databases hold the same.

Distributions (all drawn by order):
- 5 lines an order; a customer for 40 orders and at least 200 (a tenth of them place 46 % of the orders);
  1,000 products of 20 categories, the first ones sold most, prices of 5 to 200, costs of 55 to 85 % of them
- spread evenly over the weekdays of 1,095 days, 8 h to 17 h, a fifth more in the middle of a year
- 86 % confirmed, 4 % cancelled, 10 % quotations (of 40 % of all orders a quotation was sent before)
- received up to 2 days before the confirmation, promised 2 to 12 days after it (75 % of the orders)
- delivered within 1 to 15 days, most within 5: 88 % at once, 9 % in two parts, 3 % short; 1 % never;
  what would leave after today is open
- invoiced 0 to 3 days after the last delivery, due after 30, 45 or 60 days (a third each; the last ones
  in two instalments), 20 % tax
- paid 10 days before to 40 days after each due date, most within a week; 3 % of the instalments by half, 2 %
  never; what would be paid after today is open
- 3 % of the invoices get a credit note on 10 to 100 % of their amount, matched with them when it is posted
- 6 % of the orders have an error, every second one escaped; 4 % a request; 1 % of the invoices a dispute; 5 %
  of the orders delivered an answer to the survey
"""

import time
from contextlib import contextmanager

import _trade_plan as lot
from _trade_tables import PARTS
from odoo.tools import SQL
from odoo.tools.sql import table_columns

PRODUCTS = 1000
CATEGORIES = 20
TABLES = (
    "sale_order",
    "sale_order_line",
    "stock_picking",
    "stock_move",
    "account_move",
    "account_move_line",
    "sale_order_line_invoice_rel",
    "account_partial_reconcile",
    "adv_order_error",
    "adv_request",
    "adv_dispute",
    "adv_satisfaction",
)


def prepare(env, orders):
    """Make customers, products, people and accounts by the ORM; return what `build` needs."""
    company = env.company
    company.country_id = env.ref("base.fr")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
    categories = env["product.category"].create([{"name": f"Category {n}"} for n in range(CATEGORIES)])
    products = env["product.product"].create(
        [
            {
                "name": f"Product {number}",
                "type": "consu",
                "is_storable": True,
                "categ_id": categories[number % CATEGORIES].id,
                "list_price": 5 + number * 7919 % 195,
                "standard_price": (5 + number * 7919 % 195) * (0.55 + number % 7 * 0.05),
                "invoice_policy": "delivery",
                "taxes_id": False,
            }
            for number in range(PRODUCTS)
        ]
    )
    partners = _make_customers(env, max(200, orders // 40))
    users = env["res.users"].create([{"name": f"Seller {n}", "login": f"seller{n}"} for n in range(5)])
    teams = env["crm.team"].create([{"name": f"Team {n}"} for n in range(3)])
    if "adv.assistant" in env:
        env["adv.assistant"].create([{"user_id": user.id} for user in users])
    env.flush_all()
    return _references(env, products, partners, users, teams)


def _make_customers(env, count):
    """Companies: one made by the ORM and copies of it by SQL, there are thousands."""
    first = env["res.partner"].create(
        {"name": "Customer 0", "is_company": True, "street": "1 Road", "city": "Town"}
    )
    env.flush_all()
    own = {"id", "commercial_partner_id", "name", "complete_name"}
    same = SQL(", ").join(
        SQL.identifier(name) for name in table_columns(env.cr, "res_partner") if name not in own
    )
    env.cr.execute(
        SQL(
            """WITH made AS (
                   SELECT nextval('res_partner_id_seq') AS number FROM generate_series(2, %(count)s)
               )
               INSERT INTO res_partner (id, commercial_partner_id, name, complete_name, %(same)s)
               SELECT number, number, 'Customer ' || number, 'Customer ' || number, %(same)s
                 FROM made JOIN res_partner first ON first.id = %(first)s
               RETURNING id""",
            count=count,
            same=same,
            first=first.id,
        )
    )
    return first.browse([first.id, *(row[0] for row in env.cr.fetchall())])


def _references(env, products, partners, users, teams):
    company = env.company
    warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
    journals = env["account.journal"].search([("company_id", "=", company.id)])
    accounts = env["account.account"].search([("company_ids", "in", company.ids)])

    def first(records, **wanted):
        ((name, value),) = wanted.items()
        return records.filtered(lambda record: record[name] == value)[:1].id

    return {
        "company": company.id,
        "currency": company.currency_id.id,
        "unit": env.ref("uom.product_uom_unit").id,
        "partners": partners.ids,
        "products": products.ids,
        "prices": products.mapped("list_price"),
        "costs": products.mapped("standard_price"),
        "users": users.ids,
        "teams": teams.ids,
        "assistants": env["adv.assistant"].search([]).ids if "adv.assistant" in env else [0],
        "warehouse": warehouse.id,
        "stock": warehouse.lot_stock_id.id,
        "customers": env.ref("stock.stock_location_customers").id,
        "suppliers": env.ref("stock.stock_location_suppliers").id,
        "type_out": warehouse.out_type_id.id,
        "type_in": warehouse.in_type_id.id,
        "sales": first(journals, type="sale"),
        "bank": first(journals, type="bank"),
        "income": first(accounts, account_type="income"),
        "receivable": company.partner_id.property_account_receivable_id.id,
        "tax": first(accounts, account_type="liability_current"),
        "cash": first(accounts, account_type="asset_cash"),
    }


def build(cr, base, orders):
    """Write ``orders`` orders and all that follows from them."""
    for setting in ("work_mem = '256MB'", "maintenance_work_mem = '1GB'", "synchronous_commit = off"):
        cr.execute(f"SET LOCAL {setting}")
    define(cr)
    tables = [name for name in TABLES if table_columns(cr, name)]
    with _bare(cr, tables):
        with _said("the lot"):
            for part in lot.PARTS:
                cr.execute(part(base, orders, _first_ids(cr)))
        for table, parts in PARTS.items():
            if table in tables:
                with _said(table):
                    for columns, source in parts:
                        _insert(cr, table, columns, source, base)
        for table in tables:
            if "id" in table_columns(cr, table):
                cr.execute(
                    SQL(
                        "SELECT setval(pg_get_serial_sequence(%s, 'id'), COALESCE(MAX(id), 1)) FROM %s",
                        table,
                        SQL.identifier(table),
                    )
                )


@contextmanager
def _said(title):
    """Print how long it took, at once: a million orders take minutes."""
    start = time.perf_counter()
    yield
    print(f"  {title} {time.perf_counter() - start:.0f} s", flush=True)


def define(cr):
    """Define the lottery: a number between 0 and 1 that depends on its arguments only."""
    cr.execute(
        """
        CREATE FUNCTION pg_temp.draw(number bigint, salt int) RETURNS float IMMUTABLE LANGUAGE sql AS
        $$ SELECT (hashint8extended(number, salt) & 1048575) / 1048576.0::float $$
        """
    )


def pack(connection, tables):
    """Vacuum and analyse, as the server does by itself after a while; `connection` is in autocommit mode."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'VACUUM (ANALYZE) "{table}"')
        cursor.execute("ANALYZE")  # customers, products and their costs too


@contextmanager
def _bare(cr, tables):
    """Take the indexes and foreign keys off the tables meanwhile: row by row they would take hours."""
    cr.execute(
        """SELECT constrained.conrelid::regclass::text, conname, pg_get_constraintdef(constrained.oid)
             FROM pg_constraint constrained
            WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2""",
        [list(tables)],
    )
    keys = cr.fetchall()
    cr.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid),
                  obj_description(indexrelid, 'pg_class') FROM pg_index
            WHERE indrelid::regclass::text = ANY(%s)
              AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1""",
        [list(tables)],
    )
    indexes = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(name)))
    for name, _definition, _comment in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name.strip('"'))))
    yield
    with _said(f"{len(indexes)} indexes"):
        for name, definition, comment in indexes:
            cr.execute(SQL(definition.replace("%", "%%")))
            if comment:  # by it Odoo knows whether the index is as declared
                index = SQL.identifier(name.strip('"'))
                cr.execute(SQL("COMMENT ON INDEX %s IS %s", index, comment))
        for table, name, definition in keys:
            cr.execute(
                SQL(
                    "ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    SQL(definition.removesuffix(" NOT VALID")),
                )
            )


def _first_ids(cr):
    """Return {table: an id above all that are there}: all later ids follow from the numbers of the lot."""
    ids = {}
    for table in TABLES:
        if "id" in table_columns(cr, table):
            cr.execute(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table)))
            ids[table] = cr.fetchone()[0]
    return ids


def _insert(cr, table, columns, source, base):
    """Insert what the columns of the table are given; columns of addons that are not there are left out."""
    there = table_columns(cr, table)
    columns = {name: value for name, value in columns.items() if name in there}
    stamps = {"create_uid": "1", "write_uid": "1", "create_date": "now()", "write_date": "now()"}
    columns = {name: value for name, value in stamps.items() if name in there} | columns
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(SQL(value, **base) for value in columns.values()),
            SQL(source, **base),
        )
    )
