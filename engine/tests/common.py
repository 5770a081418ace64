"""What the engine's tests share: a checkout of their own in a folder with a space, and a silent screen."""

import io
import os
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from engine import paths, ui


class EngineCase(unittest.TestCase):
    """Each test has its own .engine/, below a folder with a space in its name."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="adv test ")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.state = self.root / ".engine"
        (self.root / "addons").mkdir()
        self.stub(paths, "ROOT", self.root)
        self.stub(paths, "STATE", self.state)
        self.stub(paths, "ADDONS", self.root / "addons")
        self.stub(paths, "SYSTEM_STATE", self.root / "var lib adv")
        self.output = io.StringIO()
        self.stub(ui.screen, "_stream", self.output)
        environment = mock.patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        for name in list(os.environ):
            if name.startswith("PG") or name == "ODOO_PATH":
                del os.environ[name]

    def stub(self, owner, name, value):
        patch = mock.patch.object(owner, name, value)
        self.addCleanup(patch.stop)
        return patch.start()

    def program(self, name, body):
        """A program of that name, first in PATH, made of a few lines of shell."""
        folder = self.root / "fake bin"
        folder.mkdir(exist_ok=True)
        file = folder / name
        file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        if str(folder) not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
        return file

    def empty_path(self):
        """A machine without any program."""
        folder = self.root / "empty bin"
        folder.mkdir(exist_ok=True)
        os.environ["PATH"] = str(folder)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def odoo(self, folder, version="19, 0, 0, FINAL, 0, ''"):
        """A folder that looks like an Odoo."""
        self.write(f"{folder}/odoo/release.py", f"FINAL = 'final'\nversion_info = ({version})\n")
        return self.root / folder

    def problem(self, pattern):
        """The block must end with one clear line that matches."""
        return _Problem(self, pattern)


class _Problem:
    def __init__(self, case, pattern):
        self.context = case.assertRaisesRegex(ui.Problem, pattern)
        self.case = case

    def __enter__(self):
        return self.context.__enter__()

    def __exit__(self, *error):
        swallowed = self.context.__exit__(*error)
        text = str(self.context.exception)
        self.case.assertNotIn("\n", text, "a problem is told in one line")
        return swallowed


PYTHON = sys.executable
