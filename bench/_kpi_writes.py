"""What the figures cost those who confirm, deliver, invoice and settle; see kpi.py.

Two clones of the same database with Odoo's own addons: one gets all addons but adv_kpi, the other all. So
the second writes the indexes and the columns that the figures read, and the notes of what has changed, and
the first does not. Each round makes the same orders in both and times each step, the first of the two
changing from round to round.
"""

import os

import orders as sales
from _process import Worker, clone, install

LINES = 5
ORDERS = 10
STEPS = (*sales.STEPS, "settle")

prepare, make, submit = sales.prepare, sales.make, sales.submit
confirm, deliver, invoice = sales.confirm, sales.deliver, sales.invoice


def settle(env, ids):
    """Take in the money of each order's invoice and match it."""
    from odoo.fields import Command

    bank = env["account.account"].search([("account_type", "=", "asset_cash")], limit=1)
    for order in env["sale.order"].browse(ids):
        open_item = order.invoice_ids.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        sides = ((bank, open_item.balance), (open_item.account_id, -open_item.balance))
        entry = env["account.move"].create(
            {
                "move_type": "entry",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": order.partner_id.id, "balance": balance}
                    )
                    for account, balance in sides
                ],
            }
        )
        entry.action_post()
        (open_item + entry.line_ids[1]).reconcile()
        if open_item.amount_residual:
            raise RuntimeError("the invoice is still open")


def indexes(env):
    """Return the names of all indexes."""
    env.cr.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()")
    return [row[0] for row in env.cr.fetchall()]


def run(rounds):
    """Measure and print."""
    source = os.environ["ADV_BASE_TEMPLATE"]
    with clone(source, "adv_bench_without") as without, clone(source, "adv_bench_with") as with_it:
        install("adv_billing", without)
        install("adv_kpi", with_it)
        workers = {"native": Worker("_kpi_writes", without), "ours": Worker("_kpi_writes", with_it)}
        try:
            known, all_of_them = (set(worker.step("indexes")["result"]) for worker in workers.values())
            costs = sales.measure(workers, LINES, ORDERS, rounds, STEPS)
        finally:
            for worker in workers.values():
                worker.close()
    added = all_of_them - known
    names = sorted(name for name in added if "_adv_kpi_" in name and name.endswith("_index"))
    print(
        f"writes with the figures (ours: {len(names)} indexes, their columns and notes) and without (native):"
    )
    print("  " + ", ".join(names))
    sales.report(costs, LINES, ORDERS, rounds)
