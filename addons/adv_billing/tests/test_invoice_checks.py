from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceChecks(AdvBillingCommon):
    """What is compared before an invoice is posted, in the three modes."""

    def _invoice(self, **rule):
        self._rule("order", **rule)
        self.order = self._order()
        return self._run().line_ids.move_id

    def _state(self, invoice, code):
        results = invoice.adv_check_result_ids.filtered(lambda result: result.check_id.code == code)
        return results.state, results.message

    def test_price_against_order(self):
        invoice = self._invoice()
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_price_deviation")[0], "passed")
        invoice.invoice_line_ids.price_unit = 110
        invoice.action_adv_check()
        state, message = self._state(invoice, "invoice_price_deviation")
        self.assertEqual(state, "failed")
        self.assertIn("110.00", message)
        self.assertIn("100.00", message)

    def test_price_of_a_line_without_product(self):
        invoice = self._invoice()
        invoice.invoice_line_ids.write({"product_id": False, "product_uom_id": False, "price_unit": 110})
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_price_deviation")[0], "failed")

    def test_quantity_against_delivery(self):
        # 4 of 10 chairs delivered; somebody raises the invoice to 10
        order = self._order()
        self._deliver(order, {self.chair: 4})
        invoice = self._run().line_ids.move_id
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_quantity_delivered")[0], "passed")
        invoice.invoice_line_ids.quantity = 10
        invoice.action_adv_check()
        state, message = self._state(invoice, "invoice_quantity_delivered")
        self.assertEqual(state, "failed")
        self.assertIn("10.00 billed, 4.00 delivered", message)
        self._deliver(order)
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_quantity_delivered")[0], "passed")

    def test_billed_before_delivery_as_agreed(self):
        invoice = self._invoice()
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_quantity_delivered")[0], "not_applicable")

    def test_reference_required(self):
        self.acme.adv_reference_required = True
        invoice = self._invoice()
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_reference_missing")[0], "failed")
        self.order.client_order_ref = "PO-1"
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_reference_missing")[0], "passed")

    def test_duplicate(self):
        def direct():
            return self._create_invoice_one_line(
                partner_id=self.acme, product_id=self.chair, quantity=1, price_unit=77
            )

        first, second = direct(), direct()
        first.action_post()
        second.invoice_date = first.invoice_date
        second.action_adv_check()
        state, message = self._state(second, "invoice_duplicate")
        self.assertEqual(state, "failed")
        self.assertIn(first.name, message)

    def test_payment_terms(self):
        invoice = self._invoice()
        invoice.invoice_payment_term_id = self.env.ref("account.account_payment_term_45days")
        invoice.action_adv_check()
        self.assertEqual(self._state(invoice, "invoice_payment_terms")[0], "failed")

    def test_observe_posts_and_records(self):
        invoice = self._invoice()
        invoice.invoice_line_ids.price_unit = 110
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(self._state(invoice, "invoice_price_deviation")[0], "failed")
        self.assertFalse(invoice.adv_check_warning)

    def test_warn_posts_and_says_so(self):
        self.company.adv_billing_mode = "warn"
        invoice = self._invoice()
        invoice.invoice_line_ids.price_unit = 110
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertIn("110.00", invoice.adv_check_warning)

    def test_enforce_stops_people_until_overridden(self):
        self.company.adv_billing_mode = "enforce"
        invoice = self._invoice()
        invoice.invoice_line_ids.price_unit = 110
        with self.assertRaisesRegex(UserError, "110.00"):
            invoice.action_post()
        invoice.action_adv_check()
        results = invoice.adv_check_result_ids
        results.filtered(lambda result: result.check_id.code == "invoice_price_deviation").action_override(
            "Agreed by phone with the buyer"
        )
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_enforce_never_stops_an_interface(self):
        self.company.adv_billing_mode = "enforce"
        invoice = self._invoice()
        invoice.invoice_line_ids.price_unit = 110
        invoice.sudo().action_post()
        self.assertEqual(invoice.state, "posted")
