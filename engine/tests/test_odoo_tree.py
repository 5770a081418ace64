"""Which Odoo is used: ODOO_PATH, an importable one, the package."""

import os
import sys

from engine import odoo_tree

from .common import EngineCase


class TestFind(EngineCase):
    def setUp(self):
        super().setUp()
        self.stub(sys, "path", [])

    def test_source_folder(self):
        self.odoo("my odoo")
        self.write("my odoo/addons/web/__manifest__.py", "{}")
        os.environ["ODOO_PATH"] = str(self.root / "my odoo")
        tree = odoo_tree.find()
        self.assertEqual(tree.parent, (self.root / "my odoo").resolve())
        self.assertEqual(tree.addons, [(self.root / "my odoo" / "addons").resolve()])

    def test_the_package_itself(self):
        os.environ["ODOO_PATH"] = str(self.odoo("my odoo") / "odoo")
        self.assertEqual(odoo_tree.find().parent, (self.root / "my odoo").resolve())

    def test_wrong_folder(self):
        os.environ["ODOO_PATH"] = str(self.root / "nowhere")
        with self.problem("ODOO_PATH=.*nowhere holds no Odoo.*odoo/release.py.*unset"):
            odoo_tree.find()

    def test_other_version(self):
        os.environ["ODOO_PATH"] = str(self.odoo("old", "18, 0, 0, FINAL, 0, ''"))
        with self.problem(r"ODOO_PATH=.* is Odoo 18\.0.*need Odoo 19\.0"):
            odoo_tree.find()

    def test_nightly_version(self):
        os.environ["ODOO_PATH"] = str(self.odoo("new", "'saas~19', 1, 0, FINAL, 0, ''"))
        with self.problem(r"is Odoo saas~19\.1"):
            odoo_tree.find()

    def test_importable(self):
        self.odoo("site")
        sys.path.append(str(self.root / "site"))
        self.assertEqual(odoo_tree.find().parent, self.root / "site")

    def test_importable_of_another_version_is_passed_over(self):
        self.odoo("site", "18, 0, 0, FINAL, 0, ''")
        sys.path.append(str(self.root / "site"))
        self.assertIsNone(odoo_tree.from_python())
