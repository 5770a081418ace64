"""pytest plug-in: each process of a run that is shared out has its own copy of the attachments.

pytest-odoo gives each process its own database but lets them share one folder of attachments, from which
the clean-up of one process takes away what another has just written.

Whole files are shared out in the order in which they stand: the longest first, so that all processes end at
the same time.
"""

import contextlib
import shutil
from pathlib import Path

import odoo.tools
import pytest
import pytest_odoo

from .database import link_tree

# what takes minutes begins first, then come the tours, and what is short fills the end
LONGEST = (
    "tests/test_sample.py",
    "tests/test_demo.py",
    "tests/test_lifecycle.py",
    "tests/test_companions.py",
)


@contextlib.contextmanager
def own_attachments(original_name, name):
    """Link the attachments of the database ``original_name`` for its copy ``name``, until the block ends."""
    if name == original_name:
        yield
        return
    folder = Path(odoo.tools.config["data_dir"]) / "filestore"
    link_tree(folder / original_name, folder / name)
    try:
        yield
    finally:
        shutil.rmtree(folder / name, ignore_errors=True)


pytest_odoo._shared_filestore = own_attachments


def rank(nodeid):
    """Where the tests of a file stand: those that take longest, processes of their own, tours, the rest."""
    file = nodeid.partition("::")[0]
    if file in LONGEST:
        return LONGEST.index(file)
    if file.startswith("tests/"):
        return len(LONGEST)
    return len(LONGEST) + 1 + ("tour" not in file.rpartition("/")[2])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: rank(item.nodeid))
