"""A streaming replica of the server takes the dashboard's statements over."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import contextmanager
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .processes import configuration

LIMIT = 3 * 2**29  # bytes of the whole server: what a copy takes a few seconds for
START = 120  # seconds


class Replica:
    """A copy of the server that runs the test's database, following it, on a socket of its own."""

    def __init__(self, cr, folder):
        self.folder = Path(folder)
        cr.execute("SELECT pg_backend_pid()")
        backend = cr.fetchone()[0]
        # the server's own programs and its user: those of the process that serves this very connection
        self.programs = Path(os.readlink(f"/proc/{backend}/exe")).parent
        self.owner = pwd.getpwuid(os.stat(f"/proc/{backend}").st_uid)
        info = cr._cnx.info
        self.source = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user}
        if info.password:
            self.source["PGPASSWORD"] = info.password

    def _run(self, *command, **options):
        account = {}
        if os.geteuid() == 0:
            account = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}
        env = {"LANG": "C.UTF-8", "HOME": str(self.folder), "PATH": os.environ["PATH"], **self.source}
        return subprocess.Popen(list(map(str, command)), cwd=self.folder, env=env, **account, **options)

    def copy(self):
        os.chmod(self.folder, 0o700)
        os.chown(self.folder, self.owner.pw_uid, self.owner.pw_gid)
        copying = self._run(
            self.programs / "pg_basebackup",
            *("-D", self.folder / "data", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            output = copying.communicate(timeout=300)[0]
        except subprocess.TimeoutExpired:
            copying.kill()
            copying.wait()
            raise
        if copying.returncode:
            raise RuntimeError(output)

    @contextmanager
    def running(self):
        """The replica's log file, once it answers."""
        log = self.folder / "log"
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": f'"{self.folder}"',
            "log_statement": "all",
            "logging_collector": "off",
            "log_destination": "stderr",
            "fsync": "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as sink:
            server = self._run(
                self.programs / "postgres", "-D", self.folder / "data", *words, stdout=sink, stderr=sink
            )
        try:
            limit = time.monotonic() + START
            while b"ready to accept read-only connections" not in log.read_bytes():
                if server.poll() is not None or time.monotonic() > limit:
                    raise RuntimeError(log.read_text(errors="replace")[-2000:])
                time.sleep(0.1)
            yield log
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@tagged("post_install", "-at_install", "lifecycle")
class TestReplica(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "adv.kpi" not in cls.env:
            raise unittest.SkipTest("the figures are not installed")
        cls.env.cr.execute("SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cls.env.cr.fetchone()[0]:
            raise unittest.SkipTest("the role may not copy the server")
        cls.env.cr.execute("SELECT sum(pg_database_size(oid)) FROM pg_database")
        if cls.env.cr.fetchone()[0] > LIMIT:
            raise unittest.SkipTest("the server holds too much to be copied for a test")
        if not cls._is_here():
            raise unittest.SkipTest("the server does not run on this machine")

    @classmethod
    def _is_here(cls):
        cls.env.cr.execute("SELECT pg_backend_pid()")
        try:
            return Path(os.readlink(f"/proc/{cls.env.cr.fetchone()[0]}/exe")).name == "postgres"
        except OSError:
            return False

    def test_the_dashboard_is_served_by_the_replica(self):
        folder = Path(tempfile.mkdtemp(prefix="adv-replica-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        replica = Replica(self.env.cr, folder)
        replica.copy()
        with replica.running() as log:
            with configuration(db_replica_host=str(folder), db_replica_port=5432) as path:
                done = subprocess.run(
                    [sys.executable, str(Path(__file__).with_name("replica_calls.py")), path, self.cr.dbname],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=120,
                )
            self.assertEqual(done.returncode, 0, done.stdout[-3000:])
            cards = json.loads(done.stdout.strip().splitlines()[-1])
            self.assertIn("receivable_balance", cards, cards)
            arrived = log.read_text(errors="replace")
        for table in ("sale_order", "account_move", "adv_receivable_entry"):
            self.assertRegex(arrived, rf'SELECT "{table}"."company_id", width_bucket', table)
