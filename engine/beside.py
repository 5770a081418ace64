"""OCA's addons that do a part of what ours do, for ./adv test --beside-oca; never needed otherwise."""

import contextlib
import shutil

from . import database, locks, paths, proc, ui
from .ui import Problem

WHEELS = paths.ROOT / "tests" / "beside" / "wheels.txt"
STAMP = "adv-stamp"


def fetch():
    """Return the folder that holds these addons; downloaded when it does not hold them yet."""
    target = paths.state_dir("beside")
    wanted = database.short_hash(WHEELS.read_text(encoding="utf-8"))
    with locks.exclusive("beside", "another ./adv that fetches OCA's addons"):
        with contextlib.suppress(FileNotFoundError):
            if (target / STAMP).read_text(encoding="utf-8") == wanted:
                return addons(target)
        shutil.rmtree(target)
        with ui.step("OCA's addons"):
            command = [paths.venv_python(), "-m", "pip", "install", "--quiet", "--no-deps"]
            done = proc.run(
                [*command, "--target", target, "-r", WHEELS],
                log=paths.log_file("beside"),
                env=proc.child_env(),
            )
        if not done.ok:
            raise Problem(f"OCA's addons could not be fetched. Log: {paths.log_file('beside')}")
        (target / STAMP).write_text(wanted, encoding="utf-8")
    return addons(target)


def addons(target):
    return target / "odoo" / "addons"


def names(folder):
    """The addons in a folder, in the order of their names."""
    return sorted(path.parent.name for path in folder.glob("*/__manifest__.py"))


def build(databases, name, template, folder):
    """Make the database ``name``: Odoo, then OCA's addons, then ours, as in a company that had theirs."""
    with ui.step("test database: a copy of Odoo's template"):
        databases.clone(template, name)
        databases.settings(name, synchronous_commit="off")
    for title, chosen, warnings in (
        ("OCA's addons", names(folder), "allow"),  # what they log is theirs
        ("our addons beside them", paths.addon_names(), "fail"),
    ):
        databases.odoo(
            name,
            "-i",
            ",".join(chosen),
            "--without-demo",
            title=f"test database: {title}",
            log=f"install-beside-{chosen[0]}",
            warnings=warnings,
            beside=(folder,),
        )
    databases.steady(name)
