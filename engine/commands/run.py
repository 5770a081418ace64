"""./adv run: the web client on this machine, set up on the way when it is not yet."""

import contextlib
import os
import signal
import socket
import time
import urllib.error
import urllib.request

from .. import browser, database, locks, paths, proc, settings, setup, ui
from ..database import RECORD
from ..ui import Problem

HELP = "start the web client with demo data; sets everything up the first time"
EXAMPLES = """examples:
  ./adv run                  start on the port of odoo.conf (8069)
  ./adv run --port 8070      start on another port
  ./adv run --log            show Odoo's log on the screen as well
"""
LOGINS = ("assistant", "manager", "collector", "accountant", "salesperson", "warehouse", "customer", "admin")
READY_LIMIT = 120  # seconds


def arguments(parser):
    parser.add_argument("--port", type=int, help="port to listen on, instead of the one in odoo.conf")
    parser.add_argument(
        "--log", action="store_true", help="show Odoo's log (it is kept in .engine/log/run.log anyway)"
    )
    parser.add_argument(
        "--no-update", action="store_true", help="do not update changed addons in the database"
    )


def run(options):
    began = time.monotonic()
    interface, port = settings.http_address(options.port)
    with locks.Lock("run") as lock:
        if not lock.try_acquire():
            raise Problem(already_running(lock))
        check_port(interface, port)
        lock.write(pid=os.getpid())
        programs = browser.Programs("wkhtmltopdf")
        programs.start()
        with setup.databases() as databases:
            with locks.exclusive("database-adv", "another ./adv that works on the database adv"):
                if options.no_update and databases.exists(database.MAIN):
                    databases.check_version(database.MAIN)
                else:
                    databases.ensure_main()
            programs.report()
            check_port(interface, port)
            serve(databases, lock, interface, port, options.log, began)


def already_running(lock):
    url = lock.read().get("url")
    where = f" at {url}" if url else " and still setting up"
    return f"./adv run is already running{where}: use that one, or end it with ./adv stop"


def check_port(interface, port):
    """Refuse a port that another program listens on, before anything long is begun."""
    with socket.socket(socket.AF_INET6 if ":" in interface else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except OverflowError as error:
            raise Problem(f"{port} is not a port: choose one from 1024 to 65535") from error
        except PermissionError as error:
            raise Problem(f"port {port} is reserved for root: ./adv run --port 8069") from error
        except OSError as error:
            raise Problem(
                f"port {port} on {interface} is in use by another program: end that one, "
                f"or choose another port: ./adv run --port {port + 1}"
            ) from error


def serve(databases, lock, interface, port, show_log, began):
    """Start Odoo, tell when it is ready, and stay until Ctrl-C."""
    server = databases.server
    conf = settings.write("run", databases.tree, server, http_port=port, dbfilter=f"^{database.MAIN}$")
    log = paths.log_file("run")
    url = f"http://{'localhost' if interface == '127.0.0.1' else interface}:{port}"
    with ui.step("Odoo: starting") as step, open(log, "wb") as sink:
        odoo = proc.start(
            [paths.venv_python(), "-m", "odoo", "-c", conf, "-d", database.MAIN],
            stdout=sink,
            stderr=sink,
            cwd=paths.ROOT,
            env=database.odoo_env(server),
            pass_fds=(lock.fd, *server.fds()),
        )
        lock.write(pid=os.getpid(), odoo=odoo.pid)
        wait_ready(odoo, f"http://{interface}:{port}/web/health", log, step)
    lock.write(pid=os.getpid(), odoo=odoo.pid, url=url)
    try:
        welcome(url, log, began)
        stay(odoo, server, log, show_log)
    except KeyboardInterrupt:
        ui.say()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses twice must not leave half of it running
        with ui.step("Odoo: stopping"):
            proc.end(odoo, first=signal.SIGINT, patience=20)


def wait_ready(odoo, health, log, step):
    limit = time.monotonic() + READY_LIMIT
    while True:
        if odoo.poll() is not None:
            raise Problem(f"Odoo ended at once ({first_error(log)}). Log: {log}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            if opener.open(health, timeout=2).status == 200:
                return
        if time.monotonic() > limit:
            raise Problem(f"Odoo does not answer after {READY_LIMIT} s. Log: {log}")
        step.progress("waiting for it to answer")
        time.sleep(0.1)


def welcome(url, log, began):
    ui.say()
    ui.say(f"ADV is ready after {time.monotonic() - began:.0f} s: {url}")
    ui.say(f"  log in as {', '.join(LOGINS)} (the password is the login)")
    ui.say(f"  Odoo's log: {log}")
    ui.say("  Ctrl-C stops it")
    ui.say()


def stay(odoo, server, log, show_log):
    """Watch Odoo and its database; show the log where that is wanted."""
    with open(log, encoding="utf-8", errors="replace") as lines:
        while odoo.poll() is None:
            for line in lines if show_log else ():
                ui.say(line.rstrip("\n"))
            if server.ensure():
                ui.notice(
                    "PostgreSQL was ended by something else; it has been started again, nothing is lost"
                )
            time.sleep(0.5)
    raise Problem(f"Odoo ended by itself ({first_error(log)}). Log: {log}")


def first_error(log):
    """The first error in a log, else its last line."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    records = [match for match in map(RECORD.match, lines) if match and match[1] != "WARNING"]
    if records:
        return records[0][2][:300]
    return next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")[:300]
