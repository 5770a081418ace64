"""./adv screenshots: what it needs, and how it asks the browser."""

import types

from engine import locks
from engine.commands import screenshots

from .common import EngineCase

OPTIONS = types.SimpleNamespace(into="pictures", width=800, height=600, dark=False)


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

    def test_each_login_takes_its_own_pages(self):
        self.running()
        self.program("chromium", "exit 0")
        self.stub(screenshots.python_env, "ensure", lambda: None)
        taken = {}
        self.stub(screenshots, "take", lambda _url, _into, login, *wanted: taken.update({login: wanted}))
        screenshots.run(OPTIONS)
        self.assertEqual(set(taken), {"manager", "collector"})
        pages, look = taken["manager"]
        self.assertEqual(pages["dashboard.png"], "odoo/adv-dashboard")
        self.assertEqual(look, ["--width", "800", "--height", "600"])
