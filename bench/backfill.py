"""Filling the milestones of earlier orders after an installation: time by batch, memory, longest lock.

A clone of a database with Odoo's own addons gets a history of orders by set-based statements, then
adv_orders is installed on it and the job that fills the milestones runs in a process of its own.
The longest lock is the longest transaction of the job: nobody who changes an order waits longer for it.
"""

import argparse
import os
import resource
import statistics
import time

from _history import build, define, prepare
from _process import Worker, clone, install

DATABASE = "adv_bench_backfill"


def make_history(env, orders):
    """A history of so many orders; return its size."""
    base = prepare(env)
    define(env.cr)
    build(env.cr, base, orders)
    env.cr.execute("SELECT (SELECT count(*) FROM sale_order_line), (SELECT count(*) FROM stock_move)")
    return env.cr.fetchone()


def fill(env, batch):
    """Run the job to its end; return the seconds of each transaction, its orders, and the peak memory."""
    job, cron = type(env["adv.backfill"]), type(env["ir.cron"])
    commit, fill_batch = cron._commit_progress, job._adv_fill_batch
    spans, sizes = [], []
    started = [time.perf_counter()]

    def timed_commit(self, *args, **kwargs):
        result = commit(self, *args, **kwargs)
        now = time.perf_counter()
        spans.append(now - started[0])
        started[0] = now
        return result

    def counted(self, size):
        sizes.append(fill_batch(self, size))
        return sizes[-1]

    cron._commit_progress, job._adv_fill_batch = timed_commit, counted
    env["adv.backfill"]._adv_cron_run(batch)
    env.cr.commit()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"spans": spans[1:], "sizes": [size for size in sizes if size], "memory": memory}


def filled(env):
    """Figures to look at: are they plausible?"""
    env.cr.execute(
        """SELECT count(*) FILTER (WHERE adv_history), count(adv_confirmed_date), count(adv_delivered_date),
                  count(*) FILTER (WHERE adv_is_in_full), count(*) FILTER (WHERE adv_is_on_time),
                  count(*) FILTER (WHERE adv_is_first_order)
             FROM sale_order WHERE name LIKE 'H%'"""
    )
    return env.cr.fetchone()


def report(orders, size, installed, answer, facts):
    spans, sizes = answer["spans"], answer["sizes"]
    batches, others = spans[: len(sizes)], spans[len(sizes) :]
    lines, moves = size
    print(f"{orders:,} orders, {lines:,} lines, {moves:,} moves; installed on them in {installed:.1f} s")
    for first in range(0, len(batches), max(len(batches) // 10, 1)):
        print(f"  batch {first + 1:>4}: {sizes[first]:>6} orders in {batches[first]:6.3f} s")
    print(
        f"{len(batches)} batches: median {statistics.median(batches):.3f} s, longest {max(batches):.3f} s, "
        f"together {sum(batches):.1f} s; first orders {sum(others):.1f} s in {len(others)} transactions"
    )
    print(
        f"total {sum(spans):.1f} s ({orders / sum(spans):,.0f} orders a second); "
        f"peak memory {answer['memory']} MB; longest lock {max(spans):.3f} s"
    )
    left, confirmed, delivered, in_full, on_time, first = facts
    print(
        f"left {left}, confirmed {confirmed:,}, delivered {delivered:,}, in full {in_full:,}, "
        f"on time {on_time:,}, first orders {first:,}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the history (100,000)")
    parser.add_argument("--batch", type=int, default=1000, help="orders a batch (1,000)")
    options = parser.parse_args()
    with clone(os.environ["ADV_BASE_TEMPLATE"], DATABASE) as database:
        worker = Worker("backfill", database)
        size = worker.step("make_history", orders=options.orders)["result"]
        worker.close()
        start = time.perf_counter()
        install("adv_orders", database)
        installed = time.perf_counter() - start
        worker = Worker("backfill", database)
        answer = worker.step("fill", batch=options.batch)["result"]
        facts = worker.step("filled")["result"]
        worker.close()
    report(options.orders, size, installed, answer, facts)


if __name__ == "__main__":
    main()
