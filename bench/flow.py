"""A day of a department: everybody at work at once, over HTTP, on several servers and one database.

A database with a history of orders gets the addons and their facts. Then several Odoo servers, each with its
scheduler, serve assistants, a manager, storekeepers, accountants, a collector, salespeople and customers, who
reach for the same records, while the jobs of the night are triggered all the time. At the end the accounts
are closed and compared. Fails when somebody met an error that is no refusal in words, when something that was
told to be done is not there, or when a balance is not equal.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import _trade
from _flow_mail import mail_server
from _flow_met import meetings
from _flow_people import ROLES
from _flow_person import Broken, Refused
from _process import Worker, clone, install
from kpi import _connect
from odoo.tools import config

DATABASE = os.environ.get("ADV_FLOW_DATABASE") or "adv_bench_flow"
ADDONS = "adv_orders,adv_dunning,adv_billing,adv_kpi"
CREW = {
    "assistant": 3,
    "manager": 1,
    "storekeeper": 2,
    "accountant": 2,
    "collector": 1,
    "salesperson": 1,
    "customer": 3,
}
# what the database tells when two were at once: Odoo starts the second one again, and says so
AT_ONCE = re.compile(
    r"^.* ERROR \S+ odoo.sql_db: bad query: (?:(?!^\d{4}-).*\n)*?"
    r"ERROR: +(?:could not serialize|deadlock|could not obtain lock).*$",
    re.M,
)
RETRIED = re.compile(r"(SERIALIZATION_FAILURE|DEADLOCK_DETECTED|LOCK_NOT_AVAILABLE), \d+ tries left")
GIVEN_UP = re.compile(r"maximum number of tries reached")
# a refusal in words is a warning of odoo.http: it is counted where it was met
COMPLAINT = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?:WARNING(?! \S+ odoo\.http:)|ERROR|CRITICAL) .*$", re.M
)
START_LIMIT = 180


class Journal:
    """What everybody did, how long it took, and what came of it."""

    def __init__(self):
        self.seconds = defaultdict(list)
        self.refusals, self.failures = Counter(), Counter()
        self.documents = defaultdict(list)
        self.lock = threading.Lock()

    def timed(self, name, job):
        start = time.perf_counter()
        refusal = failure = None
        try:
            job()
        except Refused as refused:
            refusal = f"{name}: {re.sub(r'[A-Z]+[0-9/]+[0-9]+|[0-9.,]+', 'N', str(refused))[:140]}"
        except Broken as broken:
            failure = f"{name}: {broken}"
        except Exception as error:
            failure = f"{name}: {type(error).__name__} {error}"
        with self.lock:
            self.seconds[name].append(time.perf_counter() - start)
            self.refusals.update([refusal] if refusal else [])
            self.failures.update([failure] if failure else [])

    def made(self, model, number):
        with self.lock:
            self.documents[model].append(number)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(database, folder, number, mail_port, met):
    """A running Odoo server with its scheduler.

    Yields its address, and the files of its log, its statements and, told to (``met``), its meetings.
    """
    port, log, costs = free_port(), folder / f"server{number}.log", folder / f"server{number}.json"
    notes = folder / f"server{number}.met"
    command = [sys.executable, str(Path(__file__).with_name("_flow_server.py")), str(costs)]
    command.append(str(notes) if met else "-")
    options = {
        "-c": os.environ["ODOO_RC"],
        "-d": database,
        "--db-filter": f"^{database}$",
        "--http-interface": "127.0.0.1",
        "--http-port": port,
        "--max-cron-threads": 1,
        "--workers": 0,
        "--limit-time-real": 600,
        "--smtp": "127.0.0.1",
        "--smtp-port": mail_port,
        "--log-level": "info",
        "--logfile": log,
    }
    process = subprocess.Popen([*command, *(str(word) for pair in options.items() for word in pair)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address, log, costs, notes
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(address, process):
    until = time.time() + START_LIMIT
    while time.time() < until:
        if process.poll() is not None:
            raise RuntimeError("an Odoo server ended as it started")
        try:
            with urllib.request.urlopen(f"{address}/web/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("an Odoo server did not start")


@contextmanager
def filestore(database):
    """The files of the database it was cloned from: a page without its pictures logs warnings."""
    config.parse_config(["-c", os.environ["ODOO_RC"]])
    source = Path(config.filestore(os.environ["ADV_BASE_TEMPLATE"]))
    target = Path(config.filestore(database))
    shutil.rmtree(target, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, target)
    try:
        yield
    finally:
        shutil.rmtree(target, ignore_errors=True)


def crew(factor):
    """Return {name: role} of everybody."""
    return {f"{role}{number}": role for role, count in CREW.items() for number in range(count * factor)}


def tell(words):
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def build(database, options, people):
    """The database of the morning; return what people work on."""
    worker = Worker("_flow_steps", database)
    tell(f"{options.orders:,} orders of earlier years")
    base = worker.step("make_history", orders=options.orders)["result"]
    worker.close()
    with closing(_connect(database)) as connection:
        _trade.pack(connection, [name for name in _trade.TABLES if not name.startswith("adv_")])
    tell("installing the addons on them")
    install(ADDONS, database)
    worker = Worker("_flow_steps", database)
    tell("filling the facts of the history")
    worker.step("fill_history")
    portal = [name for name, role in people.items() if role == "customer"]
    base = worker.step("open_the_department", base=base, people=people, portal=portal)["result"]
    worker.close()
    return base


def step(database, name):
    worker = Worker("_flow_steps", database)
    worker.step(name)
    worker.close()


def work(addresses, database, base, people, options, journal):
    """Everybody works until the day is over; return the seconds it took."""
    tell("the doors open")
    threads, start = [], time.time()
    until = start + options.minutes * 60
    for number, (name, role) in enumerate([*people.items(), ("admin", "admin")]):
        address = addresses[number % len(addresses)]
        person = ROLES[role](name, address, database, base, journal, seed=number)
        threads.append(threading.Thread(target=person.work, args=(until,), name=name))
    start = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.time() - start


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report_actions(journal, seconds):
    print(f"{'action':<46}{'times':>7}{'a minute':>10}{'median ms':>11}{'95 %':>8}{'99 %':>8}{'worst':>8}")
    for name, took in sorted(journal.seconds.items()):
        spans = [1000 * percentile(took, share) for share in (0.95, 0.99, 1.0)]
        print(
            f"{name.replace('_', ' '):<46}{len(took):>7}{len(took) / seconds * 60:>10.1f}"
            f"{1000 * statistics.median(took):>11.0f}" + "".join(f"{span:>8.0f}" for span in spans)
        )
    total = sum(map(len, journal.seconds.values()))
    print(f"{total:,} actions in {seconds:.0f} s: {total / seconds:.1f} a second")


def report_statements(files):
    together = defaultdict(lambda: [0, 0.0, 0.0])
    for file in files:
        for text, (calls, seconds, longest) in json.loads(file.read_text(encoding="utf-8")).items():
            cost = together[text]
            cost[0], cost[1], cost[2] = cost[0] + calls, cost[1] + seconds, max(cost[2], longest)
    print("\nslowest statements (seconds together, calls, longest)")
    for text, (calls, seconds, longest) in sorted(together.items(), key=lambda row: -row[1][1])[:12]:
        print(f"{seconds:>9.1f}{calls:>9}{longest:>8.2f}  {text[:150]}")
    print("longest single statements")
    for text, (calls, seconds, longest) in sorted(together.items(), key=lambda row: -row[1][2])[:6]:
        print(f"{seconds:>9.1f}{calls:>9}{longest:>8.2f}  {text[:150]}")


def report_meetings(files):
    """Tell whose writing stood in whose way."""
    print("\nrefused by PostgreSQL because somebody else was quicker (times, who, what | who was, what)")
    for (loser, wrote, winner, before), count in meetings(files).most_common():
        print(f"{count:>5}  {loser}: {wrote} | {winner}: {before}")


def report_logs(files):
    """Tell what the logs say; return their complaints."""
    text = "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    retried = Counter(RETRIED.findall(text))
    print(f"\nretried by Odoo: {dict(retried) or 'nothing'}; given up: {len(GIVEN_UP.findall(text))}")
    lines = COMPLAINT.findall(AT_ONCE.sub("", text))
    complaints = Counter(re.sub(r"^[\d-]+ [\d:,]+ \d+ |\d+", "", line)[:220] for line in lines)
    for line, count in complaints.most_common(15):
        print(f"log, {count} times: {line}")
    return complaints


def report_day(journal, seconds):
    report_actions(journal, seconds)
    print(f"\nrefused in words: {sum(journal.refusals.values())}")
    for words, count in journal.refusals.most_common(12):
        print(f"  {count:>5}  {words}")
    print(f"failed: {sum(journal.failures.values())}")
    for words, count in journal.failures.most_common(12):
        print(f"  {count:>5}  {words}")


def close(database, journal):
    """Close the accounts; return everything that is wrong."""
    tell("the accounts are closed")
    worker = Worker("_flow_steps", database)
    worker.step("close_the_day")
    wrong = worker.step("compare")["result"]
    wrong["what was told to be done is there"] = worker.step("kept", made=journal.documents)["result"]
    print(f"\nin the end: {worker.step('size')['result']}")
    worker.close()
    for name, found in wrong.items():
        print(
            f"{'ok   ' if not found else 'WRONG'} {name}" + "".join(f"\n        {row}" for row in found[:8])
        )
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000, help="orders of earlier years (100,000)")
    parser.add_argument("--minutes", type=float, default=10, help="how long the day lasts (10)")
    parser.add_argument("--servers", type=int, default=2, help="Odoo servers (2)")
    parser.add_argument("--crews", type=int, default=1, help="departments of 13 people (1)")
    parser.add_argument("--logs", help="a folder in which the servers' logs are kept")
    parser.add_argument("--met", action="store_true", help="tell whose writing stood in whose way")
    options = parser.parse_args()
    people, journal = crew(options.crews), Journal()
    with ExitStack() as stack:
        folder = Path(options.logs or stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        stack.enter_context(clone(os.environ["ADV_BASE_TEMPLATE"], DATABASE))
        stack.enter_context(filestore(DATABASE))
        mail = stack.enter_context(mail_server())
        base = build(DATABASE, options, people)
        with ExitStack() as running:
            servers = [
                running.enter_context(server(DATABASE, folder, number, mail.server_address[1], options.met))
                for number in range(options.servers)
            ]
            addresses, logs, costs, notes = zip(*servers, strict=True)
            seconds = work(addresses, DATABASE, base, people, options, journal)
            step(DATABASE, "stop_the_clock")
        report_day(journal, seconds)
        complaints = report_logs(logs)
        report_statements(costs)
        if options.met:
            report_meetings(notes)
        wrong = close(DATABASE, journal)
        wrong["a letter leaves once"] += mail.twice()
        print(f"{sum(mail.letters.values())} e-mails left, {len(mail.twice())} of them more than once")
    failed = bool(journal.failures or complaints or any(wrong.values()))
    print("\nFAILED: see above" if failed else "\neverything agrees")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
