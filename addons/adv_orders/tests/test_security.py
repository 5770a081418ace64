from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon

LEDGERS = (
    "adv.check.result",
    "adv.check.override",
    "adv.approval",
    "adv.order.error",
    "adv.order.amendment",
    "adv.promise.change",
)
SETTINGS = ("adv.check", "adv.error.type", "adv.department", "adv.approval.rule", "adv.assistant")


@tagged("post_install", "-at_install", "security")
class TestSecurity(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approval_rule = cls.rule(amount_min=0.0)
        cls.mine = cls.order((cls.chair, 1, {"price_unit": 70.0}))
        cls.other = cls.order((cls.chair, 2, {"price_unit": 70.0}), user_id=cls.manager.id)
        (cls.mine | cls.other).with_user(cls.assistant).action_confirm()

    def test_ledgers_are_read_only_for_everybody(self):
        for user in (self.assistant, self.manager, self.salesperson, self.nobody, self.portal):
            for name in LEDGERS:
                model = self.env[name].with_user(user)
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(model.has_access(operation), f"{user.login} {operation} {name}")

    def test_settings_belong_to_the_manager(self):
        for name in SETTINGS:
            self.assertTrue(self.env[name].with_user(self.manager).has_access("write"), name)
            for user in (self.assistant, self.salesperson, self.nobody, self.portal):
                self.assertFalse(self.env[name].with_user(user).has_access("write"), f"{user.login} {name}")

    def test_portal_and_nobody_see_no_ledger(self):
        for name in LEDGERS:
            self.assertFalse(self.env[name].with_user(self.portal).has_access("read"), name)
        self.assertFalse(self.env["adv.approval"].with_user(self.nobody).search([]))
        self.assertFalse(self.env["adv.order.error"].with_user(self.nobody).has_access("read"))

    def test_salesperson_sees_the_own_orders_only(self):
        errors = self.env["adv.order.error"].with_user(self.salesperson).search([])
        self.assertEqual(errors.order_id, self.mine)
        results = self.env["adv.check.result"].with_user(self.salesperson).search([])
        self.assertEqual(results.order_id, self.mine)
        approvals = self.env["adv.approval"].with_user(self.salesperson).search([])
        self.assertEqual(approvals.order_id, self.mine)
        everything = self.env["adv.order.error"].with_user(self.assistant).search([])
        self.assertEqual(everything.order_id, self.mine | self.other)

    def test_salesperson_rpc_cannot_confirm_nor_write_facts(self):
        order = self.mine.with_user(self.salesperson)
        for vals in (
            {"state": "sale"},
            {"adv_state": "confirmed"},
            {"adv_blocked": False},
            {"adv_ready": True},
        ):
            with self.assertRaises(AccessError):
                order.write(vals)
        values = {
            "partner_id": self.customer.id,
            "order_line": [Command.create({"product_id": self.chair.id})],
        }
        for extra in ({"state": "sale"}, {"adv_confirmed_date": "2020-01-01"}):
            with self.assertRaises(AccessError):
                self.env["sale.order"].with_user(self.salesperson).create({**values, **extra})

    def test_the_approver_decides_without_sales_rights(self):
        approval = (
            self.env["adv.approval"].with_user(self.financier).search([("order_id", "=", self.mine.id)])
        )
        approval.action_approve()
        self.assertEqual(approval.state, "approved")

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.nobody.copy({"login": "adv_stranger", "name": "Stranger"})
        stranger.write(
            {
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
                "group_ids": [Command.link(self.env.ref("adv_orders.group_adv_manager").id)],
            }
        )
        for name in ("adv.order.error", "adv.check.result", "adv.approval", "adv.approval.rule"):
            self.assertFalse(self.env[name].with_user(stranger).search([]), name)
        self.assertTrue(self.env["adv.check"].with_user(stranger).search([]))

    def test_a_customer_submits_and_reads_nothing_of_the_house(self):
        order = self.order(
            (self.chair, 1, {"price_unit": 0.0}),
            partner_id=self.portal.partner_id.id,
            message_partner_ids=self.portal.partner_id.ids,
        )
        theirs = order.with_user(self.portal)
        for method in ("action_confirm", "action_quotation_send", "action_quotation_sent"):
            with self.assertRaises(AccessError):
                getattr(theirs, method)()
        self.assertFalse(order.adv_submitted_date)
        self.assertFalse(order.adv_check_result_ids)
        order.action_confirm()
        self.assertIn("has no price", order.with_user(self.salesperson).adv_todo)
        for name in ("adv_todo", "adv_settle", "adv_cost_confirmed", "adv_frozen_costs", "adv_agreed"):
            with self.assertRaises(AccessError):
                theirs.read([name])
        for name in ("adv_cost_confirmed", "adv_supplier_id", "adv_buyer_id", "adv_supply_name"):
            with self.assertRaises(AccessError):
                theirs.order_line.read([name])

    def test_private_methods_are_not_reachable(self):
        for model in ("sale.order", "adv.order.error", "adv.approval", "adv.check", "adv.check.result"):
            public = [
                name
                for name in dir(type(self.env[model]))
                if name.startswith("adv_") and callable(getattr(type(self.env[model]), name))
            ]
            self.assertFalse(public, model)

    def test_reason_wizard_gives_no_rights(self):
        approval = self.mine.adv_approval_ids
        wizard = (
            self.env["adv.reason"]
            .with_user(self.assistant)
            .create({"action": "action_refuse", "record_ids": approval.ids, "reason": "no"})
        )
        with self.assertRaises(AccessError):
            wizard.action_apply()

    def test_salesperson_reports_errors_on_readable_orders_only(self):
        wizard = self.env["adv.error.report"].with_user(self.salesperson)
        vals = {"type_id": self.env.ref("adv_orders.error_type_price").id}
        before = len(self.mine.adv_error_ids)
        wizard.create({**vals, "order_id": self.mine.id}).action_report()
        self.assertEqual(len(self.mine.adv_error_ids), before + 1)
        with self.assertRaises(AccessError):
            wizard.create({**vals, "order_id": self.other.id}).action_report()
