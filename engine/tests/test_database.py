"""The databases: interrupted at each step, of another version, updated when the addons change."""

import json
import re
import shutil
from unittest import mock

from engine import database, paths, proc, settings, ui
from engine.database import Databases

from .common import EngineCase

LINE = "2026-01-02 03:04:05,678 99 {} adv odoo.modules.loading: {}"


class FakeTree:
    """An Odoo tree of which only the place matters."""

    addons = ()

    def __init__(self, parent):
        self.parent = parent


class FakeServer:
    """Just enough of a server: names, comments, the version of base, and what was asked of it."""

    own = True
    version = 18

    def __init__(self):
        self.databases = {}
        self.bases = {}
        self.steady = []
        self.fail_on = None

    def query(self, statement, *values, database="postgres"):
        if self.fail_on and re.search(self.fail_on, statement):
            self.fail_on = None
            raise KeyboardInterrupt
        names = re.findall(r'"([\w.-]+)"', statement)
        if "left(datname" in statement:
            return [(name,) for name in sorted(self.databases) if name.startswith(values[0])]
        if "shobj_description" in statement:
            return [(self.databases[values[0]],)] if values[0] in self.databases else []
        if statement.startswith("COMMENT"):
            self.databases[names[0]] = re.search(r"IS '(.*)'$", statement)[1]
        elif statement.startswith("CREATE DATABASE"):
            self.databases[names[0]] = None
        elif "RENAME" in statement:
            self.databases[names[1]] = self.databases.pop(names[0])
            self.bases[names[1]] = self.bases.pop(names[0], "")
        elif statement.startswith("DROP"):
            self.databases.pop(names[0], None)
        elif "autovacuum_enabled" in statement:
            self.steady.append(database)
        elif "latest_version" in statement:
            return [(self.bases.get(database, ""),)]
        elif "state = 'installed'" in statement:
            return [("adv_one",)]
        return []

    def odoo_options(self):
        return {"db_host": "/a socket", "db_user": "odoo"}

    def env(self):
        return {}

    def fds(self):
        return ()


class DatabaseCase(EngineCase):
    def setUp(self):
        super().setUp()
        for addon in ("adv_one", "adv_two"):
            self.write(f"addons/{addon}/__manifest__.py", "{'depends': ['sale', 'adv_one']}")
        self.odoo("odoo tree")
        self.server = FakeServer()
        tree = FakeTree(self.root / "odoo tree")
        self.databases = Databases(self.server, tree)
        self.commands = []
        self.lines = []
        self.code = 0
        self.stub(proc, "run", self.fake_run)

    def fake_run(self, command, on_line=None, **_options):
        command = [str(word) for word in command]
        self.commands.append(command)
        for line in self.lines:
            on_line(line)
        name = command[command.index("-d") + 1]
        self.server.bases[name] = "19.0.1.3"
        (database.filestore(name) / "ab").mkdir(parents=True, exist_ok=True)
        (database.filestore(name) / "ab" / "abcd").write_text("attachment")
        return proc.Result(self.code, list(self.lines))

    def installs(self):
        return [command for command in self.commands if "-i" in command]


class TestMain(DatabaseCase):
    def test_made_once_with_demo_data(self):
        self.databases.ensure_main()
        self.assertIn("--with-demo", self.commands[0])
        self.assertEqual(set(self.server.databases), {"adv"})
        self.assertEqual((database.filestore("adv") / "ab" / "abcd").read_text(), "attachment")
        self.assertFalse(database.filestore("adv_new").exists())
        self.databases.ensure_main()
        self.assertEqual(len(self.commands), 1)

    def test_interrupted_at_each_step(self):
        for step in ("CREATE DATABASE", "COMMENT", "RENAME"):
            with self.subTest(step):
                self.server.databases.clear()
                self.server.fail_on = step
                with self.assertRaises(KeyboardInterrupt):
                    self.databases.ensure_main()
                self.assertNotIn("adv", self.server.databases, "half a database is never taken for one")
                self.databases.ensure_main()
                self.assertIn("adv", self.server.databases)
                self.assertNotIn("adv_new", self.server.databases)
                self.assertTrue((database.filestore("adv") / "ab" / "abcd").exists())

    def test_interrupted_during_the_install(self):
        with (
            mock.patch.object(proc, "run", side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.databases.ensure_main()
        self.databases.ensure_main()
        self.assertEqual(set(self.server.databases), {"adv"})

    def test_failed_install_shows_the_first_error(self):
        self.code = 1
        self.lines = [
            LINE.format("INFO", "ok"),
            LINE.format("ERROR", "broken view"),
            LINE.format("ERROR", "more"),
        ]
        with self.problem("could not finish.*ERROR .*broken view.*Log"):
            self.databases.ensure_main()

    def test_failed_install_without_an_error_record_shows_the_exception(self):
        self.code = 1
        reset = LINE.format("WARNING", "Transient module states were reset")
        self.lines = [
            reset,
            "  File x",
            "odoo.exceptions.ParseError: no such view",
            LINE.format("INFO", "Initiating"),
        ]
        with self.problem("could not finish .odoo.exceptions.ParseError: no such view.*Log"):
            self.databases.ensure_main()

    def test_warning_in_the_log_is_a_failure(self):
        self.lines = [LINE.format("WARNING", "deprecated thing")]
        with self.problem("1 warnings.*deprecated thing"):
            self.databases.ensure_main()
        self.assertNotIn("adv", self.server.databases)

    def test_demo_data_that_fails_is_told_and_stops_nothing(self):
        text = "Module adv_two demo data failed to install, installed without demo data"
        self.lines = [LINE.format("WARNING", text), "Traceback (most recent call last):", "ValueError: no"]
        self.databases.ensure_main()
        self.assertIn("adv", self.server.databases)
        self.assertRegex(self.output.getvalue(), "note: the demo data of adv_two could not be made.*Log: ")

    def test_words_are_no_records(self):
        self.lines = ["<string>:7: (ERROR/3) Unexpected indentation.", LINE.format("INFO", "ERROR is a word")]
        self.databases.ensure_main()

    def test_progress(self):
        self.stub(ui, "REPEAT", 0)
        self.lines = [LINE.format("INFO", "Loading module sale (5/10)")]
        self.databases.ensure_main()
        self.assertIn("40 %  sale", self.output.getvalue(), "four are loaded, the fifth is being loaded")

    def test_other_version(self):
        self.server.databases["adv"] = None
        self.server.bases["adv"] = "18.0.1.3"
        with self.problem(r"adv is of Odoo 18\.0.*need 19\.0.*\./adv reset --yes"):
            self.databases.ensure_main()
        self.assertIn("adv", self.server.databases, "nothing is deleted unasked")

    def test_not_of_odoo(self):
        self.server.databases["adv"] = None
        with self.problem("adv is not one of Odoo.*reset"):
            self.databases.ensure_main()

    def test_changed_addon_is_updated(self):
        self.databases.ensure_main()
        self.write("addons/adv_one/views/order.xml", "<odoo/>")
        self.write("addons/adv_two/tests/test_two.py", "# tests do not end up in the database")
        self.databases.ensure_main()
        self.assertEqual(self.commands[-1][self.commands[-1].index("-u") + 1], "adv_one")
        self.assertEqual(len(self.commands), 2)
        self.databases.ensure_main()
        self.assertEqual(len(self.commands), 2)


class TestTemplates(DatabaseCase):
    def test_made_once_and_again_when_the_addons_change(self):
        first = self.databases.template()
        self.assertEqual(len(self.installs()), 2, "Odoo's own modules, then ours")
        self.assertIn("sale", self.installs()[0])
        self.assertIn("adv_one,adv_two", self.installs()[1])
        self.assertEqual(self.databases.template(), first)
        self.assertEqual(len(self.installs()), 2)
        self.write("addons/adv_one/models/order.py", "x = 1")
        second = self.databases.template()
        self.assertNotEqual(second, first)
        self.assertNotIn(first, self.server.databases, "the old one makes room")
        self.assertEqual(len(self.installs()), 3, "Odoo's own modules are not installed again")

    def test_interrupted(self):
        for step in ("COMMENT", "RENAME"):
            self.server.fail_on = step
            with self.assertRaises(KeyboardInterrupt):
                self.databases.template()
        name = self.databases.template()
        self.assertTrue(json.loads(self.server.databases[name])["whole"])

    def test_checkout_made_anew_beside_the_old_databases(self):
        """Templates whose attachments went with the old checkout are made again."""
        name, base = self.databases.template(), self.databases.base_template()
        shutil.rmtree(database.filestore(base).parent)
        self.assertEqual((self.databases.template(), self.databases.base_template()), (name, base))
        self.assertEqual(len(self.installs()), 4)
        for template in (name, base):
            self.assertTrue((database.filestore(template) / "ab" / "abcd").exists(), template)

    def test_steady_before_they_are_whole(self):
        """Autovacuum leaves the templates alone, and the database of ./adv run is not concerned."""
        self.databases.ensure_main()
        self.assertEqual(self.server.steady, [])
        name = self.databases.template()
        base = self.databases.base_template()
        self.assertEqual(self.server.steady, [f"{base}_new", f"{name}_new"])

    def test_clone_takes_the_attachments(self):
        self.databases.clone(self.databases.template(), "adv_test_1")
        self.assertEqual((database.filestore("adv_test_1") / "ab" / "abcd").read_text(), "attachment")


class TestNames(EngineCase):
    def test_quoting(self):
        self.assertEqual(database.quoted("adv_1"), '"adv_1"')
        with self.problem("cannot be a database's name"):
            database.quoted('adv"; DROP')

    def test_configuration(self):
        self.write("odoo.conf", "[options]\nhttp_port = 8100\ndb_host = False\n")
        server = mock.Mock(odoo_options=lambda: {"db_host": "/a socket", "db_user": "odoo"})
        conf = settings.write("x", FakeTree(None), server, dbfilter="^adv$").read_text()
        self.assertIn("http_interface = 127.0.0.1\n", conf)
        self.assertIn("http_port = 8100\n", conf)
        self.assertIn("db_host = /a socket\n", conf)
        self.assertIn(f"addons_path = {self.root}/addons\n", conf)

    def test_comma_in_the_path(self):
        self.stub(paths, "ADDONS", self.root / "a, b" / "addons")
        with self.problem("comma"):
            settings.write("x", FakeTree(None), mock.Mock(odoo_options=dict))

    def test_broken_configuration(self):
        self.write("odoo.conf", "no section\n")
        with self.problem("odoo.conf cannot be read"):
            settings.read()
