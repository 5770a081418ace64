"""Databases: made under a temporary name and renamed when whole, so that half a one is never taken for good.

A comment on each database tells what is in it; a template's comment also tells from what it was made.
"""

import hashlib
import json
import os
import re
import shutil

from . import locks, paths, proc, settings, ui
from .ui import Problem

MAIN = "adv"
RECORD = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (WARNING|ERROR|CRITICAL) \S+ (.*)")
NO_DEMO = re.compile(r"Module (\w+) demo data failed to install")
LOADING = re.compile(r"odoo\.modules\.loading: Loading module (\S+) \((\d+)/(\d+)\)")
EXCEPTION = r"^[\w.]+(Error|Exception|Warning|Violation|Failure|Undefined\w+)(: |$)"
FORMAT = 2  # raised when what a template holds changes in a way its key does not show

# of a test's rows, which nobody commits, autovacuum sees the pages and no row: PostgreSQL then plans each
# statement as if the table were empty, and one of a millisecond takes seconds for the rest of the test
STEADY = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT oid::regclass AS name, pg_relation_size(oid) > 0 AS filled
                   FROM pg_class
                  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', found.name);
        IF found.filled THEN
            EXECUTE format('ANALYZE %s', found.name);
        END IF;
    END LOOP;
END $$
"""


class Databases:
    """The databases of one server, made with one Odoo."""

    def __init__(self, server, tree):
        self.server = server
        self.tree = tree

    # -- plain operations

    def names(self, prefix=""):
        rows = self.server.query(
            "SELECT datname FROM pg_database WHERE left(datname, length(%s)) = %s ORDER BY 1", prefix, prefix
        )
        return [name for (name,) in rows]

    def exists(self, name):
        return name in self.names(name)

    def stamp(self, name):
        """What we noted about a database; empty when it is not there or not finished."""
        rows = self.server.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name
        )
        try:
            return json.loads(rows[0][0])
        except (IndexError, TypeError, ValueError):
            return {}

    def set_stamp(self, name, **facts):
        self.server.query(f"COMMENT ON DATABASE {quoted(name)} IS '{json.dumps(facts)}'".replace("%", "%%"))

    def create(self, name):
        self.server.query(f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")

    def clone(self, source, target):
        """Copy a database and its attachments (these as hard links: Odoo never changes a stored file)."""
        strategy = " STRATEGY FILE_COPY" if self.server.version >= 15 else ""
        self.server.query(f"CREATE DATABASE {quoted(target)} TEMPLATE {quoted(source)}{strategy}")
        link_tree(filestore(source), filestore(target))

    def rename(self, source, target):
        """The attachments are there before the database bears its name, whatever comes in between."""
        link_tree(filestore(source), filestore(target))
        self.server.query(f"ALTER DATABASE {quoted(source)} RENAME TO {quoted(target)}")
        shutil.rmtree(filestore(source), ignore_errors=True)

    def drop(self, name):
        self.server.query(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
        shutil.rmtree(filestore(name), ignore_errors=True)

    def settings(self, name, **values):
        for option, value in values.items():
            self.server.query(f"ALTER DATABASE {quoted(name)} SET {option} = {value}")

    def steady(self, name):
        """Keep autovacuum away from the tables that are there, once they are analyzed; copies have it so too.

        Empty ones are not analyzed: PostgreSQL takes a table it knows nothing of for a small one, not for
        one without rows.
        """
        self.server.query(STEADY, database=name)

    # -- what is in them

    def odoo_version(self, name):
        """The version of Odoo a database belongs to, empty when it is not Odoo's."""
        import psycopg2

        try:
            rows = self.server.query(
                "SELECT latest_version FROM ir_module_module WHERE name = 'base'", database=name
            )
        except psycopg2.errors.UndefinedTable:
            return ""
        return rows[0][0] or "" if rows else ""

    def check_version(self, name):
        version = self.odoo_version(name)
        if version.startswith("19.0."):
            return
        what = f"of Odoo {'.'.join(version.split('.')[:2])}" if version else "not one of Odoo"
        raise Problem(
            f"the database {name} is {what}, these addons need 19.0: ./adv reset --yes makes room for a "
            "new one (what is in it is lost)"
        )

    def odoo(self, name, *arguments, title, log, warnings="fail", beside=()):
        """Run Odoo once on a database with its progress shown; a warning in its log is a failure.

        Demo data that could not be made is told, and no failure: the addons are there without it.
        """
        conf = settings.write(f"once-{name}", self.tree, self.server, beside)
        file = paths.log_file(log)
        file.unlink(missing_ok=True)
        bad, empty = [], []
        with ui.step(title) as step:

            def moved(line):
                loading = LOADING.search(line)
                if loading:
                    step.progress(loading[1], int(loading[2]) - 1, int(loading[3]))  # the last takes longest
                record = RECORD.match(line)
                missing = record and NO_DEMO.search(record[2])
                if missing:
                    empty.append(missing[1])
                elif record:
                    bad.append(f"{record[1]} {record[2]}")

            command = [paths.venv_python(), "-m", "odoo", "-c", conf, "-d", name, *arguments]
            command += ["--stop-after-init", "--no-http", "--max-cron-threads", "0", "--log-level", "info"]
            done = proc.run(
                command,
                log=file,
                on_line=moved,
                env=odoo_env(self.server),
                pass_fds=self.server.fds(),
                cwd=paths.ROOT,
            )
        if not done.ok:
            errors = [text for text in bad if not text.startswith("WARNING")]
            reason = done.last(EXCEPTION) or next(iter(errors), "") or next(iter(bad), "") or done.last()
            raise Problem(f"Odoo could not finish ({reason[:300]}). Log: {file}")
        if empty:
            ui.notice(
                f"the demo data of {', '.join(empty)} could not be made, the rest is there. Log: {file}"
            )
        if bad and warnings == "fail":
            raise Problem(
                f"Odoo finished, yet its log holds {len(bad)} warnings ({bad[0][:300]}). Log: {file}"
            )

    # -- the database of ./adv run

    def ensure_main(self, name=MAIN):
        """The database with the addons and demo data; made when missing, updated when they changed."""
        wanted = addon_hashes()
        if not self.exists(name):
            self.make_main(name, wanted)
            return
        self.check_version(name)
        known = self.stamp(name).get("addons", {})
        changed = [addon for addon in wanted if known.get(addon) != wanted[addon]]
        if changed:
            self.update(name, changed)

    def make_main(self, name, wanted):
        building = f"{name}_new"
        self.drop(building)
        self.create(building)
        addons = ",".join(paths.addon_names())
        self.odoo(
            building,
            "-i",
            addons,
            "--with-demo",
            title=f"database {name}: Odoo, the addons and demo data",
            log=f"install-{name}",
        )
        self.set_stamp(building, addons=wanted)
        self.rename(building, name)

    def update(self, name, addons):
        """Install what is new of these addons and update the others."""
        rows = self.server.query("SELECT name FROM ir_module_module WHERE state = 'installed'", database=name)
        installed = {addon for (addon,) in rows}
        arguments = []
        for flag, chosen in (("-u", installed.intersection(addons)), ("-i", set(addons) - installed)):
            if chosen:
                arguments += [flag, ",".join(sorted(chosen))]
        self.odoo(
            name, *arguments, title=f"database {name}: update of {', '.join(addons)}", log=f"update-{name}"
        )
        self.set_stamp(name, addons={**self.stamp(name).get("addons", {}), **addon_hashes()})

    # -- templates for the tests

    def locked_template(self):
        """The same as ``template``, alone at it."""
        with locks.exclusive("templates", "another ./adv that prepares the test template"):
            return self.template()

    def template_name(self):
        return f"adv_full_{paths.checkout_key()[:4]}_{self.full_key()}"

    def template(self):
        """A database with the addons as they are now and no demo data, quick to copy. Returns its name."""
        name = self.template_name()
        if not self.is_whole(name):
            base = self.base_template()
            self._drop_others(f"adv_full_{paths.checkout_key()[:4]}_", name)
            building = f"{name}_new"
            self.drop(building)
            self.drop(name)
            self.clone(base, building)
            self.odoo(
                building,
                "-i",
                ",".join(paths.addon_names()),
                title="test template: the addons",
                log="install-addons",
            )
            self._finish(building, name)
        return name

    def base_template(self):
        """A database with what the addons need of Odoo's own and nothing of theirs. Returns its name."""
        name = f"adv_base_{paths.checkout_key()[:4]}_{self.base_key()}"
        if not self.is_whole(name):
            self._drop_others(f"adv_base_{paths.checkout_key()[:4]}_", name)
            building = f"{name}_new"
            self.drop(building)
            self.drop(name)
            self.create(building)
            self.settings(building, synchronous_commit="off")
            needed = ",".join(native_depends())
            self.odoo(building, "-i", needed, title="test template: Odoo", log="install-odoo")
            self._finish(building, name)
        return name

    def is_whole(self, name):
        """Whether a template is finished and its attachments are there.

        As root the database outlives its checkout; one made anew in the same place has it without them.
        """
        return bool(self.stamp(name)) and filestore(name).is_dir()

    def _finish(self, building, name):
        self.steady(building)
        self.set_stamp(building, whole=True)
        self.rename(building, name)

    def _drop_others(self, prefix, kept):
        for name in self.names(prefix):
            if name != kept:
                self.drop(name)

    def base_key(self):
        release = (self.tree.parent / "odoo" / "release.py").read_text(encoding="utf-8")
        return short_hash(FORMAT, release, self.tree.parent, native_depends())

    def full_key(self):
        return short_hash(self.base_key(), sorted(addon_hashes().items()))


def quoted(name):
    if not re.fullmatch(r"[\w.-]{1,63}", name):
        raise Problem(f"{name} cannot be a database's name: letters, digits, - and _ only, 63 at most")
    return f'"{name}"'


def filestore(name):
    return settings.data_dir() / "filestore" / name


def odoo_env(server):
    """The environment of an Odoo process."""
    env = proc.child_env(PYTHONUNBUFFERED=1, OPENBLAS_NUM_THREADS=1)
    for name in server.env():
        env.pop(name, None)
    for name in ("ODOO_RC", "OPENERP_SERVER", "PGDATABASE"):
        env.pop(name, None)
    return env


def link_tree(source, target):
    """Hard-link a folder's files into another; a file that is there already stays."""
    for folder, _folders, names in os.walk(source):
        into = target / os.path.relpath(folder, source)
        into.mkdir(parents=True, exist_ok=True)
        for name in names:
            if (into / name).exists():
                continue
            try:
                os.link(os.path.join(folder, name), into / name)
            except OSError:
                shutil.copy2(os.path.join(folder, name), into / name)


# -- what the addons are made of


def manifest(addon):
    import ast

    return ast.literal_eval((paths.ADDONS / addon / "__manifest__.py").read_text(encoding="utf-8"))


def native_depends():
    """What our addons need of Odoo's own."""
    ours = paths.addon_names()
    return sorted({name for addon in ours for name in manifest(addon).get("depends", []) if name not in ours})


def addon_hashes():
    """For each addon a mark of all its files that end up in the database."""
    return {addon: folder_hash(paths.ADDONS / addon) for addon in paths.addon_names()}


def folder_hash(folder, leave_out=("tests", "static", "readme", "__pycache__")):
    digest = hashlib.sha256()
    for path, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in leave_out)
        for name in sorted(names):
            file = os.path.join(path, name)
            digest.update(os.fsencode(os.path.relpath(file, folder)) + b"\0")
            with open(file, "rb") as handle:
                digest.update(handle.read())
    return digest.hexdigest()[:16]


def short_hash(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:10]
