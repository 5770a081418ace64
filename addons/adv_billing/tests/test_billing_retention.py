from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tests import tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestBillingRetention(AdvBillingCommon):
    """Runs and receipts are forgotten after the months of the company, invoices never."""

    def _finished(self, months):
        day = Date.subtract(Date.today(), months=months)
        run = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": day})
        run._adv_set_facts({"state": "done"})
        self.env["adv.billing.run.line"].sudo().create({"run_id": run.id, "state": "nothing"})
        return run

    def test_runs_with_their_results(self):
        self.company.adv_billing_retention_months = 24
        old, kept, under_way = self._finished(25), self._finished(23), self._finished(30)
        under_way._adv_set_facts({"state": "running"})
        results = old.line_ids
        self.assertEqual(self.env["adv.billing.run"]._gc_runs(), (2, False), "a result and its run")
        self.assertFalse(old.exists())
        self.assertFalse(results.exists())
        self.assertEqual(len((kept | under_way).exists()), 2)
        self.assertEqual(len((kept | under_way).line_ids), 2)

    def test_in_batches_and_what_they_billed_stays(self):
        self.company.adv_billing_retention_months = 24
        self._rule("order")
        order = self._order()
        run = self._run()
        run._adv_set_facts({"date": Date.subtract(Date.today(), months=30)})
        self._finished(40)
        model = self.env["adv.billing.run"]
        self.assertEqual(model._gc_runs(limit=1), (1, True))
        self.assertEqual(model._gc_runs(limit=1), (1, True))
        self.assertEqual(model._gc_runs(limit=10), (2, False))
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)

    def test_zero_keeps_all(self):
        self.company.adv_billing_retention_months = 0
        run = self._finished(200)
        self.assertEqual(self.env["adv.billing.run"]._gc_runs(), (0, False))
        self.assertTrue(run.exists())
        for months in (3, -1, 1201, 2**31 - 1):
            with self.subTest(months), self.assertRaisesRegex(ValidationError, "6 to 1200 months"):
                self.company.adv_billing_retention_months = months
        self.company.adv_billing_retention_months = 1200
        self.assertEqual(self.env["adv.billing.run"]._gc_runs(), (0, False))
        self.assertFalse(self.env["adv.receipt"]._adv_make(self.company))

    def test_a_receipt_is_not_sent_again_once_forgotten(self):
        self.company.write({"adv_billing_retention_months": 12, "adv_receipts": "all"})
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids[:1].payment_account_id = bank.default_account_id
        day = Date.subtract(Date.today(), months=13)
        self.company.adv_receipts_since = day
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.acme.id,
                "invoice_date": day,
                "invoice_line_ids": [(0, 0, {"product_id": self.hour.id, "price_unit": 100, "tax_ids": []})],
            }
        )
        invoice.action_post()
        self._pay(invoice, day=day)
        receipts = self.env["adv.receipt"]
        self.company.adv_billing_retention_months = 0
        receipt = receipts._adv_make(self.company)
        self.assertEqual(receipt.amount, 100.0)
        receipt.sudo().write({"state": "sent"})
        self.company.adv_billing_retention_months = 12
        self.assertEqual(receipts.sudo()._gc_receipts(), (1, False), "as the nightly job")
        self.assertFalse(receipts._adv_make(self.company), "its money came in too long ago")
        self.company.adv_billing_retention_months = 0
        self.assertFalse(receipts._adv_make(self.company), "nor when receipts are kept for ever from now on")
