"""./adv test: the tests, on a database of their own."""

import contextlib
import os
import socket
import subprocess
import sys

from .. import browser, database, locks, paths, proc, python_env, settings, setup, ui
from ..ui import Problem

HELP = "run the tests on a database of their own, beside a running ./adv run if need be"
EXAMPLES = """examples:
  ./adv test                          everything
  ./adv test -k dunning               tests with a word in their name
  ./adv test addons/adv_orders -x     one addon, to the first failure
  ./adv test engine/tests             the tests of ./adv itself (no database)
  ./adv test --require-browser        fail when there is no Chromium instead of skipping its tests
All other arguments are pytest's.
"""


def arguments(parser):
    parser.add_argument(
        "--require-browser",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="a browser test that cannot run is a failure (the default where CI is set)",
    )
    parser.add_argument("--keep", action="store_true", help="keep the test database, and tell its name")
    parser.set_defaults(passes_arguments=True)


def run(options):
    if only_engine(options.rest):
        python_env.ensure()
        return pytest(options.rest, ["-p", "no:odoo"], proc.child_env(), ())
    programs = browser.Programs("chromium", "wkhtmltopdf")
    programs.start()
    with setup.databases() as databases:
        name, lock = new_database(databases)
        try:
            programs.report()
            check_browser(options.require_browser)
            return on_database(databases, name, options)
        finally:
            if options.keep:
                ui.notice(f"the test database is kept: ./adv psql {name}")
            else:
                with contextlib.suppress(Exception):
                    databases.drop(name)
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


def new_database(databases):
    """A fresh copy of the template under a name that no other run has; what dead runs left behind goes."""
    with locks.exclusive("templates", "another ./adv test that prepares its database"):
        prefix = f"adv_test_{paths.checkout_key()[:4]}_"
        for left in databases.names(prefix):
            if not locks.Lock(left).held:
                databases.drop(left)
        template = databases.template()
        name = f"{prefix}{os.getpid()}"
        lock = locks.Lock(name)
        lock.acquire()
        with ui.step("test database: a copy of the template"):
            databases.clone(template, name)
            databases.settings(name, synchronous_commit="off")
    return name, lock


def on_database(databases, name, options):
    server = databases.server
    conf = settings.write(name, databases.tree, server, http_port=free_port(), dbfilter=f"^{name}$")
    words = [
        f"--odoo-database={name}",
        f"--odoo-config={conf}",
        "--odoo-http",
        "--odoo-log-level=warn",
        "-p",
        "engine.pytest_browser",
    ]
    env = database.odoo_env(server)
    env["ADV_BASE_TEMPLATE"] = databases.base_template()
    env["ADV_REQUIRE_BROWSER"] = "1" if options.require_browser else ""
    try:
        return pytest(options.rest, words, env, server.fds())
    finally:
        conf.unlink(missing_ok=True)


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
