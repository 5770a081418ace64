"""./adv reset: throw the databases away, and on request all that was fetched."""

import shutil
import time

from .. import database, locks, paths, postgres, setup, ui
from ..ui import Problem

HELP = "delete the database adv and the test templates; the next ./adv run makes them anew"
EXAMPLES = """examples:
  ./adv reset --yes          delete this checkout's databases and attachments
  ./adv reset --yes --all    delete also the engine: Odoo, the Python packages, PostgreSQL's data
"""


def arguments(parser):
    parser.add_argument("--yes", action="store_true", help="really do it: what is in the databases is lost")
    parser.add_argument("--all", action="store_true", help="everything under .engine/ as well")


def run(options):
    if not options.yes:
        raise Problem("this deletes the database adv with all that was entered: ./adv reset --yes")
    with locks.Lock("run") as lock:
        if not lock.try_acquire():
            raise Problem("./adv run is running: end it first with ./adv stop")
        if options.all:
            remove_all()
        else:
            remove_databases()


def remove_databases():
    try:
        with setup.databases() as databases, locks.exclusive("templates", "a running ./adv test"):
            drop(databases)
    except postgres.OtherVersion:
        aside = set_aside(postgres.Own())
        ui.say(f"the data of the other PostgreSQL lies in {aside}; delete it when you need it no more")
    ui.say("the databases are gone; ./adv run makes them anew")


def drop(databases):
    mark = paths.checkout_key()[:4]
    kinds = [f"adv_{kind}_{mark}_" for kind in ("full", "base", "test")]
    names = [database.MAIN, f"{database.MAIN}_new"]
    names += [name for kind in kinds for name in databases.names(kind) if not locks.Lock(name).held]
    with ui.step("deleting the databases") as step:
        for number, name in enumerate(names):
            step.progress(name, number, len(names))
            databases.drop(name)


def set_aside(server):
    """Keep the data folder of another PostgreSQL under another name."""
    aside = server.home / f"data.{time.strftime('%Y%m%d-%H%M%S')}"
    server.data.rename(aside)
    return aside


def remove_all():
    server = postgres.server()
    with locks.exclusive("postgres", "another ./adv"), locks.Lock("postgres-users") as users:
        if not users.try_acquire():
            raise Problem("another ./adv is at work: end it first with ./adv stop --all")
        if server.own:
            server.stop()
            if server.account:
                shutil.rmtree(server.home, ignore_errors=True)
        with ui.step("deleting .engine/"):
            shutil.rmtree(paths.STATE, ignore_errors=True)
    ui.say("all that ./adv made is gone; ./adv run begins anew")
