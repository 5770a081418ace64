"""Benchmarks that measure two databases in one run: ours and its peer, step by step in turn."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager

import psycopg2
from psycopg2 import sql

# the templates are those of the tests, which keep autovacuum away; a database that works has it
VACUUMED = """
DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN SELECT oid FROM pg_class
                 WHERE relkind = 'r' AND reloptions @> '{autovacuum_enabled=false}'
    LOOP
        EXECUTE format('ALTER TABLE %s RESET (autovacuum_enabled)', name);
    END LOOP;
END $$
"""


def _administer(statement, *names, database="postgres"):
    connection = psycopg2.connect(
        dbname=database,
        host=os.environ.get("PGHOST"),
        port=os.environ.get("PGPORT"),
        user=os.environ.get("PGUSER"),
        password=os.environ.get("PGPASSWORD"),
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)) if names else statement)
    finally:
        connection.close()


def drop(name):
    """Drop a database, whoever is connected to it."""
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def copy(template, name):
    """Make a copy of the database ``template``, in the place of one of that name, with autovacuum."""
    drop(name)
    _administer("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    _administer(VACUUMED, database=name)


@contextmanager
def clone(template, name):
    """A copy of the database ``template``, dropped at the end."""
    copy(template, name)
    try:
        yield name
    finally:
        drop(name)


def install(module, database, option="-i"):
    """Install one addon and what it needs; RuntimeError with the log when Odoo complains.

    :param option: `-i`, or `-u` to bring one that is there up to date
    """
    command = [sys.executable, "-m", "odoo", "-c", os.environ["ODOO_RC"], "-d", database, option, module]
    done = subprocess.run(
        [*command, "--stop-after-init", "--no-http", "--log-level=warn"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} could not be installed:\n{done.stdout}")


class Worker:
    """An Odoo process on one database."""

    def __init__(self, module, database):
        folder = os.path.dirname(os.path.abspath(__file__))
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(folder, "_worker.py"), module, database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")])},
        )

    def step(self, name, **arguments):
        """Run a step; return {'seconds', 'statements', 'result'}; RuntimeError when the process ended.

        What else the process prints is passed on as it comes.
        """
        self._process.stdin.write(json.dumps({"step": name, **arguments}) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("@"):
                return json.loads(line[1:])
            print(line, end="", flush=True)
        raise RuntimeError(f"the process ended in the step {name}")

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
