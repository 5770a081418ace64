"""./adv screenshots: what it needs, and how it asks the browser."""

import types

from engine import locks
from engine.commands import screenshots

from .common import EngineCase

OPTIONS = types.SimpleNamespace(into="pictures", language=["fr"], only=["assistant-desk"])


class TestScreenshots(EngineCase):
    def running(self):
        lock = locks.Lock("run")
        self.assertTrue(lock.try_acquire())
        self.addCleanup(lock.release)
        lock.write(url="http://localhost:1")

    def test_nothing_runs(self):
        with self.problem(r"start \./adv run in another terminal first"):
            screenshots.run(OPTIONS)

    def test_no_chromium(self):
        self.running()
        self.empty_path()
        with self.problem("Chromium is missing"):
            screenshots.run(OPTIONS)

    def test_what_is_wanted_is_taken_from_the_running_server(self):
        self.running()
        self.program("chromium", "exit 0")
        self.stub(screenshots.python_env, "ensure", lambda: None)
        taken = []
        self.stub(screenshots, "take", lambda *wanted: taken.append(wanted[:3]))
        screenshots.run(OPTIONS)
        look = ["--language=fr", "--only=assistant-desk"]
        self.assertEqual(taken, [("http://localhost:1", "pictures", look)])

    def test_the_last_words_of_a_failure_are_told(self):
        self.running()
        python = self.program("python", "echo Error: the database has nothing to show for fr/desk; exit 1")
        self.stub(screenshots.paths, "venv_python", lambda: python)
        with self.problem("nothing to show for fr/desk"):
            screenshots.take("http://localhost:1", "pictures", [], lambda _line: None)
