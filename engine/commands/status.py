"""./adv status: what is installed, what runs, which databases there are."""

from .. import browser, database, locks, odoo_tree, paths, postgres, python_env
from ..ui import Problem

HELP = "show what is set up and what is running"
EXAMPLES = """example:
  ./adv status
"""


def arguments(_parser):
    pass


def run(_options):
    for name, text in rows():
        print(f"{name:<14}{text}")


def rows():
    yield "checkout", paths.ROOT
    yield "Odoo", _odoo()
    ready = python_env._stamp() == python_env._wanted_stamp()
    yield "Python", f"{paths.venv_dir()}" if ready else "packages not installed yet (./adv run installs them)"
    yield "Chromium", browser.chromium() or "missing: browser tests are skipped"
    yield "wkhtmltopdf", browser.wkhtmltopdf() or "missing: letters come as HTML pages"
    server = postgres.server()
    yield "PostgreSQL", _server(server)
    lock = locks.Lock("run")
    facts = lock.read()
    yield "./adv run", facts.get("url", "setting up") if lock.held else "not running"
    if ready and (not server.own or server.pid()):
        python_env.ensure()
        databases = database.Databases(server, None)
        yield "databases", ", ".join(databases.names(database.MAIN)) or "none"


def _odoo():
    try:
        tree = odoo_tree.find(install=False)
    except Problem as problem:
        return problem
    return f"{tree.label}, {tree.parent}" if tree else "not fetched yet (./adv run fetches it)"


def _server(server):
    if not server.own:
        return f"{server.place} as {server.user} (yours)"
    pid = server.pid()
    return (
        f"own, running (process {pid}), data in {server.data}"
        if pid
        else f"own, not running, data in {server.data}"
    )
