from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_orders.tests.test_lateness import LatenessCommon


@tagged("post_install", "-at_install")
class TestSupplierOrders(LatenessCommon):
    """With purchasing installed, the cause names the supplier order and who buys it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchaser = cls.manager.copy({"login": "adv_purchaser_test", "name": "Paul Purchaser"})
        cls.supplier = cls.env["res.partner"].create({"name": "Sofa Factory"})
        cls.env["product.supplierinfo"].create(
            {
                "product_tmpl_id": cls.sofa.product_tmpl_id.id,
                "partner_id": cls.supplier.id,
                "delay": 20,
                "price": 400.0,
            }
        )

    def purchase(self, quantity, days, product=None):
        """Return a request for quotation, planned in so many days."""
        return self.env["purchase.order"].create(
            {
                "partner_id": self.supplier.id,
                "user_id": self.purchaser.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.sofa).id,
                            "product_qty": quantity,
                            "price_unit": 400.0,
                            "date_planned": self.now + timedelta(days=days),
                        }
                    )
                ],
            }
        )

    def check(self, line, state, cause, purchase, days):
        self.assertRecordValues(
            line,
            [
                {
                    "adv_lateness": state,
                    "adv_cause": cause,
                    "adv_supply_name": purchase.name,
                    "adv_supplier_id": self.supplier.id,
                    "adv_buyer_id": purchase.user_id.id or self.buyer.id,
                }
            ],
        )
        self.assertEqual(self.env.company._adv_date(line.adv_expected_date), self.day(days))

    def test_the_order_and_its_buyer_are_named(self):
        """Six wanted in 5 days, four there; ten are ordered for the 12th day."""
        purchase = self.purchase(10, 12)
        purchase.button_confirm()
        order = self.sell(6, 5)
        self.look()
        self.check(order.order_line, "late", "incoming", purchase, 12)
        text = order.order_line.adv_lateness_cause
        for words in (purchase.name, "Sofa: 2 short", "Sofa Factory", "Paul Purchaser"):
            self.assertIn(words, text)

    def test_asked_and_not_ordered(self):
        """A request for quotation is a risk, however early it is planned; once ordered it is not."""
        purchase = self.purchase(10, 2)
        order = self.sell(6, 9)
        self.look()
        self.check(order.order_line, "at_risk", "quotation", purchase, 9)
        self.assertIn("not ordered yet", order.order_line.adv_lateness_cause)
        purchase.button_confirm()
        self.look()
        self.check(order.order_line, "on_track", "incoming", purchase, 9)

    def test_a_supplier_order_postponed_by_its_buyer(self):
        purchase = self.purchase(10, 2)
        purchase.button_confirm()
        order = self.sell(6, 9)
        self.look()
        self.assertEqual(order.adv_lateness, "on_track")
        purchase.order_line.date_planned = self.now + timedelta(days=25)
        self.look()
        self.check(order.order_line, "late", "incoming", purchase, 25)

    def test_made_to_order(self):
        """Bought to order: the stock of four does not count, the own request does, then its receipt."""
        mto = self.warehouse.mto_pull_id.route_id
        mto.active = True
        buy = self.warehouse.buy_pull_id.route_id
        self.sofa.route_ids = [Command.set((mto | buy).ids)]
        order = self.sell(3, 5)
        purchase = self.env["purchase.order"].search([("order_line.product_id", "=", self.sofa.id)])
        self.look()
        self.assertRecordValues(
            order.order_line,
            [{"adv_cause": "quotation", "adv_supply_name": purchase.name, "adv_short_qty": 3}],
        )
        purchase.order_line.date_planned = self.now + timedelta(days=15)
        purchase.user_id = self.purchaser
        purchase.button_confirm()
        self.look()
        self.check(order.order_line, "late", "incoming", purchase, 15)
        other = self.sell(4, 5, self.table)
        self.look()
        self.assertEqual(other.order_line.adv_lateness, "on_track")

    def test_a_shortage_goes_to_the_buyer_of_the_order(self):
        purchase = self.purchase(10, 12)
        purchase.button_confirm()
        self.sell(6, 5)
        self.look()
        shortage = self.shortages(self.assistant)
        self.assertRecordValues(
            shortage,
            [
                {
                    "buyer_id": self.purchaser.id,
                    "supply_name": purchase.name,
                    "quantity": 2,
                    "state": "incoming",
                }
            ],
        )

    def test_a_late_container_moves_its_orders(self):
        """From the receipt to the promises of all who wait for it."""
        purchase = self.purchase(10, 12)
        purchase.button_confirm()
        orders = self.sell(6, 5) | self.sell(3, 6)
        self.look()
        action = purchase.picking_ids.with_user(self.assistant).action_open_promise_change()
        wizard = self.env["adv.promise.change.wizard"].with_user(self.assistant)
        wizard = wizard.with_context(**action["context"]).create(
            {"origin": "supplier", "reason": "Container late", "method": "expected"}
        )
        self.assertEqual(wizard.line_ids.line_id, orders.order_line)
        wizard.action_change()
        days = {self.env.company._adv_date(date) for date in orders.order_line.mapped("adv_told_date")}
        self.assertEqual(days, {self.day(12)})


@tagged("post_install", "-at_install")
class TestKits(LatenessCommon):
    """A kit is as late as the component that is missing."""

    def test_the_missing_component_is_named(self):
        """A set is one table and two sofas; four sofas make two of the three sets."""
        kit = self.env["product.product"].create(
            {"name": "Lounge set", "is_storable": True, "taxes_id": False}
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.table.id, "product_qty": 1}),
                    Command.create({"product_id": self.sofa.id, "product_qty": 2}),
                ],
            }
        )
        receipt = self.receive(10, 12)
        order = self.sell(3, 5, kit)
        self.look()
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "adv_lateness": "late",
                    "adv_cause_product_id": self.sofa.id,
                    "adv_missing_qty": 2,
                    "adv_short_qty": 1,
                    "adv_open_qty": 3,
                    "adv_supply_move_id": receipt.move_ids.id,
                }
            ],
        )


@tagged("post_install", "-at_install")
class TestTracking(LatenessCommon):
    """With the carriers installed, the dispatch notice carries the tracking number."""

    def test_tracking_number(self):
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Fast Freight",
                "product_id": self.service.id,
                "tracking_url": "https://track.example.com/<shipmenttrackingnumber>",
            }
        )
        self.env.company.adv_dispatch_mode = "observe"
        self.env.company.adv_messages_since = self.now - timedelta(days=1)
        order = self.sell(4, 5)
        order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "TRACK-42"})
        self.ship(order)
        self.env["adv.customer.message"]._adv_collect()
        message = order.adv_message_ids.filtered(lambda message: message.kind == "dispatch")
        contents = message._adv_contents()
        self.assertEqual(contents["tracking"], "TRACK-42")
        self.assertEqual(contents["carrier"], "Fast Freight")
        self.assertEqual(contents["tracking_url"], "https://track.example.com/TRACK-42")
