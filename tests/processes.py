"""Odoo in processes of its own, on databases cloned for one test: for what a test transaction cannot hold."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

from odoo import sql_db
from odoo.tools import SQL, config

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ("adv_orders", "adv_dunning", "adv_billing", "adv_kpi")
LIMIT = 600  # seconds for one piece of code
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (WARNING|ERROR|CRITICAL) .*$", re.M)
_SETTINGS = ("db_host", "db_port", "db_user", "db_password", "db_sslmode", "data_dir")


def base_database():
    """Name of the database that holds the addons' native dependencies only, or None."""
    name = os.environ.get("ADV_BASE_TEMPLATE")
    return name if name and _exists(name) else None


def full_database():
    """Name of the database in which our addons have just been installed without a complaint, or None."""
    name = os.environ.get("ADV_FULL_TEMPLATE")
    return name if name and _exists(name) else None


def _exists(name):
    with sql_db.db_connect("postgres").cursor() as cr:
        cr.execute(SQL("SELECT 1 FROM pg_database WHERE datname = %s", name))
        return bool(cr.fetchone())


def _administer(*statements):
    """Run statements that PostgreSQL refuses inside a transaction."""
    with sql_db.db_connect("postgres").cursor() as cr:
        cr._cnx.autocommit = True
        for statement in statements:
            cr.execute(statement)


@contextmanager
def configuration(**extra):
    """Path of a configuration file for a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {key: config[key] for key in _SETTINGS if config[key]}
        settings["addons_path"] = str(ROOT / "addons")
        settings["http_interface"] = "127.0.0.1"
        lines = [f"{key} = {value}" for key, value in {**settings, **extra}.items()]
        path = Path(folder) / "odoo.conf"
        path.write_text("\n".join(["[options]", *lines, ""]))
        path.chmod(0o600)
        yield str(path)


@contextmanager
def shell(code, name):
    """A process that runs ``code`` with ``env`` of the database ``name``; killed if it runs at the end."""
    with configuration() as path, tempfile.TemporaryFile("w+") as source:
        source.write(code)
        source.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "shell", "-c", path, "-d", name, "--no-http", "--log-level=warn"],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


class Forks:
    """Pieces of code, each run by a process of its own that need not load Odoo: forks of one that has.

    :param name: the database; copies of it can be worked on too
    :param addons: are installed in it first
    """

    def __init__(self, name, *addons):
        self.name, self.addons = name, addons
        self.ended = {}
        self.last = 0

    def __enter__(self):
        self.stack = ExitStack()
        with self.stack:
            path = self.stack.enter_context(configuration())
            self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
            self.log = self.folder / "log"
            script = Path(__file__).with_name("forking_shell.py")
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    [sys.executable, str(script), path, self.name, ",".join(self.addons)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    cwd=ROOT,
                )
            self.stack.callback(self._end)
            self._hear()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *error):
        self.stack.close()

    def _end(self):
        self.process.kill()
        self.process.communicate()

    def _hear(self):
        """Wait for the next answer."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.log.read_text(errors="replace")[-3000:])
        facts = json.loads(line)
        if "number" in facts:
            self.ended[facts["number"]] = facts["code"]

    def complaints(self):
        """What was logged while the addons were installed."""
        return complaints(self.log.read_text(errors="replace"))

    def run(self, *codes, name=None):
        """Run pieces of code at the same time; return [(exit code, output)]."""
        numbers = []
        for code in codes:
            self.last += 1
            numbers.append(self.last)
            file = self.folder / str(self.last)
            file.touch()
            job = {"number": self.last, "code": code, "name": name or self.name, "file": str(file)}
            self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        watch = threading.Timer(LIMIT, self.process.kill)
        watch.start()
        try:
            while not self.ended.keys() >= set(numbers):
                self._hear()
        finally:
            watch.cancel()
        return [
            (self.ended[number], (self.folder / str(number)).read_text(errors="replace"))
            for number in numbers
        ]


@contextmanager
def database(name, template, files=False):
    """A database of that name cloned from ``template`` (None: empty), dropped at the end.

    ``files``: with the template's attachments, which a browser asks for.
    """
    drop = SQL("DROP DATABASE IF EXISTS %s WITH (FORCE)", SQL.identifier(name))
    source = SQL.identifier(template or "template0")
    _administer(drop, SQL("CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY", SQL.identifier(name), source))
    filestore = Path(config["data_dir"]) / "filestore"
    try:
        if files:
            shutil.rmtree(filestore / name, ignore_errors=True)
            shutil.copytree(filestore / template, filestore / name, copy_function=os.link)
        yield name
    finally:
        _administer(drop)
        shutil.rmtree(filestore / name, ignore_errors=True)


def _run(*arguments, env=None, timeout=900):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    return done.returncode, done.stdout


def odoo(command, *arguments, name):
    """Run the ``odoo`` command (``server``, ``module uninstall``...) on the database ``name``.

    Return (exit code, log).
    """
    with configuration() as path:
        return _run("odoo", *command.split(), "-c", path, "-d", name, *arguments)


def odoo_killed(line, *arguments, name):
    """Run a server on the database ``name``, killed when ``line`` stands in its log; return the log.

    RuntimeError with the log when it ends by itself.
    """
    with configuration() as path:
        process = subprocess.Popen(
            [sys.executable, "-m", "odoo", "server", "-c", path, "-d", name, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        log = ""
        try:
            for record in process.stdout:
                log += record
                if line in record:
                    return log
        finally:
            process.kill()
            process.communicate()
    raise RuntimeError(log[-3000:])


def pytest(*arguments, name, **variables):
    """Run the tests ``arguments`` say on the database ``name``; return (exit code, output)."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    env.update(variables)
    with configuration(dbfilter=f"^{name}$") as path:
        options = ["--odoo-http", "--odoo-log-level=warn", "-p", "engine.pytest_browser", "-p", "no:xdist"]
        return _run(
            "pytest",
            f"--odoo-database={name}",
            f"--odoo-config={path}",
            *options,
            *arguments,
            env=env,
            timeout=1800,
        )


def complaints(log):
    """Log records of WARNING and above in ``log``."""
    return [match.group(0) for match in _RECORD.finditer(log)]
