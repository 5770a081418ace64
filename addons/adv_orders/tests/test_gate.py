from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestGate(AdvOrdersCommon):
    def bad(self, **values):
        return self.order((self.chair, 1, {"price_unit": 0.0}), **values)

    def test_clean_order_confirms_in_one_go(self):
        order = self.order()
        self.assertIs(order.with_user(self.assistant).action_confirm(), True)
        self.assertRecordValues(order, [{"state": "sale", "adv_state": "confirmed", "adv_blocked": False}])
        self.assertTrue(order.adv_submitted_date and order.adv_clean_date and order.adv_confirmed_date)

    def test_blocked_order_says_what_is_missing(self):
        order = self.bad()
        action = order.with_user(self.assistant).action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("has no price", action["params"]["message"])
        self.assertRecordValues(
            order, [{"state": "draft", "adv_state": "to_correct", "adv_clean_date": False}]
        )
        order.order_line.price_unit = 100.0
        self.assertEqual(order.adv_state, "draft")
        order.action_confirm()
        self.assertEqual(order.adv_state, "confirmed")

    def test_write_and_create_of_the_state_are_refused(self):
        order = self.order()
        for user in (self.salesperson, self.assistant, self.manager, self.env.user):
            with self.assertRaises(AccessError):
                order.with_user(user).write({"state": "sale"})
        with self.assertRaises(AccessError):
            order.sudo().write({"state": "sale"})
        with self.assertRaises(AccessError):
            self.order(state="sale")
        with self.assertRaises(AccessError):
            self.order_with_context(default_state="sale")

    def test_a_line_is_confirmed_with_its_order(self):
        """Odoo delivers and bills by the state of the line, and lets clients write it."""
        order = self.order()
        line = order.order_line.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            line.write({"state": "sale"})
        line.write({"state": "draft", "product_uom_qty": 2})
        order.action_confirm()
        with self.assertRaises(AccessError):
            line.write({"state": "draft"})
        self.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        line.write({"state": "draft"})

    def test_nothing_is_told_to_who_left(self):
        order = self.order(user_id=self.salesperson.id)
        self.salesperson.active = False
        order._adv_schedule(self.salesperson, "Answer the customer", "")
        self.assertEqual(order.activity_ids.user_id, self.env.ref("base.user_admin"))
        order.adv_assistant_id = self.env["adv.assistant"].create({"user_id": self.assistant.id})
        order._adv_schedule(None, "Answer the customer", "")
        self.assertIn(self.assistant, order.activity_ids.user_id)

    def test_a_line_moved_to_a_confirmed_order_is_a_change_of_it(self):
        order, other = self.order(), self.order((self.table, 3, {"discount": 90}))
        order.action_confirm()
        self.assertFalse(order.adv_amendment_ids)
        moved = other.order_line
        moved.with_user(self.salesperson).order_id = order
        self.assertRecordValues(
            order.adv_amendment_ids, [{"field": "product_uom_qty", "old_value": "0.00", "line_id": moved.id}]
        )
        self.assertEqual(moved.adv_qty_confirmed, 3)

    def order_with_context(self, **context):
        return (
            self.env["sale.order"]
            .with_context(**context)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 1})],
                }
            )
        )

    def test_no_context_key_opens_the_gate(self):
        order = self.bad().with_context(
            adv_gate=True, adv_allowed=[1], adv_at="2020-01-01", install_mode=True
        )
        order.action_confirm()
        self.assertEqual(order.state, "draft")
        self.assertNotEqual(order.adv_submitted_date.year, 2020)

    def test_observe_lets_native_roads_through_and_records(self):
        self.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        order = self.bad()
        order.write({"state": "sale"})
        self.assertEqual(order.adv_state, "confirmed")
        self.assertEqual(order.adv_confirmed_date, order.date_order)
        other = self.bad(client_order_ref="x")
        self.assertIs(other.action_confirm(), True)
        self.assertEqual(self.result(other, "zero_price").state, "failed")
        self.assertEqual(self.order(state="sale").adv_state, "confirmed")

    def told(self, order):
        """Return what a person is told at the moment of the confirmation."""
        told = []
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send", lambda user, kind, message, **kwargs: told.append(message)):
            order.with_user(self.assistant).action_confirm()
        return [message["message"] for message in told if message.get("type") == "warning"]

    def test_one_click_tells_the_warnings_of_a_confirmed_order(self):
        order = self.order((self.chair, 1, {"discount": 30.0}), client_order_ref="1")
        (message,) = self.told(order)
        self.assertEqual(order.state, "sale")
        self.assertIn("30.0 % on Chair", message)
        self.assertFalse(self.told(self.order((self.chair, 2), client_order_ref="2")))
        self.assertFalse(self.told(self.bad(client_order_ref="3")), "a blocked order says it otherwise")
        self.env.company.adv_check_mode = "warn"
        (message,) = self.told(self.bad(client_order_ref="4"))
        self.assertIn("has no price", message)
        self.env.company.adv_check_mode = "observe"
        self.assertFalse(self.told(self.bad(client_order_ref="5")))

    def test_warn_shows_but_does_not_stop(self):
        self.env.company.write({"adv_check_mode": "warn", "adv_approval_mode": "warn"})
        order = self.bad()
        order._adv_submit()
        self.assertIn("has no price", order.adv_todo)
        self.assertIs(order.action_confirm(), True)

    def test_a_check_of_its_own_mode(self):
        self.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        self.env.ref("adv_orders.check_zero_price").mode = "enforce"
        order = self.bad()
        order.action_confirm()
        self.assertEqual(order.adv_state, "to_correct")
        with self.assertRaises(AccessError):
            order.write({"state": "sale"})

    def test_batch_one_blocked_never_fails_the_rest(self):
        good, bad = self.order(client_order_ref="A"), self.bad(client_order_ref="B")
        broken = self.order(client_order_ref="C")
        broken.order_line = [Command.create({"name": "no product", "product_uom_qty": 1})]
        action = (good | bad | broken).action_confirm()
        self.assertEqual((good | bad | broken).mapped("state"), ["sale", "draft", "draft"])
        self.assertIn("1 confirmed, 2 to settle", action["params"]["title"])
        self.assertIn(bad.name, action["params"]["message"])
        self.assertIn(broken.name, action["params"]["message"])

    def test_confirmed_order_still_refused_as_native(self):
        order = self.order()
        order.action_confirm()
        with self.assertRaises(UserError):
            order.action_confirm()

    def test_facts_cannot_be_written_by_anybody(self):
        order = self.order()
        for name in sorted(order._adv_protected_fields()):
            for records in (order.with_user(self.manager), order.sudo()):
                with self.assertRaises(AccessError, msg=name):
                    records.write({name: False})
        with self.assertRaises(AccessError):
            self.order(adv_confirmed_date="2020-01-01 00:00:00")
        with self.assertRaises(AccessError):
            self.order_with_context(default_adv_is_on_time=True)
        self.env["ir.default"].set("sale.order", "adv_line_count", 7)
        with self.assertRaises(AccessError):
            self.order()

    def test_line_facts_cannot_be_written(self):
        order = self.order()
        for name in sorted(order.order_line._adv_protected_fields()):
            with self.assertRaises(AccessError, msg=name):
                order.order_line.write({name: False})
            with self.assertRaises(AccessError, msg=name):
                order.write({"order_line": [Command.update(order.order_line.id, {name: False})]})

    def test_confirming_ten_lines_is_cheap(self):
        """Our part of confirming ten lines, measured against the same order without rules to run."""
        products = self.env["product.product"].create(
            [
                {"name": f"Part {number}", "type": "service", "list_price": 10, "taxes_id": False}
                for number in range(10)
            ]
        )
        orders = [
            self.order(*[(product, 1) for product in products], client_order_ref=str(i)) for i in range(3)
        ]
        orders[0].action_confirm()
        counts = []
        for order, active in ((orders[1], True), (orders[2], False)):
            self.env["adv.check"].search([]).active = active
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.action_confirm()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[0] - counts[1], 40)
