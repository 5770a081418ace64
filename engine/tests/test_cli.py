"""The entry: the Python it wants, the commands it knows, and how it ends."""

import errno
import importlib
import re
import subprocess
import sys
import types
import unittest
from pathlib import Path
from unittest import mock

from engine import cli, proc, ui

from .common import EngineCase

ROOT = Path(__file__).resolve().parents[2]


class TestEntry(unittest.TestCase):
    def test_old_python(self):
        """An old Python is told so in one line that names a way out, before anything newer is parsed."""
        code = compile((ROOT / "adv").read_text(encoding="utf-8"), "adv", "exec")
        old = types.SimpleNamespace(
            version_info=(3, 8, 10), executable="/usr/bin/python3", exit=sys.exit, path=[]
        )
        with mock.patch.dict(sys.modules, sys=old), self.assertRaises(SystemExit) as ended:
            exec(code, {"__name__": "__main__", "__file__": str(ROOT / "adv")})
        self.assertRegex(
            ended.exception.code, r"Python 3\.10 or newer .* this is Python 3\.8 .*python3\.11 adv run"
        )
        self.assertNotIn("\n", ended.exception.code)

    def test_parses_with_old_pythons(self):
        """No f-string, no annotation, no walrus in the entry file."""
        import ast

        ast.parse((ROOT / "adv").read_text(encoding="utf-8"), feature_version=(3, 4))

    def test_every_command_has_help_and_examples(self):
        for name in cli.COMMANDS:
            module = importlib.import_module(f"engine.commands.{name}")
            with self.subTest(name):
                self.assertTrue(module.HELP)
                self.assertIn(f"./adv {name}", module.EXAMPLES)
                done = subprocess.run(
                    [sys.executable, "adv", name, "--help"],
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(module.HELP.split(",")[0][:30], " ".join(done.stdout.split()))

    def test_readme_names_only_commands_that_exist(self):
        named = set(re.findall(r"\./adv (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
        self.assertTrue({"run", "test"} <= named)
        self.assertEqual(named - set(cli.COMMANDS) - {"COMMAND"}, set())

    def test_readme_names_every_command(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        self.assertEqual([name for name in cli.COMMANDS if f"./adv {name}" not in readme], [])


class TestEnd(EngineCase):
    def run_with(self, effect):
        module = types.SimpleNamespace(run=mock.Mock(side_effect=effect))
        self.stub(cli, "_parse", lambda _arguments: types.SimpleNamespace(module=module))
        self.addCleanup(proc.begin)
        return cli.main([])

    def test_problem_is_one_line(self):
        self.assertEqual(self.run_with(ui.Problem("no network: check the cable")), 1)
        self.assertEqual(self.output.getvalue(), "adv: no network: check the cable\n")

    def test_a_full_disk_is_one_line(self):
        full = OSError(errno.ENOSPC, "No space left on device", "/somewhere/log")
        self.assertEqual(self.run_with(full), 1)
        text = "adv: the disk is full (/somewhere/log): make room and start again\n"
        self.assertEqual(self.output.getvalue(), text)
        with self.assertRaises(PermissionError):
            self.run_with(PermissionError(errno.EACCES, "Permission denied"))

    def test_interrupt(self):
        self.assertEqual(self.run_with(KeyboardInterrupt), 130)
        self.assertIn("the next start completes", self.output.getvalue())

    def test_exit_code_of_the_tests_is_ours(self):
        self.assertEqual(self.run_with([3]), 3)


class TestArguments(unittest.TestCase):
    def test_test_hands_arguments_to_pytest(self):
        options = cli._parse(["test", "-k", "dunning", "addons/adv_orders", "--require-browser"])
        self.assertEqual(options.rest, ["-k", "dunning", "addons/adv_orders"])
        self.assertTrue(options.require_browser)

    def test_psql_and_bench_take_everything(self):
        self.assertEqual(cli._parse(["psql", "-c", "SELECT 1"]).rest, ["-c", "SELECT 1"])
        self.assertEqual(cli._parse(["bench", "confirm", "--rows", "9"]).rest, ["confirm", "--rows", "9"])

    def test_others_refuse_what_they_do_not_know(self):
        with mock.patch("sys.stderr"), self.assertRaises(SystemExit):
            cli._parse(["stop", "--now"])
