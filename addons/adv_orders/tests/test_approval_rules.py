from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestApprovalRules(AdvOrdersCommon):
    """Each condition of a rule, at its border."""

    def asked(self, order):
        order.with_user(self.assistant)._adv_submit()
        return order.adv_approval_ids.filtered(lambda row: row.state == "pending").department_id.mapped(
            "name"
        )

    def test_stage_is_proposed_by_what_the_rule_looks_at(self):
        self.assertEqual(self.rule(amount_min=100.0).stage, "confirmation")
        self.assertEqual(self.rule(discount_min=10.0).stage, "sending")
        self.assertEqual(self.rule(use_margin=True, margin_max=10.0).stage, "sending")
        self.assertEqual(self.rule(terms="deviation").stage, "sending")
        self.assertEqual(self.rule(discount_min=10.0, stage="confirmation").stage, "confirmation")

    def test_amount_range_in_company_currency(self):
        self.rule("Small", amount_min=100.0, amount_max=400.0)
        self.assertEqual(self.asked(self.order((self.chair, 1))), ["Small"])
        self.assertEqual(self.asked(self.order((self.chair, 4))), ["Small"])
        self.assertFalse(self.asked(self.order((self.chair, 5))))
        other = self.env["res.currency"].create({"name": "XAD", "symbol": "X"})
        self.env["res.currency.rate"].create({"currency_id": other.id, "rate": 4.0, "name": "2020-01-01"})
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": other.id})
        line = {"price_unit": 100.0}
        self.assertFalse(self.asked(self.order((self.chair, 3, line), pricelist_id=pricelist.id)))  # 75
        self.assertEqual(
            self.asked(self.order((self.chair, 8, line), pricelist_id=pricelist.id)), ["Small"]
        )  # 200

    def test_margin_below(self):
        self.rule("Pricing", use_margin=True, margin_max=40.0)
        self.assertFalse(self.asked(self.order((self.chair, 1))))  # 40 of 100
        self.assertEqual(self.asked(self.order((self.chair, 1, {"price_unit": 99.0}))), ["Pricing"])  # 39.4 %

    def test_payment_terms(self):
        usual, long, immediate = self.env["account.payment.term"].create(
            [{"name": "30 days"}, {"name": "90 days"}, {"name": "At once"}]
        )
        self.customer.property_payment_term_id = usual
        self.rule("Other terms", terms="deviation")
        self.rule("Long terms", terms="chosen", payment_term_ids=[Command.set(long.ids)])
        self.assertFalse(self.asked(self.order()))
        self.assertEqual(self.asked(self.order(payment_term_id=immediate.id)), ["Other terms"])
        order = self.order(payment_term_id=long.id)
        self.assertEqual(sorted(self.asked(order)), ["Long terms", "Other terms"])
        order.with_user(self.manager).payment_term_id = usual
        self.assertFalse(order.adv_approval_ids.filtered(lambda row: row.state == "pending"))

    def test_new_customer_only(self):
        self.rule("Credit", new_customer=True)
        self.env.company.adv_approval_mode = "warn"
        first, second = self.order(), self.order(client_order_ref="2")
        self.assertEqual(self.asked(first), ["Credit"])
        first.action_confirm()
        self.assertFalse(self.asked(second))

    def test_failed_checks(self):
        self.env.ref("adv_orders.check_zero_price").severity = "warning"
        self.rule("Pricing", check_ids=[Command.set(self.env.ref("adv_orders.check_zero_price").ids)])
        self.assertFalse(self.asked(self.order()))
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        self.assertEqual(self.asked(order), ["Pricing"])

    def test_failed_checks_before_sending(self):
        self.rule(
            "Pricing",
            check_ids=[Command.set(self.env.ref("adv_orders.check_zero_price").ids)],
            stage="sending",
        )
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        self.assertEqual(order.action_quotation_send()["params"]["title"], "Not sent yet")
        self.assertEqual(order.adv_blocked, "to_approve", "the check itself stops confirming, not sending")
        self.assertEqual(order.adv_check_result_ids.check_id.code, "zero_price", "others wait for submission")
        order.action_confirm()
        self.assertEqual(
            order.adv_check_result_ids.check_id, self.env["adv.check"].search([("model", "=", "sale.order")])
        )

    def test_domain(self):
        self.rule("Export", domain="[('partner_id.country_id.code', '!=', 'FR')]")
        self.assertFalse(self.asked(self.order()))
        self.customer.country_id = self.env.ref("base.es")
        self.assertEqual(self.asked(self.order()), ["Export"])
        for bad in ("[('nothing', '=', 1)]", "import os", "[("):
            with self.assertRaises(ValidationError):
                self.rule("Bad", domain=bad)

    def test_absurd_rules_are_refused(self):
        for values in ({"amount_min": 10.0, "amount_max": 5.0},):
            with self.assertRaises(ValidationError):
                self.rule("Bad", **values)

    def test_a_rule_switched_off_withdraws_its_questions(self):
        rule = self.rule("Finance", amount_min=100.0)
        other = self.rule("Board", members=self.manager, amount_min=100.0, sequence=20)
        order = self.order()
        order.with_user(self.assistant).action_confirm()
        rule.with_user(self.manager).active = False
        states = {row.rule_id: row.state for row in order.adv_approval_ids}
        self.assertEqual(states, {rule: "obsolete", other: "pending"})
        other.with_user(self.manager).active = False
        self.assertTrue(order.adv_ready)
        self.assertFalse(order.activity_ids.filtered("adv_approval_id"))

    def test_another_currency_asks_again(self):
        rule = self.rule("Finance", amount_min=100.0)
        before = {"amount": 100.0, "currency": 1}
        self.assertTrue(rule._adv_within_tolerance(before, {"amount": 102.0, "currency": 1}))
        self.assertFalse(rule._adv_within_tolerance(before, {"amount": 100.0, "currency": 2}))


@tagged("post_install", "-at_install")
class TestApprovalStatements(AdvOrdersCommon):
    """The number of statements does not grow with the number of orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.check"].search([]).active = False
        cls.rule("Finance", amount_min=100.0)
        cls.rule("Pricing", members=cls.manager, discount_min=10.0, use_margin=True, margin_max=90.0)
        cls.rule("Credit", new_customer=True, terms="deviation")
        cls.rule("Export", domain="[('partner_id.country_id.code', '=', 'ES')]")

    def statements(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def orders(self, count):
        orders = self.env["sale.order"].browse()
        for _number in range(count):
            orders |= self.order((self.chair, 5, {"discount": 20.0}))
        return orders

    def test_asking_and_approving(self):
        asking, approving = [], []
        for count in (3, 5, 50):  # the first fills caches
            orders = self.orders(count).with_user(self.assistant)
            asking.append(self.statements(orders._adv_submit))
            questions = orders.sudo().adv_approval_ids.filtered(
                lambda row: row.state == "pending" and self.financier in row._adv_approvers()
            )
            self.assertEqual(len(questions), count)
            approving.append(self.statements(questions.with_user(self.financier).action_approve))
        self.assertEqual(asking[1], asking[2])
        self.assertEqual(approving[1], approving[2])

    def test_sending(self):
        counts = []
        for count in (3, 5, 50):  # the first fills caches
            orders = self.orders(count).with_user(self.assistant)
            counts.append(self.statements(orders._adv_ask_sending))
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install", "security")
class TestApprovalRights(AdvOrdersCommon):
    """Who sees and who decides, by role and by company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.rule("Finance", amount_min=100.0)
        cls.mine = cls.order()
        cls.other = cls.order(user_id=cls.manager.id, client_order_ref="2")
        (cls.mine | cls.other).with_user(cls.assistant).action_confirm()
        cls.questions = (cls.mine | cls.other).adv_approval_ids

    def test_the_financier_decides_and_sees_only_what_is_needed(self):
        questions = self.env["adv.approval"].with_user(self.financier).search([])
        self.assertEqual(questions, self.questions)
        values = questions.web_read(
            {
                "order_id": {"fields": {"display_name": {}}},
                "partner_id": {"fields": {"display_name": {}}},
                "amount": {},
                "margin": {},
                "discount": {},
                "payment_terms": {},
                "changes": {},
                "can_decide": {},
                "activity_ids": {},
            }
        )
        row = next(values for values in values if values["id"] == self.mine.adv_approval_ids.id)
        self.assertEqual(row["order_id"]["display_name"], self.mine.display_name)
        self.assertEqual((row["amount"], row["margin"], row["can_decide"]), (500.0, 40.0, True))
        with self.assertRaises(AccessError):
            self.mine.with_user(self.financier).read(["amount_total"])
        task = self.mine.adv_approval_ids.activity_ids
        self.assertEqual(task.user_id, self.financier, "on the question: the order is not theirs to read")
        task.with_user(self.financier).action_adv_approve()
        self.assertEqual(self.mine.adv_approval_ids.state, "approved")

    def test_done_is_no_answer(self):
        task = self.mine.adv_approval_ids.activity_ids.with_user(self.financier)
        with self.assertRaises(UserError):
            task.action_done()
        self.assertTrue(task.active)

    def test_others_may_not_decide_over_rpc(self):
        for user in (self.salesperson, self.manager, self.nobody, self.portal, self.assistant):
            for method, arguments in (("action_approve", ()), ("action_refuse", ("No",))):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(self.mine.adv_approval_ids.with_user(user), method)(*arguments)
        self.assertEqual(self.mine.adv_approval_ids.state, "pending")

    def test_nobody_writes_a_decision(self):
        for user in (self.salesperson, self.manager, self.financier, self.env.ref("base.user_admin")):
            question = self.mine.adv_approval_ids.with_user(user)
            for vals in ({"state": "approved"}, {"author_ids": [Command.clear()]}, {"deadline": False}):
                with self.assertRaises(AccessError):
                    question.write(vals)
            with self.assertRaises(AccessError):
                question.create(
                    {
                        "rule_id": self.finance.id,
                        "department_id": self.finance.department_id.id,
                        "company_id": self.env.company.id,
                        "order_id": self.mine.id,
                        "state": "approved",
                    }
                )
            with self.assertRaises(UserError):  # an AccessError is one
                question.unlink()

    def test_bulk_with_one_that_is_not_mine(self):
        """Somebody else's question in the selection is told, and refused."""
        sales = self.rule("Sales", members=self.manager, amount_min=100.0)
        order = self.order(client_order_ref="3")
        order.with_user(self.assistant).action_confirm()
        action = order.adv_approval_ids.with_user(self.manager).action_approve()
        self.assertEqual(action["params"]["title"], "1 approved, 1 not")
        self.assertIn("only Finance may decide", action["params"]["message"])
        states = {row.rule_id: row.state for row in order.adv_approval_ids}
        self.assertEqual(states, {sales: "approved", self.finance: "pending"})

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="adv_stranger_test",
            groups="adv_orders.group_adv_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        department = self.env["adv.department"].create(
            {"name": "Everywhere", "member_ids": [Command.set(stranger.ids)]}
        )
        self.finance.department_id.member_ids += stranger
        self.assertFalse(self.env["adv.approval"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.mine.adv_approval_ids.with_user(stranger).action_approve()
        with self.assertRaises(AccessError):
            self.finance.with_user(stranger).read(["name"])
        elsewhere = self.env["adv.approval.rule"].create(
            {"name": "Elsewhere", "department_id": department.id, "company_id": company.id}
        )
        order = self.order(client_order_ref="4")
        order.with_user(self.assistant).action_confirm()
        self.assertNotIn(elsewhere, order.adv_approval_ids.rule_id)

    def test_new_facts_are_protected(self):
        for name in ("adv_to_confirm", "adv_agreed", "adv_frozen_costs", "adv_held_date"):
            with self.assertRaises(AccessError):
                self.mine.with_user(self.manager).write({name: False})
