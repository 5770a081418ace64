"""The Python environment: no network, no pip, interrupted installation."""

import importlib.util
import types
from unittest import mock

from engine import apt, paths, proc, python_env, ui

from .common import EngineCase


class TestEnvironment(EngineCase):
    """pip is replaced: what it is asked to do and how it ends is under the test's control."""

    def setUp(self):
        super().setUp()
        self.stub(python_env, "REQUIREMENTS", self.write("requirements.txt", "one==1\ntwo==2\n"))
        self.stub(python_env.site, "addsitedir", mock.Mock())
        self.results = []
        self.commands = []
        self.stub(proc, "run", self.fake_run)

    def fake_run(self, command, **_options):
        self.commands.append([str(word) for word in command])
        result = self.results.pop(0) if self.results else proc.Result(0, [])
        if isinstance(result, BaseException):
            raise result
        return result

    @property
    def installs(self):
        return [command for command in self.commands if "-r" in command]

    def test_made_once(self):
        python_env.ensure()
        self.assertTrue(paths.venv_python().exists())
        python_env.ensure()
        self.assertEqual(len(self.installs), 1)

    def test_too_new_python(self):
        self.stub(python_env, "TOO_NEW", (3, 10))
        with self.problem(r"Python 3\.10 to 3\.13.*python3\.13 adv run"):
            python_env.ensure()

    def test_new_requirements_are_installed(self):
        python_env.ensure()
        self.write("requirements.txt", "one==2\n")
        python_env.ensure()
        self.assertEqual(len(self.installs), 2)

    def test_no_network(self):
        self.results = [
            proc.Result(0, []),
            proc.Result(1, ["ERROR: Could not find a version", "ERROR: No matching"]),
        ]
        with self.problem("could not install.*Could not find a version.*PIP_INDEX_URL.*Log"):
            python_env.ensure()
        python_env.ensure()
        self.assertEqual(len(self.installs), 2, "the next try installs again")

    def test_interrupted(self):
        self.results = [proc.Result(0, []), KeyboardInterrupt()]
        with self.assertRaises(KeyboardInterrupt):
            python_env.ensure()
        remnant = python_env.site_packages() / "half a package"
        remnant.mkdir()
        python_env.ensure()
        self.assertFalse(remnant.exists(), "a half-made environment is made anew")

    def test_no_pip_in_python(self):
        """A Debian without python3-venv: pip's own wheel is fetched from Debian."""
        find_spec = importlib.util.find_spec
        self.stub(
            python_env.importlib.util,
            "find_spec",
            lambda name, *rest: None if name == "ensurepip" else find_spec(name, *rest),
        )
        with (
            mock.patch.object(apt.Apt, "prepare", side_effect=ui.Problem("no apt")),
            self.problem("no pip.*install python3-venv.*no apt"),
        ):
            python_env.ensure()
        self.write(".engine/pip/usr/share/python-wheels/pip-23.0-py3-none-any.whl", "")
        python_env.ensure()
        self.assertTrue(self.installs[0][1].endswith("pip-23.0-py3-none-any.whl/pip"))

    def test_way_to_odoo(self):
        tree = types.SimpleNamespace(parent=self.root / "an odoo")
        python_env.ensure(tree)
        self.assertEqual((python_env.site_packages() / python_env.PTH).read_text(), f"{self.root}/an odoo\n")


class TestHome(EngineCase):
    def test_unreadable_home(self):
        """Programs that need a home get one that they can write."""
        import os

        os.environ["HOME"] = str(self.root / "nowhere")
        self.assertEqual(proc.child_env()["HOME"], str(self.state / "home"))
        os.environ["HOME"] = str(self.root)
        self.assertEqual(proc.child_env()["HOME"], str(self.root))

    def test_unwritable_checkout(self):
        self.write(".engine", "a file where the folder should be")
        with self.problem("cannot write .*checkout"):
            paths.state_dir("log")
