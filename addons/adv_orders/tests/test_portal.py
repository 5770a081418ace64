from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from .common import AdvOrdersCommon

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestPortal(HttpCase, AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approval_rule = cls.rule(amount_min=100.0)
        cls.quote = cls.order((cls.chair, 5), require_signature=True, require_payment=False)
        cls.quote.action_quotation_sent()
        cls.token = cls.quote._portal_ensure_token()

    def sign(self):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.quote.id}/accept",
            {"access_token": self.token, "name": "Anne Dupont", "signature": SIGNATURE},
        )

    def page(self, suffix=""):
        return self.url_open(f"/my/orders/{self.quote.id}?access_token={self.token}{suffix}")

    def test_a_signature_on_a_held_order_is_kept_and_confirms_once(self):
        answer = self.sign()
        self.assertNotIn("error", answer)
        quote = self.quote
        self.assertRecordValues(
            quote, [{"state": "sent", "adv_state": "to_approve", "signed_by": "Anne Dupont"}]
        )
        self.assertTrue(quote.signature)
        page = self.page("&message=sign_ok").text
        self.assertIn("Thank you, we have your order.", page)
        self.assertIn("We answer by", page)
        self.assertEqual(page.lower().count("thank you"), 1, "thanked once")
        self.assertNotIn("being validated", page)
        self.assertGreater(quote.adv_answer_by, quote.adv_held_date)
        mails = quote.message_ids.filtered(lambda message: self.customer in message.partner_ids)
        self.assertEqual(len(mails), 1, "the customer is told")
        told = quote.activity_ids.filtered(lambda activity: activity.user_id == self.salesperson)
        self.assertIn("The customer waits for our answer", told.mapped("summary"))
        for word in ("Finance", "approve", "to_approve"):
            self.assertNotIn(word, page)
        approval = quote.adv_approval_ids
        approval.with_user(self.financier).action_approve()
        self.run_job()
        self.run_job()
        self.assertEqual(quote.state, "sale")
        self.assertEqual(len(quote.picking_ids), 1)
        self.assertTrue(quote.signature)
        page = self.page().text
        self.assertNotIn("we have your order", page)
        self.assertIn("Delivery promised for", page)

    def test_a_customer_signs_a_held_order_in_the_browser(self):
        quote = self.order(
            (self.chair, 5),
            (self.table, 1, {"price_unit": 0.0}),
            partner_id=self.portal.partner_id.id,
            require_signature=True,
            require_payment=False,
        )
        quote.action_quotation_sent()
        self.start_tour(f"/my/orders/{quote.id}", "adv_orders_portal_sign", login="adv_portal_test")
        signature = quote.signature
        self.assertRecordValues(
            quote, [{"state": "sent", "adv_state": "to_correct", "signed_by": "Anne Dupont"}]
        )
        self.assertTrue(signature)
        self.result(quote, "zero_price").with_user(self.manager).action_override("A gift")
        self.assertEqual(quote.adv_state, "to_approve")
        self.assertFalse(quote.adv_ready)
        quote.adv_approval_ids.with_user(self.financier).action_approve()
        self.assertTrue(quote.adv_ready)
        self.run_job()
        self.run_job()
        self.assertRecordValues(
            quote, [{"state": "sale", "signature": signature, "signed_by": "Anne Dupont"}]
        )
        self.assertEqual(len(quote.picking_ids), 1)

    def test_a_held_order_neither_changes_nor_expires(self):
        self.sign()
        quote = self.quote
        quote.validity_date = "2020-01-01"
        self.assertFalse(quote.is_expired)
        self.assertFalse(quote._can_be_edited_on_portal())
        self.assertEqual(self.sign()["error"], "The order is not in a state requiring customer signature.")
        quote._adv_schedule(self.assistant, "Internal", "Finance is slow")
        self.assertNotIn("Finance is slow", self.page().text)

    def test_clean_orders_confirm_at_once(self):
        self.approval_rule.active = False
        self.sign()
        self.assertEqual(self.quote.state, "sale")

    def test_refused_after_the_signature(self):
        self.sign()
        self.quote.adv_approval_ids.with_user(self.financier).action_refuse("Too risky")
        self.assertEqual(self.quote.adv_state, "to_correct")
        self.assertTrue(self.quote.signature)
        self.assertNotIn("Too risky", self.page().text)

    def test_a_signed_order_that_gets_clean_by_correction_confirms(self):
        self.approval_rule.active = False
        self.quote.order_line.price_unit = 0.0
        self.sign()
        self.assertEqual(self.quote.adv_state, "to_correct")
        self.quote.with_user(self.assistant).order_line.price_unit = 100.0
        self.assertTrue(self.quote.adv_ready)
        self.run_job()
        self.assertEqual(self.quote.state, "sale")


@tagged("post_install", "-at_install")
class TestPayment(AdvOrdersCommon):
    def test_a_payment_on_a_held_order_is_kept(self):
        self.rule(amount_min=100.0)
        quote = self.order((self.chair, 5), require_payment=True, require_signature=False)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        provider = self.env["payment.provider"].search([("code", "=", "demo")], limit=1)
        if not provider:
            provider = self.env["payment.provider"].search([], limit=1)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": quote.amount_total,
                "currency_id": quote.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "adv-held-1",
                "sale_order_ids": [(6, 0, quote.ids)],
            }
        )
        # whether a provider may authorize is not what is tested here
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE payment_transaction SET state = 'authorized' WHERE id = %s", transaction.id)
        )
        transaction.invalidate_recordset()
        transaction._post_process()
        self.assertTrue(transaction.is_post_processed)
        self.assertRecordValues(quote, [{"state": "draft", "adv_state": "to_approve"}])
        self.assertTrue(quote._adv_is_held_for_customer())
        quote.adv_approval_ids.with_user(self.financier).action_approve()
        self.run_job()
        self.assertEqual(quote.state, "sale")


@tagged("post_install", "-at_install")
class TestPaidOrder(AdvOrdersCommon, AccountPaymentCommon):
    """What a customer paid while we held the order is booked, then billed as Odoo would have."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("base.group_system")
            | cls.quick_ref("adv_orders.group_adv_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "True")
        cls.rule(amount_min=100.0)
        cls.quote = cls.order((cls.chair, 5), require_payment=True, require_signature=False)

    def pay(self, amount, reference):
        transaction = self._create_transaction(
            "direct",
            state="done",
            amount=amount,
            reference=reference,
            currency_id=self.quote.currency_id.id,
            partner_id=self.customer.id,
            sale_order_ids=[Command.set(self.quote.ids)],
        )
        transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()
        return transaction

    def test_a_clean_order_confirms_itself_when_paid(self):
        self.env["adv.approval.rule"].search([("company_id", "=", self.env.company.id)]).active = False
        self.pay(500.0, "adv-paid-0")
        self.assertRecordValues(self.quote, [{"state": "sale", "adv_blocked": False}])
        # an order that is invoiced and paid at once goes on to "settled" where billing follows it
        self.assertIn(self.quote.adv_state, ("confirmed", "settled"))
        self.assertTrue(
            self.quote.adv_submitted_date and self.quote.adv_clean_date and self.quote.adv_confirmed_date
        )

    def clear(self):
        self.quote.adv_approval_ids.with_user(self.financier).action_approve()
        self.run_job()
        self.run_job()
        self.assertEqual(self.quote.state, "sale")

    def test_a_payment_is_booked_while_held_and_billed_when_cleared(self):
        transaction = self.pay(500.0, "adv-paid-1")
        self.assertRecordValues(self.quote, [{"state": "draft", "adv_state": "to_approve"}])
        self.assertRecordValues(transaction.payment_id, [{"amount": 500.0, "is_reconciled": False}])
        self.assertFalse(self.quote.invoice_ids)
        self.clear()
        self.assertRecordValues(
            self.quote.invoice_ids,
            [{"state": "posted", "amount_total": 500.0, "amount_residual": 0.0}],
        )
        self.assertEqual(transaction.invoice_ids, self.quote.invoice_ids)
        self.assertTrue(self.quote.invoice_ids.is_move_sent)
        self.assertTrue(transaction.payment_id.is_reconciled)

    def test_two_payments_settle_one_invoice(self):
        payments = self.pay(200.0, "adv-paid-2").payment_id
        self.assertFalse(self.quote.adv_blocked)
        payments |= self.pay(300.0, "adv-paid-3").payment_id
        self.assertEqual(self.quote.adv_state, "to_approve")
        self.clear()
        self.assertRecordValues(
            self.quote.invoice_ids,
            [{"state": "posted", "amount_total": 500.0, "amount_residual": 0.0}],
        )
        self.assertEqual(payments.mapped("is_reconciled"), [True, True])

    def test_without_automatic_invoices_none_is_made(self):
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "False")
        transaction = self.pay(500.0, "adv-paid-4")
        self.clear()
        self.assertFalse(self.quote.invoice_ids)
        self.assertEqual(transaction.payment_id.amount, 500.0)
