from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_orders.tests.common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestKits(AdvOrdersCommon):
    """A kit "Dining set" of 1 table and 4 chairs: its line is shipped by the moves of its parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit = cls.env["product.product"].create(
            {"name": "Dining set", "is_storable": True, "list_price": 700.0, "taxes_id": False}
        )
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": cls.table.id, "product_qty": 1}),
                    Command.create({"product_id": cls.chair.id, "product_qty": 4}),
                ],
            }
        )

    def confirmed(self, quantity, reference="KIT-1"):
        order = self.order(
            (self.kit, quantity), commitment_date="2026-03-05 15:00:00", client_order_ref=reference
        )
        order.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def facts(self, order):
        days = [order.adv_first_delivery_date, order.adv_delivered_date]
        return [day and day.day for day in days] + [order.adv_is_on_time, order.adv_is_in_full]

    def test_parts_on_two_days(self):
        """2 sets: the tables on the 3rd, the 8 chairs on the 4th."""
        order = self.confirmed(2)
        self.ship(order, {self.table: 2}, at=self.at(2026, 3, 3, 10))
        self.assertEqual(self.facts(order), [3, False, False, False])
        self.ship(order, at=self.at(2026, 3, 4, 10))
        self.assertEqual(self.facts(order), [3, 4, True, True])

    def test_a_chair_is_missing(self):
        """7 of 8 chairs make one whole set of two."""
        order = self.confirmed(2)
        self.ship(order, {self.table: 2, self.chair: 7}, backorder=False, at=self.at(2026, 3, 4, 10))
        self.assertEqual(self.facts(order), [4, 4, True, False])

    def test_pick_then_ship(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirmed(1)
        self.ship(order, at=self.at(2026, 3, 3, 10))
        self.assertEqual(self.facts(order), [False, False, False, False])
        self.ship(order, at=self.at(2026, 3, 4, 10))
        self.assertEqual(self.facts(order), [4, 4, True, True])

    def test_kit_made_of_kits(self):
        """A furnished room is two dining sets; of two rooms one leaves on the 3rd, the other on the 4th."""
        room = self.env["product.product"].create(
            {"name": "Room", "is_storable": True, "list_price": 1500.0, "taxes_id": False}
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": room.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [Command.create({"product_id": self.kit.id, "product_qty": 2})],
            }
        )
        orders = [
            self.order((room, 2), commitment_date="2026-03-05 15:00:00", client_order_ref=f"ROOM-{number}")
            for number in (1, 2)
        ]
        for order in orders:
            order.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
            self.ship(order, {self.table: 2, self.chair: 8}, at=self.at(2026, 3, 3, 10))
            self.assertEqual(self.facts(order), [3, False, False, False])
            self.assertEqual(order.order_line.qty_delivered, 1)
        self.ship(orders[0], at=self.at(2026, 3, 4, 10))
        self.assertEqual(self.facts(orders[0]), [3, 4, True, True])
        self.ship(orders[1], {self.table: 2, self.chair: 7}, backorder=False, at=self.at(2026, 3, 4, 10))
        self.assertEqual(self.facts(orders[1]), [3, 4, True, False])

    def test_kit_that_is_no_kit_any_more(self):
        """All or nothing: not even one of two while something is still to leave."""
        order = self.confirmed(2)
        self.ship(order, {self.table: 1, self.chair: 4}, at=self.at(2026, 3, 3, 10))
        line, nothing = order.order_line, self.env["stock.move"]
        shipped = line.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(line._adv_customer_kits(shipped, nothing), 1)
        no_kit = patch.object(type(line), "_adv_kit_of", lambda line, moves: line.env["mrp.bom"])
        with no_kit:
            self.assertEqual(line._adv_customer_kits(shipped, nothing), 0)
        self.ship(order, at=self.at(2026, 3, 4, 10))
        done = line.move_ids.filtered(lambda move: move.state == "done")
        with no_kit:
            self.assertEqual(line._adv_customer_kits(done, nothing), 2)

    def test_history_with_kits(self):
        """The job after an installation gives a kit the same facts."""
        full, short = self.confirmed(1), self.confirmed(1, "KIT-2")
        self.ship(full, at=self.at(2026, 3, 4, 10))
        self.ship(short, {self.table: 1, self.chair: 3}, backorder=False, at=self.at(2026, 3, 4, 10))
        orders = full | short
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET adv_history = TRUE, adv_is_in_full = NULL WHERE id IN %s",
            [tuple(orders.ids)],
        )
        self.env.invalidate_all()
        self.env["adv.backfill"]._adv_fill_batch(10)
        self.assertEqual(orders.mapped("adv_is_in_full"), [True, False])
