"""The dashboard of figures on a large history, and Odoo's own reports asked for the same.

A clone of a database with the addons gets three years of trade (_trade.py says how they are spread). Then one
run times: the opening of the dashboard, a change of one filter, the workbook, the figures of the tables of
headers alone, one sequential scan of these tables, and sale.report and account.invoice.report asked for what
they know of the same figures. Cold: what PostgreSQL and the system keep of the database in memory is dropped
first, as far as the server's rights and ours allow; warm: the median of what follows.

Last comes what the indexes and columns that the figures need cost those who confirm and invoice: the same
orders, in turn, with the indexes and without.
"""

import argparse
import os
import resource
import statistics
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from _process import Worker, clone

DATABASE = "adv_bench_kpi"
HEADERS = ("sale_order", "account_move")


def _connect(database):
    connection = psycopg2.connect(
        dbname=database,
        host=os.environ.get("PGHOST"),
        port=os.environ.get("PGPORT"),
        user=os.environ.get("PGUSER"),
        password=os.environ.get("PGPASSWORD"),
    )
    connection.autocommit = True
    return connection


# === STEPS IN ODOO === #


def make(env, orders):
    """Build the history; return the number of rows by table."""
    import _trade

    base = _trade.prepare(env, orders)
    _trade.build(env.cr, base, orders)
    env.ref("base.user_admin").group_ids |= env.ref("adv_kpi.group_kpi_manager")
    return base["teams"]


def _reader(env):
    """The environment of somebody who reads figures, with the record rules of one."""
    env = env(user=env.ref("base.user_admin"), su=False)
    env.invalidate_all()
    return env["adv.kpi"], env.company._adv_today()


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def opening(env, **filters):
    """Open the dashboard on the month up to today; return the peak memory of the process in MB."""
    kpis, today = _reader(env)
    cards = kpis.get_dashboard(today.replace(day=1), today, filters=filters)["cards"]
    if not any(card["value"] for card in cards):
        raise RuntimeError("nothing was counted")
    return _memory()


def workbook(env):
    """Make the workbook of all figures; return (its size in bytes, peak memory in MB)."""
    kpis, today = _reader(env)
    return len(kpis._get_workbook(today.replace(day=1), today)), _memory()


def _header_codes(kpis):
    """Codes of the first page whose measures read the tables of headers and nothing else."""
    models = {"sale.order", "account.move"}
    return [
        kpi.code
        for kpi in kpis.search([("first_page", "=", True)])
        if all(measure.source.model in models and not measure.models for measure in kpi._formula().measures)
    ]


def headers(env):
    """Ask for the figures of headers as the dashboard does, and for nothing else; return their codes."""
    kpis, today = _reader(env)
    codes = _header_codes(kpis)
    found, scope, period = kpis._prepare(codes, today.replace(day=1), today)
    compared = kpis._get_compared(period, "previous_year")
    kpis._load(scope, found, [period, compared, *kpis._get_months(period)])
    return codes


def scan(env):
    """Read every row of the tables of headers once."""
    env.cr.execute("SET LOCAL enable_indexscan = off")
    env.cr.execute("SET LOCAL enable_indexonlyscan = off")
    env.cr.execute("SET LOCAL enable_bitmapscan = off")
    env.cr.execute("SELECT count(*), sum(amount_untaxed) FROM sale_order")
    env.cr.execute("SELECT count(*), sum(amount_untaxed_signed) FROM account_move")


def native(env):
    """Ask Odoo's reports for what they know of the first page, over the same days.

    That is: orders, lines and intake, quotations and those won, backlog; revenue, margin and credit notes;
    for the months shown and the days compared with. Of errors, punctuality, receivables and stock they know
    nothing, and are not asked.
    """
    kpis, today = _reader(env)
    period = kpis._get_period(today.replace(day=1), today)
    compared = kpis._get_compared(period, "previous_year")
    first = kpis._get_months(period)[0].date_from
    sales, invoices = kpis.env["sale.report"], kpis.env["account.invoice.report"]
    for start, end in ((first, today), (compared.date_from, compared.date_to)):
        days = [("date", ">=", str(start)), ("date", "<=", f"{end} 23:59:59")]
        counted = ["order_reference:count_distinct", "__count", "price_subtotal:sum"]
        sales._read_group([*days, ("state", "=", "sale")], ["date:month"], counted)
        sales._read_group(days, ["date:month", "state"], ["order_reference:count_distinct"])
        invoices._read_group(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("invoice_date", ">=", start),
                ("invoice_date", "<=", end),
            ],
            ["invoice_date:month", "move_type"],
            ["move_id:count_distinct", "price_subtotal:sum", "price_margin:sum"],
        )
    sales._read_group([("state", "=", "sale"), ("qty_to_deliver", ">", 0)], [], ["price_subtotal:sum"])


def same(env):
    """Ask for the figures that `native` gives, as the dashboard does."""
    kpis, today = _reader(env)
    codes = ["order_count", "order_line_count", "order_intake", "quote_conversion_rate", "backlog_value"]
    codes += ["revenue", "gross_margin_rate", "credit_note_rate"]
    found, scope, period = kpis._prepare(codes, today.replace(day=1), today)
    compared = kpis._get_compared(period, "previous_year")
    kpis._load(scope, found, [period, compared, *kpis._get_months(period)])


# === MEASURING === #


def forget(database):
    """Drop what is kept of the database in memory; return what could be dropped."""
    done = []
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_buffercache")
            cursor.execute("CHECKPOINT")
            cursor.execute(
                """SELECT count(pg_buffercache_evict(bufferid)) FROM pg_buffercache
                    WHERE reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"""
            )
            done.append("PostgreSQL's buffers")
        except psycopg2.Error:
            pass
        try:
            cursor.execute(
                """SELECT current_setting('data_directory'),
                          (SELECT oid FROM pg_database WHERE datname = current_database())"""
            )
            folder, number = cursor.fetchone()
            for file in (Path(folder) / "base" / str(number)).iterdir():
                with file.open("rb") as stream:
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            done.append("the system's file cache")
        except (psycopg2.Error, OSError):
            pass
    return done


STEPS = {
    "dashboard opening": ("opening", {}),
    "one filter changed (a team)": ("opening", {"team_ids": 1}),
    "workbook": ("workbook", {}),
    "figures of headers alone": ("headers", {}),
    "sequential scan of headers": ("scan", {}),
    "figures that native knows": ("same", {}),
    "native reports": ("native", {}),
}


def measure(database, teams, rounds):
    """Return {title: {'cold', 'warm', 'statements', 'result'}} and what was dropped before each cold one."""
    found, dropped = {}, []
    for title, (step, arguments) in STEPS.items():
        values = dict.fromkeys(arguments, teams[:1])
        times = []
        for number in range(rounds + 1):
            if not number:
                worker = Worker("kpi", database)
                worker.step("scan_nothing")
                dropped = forget(database)
            answer = worker.step(step, **values)
            times.append(answer["seconds"])
        worker.close()
        found[title] = {
            "cold": times[0],
            "warm": statistics.median(times[1:]),
            "statements": answer["statements"],
            "result": answer["result"],
        }
    return found, dropped


def scan_nothing(env):
    """Load what Odoo keeps of the models, so that a cold measure is that of the data."""
    kpis, today = _reader(env)
    kpis.get_dashboard(today, today)


def sizes(database):
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname, reltuples::bigint FROM pg_class WHERE relname IN ('sale_order',
                'sale_order_line',
                   'stock_move', 'account_move', 'account_move_line', 'account_partial_reconcile',
                   'adv_order_error') ORDER BY 2 DESC"""
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return rows, cursor.fetchone()[0]


def report(options, built, rows, size, found, dropped):
    print(f"{options.orders:,} orders in {built:.0f} s; database of {size}")
    print("  " + ", ".join(f"{name} {number:,}" for name, number in rows))
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"cold: without {' and '.join(dropped) or 'anything dropped (no rights): the first call'}")
    print(f"{'':<32}{'cold s':>9}{'warm s':>9}{'statements':>12}")
    for title, row in found.items():
        print(f"{title:<32}{row['cold']:>9.3f}{row['warm']:>9.3f}{row['statements']:>12}")
    size, memory = found["workbook"]["result"]
    print(
        f"peak memory: {found['dashboard opening']['result']} MB opening, {memory} MB workbook "
        f"({size:,} bytes)"
    )
    print(f"figures of headers: {', '.join(found['figures of headers alone']['result'])}")
    for state in ("cold", "warm"):
        times = {title: row[state] for title, row in found.items()}
        print(
            f"{state}: native / opening {times['native reports'] / times['dashboard opening']:.1f} "
            f"(wanted: 10), "
            f"headers / scan {times['figures of headers alone'] / times['sequential scan of headers']:.2f} "
            f"(wanted: 3 or less), native / the same figures "
            f"{times['native reports'] / times['figures that native knows']:.1f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the history (100,000)")
    parser.add_argument("--rounds", type=int, default=3, help="warm rounds (3)")
    parser.add_argument(
        "--writes", type=int, default=5, help="rounds of writing with and without indexes (5)"
    )
    options = parser.parse_args()
    import _trade

    with clone(os.environ["ADV_TEMPLATE"], DATABASE) as database:
        start = time.perf_counter()
        worker = Worker("kpi", database)
        teams = worker.step("make", orders=options.orders)["result"]
        worker.close()
        with closing(_connect(database)) as connection:
            _trade.pack(connection, _trade.TABLES)
        built = time.perf_counter() - start
        found, dropped = measure(database, teams, options.rounds)
        report(options, built, *sizes(database), found, dropped)
    if options.writes:
        import _kpi_writes

        _kpi_writes.run(options.writes)


if __name__ == "__main__":
    main()
