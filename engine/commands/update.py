"""./adv update: bring the addons in the database up to date."""

from .. import database, locks, paths, setup, ui
from ..ui import Problem
from .shell import need

HELP = "update addons in the database adv (all of ours, or those named)"
EXAMPLES = """examples:
  ./adv update
  ./adv update adv_orders adv_kpi
./adv run updates addons whose files have changed by itself.
"""


def arguments(parser):
    parser.add_argument("addon", nargs="*", help="an addon of this repository")


def run(options):
    addons = options.addon or paths.addon_names()
    unknown = sorted(set(addons) - set(paths.addon_names()))
    if unknown:
        raise Problem(f"no addon {', '.join(unknown)} here; there are {', '.join(paths.addon_names())}")
    with locks.Lock("run") as lock:
        if not lock.try_acquire():
            raise Problem(
                "./adv run is running and would go on with the old code: end it first with ./adv stop"
            )
        with (
            setup.databases() as databases,
            locks.exclusive("database-adv", "another ./adv at work on the database"),
        ):
            need(databases, database.MAIN)
            databases.update(database.MAIN, addons)
    ui.say("updated")
