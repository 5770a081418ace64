"""The Python environment of ./adv: a venv under .engine/ with the pinned packages and the way to Odoo."""

import hashlib
import importlib.util
import re
import shutil
import site
import sys
import venv

from . import apt, locks, paths, proc, ui
from .ui import Problem

REQUIREMENTS = paths.ROOT / "requirements.txt"
TOO_NEW = (3, 14)
PTH = "adv-odoo.pth"


def ensure(tree=None):
    """Make the environment, or bring it up to date, and let this very process import from it."""
    if sys.version_info >= TOO_NEW:
        raise Problem(
            f"Odoo 19 runs on Python 3.10 to 3.13 and this is {sys.version_info[0]}.{sys.version_info[1]}: "
            "start ./adv with an older one, for example: python3.13 adv run"
        )
    if _stamp() != _wanted_stamp():
        with locks.exclusive("venv", "another ./adv that installs the Python packages"):
            if _stamp() != _wanted_stamp():
                _build()
    _link(tree)
    if str(site_packages()) not in sys.path:
        site.addsitedir(str(site_packages()))
    return paths.venv_python()


def site_packages():
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return paths.venv_dir() / "lib" / version / "site-packages"


def _stamp_file():
    return paths.venv_dir() / "adv-stamp"


def _stamp():
    try:
        return _stamp_file().read_text(encoding="utf-8") if paths.venv_python().exists() else ""
    except OSError:
        return ""


def _wanted_stamp():
    return hashlib.sha256(REQUIREMENTS.read_bytes() + str(paths.venv_dir()).encode()).hexdigest()


def _build():
    """A half-made environment is thrown away: pip's cache makes the second try quick."""
    folder = paths.venv_dir()
    log = paths.log_file("python")
    if not _stamp():
        shutil.rmtree(folder, ignore_errors=True)
    with ui.step("Python packages") as step:
        _stamp_file().unlink(missing_ok=True)
        (site_packages() / PTH).unlink(missing_ok=True)
        if not paths.venv_python().exists():
            step.progress("new environment")
            paths.STATE.mkdir(exist_ok=True)
            venv.create(folder, symlinks=True, with_pip=False)
        _install(_pip(step), log, step)
        _stamp_file().write_text(_wanted_stamp(), encoding="utf-8")


def _pip(step):
    """How to call a pip for the environment; a Debian without python3-venv has none: it is fetched."""
    python = paths.venv_python()
    if (site_packages() / "pip").is_dir():
        return [python, "-m", "pip"]
    if importlib.util.find_spec("ensurepip"):
        done = proc.run(
            [python, "-m", "ensurepip", "--default-pip"], log=paths.log_file("python"), env=_env()
        )
        if done.ok:
            return [python, "-m", "pip"]
    wheel = next(iter(sorted((paths.STATE / "pip").glob("**/pip-*.whl"))), None) or _fetch_pip(step)
    return [python, f"{wheel}/pip"]


def _fetch_pip(step):
    try:
        private = apt.Apt(paths.state_dir("apt"))
        private.prepare(step)
        package = "python3-pip-whl"
        files = private.fetch({package: private.versions(package)[0]}, step)
    except (Problem, IndexError) as error:
        raise Problem(
            f"this Python has no pip and it could not be fetched: install python3-venv ({error})"
        ) from error
    target = paths.STATE / "pip"
    apt.unpack(files[0], target, private.log)
    return next(iter(sorted(target.glob("**/pip-*.whl"))))


def _install(pip, log, step):
    total = len(re.findall(r"^[a-z]", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))
    seen = set()

    def moved(line):
        found = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
        if found:
            seen.add(found[1])
            step.progress(found[1], len(seen), total)
        elif line.startswith("Installing collected"):
            step.progress("installing", 1, 1)

    command = [*pip, "install", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS]
    done = proc.run(command, log=log, on_line=moved, env=_env())
    if not done.ok:
        reason = done.last(r"^ERROR: (?!No matching)") or done.last(r"^ERROR") or done.last()
        raise Problem(
            f"pip could not install the Python packages ({reason[:200]}). Check the network, or name a "
            f"package index in PIP_INDEX_URL, and try again. Log: {log}"
        )


def install_into(folder, requirement):
    """Install one package into a folder of its own, outside the environment."""
    command = [
        *_pip(None),
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--target",
        folder,
        requirement,
    ]
    return proc.run(command, log=paths.log_file("python"), env=_env())


def _env():
    return proc.child_env(
        PIP_REQUIRE_VIRTUALENV="0", PIP_ROOT_USER_ACTION="ignore", VIRTUAL_ENV=paths.venv_dir()
    )


def _link(tree):
    """Let the environment import the Odoo in use."""
    if tree is None:
        return
    file = site_packages() / PTH
    wanted = f"{tree.parent}\n"
    if not file.exists() or file.read_text(encoding="utf-8") != wanted:
        scratch = file.with_suffix(".tmp")
        scratch.write_text(wanted, encoding="utf-8")
        scratch.replace(file)
