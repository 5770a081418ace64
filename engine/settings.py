"""odoo.conf, and the files made from it for each database."""

import configparser
import hashlib
import os

from . import paths
from .ui import Problem

SERVER_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
OFF = ("", "false", "none")


def read():
    """The options of odoo.conf as texts."""
    parser = configparser.RawConfigParser()
    file = paths.ROOT / "odoo.conf"
    try:
        parser.read(file, encoding="utf-8")
    except configparser.Error as error:
        raise Problem(f"{file} cannot be read: {str(error).splitlines()[0]}") from error
    options = dict(parser.items("options")) if parser.has_section("options") else {}
    return {name: value for name, value in options.items() if value.lower() not in OFF or name == "list_db"}


def named_server():
    """The PostgreSQL that odoo.conf or PG* name, as host and port; nothing when ./adv uses its own."""
    options = read()
    if (
        "db_host" not in options
        and "db_port" not in options
        and not any(map(os.environ.get, SERVER_VARIABLES))
    ):
        return None
    host = options.get("db_host") or os.environ.get("PGHOST") or os.environ.get("PGHOSTADDR") or ""
    return host, options.get("db_port") or os.environ.get("PGPORT") or ""


def data_dir():
    """Where Odoo keeps attachments and sessions: one folder a server, for equal names."""
    named = read().get("data_dir")
    if named:
        return paths.Path(named).expanduser()
    server = named_server()
    if server is None:
        return paths.state_dir("data")
    mark = hashlib.sha256(repr(server).encode()).hexdigest()[:8]
    return paths.state_dir(f"data-{mark}")


def http_address(port=None):
    options = read()
    return options.get("http_interface", "127.0.0.1"), int(port or options.get("http_port", 8069))


def write(name, tree, server, beside=(), **extra):
    """Write the configuration for one purpose; returns its path.

    ``beside``: folders of addons that only this purpose has.
    """
    folders = [paths.ADDONS, *tree.addons, *_own_addons(tree), *beside]
    if any("," in str(folder) for folder in folders):
        raise Problem(f"Odoo cannot use a folder with a comma in its name: {paths.ROOT}; move the checkout")
    options = read()
    options.setdefault("http_interface", "127.0.0.1")
    options.update(server.odoo_options())
    options["addons_path"] = ",".join(map(str, folders))
    options["data_dir"] = str(data_dir())
    options.update({key: str(value) for key, value in extra.items()})
    file = paths.state_dir("run") / f"{name}.conf"
    body = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in options.items())
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(body)
    return file


def _own_addons(tree):
    """Addons folders that the user's odoo.conf names beside ours."""
    named = read().get("addons_path", "")
    given = [paths.Path(entry.strip()).expanduser() for entry in named.split(",") if entry.strip()]
    return [folder for folder in given if folder.is_dir() and folder not in (paths.ADDONS, *tree.addons)]
