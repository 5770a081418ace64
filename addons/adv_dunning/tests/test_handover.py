import io
from datetime import timedelta
from unittest.mock import patch
from zipfile import ZipFile

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DunningCommon


@tagged("post_install", "-at_install")
class TestHandover(DunningCommon):
    """What proves a claim, in one archive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._adv_today()
        cls.manager = cls._make_user("dun_manager", "adv_dunning.group_collection_manager")

    def _stats(self):
        return self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])

    def _archive(self, stats):
        action = stats.with_user(self.manager).action_handover()
        attachment = self.env["ir.attachment"].browse(int(action["url"].split("/")[-1].split("?")[0]))
        return ZipFile(io.BytesIO(attachment.raw))

    def test_invoices_notices_and_statement(self):
        overdue = self._invoice(300, self.today - timedelta(days=10), day=self.today - timedelta(days=40))
        not_due = self._invoice(70, self.today + timedelta(days=10), day=self.today - timedelta(days=5))
        run = self._chase(self.today)
        names = self._archive(self._stats()).namelist()
        number = overdue.name.replace("/", "_")
        self.assertEqual(len([name for name in names if name.startswith("invoices/")]), 1)
        self.assertTrue(any(number in name for name in names), names)
        self.assertFalse(any(not_due.name.replace("/", "_") in name for name in names))
        notice = run.notice_ids.name.replace("/", "-")
        self.assertTrue(any(name.startswith(f"notices/{notice}") for name in names), names)
        self.assertTrue(any(name.startswith("Statement Alpha") for name in names), names)
        self.assertIn(f"Statement Alpha {self.today}.xlsx", names)
        self.assertIn("put together", self._stats().message_ids[:1].body)

    def test_what_cannot_be_made_is_named_and_the_rest_is_there(self):
        """wkhtmltopdf fails on one invoice: the other one, the statement and the notices are handed over."""
        broken, whole = (
            self._invoice(amount, self.today - timedelta(days=10), day=self.today - timedelta(days=40))
            for amount in (300, 200)
        )
        self._chase(self.today)
        document = type(broken)._get_invoice_legal_documents

        def fail(move, *args, **kwargs):
            if move == broken:
                raise OSError("out of memory")
            return document(move, *args, **kwargs)

        with (
            patch.object(type(broken), "_get_invoice_legal_documents", fail),
            self.assertLogs("odoo.addons.adv_dunning.models.adv_receivable_stats_handover", "WARNING"),
        ):
            action = self._stats().with_user(self.manager).action_handover()
        self.assertEqual((action["tag"], action["params"]["type"]), ("display_notification", "warning"))
        self.assertIn(broken.name, action["params"]["message"])
        self.assertNotIn(whole.name, action["params"]["message"])
        self.assertIn(broken.name, self._stats().message_ids[:1].body)
        url = action["params"]["next"]["url"]
        attachment = self.env["ir.attachment"].browse(int(url.split("/")[-1].split("?")[0]))
        names = ZipFile(io.BytesIO(attachment.raw)).namelist()
        invoices = [name for name in names if name.startswith("invoices/")]
        self.assertEqual(len(invoices), 1)
        self.assertIn(whole.name.replace("/", "_"), invoices[0])
        self.assertTrue([name for name in names if name.startswith("notices/")], names)

    def test_only_managers_and_only_what_is_overdue(self):
        self._invoice(70, self.today + timedelta(days=10), day=self.today - timedelta(days=5))
        self._compute(self.today)
        collector = self._make_user("dun_collector", "adv_dunning.group_collector")
        with self.assertRaises(AccessError):
            self._stats().with_user(collector).action_handover()
        with self.assertRaisesRegex(UserError, "owes nothing overdue"):
            self._stats().with_user(self.manager).action_handover()

    def test_names_stay_in_the_archive(self):
        files = [("notices/../../etc/passwd", b"a"), ("x.pdf", b"b"), ("x.pdf", b"c")]
        names = ZipFile(io.BytesIO(self.env["adv.receivable.stats"]._zip(files))).namelist()
        self.assertEqual(len(set(names)), 3)
        self.assertFalse([name for name in names if ".." in name], names)


@tagged("post_install", "-at_install")
class TestWriteOff(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._adv_today()
        cls.manager = cls._make_user("dun_manager", "adv_dunning.group_collection_manager")
        cls.loss = cls.env["account.account"].create(
            {"name": "Losses", "code": "DUN654", "account_type": "expense"}
        )
        cls.company.write({"adv_write_off_account_id": cls.loss.id, "adv_write_off_amount": 5})
        cls.small = cls._invoice(1003, cls.today - timedelta(days=20), day=cls.today - timedelta(days=60))
        cls._pay(cls.small, 1000, cls.today - timedelta(days=10))
        cls.old = cls._invoice(400, cls.today - timedelta(days=800), day=cls.today - timedelta(days=830))
        cls.normal = cls._invoice(90, cls.today - timedelta(days=20), day=cls.today - timedelta(days=60))

    def _wizard(self):
        self._compute(self.today)
        return self.env["adv.write.off"].with_user(self.manager).create({})

    def test_proposes_small_and_old_items(self):
        wizard = self._wizard()
        self.assertEqual(wizard.item_ids.move_id, self.small | self.old)
        self.assertEqual(wizard.total, 403)

    def test_one_entry_matched_with_the_items_and_reversible(self):
        wizard = self._wizard()
        entry = self.env["account.move"].browse(wizard.action_write_off()["res_id"])
        self.assertEqual(entry.state, "posted")
        losses = entry.line_ids.filtered(lambda line: line.account_id == self.loss)
        self.assertEqual(sorted(losses.mapped("balance")), [3, 400])
        self.assertEqual((self.small | self.old).mapped("amount_residual"), [0, 0])
        self.assertEqual(self.normal.amount_residual, 90)
        self.assertIn("Written off", self.old.message_ids[:1].body)
        entry._reverse_moves([{"date": self.today}], cancel=True)
        self.assertEqual(sorted((self.small | self.old).mapped("amount_residual")), [3, 400])

    def test_what_is_written_off_is_a_loss_and_no_money(self):
        """The entry is posted beyond the manager's own rights: over RPC, too, it books nothing but losses."""
        for vals in ({"account_id": self.bank_account.id}, {"journal_id": self.bank_journal.id}):
            wizard = self._wizard()
            wizard.write(vals)
            with self.assertRaises(UserError):
                wizard.action_write_off()
        self.assertEqual((self.old.amount_residual, self.small.amount_residual), (400, 3))

    def test_a_person_takes_items_out(self):
        wizard = self._wizard()
        wizard.item_ids = [Command.unlink(item.id) for item in wizard.item_ids if item.move_id == self.old]
        wizard.action_write_off()
        self.assertEqual((self.old.amount_residual, self.small.amount_residual), (400, 0))

    def test_disputed_items_are_not_proposed_and_others_may_not(self):
        self._dispute(self.old, 400, day=self.today)
        wizard = self._wizard()
        self.assertEqual(wizard.item_ids.move_id, self.small)
        for groups in ("adv_dunning.group_collector", "account.group_account_user"):
            user = self._make_user(groups.split(".")[1], groups)
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_write_off()
            with self.assertRaises(AccessError):
                self.env["adv.write.off"].with_user(user).create({})
