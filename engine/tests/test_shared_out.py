"""./adv test in several processes: how many, and how each gets its copy of the database."""

import os
import subprocess
from pathlib import Path
from unittest import mock

from engine.commands import test

from .common import EngineCase


class Fake:
    """A server whose programs tell what they were called with."""

    def __init__(self, folder, installed=True):
        self.folder = Path(folder)
        self.installed = installed

    def program(self, name):
        if not self.installed:
            return None
        file = self.folder / name
        file.write_text('#!/bin/sh\necho "$PGHOST $PGUSER $PGPASSWORD $@"\n', encoding="utf-8")
        file.chmod(0o700)
        return file

    def odoo_options(self):
        return {"db_host": "/a folder", "db_user": "odoo", "db_password": "it's", "db_port": ""}


class TestSharedOut(EngineCase):
    def test_all_tests_use_the_cores(self):
        with mock.patch.object(os, "cpu_count", return_value=2):
            self.assertEqual(test.default_processes([]), 2)
            self.assertEqual(test.default_processes(["-q"]), 2)
        with mock.patch.object(os, "cpu_count", return_value=64):
            self.assertEqual(test.default_processes([]), 4)

    def test_chosen_tests_run_in_one_process(self):
        file = __file__
        for words in (["-k", "dunning"], [file], [f"{file}::TestThis"], ["-x"], ["--pdb"]):
            with self.subTest(words):
                self.assertEqual(test.default_processes(words), 1)

    def test_programs_know_the_way_to_the_server(self):
        folder = test.copying_programs(Fake(self.root), "adv_test_1")
        done = subprocess.run([folder / "createdb", "-T", "a"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "/a folder odoo it's -T a\n")
        self.assertEqual((folder / "createdb").stat().st_mode & 0o077, 0, "a password may stand in it")

    def test_without_the_programs_one_process_is_told(self):
        with mock.patch.object(test.ui, "notice") as notice:
            self.assertIsNone(test.copying_programs(Fake(self.root, installed=False), "adv_test_1"))
        self.assertIn("one process", notice.call_args.args[0])

    def test_copies_belong_to_their_run(self):
        """A run that goes on keeps its copies: another that begins clears only what dead runs left."""
        self.assertEqual(test.run_of("adv_test_ab12_99-gw1"), "adv_test_ab12_99")
        self.assertEqual(test.run_of("adv_test_ab12_99"), "adv_test_ab12_99")

    def test_the_longest_files_come_first_and_the_shortest_last(self):
        from engine.pytest_processes import rank

        files = (
            "tests/test_sample.py::TestSample::test_customers",
            "tests/test_demo.py::TestDemo::test_demo_data",
            "tests/test_docs.py::TestDocuments::test_links",
            "addons/adv_orders/tests/test_tours.py::TestTours::test_hoot",
            "addons/adv_orders/tests/test_checks.py::TestChecks::test_price",
        )
        mixed = [files[place] for place in (3, 0, 4, 2, 1)]
        self.assertEqual(sorted(mixed, key=rank), list(files))
