from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import NotNullViolation

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

    def test_the_ends_of_the_calendar_are_days(self):
        company = self.env.company
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"):
            company.adv_tz = zone
            for day in (date.min, date.max):
                start, end = company._adv_day_bounds(day, day)
                self.assertEqual((end - start).days, 1, (zone, day))
                self.assertLess(abs(company._adv_date(start) - day).days, 3)

    def test_a_delivery_whose_date_is_emptied_is_refused_by_odoo(self):
        order = self.confirmed((self.chair, 1))
        self.ship(order)
        move = order.order_line.move_ids
        self.assertEqual(move.state, "done")
        with self.assertRaises(NotNullViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            move.date = False
            self.env.flush_all()

    def test_the_day_begins_once(self):
        """Midnight strikes twice on the Azores when summer ends, and never in Cairo when it begins."""
        company = self.env.company
        for zone, day, start, end in (
            ("Atlantic/Azores", 25, (2026, 10, 25, 0), (2026, 10, 26, 1)),
            ("Atlantic/Azores", 24, (2026, 10, 24, 0), (2026, 10, 25, 0)),
            ("Africa/Cairo", 24, (2026, 4, 23, 22), (2026, 4, 24, 21)),
        ):
            company.adv_tz = zone
            day = self.moment(*start[:2], day).date()
            self.assertEqual(company._adv_day_bounds(day, day), (self.moment(*start), self.moment(*end)))
            self.assertEqual(company._adv_date(self.moment(*start)), day)
