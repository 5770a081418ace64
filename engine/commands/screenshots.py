"""./adv screenshots: the pictures of README and docs, taken from a running ./adv run."""

from .. import browser, locks, paths, proc, python_env, ui
from ..ui import Problem

HELP = "take the pictures of README and docs from a running ./adv run"
EXAMPLES = """examples:
  ./adv screenshots                      all of them, into docs/images
  ./adv screenshots --into DIR --dark    elsewhere, in the dark scheme
"""
# login: {file: path below the server's address}
PAGES = {
    "manager": {
        "dashboard.png": "odoo/adv-dashboard",
        "desk.png": "odoo/adv-desk",
        "errors.png": "odoo/adv-errors",
    },
    "collector": {"collections.png": "odoo/collections"},
}


def arguments(parser):
    parser.add_argument("--into", default="docs/images", metavar="DIR", help="where to write (docs/images)")
    parser.add_argument("--width", type=int, default=1400, help="width of the window in pixels (1400)")
    parser.add_argument("--height", type=int, default=860, help="height of the window in pixels (860)")
    parser.add_argument("--dark", action="store_true", help="the dark colour scheme")


def run(options):
    url = locks.Lock("run").read().get("url")
    if not (locks.Lock("run").held and url):
        raise Problem("there is nothing to take pictures of: start ./adv run in another terminal first")
    if not browser.chromium():
        raise Problem("Chromium is missing: as root, apt-get install chromium")
    python_env.ensure()
    look = ["--width", str(options.width), "--height", str(options.height)]
    look += ["--dark"] if options.dark else []
    for login, pages in PAGES.items():
        with ui.step(f"pictures as {login}: {', '.join(pages)}"):
            take(url, options.into, login, pages, look)


def take(url, folder, login, pages, look):
    names = [f"{path}:{file}" for file, path in pages.items()]
    command = [paths.venv_python(), "-m", "engine.screenshots", url, folder, *names, "--login", login, *look]
    log = paths.log_file("screenshots")
    done = proc.run(command, log=log, env=proc.child_env(PYTHONPATH=str(paths.ROOT)), cwd=paths.ROOT)
    if not done.ok:
        raise Problem(f"{done.last(r'Error') or done.last()}. Log: {log}")
