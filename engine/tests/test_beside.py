from unittest import mock

from engine import beside, proc

from .common import EngineCase


class TestBeside(EngineCase):
    def setUp(self):
        super().setUp()
        self.stub(beside, "WHEELS", self.write("wheels.txt", "one==1\n"))
        self.calls = []

        def run(command, **_options):
            self.calls.append(command)
            self.write(".engine/beside/odoo/addons/one/__manifest__.py", "{}")
            return proc.Result(0, [])

        self.stub(beside.proc, "run", run)

    def test_fetched_once_and_again_when_the_list_changes(self):
        folder = beside.fetch()
        self.assertEqual(beside.names(folder), ["one"])
        beside.fetch()
        self.assertEqual(len(self.calls), 1)
        self.assertIn("--no-deps", self.calls[0], "PyPDF2 must not come in")
        beside.WHEELS.write_text("one==2\n", encoding="utf-8")
        beside.fetch()
        self.assertEqual(len(self.calls), 2)

    def test_a_failed_download_is_told_and_tried_again(self):
        with (
            mock.patch.object(beside.proc, "run", return_value=proc.Result(1, [])),
            self.problem("could not be fetched"),
        ):
            beside.fetch()
        beside.fetch()
        self.assertEqual(len(self.calls), 1)

    def test_theirs_are_installed_before_ours(self):
        databases = mock.Mock()
        self.write("addons/ours/__manifest__.py", "{}")
        beside.build(databases, "adv_test_1", "adv_base", beside.fetch())
        installed = [call.args[2] for call in databases.odoo.call_args_list]
        self.assertEqual(installed, ["one", "ours"])
