"""A PostgreSQL server as ./adv sees it, and the one that odoo.conf or PG* names.

Our own is in postgres.py.
"""

import contextlib
import os
import shutil

from . import settings
from .ui import Problem

ROLE = "odoo"


class Server:
    """What both kinds share: connections, and the options Odoo needs."""

    own = False

    def connect(self, database="postgres"):
        import psycopg2

        connection = psycopg2.connect(dbname=database, connect_timeout=15, **self.connection())
        connection.autocommit = True
        return connection

    def query(self, statement, *values, database="postgres"):
        """Run one statement; its rows, if it has any."""
        with contextlib.closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    @property
    def version(self):
        return int(self.query("SHOW server_version_num")[0][0]) // 10000


class External(Server):
    """A PostgreSQL that the administrator runs."""

    label = "the PostgreSQL you named"

    def __init__(self, host, port):
        options, env = settings.read(), os.environ.get
        self.host = host
        self.port = port
        self.user = options.get("db_user") or env("PGUSER") or ROLE
        self.password = options.get("db_password") or env("PGPASSWORD") or ""

    @property
    def place(self):
        return f"{self.host or 'the local socket'}{':' + str(self.port) if self.port else ''}"

    def connection(self):
        given = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return {name: value for name, value in given.items() if value}

    def odoo_options(self):
        given = {
            "db_host": self.host,
            "db_port": self.port,
            "db_user": self.user,
            "db_password": self.password,
        }
        return {name: value for name, value in given.items() if value}

    def env(self):
        return {}

    @contextlib.contextmanager
    def use(self):
        """Check that the server can be used at all."""
        import psycopg2

        if self.user == "postgres":
            raise Problem("Odoo refuses the database role postgres: name another in db_user or PGUSER")
        try:
            rights = self.query("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            version = self.version
        except psycopg2.OperationalError as error:
            reason = " ".join(str(error).split())[:200]
            raise Problem(
                f"no connection to PostgreSQL at {self.place} as {self.user} ({reason}). Check db_host, "
                "db_port, db_user and db_password in odoo.conf or PG*; without these ./adv uses its own"
            ) from error
        if not rights[0][0]:
            raise Problem(
                f"the role {self.user} at {self.place} may not create databases: ALTER ROLE ... CREATEDB"
            )
        if version < 13:
            raise Problem(f"PostgreSQL {version} at {self.place} is too old: Odoo needs 13 or newer")
        yield self

    def fds(self):
        return ()

    def program(self, name):
        """The path of one of PostgreSQL's programs, None when it is not installed."""
        return shutil.which(name)

    def ensure(self):
        """Nothing to watch over: it is not ours."""
