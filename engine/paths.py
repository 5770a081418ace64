"""Where things are. All that is made lies under .engine/, save what another user must reach."""

import hashlib
import os
import stat
import sys
from pathlib import Path

from .ui import Problem

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".engine"
ADDONS = ROOT / "addons"
SYSTEM_STATE = Path("/var/lib/adv")  # used by root only
SOCKET_LIMIT = 90  # a socket's path must stay below 107 bytes, its file name included


def is_root():
    return os.geteuid() == 0


def checkout_key(root=ROOT):
    """A short name for this checkout, the same at each start."""
    return hashlib.sha256(os.fsencode(str(root))).hexdigest()[:10]


def state_dir(*parts):
    """A folder below .engine/, made when missing."""
    folder = STATE.joinpath(*parts)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"cannot write {folder}: {error.strerror}. Give your user the right to write {ROOT}, "
            "or make a checkout of your own"
        ) from error
    return folder


def log_file(name):
    return state_dir("log") / f"{name}.log"


def venv_dir():
    """One environment for each Python, so that two of them do not undo each other's."""
    return STATE / f"venv-{sys.version_info[0]}.{sys.version_info[1]}"


def venv_python():
    return venv_dir() / "bin" / "python"


def addon_names():
    """The addons of this repository, in the order of their names."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def private_dir(path):
    """A folder that only this user can enter; refuses one that belongs to somebody else."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Problem(
            f"{path} belongs to somebody else: remove it, or set XDG_RUNTIME_DIR to a folder of yours"
        )
    if found.st_mode & 0o077:
        path.chmod(0o700)
    return path


def _belongs_to_us(folder):
    return os.path.isdir(folder) and os.access(folder, os.W_OK) and os.stat(folder).st_uid == os.geteuid()


def socket_dir():
    """A short private folder for the database socket of an ordinary user."""
    name = f"adv-{checkout_key()}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and len(runtime) < 60 and _belongs_to_us(runtime):
        return private_dir(Path(runtime) / name)
    return private_dir(Path("/tmp") / f"{name}-{os.geteuid()}")  # noqa: S108
