"""Each order is billed once, however often its run is killed, and by two runs at once."""

import json
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .processes import base_database, configuration, database


@tagged("post_install", "-at_install", "lifecycle")
class TestBillingOnce(BaseCase):
    def test_killed_at_random_points(self):
        """By SIGKILL until a run gets to the end; then two at once. The script compares with the preview."""
        script = Path(__file__).with_name("billing_kills.py")
        with database("adv_billing_kills", base_database()) as name, configuration() as path:
            done = subprocess.run(
                [sys.executable, str(script), path, name, "20261122"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=600,
            )
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])
        seen = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertGreaterEqual(seen["killed"], 8, seen)
