"""./adv sample: load the public data sets of a folder."""

import json

from .. import database, locks, paths, proc, settings, setup, ui
from ..ui import Problem
from .shell import need

HELP = "load real data (Classic Models, a receivables ledger) from a folder into the database adv"
EXAMPLES = """examples:
  ./adv sample ../shared/data
It can be interrupted and started again: what is there already is left alone.
"""


def arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="the folder with classicmodels/ and receivables/")
    parser.add_argument("--database", default=database.MAIN, help="another database than adv")


def run(options):
    folder = paths.Path(options.folder).resolve()
    if not folder.is_dir():
        raise Problem(f"{options.folder}: there is no such folder")
    log = paths.log_file("sample")
    log.unlink(missing_ok=True)
    with setup.databases() as databases, locks.exclusive("sample", "another ./adv sample"):
        need(databases, options.database)
        conf = settings.write("sample", databases.tree, databases.server)
        command = [paths.venv_python(), "-m", "engine.inside", conf, options.database, folder]
        with ui.step(f"sample data from {folder}") as step:
            done = proc.run(
                command,
                log=log,
                on_line=lambda line: show(line, step),
                env=environment(databases.server),
                pass_fds=databases.server.fds(),
                cwd=paths.ROOT,
            )
            if not done.ok:
                reason = done.last(r"^sample: ").removeprefix("sample: ") or done.last(r"Error|Exception")
                raise Problem(f"{reason or done.last()}. Log: {log}")


def environment(server):
    return dict(database.odoo_env(server), PYTHONPATH=str(paths.ROOT))


def show(line, step):
    """A progress line of the loader is a JSON list: done, total, what."""
    if line.startswith("progress: "):
        done, total, what = json.loads(line.removeprefix("progress: "))
        step.progress(what, done, total)
