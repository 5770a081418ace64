"""Confirming, delivering and invoicing orders with adv_orders and without it, in turn.

Both databases are clones of the same one with Odoo's own addons; in the second adv_orders alone is installed.
Each round makes the same orders in both and times each step apart, the first of the two changing from round
to round. Submitting (checks and approvals) is work that Odoo does not have and is timed on its own.
"""

import argparse
import os
import statistics

from _process import Worker, clone, install

STEPS = ("submit", "confirm", "deliver", "invoice")


def prepare(env, lines):
    """A company that bills, a customer and stocked products."""
    from odoo.fields import Command

    env.company.write({"country_id": env.ref("base.us").id})
    env["account.chart.template"].try_loading("generic_coa", company=env.company, install_demo=False)
    partner = env["res.partner"].create(
        {"name": "Customer of the benchmark", "street": "1 Road", "city": "Town"}
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Product {number}",
                "type": "consu",
                "is_storable": True,
                "list_price": 10 + number,
                "standard_price": 6 + number,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
            for number in range(lines)
        ]
    )
    stock = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    for product in products:
        env["stock.quant"]._update_available_quantity(product, stock, 1_000_000)
    return {"partner": partner.id, "products": products.ids}


def make(env, partner, products, orders, label):
    """Quotations to work on."""
    from odoo.fields import Command

    lines = [
        Command.create({"product_id": product, "product_uom_qty": 2 + position})
        for position, product in enumerate(products)
    ]
    values = [
        {"partner_id": partner, "client_order_ref": f"{label}-{number}", "order_line": lines}
        for number in range(orders)
    ]
    return env["sale.order"].create(values).ids


def submit(env, ids):
    """Checks and approvals: nothing without adv_orders."""
    orders = env["sale.order"].browse(ids)
    if hasattr(orders, "_adv_submit"):
        orders._adv_submit()


def confirm(env, ids):
    """Confirm one by one, as people do; what was submitted is not submitted again."""
    for order in env["sale.order"].browse(ids):
        if hasattr(order, "_adv_confirm_cleared"):
            order._adv_confirm_cleared()
        else:
            order.action_confirm()


def deliver(env, ids):
    """Validate the transfers one by one."""
    for picking in env["sale.order"].browse(ids).picking_ids:
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.button_validate()


def invoice(env, ids):
    """Make and post one invoice an order."""
    for order in env["sale.order"].browse(ids):
        order._create_invoices().action_post()


def measure(workers, lines, orders, rounds, steps=STEPS):
    """Return {step: {name: [(seconds, statements) an order]}}."""
    bases = {name: worker.step("prepare", lines=lines)["result"] for name, worker in workers.items()}
    costs = {step: {name: [] for name in workers} for step in steps}
    for number in range(rounds + 1):  # the first round warms up and does not count
        names = list(workers)[:: 1 if number % 2 else -1]
        ids = {
            name: workers[name].step("make", orders=orders, label=f"R{number}", **bases[name])["result"]
            for name in names
        }
        for step in steps:
            for name in names:
                answer = workers[name].step(step, ids=ids[name])
                if number:
                    costs[step][name].append((answer["seconds"] / orders, answer["statements"] / orders))
    return costs


def report(costs, lines, orders, rounds):
    """Print medians an order and their ratio; the ratio of minima says more on a machine that is busy."""
    print(f"{rounds} rounds of {orders} orders of {lines} lines; medians an order")
    print(
        f"{'step':<10}{'native ms':>12}{'ours ms':>12}{'ratio':>8}{'of minima':>11}"
        f"{'native stmts':>14}{'ours stmts':>12}"
    )
    total = {"native": 0.0, "ours": 0.0}
    for step, names in costs.items():
        seconds = {name: statistics.median(cost[0] for cost in rows) for name, rows in names.items()}
        statements = {name: statistics.median(cost[1] for cost in rows) for name, rows in names.items()}
        least = {name: min(cost[0] for cost in rows) for name, rows in names.items()}
        ratio = minima = "-"
        if step != "submit":
            minima = f"{least['ours'] / least['native']:.2f}"
            ratio = f"{seconds['ours'] / seconds['native']:.2f}"
            for name in total:
                total[name] += seconds[name]
        print(
            f"{step:<10}{seconds['native'] * 1000:>12.1f}{seconds['ours'] * 1000:>12.1f}"
            f"{ratio:>8}{minima:>11}{statements['native']:>14.1f}{statements['ours']:>12.1f}"
        )
    timed = " + ".join(step for step in costs if step != "submit")
    print(f"{timed}: {total['ours'] / total['native']:.2f} times native")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=10, help="lines an order (10)")
    parser.add_argument("--orders", type=int, default=10, help="orders a round (10)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds that count (7)")
    options = parser.parse_args()
    source = os.environ["ADV_BASE_TEMPLATE"]
    with clone(source, "adv_bench_native") as native, clone(source, "adv_bench_ours") as ours:
        install("adv_orders", ours)
        workers = {"native": Worker("orders", native), "ours": Worker("orders", ours)}
        try:
            costs = measure(workers, options.lines, options.orders, options.rounds)
        finally:
            for worker in workers.values():
                worker.close()
    report(costs, options.lines, options.orders, options.rounds)


if __name__ == "__main__":
    main()
