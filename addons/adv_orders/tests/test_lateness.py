from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import new_test_user, tagged
from psycopg2.errors import SerializationFailure

from .common import AdvOrdersCommon


class LatenessCommon(AdvOrdersCommon):
    """A product of which four are on hand, and ten come by container."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        cls.buyer = new_test_user(cls.env, login="adv_buyer_test", groups="base.group_user", name="Bea Buyer")
        cls.now = fields.Datetime.now().replace(microsecond=0)
        cls.sofa = cls.env["product.product"].create(
            {
                "name": "Sofa",
                "is_storable": True,
                "list_price": 900.0,
                "standard_price": 400.0,
                "responsible_id": cls.buyer.id,
                "taxes_id": False,
            }
        )
        cls.stock(cls.sofa, 4)

    @classmethod
    def sell(cls, quantity, days, product=None, **values):
        """Return a confirmed order of the product, promised in so many days."""
        order = cls.order(
            (product or cls.sofa, quantity), commitment_date=cls.now + timedelta(days=days), **values
        )
        order.action_confirm()
        return order

    @classmethod
    def receive(cls, quantity, days, product=None, partner="Sofa Factory"):
        """Return an open receipt of the product, planned in so many days."""
        supplier = cls.env["res.partner"].create({"name": partner})
        picking = cls.env["stock.picking"].create(
            {
                "partner_id": supplier.id,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.warehouse.lot_stock_id.id,
                "origin": f"CONTAINER-{days}",
                "scheduled_date": cls.now + timedelta(days=days),
                "move_ids": [
                    Command.create(
                        {
                            "product_id": (product or cls.sofa).id,
                            "product_uom_qty": quantity,
                            "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": cls.warehouse.lot_stock_id.id,
                            "date": cls.now + timedelta(days=days),
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def look(self):
        """Run the job on what was noted; a test cannot commit."""
        self.env.cr.flush()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["adv.lateness"]._adv_cron_run()

    def shortages(self, user):
        return self.env["adv.shortage"].with_user(user).search([("product_id", "=", self.sofa.id)])

    def day(self, days):
        return self.env.company._adv_date(self.now + timedelta(days=days))


@tagged("post_install", "-at_install")
class TestLateness(LatenessCommon):
    def check(self, line, **values):
        expected = values.pop("expected", None)
        self.assertRecordValues(line, [values])
        if expected is not None:
            self.assertEqual(self.env.company._adv_date(line.adv_expected_date), self.day(expected))

    def test_goods_that_are_there_are_on_track(self):
        order = self.sell(4, 5)
        self.look()
        self.check(
            order.order_line,
            adv_lateness="on_track",
            adv_short_qty=0,
            adv_open_qty=4,
            adv_cause=False,
            expected=5,
        )
        self.assertEqual(order.adv_lateness, "on_track")
        self.assertFalse(order.order_line.adv_lateness_cause)

    def test_a_late_container_is_named(self):
        """Six wanted in 5 days, four there, ten come in 12 days: late, two short, the container is named."""
        receipt = self.receive(10, 12)
        order = self.sell(6, 5)
        self.look()
        self.check(
            order.order_line,
            adv_lateness="late",
            adv_short_qty=2,
            adv_missing_qty=2,
            adv_cause="incoming",
            adv_cause_product_id=self.sofa.id,
            adv_supply_move_id=receipt.move_ids.id,
            adv_supply_name="CONTAINER-12",
            adv_supplier_id=receipt.partner_id.id,
            adv_buyer_id=self.buyer.id,
            expected=12,
        )
        self.assertEqual(
            (order.adv_lateness, order.adv_expected_date), ("late", order.order_line.adv_expected_date)
        )
        text = order.order_line.adv_lateness_cause
        for words in ("Sofa: 2 short", "CONTAINER-12", "Supplier: Sofa Factory", "Buyer: Bea Buyer"):
            self.assertIn(words, text)

    def test_an_arrival_just_before_the_promise_is_a_risk(self):
        """Two safety days: one day before is a risk, three days before is not."""
        self.receive(2, 4)
        self.receive(10, 2)
        near, far = self.sell(6, 3), self.sell(6, 9)
        self.look()
        self.assertEqual(near.order_line.adv_lateness, "at_risk")
        self.assertEqual(far.order_line.adv_lateness, "on_track")

    def test_nothing_on_the_way(self):
        order = self.sell(6, 5)
        self.look()
        self.check(order.order_line, adv_lateness="at_risk", adv_cause="nothing", adv_expected_date=False)
        self.assertIn("nothing is ordered", order.order_line.adv_lateness_cause)
        self.assertFalse(order.adv_expected_date)
        self.env["product.supplierinfo"].create(
            {"product_tmpl_id": self.sofa.product_tmpl_id.id, "partner_id": self.customer.id, "delay": 9}
        )
        self.sell(1, 20)
        self.look()
        self.check(order.order_line, adv_lateness="late", adv_cause="nothing", expected=9)

    def test_a_receipt_moved_to_a_later_day_makes_the_order_late(self):
        receipt = self.receive(10, 2)
        order = self.sell(6, 9)
        self.look()
        self.assertEqual(order.adv_lateness, "on_track")
        receipt.move_ids.date = self.now + timedelta(days=30)
        self.look()
        self.check(order.order_line, adv_lateness="late", expected=30)

    def test_received_shipped_and_forgotten(self):
        receipt = self.receive(10, 12)
        order = self.sell(6, 5)
        self.look()
        receipt.move_ids.quantity = 10
        receipt.move_ids.picked = True
        receipt._action_done()
        self.look()
        self.check(order.order_line, adv_lateness="on_track", adv_short_qty=0, adv_cause=False)
        self.ship(order)
        self.look()
        self.check(order.order_line, adv_lateness=False, adv_open_qty=0, adv_short_qty=0)
        self.assertFalse(order.adv_lateness)

    def test_open_lines_are_searched_by_product(self):
        """By a part of its name, its reference or itself; and by what it is not."""
        lamp = self.env["product.product"].create({"name": "Lamp", "default_code": "LP-7"})
        sofa, lamp = self.sell(1, 5).order_line, self.sell(1, 5, lamp).order_line
        lines = self.env["sale.order.line"]
        for operator, value, expected in (
            ("ilike", "sof", sofa),
            ("ilike", "lp-7", lamp),
            ("ilike", "no such thing", lines),
            ("not ilike", "sof", lamp),
            ("=", sofa.product_id.id, sofa),
            ("!=", sofa.product_id.id, lamp),
            ("in", (sofa | lamp).product_id.ids, sofa | lamp),
            ("any", Domain("default_code", "=", "LP-7"), lamp),
            ("any!", Domain("default_code", "=", "LP-7"), lamp),
            ("not any!", Domain("default_code", "=", "LP-7"), sofa),
        ):
            with self.subTest(operator=operator, value=value):
                mine = Domain("id", "in", (sofa | lamp).ids)
                found = lines.search(mine & Domain("adv_product_id", operator, value))
                self.assertEqual(found, expected)
        self.assertEqual((sofa | lamp).adv_product_id, (sofa | lamp).product_id)
        # the products are looked up once: by a join each line's product is looked up again
        self.assertNotIn("product_product", lines._search([("adv_product_id", "ilike", "sof")]).select().code)

    def test_partial_delivery_leaves_its_backorder(self):
        self.receive(10, 12)
        order = self.sell(6, 5)
        self.ship(order, {self.sofa: 4})
        self.look()
        self.check(order.order_line, adv_lateness="late", adv_open_qty=2, adv_short_qty=2, expected=12)

    def test_past_promises_of_goods_that_are_there(self):
        order = self.sell(4, 5)
        later = self.at(*(self.now + timedelta(days=8)).timetuple()[:6])
        self.env.cr.flush()
        self.env["adv.lateness"].with_context(adv_at=later)._adv_compute(self.env.company, self.sofa.ids)
        self.check(order.order_line, adv_lateness="late", adv_cause="ready", expected=8)

    def test_a_later_date_that_was_told(self):
        order = self.sell(4, 5)
        order._adv_change_promise(self.now + timedelta(days=15), "us", "Strike")
        self.look()
        self.check(order.order_line, adv_lateness="late", adv_cause="told", expected=15)
        order._adv_change_promise(self.now + timedelta(days=15), "customer", "Fine with them")
        self.look()
        self.check(order.order_line, adv_lateness="on_track", expected=15)

    def test_other_demand_takes_its_part(self):
        """A transfer to another place takes the four first: the order gets nothing of them."""
        self.receive(10, 12)
        other = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.sofa.id,
                            "product_uom_qty": 4,
                            "location_id": self.warehouse.lot_stock_id.id,
                            "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                        }
                    )
                ],
            }
        )
        other.action_confirm()
        other.action_assign()
        order = self.sell(3, 5)
        self.look()
        self.check(order.order_line, adv_lateness="late", adv_short_qty=3, expected=12)

    def test_three_steps_from_shelf_to_customer(self):
        """Pick, pack, ship: the pick waits for the container, the line with it, through its whole life."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.warehouse.delivery_route_id.rule_ids.filtered(
            lambda rule: rule.location_src_id == self.warehouse.wh_pack_stock_loc_id
        ).delay = 2
        receipt = self.receive(10, 12)
        order = self.sell(6, 5)
        self.look()
        self.check(
            order.order_line,
            adv_lateness="late",
            adv_short_qty=2,
            adv_supply_move_id=receipt.move_ids.id,
            expected=14,
        )
        receipt.move_ids.quantity = 10
        receipt.move_ids.picked = True
        receipt._action_done()
        for _step in range(2):
            picking = order.picking_ids.filtered(lambda step: step.state not in ("done", "cancel"))
            picking.action_assign()
            picking.move_ids.picked = True
            picking._action_done()
        self.look()
        self.check(order.order_line, adv_lateness="on_track", adv_short_qty=0, adv_open_qty=6)

    def test_receipt_in_three_steps(self):
        self.warehouse.reception_steps = "three_steps"
        receipt = self.receive(10, 12)
        receipt.move_ids.location_dest_id = self.warehouse.wh_input_stock_loc_id
        order = self.sell(6, 5)
        self.look()
        self.check(order.order_line, adv_lateness="late", adv_supply_name="CONTAINER-12", expected=12)

    def test_units(self):
        """Two dozen of which one is there: one dozen short, twelve sofas missing."""
        self.stock(self.sofa, 8)
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order(
            (self.sofa, 2, {"product_uom_id": dozen.id}), commitment_date=self.now + timedelta(5)
        )
        order.action_confirm()
        self.look()
        self.check(order.order_line, adv_open_qty=2, adv_short_qty=1, adv_missing_qty=12)

    def test_companies_do_not_mix(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        order = self.sell(6, 5)
        self.env.cr.flush()
        self.assertEqual(self.env["adv.lateness"]._adv_compute(company, self.sofa.ids), 0)
        self.assertFalse(order.adv_lateness)

    # THE JOB

    def test_the_job_is_idempotent_and_goes_on_after_a_stop(self):
        """Stopped after the first product, the next run does the others; a second look changes nothing."""
        orders = self.sell(6, 5) | self.sell(200, 5, self.chair) | self.sell(200, 5, self.table)
        self.env.cr.flush()
        lateness = self.env["adv.lateness"]
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            lateness._adv_cron_run(batch=1)
        self.assertEqual(len(orders.filtered("adv_lateness")), 1)
        self.look()
        self.assertEqual(set(orders.mapped("adv_lateness")), {"at_risk"})
        self.env.cr.flush()
        self.assertFalse(self.env["adv.lateness.signal"].search([]))
        before = orders.order_line.mapped("write_date")
        lateness._adv_compute(self.env.company, self.sofa.ids)
        self.assertEqual(orders.order_line.mapped("write_date"), before)

    def test_what_somebody_else_writes_waits_for_the_next_run(self):
        """The job waits for nobody: an order that is being written is left, the others are done."""
        busy, other, third = (self.sell(1, 5) for _number in range(3))
        lateness, signals = self.env["adv.lateness"], self.env["adv.lateness.signal"]
        lock = type(lateness)._adv_lock_free

        def refuse(model, order_ids, line_ids):
            if busy.id in order_ids:
                raise SerializationFailure
            return lock(model, order_ids, line_ids)

        with patch.object(type(lateness), "_adv_lock_free", refuse):
            self.look()
        self.env.cr.flush()
        self.assertEqual((busy | other | third).mapped("adv_lateness"), [False, "on_track", "on_track"])
        self.assertEqual(busy.order_line.adv_open_qty, 0)
        self.assertEqual(signals.search([]).product_id, self.sofa)
        self.look()
        self.assertEqual(busy.adv_lateness, "on_track")
        self.assertFalse(signals.search([]))

    def test_a_step_takes_few_open_moves(self):
        """What sells most has thousands of open moves: a step takes some products, at least one."""
        for product in (self.sofa, self.chair, self.table):
            self.sell(1, 5, product)
            self.sell(1, 5, product)
        products = (self.sofa | self.chair | self.table).ids
        lateness = self.env["adv.lateness"]
        path = "odoo.addons.adv_orders.models.adv_lateness_sources.MOVES"
        with patch(path, 5):
            self.assertEqual(lateness._adv_few(self.env.company.id, products), products[:2])
        with patch(path, 1):
            self.assertEqual(lateness._adv_few(self.env.company.id, products), products[:1])
            self.look()
        self.assertFalse(self.env["adv.lateness.signal"].search([]))

    def test_the_night_looks_at_everything(self):
        order = self.sell(6, 5)
        self.env.cr.flush()
        self.env["adv.lateness.signal"].search([]).unlink()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["adv.lateness"]._adv_cron_nightly()
        self.assertEqual(order.adv_lateness, "at_risk")

    def test_fifty_and_five_hundred_lines_cost_the_same_statements(self):
        """A constant number of statements, whatever the number of lines and products."""
        products = self.env["product.product"].create(
            [{"name": f"Part {number}", "is_storable": True, "taxes_id": False} for number in range(55)]
        )

        def orders(parts, count):
            created = self.env["sale.order"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "commitment_date": self.now + timedelta(days=5),
                        "order_line": [
                            Command.create({"product_id": part.id, "product_uom_qty": 1}) for part in parts
                        ],
                    }
                    for _number in range(count)
                ]
            )
            created.action_confirm()
            return created

        orders(products[:5], 10)
        orders(products[5:], 10)
        self.env.cr.flush()
        self.env["adv.lateness"]._adv_compute(self.env.company, products.ids[:1])
        counts = []
        for parts, lines in ((products[:5], 50), (products[5:], 500)):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.env["adv.lateness"]._adv_compute(self.env.company, parts.ids), lines)
            self.env.cr.flush()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLess(counts[0], 25)

    def test_confirming_costs_one_statement(self):
        """Whatever the number of lines, what is to be looked at is noted once in a transaction."""
        order = self.order((self.sofa, 1), (self.chair, 1), (self.table, 1))
        self.env.cr.flush()
        seen = []
        execute = type(self.env.cr).execute

        def count(cursor, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if "INSERT INTO adv_lateness_signal" in text:
                seen.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", count):
            order.action_confirm()
            self.env.cr.flush()
        self.assertEqual(len(seen), 1)
        self.assertEqual(
            set(self.env["adv.lateness.signal"].search([]).product_id),
            set(self.sofa | self.chair | self.table),
        )


@tagged("post_install", "-at_install")
class TestBackorders(LatenessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order_one, cls.order_two = cls.sell(6, 5), cls.sell(5, 9)
        cls.line_one, cls.line_two = cls.order_one.order_line, cls.order_two.order_line

    def test_the_list_of_what_is_short(self):
        """Four there: the first lacks 2, the second all its 5."""
        self.look()
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_orders.action_backorders")
        lines = self.env["sale.order.line"].search([("order_partner_id", "=", self.customer.id)])
        self.assertIn("adv_short_qty", action["domain"])
        short = {line: line.adv_short_qty for line in lines if line.adv_short_qty}
        self.assertEqual(short, {self.line_one: 2, self.line_two: 5})

    def test_wait(self):
        self.look()
        self.line_one.with_user(self.assistant).action_backorder_wait()
        self.assertEqual(self.line_one.adv_backorder_choice, "wait")
        self.stock(self.sofa, 50)
        self.order_one.picking_ids.action_assign()
        self.env["stock.move"].browse(self.line_one.move_ids.ids)._adv_signal()
        self.look()
        self.assertFalse(self.line_one.adv_backorder_choice, "nothing to wait for any more")

    def test_ship_what_is_there(self):
        self.look()
        self.line_one.with_user(self.assistant).action_backorder_split()
        ready, rest = self.order_one.picking_ids.sorted("id")
        self.assertEqual((ready.state, sum(ready.move_ids.mapped("quantity"))), ("assigned", 4))
        self.assertEqual((rest.backorder_id, sum(rest.move_ids.mapped("product_uom_qty"))), (ready, 2))
        self.assertEqual(self.line_one.adv_backorder_choice, "split")
        with self.assertRaisesRegex(UserError, "Nothing of it is there"):
            self.line_two.with_user(self.assistant).action_backorder_split()

    def test_cancel_the_rest(self):
        self.look()
        (self.line_one | self.line_two).with_user(self.assistant).action_backorder_cancel()
        self.assertEqual((self.line_one.product_uom_qty, self.line_two.product_uom_qty), (4, 0))
        self.assertEqual(sum(self.order_one.picking_ids.move_ids.mapped("product_uom_qty")), 4)
        self.assertEqual(self.order_two.picking_ids.state, "cancel")
        self.assertRecordValues(
            self.order_one.adv_amendment_ids,
            [
                {
                    "field": "product_uom_qty",
                    "old_value": "6.00",
                    "new_value": "4.00",
                    "user_id": self.assistant.id,
                }
            ],
        )
        self.look()
        self.assertEqual((self.line_one.adv_lateness, self.line_two.adv_lateness), ("on_track", False))

    def test_what_is_not_short_is_refused(self):
        with self.assertRaises(UserError):
            self.line_one.with_user(self.assistant).action_backorder_wait()

    # ALLOCATION

    def allocation(self, user=None):
        self.look()
        action = self.line_one.with_user(user or self.assistant).action_open_allocation()
        return (
            self.env["adv.allocation"]
            .with_user(user or self.assistant)
            .with_context(**action["context"])
            .create({})
        )

    def test_stock_is_proposed_by_promised_date(self):
        wizard = self.allocation()
        self.assertEqual(wizard.quantity, 4)
        self.assertRecordValues(
            wizard.line_ids,
            [
                {"line_id": self.line_one.id, "needed": 6, "reserved": 4, "quantity": 4},
                {"line_id": self.line_two.id, "needed": 5, "reserved": 0, "quantity": 0},
            ],
        )

    def test_stock_goes_to_the_chosen_order(self):
        wizard = self.allocation()
        wizard.line_ids[0].quantity, wizard.line_ids[1].quantity = 1, 3
        wizard.action_allocate()
        self.assertEqual(self.line_one.move_ids.quantity, 1)
        self.assertEqual(self.line_two.move_ids.quantity, 3)
        self.look()
        self.assertEqual((self.line_one.adv_short_qty, self.line_two.adv_short_qty), (5, 2))

    def test_an_arrival_goes_to_the_chosen_order(self):
        """Three come in two days: the second order gets them, though the first is due before."""
        receipt = self.receive(3, 2)
        wizard = self.allocation()
        wizard.supply_move_id = receipt.move_ids
        self.assertEqual(wizard.quantity, 3)
        wizard.line_ids[0].quantity, wizard.line_ids[1].quantity = 0, 3
        wizard.action_allocate()
        linked = receipt.move_ids.move_dest_ids
        self.assertEqual((linked.sale_line_id, sum(linked.mapped("product_qty"))), (self.line_two, 3))
        receipt.move_ids.quantity = 3
        receipt.move_ids.picked = True
        receipt._action_done()
        self.assertEqual(sum(self.line_two.move_ids.mapped("quantity")), 3)
        self.assertEqual(sum(self.line_one.move_ids.mapped("quantity")), 4)

    def test_no_more_than_there_is(self):
        wizard = self.allocation()
        wizard.line_ids[1].quantity = 3
        with self.assertRaises(UserError):
            wizard.action_allocate()
        wizard.line_ids[0].quantity, wizard.line_ids[1].quantity = -1, 5
        with self.assertRaises(UserError):
            wizard.action_allocate()
        self.assertEqual(self.line_one.move_ids.quantity, 4)

    # SHORTAGES

    def test_shortages_of_the_buyers(self):
        self.look()
        shortage = (
            self.env["adv.shortage"].with_user(self.assistant).search([("product_id", "=", self.sofa.id)])
        )
        self.assertRecordValues(
            shortage,
            [
                {
                    "quantity": 7,
                    "order_count": 2,
                    "line_count": 2,
                    "needed_date": self.now + timedelta(days=5),
                    "buyer_id": self.buyer.id,
                    "state": "nothing",
                }
            ],
        )
        shortage.action_tell_buyers()
        shortage.action_tell_buyers()
        activity = self.env["mail.activity"].search([("user_id", "=", self.buyer.id)])
        self.assertEqual((activity.res_model, activity.res_id), ("product.product", self.sofa.id))
        self.assertIn("2 orders wait", activity.note)

    def test_told_again_only_after_it_was_over(self):
        self.env.company.adv_tell_buyers = True

        def night():
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
                self.env["adv.lateness"]._adv_cron_nightly()
            return self.env["adv.shortage.notice"].search_count([("product_id", "=", self.sofa.id)])

        self.assertEqual((night(), night()), (1, 1))
        self.stock(self.sofa, 50)
        (self.order_one | self.order_two).picking_ids.action_assign()
        self.assertEqual(night(), 1)
        self.assertTrue(self.env["adv.shortage.notice"].search([]).closed_date)
        self.sell(500, 5)
        self.assertEqual(night(), 2)

    def test_nobody_buys_it(self):
        self.sofa.responsible_id = False
        self.look()
        shortage = (
            self.env["adv.shortage"].with_user(self.assistant).search([("product_id", "=", self.sofa.id)])
        )
        with self.assertRaisesRegex(UserError, "Nobody buys"):
            shortage.action_tell_buyers()


@tagged("post_install", "-at_install", "security")
class TestBackordersSecurity(LatenessCommon):
    def test_roles(self):
        mine, other = self.sell(6, 5), self.sell(6, 5, user_id=self.manager.id)
        self.look()
        mine.order_line.with_user(self.salesperson).action_backorder_wait()
        for action in ("action_backorder_wait", "action_backorder_split", "action_backorder_cancel"):
            for user in (self.salesperson, self.nobody, self.portal):
                with self.assertRaises(AccessError):
                    getattr(other.order_line.with_user(user), action)()
        self.assertEqual(other.order_line.product_uom_qty, 6)
        for name in ("adv.shortage", "adv.shortage.notice", "adv.allocation"):
            self.assertTrue(self.env[name].with_user(self.assistant).has_access("read"), name)
            for user in (self.salesperson, self.nobody, self.portal):
                self.assertFalse(self.env[name].with_user(user).has_access("read"), name)
        for name in ("adv.shortage", "adv.shortage.notice", "adv.lateness.signal"):
            for user in (self.assistant, self.manager):
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation), name)

    def test_other_company_sees_no_shortage(self):
        self.sell(6, 5)
        self.look()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="adv_shortage_stranger",
            groups="adv_orders.group_adv_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertTrue(
            self.env["adv.shortage"].with_user(self.manager).search([("product_id", "=", self.sofa.id)])
        )
        self.assertFalse(
            self.env["adv.shortage"].with_user(stranger).search([("product_id", "=", self.sofa.id)])
        )
