from odoo.tests import tagged

from .common import AdvOrdersCommon, HootCase


@tagged("post_install", "-at_install")
class TestTours(HootCase, AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()

    def test_desk(self):
        """An assistant corrects what blocks an order, and confirms it."""
        order = self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="TOUR-1")
        self.start_tour("/odoo/adv-desk", "adv_orders_desk", login="adv_assistant_test")
        self.assertEqual(order.state, "sale")

    def test_override(self):
        """A manager overrides a failed check, and the order confirms itself."""
        order = self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="TOUR-2")
        order.with_user(self.assistant).action_confirm()
        self.start_tour("/odoo/adv-desk", "adv_orders_desk_kanban", login="adv_manager_test")
        self.start_tour("/odoo/adv-desk", "adv_orders_override", login="adv_manager_test")
        self.assertTrue(order.adv_ready)

    def test_to_approve(self):
        self.rule(amount_min=100.0, members=self.manager)
        orders = self.order((self.chair, 5), client_order_ref="A1") | self.order((self.chair, 6))
        orders.with_user(self.assistant).action_confirm()
        self.start_tour("/odoo/adv-to-approve", "adv_orders_approve", login="adv_manager_test")
        self.assertEqual(sorted(orders.adv_approval_ids.mapped("state")), ["approved", "refused"])

    def test_confirmed_order(self):
        """Report an error, change the promise, qualify a change."""
        order = self.order((self.chair, 5), client_order_ref="TOUR-4", commitment_date="2100-01-01 10:00:00")
        order.action_confirm()
        order.order_line.product_uom_qty = 6
        self.start_tour(f"/odoo/adv-desk/{order.id}", "adv_orders_confirmed", login="adv_assistant_test")
        self.assertEqual(len(order.adv_error_ids), 1)
        self.assertEqual(order.adv_promise_change_ids.origin, "us")
        self.start_tour("/odoo/adv-to-qualify", "adv_orders_qualify", login="adv_assistant_test")
        self.assertEqual(order.adv_amendment_ids.error_id.type_id.code, "quantity")

    def test_quality_and_configuration(self):
        self.env["adv.order.error"]._adv_log(
            [{"type": "price", "order_id": self.order().id, "name": "Typed 10 for 1"}]
        )
        self.start_tour("/odoo/adv-errors", "adv_orders_errors", login="adv_manager_test")
        self.start_tour("/odoo/adv-departments", "adv_orders_config", login="adv_manager_test")
        self.assertTrue(self.env["adv.approval.rule"].search([("name", "=", "Above one thousand")]))

    def test_unit(self):
        self.run_hoot("adv_orders")
