"""What the benchmark of a day does inside Odoo: the company and its people, and the accounts at night."""

import _dunning
import _trade
from odoo.fields import Command
from odoo.tools import SQL
from psycopg2 import OperationalError

PEOPLE = {
    "assistant": ("adv_orders.group_adv_assistant", "account.group_account_invoice"),
    "manager": ("adv_orders.group_adv_manager", "adv_kpi.group_kpi_manager"),
    "storekeeper": ("stock.group_stock_user",),
    "accountant": ("account.group_account_invoice", "adv_orders.group_adv_assistant"),
    "collector": ("adv_dunning.group_collection_manager",),
    "salesperson": ("sales_team.group_sale_salesman",),
    "customer": ("base.group_portal",),
}
STOCK = 1_000_000
SOLD = 40  # products and customers of the day: the ones that everybody reaches for
BUYERS = 60


def make_history(env, orders):
    """Three years of trade (_trade.py), and goods on the shelf for the day to come."""
    base = _trade.prepare(env, orders)
    _trade.build(env.cr, base, orders)
    goods = env["product.product"].browse(base["products"][:SOLD])
    warehouse = env["stock.warehouse"].browse(base["warehouse"])
    for product in goods:
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, STOCK)
    env.company.email = "sales@example.com"
    env.flush_all()
    _dress(env, base["partners"])
    names = ("company", "type_out")
    partners = base["partners"][:BUYERS]
    return {**{name: base[name] for name in names}, "products": goods.ids, "partners": partners}


def _dress(env, partners):
    """What the trade leaves out because no figure reads it, and reminders need."""
    env.cr.execute(
        "UPDATE res_partner SET email = 'customer' || id || '@example.com', zip = '75001' WHERE id = ANY(%s)",
        [partners],
    )


def fill_history(env):
    """Run the jobs that fill the facts of the history."""
    for name in ("adv.backfill", "adv.billing.backfill", "adv.kpi.backfill"):
        env[name]._adv_cron_run()


def open_the_department(env, base, people, portal):
    """Everything enforced, people with passwords, a policy that reminds; return what they work on."""
    company = env.company
    company.write(
        {
            "adv_check_mode": "enforce",
            "adv_approval_mode": "enforce",
            "adv_billing_mode": "enforce",
            "adv_tz": "Europe/Paris",
        }
    )
    _dunning._prepare_ours(env, company)
    users = env["res.users"].with_context(no_reset_password=True)
    made = {}
    for name, role in people.items():
        groups = [env.ref(group).id for group in PEOPLE[role]]
        made[name] = users.create(
            {
                "name": name,
                "login": name,
                "password": "flow",
                "email": f"{name}@example.com",
                "group_ids": [Command.set(groups)],
            }
        )
    for name, parent in zip(portal, base["partners"], strict=False):
        made[name].partner_id.parent_id = parent
    env.ref("base.user_admin").password = "flow"
    approver = next(made[name] for name, role in people.items() if role == "manager")
    department = env["adv.department"].create({"name": "Flow", "member_ids": [Command.set(approver.ids)]})
    env["adv.approval.rule"].create({"name": "Large", "department_id": department.id, "amount_min": 300.0})
    env["adv.billing.rule"].create({"company_id": company.id, "mode": "delivery", "auto_post": False})
    crons = env["ir.model.data"].search([("model", "=", "ir.cron"), ("module", "=like", "adv_%")])
    env["ir.cron"].search([("id", "not in", crons.mapped("res_id"))]).active = False  # Odoo's own
    journal = env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", company.id)], limit=1)
    return {
        "company": company.id,
        "products": base["products"],
        "customers": base["partners"],
        "portal_partners": [made[name].partner_id.id for name in portal],
        "type_out": base["type_out"],
        "journal": journal.id,
        "credit_reason": env.ref("adv_billing.credit_reason_price").id,
        "dispute_reason": env.ref("adv_dunning.dispute_reason_price").id,
        "crons": crons.mapped("res_id"),
    }


def stop_the_clock(env):
    """Start no job any more; return once the running ones have ended."""
    for _attempt in range(60):
        try:
            env.cr.execute("UPDATE ir_cron SET active = FALSE", log_exceptions=False)
            env.cr.commit()
            return
        except OperationalError:  # noqa: PERF203 - a job ended meanwhile and wrote its own row
            env.cr.rollback()


def close_the_day(env):
    """Let the jobs end what they had begun, as the night does."""
    env["sale.order"]._adv_cron_confirm_ready()
    env["adv.billing.run"]._cron_bill()
    env["adv.dunning.run"]._cron_compute()
    env["adv.dunning.run"]._cron_send()


# --- The accounts at night: each returns a list of what does not agree

EVENING = {
    "a delivery line is shipped once": """
        SELECT so.name, line.id, line.product_uom_qty, SUM(move.quantity)
          FROM sale_order_line line
          JOIN sale_order so ON so.id = line.order_id AND so.client_order_ref LIKE 'FLOW%'
          JOIN stock_move move ON move.sale_line_id = line.id AND move.state = 'done'
          JOIN stock_location place ON place.id = move.location_dest_id AND place.usage = 'customer'
         GROUP BY so.name, line.id
        HAVING SUM(move.quantity) > GREATEST(line.product_uom_qty, line.qty_delivered)
    """,
    "nothing is billed that was not delivered": """
        SELECT so.name, line.id, line.qty_delivered, SUM(CASE move.move_type WHEN 'out_invoice'
               THEN billed.quantity ELSE -billed.quantity END)
          FROM sale_order_line line
          JOIN sale_order so ON so.id = line.order_id AND so.client_order_ref LIKE 'FLOW%'
          JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
          JOIN account_move_line billed ON billed.id = link.invoice_line_id
          JOIN account_move move ON move.id = billed.move_id AND move.state <> 'cancel'
         GROUP BY so.name, line.id
        HAVING SUM(CASE move.move_type WHEN 'out_invoice' THEN billed.quantity ELSE -billed.quantity END)
               > line.qty_delivered + 0.001
    """,
    "what Odoo says is delivered is what was shipped": """
        SELECT so.name, line.id, line.qty_delivered, COALESCE(SUM(move.quantity), 0)
          FROM sale_order_line line
          JOIN sale_order so ON so.id = line.order_id AND so.client_order_ref LIKE 'FLOW%'
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id AND template.type = 'consu'
          LEFT JOIN stock_move move ON move.sale_line_id = line.id AND move.state = 'done'
         GROUP BY so.name, line.id
        HAVING ABS(line.qty_delivered - COALESCE(SUM(move.quantity), 0)) > 0.001
    """,
    "an instalment is reminded once a level": """
        SELECT line.move_id, line.rank, line.level_id, line.cycle, COUNT(*)
          FROM adv_dunning_notice_line line
          JOIN adv_dunning_notice notice ON notice.id = line.notice_id AND notice.state = 'sent'
         GROUP BY 1, 2, 3, 4 HAVING COUNT(*) > 1
    """,
    "an invoice is open for what its entries are open": """
        SELECT move.name, move.amount_residual_signed, SUM(line.amount_residual)
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'payment_term'
         WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
         GROUP BY move.id HAVING ABS(move.amount_residual_signed - SUM(line.amount_residual)) > 0.005
    """,
    "an entry is open for what is not matched": """
        SELECT line.id, line.balance, line.amount_residual, COALESCE(matched.amount, 0)
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
           AND account.account_type = 'asset_receivable'
          LEFT JOIN LATERAL (
               SELECT SUM(CASE part.debit_move_id WHEN line.id THEN 1 ELSE -1 END * part.amount) AS amount
                 FROM account_partial_reconcile part
                WHERE line.id IN (part.debit_move_id, part.credit_move_id)) matched ON TRUE
         WHERE line.parent_state = 'posted'
           AND ABS(line.balance - COALESCE(matched.amount, 0) - line.amount_residual) > 0.005
    """,
    "a letter leaves once": """
        SELECT notice.id, COUNT(*) FROM adv_dunning_notice notice
          JOIN mail_message message ON message.model = 'adv.dunning.notice' AND message.res_id = notice.id
          JOIN mail_mail mail ON mail.mail_message_id = message.id
         GROUP BY notice.id HAVING COUNT(*) > 1
    """,
}


def compare(env):
    """Return {what should hold: what does not}."""
    found = {}
    for name, statement in EVENING.items():
        env.cr.execute(statement)
        found[name] = [str(row) for row in env.cr.fetchall()]
    found["reminders went out"] = [] if _sent(env) else ["none"]
    found["the ledger is our figure"] = _ledger_against_figures(env)
    found["followed instalments are the ledger's"] = _ledger_against_items(env)
    found["an order's facts are those of its documents"] = _facts_again(env)
    found["figures' columns are those of their sources"] = _reconciled(env)
    return found


def _sent(env):
    return env["adv.dunning.notice"].search_count([("state", "=", "sent")], limit=1)


def _ledger(env):
    env.cr.execute(
        """SELECT COALESCE(SUM(line.amount_residual), 0) FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
              AND line.company_id = %s""",
        [env.company.id],
    )
    return float(env.cr.fetchone()[0])


def _ledger_against_figures(env):
    today = env.company._adv_today()
    values = env["adv.kpi"].get_values(["receivable_balance"], today.replace(day=1), today)
    figure = values["receivable_balance"]["value"]
    ledger = _ledger(env)
    return [] if abs(figure - ledger) < 0.005 else [f"ledger {ledger:.2f}, figure {figure:.2f}"]


def _ledger_against_items(env):
    env.cr.execute(
        """SELECT line.partner_id, SUM(line.amount_residual_currency), MAX(item.amount)
             FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id
             JOIN LATERAL (SELECT SUM(amount_open) AS amount FROM adv_dunning_item
                            WHERE move_id = line.move_id) item ON TRUE
            WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
              AND NOT line.reconciled AND line.amount_residual > 0 AND item.amount IS NOT NULL
            GROUP BY line.partner_id, line.move_id
           HAVING ABS(SUM(line.amount_residual_currency) - MAX(item.amount)) > 0.005"""
    )
    return [str(row) for row in env.cr.fetchall()]


def _facts_again(env):
    """Recompute from the documents the facts of the day's orders; tell which differ."""
    orders = env["sale.order"].search([("client_order_ref", "like", "FLOW"), ("state", "=", "sale")])
    names = (
        "adv_state",
        "adv_delivered_date",
        "adv_first_delivery_date",
        "adv_is_in_full",
        "adv_is_on_time",
        "adv_invoiced_date",
        "adv_settled_date",
        "adv_line_count",
        "adv_amount_company",
    )
    names = [name for name in names if orders._fields[name].compute]
    before = {order.id: {name: order[name] for name in names} for order in orders}
    for name in names:
        env.add_to_compute(orders._fields[name], orders)
    orders.flush_recordset(names)
    return [
        f"{order.name}.{name}: {before[order.id][name]}, recomputed {order[name]}"
        for order in orders
        for name in names
        if order[name] != before[order.id][name]
    ]


def _reconciled(env):
    differed = env["adv.kpi.reconciliation"]._adv_reconcile()
    return [f"{differed} rows differed"] if differed else []


def kept(env, made):
    """Return what somebody was told is done and that is not there."""
    missing = []
    for model, ids in made.items():
        there = set(env[model].browse(ids).exists().ids)
        missing += [f"{model} {number}" for number in ids if number not in there]
    pickings = env["stock.picking"].browse(made.get("stock.picking", []))
    missing += [f"{picking.name} is {picking.state}" for picking in pickings if picking.state != "done"]
    moves = env["account.move"].browse(made.get("account.move", []))
    missing += [f"invoice {move.id} is {move.state}" for move in moves if move.state == "draft"]
    return missing


def size(env):
    """Numbers of documents, to show how much happened."""
    tables = (
        "sale_order",
        "stock_picking",
        "account_move",
        "account_partial_reconcile",
        "adv_dunning_notice",
    )
    rows = {}
    for table in tables:
        env.cr.execute(SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table)))
        rows[table] = env.cr.fetchone()[0]
    return rows
