"""./adv screenshots: the pictures of the guides, taken from a running ./adv run."""

from .. import browser, locks, paths, proc, python_env, ui
from ..ui import Problem

HELP = "take the pictures of the guides in three languages from a running ./adv run"
EXAMPLES = """examples:
  ./adv screenshots                                   all of them, into docs/images
  ./adv screenshots --language fr --only assistant-desk   one of them
"""


def arguments(parser):
    parser.add_argument("--into", default="docs/images", metavar="DIR", help="where to write (docs/images)")
    parser.add_argument("--language", choices=("en", "fr", "es"), action="append", help="one of them (all)")
    parser.add_argument("--only", metavar="NAME", action="append", help="these pictures (all)")


def run(options):
    url = locks.Lock("run").read().get("url")
    if not (locks.Lock("run").held and url):
        raise Problem("there is nothing to take pictures of: start ./adv run in another terminal first")
    if not browser.chromium():
        raise Problem("Chromium is missing: as root, apt-get install chromium")
    python_env.ensure()
    look = [f"--language={language}" for language in options.language or ()]
    look += [f"--only={name}" for name in options.only or ()]
    with ui.step("pictures") as step:
        take(url, options.into, look, step.progress)


def take(url, folder, look, on_line):
    """Take the pictures in the venv; Problem with its last words when that fails."""
    command = [paths.venv_python(), "-m", "engine.pictures", url, folder, *look]
    log = paths.log_file("screenshots")
    environment = proc.child_env(PYTHONPATH=str(paths.ROOT))
    done = proc.run(command, log=log, on_line=on_line, env=environment, cwd=paths.ROOT)
    if not done.ok:
        raise Problem(f"{done.last(r'Error') or done.last()}. Log: {log}")
