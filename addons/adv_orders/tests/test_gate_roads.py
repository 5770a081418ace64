import json

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestGateRoads(AdvOrdersCommon):
    """Roads that call Odoo's confirmation, or write the state, without a person at the button."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule(amount_min=100.0)
        cls.held, cls.small = cls.order((cls.chair, 5)), cls.order((cls.service, 1), client_order_ref="2")

    def server_action(self, **values):
        action = self.env["ir.actions.server"].create(
            {"name": "Road", "model_id": self.env.ref("sale.model_sale_order").id, **values}
        )
        orders = self.held | self.small
        return action.with_user(self.assistant).with_context(
            active_model="sale.order", active_ids=orders.ids, active_id=orders[0].id
        )

    def test_server_action_that_confirms(self):
        self.server_action(state="code", code="records.action_confirm()").run()
        self.assertEqual((self.held.state, self.held.adv_state), ("draft", "to_approve"))
        self.assertEqual(self.small.state, "sale")

    def test_server_action_that_writes_the_state(self):
        action = self.server_action(state="code", code="records.write({'state': 'sale'})")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_actions"):
            action.run()
        self.assertEqual((self.held | self.small).mapped("state"), ["draft", "draft"])

    def test_a_shop_order_of_nothing(self):
        """Zero-amount shops validate the order as the public user."""
        self.rule("Gifts", members=self.manager)
        free = self.order((self.chair, 1, {"discount": 100.0}), client_order_ref="3")
        shopper = free.with_user(self.env.ref("base.public_user")).sudo()
        shopper._validate_order()
        self.assertEqual((free.state, free.adv_state), ("draft", "to_approve"))
        free.adv_approval_ids.with_user(self.manager).action_approve()
        self.run_job()
        self.run_job()
        self.assertEqual(free.state, "sale")
        self.assertEqual(len(free.picking_ids), 1)

    def test_batch(self):
        action = (self.held | self.small).with_user(self.assistant).action_confirm()
        self.assertIn("1 confirmed, 1 to settle", action["params"]["title"])
        self.assertIn(f"{self.held.name}: Finance has to approve", action["params"]["message"])

    def test_delivering_a_product_at_average_cost_asks_nobody(self):
        """The cost of what is shipped moves the margin of the order; no person wrote anything."""
        self.chair.categ_id = self.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        self.chair.standard_price = 60.0
        rule = self.rule("Pricing", members=self.manager, use_margin=True, margin_max=50.0, amount_min=1.0)
        self.env["adv.approval.rule"].search([("id", "!=", rule.id)]).active = False
        order = self.order((self.chair, 10), client_order_ref="4")
        order.with_user(self.assistant).action_confirm()
        order.adv_approval_ids.with_user(self.manager).action_approve()
        self.run_job()
        self.assertEqual(order.state, "sale")
        before = order.order_line.purchase_price
        self.chair.standard_price = 90.0
        self.ship(order, {self.chair: 4})
        self.env.flush_all()
        self.assertNotEqual(order.order_line.purchase_price, before, "the native cost has moved")
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["approved"])
        order.with_user(self.assistant).write(
            {"client_order_ref": "5", "order_line": [Command.update(order.order_line.id, {"name": "Chair"})]}
        )
        self.ship(order)
        self.env.flush_all()
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["approved"])
        order.with_user(self.assistant).order_line.price_unit = 80.0
        live = order.adv_approval_ids.filtered(lambda row: row.state == "pending")
        self.assertEqual(len(live), 1, "what a person writes asks again")
        self.assertAlmostEqual(live.margin, 25.0)  # 80 against the 60 first seen


@tagged("post_install", "-at_install", "security")
class TestGateRpc(HttpCase, AdvOrdersCommon):
    """Remote calls with a session of their own."""

    def call(self, model, method, *args, **kwargs):
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {"params": {"model": model, "method": method, "args": args, "kwargs": kwargs}, "id": 1}
            ),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def test_write_and_create_of_the_state(self):
        self.rule(amount_min=100.0)
        order = self.order((self.chair, 5))
        self.authenticate("adv_assistant_test", "adv_assistant_test")
        values = {
            "partner_id": self.customer.id,
            "order_line": [[0, 0, {"product_id": self.chair.id, "product_uom_qty": 5}]],
        }
        with mute_logger("odoo.http"):
            answers = [
                self.call("sale.order", "write", order.ids, {"state": "sale"}),
                self.call("sale.order", "create", [{**values, "state": "sale"}]),
                self.call("sale.order", "create", [values], context={"default_state": "sale"}),
                self.call("sale.order", "web_save", order.ids, {"state": "sale"}, specification={}),
                self.call("sale.order", "_adv_confirm_cleared", order.ids),
                self.call("sale.order", "_action_confirm", order.ids),
            ]
        for answer in answers:
            self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")
        self.assertEqual(order.state, "draft")
        answer = self.call("sale.order", "action_confirm", order.ids)
        self.assertEqual(answer["result"]["tag"], "display_notification")
        self.assertEqual(order.adv_state, "to_approve")
