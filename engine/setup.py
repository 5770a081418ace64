"""Everything a command needs before it can work: Odoo, the Python packages, PostgreSQL."""

import threading
from contextlib import contextmanager

from . import database, odoo_tree, postgres, python_env


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


def prepare():
    """Odoo and the Python packages, fetched side by side when missing. Returns the Odoo tree."""
    odoo = _Background(odoo_tree.find)
    python_env.ensure()
    tree = odoo.wait()
    python_env.ensure(tree)
    return tree


@contextmanager
def databases():
    """The databases of a running server, with everything set up."""
    tree = prepare()
    with postgres.server().use() as server:
        yield database.Databases(server, tree)
