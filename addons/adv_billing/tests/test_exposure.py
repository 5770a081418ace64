from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestExposure(AdvBillingCommon):
    """Exposure = receivables + delivered not invoiced + confirmed not delivered - deposits, by payer."""

    def _exposure(self, partner=None):
        partner = (partner or self.acme).with_company(self.company)
        partner.invalidate_recordset()
        return [
            partner.adv_exposure_receivable,
            partner.adv_exposure_not_invoiced,
            partner.adv_exposure_undelivered,
            partner.adv_exposure_deposits,
            partner.adv_exposure(self.company),
        ]

    def test_an_order_walks_through_its_parts(self):
        self.assertEqual(self._exposure(), [0, 0, 0, 0, 0])
        order = self._order()
        self.assertEqual(self._exposure(), [0, 0, 1000, 0, 1000])
        self._deliver(order, {self.chair: 6})
        self.assertEqual(self._exposure(), [0, 600, 400, 0, 1000])
        invoice = self._run().line_ids.move_id
        # a draft changes nothing: it is not owed yet
        self.assertEqual(self._exposure(), [0, 600, 400, 0, 1000])
        invoice.action_post()
        self.assertEqual(self._exposure(), [600, 0, 400, 0, 1000])
        self._pay(invoice, amount=250)
        self.assertEqual(self._exposure(), [350, 0, 400, 0, 750])
        self._credit(invoice, "price", price=5)  # 6 x 5 = 30
        self.assertEqual(self._exposure(), [320, 0, 400, 0, 720])
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(self._exposure(), [320, 0, 0, 0, 320])

    def test_deposit_counts_once(self):
        order = self._order()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        deposit = wizard._create_invoices(order)
        deposit.action_post()
        # 300 owed as deposit, 1000 to come of which 300 are billed already
        self.assertEqual(self._exposure(), [300, 0, 1000, 300, 1000])
        self._pay(deposit)
        self.assertEqual(self._exposure(), [0, 0, 1000, 300, 700])
        self._deliver(order)
        self._run().line_ids.move_id.action_post()
        # the final invoice is 1000 - 300
        self.assertEqual(self._exposure(), [700, 0, 0, 0, 700])

    def test_payer_and_its_addresses_taxes_included(self):
        tax = self.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "type_tax_use": "sale", "company_id": self.company.id}
        )
        self.chair.taxes_id = tax
        buyer = self.env["res.partner"].create(
            {"name": "Billing office", "type": "invoice", "parent_id": self.globex.id}
        )
        self._order([(self.chair, 1)], partner_invoice_id=buyer.id)
        self.assertEqual(self._exposure(self.globex)[-1], 120.0)
        self.assertEqual(self._exposure(buyer)[-1], 120.0)
        self.assertEqual(self._exposure(self.acme)[-1], 0.0)

    def test_orders_in_another_currency(self):
        # 3 units of the other currency are worth 1 since 2016, 2 since 2017
        currency = self.setup_other_currency("GBP")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Other", "currency_id": currency.id, "company_id": self.company.id}
        )
        self._order([(self.chair, 1, 200)], pricelist_id=pricelist.id)
        self.assertEqual(self._exposure()[-1], 100.0)

    def test_constant_number_of_statements(self):
        partners = self.acme | self.globex
        for partner in partners:
            self._order(partner=partner)
        self.env.flush_all()
        with self.assertQueryCount(3):
            partners._adv_exposures(self.company)

    def test_only_those_who_may(self):
        nobody = self._user("nobody_exposure")
        accountant = self._user("clerk_exposure", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.acme.with_user(nobody).adv_exposure(self.company)
        self.assertEqual(self.acme.with_user(accountant).adv_exposure(self.company), 0.0)
