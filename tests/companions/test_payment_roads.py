from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.adv_orders.tests.common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestPaymentRoads(AdvOrdersCommon, AccountPaymentCommon, HttpCase):
    """Odoo's own demo provider: a held order is paid, then cleared or refused; cash on delivery."""

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
        cls.people = cls.assistant | cls.manager | cls.financier | cls.salesperson
        cls.people.write(
            {"company_ids": [Command.link(cls.env.company.id)], "company_id": cls.env.company.id}
        )
        cls.rule(amount_min=100.0)
        cls.env.ref("payment_demo.payment_method_demo").sudo().active = True
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        cls.demo = demo.copy({"company_id": cls.env.company.id, "name": "Demo"})
        cls.demo.write({"state": "test", "is_published": True, "allow_express_checkout": False})
        cls.quote = cls.order((cls.chair, 5), require_payment=True, require_signature=False)

    def pay(self, state="done"):
        transaction = self._create_transaction(
            "direct",
            provider_id=self.demo.id,
            payment_method_id=self.env.ref("payment_demo.payment_method_demo").id,
            amount=self.quote.amount_total,
            currency_id=self.quote.currency_id.id,
            partner_id=self.customer.id,
            reference=f"demo-{state}-{self.quote.id}",
            sale_order_ids=[Command.set(self.quote.ids)],
        )
        transaction._process("demo", {"reference": transaction.reference, "simulated_state": state})
        transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()
        return transaction

    def refuse(self):
        self.quote.adv_approval_ids.with_user(self.financier).action_refuse("Too risky")

    def refund(self, **values):
        wizard = self.env["adv.refund"].with_user(self.assistant)
        return wizard.create({"order_id": self.quote.id, **values}).action_refund()

    def mails(self):
        return self.quote.message_ids.filtered(
            lambda message: (
                self.customer in message.partner_ids or self.customer in message.notified_partner_ids
            )
        )

    def test_a_customer_pays_a_held_order_in_the_browser(self):
        self.quote.action_quotation_sent()
        self.env.flush_all()
        url = self.quote.get_portal_url()
        self.start_tour(url, "adv_portal_pay_held", login=None)
        transaction = self.quote.transaction_ids
        self.assertRecordValues(transaction, [{"state": "done", "is_post_processed": True}])
        self.assertTrue(transaction.payment_id)
        self.assertRecordValues(self.quote, [{"state": "sent", "adv_state": "to_approve"}])
        self.assertTrue(self.quote.adv_held_date)
        told = self.quote.activity_ids.mapped("summary")
        self.assertIn("The customer waits for our answer", told)
        self.quote.adv_approval_ids.with_user(self.financier).action_approve()
        self.run_job()
        self.run_job()
        self.assertEqual(self.quote.state, "sale")
        self.assertEqual(len(self.quote.picking_ids), 1)
        self.assertRecordValues(
            self.quote.invoice_ids, [{"state": "posted", "amount_residual": 0.0, "amount_total": 500.0}]
        )

    def test_told_once(self):
        self.pay()
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("we have your order", self.mails().subject)
        self.assertIn("500.00", self.mails().body)
        self.quote.with_user(self.assistant).action_confirm()
        self.assertEqual(len(self.mails()), 1)

    def test_refused_and_refunded_in_the_browser(self):
        transaction = self.pay()
        self.refuse()
        tasks = self.quote.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("adv_orders.activity_type_refund")
        )
        self.assertEqual(len(tasks), 1)
        self.env.flush_all()
        self.start_tour(f"/odoo/adv-desk/{self.quote.id}", "adv_refund", login="adv_assistant_test")
        refund = transaction.child_transaction_ids
        self.assertRecordValues(refund, [{"operation": "refund", "state": "done", "amount": -500.0}])
        self.assertEqual(self.quote.state, "cancel")
        self.assertFalse(tasks.active)
        self.assertIn("refund", self.mails()[0].subject)
        with self.assertRaises(UserError):
            self.refund()
        self.assertEqual(len(transaction.child_transaction_ids), 1)

    def test_a_provider_that_cannot_refund(self):
        transaction = self.pay()
        self.refuse()
        self.env.ref("payment_demo.payment_method_demo").support_refund = "none"
        self.refund(cancel_order=False, tell_customer=False)
        self.assertFalse(transaction.child_transaction_ids)
        self.assertRecordValues(
            transaction.adv_refund_payment_id,
            [{"payment_type": "outbound", "state": "draft", "amount": 500.0, "partner_id": self.customer.id}],
        )
        self.assertEqual(self.quote.adv_state, "to_correct")
        with self.assertRaises(UserError):
            self.refund()

    def test_an_authorized_payment_is_released(self):
        self.demo.capture_manually = True
        transaction = self.pay()
        self.assertEqual(transaction.state, "authorized")
        self.assertEqual(self.quote.adv_state, "to_approve")
        self.refuse()
        self.refund()
        self.assertEqual(transaction.state, "cancel")
        self.assertEqual(self.quote.state, "cancel")

    def test_who_may_not_refund(self):
        self.pay()
        with self.assertRaises(UserError):  # nobody refused
            self.refund()
        self.refuse()
        for user in (self.salesperson, self.financier):
            with self.assertRaises(AccessError):
                self.quote.with_user(user).action_open_refund()
            with self.assertRaises(AccessError):
                self.env["adv.refund"].with_user(user).create({"order_id": self.quote.id})

    def test_cash_on_delivery_is_held_and_confirms_once(self):
        providers = self.env["payment.provider"].sudo()
        provider = providers.search([("custom_mode", "=", "cash_on_delivery")], limit=1)
        provider = provider.copy({"company_id": self.env.company.id})
        provider.write({"state": "test"})
        transaction = self._create_transaction(
            "direct",
            provider_id=provider.id,
            payment_method_id=self.env.ref("payment_demo.payment_method_demo").id,
            amount=self.quote.amount_total,
            currency_id=self.quote.currency_id.id,
            partner_id=self.customer.id,
            reference="cod-1",
            sale_order_ids=[Command.set(self.quote.ids)],
            state="pending",
        )
        transaction._post_process()
        self.assertTrue(transaction.is_post_processed)
        self.assertIn(self.quote.state, ("draft", "sent"))
        self.assertEqual(self.quote.adv_state, "to_approve")
        self.assertTrue(self.quote._adv_is_held_for_customer())
        self.quote.adv_approval_ids.with_user(self.financier).action_approve()
        self.run_job()
        self.run_job()
        self.assertEqual(self.quote.state, "sale")
        self.assertEqual(len(self.quote.picking_ids), 1)
