"""What the indexes of the figures cost those who confirm, deliver and invoice; see kpi.py.

Two clones of the same database with the addons, in one without the indexes and without the notes of stock
moves changed. Each round makes the same orders
in both and times each step, the first of the two changing from round to round.
"""

import os

import orders as sales
from _process import Worker, clone

LINES = 5
ORDERS = 10


def drop_indexes(env):
    """Drop the indexes that the figures have declared; return their names."""
    env.cr.execute(
        """SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_adv\\_kpi\\_%\\_index' ORDER BY 1""",
    )
    names = [row[0] for row in env.cr.fetchall()]
    for name in names:
        env.cr.execute(f'DROP INDEX "{name}"')
    # nor does this process note which days' moves have changed
    type(env["adv.stock.change"])._adv_note = lambda *args: None
    return names


prepare, make, submit = sales.prepare, sales.make, sales.submit
confirm, deliver, invoice = sales.confirm, sales.deliver, sales.invoice


def run(rounds):
    """Measure and print."""
    source = os.environ["ADV_TEMPLATE"]
    with clone(source, "adv_bench_with") as with_them, clone(source, "adv_bench_without") as without:
        workers = {"native": Worker("_kpi_writes", without), "ours": Worker("_kpi_writes", with_them)}
        try:
            names = workers["native"].step("drop_indexes")["result"]
            costs = sales.measure(workers, LINES, ORDERS, rounds)
        finally:
            for worker in workers.values():
                worker.close()
    print(f"writes with {len(names)} indexes of the figures (ours) and without them (native):")
    print("  " + ", ".join(names))
    sales.report(costs, LINES, ORDERS, rounds)
