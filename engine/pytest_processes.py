"""pytest plug-in: each process of a run that is shared out has its own copy of the attachments.

pytest-odoo gives each process its own database but lets them share one folder of attachments, from which
the clean-up of one process takes away what another has just written.
"""

import contextlib
import shutil
from pathlib import Path

import odoo.tools
import pytest_odoo

from .database import link_tree


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
