from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestCheckTours(HttpCase, AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()

    def test_own_check(self):
        """A manager writes a condition, and sees it stop an order."""
        order = self.order((self.chair, 5), client_order_ref="OWN-1")
        self.start_tour("/odoo/adv-checks", "adv_checks_own", login="adv_manager_test")
        check = self.env["adv.check"].search([("name", "=", "Reference to look at")])
        self.assertEqual(check.code, "own_reference_to_look_at")
        self.assertEqual(self.result(order, check.code).state, "failed")
        self.assertEqual(order.state, "draft")

    def test_panel(self):
        """Two things to settle: see one, override one; the other is corrected and the panel is gone."""
        order = self.order(
            (self.chair, 1, {"price_unit": 0.0}), (self.table, 1, {"discount": 25.0}), client_order_ref="P-1"
        )
        order.with_user(self.assistant).action_confirm()
        self.start_tour(f"/odoo/adv-desk/{order.id}", "adv_checks_panel", login="adv_manager_test")
        self.assertEqual(self.result(order, "zero_price").state, "overridden")

    def test_observation(self):
        self.env.company.adv_check_mode = "observe"
        self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="O-1").action_confirm()
        self.order((self.chair, 2), client_order_ref="O-2").action_confirm()
        self.start_tour("/odoo/adv-observation", "adv_checks_observation", login="adv_manager_test")
        self.assertEqual(self.env.ref("adv_orders.check_zero_price").mode, "enforce")

    def test_agreement(self):
        """A manager writes an agreement down and concludes it; the next order has its price."""
        self.start_tour("/odoo/adv-agreements", "adv_agreements", login="adv_manager_test")
        agreement = self.env["adv.agreement"].search([("name", "=", "Frame agreement")])
        self.assertEqual(agreement.state, "active")
        self.assertEqual(self.order((self.chair, 1)).order_line.price_unit, 88.0)


@tagged("post_install", "-at_install")
class TestObservation(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})

    def row(self, code, days=14):
        page = self.env["adv.check"].with_user(self.manager).get_observation(days)
        check = self.env["adv.check"].search([("code", "=", code)])
        return page, next(row for row in page["rows"] if row["id"] == check.id)

    def listed(self, code, outcome, days=14):
        check = self.env["adv.check"].search([("code", "=", code)]).with_user(self.manager)
        action = check.action_open_observed(days, outcome)
        return self.env["adv.check.result"].with_user(self.manager).search(action["domain"])

    def test_figures_and_their_lists(self):
        """Four orders: two with 25 % discount (75 and 300 untaxed), one of them overridden; one corrected."""
        before = self.env["adv.check"].get_observation(14)["orders"]
        found = [
            self.order((product, 1, {"discount": 25.0}), client_order_ref=product.name)
            for product in (self.chair, self.table)
        ]
        corrected = self.order((self.chair, 2, {"discount": 50.0}), client_order_ref="C")
        clean = self.order((self.chair, 3), client_order_ref="D")
        for order in (*found, corrected, clean):
            order._adv_submit()
        self.result(found[0], "discount_above_limit").with_user(self.manager).action_override("fair")
        corrected.order_line.discount = 0.0
        corrected._adv_submit()
        page, row = self.row("discount_above_limit")
        self.assertEqual(page["orders"], before + 4)
        self.assertEqual((row["found"], row["corrected"], row["overridden"]), (3, 1, 1))
        self.assertAlmostEqual(row["amount"], 75 + 300 + 200)
        self.assertAlmostEqual(row["share"], 3 / (before + 4))
        self.assertEqual(row["effective"], "observe")
        for outcome in ("found", "corrected", "overridden"):
            self.assertEqual(len(self.listed("discount_above_limit", outcome)), row[outcome], outcome)
        self.assertEqual(self.listed("discount_above_limit", "corrected").order_id, corrected)

    def test_period(self):
        """Submitted nine days ago: in the last 14 days, not in the last 7."""
        order = self.order((self.chair, 1, {"discount": 25.0}))
        order._adv_submit()
        nine = self.env.cr.now().replace(microsecond=0)
        order._adv_set_facts({"adv_submitted_date": nine.replace(hour=12) - timedelta(days=9)})
        self.assertEqual(self.row("discount_above_limit", 14)[1]["found"], 1)
        self.assertEqual(self.row("discount_above_limit", 7)[1]["found"], 0)

    def test_only_the_sales_administration_sees_it(self):
        for user in (self.nobody, self.salesperson):
            with self.assertRaises(AccessError):
                self.env["adv.check"].with_user(user).get_observation(14)
        page = self.env["adv.check"].with_user(self.assistant).get_observation(14)
        self.assertFalse(page["can_switch"])
        with self.assertRaises(AccessError):
            self.env.ref("adv_orders.check_zero_price").with_user(self.assistant).write({"mode": "enforce"})

    def test_panel_says_who_may_settle(self):
        self.env.company.adv_check_mode = "enforce"
        order = self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="W")
        order.with_user(self.assistant).action_confirm()
        for user, may in ((self.assistant, False), (self.manager, True)):
            item = order.with_user(user).adv_settle[0]
            self.assertEqual(item["may_override"], may)
            self.assertEqual(item["title"], "Line without price")
            self.assertIn("ADV manager", item["who"])
            self.assertTrue(item["blocking"])
        order.order_line.price_unit = 100.0
        self.assertFalse(order.adv_settle)
