"""What is looked at before anything is fetched."""

import shutil
from types import SimpleNamespace

from engine import odoo_tree, paths, setup

from .common import EngineCase


class TestRoom(EngineCase):
    def setUp(self):
        super().setUp()
        self.stub(odoo_tree, "find", lambda install=True: None)

    def free(self, gigabytes):
        self.stub(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=gigabytes * 10**9))

    def test_a_disk_that_is_too_small(self):
        """The first start needs 2.2 GB for Odoo and 1.3 GB for data, here on one disk."""
        self.free(3.4)
        with self.problem(r"^3\.4 GB are free .* needs about 3\.5: make room"):
            setup.check_room()

    def test_a_disk_that_is_large_enough(self):
        self.free(3.6)
        setup.check_room()

    def test_later_starts_are_not_stopped(self):
        self.write(paths.venv_python().relative_to(self.root), "")
        self.stub(odoo_tree, "find", lambda install=True: self.odoo("an odoo"))
        self.free(0.1)
        setup.check_room()
