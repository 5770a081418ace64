"""Odoo in processes of its own, on databases cloned for one test: for what a test transaction cannot hold."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo import sql_db
from odoo.tools import SQL, config

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ("adv_orders", "adv_dunning", "adv_billing", "adv_kpi")
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (WARNING|ERROR|CRITICAL) .*$", re.M)
_SETTINGS = ("db_host", "db_port", "db_user", "db_password", "db_sslmode", "data_dir")


def base_database():
    """Name of the database that holds the addons' native dependencies only, or None."""
    name = os.environ.get("ADV_BASE_TEMPLATE")
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
