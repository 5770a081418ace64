"""./adv bench: the benchmarks of bench/."""

import ast

from .. import database, paths, proc, settings, setup
from ..ui import Problem

HELP = "run a benchmark of bench/ by its name, or list them"
EXAMPLES = """examples:
  ./adv bench                list what there is
  ./adv bench NAME           run bench/NAME.py
  ./adv bench NAME --help    its own options
A benchmark finds Odoo's configuration in ODOO_RC, the server in PGHOST, PGPORT and PGUSER, and in
ADV_TEMPLATE a database with the addons and no demo data, in ADV_BASE_TEMPLATE one without the addons:
to be cloned and not changed.
"""
FOLDER = paths.ROOT / "bench"


def arguments(_parser):
    """The first word names the benchmark, the others are its own."""


def run(options):
    name, *rest = options.rest or [""]
    there = {file.stem: file for file in sorted(FOLDER.glob("*.py")) if not file.stem.startswith("_")}
    if not name:
        for known, file in there.items():
            print(f"{known:<24}{purpose(file)}")
        if not there:
            print("there are no benchmarks in bench/ yet")
        return 0
    if name not in there:
        raise Problem(f"no benchmark {name}; there are {', '.join(there) or 'none yet'}")
    with setup.databases() as databases:
        env = database.odoo_env(databases.server)
        env["ADV_TEMPLATE"] = databases.locked_template()
        env["ADV_BASE_TEMPLATE"] = databases.base_template()
        env["ODOO_RC"] = str(settings.write("bench", databases.tree, databases.server))
        env["PYTHONPATH"] = str(paths.ROOT)
        for key, value in databases.server.connection().items():
            env[f"PG{key.upper()}"] = str(value)
        command = [paths.venv_python(), there[name], *rest]
        return proc.foreground(command, env=env, pass_fds=databases.server.fds(), cwd=paths.ROOT)


def purpose(file):
    """The first line of a script's docstring."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]
