from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestMilestones(AdvOrdersCommon):
    def confirmed(self, *lines, at=(2026, 3, 2, 9), **values):
        order = self.order(*lines, **values)
        order.with_context(adv_at=self.at(*at)).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def test_frozen_at_confirmation(self):
        """5 chairs at 100 (cost 60) and 2 tables at 400 (cost 200): 1,300 sold, 700 cost."""
        order = self.confirmed((self.chair, 5), (self.table, 2), commitment_date="2026-03-05 15:00:00")
        self.assertRecordValues(
            order,
            [
                {
                    "date_order": self.moment(2026, 3, 2, 9),
                    "adv_confirmed_date": self.moment(2026, 3, 2, 9),
                    "adv_submitted_date": self.moment(2026, 3, 2, 9),
                    "adv_clean_date": self.moment(2026, 3, 2, 9),
                    "adv_promise_initial": self.moment(2026, 3, 5, 15),
                    "adv_promise_date": self.moment(2026, 3, 5, 15),
                    "adv_amount_company": 1300.0,
                    "adv_cost_confirmed": 700.0,
                    "adv_line_count": 2,
                    "adv_is_first_order": True,
                    "adv_commercial_partner_id": self.customer.id,
                    "adv_first_delivery_date": False,
                    "adv_delivered_date": False,
                }
            ],
        )
        self.assertEqual(order.order_line.mapped("adv_qty_confirmed"), [5.0, 2.0])
        self.assertEqual(order.order_line.mapped("adv_cost_confirmed"), [60.0, 200.0])
        second = self.confirmed((self.chair, 1))
        self.assertFalse(second.adv_is_first_order)

    def test_without_commitment_the_lead_time_is_the_promise(self):
        self.chair.sale_delay = 3
        order = self.confirmed((self.chair, 1))
        self.assertEqual(order.adv_promise_date, self.moment(2026, 3, 5, 9))

    def test_two_deliveries(self):
        order = self.confirmed((self.chair, 5), commitment_date="2026-03-05 15:00:00")
        self.ship(order, {self.chair: 2}, at=self.at(2026, 3, 3, 10))
        self.assertRecordValues(
            order,
            [
                {
                    "adv_state": "in_delivery",
                    "adv_first_delivery_date": self.moment(2026, 3, 3, 10),
                    "adv_delivered_date": False,
                    "adv_is_on_time": False,
                }
            ],
        )
        self.ship(order, at=self.at(2026, 3, 5, 20))
        self.assertRecordValues(
            order,
            [
                {
                    "adv_state": "delivered",
                    "adv_first_delivery_date": self.moment(2026, 3, 3, 10),
                    "adv_delivered_date": self.moment(2026, 3, 5, 20),
                    "adv_is_on_time": True,
                    "adv_is_in_full": True,
                }
            ],
        )

    def test_on_time_counts_days_of_the_company(self):
        """23:30 UTC is the next day in Paris: late by a day."""
        order = self.confirmed((self.chair, 1), commitment_date="2026-03-05 08:00:00")
        picking = self.ship(order, at=self.at(2026, 3, 5, 23, 30))
        self.assertFalse(order.adv_is_on_time)
        picking.date_done = "2026-03-05 22:30:00"
        self.assertEqual(order.adv_delivered_date, self.moment(2026, 3, 5, 22, 30))
        self.assertTrue(order.adv_is_on_time)

    def test_short_pick_without_backorder(self):
        order = self.confirmed((self.chair, 5), commitment_date="2026-03-05 15:00:00")
        self.ship(order, {self.chair: 3}, backorder=False, at=self.at(2026, 3, 4, 10))
        self.assertRecordValues(
            order, [{"adv_state": "delivered", "adv_is_on_time": True, "adv_is_in_full": False}]
        )

    def test_cancelled_remainder(self):
        order = self.confirmed((self.chair, 5))
        self.ship(order, {self.chair: 3}, at=self.at(2026, 3, 4, 10))
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(order.adv_delivered_date, self.moment(2026, 3, 4, 10))
        self.assertFalse(order.adv_is_in_full)

    def test_all_cancelled_is_not_delivered(self):
        order = self.confirmed((self.chair, 5))
        order.picking_ids.action_cancel()
        self.assertFalse(order.adv_delivered_date)
        self.assertEqual(order.adv_state, "confirmed")

    def test_return_changes_neither_date_nor_fullness(self):
        order = self.confirmed((self.chair, 5))
        picking = self.ship(order, at=self.at(2026, 3, 4, 10))
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 2
        back = wizard._create_return()
        self.assertEqual(order.adv_state, "delivered", "an open return does not reopen the delivery")
        back.move_ids.quantity = 2
        back.move_ids.picked = True
        back._action_done()
        self.assertRecordValues(
            order,
            [
                {
                    "adv_delivered_date": self.moment(2026, 3, 4, 10),
                    "adv_is_in_full": True,
                    "adv_state": "delivered",
                }
            ],
        )

    def test_services_are_left_out(self):
        order = self.confirmed((self.chair, 1), (self.service, 3))
        self.ship(order, at=self.at(2026, 3, 4, 10))
        self.assertTrue(order.adv_is_in_full)
        only = self.confirmed((self.service, 3))
        self.assertEqual((only.adv_state, only.adv_delivered_date), ("confirmed", False))

    def test_several_steps(self):
        """Pick, then ship: the customer's move appears when the pick is done."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self.confirmed((self.chair, 5))
        self.ship(order, at=self.at(2026, 3, 3, 10))
        self.assertFalse(order.adv_first_delivery_date)
        self.assertFalse(order.adv_delivered_date)
        self.ship(order, at=self.at(2026, 3, 4, 10))
        self.assertRecordValues(
            order,
            [
                {
                    "adv_first_delivery_date": self.moment(2026, 3, 4, 10),
                    "adv_delivered_date": self.moment(2026, 3, 4, 10),
                    "adv_is_in_full": True,
                }
            ],
        )

    def test_company_amount_at_the_rate_of_the_order(self):
        currency = self.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": currency.id})
        order = self.order((self.chair, 2, {"price_unit": 50.0}), pricelist_id=pricelist.id)
        self.assertEqual((order.amount_untaxed, order.adv_amount_company), (100.0, 200.0))

    def test_reopened(self):
        order = self.confirmed((self.chair, 1))
        order._action_cancel()
        self.assertEqual(order.adv_state, "cancelled")
        order.action_draft()
        self.assertEqual(order.adv_state, "draft")
        order.with_context(adv_at=self.at(2026, 3, 9, 9)).action_confirm()
        self.assertEqual(order.adv_confirmed_date, self.moment(2026, 3, 9, 9))
        self.assertTrue(order.adv_is_first_order)

    def test_quoted(self):
        order = self.order()
        order.action_quotation_sent()
        self.assertEqual(order.adv_state, "quoted")
        self.assertTrue(order.adv_quoted_date)

    def test_received_never_in_the_future(self):
        with self.assertRaises(ValidationError):
            self.order(adv_received_date="2100-01-01 00:00:00")

    def test_states_of_billing(self):
        order = self.confirmed((self.chair, 1))
        order._adv_set_facts({"adv_invoiced_date": self.moment(2026, 3, 10)})
        self.assertEqual(order.adv_state, "invoiced")
        order._adv_set_facts({"adv_settled_date": self.moment(2026, 4, 10)})
        self.assertEqual(order.adv_state, "settled")

    def test_day_bounds(self):
        company = self.env.company
        day = self.moment(2026, 3, 29).date()
        self.assertEqual(
            company._adv_day_bounds(day, day), (self.moment(2026, 3, 28, 23), self.moment(2026, 3, 29, 22))
        )
        self.assertEqual(company._adv_date(self.moment(2026, 3, 28, 23, 30)), day)
        self.assertFalse(company._adv_date(False))
