from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestReceipts(AdvBillingCommon):
    """Once for each payment, when the money is in, to those who want it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"adv_receipts": "all", "adv_receipts_since": "2026-01-01"})
        cls.bank = cls.company_data["default_journal_bank"]
        cls.outstanding = cls.bank.default_account_id.copy({"name": "Outstanding", "reconcile": True})
        cls.outstanding.account_type = "asset_current"
        cls.startClassPatcher(
            patch(
                "odoo.addons.base.models.ir_actions_report.IrActionsReport.get_wkhtmltopdf_state",
                lambda self: "install",
            )
        )

    def _invoice(self, amount, partner=None, day="2026-01-10"):
        return self._create_invoice_one_line(
            partner_id=partner or self.acme,
            product_id=self.chair,
            quantity=1,
            price_unit=amount,
            invoice_date=day,
            post=True,
        )

    def _line(self, amount, day="2026-02-20", partner=None):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "amount": amount,
                "payment_ref": "transfer",
                "partner_id": (partner or self.acme).id,
            }
        )

    def _match(self, statement_line, *others):
        """Match the open side of a statement line with journal items, as the bank reconciliation does."""
        _liquidity, suspense, _other = statement_line._seek_for_lines()
        for item in others:
            suspense.account_id = item.account_id
            suspense.partner_id = item.partner_id
        (suspense | self.env["account.move.line"].union(*others)).reconcile()

    def _open(self, invoice):
        return invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _register(self, invoices, amount=None, banked=False, day="2026-02-15"):
        """Register a payment; ``banked``: straight on the bank's account, nothing to match."""
        method = self.bank.inbound_payment_method_line_ids[:1]
        method.payment_account_id = self.bank.default_account_id if banked else self.outstanding
        return self._pay(invoices, amount, day)

    def _job(self):
        self.env["adv.receipt"].sudo()._cron_receipts()  # the job runs as superuser
        return self.env["adv.receipt"].search([("company_id", "=", self.company.id)])

    def test_cheque_handed_over_is_no_money_until_the_bank_has_it(self):
        invoice = self._invoice(100)
        payment = self._register(invoice)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self._job())
        liquidity = payment.move_id.line_ids.filtered(lambda line: line.account_id == self.outstanding)
        self._match(self._line(100, "2026-02-20"), liquidity)
        self.assertTrue(payment.is_matched)
        receipt = self._job()
        self.assertRecordValues(
            receipt,
            [
                {
                    "partner_id": self.acme.id,
                    "payment_id": payment.id,
                    "date": fields.Date.to_date("2026-02-20"),
                    "amount": 100.0,
                    "state": "sent",
                }
            ],
        )
        self.assertEqual(receipt.line_ids.move_id, invoice)

    def test_once(self):
        self._register(self._invoice(100), banked=True)
        receipt = self._job()
        self.assertEqual(len(receipt), 1)
        self.assertEqual(self._job(), receipt)
        mails = self.env["mail.mail"].search([("model", "=", "adv.receipt"), ("res_id", "=", receipt.id)])
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.email_to, "acme@example.com")
        self.assertEqual(len(mails.attachment_ids), 1)

    def test_two_payments_of_one_invoice(self):
        invoice = self._invoice(100)
        self._register(invoice, 30, banked=True)
        first = self._job()
        self.assertRecordValues(first.line_ids, [{"amount": 30.0, "amount_left": 70.0}])
        self._register(invoice, 70, banked=True)
        second = self._job() - first
        self.assertRecordValues(second.line_ids, [{"amount": 70.0, "amount_left": 0.0}])

    def test_one_payment_of_three_invoices(self):
        invoices = self._invoice(100) + self._invoice(40) + self._invoice(5)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"group_payment": True, "payment_date": "2026-02-15"})
        )
        self.bank.inbound_payment_method_line_ids[:1].payment_account_id = self.bank.default_account_id
        payment = wizard._create_payments()
        self.assertEqual(len(payment), 1)
        receipt = self._job()
        self.assertEqual((len(receipt), receipt.amount), (1, 145.0))
        self.assertEqual(sorted(receipt.line_ids.mapped("amount")), [5.0, 40.0, 100.0])

    def test_bank_statement_line_without_a_payment(self):
        invoice = self._invoice(100)
        self._match(self._line(100), self._open(invoice))
        self.assertEqual(invoice.amount_residual, 0)
        receipt = self._job()
        self.assertRecordValues(receipt, [{"amount": 100.0, "payment_id": False, "state": "sent"}])
        self.assertEqual(receipt.date, fields.Date.to_date("2026-02-20"))

    def test_one_statement_line_for_two_invoices_and_part_of_a_third(self):
        """A transfer of 120 settles 50 and 40, and 30 of 100."""
        invoices = self._invoice(50) + self._invoice(40) + self._invoice(100)
        self._match(self._line(120), *(self._open(invoice) for invoice in invoices))
        receipt = self._job()
        self.assertEqual((len(receipt), receipt.amount), (1, 120.0))
        self.assertEqual(
            sorted((line.amount, line.amount_left) for line in receipt.line_ids),
            [(30.0, 70.0), (40.0, 0.0), (50.0, 0.0)],
        )
        self.assertEqual(invoices[2].amount_residual, 70)
        self._match(self._line(70, "2026-02-25"), self._open(invoices[2]))
        second = self._job() - receipt
        self.assertRecordValues(second.line_ids, [{"amount": 70.0, "amount_left": 0.0}])

    def test_money_beyond_the_invoice_stays_on_account(self):
        invoice = self._invoice(100)
        self._register(invoice, 130, banked=True)
        receipt = self._job()
        self.assertEqual((receipt.amount, receipt.amount_on_account), (130.0, 30.0))
        self.assertEqual(receipt.line_ids.amount, 100.0)

    def test_discount_is_no_money(self):
        """98 paid of 100 in time, 2 written off by the early-payment discount."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": 2,
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        invoice = self._create_invoice_one_line(
            partner_id=self.acme, product_id=self.chair, price_unit=100, invoice_date="2026-01-10"
        )
        invoice.invoice_payment_term_id = term
        invoice.action_post()
        self._register(invoice, banked=True, day="2026-01-15")
        self.assertEqual(invoice.amount_residual, 0.0)
        receipt = self._job()
        self.assertEqual((receipt.amount, receipt.line_ids.amount, receipt.amount_on_account), (98, 100, 0))

    def test_a_payment_for_two_customers_gives_each_its_own(self):
        """One customer pays for both: neither reads of the other's invoice."""
        mine, theirs = self._invoice(100), self._invoice(40, self.globex)
        self._match(self._line(140), self._open(mine), self._open(theirs))
        receipts = self._job()
        self.assertEqual(
            {receipt.partner_id: (receipt.amount, receipt.line_ids.move_id) for receipt in receipts},
            {self.acme: (100.0, mine), self.globex: (40.0, theirs)},
        )
        self.assertEqual(self._job(), receipts)

    def test_a_bill_is_money_when_it_matured(self):
        """Due on Monday 2 March, and three bank days: on Friday it cannot come back any more."""
        invoice = self._invoice(500)
        invoice.write(
            {
                "adv_collection_kind": "bill",
                "adv_collection_date": "2026-02-10",
                "adv_collection_maturity": "2026-03-02",
            }
        )
        self._register(invoice)
        for day in ("2026-02-20", "2026-03-05"):
            with freeze_time(f"{day} 10:00:00"):
                self.assertFalse(self._job(), day)
        with freeze_time("2026-03-06 10:00:00"):
            invoice.adv_collection_returned = "2026-03-04"
            self.assertFalse(self._job(), "it came back")
            invoice.adv_collection_returned = False
            receipt = self._job()
        self.assertEqual((receipt.amount, receipt.date), (500.0, fields.Date.to_date("2026-03-02")))

    def test_unmatched_and_matched_again_gives_no_second_one(self):
        invoice = self._invoice(100)
        payment = self._register(invoice, banked=True)
        receipt = self._job()
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(self._job(), receipt)
        (self._open(payment.move_id) | self._open(invoice)).reconcile()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self._job(), receipt)

    def test_the_document_says_what_came_in(self):
        self.acme.lang = self.env["res.lang"]._activate_lang("es_ES") and "es_ES"
        self._register(self._invoice(100), 130, banked=True)
        receipt = self._job()
        page = receipt.env["ir.qweb"]._render("adv_billing.receipt_page", {"o": receipt})
        self.assertIn("130.00", page)
        self.assertIn("30.00", page)
        self.assertIn(receipt.line_ids.move_id.name, page)
        name, content = receipt._adv_document()
        self.assertTrue(name.endswith(".html"), "the test machine prints nothing")
        self.assertIn(receipt.line_ids.move_id.name.encode(), content)

    def test_one_that_cannot_be_made_stops_no_other(self):
        other = self.env["res.partner"].create({"name": "Two", "email": "two@example.com"})
        for partner in (self.acme, other):
            self._register(self._invoice(100, partner=partner), banked=True)
        document = type(self.env["adv.receipt"])._adv_document

        def fail(receipt):
            if receipt.partner_id == self.acme:
                raise OSError("out of memory")
            return document(receipt)

        with patch.object(type(self.env["adv.receipt"]), "_adv_document", fail):
            receipts = self._job().grouped("partner_id")
        broken, sent = receipts[self.acme], receipts[other]
        self.assertRecordValues(
            broken | sent,
            [{"state": "failed", "error": "out of memory"}, {"state": "sent", "error": False}],
        )
        broken.action_send()
        self.assertEqual(broken.state, "sent")

    def test_when_none_can_be_made_all_wait(self):
        """The server prints nothing at all: not the receipts failed, they leave with the next call."""
        self._register(self._invoice(100), banked=True)
        self._register(self._invoice(200, partner=self.globex), banked=True)
        receipts = self.env["adv.receipt"].sudo()._adv_make(self.company)
        broken = patch.object(type(receipts), "_adv_document", side_effect=OSError("out of memory"))
        with broken, self.assertRaises(OSError), self.env.cr.savepoint():  # the job's transaction
            self._job()
        self.assertEqual(receipts.mapped("state"), ["to_send", "to_send"])
        self.assertEqual(self._job().mapped("state"), ["sent", "sent"])

    def test_credit_note_is_no_money(self):
        invoice = self._invoice(100)
        self._credit(invoice, day="2026-02-01")
        self.assertFalse(self._job())

    def test_nobody_until_switched_on(self):
        self.company.write({"adv_receipts": "off", "adv_receipts_since": False})
        self._register(self._invoice(100), banked=True)
        self.assertFalse(self._job())
        self.company.adv_receipts = "all"
        self.assertEqual(self.company.adv_receipts_since, self.company._adv_today())
        self.assertFalse(self._job(), "what came in before gets none")

    def test_only_who_wants_one(self):
        self.company.adv_receipts = "asked"
        self.globex.adv_receipt_wanted = True
        self._register(self._invoice(100), banked=True)
        self._register(self._invoice(50, self.globex), banked=True)
        self.assertEqual(self._job().partner_id, self.globex)

    def test_no_address_fails_and_can_be_sent_later(self):
        self.acme.email = False
        self._register(self._invoice(100), banked=True)
        receipt = self._job()
        self.assertEqual(receipt.state, "failed")
        self.assertIn("e-mail", receipt.error)
        self.acme.email = "new@example.com"
        receipt.action_send()
        self.assertEqual((receipt.state, receipt.error), ("sent", False))
        with self.assertRaises(UserError):
            receipt.action_send()

    def test_statements_do_not_grow_with_the_payments(self):
        counts = []
        self.env["adv.receipt"]._adv_make(self.company)
        for number in (2, 10):
            for _each in range(number):
                self._register(self._invoice(100), banked=True)
            self.env.flush_all()
            before = self.cr.sql_log_count
            made = self.env["adv.receipt"]._adv_make(self.company)
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(made), number)
        self.assertEqual(*counts)

    def test_rights(self):
        self._register(self._invoice(100), banked=True)
        self.env["adv.receipt"]._adv_make(self.company)
        receipt = self.env["adv.receipt"].search([("company_id", "=", self.company.id)])
        reader = self._user("receipt_reader", "account.group_account_readonly")
        clerk = self._user("receipt_clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            receipt.with_user(reader).action_send()
        with self.assertRaises(AccessError):
            receipt.with_user(clerk).write({"amount": 1})
        receipt.with_user(clerk).action_send()
        self.assertEqual(receipt.state, "sent")
        other = self.env["res.company"].create({"name": "Other"})
        clerk.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            receipt.with_user(clerk).with_company(other).read(["amount"])

    def test_switched_on_in_the_settings(self):
        """Receipts begin today whatever was there before, and when the line of the day is left empty."""
        self.company.write({"adv_receipts": "off", "adv_receipts_since": "2025-01-01"})
        settings = self.env["res.config.settings"]
        with freeze_time("2026-03-02 10:00:00"):
            today = fields.Date.to_date("2026-03-02")
            opened = settings.new({"adv_receipts": "asked"})
            opened._onchange_adv_receipts()
            self.assertEqual(opened.adv_receipts_since, today)
            settings.create({"adv_receipts": "all", "adv_receipts_since": False}).execute()
        self.assertEqual((self.company.adv_receipts, self.company.adv_receipts_since), ("all", today))
