"""Each instalment is reminded once a level, however often computing and sending are killed."""

import json
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .processes import base_database, configuration, database


@tagged("post_install", "-at_install", "lifecycle")
class TestDunningOnce(BaseCase):
    def test_killed_at_random_points(self):
        """At least fifty times by SIGKILL; then two processes at once. The script checks every day."""
        script = Path(__file__).with_name("dunning_kills.py")
        with database("adv_dunning_kills", base_database()) as name, configuration() as path:
            done = subprocess.run(
                [sys.executable, str(script), path, name, "20260302"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=600,
            )
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        seen = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertGreaterEqual(seen["killed"], 50, seen)
        self.assertEqual(seen["chased"], 5 * 36)  # days, each with all open instalments
