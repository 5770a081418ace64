"""./adv run, stop and test: ports, several at once, missing programs."""

import os
import socket
import subprocess
import sys
import types
from pathlib import Path
from unittest import mock

from engine import apt, browser, locks, postgres, proc, setup, ui
from engine.commands import reset, run, stop, test, update

from .common import EngineCase

CHECKOUT = Path(__file__).resolve().parents[2]
HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "a")
fcntl.flock(file, {})
print("held", flush=True)
time.sleep(60)
"""


def holder(case, path, kind="fcntl.LOCK_EX"):
    """Another process that holds a lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(kind), str(path)], stdout=subprocess.PIPE, text=True
    )
    case.addCleanup(process.stdout.close)
    case.addCleanup(process.wait)
    case.addCleanup(process.kill)
    process.stdout.readline()
    return process


class TestPort(EngineCase):
    def test_port_in_use(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with self.problem(rf"port {port} on 127\.0\.0\.1 is in use.*\./adv run --port {port + 1}"):
                run.check_port("127.0.0.1", port)
        run.check_port("127.0.0.1", port)

    def test_no_port(self):
        with self.problem("99999 is not a port"):
            run.check_port("127.0.0.1", 99999)

    def test_port_is_checked_before_anything_long(self):
        options = types.SimpleNamespace(port=None, log=False, no_update=False)
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.write("odoo.conf", f"[options]\nhttp_port = {other.getsockname()[1]}\n")
            with mock.patch.object(setup, "databases") as databases, self.problem("in use"):
                run.run(options)
        databases.assert_not_called()


class TestTwoAtOnce(EngineCase):
    def test_second_run(self):
        lock = locks.Lock("run")
        lock.write(pid=1, url="http://localhost:8069")
        holder(self, lock.path)
        options = types.SimpleNamespace(port=None, log=False, no_update=False)
        with self.problem(r"already running at http://localhost:8069.*\./adv stop"):
            run.run(options)
        lock.write(pid=1)
        with self.problem("already running and still setting up"):
            run.run(options)

    def test_update_and_reset_beside_run(self):
        holder(self, locks.Lock("run").path)
        self.write("addons/adv_one/__manifest__.py", "{}")
        with self.problem(r"running.*\./adv stop"):
            update.run(types.SimpleNamespace(addon=[]))
        with self.problem(r"running.*\./adv stop"):
            reset.run(types.SimpleNamespace(yes=True, all=False))

    def test_waiting_is_told(self):
        lock = locks.Lock("setup")
        process = holder(self, lock.path)
        told = []

        def notice(text):
            told.append(text)
            process.kill()

        self.stub(ui, "notice", notice)
        lock.acquire("another ./adv that fetches Odoo")
        lock.release()
        self.assertEqual(told, [f"waiting for another ./adv that fetches Odoo (process {process.pid})"])

    def test_lock_of_a_killed_process_is_free(self):
        lock = locks.Lock("run")
        process = holder(self, lock.path)
        self.assertTrue(lock.held)
        process.kill()
        process.wait()
        self.assertFalse(lock.held)


class TestStop(EngineCase):
    def test_stops_run_and_nothing_else(self):
        ours = holder(self, locks.Lock("run").path)
        theirs = holder(self, self.root / "other.lock")
        self.assertTrue(stop.stop_holders("run"))
        self.assertEqual(ours.wait(5), -15)
        self.assertIsNone(theirs.poll())

    def test_nothing_runs(self):
        self.stub(stop, "stop_server", lambda: False)
        stop.run(types.SimpleNamespace(all=False))
        self.assertIn("nothing was running", self.output.getvalue())

    def test_server_goes_on_for_a_test_run(self):
        server = mock.Mock(own=True, pid=lambda: 42)
        self.stub(postgres, "server", lambda: server)
        holder(self, locks.Lock("postgres-users").path, "fcntl.LOCK_SH")
        self.assertFalse(stop.stop_server())
        server.stop.assert_not_called()
        self.assertIn("another ./adv uses it", self.output.getvalue())


class TestReset(EngineCase):
    def test_asks_for_yes(self):
        with self.problem(r"deletes the database adv.*\./adv reset --yes"):
            reset.run(types.SimpleNamespace(yes=False, all=False))


class TestPrograms(EngineCase):
    def test_no_chromium(self):
        self.empty_path()
        test.check_browser(required=False)
        with self.problem("Chromium is missing.*apt-get install chromium"):
            test.check_browser(required=True)

    def test_missing_programs_are_told_with_the_consequence(self):
        self.empty_path()
        programs = browser.Programs("chromium", "wkhtmltopdf")
        programs.start()
        programs.report()
        self.assertRegex(self.output.getvalue(), "note: chromium is missing: browser tests are skipped")
        self.assertRegex(
            self.output.getvalue(), "note: wkhtmltopdf is missing: .* HTML .* apt-get install wkhtmltopdf"
        )

    def test_installed_when_root(self):
        self.empty_path()
        self.stub(apt, "can_install", lambda: True)
        install = self.stub(apt, "install", mock.Mock(return_value="E: no network"))
        programs = browser.Programs("wkhtmltopdf")
        programs.start()
        programs.report()
        install.assert_called_once()
        self.assertIn("wkhtmltopdf is missing (E: no network)", self.output.getvalue())

    def test_nothing_to_say(self):
        self.program("wkhtmltopdf", "true")
        programs = browser.Programs("wkhtmltopdf")
        programs.start()
        programs.report()
        self.assertEqual(self.output.getvalue(), "")


class TestOdooEnds(EngineCase):
    def test_odoo_that_does_not_start(self):
        log = self.write(
            "run.log", "2026-01-02 03:04:05,678 9 ERROR adv odoo.http: no such thing \nTraceback\n"
        )
        odoo = mock.Mock(poll=lambda: 1)
        with ui.step("start") as step, self.problem("ended at once.*no such thing.*Log"):
            run.wait_ready(odoo, "http://127.0.0.1:1/", log, step)

    def test_killed_server_is_started_again(self):
        log = self.write("run.log", "")
        odoo = mock.Mock(poll=mock.Mock(side_effect=[None, 1]))
        server = mock.Mock(ensure=mock.Mock(return_value=True))
        self.stub(run.time, "sleep", lambda _seconds: None)
        with self.problem("ended by itself"):
            run.stay(odoo, server, log, show_log=False)
        self.assertIn(
            "PostgreSQL was ended by something else; it has been started again", self.output.getvalue()
        )


class TestProcesses(EngineCase):
    def test_interrupt_ends_the_whole_group(self):
        child = self.root / "child"
        script = self.program("long", f'sleep 60 & echo $! > "{child}"; echo started; wait')

        def stop_now(_line):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            proc.run([script], on_line=stop_now)
        self.assertTrue(proc.wait_gone(int(child.read_text()), 5))

    def test_package_manager_may_finish(self):
        done = self.root / "done"
        script = self.program("manager", f'echo started; sleep 1; echo yes > "{done}"')

        def stop_now(_line):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            proc.run([script], on_line=stop_now, gentle=True)
        self.assertEqual(done.read_text(), "yes\n")

    def test_what_was_ended_means_nothing(self):
        """A program that ends because the command ends did not fail, and no other is started."""
        script = self.program("long", "echo started; exec sleep 60")
        self.addCleanup(proc.begin)
        with self.assertRaises(KeyboardInterrupt):
            proc.run([script], on_line=lambda _line: proc.end_all())
        with self.assertRaises(KeyboardInterrupt):
            proc.run([script])

    def test_only_engine_tests_need_no_database(self):
        tests = str(CHECKOUT / "engine" / "tests")
        self.stub(test.paths, "ROOT", CHECKOUT)
        self.assertTrue(test.only_engine([tests]))
        self.assertTrue(test.only_engine(["-k", "port", f"{tests}/test_run.py::TestPort"]))
        self.assertFalse(test.only_engine([tests, str(CHECKOUT / "addons")]))
        self.assertFalse(test.only_engine([]))


class TestScreen(EngineCase):
    def test_steps_on_a_terminal(self):
        self.output.isatty = lambda: True
        self.stub(ui, "REFRESH", 0)
        with ui.step("Odoo") as step:
            step.progress("42 of 123 MB", 42, 123)
        self.assertIn(" 34 %  42 of 123 MB", self.output.getvalue())
        self.assertIn(" ok   Odoo", self.output.getvalue())

    def test_failed_step(self):
        with self.assertRaises(ui.Problem), ui.step("Odoo"):
            raise ui.Problem("no")
        self.assertIn("stop  Odoo", self.output.getvalue())


class TestSocketFolder(EngineCase):
    def test_long_or_foreign_runtime_folder_is_passed_over(self):
        from engine import paths

        long = self.root / ("x" * 80)
        long.mkdir()
        os.environ["XDG_RUNTIME_DIR"] = str(long)
        folder = paths.socket_dir()
        self.addCleanup(folder.rmdir)
        self.assertLess(len(str(folder)), paths.SOCKET_LIMIT)
        self.assertEqual(folder.stat().st_mode & 0o777, 0o700)

    def test_folder_of_somebody_else(self):
        from engine import paths

        with (
            mock.patch.object(os, "geteuid", return_value=os.geteuid() + 1),
            self.problem("belongs to somebody else"),
        ):
            paths.private_dir(self.root / "socket")
