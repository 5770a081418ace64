"""Everything a command needs before it can work: Odoo, the Python packages, PostgreSQL."""

import shutil
import threading
from collections import Counter
from contextlib import contextmanager

from . import database, odoo_tree, paths, postgres, python_env
from .ui import Problem

GIGABYTE = 10**9
ROOM = 2.2  # gigabytes of Odoo, its packages while they are unpacked, and the Python packages
ROOM_OF_DATA = 1.3  # gigabytes of a database with demo data, its log and the copy for the tests


class _Background(threading.Thread):
    """A piece of set-up beside another; what went wrong there is raised where it is waited for."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work = work
        self.result = None
        self.error = None
        self.start()

    def run(self):
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error

    def wait(self):
        while self.is_alive():
            self.join(0.1)
        if self.error:
            raise self.error
        return self.result


def check_room():
    """Refuse a first set-up on a disk that is too small for it, before minutes are spent."""
    if paths.venv_python().exists() and odoo_tree.find(install=False):
        return
    needed = Counter()
    folders = {}
    for folder, gigabytes in ((paths.state_dir(), ROOM), (_data_folder(), ROOM_OF_DATA)):
        device = folder.stat().st_dev
        needed[device] += gigabytes
        folders.setdefault(device, folder)
    for device, folder in folders.items():
        free = shutil.disk_usage(folder).free / GIGABYTE
        if free < needed[device]:
            raise Problem(
                f"{free:.1f} GB are free on the disk of {folder} and the first start needs about "
                f"{needed[device]:.1f}: make room, or clone to a larger disk"
            )


def _data_folder():
    """The folder of PostgreSQL's data, or the nearest one above it that is there already."""
    folder = paths.SYSTEM_STATE if paths.is_root() else paths.STATE
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def prepare():
    """Odoo and the Python packages, fetched side by side when missing. Returns the Odoo tree."""
    check_room()
    odoo = _Background(odoo_tree.find)
    python_env.ensure()
    tree = odoo.wait()
    python_env.ensure(tree)
    return tree


@contextmanager
def existing_databases():
    """The databases for a command that needs no Odoo; nothing is made where there is no server yet."""
    server = postgres.server()
    if server.own and not server.data.exists():
        raise Problem("nothing is set up yet: ./adv run does it")
    python_env.ensure()
    with server.use():
        yield database.Databases(server, None)


@contextmanager
def databases():
    """The databases of a running server, with everything set up."""
    tree = prepare()
    with postgres.server().use() as server:
        yield database.Databases(server, tree)
