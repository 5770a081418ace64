"""Installing the four addons on a history, filling it, updating and uninstalling: time, memory, locks.

A clone of a database with Odoo's own addons gets three years of trade (_trade.py); then the addons are
installed on it, the jobs that fill history run to their end, the addons are updated and uninstalled,
one after the other, each in a process of its own. All the while somebody else inserts and changes an
order every 100 ms by plain SQL, as a second server of the company would: the longest that this one had
to wait is the longest lock on the tables it writes. With --keep the history stays at the end as a
database of its own, and a run with --keep that finds it there with as many orders copies it again.
"""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import closing

import psycopg2
from _process import Worker, clone, copy, drop
from kpi import _connect, orders_in

DATABASE = "adv_bench_install"
HISTORY = "adv_bench_history"
ADDONS = ("adv_orders", "adv_dunning", "adv_billing", "adv_kpi")
JOBS = ("adv.backfill", "adv.billing.backfill", "adv.kpi.backfill")
EVERY = 0.1  # seconds
STATEMENTS = (
    """INSERT INTO sale_order (name, company_id, partner_id, partner_invoice_id, partner_shipping_id, state,
                               date_order, picking_policy)
       SELECT 'W', company_id, partner_id, partner_invoice_id, partner_shipping_id, 'draft', now(),
              picking_policy
         FROM sale_order ORDER BY id DESC LIMIT 1""",
    "UPDATE sale_order SET client_order_ref = 'X' WHERE id = (SELECT max(id) FROM sale_order)",
    "UPDATE account_move SET ref = 'X' WHERE id = (SELECT max(id) FROM account_move)",
)


class Writer(threading.Thread):
    """Somebody who takes orders meanwhile; `longest` is the longest wait since `reset`."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.stopped = threading.Event()
        self.longest, self.writes, self._since = 0.0, 0, None
        self._connection = _connect(database)

    def run(self):
        with self._connection.cursor() as cursor:
            # gives way at once and comes again: in a deadlock the installation must not be the one to end
            cursor.execute("SET lock_timeout = '200ms'")
            while not self.stopped.wait(EVERY):
                self._since = time.perf_counter()
                for statement in STATEMENTS:
                    self._insist(cursor, statement)
                self.longest = max(self.longest, time.perf_counter() - self._since)
                self._since = None
                self.writes += 1

    def _insist(self, cursor, statement):
        while not self.stopped.is_set():
            try:
                cursor.execute(statement)
            except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):  # noqa: PERF203 - it waits
                time.sleep(0.01)
            else:
                return

    def reset(self):
        """Return (longest wait, number of writes) since the last time."""
        since = self._since
        waiting = time.perf_counter() - since if since else 0.0
        found = max(self.longest, waiting), self.writes
        self.longest, self.writes = 0.0, 0
        return found

    def stop(self):
        self.stopped.set()
        self.join(600)
        self._connection.close()


def make(env, orders):
    """Build the history."""
    import _trade

    _trade.build(env.cr, _trade.prepare(env, orders), orders)


def build(orders):
    """Build the history in a database of its own, without the addons."""
    import _trade

    start = time.perf_counter()
    copy(os.environ["ADV_BASE_TEMPLATE"], HISTORY)
    worker = Worker("install", HISTORY)
    worker.step("make", orders=orders)
    worker.close()
    with closing(_connect(HISTORY)) as connection:
        _trade.pack(connection, [name for name in _trade.TABLES if not name.startswith("adv_")])
    print(f"{orders:,} orders of {_trade.lot.LINES} lines in {time.perf_counter() - start:.0f} s", flush=True)


def fill(env):
    """Run the jobs to their end; return the seconds of each."""
    spans = {}
    for name in JOBS:
        start = time.perf_counter()
        env[name]._adv_cron_run()
        env.cr.commit()
        spans[name] = time.perf_counter() - start
        if left := env[name]._adv_remaining():
            raise RuntimeError(f"{name} left {left}")
    return spans, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def odoo(database, *arguments):
    """Run the odoo command; return its peak memory in MB; RuntimeError when it complains."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    command = [sys.executable, "-m", "odoo", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}:\n{done.stdout[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return after // 1024 if after > before else None


def phases(database):
    """Yield (name, what it does, which returns its peak memory in MB or None, and more to say)."""
    rest = ["-c", os.environ["ODOO_RC"], "-d", database]
    server = ["--stop-after-init", "--no-http", "--log-level=warn"]

    def filled():
        worker = Worker("install", database)
        spans, memory = worker.step("fill")["result"]
        worker.close()
        return memory, ", ".join(f"{name} {seconds / 60:.1f}" for name, seconds in spans.items())

    for addon in ADDONS:
        yield f"install {addon}", lambda addon=addon: (odoo(database, *rest, "-i", addon, *server), "")
    yield "fill history", filled
    yield "update all four", lambda: (odoo(database, *rest, "-u", ",".join(ADDONS), *server), "")
    for addon in reversed(ADDONS):
        yield (
            f"uninstall {addon}",
            lambda addon=addon: (odoo(database, "module", "uninstall", *rest, addon), ""),
        )


def measure(database):
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<24}{'minutes':>9}{'peak MB':>9}{'longest wait s':>16}{'writes':>8}", flush=True)
    writer = Writer(database)
    writer.start()
    try:
        for name, work in phases(database):
            start = time.perf_counter()
            memory, more = work()
            minutes = (time.perf_counter() - start) / 60
            longest, writes = writer.reset()
            print(
                f"{name:<24}{minutes:>9.2f}{memory or 'less':>9}{longest:>16.2f}{writes:>8}  {more}",
                flush=True,
            )
    finally:
        writer.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the history (100,000)")
    parser.add_argument(
        "--keep",
        action="store_true",
        help=f"keep the history as {HISTORY}, and use it again when it has as many orders",
    )
    options = parser.parse_args()
    try:
        if not (options.keep and orders_in(HISTORY) == options.orders):
            build(options.orders)
        with clone(HISTORY, DATABASE) as database:
            measure(database)
    finally:
        if not options.keep:
            drop(HISTORY)


if __name__ == "__main__":
    main()
