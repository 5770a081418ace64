"""./adv test: the tests, on a database of their own."""

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import sys

from .. import beside, browser, database, locks, native, paths, proc, python_env, settings, setup, ui
from ..ui import Problem

HELP = "run the tests on a database of their own, beside a running ./adv run if need be"
EXAMPLES = """examples:
  ./adv test                          everything
  ./adv test -k dunning               tests with a word in their name
  ./adv test addons/adv_orders -x     one addon, to the first failure
  ./adv test engine/tests             the tests of ./adv itself (no database)
  ./adv test -n 1                     everything in one process
  ./adv test --require-browser        fail when there is no Chromium instead of skipping its tests
  ./adv test --with-libreoffice -k LibreOffice   open the workbook of figures in LibreOffice (90 MB more)
  ./adv test --native                 Odoo's own tests, without our addons and with them, compared (long)
  ./adv test --native account sale    those of some modules
  ./adv test --native --quick         the same, without our addons only what does not pass with them
  ./adv test --native --resume        go on where such a run was ended
  ./adv test --beside-oca             our tests on a database that has OCA's addons of the same trade as well
All other arguments are pytest's.
"""

MOST_PROCESSES = 4
# whole files are shared out, in the order in which they are found: the long ones come first
SHARING = ("--dist", "loadfile", "--no-loadscope-reorder")
CHOOSING = ("-k", "-m", "-x", "--pdb", "-s", "--lf", "--collect-only", "--co")
LIBPQ = ("db_host", "db_port", "db_user", "db_password")


def arguments(parser):
    parser.add_argument(
        "--require-browser",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="a browser test that cannot run is a failure (the default where CI is set)",
    )
    parser.add_argument(
        "-n",
        dest="processes",
        type=int,
        help="share the tests out to so many processes, each with its copy of the database (default: one for "
        f"each core, {MOST_PROCESSES} at most; one where tests are chosen)",
    )
    parser.add_argument(
        "--with-libreoffice",
        action="store_true",
        help="install LibreOffice Calc too (as root), for the test that opens the workbook of figures in it",
    )
    parser.add_argument("--keep", action="store_true", help="keep the test database, and tell its name")
    parser.add_argument(
        "--native",
        nargs="*",
        metavar="MODULE",
        help=f"run Odoo's own tests of these modules (default: {', '.join(native.MODULES)}) on a database "
        "without our addons and on one with them; fail where a test passes without them only",
    )
    parser.add_argument("--resume", action="store_true", help="with --native: keep the modules that are done")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="with --native: run without our addons only the tests that do not pass with them",
    )
    parser.add_argument(
        "--beside-oca",
        action="store_true",
        help="run our tests, and tests/beside, on a database with the addons of tests/beside/wheels.txt",
    )
    parser.set_defaults(passes_arguments=True)


def run(options):
    if options.native is not None:
        return run_native(options)
    if only_engine(options.rest):
        python_env.ensure()
        return pytest(options.rest, ["-p", "no:odoo"], proc.child_env(), ())
    wanted = ["chromium", "wkhtmltopdf"]
    if options.with_libreoffice:
        wanted.append("libreoffice-calc-nogui")
    programs = browser.Programs(*wanted)
    programs.start()
    with setup.databases() as databases:
        folder = beside.fetch() if options.beside_oca else None
        name, lock = new_database(databases, folder)
        try:
            programs.report()
            check_browser(options.require_browser)
            return on_database(databases, name, options, folder)
        finally:
            if options.keep:
                ui.notice(f"the test database is kept: ./adv psql {name}")
            else:
                with contextlib.suppress(Exception):
                    databases.drop(name)
            lock.release()


def run_native(options):
    """Odoo's own tests on databases of this run, one of them without our addons."""
    modules = native.chosen([*options.native, *options.rest])
    programs = browser.Programs("chromium", "wkhtmltopdf")
    programs.start()
    with setup.databases() as databases:
        name, lock = new_database(databases)
        copies = {f"{name}-without": databases.base_template()}
        if options.quick:
            copies[f"{name}-more"] = name
        try:
            with ui.step("test databases: copies of the templates"):
                for copy, template in copies.items():
                    databases.clone(template, copy)
                    databases.settings(copy, synchronous_commit="off")
            programs.report()
            check_browser(options.require_browser)
            names = [f"{name}-without", name, *list(copies)[1:]]
            return native.run(databases, names, modules, options, free_port)
        finally:
            for copy in (*copies, name):
                with contextlib.suppress(Exception):
                    databases.drop(copy)
            lock.release()


def only_engine(words):
    given = [word for word in words if os.path.exists(word.partition("::")[0])]
    wanted = paths.ROOT / "engine" / "tests"
    return bool(given) and all(
        wanted in (path := paths.Path(word.partition("::")[0]).resolve(), *path.parents) for word in given
    )


def check_browser(required):
    if required and not browser.chromium():
        raise Problem(
            "Chromium is missing and the browser tests are required: as root, apt-get install chromium"
        )


def new_database(databases, folder=None):
    """A fresh copy of the template under a name that no other run has; what dead runs left behind goes.

    ``folder``: the addons it has beside ours.
    """
    with locks.exclusive("templates", "another ./adv test that prepares its database"):
        prefix = f"adv_test_{paths.checkout_key()[:4]}_"
        for left in databases.names(prefix):
            if not locks.Lock(run_of(left)).held:
                databases.drop(left)
        template = databases.base_template() if folder else databases.template()
        name = f"{prefix}{os.getpid()}"
        lock = locks.Lock(name)
        lock.acquire()
        if folder:
            beside.build(databases, name, template, folder)
            return name, lock
        with ui.step("test database: a copy of the template"):
            databases.clone(template, name)
            databases.settings(name, synchronous_commit="off")
    return name, lock


def run_of(database_name):
    """The run a test database belongs to: each process of a run has a copy, named <run>-gw<number>."""
    return database_name.partition("-")[0]


def on_database(databases, name, options, folder=None):
    server = databases.server
    conf = settings.write(
        name,
        databases.tree,
        server,
        (folder,) if folder else (),
        http_port=free_port(),
        dbfilter=f"^{name}$",
    )
    words = [
        f"--odoo-database={name}",
        f"--odoo-config={conf}",
        "--odoo-http",
        "--odoo-log-level=warn",
        "-p",
        "engine.pytest_browser",
        "-p",
        "engine.pytest_processes",
    ]
    env = database.odoo_env(server)
    env["ADV_BASE_TEMPLATE"] = databases.base_template()
    env["ADV_FULL_TEMPLATE"] = "" if folder else databases.template_name()
    if server.own:  # also for the databases that tests make; nothing of them is to outlive a power failure
        env["PGOPTIONS"] = "-c synchronous_commit=off"
    env["ADV_REQUIRE_BROWSER"] = "1" if options.require_browser else ""
    env["ADV_BESIDE"] = "1" if folder else ""
    processes = options.processes or default_processes(options.rest)
    programs = copying_programs(server, name) if processes > 1 else None
    if programs:
        env["PATH"] = f"{programs}{os.pathsep}{env.get('PATH', os.defpath)}"
        words += ["-n", str(processes), *SHARING]
    try:
        return pytest(options.rest, words, env, server.fds())
    finally:
        conf.unlink(missing_ok=True)
        if programs:
            shutil.rmtree(programs, ignore_errors=True)


def default_processes(rest):
    """One for each core, but one where a person chose some tests."""
    chosen = any(os.path.exists(word.partition("::")[0]) or word in CHOOSING for word in rest)
    return 1 if chosen else min(os.cpu_count() or 1, MOST_PROCESSES)


def copying_programs(server, name):
    """A folder with the createdb and dropdb that give each process its copy of the database.

    They know the way to the server; None where PostgreSQL's programs are missing.
    """
    found = {program: server.program(program) for program in ("createdb", "dropdb")}
    if not all(found.values()):
        ui.notice("createdb is not installed: the tests run in one process")
        return None
    folder = paths.state_dir("run") / f"{name}-programs"
    folder.mkdir(mode=0o700, exist_ok=True)
    given = server.odoo_options()
    variables = {f"PG{key[3:].upper()}": given[key] for key in given if key in LIBPQ}
    for program, path in found.items():
        lines = [
            "#!/bin/sh",
            *(f"export {key}={shlex.quote(str(value))}" for key, value in variables.items()),
        ]
        file = folder / program
        file.write_text("\n".join([*lines, f'exec {shlex.quote(str(path))} "$@"', ""]), encoding="utf-8")
        file.chmod(0o700)
    return folder


def pytest(rest, words, env, fds):
    """Run pytest on our own screen; its exit code is ours and its closing line the last."""
    sys.stdout.flush()
    env["PYTHONPATH"] = str(paths.ROOT)
    command = [str(paths.venv_python()), "-m", "pytest", *words, *rest]
    process = subprocess.Popen(command, cwd=paths.ROOT, env=env, pass_fds=fds, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:  # the terminal told pytest as well: let it print its summary
        with contextlib.suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
            process.wait(30)
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
