"""The Chromium that the browser tests of a process share."""

import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psutil

from .common import EngineCase

PROGRAM = """#!/bin/sh
for word; do case $word in --user-data-dir=*) folder=${word#*=};; esac; done
printf '4711\\n/devtools/browser/1\\n' > "$folder/DevToolsActivePort"
echo "no frames today" >&2
exec sleep 60
"""
OWNER = """
import sys, time
from engine.pytest_kept_browser import Kept
kept = Kept([sys.argv[1], "--user-data-dir=/nowhere"])
print(kept.pid, flush=True)
time.sleep(60)
"""


class TestKeptBrowser(EngineCase):
    def setUp(self):
        super().setUp()
        self.program = self.root / "chromium"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.program.chmod(0o755)

    def test_it_is_no_child_and_ends_when_told(self):
        from engine.pytest_kept_browser import Kept

        kept = Kept([str(self.program), "--user-data-dir=/nowhere", "--headless"])
        self.addCleanup(kept.end)
        self.assertEqual(kept.port, 4711)
        self.assertNotIn(kept.pid, [child.pid for child in psutil.Process().children()])
        self.assertIsNone(kept.poll())
        kept.end()
        self.assertEqual(kept.poll(), 0)
        self.assertFalse(kept.folder.exists())

    def test_it_tells_what_it_said_and_whether_it_runs(self):
        from engine.pytest_kept_browser import Kept

        kept = Kept([str(self.program), "--user-data-dir=/nowhere"])
        self.addCleanup(kept.end)
        for _turn in range(100):
            words = kept.last_words()
            if words[-1] == "no frames today":
                break
            time.sleep(0.05)
        self.assertEqual(words[-1], "no frames today")
        self.assertTrue(any(word.startswith(f"{kept.pid} ") for word in words))

    def test_it_does_not_outlive_a_process_that_is_killed(self):
        with subprocess.Popen(
            [sys.executable, "-c", OWNER, str(self.program)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        ) as owner:
            browser = psutil.Process(int(owner.stdout.readline()))
            self.assertTrue(browser.is_running())
            owner.kill()
        gone, _alive = psutil.wait_procs([browser], timeout=10)
        self.assertTrue(gone or browser.status() == psutil.STATUS_ZOMBIE)

    def test_a_connection_that_has_just_ended_may_be_ended(self):
        from engine.pytest_kept_browser import forgiving

        def close(connection, code, reason):
            connection.socket.send(b".")

        ours, theirs = socket.socketpair()
        connection = SimpleNamespace(socket=ours, state=SimpleNamespace(name="OPEN"))
        with closing(theirs):
            forgiving(close)(connection, 4003)
            self.assertEqual(theirs.recv(1), b".")
            ours.close()
            with self.assertRaises(OSError):
                forgiving(close)(connection, 4003)
            connection.state.name = "CLOSED"
            forgiving(close)(connection, 4003)
