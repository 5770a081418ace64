from odoo.tests import tagged

from odoo.addons.adv_orders.tests.common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestFreight(AdvOrdersCommon):
    """Carriage with Odoo's delivery methods, on the conditions of an agreement."""

    def test_carriage_costs_nothing_from_the_amount_agreed(self):
        """Free from 450: not for 4 chairs of 100 with 60 of carriage, but for 5."""
        self.env["adv.agreement"].create(
            {
                "name": "Contract",
                "partner_id": self.customer.id,
                "date_from": "2020-01-01",
                "free_freight_from": 450.0,
            }
        ).action_activate()
        product = self.env["product.product"].create(
            {"name": "Carriage", "type": "service", "taxes_id": False}
        )
        carrier = self.env["delivery.carrier"].create(
            {"name": "Carrier", "product_id": product.id, "delivery_type": "fixed", "fixed_price": 60.0}
        )
        for quantity, price in ((4, 60.0), (5, 0.0)):
            order = self.order((self.chair, quantity))
            order.set_delivery_line(carrier, 60.0)
            carriage = order.order_line.filtered("is_delivery")
            self.assertEqual(carriage.price_unit, price)
            self.assertEqual(order.adv_is_freight_free, not price)
