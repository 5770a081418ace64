"""Approvals in several processes with real commits: what a test transaction cannot show."""

import json
import subprocess
import sys
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .processes import base_database, complaints, configuration, database


@tagged("post_install", "-at_install", "lifecycle")
class TestApprovalProcesses(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        script = Path(__file__).with_name("approval_kills.py")
        with database("adv_approval_processes", base_database()) as name, configuration() as path:
            done = subprocess.run(
                [sys.executable, str(script), path, name],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=600,
            )
        cls.code, cls.output = done.returncode, done.stdout

    def seen(self, what):
        """What the script saw, after making sure that it ended well."""
        self.assertEqual(self.code, 0, self.output[-3000:])
        self.assertEqual(complaints(self.output), [])
        self.assertNotIn("Traceback", self.output)
        return json.loads(self.output.strip().splitlines()[-1])[what]

    def test_at_the_same_time(self):
        """Two departments decide at once, then two jobs confirm at once: one confirmation, one delivery."""
        self.assertEqual(self.seen("asked"), {"state": "to_approve", "approvals": ["pending", "pending"]})
        self.assertEqual(
            self.seen("decided"),
            {
                "state": "sale",
                "deliveries": 1,
                "moves": 1,
                "ready": False,
                "decisions": ["approved", "approved"],
            },
        )

    def test_two_first_orders(self):
        """Both orders of a new customer are confirmed at the same moment: one of them is the first."""
        self.assertEqual(self.seen("welcomed"), {"states": ["sale", "sale"], "first": 1})

    def test_at_one_order(self):
        """Two storekeepers ship a delivery while its order is changed, all from the same moment on.

        Who is told that another was quicker had not written anything yet; nothing is shipped twice or lost.
        """
        self.assertEqual(self.seen("turned"), {"ordered": 5, "delivered": 3, "shipped": 3, "to ship": 2})

    def test_the_reminder_job_is_killed(self):
        """Killed after two chunks of five and inside the third, then run again: one message a question."""
        self.assertEqual(self.seen("killed"), {"reminded": 10, "messages": 10, "questions": 10})
        self.assertEqual(self.seen("again"), {"reminded": 24, "messages": 24, "questions": 24})
