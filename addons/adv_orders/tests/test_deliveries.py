from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestDeliveries(AdvOrdersCommon):
    """When an order is delivered, on time and in full: promised for 5 March 2026, 16:00 in Paris."""

    def confirmed(self, *lines, **values):
        order = self.order(*lines, **{"commitment_date": "2026-03-05 15:00:00", **values})
        order.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def march(self, day, hour=10):
        return self.at(2026, 3, day, hour)

    def bring_back(self, picking, quantity, exchange=False):
        """Return goods of ``picking``; with ``exchange`` their replacement is sent afterwards."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        wizard = wizard.create(
            {"adv_return_reason_id": self.env.ref("adv_orders.return_reason_changed_mind").id}
        )
        wizard.product_return_moves.quantity = quantity
        action = wizard.action_create_exchanges() if exchange else wizard.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    def receive(self, picking, at):
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.with_context(adv_at=at)._action_done()

    def assertDelivery(self, order, state, first=False, last=False, on_time=False, in_full=False):
        """Compare the facts; days are days of March 2026 at 10:00."""
        self.assertRecordValues(
            order,
            [
                {
                    "adv_state": state,
                    "adv_first_delivery_date": first and self.moment(2026, 3, first, 10),
                    "adv_delivered_date": last and self.moment(2026, 3, last, 10),
                    "adv_is_on_time": on_time,
                    "adv_is_in_full": in_full,
                }
            ],
        )

    # PARTS

    def test_backorder(self):
        """2 of 5 chairs on the 3rd, 3 on the 5th."""
        order = self.confirmed((self.chair, 5))
        self.assertDelivery(order, "confirmed")
        self.ship(order, {self.chair: 2}, at=self.march(3))
        self.assertDelivery(order, "in_delivery", first=3)
        self.ship(order, at=self.march(5))
        self.assertDelivery(order, "delivered", first=3, last=5, on_time=True, in_full=True)

    def test_two_products_on_two_days(self):
        """The chairs leave on the 4th, the table a day too late."""
        order = self.confirmed((self.chair, 5), (self.table, 1))
        self.ship(order, {self.chair: 5}, at=self.march(4))
        self.assertDelivery(order, "in_delivery", first=4)
        self.ship(order, at=self.march(6))
        self.assertDelivery(order, "delivered", first=4, last=6, in_full=True)

    def test_short_pick_without_backorder(self):
        order = self.confirmed((self.chair, 5))
        self.ship(order, {self.chair: 3}, backorder=False, at=self.march(4))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True)

    def test_cancelled_remainder(self):
        """3 of 5 left on the 4th, nobody waits for the other 2 any more."""
        order = self.confirmed((self.chair, 5))
        self.ship(order, {self.chair: 3}, at=self.march(4))
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True)

    def test_all_cancelled_is_not_delivered(self):
        order = self.confirmed((self.chair, 5))
        order.picking_ids.action_cancel()
        self.assertDelivery(order, "confirmed")

    def test_in_another_unit(self):
        """A dozen ordered, twelve single chairs shipped."""
        order = self.confirmed((self.chair, 1, {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}))
        move = order.picking_ids.move_ids
        self.ship(order, {self.chair: move.product_uom_qty}, at=self.march(4))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    # RETURNS

    def test_return_after_the_delivery(self):
        """What comes back later changes neither the day nor the fullness, nor does an open return."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        back = self.bring_back(picking, 2)
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)
        self.receive(back, self.march(9))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    def test_exchange_after_the_delivery(self):
        """2 of 5 are replaced: the order is open until the replacement left on the 11th."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        back = self.bring_back(picking, 2, exchange=True)
        self.assertDelivery(order, "in_delivery", first=4)
        self.receive(back, self.march(9))
        self.ship(order, at=self.march(11))
        self.assertDelivery(order, "delivered", first=4, last=11, in_full=True)

    def test_exchange_that_is_sent_short(self):
        """All 5 come back, only 3 are sent again: the customer has 3."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        self.receive(self.bring_back(picking, 5, exchange=True), self.march(9))
        self.ship(order, {self.chair: 3}, backorder=False, at=self.march(11))
        self.assertDelivery(order, "delivered", first=4, last=11)

    def test_return_before_the_delivery_ends(self):
        """3 left, 1 came back for good, 2 left: the customer has 4 of 5."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, {self.chair: 3}, at=self.march(3))
        self.receive(self.bring_back(picking, 1), self.march(4))
        self.ship(order, at=self.march(5))
        self.assertDelivery(order, "delivered", first=3, last=5, on_time=True)

    def test_exchange_before_the_delivery_ends(self):
        """3 left, 1 came back and leaves again with the last 2: the customer has 5."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, {self.chair: 3}, at=self.march(3))
        self.receive(self.bring_back(picking, 1, exchange=True), self.march(4))
        while order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")):
            self.ship(order, at=self.march(5))
        self.assertDelivery(order, "delivered", first=3, last=5, on_time=True, in_full=True)

    def test_return_of_a_return(self):
        """The customer sent 2 back by mistake and gets them again on the 10th."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        back = self.bring_back(picking, 2)
        self.receive(back, self.march(9))
        self.receive(self.bring_back(back, 2), self.march(10))
        self.assertDelivery(order, "delivered", first=4, last=10, in_full=True)

    # SEVERAL STEPS

    def test_pick_and_ship(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirmed((self.chair, 5))
        self.ship(order, at=self.march(3))
        self.assertDelivery(order, "confirmed")
        self.ship(order, at=self.march(4))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    def test_pick_pack_ship_in_parts(self):
        """2 chairs go through all three steps while 3 are not even picked."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.confirmed((self.chair, 5))
        self.step(order, "pick", 2, 3)
        self.step(order, "pack", 2, 3)
        self.assertDelivery(order, "confirmed")
        self.step(order, "out", 2, 3)
        self.assertDelivery(order, "in_delivery", first=3)
        self.step(order, "pick", 3, 4)
        self.assertDelivery(order, "in_delivery", first=3)
        self.step(order, "pack", 3, 4)
        self.assertDelivery(order, "in_delivery", first=3)
        self.step(order, "out", 3, 5)
        self.assertDelivery(order, "delivered", first=3, last=5, on_time=True, in_full=True)

    def step(self, order, name, quantity, day):
        """Do one step of the open transfers of the order."""
        kind = self.warehouse[f"{name}_type_id"]
        picking = order.picking_ids.filtered(
            lambda picking: picking.picking_type_id == kind and picking.state not in ("done", "cancel")
        )
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(adv_at=self.march(day))._action_done()

    def test_short_pick_in_several_steps(self):
        """3 of 5 were found, nobody looks for the others."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.confirmed((self.chair, 5))
        picking = order.picking_ids
        picking.move_ids.quantity = 3
        picking.move_ids.picked = True
        picking.with_context(cancel_backorder=True, adv_at=self.march(3))._action_done()
        self.step(order, "pack", 3, 3)
        self.assertDelivery(order, "confirmed")
        self.step(order, "out", 3, 4)
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True)

    def test_return_put_away_in_two_steps(self):
        """Goods that came back and wait at the dock do not open the order again."""
        self.warehouse.reception_steps = "two_steps"
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        back = self.bring_back(picking, 2)
        back.move_ids.location_dest_id = self.warehouse.wh_input_stock_loc_id
        self.receive(back, self.march(9))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    # SERVICES

    def test_services_never_wait(self):
        order = self.confirmed((self.chair, 1), (self.service, 3))
        self.ship(order, at=self.march(4))
        self.assertEqual(
            order.order_line.filtered(lambda line: line.product_id == self.service).qty_delivered, 0
        )
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    def test_services_alone_are_not_delivered(self):
        self.assertDelivery(self.confirmed((self.service, 3)), "confirmed")

    # OPENED AGAIN

    def test_line_added_after_the_delivery(self):
        """A table ordered on the 6th opens the order again; it counts with the quantity of then."""
        order = self.confirmed((self.chair, 5))
        self.ship(order, at=self.march(4))
        order.write({"order_line": [Command.create({"product_id": self.table.id, "product_uom_qty": 2})]})
        self.assertDelivery(order, "in_delivery", first=4)
        table = order.order_line.filtered(lambda line: line.product_id == self.table)
        self.assertEqual((table.adv_qty_confirmed, table.adv_cost_confirmed), (2.0, 200.0))
        self.ship(order, {self.table: 1}, backorder=False, at=self.march(9))
        self.assertDelivery(order, "delivered", first=4, last=9)

    def test_quantity_raised_after_the_delivery(self):
        """7 instead of 5: open again until the 2 more leave; in full is what was confirmed, 5."""
        order = self.confirmed((self.chair, 5))
        self.ship(order, at=self.march(4))
        order.order_line.product_uom_qty = 7
        self.assertDelivery(order, "in_delivery", first=4)
        self.ship(order, at=self.march(6))
        self.assertDelivery(order, "delivered", first=4, last=6, in_full=True)
        self.assertEqual(order.order_line.adv_qty_confirmed, 5.0)

    def test_service_added_after_the_delivery(self):
        order = self.confirmed((self.chair, 5))
        self.ship(order, at=self.march(4))
        order.write({"order_line": [Command.create({"product_id": self.service.id})]})
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)

    def test_something_shipped_that_nobody_ordered(self):
        """A table that left by mistake is no order line of ours, nor a change of the order."""
        order = self.confirmed((self.chair, 5))
        picking = order.picking_ids
        picking.write(
            {
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.table.id,
                            "product_uom_qty": 0,
                            "quantity": 1,
                            "picked": True,
                            "location_id": picking.location_id.id,
                            "location_dest_id": picking.location_dest_id.id,
                        }
                    )
                ]
            }
        )
        self.ship(order, {self.chair: 5, self.table: 1}, at=self.march(4))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)
        self.assertFalse(order.adv_amendment_ids)

    # DATES, COMPANIES

    def test_corrected_transfer_date(self):
        """23:30 UTC is the 6th in Paris: late. The transfer had really left an hour earlier."""
        order = self.confirmed((self.chair, 1), commitment_date="2026-03-05 08:00:00")
        picking = self.ship(order, at=self.at(2026, 3, 5, 23, 30))
        self.assertFalse(order.adv_is_on_time)
        picking.date_done = "2026-03-05 22:30:00"
        self.assertEqual(order.adv_delivered_date, self.moment(2026, 3, 5, 22, 30))
        self.assertEqual(order.adv_first_delivery_date, self.moment(2026, 3, 5, 22, 30))
        self.assertTrue(order.adv_is_on_time)

    def test_corrected_quantity(self):
        """The proof of delivery says 4, the transfer said 5."""
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.march(4))
        self.assertTrue(order.adv_is_in_full)
        picking.is_locked = False
        picking.move_ids.quantity = 4
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True)

    def test_each_company_has_its_own_days(self):
        """The same moment, 5 March 23:30 UTC, is the 5th in Lisbon and the 6th in Paris."""
        lisbon = self.env["res.company"].create({"name": "Cadeiras", "adv_tz": "Europe/Lisbon"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", lisbon.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.chair, warehouse.lot_stock_id, 10)
        here = self.confirmed((self.chair, 1))
        there = self.confirmed(
            (self.chair, 1, {"tax_ids": []}), company_id=lisbon.id, warehouse_id=warehouse.id, user_id=False
        )
        for order in (here, there):
            self.ship(order, at=self.at(2026, 3, 5, 23, 30))
        self.assertEqual((here.adv_is_on_time, there.adv_is_on_time), (False, True))
        self.assertEqual((here.adv_is_first_order, there.adv_is_first_order), (True, True))

    def test_two_currencies(self):
        """2 chairs at 50 pounds, 1 pound = 2 in the company's currency; cost 60 a chair is 30 pounds."""
        currency = self.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": currency.id})
        order = self.confirmed((self.chair, 2, {"price_unit": 50.0}), pricelist_id=pricelist.id)
        self.assertRecordValues(
            order, [{"amount_untaxed": 100.0, "adv_amount_company": 200.0, "adv_cost_confirmed": 120.0}]
        )
        self.assertEqual(order.order_line.adv_cost_confirmed, 30.0)
        self.ship(order, at=self.march(4))
        self.assertDelivery(order, "delivered", first=4, last=4, on_time=True, in_full=True)
