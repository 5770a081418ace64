from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install", "security")
class TestBillingSecurity(AdvBillingCommon):
    """Who may bill, set the rules, choose reasons, and who may not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("sec_accountant", "account.group_account_invoice")
        cls.assistant = cls._user("sec_assistant", "adv_orders.group_adv_assistant")
        cls.manager = cls._user("sec_manager", "adv_orders.group_adv_manager")
        cls.collector = cls._user("sec_collector", "adv_dunning.group_collector")
        cls.salesperson = cls._user("sec_salesperson", "sales_team.group_sale_salesman")
        cls.nobody = cls._user("sec_nobody")

    def _allowed(self, user, model, operation):
        return self.env[model].with_user(user).has_access(operation)

    def test_native_billing_people_are_adv_billing_people(self):
        self.assertTrue(self.accountant.has_group("adv_billing.group_adv_billing"))
        self.assertFalse(self.assistant.has_group("adv_billing.group_adv_billing"))

    def test_rights_by_role(self):
        roles = (
            self.accountant,
            self.assistant,
            self.manager,
            self.collector,
            self.salesperson,
            self.nobody,
        )
        expected = {
            ("adv.billing.rule", "read"): (1, 1, 1, 1, 0, 0),
            ("adv.billing.rule", "write"): (1, 0, 1, 0, 0, 0),
            ("adv.billing.run", "read"): (1, 1, 1, 1, 0, 0),
            ("adv.billing.run", "create"): (1, 0, 0, 0, 0, 0),
            ("adv.billing.run.line", "read"): (1, 1, 1, 1, 0, 0),
            ("adv.billing.run.line", "create"): (0, 0, 0, 0, 0, 0),
            ("adv.billing.run.line", "write"): (0, 0, 0, 0, 0, 0),
            ("adv.billing.run.line", "unlink"): (0, 0, 0, 0, 0, 0),
            ("adv.credit.reason", "read"): (1, 1, 1, 1, 1, 1),
            ("adv.credit.reason", "write"): (0, 0, 1, 0, 0, 0),
            ("adv.hold.release", "create"): (0, 0, 1, 0, 0, 0),
            ("adv.agreement.line", "read"): (1, 1, 1, 0, 1, 0),
        }
        for (model, operation), answers in expected.items():
            with self.subTest(model=model, operation=operation):
                found = tuple(int(self._allowed(user, model, operation)) for user in roles)
                self.assertEqual(found, answers)

    def test_an_assistant_opens_the_exposure(self):
        """The days of the reminder policy are read for somebody who reads no policies."""
        order = self._order()
        self.env.invalidate_all()
        lines = self.env["adv.exposure.line"].with_user(self.assistant)
        self.assertEqual(lines.search([("partner_id", "=", self.acme.id)]).order_id, order)

    def test_documents_open_for_everybody_who_may_read_them(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        auditor = self._user("sec_auditor", "account.group_account_readonly")
        for user in (self.accountant, auditor, self.collector, self.assistant, self.manager):
            with self.subTest(user=user.login, document="order"):
                self.assertEqual(Form(order.with_user(user)).partner_id, self.acme)
            with self.subTest(user=user.login, document="invoice"):
                self.assertEqual(Form(invoice.with_user(user)).partner_id, self.acme)

    def test_an_assistant_looks_at_what_will_be_billed_and_bills_nothing(self):
        order = self._order()
        self._deliver(order)
        run = self.env["adv.billing.run"].create({"company_id": self.company.id}).with_user(self.assistant)
        self.assertEqual([row["amount"] for row in run.preview()], [1000.0])
        action = run.action_preview()
        shown = self.env["adv.billing.preview"].with_user(self.assistant).search(action["domain"])
        self.assertEqual((shown.order_ids, shown.amount), (order, 1000.0))
        others = self.env["adv.billing.preview"].with_user(self.manager)
        self.assertFalse(others.search(action["domain"]), "everybody sees their own previews")
        for method in (run.action_run, run.action_bill):
            with self.assertRaises(AccessError):
                method()
        self.assertFalse(order.invoice_ids)

    def test_accountant_bills_and_credits(self):
        order = self._order()
        self._deliver(order)
        run = self.env["adv.billing.run"].with_user(self.accountant).create({"company_id": self.company.id})
        self.assertEqual(len(run.preview()), 1)
        run.action_run()
        invoice = run.line_ids.move_id
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertTrue(order.adv_invoiced_date)
        with self.assertRaises(AccessError):
            run.line_ids.write({"message": "mine"})

    def test_nobody_previews_nor_runs(self):
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        for user in (self.salesperson, self.nobody):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                run.with_user(user).preview()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                run.with_user(user).action_run()
        with self.assertRaises(AccessError):
            run.with_user(self.assistant).action_run()

    def test_facts_of_orders_are_out_of_reach(self):
        order = self._order()
        for user in (self.salesperson, self.manager, self.accountant):
            for name in ("adv_invoiced_date", "adv_settled_date", "adv_hold_released_date"):
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    order.with_user(user).write({name: "2026-01-01 00:00:00"})

    def test_run_lines_of_another_company_are_hidden(self):
        other = self.env["res.company"].create({"name": "Other company"})
        run = self.env["adv.billing.run"].sudo().create({"company_id": other.id, "date": "2026-01-05"})
        rule = self.env["adv.billing.rule"].sudo().create({"company_id": other.id, "mode": "manual"})
        for record in (run, rule):
            with self.subTest(model=record._name):
                self.assertFalse(
                    self.env[record._name].with_user(self.accountant).search([("id", "=", record.id)])
                )
                with self.assertRaises(AccessError):
                    record.with_user(self.accountant).read(["company_id"])

    def test_a_collector_posts_no_credit_note(self):
        self.chair.invoice_policy = "order"
        order = self._order()
        invoice = order._create_invoices()
        with self.assertRaises(AccessError):
            invoice.with_user(self.collector).action_post()
