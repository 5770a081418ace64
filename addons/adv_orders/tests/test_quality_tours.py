from odoo.tests import HttpCase, new_test_user, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestQualityTours(HttpCase, AdvOrdersCommon):
    def delivered(self):
        order = self.order((self.chair, 5), commitment_date="2100-01-01 10:00:00")
        order.action_confirm()
        self.ship(order)
        return order

    def test_return(self):
        """The warehouse takes goods back and says why."""
        new_test_user(self.env, login="adv_stockman_tour", groups="stock.group_stock_user")
        order = self.delivered()
        self.start_tour(
            f"/odoo/action-stock.action_picking_tree_all/{order.picking_ids.id}",
            "adv_quality_return",
            login="adv_stockman_tour",
        )
        self.assertRecordValues(order.adv_error_ids, [{"found_by": "return", "step": "delivery"}])
        self.assertEqual(order.adv_error_ids.type_id.code, "delivery")

    def test_returns_to_qualify(self):
        """An assistant says in bulk why goods came back that a program took back."""
        order = self.delivered()
        for _number in range(2):
            wizard = self.env["stock.return.picking"].with_context(
                active_id=order.picking_ids[0].id,
                active_ids=order.picking_ids[0].ids,
                active_model="stock.picking",
            )
            wizard = wizard.create({})
            wizard.product_return_moves.quantity = 1
            wizard.sudo()._create_return()
        self.start_tour("/odoo/adv-returns", "adv_quality_returns_to_qualify", login="adv_assistant_test")
        self.assertEqual(order.adv_error_ids.type_id.code, "deadline")
        self.assertEqual(len(order.adv_error_ids), 2)

    def test_changes_that_customers_wished(self):
        order = self.order((self.chair, 5), commitment_date="2100-01-01 10:00:00")
        order.action_confirm()
        order.order_line.product_uom_qty = 6
        self.start_tour("/odoo/adv-to-qualify", "adv_quality_qualify_wish", login="adv_assistant_test")
        self.assertRecordValues(
            order.adv_amendment_ids,
            [{"qualified": True, "qualification": "customer", "qualified_by": self.assistant.id}],
        )
        self.assertFalse(order.adv_error_ids)

    def test_pareto(self):
        order = self.order()
        self.env["adv.order.error"]._adv_log(
            [
                {"type": "price", "order_id": order.id, "name": "Typed 10 for 1", "escaped": True},
                {"type": "address", "order_id": order.id},
                {"type": "address", "order_id": order.id},
            ]
        )
        self.start_tour("/odoo/adv-error-pareto", "adv_quality_pareto", login="adv_assistant_test")
        self.assertEqual(order.adv_error_ids.filtered("escaped").minutes, 45)
