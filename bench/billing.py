"""Billing orders by a run of adv_billing and by Odoo's own _create_invoices, in turn.

Both databases are clones of the same one with Odoo's own addons; in the second adv_billing is installed. Each
round delivers the same orders in both and bills them: natively in one call, and by a billing run with its
locks, savepoints, results and commits. With --post the invoices are posted too (and checked, in ours). The
first of the two changes from round to round.
"""

import argparse
import os
import statistics

import orders as sales
from _process import Worker, clone, install


def prepare(env, lines):
    """A company that bills, a customer and stocked products; as in the benchmark of orders."""
    found = sales.prepare(env, lines)
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}", "street": "1 Road", "city": "Town"} for number in range(20)]
    )
    return {"partners": customers.ids, "products": found["products"]}


def make(env, partners, products, orders, label):
    """Orders that are confirmed and delivered."""
    made = env["sale.order"]
    for position, partner in enumerate(partners):
        share = orders // len(partners) + (position < orders % len(partners))
        made |= made.browse(sales.make(env, partner, products, share, f"{label}-{position}"))
    if hasattr(made, "_adv_submit"):
        made._adv_submit()
    made.action_confirm()
    for move in made.picking_ids.move_ids:
        move.quantity = move.product_uom_qty
        move.picked = True
    made.picking_ids._action_done()
    return made.ids


def set_posting(env, post):
    """A rule of the company: each order on its own, as delivered."""
    if "adv.billing.rule" in env:
        env["adv.billing.rule"].create({"company_id": env.company.id, "mode": "delivery", "auto_post": post})


def native(env, ids, post):
    """One call for all orders."""
    invoices = env["sale.order"].browse(ids)._create_invoices(grouped=True, final=True)
    if post:
        invoices.action_post()


def run(env, ids, post):
    """A billing run over everything that is due."""
    done = env["adv.billing.run"].create({"company_id": env.company.id})
    done.action_run()
    states = done.line_ids.mapped("state")
    if states != ["done"] * len(ids) or post != (done.line_ids.move_id.mapped("state")[:1] == ["posted"]):
        raise RuntimeError(f"the run billed {states.count('done')} of {len(ids)} orders")


def measure(workers, options):
    """Return {name: [(seconds, seconds of work, statements) an order]}, round by round."""
    bases = {name: worker.step("prepare", lines=options.lines)["result"] for name, worker in workers.items()}
    for worker in workers.values():
        worker.step("set_posting", post=options.post)
    costs = {name: [] for name in workers}
    share = options.orders // options.rounds
    for number in range(options.rounds + 1):  # the first round warms up and does not count
        names = list(workers)[:: 1 if number % 2 else -1]
        for name in names:
            worker = workers[name]
            size = share if number else min(share, 20)
            ids = worker.step("make", orders=size, label=f"R{number}", **bases[name])["result"]
            answer = worker.step("run" if name == "ours" else "native", ids=ids, post=options.post)
            if number:
                costs[name].append(tuple(answer[key] / size for key in ("seconds", "work", "statements")))
    return costs


def report(costs, options):
    """Print medians an invoice, and the ratio of each round: both ran one after the other in it."""
    print(
        f"{options.orders} orders of {options.lines} lines in {options.rounds} rounds, "
        f"invoices {'posted' if options.post else 'as drafts'}; an invoice:"
    )
    for name, rows in costs.items():
        seconds, work = (sorted(cost[key] * 1000 for cost in rows) for key in (0, 1))
        statements = statistics.median(cost[2] for cost in rows)
        print(
            f"{name:<8}{statistics.median(seconds):>8.1f} ms (least {seconds[0]:.1f}, "
            f"most {seconds[-1]:.1f}),{statistics.median(work):>8.1f} ms of work,"
            f"{statements:>8.1f} statements"
        )
    pairs = list(zip(costs["ours"], costs["native"], strict=True))
    for key, label in ((0, "time"), (1, "work"), (2, "statements")):
        ratios = sorted(ours[key] / native[key] for ours, native in pairs)
        print(
            f"ours / native, {label}: {statistics.median(ratios):.2f} "
            f"(rounds from {ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=1000, help="orders in all (1000)")
    parser.add_argument("--lines", type=int, default=3, help="lines an order (3)")
    parser.add_argument("--rounds", type=int, default=10, help="rounds that count (10)")
    parser.add_argument("--post", action="store_true", help="post the invoices too")
    options = parser.parse_args()
    source = os.environ["ADV_BASE_TEMPLATE"]
    with clone(source, "adv_bench_billing_native") as there, clone(source, "adv_bench_billing_ours") as ours:
        install("adv_billing", ours)
        workers = {"native": Worker("billing", there), "ours": Worker("billing", ours)}
        try:
            costs = measure(workers, options)
        finally:
            for worker in workers.values():
                worker.close()
    report(costs, options)


if __name__ == "__main__":
    main()
