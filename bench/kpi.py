"""The dashboard of figures on a large history, and Odoo's own reports asked for the same.

A clone of a database with the addons gets three years of trade (_trade.py says how they are spread). Then one
run times: the opening of the dashboard, a change of one filter, the workbook, the figures of the tables of
headers alone, one sequential scan of these tables, and sale.report and account.invoice.report asked for what
they know of the same figures. Cold: what PostgreSQL and the system keep of the database in memory is dropped
first, as far as the server's rights and ours allow; warm: the median of what follows.

With --keep the database stays at the end; a run with --keep that finds it there with as many orders brings
its addons up to date and measures it instead of building one. Each line is printed as soon as it is known.

Last comes what the indexes and columns that the figures need cost those who confirm, deliver, invoice and
settle: the same orders, in turn, with adv_kpi and without it.
"""

import argparse
import os
import resource
import statistics
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg2
from _process import Worker, copy, drop, install
from lxml import etree

DATABASE = "adv_bench_kpi"
PAGE = 80  # rows of a list that the web client shows at first
COUNTED = 10_001  # rows up to which it counts

# a run that is broken off has said what it knew
say = partial(print, flush=True)


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
    """Build the history, and let the administrator read its figures."""
    import _trade

    base = _trade.prepare(env, orders)
    _trade.build(env.cr, base, orders)
    env.ref("base.user_admin").group_ids |= env.ref("adv_kpi.group_kpi_manager")


def night(env):
    """Run the nightly jobs that figures are quick by."""
    start = time.perf_counter()
    env["adv.stock.total"]._adv_cron_run()
    print(f"  totals of the stock moves of past months {time.perf_counter() - start:.1f} s", flush=True)
    start = time.perf_counter()
    env["adv.delivery.span"].init()  # the history came past the addons
    env["adv.delivery.span"]._adv_make_all()
    print(f"  days with something to invoice {time.perf_counter() - start:.1f} s", flush=True)


def teams(env):
    """Return the ids of the teams of the history."""
    return env["crm.team"].search([("name", "=like", "Team _")], order="id").ids


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


def lists(env):
    """Open the list behind each number of the first page; return the slowest as (code, model, seconds)."""
    kpis, today = _reader(env)
    cards = kpis.get_dashboard(today.replace(day=1), today)["cards"]
    times = []
    for card in cards:
        for part in filter(None, (card["numerator"], card["denominator"])):
            start = time.perf_counter()
            _first_page(kpis.env[part["model"]], part["domain"])
            times.append((time.perf_counter() - start, card["code"], part["model"]))
    return sorted(times, reverse=True)[:3]


def _first_page(model, domain):
    """Read what the web client shows of a list at first: the columns of its view, and the number of rows."""
    view = etree.fromstring(model.get_view(view_type="list")["arch"])
    names = {node.get("name") for node in view.iterfind("./field")}
    wanted = {
        name: {"fields": {"display_name": {}}} if model._fields[name].relational else {} for name in names
    }
    model.web_search_read(domain, wanted, limit=PAGE, count_limit=COUNTED)


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
    "lists behind the first page": ("lists", {}),
    "workbook": ("workbook", {}),
    "figures of headers alone": ("headers", {}),
    "sequential scan of headers": ("scan", {}),
    "figures that native knows": ("same", {}),
    "native reports": ("native", {}),
}


def measure(database, rounds):
    """Measure step by step, print each; return {title: {'cold', 'warm', 'statements', 'result'}}."""
    worker = Worker("kpi", database)
    first = worker.step("teams")["result"][:1]
    worker.close()
    found = {}
    say(f"{'':<32}{'cold s':>9}{'warm s':>9}{'statements':>12}")
    for title, (step, arguments) in STEPS.items():
        values = dict.fromkeys(arguments, first)
        times = []
        for number in range(rounds + 1):
            if not number:
                worker = Worker("kpi", database)
                worker.step("scan_nothing")
                dropped = forget(database)
            answer = worker.step(step, **values)
            times.append(answer["seconds"])
        worker.close()
        found[title] = row = {
            "cold": times[0],
            "warm": statistics.median(times[1:]),
            "statements": answer["statements"],
            "result": answer["result"],
        }
        say(f"{title:<32}{row['cold']:>9.3f}{row['warm']:>9.3f}{row['statements']:>12}")
    say(f"cold: without {' and '.join(dropped) or 'anything dropped (no rights): the first call'}")
    return found


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


def describe(database, orders):
    rows, size = sizes(database)
    say(f"{orders:,} orders, database of {size}")
    say("  " + ", ".join(f"{name} {number:,}" for name, number in rows))
    say(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def report(found):
    size, memory = found["workbook"]["result"]
    say(
        f"peak memory: {found['dashboard opening']['result']} MB opening, {memory} MB workbook "
        f"({size:,} bytes)"
    )
    slowest = ", ".join(
        f"{code} {seconds:.3f} s ({model})"
        for seconds, code, model in found["lists behind the first page"]["result"]
    )
    say(f"slowest lists: {slowest}")
    say(f"figures of headers: {', '.join(found['figures of headers alone']['result'])}")
    for state in ("cold", "warm"):
        times = {title: row[state] for title, row in found.items()}
        say(
            f"{state}: native / opening {times['native reports'] / times['dashboard opening']:.1f} "
            f"(wanted: 10), "
            f"headers / scan {times['figures of headers alone'] / times['sequential scan of headers']:.2f} "
            f"(wanted: 3 or less), native / the same figures "
            f"{times['native reports'] / times['figures that native knows']:.1f}"
        )


# === DATABASE === #


def orders_in(database):
    """Return how many orders a database has; 0 when it is not there."""
    try:
        with closing(_connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sale_order")
            return cursor.fetchone()[0]
    except psycopg2.Error:
        return 0


def drop_indexes():
    """Drop the indexes of the figures: they are made again as they are declared by now."""
    with closing(_connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_adv\\_kpi\\_%\\_index'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')


def pack():
    """Vacuum and analyse the tables of the history."""
    import _trade

    with closing(_connect(DATABASE)) as connection:
        _trade.pack(connection, _trade.TABLES)


def build(orders):
    """Copy the template and build the history in it."""
    start = time.perf_counter()
    copy(os.environ["ADV_TEMPLATE"], DATABASE)
    worker = Worker("kpi", DATABASE)
    worker.step("make", orders=orders)
    pack()  # before the night too, which would be planned for empty tables
    worker.step("night")
    worker.close()
    pack()
    say(f"{orders:,} orders built in {time.perf_counter() - start:.0f} s")


def reuse(orders):
    """Bring the database of a run before up to date; return False when there is none of as many orders."""
    if orders_in(DATABASE) != orders:
        return False
    start = time.perf_counter()
    drop_indexes()
    install("adv_orders", DATABASE, "-u")
    worker = Worker("kpi", DATABASE)
    worker.step("night")
    worker.close()
    pack()
    say(f"{DATABASE} of a run before is measured, brought up to date in {time.perf_counter() - start:.0f} s")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the history (100,000)")
    parser.add_argument("--rounds", type=int, default=3, help="warm rounds (3)")
    parser.add_argument(
        "--writes", type=int, default=5, help="rounds of writing with adv_kpi and without (5)"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help=f"keep the database {DATABASE} at the end, and use it again when it has as many orders",
    )
    options = parser.parse_args()
    try:
        if not (options.keep and reuse(options.orders)):
            build(options.orders)
        describe(DATABASE, options.orders)
        report(measure(DATABASE, options.rounds))
    finally:
        if not options.keep:
            drop(DATABASE)
    if options.keep:
        say(f"{DATABASE} is kept")
    if options.writes:
        import _kpi_writes

        _kpi_writes.run(options.writes)


if __name__ == "__main__":
    main()
