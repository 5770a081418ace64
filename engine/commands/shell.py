"""./adv shell: Odoo's Python shell."""

from .. import database, paths, proc, settings, setup

HELP = "open a Python shell in the database adv (env is ready)"
EXAMPLES = """examples:
  ./adv shell                                              then: env["sale.order"].search_count([])
  echo 'print(env["sale.order"].search_count([]))' | ./adv shell
Nothing is kept without env.cr.commit().
"""


def arguments(parser):
    parser.add_argument("database", nargs="?", default=database.MAIN, help="another database than adv")


def run(options):
    with setup.databases() as databases:
        need(databases, options.database)
        conf = settings.write("shell", databases.tree, databases.server)
        command = [
            paths.venv_python(),
            "-m",
            "odoo",
            "shell",
            "-c",
            conf,
            "-d",
            options.database,
            "--no-http",
            "--shell-interface",
            "python",
            "--log-level",
            "warn",
        ]
        return proc.foreground(
            command, env=database.odoo_env(databases.server), pass_fds=databases.server.fds(), cwd=paths.ROOT
        )


def need(databases, name):
    """Refuse a database that is not there, with a word on how to get it."""
    from ..ui import Problem

    if not databases.exists(name):
        hint = "./adv run makes it" if name == database.MAIN else "./adv status lists those that are"
        raise Problem(f"there is no database {name}: {hint}")
    databases.check_version(name)
