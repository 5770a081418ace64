import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from unittest.mock import patch

import pytz
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import EventTime
from .common import AdvOrdersCommon

NOW = (2026, 6, 15, 10)


class PartnerStatsCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        cls.model = cls.env["adv.partner.stats"]

    @classmethod
    def confirmed(cls, day, *lines, hours=0, **values):
        """Return an order confirmed on ``day``, received ``hours`` before."""
        received = datetime(*day) - timedelta(hours=hours)
        order = cls.order(*lines, adv_received_date=received, **values)
        order.with_context(adv_at=EventTime(*day)).action_confirm()
        return order

    @classmethod
    def recompute(cls, partners=None, at=NOW, company=None):
        model = cls.model.with_context(adv_at=EventTime(*at))
        model._adv_recompute(company or cls.env.company, partners)

    @classmethod
    def stats(cls, partner=None):
        return cls.model.search(
            [("partner_id", "=", (partner or cls.customer).id), ("company_id", "=", cls.env.company.id)]
        )


@tagged("post_install", "-at_install")
class TestPartnerStats(PartnerStatsCommon):
    def test_habits_by_hand(self):
        """Orders of 1, 11 and 31 May: 10 and 20 days apart, so 15 days; the next one is due on 15 June.

        Late by a quarter of the interval (3.75 days, so 4) means after 19 June.
        """
        self.confirmed((2026, 5, 1, 9), (self.chair, 5), hours=24)
        self.confirmed((2026, 5, 11, 9), (self.chair, 2), (self.table, 1), hours=36)
        last = self.confirmed((2026, 5, 31, 9), (self.chair, 3))
        self.recompute()
        stats = self.stats()
        # 500 + (200 + 400) + 300 = 1,400; a day and a day and a half and nothing: 2.5 / 3
        self.assertRecordValues(
            stats,
            [
                {
                    "order_count": 3,
                    "amount": 1400.0,
                    "mean_basket": 466.67,
                    "interval_days": 15.0,
                    "next_order_date": datetime(2026, 6, 15).date(),
                    "overdue_date": datetime(2026, 6, 19).date(),
                    "last_order_date": last.adv_confirmed_date,
                    "confirm_days": 0.8,
                    "user_id": self.salesperson.id,
                    "delivered_count": 0,
                    "error_caught": 0,
                }
            ],
        )
        self.assertEqual(
            [(row.rank, row.product_id, row.order_count, row.quantity) for row in stats.product_ids],
            [(1, self.chair, 3, 10.0), (2, self.table, 1, 1.0)],
        )

    def test_a_day_with_two_orders_is_one_visit(self):
        """Late in the evening of UTC is the next day in Paris, and two orders of a day are one."""
        self.confirmed((2026, 5, 1, 9))
        self.confirmed((2026, 5, 10, 22, 30), (self.chair, 1))  # 00:30 of the 11th in Paris
        self.confirmed((2026, 5, 11, 15), (self.chair, 2))
        self.confirmed((2026, 5, 21, 9), (self.chair, 3))
        self.recompute()
        self.assertEqual(self.stats().interval_days, 10.0)

    def test_two_orders_are_no_habit(self):
        self.confirmed((2026, 5, 1, 9))
        self.confirmed((2026, 5, 11, 9), (self.chair, 1))
        self.recompute()
        stats = self.stats()
        self.assertFalse(stats.overdue_date)
        self.assertEqual((stats.order_count, stats.interval_days), (2, 0.0))

    def test_only_twelve_months_count(self):
        self.confirmed((2025, 6, 14, 9), (self.chair, 9))
        inside = self.confirmed((2025, 6, 15, 9), (self.chair, 1))
        cancelled = self.confirmed((2026, 1, 1, 9), (self.chair, 4))
        cancelled._action_cancel()
        self.recompute()
        stats = self.stats()
        self.assertEqual((stats.order_count, stats.amount), (1, 100.0))
        self.assertEqual(stats.first_order_date, datetime(2025, 6, 14, 9))
        action = stats.action_open_figure("orders")
        self.assertEqual(self.env["sale.order"].search(action["domain"]), inside)

    def test_quality_by_hand(self):
        """Three deliveries: on time and in full, late, short; one return; two errors of which one escaped."""
        first = self.confirmed((2026, 5, 1, 9), (self.chair, 5), commitment_date="2026-05-10 10:00:00")
        second = self.confirmed((2026, 5, 2, 9), (self.chair, 4), commitment_date="2026-05-10 10:00:00")
        third = self.confirmed((2026, 5, 3, 9), (self.chair, 3), commitment_date="2026-05-10 10:00:00")
        self.ship(first, at=self.at(2026, 5, 9, 9))
        self.ship(second, at=self.at(2026, 5, 12, 9))
        self.ship(third, {self.chair: 1}, backorder=False, at=self.at(2026, 5, 10, 9))
        self.give_back(first, 2, (2026, 5, 20, 9))
        ledger = self.env["adv.order.error"].with_context(adv_at=self.at(2026, 5, 20))
        vals = {"order_id": first.id, "type": "price"}
        ledger._adv_log([{**vals, "escaped": True}, {**vals, "type": "quantity"}])
        ledger._adv_log([{**vals, "type": "address"}])._adv_dismiss("no error")
        self.recompute()
        stats = self.stats()
        self.assertRecordValues(
            stats,
            [
                {
                    "delivered_count": 3,
                    "error_caught": 1,
                    "error_escaped": 1,
                    "return_count": 1,
                }
            ],
        )
        self.assertAlmostEqual(stats.on_time_rate, 2 / 3)
        self.assertAlmostEqual(stats.in_full_rate, 2 / 3)
        self.assert_lists(stats, delivered=3, errors=2, escaped=1, returns=1, broken=1)
        broken = self.env["sale.order"].search(stats.action_open_figure("broken")["domain"])
        self.assertEqual(broken, second)

    def test_requests_by_hand(self):
        """Three requests, two rated 5 and 2: half of the customers' ratings are good; one waits too long."""
        contact = self.env["res.partner"].create({"name": "Anne", "parent_id": self.customer.id})
        vals = {"partner_id": contact.id, "received_date": datetime(2026, 6, 1, 9)}
        good, bad, _late, _old = self.env["adv.request"].create(
            [
                {**vals, "name": "Where is it", "kind": "question"},
                {**vals, "name": "Broken", "kind": "complaint"},
                {**vals, "name": "Still waiting", "kind": "question"},
                {**vals, "name": "Long ago", "received_date": datetime(2025, 6, 1, 9)},
            ]
        )
        for request, rate, words in ((good, 5, "Quick answer"), (bad, 2, "Nobody called")):
            token = request._rating_get_access_token(contact)
            request.rating_apply(rate, token=token, feedback=words)
            request.action_close()
        self.recompute()
        stats = self.stats()
        self.assertEqual((stats.request_count, stats.rating_count, stats.satisfaction), (3, 2, 0.5))
        self.assert_lists(stats, requests=2, requests_late=2, rated=2, comments=2)
        self.assertEqual(
            [(request.kind, request.rating_last_feedback) for request in stats.comment_ids],
            [("complaint", "Nobody called"), ("question", "Quick answer")],
        )
        card = next(card for card in stats.figures if card.get("key") == "requests")
        self.assertEqual(card["value"], "2")
        self.assertEqual([part["text"] for part in card["parts"]], ["2 past due", "50 % satisfied"])

    def test_agreements_in_force(self):
        """One runs, one has ended, one is still a draft: one is in force."""
        vals = {"partner_id": self.customer.id, "date_from": datetime(2026, 1, 1).date()}
        running, _draft = self.env["adv.agreement"].create(
            [{**vals, "name": "2026"}, {**vals, "name": "Draft"}]
        )
        running.action_activate()
        ended = {**vals, "name": "2024", "date_from": datetime(2024, 1, 1), "date_to": datetime(2024, 12, 31)}
        self.env["adv.agreement"].create(ended)
        self.recompute()
        stats = self.stats()
        self.assertEqual(stats.agreement_count, 1)
        self.assertEqual(stats.agreement_ids, running)
        self.assert_lists(stats, agreements=1)

    def give_back(self, order, quantity, at):
        picking = order.picking_ids.filtered(lambda picking: picking.state == "done")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        back.move_ids.write({"quantity": quantity, "picked": True})
        back.with_context(adv_at=self.at(*at))._action_done()

    def assert_lists(self, stats, **counts):
        """Each figure opens as many records as it says."""
        for key, count in counts.items():
            action = stats.action_open_figure(key)
            self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), count, key)

    def test_running_again_changes_nothing(self):
        self.confirmed((2026, 5, 1, 9))
        self.recompute()
        names = [
            name for name in self.model._fields if name not in ("write_date", "computed_date", "figures")
        ]
        before = self.stats().read(names)
        products = self.stats().product_ids.mapped("product_id")
        self.recompute()
        self.recompute(self.customer)
        self.assertEqual(len(self.stats()), 1)
        after = self.stats().read(names)
        for row in (*before, *after):
            row.pop("product_ids")
        self.assertEqual(before, after)
        self.assertEqual(self.stats().product_ids.mapped("product_id"), products)

    def test_against_plain_python(self):
        """Random orders of many customers: the same figures worked out one by one, without SQL."""
        rng = random.Random(20260615)
        partners = self.env["res.partner"].create([{"name": f"Customer {i}"} for i in range(8)])
        values, days = [], []
        for _index in range(60):
            products = rng.sample([self.chair, self.table, self.service], rng.randint(1, 3))
            values.append(
                {
                    "partner_id": rng.choice(partners).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": rng.randint(1, 9),
                                "price_unit": rng.randint(1, 90),
                            }
                        )
                        for product in products
                    ],
                }
            )
            days.append(datetime(2024, 4, 1) + timedelta(minutes=rng.randint(0, 1158000)))
        orders = self.env["sale.order"].create(values)
        for order, day in zip(orders, days, strict=True):
            facts = {"adv_received_date": day - timedelta(minutes=rng.randint(0, 9000))}
            order.with_context(adv_at=EventTime.of(day)).action_confirm()
            if rng.random() < 0.7:
                facts["adv_delivered_date"] = day + timedelta(days=rng.randint(1, 20))
                facts["adv_is_on_time"] = rng.random() < 0.6
                facts["adv_is_in_full"] = rng.random() < 0.8
            order._adv_set_facts(facts)
        self.recompute()
        checked = 0
        for partner in partners:
            mine = orders.filtered(lambda order, partner=partner: order.partner_id == partner)
            self.assertEqual(self.shown(self.stats(partner)), self.expected(mine), partner.name)
            checked += bool(self.stats(partner).overdue_date)
        self.assertGreater(checked, 4)

    def shown(self, stats):
        return {
            "count": stats.order_count,
            "amount": round(stats.amount, 2),
            "basket": round(stats.mean_basket, 2),
            "interval": round(stats.interval_days, 1),
            "next": stats.next_order_date,
            "overdue": stats.overdue_date,
            "delivered": stats.delivered_count,
            "on_time": round(stats.on_time_rate, 6),
            "in_full": round(stats.in_full_rate, 6),
            "confirm": round(stats.confirm_days, 1),
            "products": [(row.product_id.id, row.order_count) for row in stats.product_ids],
        }

    def expected(self, orders):
        """The definition, order by order."""
        zone = pytz.timezone("Europe/Paris")
        now = datetime(*NOW)
        start = zone.localize(datetime(2025, 6, 15)).astimezone(pytz.utc).replace(tzinfo=None)
        habit_start = zone.localize(datetime(2024, 6, 15)).astimezone(pytz.utc).replace(tzinfo=None)
        orders = [order for order in orders if order.adv_confirmed_date <= now]
        recent = [order for order in orders if order.adv_confirmed_date >= start]
        amount = sum(order.amount_untaxed for order in recent)

        def day(order):
            return pytz.utc.localize(order.adv_confirmed_date).astimezone(zone).date()

        days = sorted({day(order) for order in orders if order.adv_confirmed_date >= habit_start})
        gaps = [(after - before).days for before, after in pairwise(days)]
        interval = median(gaps) if len(gaps) >= 2 else 0
        last = max(map(day, orders), default=None)
        # half a day more rounds to the even day, as a database does
        expected = last + timedelta(days=round(interval)) if interval else False
        overdue = expected + timedelta(days=ceil(max(interval * 0.25, 2))) if interval else False
        delivered = [
            order for order in orders if order.adv_delivered_date and start <= order.adv_delivered_date <= now
        ]
        waits = [
            (order.adv_confirmed_date - order.adv_received_date).total_seconds() / 86400 for order in recent
        ]
        counts, amounts = Counter(), defaultdict(float)
        for order in recent:
            for line in order.order_line:
                counts[line.product_id.id] += 1
                amounts[line.product_id.id] += line.price_unit * line.product_uom_qty
        ranked = sorted(counts, key=lambda key: (-counts[key], -amounts[key], key))[:5]
        return {
            "count": len(recent),
            "amount": round(amount, 2),
            "basket": round(amount / len(recent), 2) if recent else 0.0,
            "interval": round(float(interval), 1),
            "next": expected,
            "overdue": overdue,
            "delivered": len(delivered),
            "on_time": round(sum(order.adv_is_on_time for order in delivered) / len(delivered), 6)
            if delivered
            else 0.0,
            "in_full": round(sum(order.adv_is_in_full for order in delivered) / len(delivered), 6)
            if delivered
            else 0.0,
            "confirm": round(sum(waits) / len(waits), 1) if waits else 0.0,
            "products": [(key, counts[key]) for key in ranked],
        }

    def test_statements_do_not_depend_on_the_number_of_customers(self):
        def customers(number):
            partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(number)])
            orders = self.env["sale.order"].create(
                [
                    {
                        "partner_id": partner.id,
                        "order_line": [Command.create({"product_id": self.service.id})],
                    }
                    for partner in partners
                ]
            )
            orders.write({"state": "sale"})
            orders._adv_set_facts({"adv_confirmed_date": datetime(2026, 5, 1)})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.recompute()
            return self.env.cr.sql_log_count - before

        few = customers(50)
        self.assertEqual(few, customers(450))
        self.assertLessEqual(few, 4)
        self.assertEqual(self.model.search_count([("order_count", "=", 1)]), 500)

    def test_companies_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "adv_tz": "Europe/Madrid"})
        self.confirmed((2026, 5, 1, 9))
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": other.id,
                "warehouse_id": self.env["stock.warehouse"].search([("company_id", "=", other.id)]).id,
                "order_line": [Command.create({"product_id": self.service.id, "product_uom_qty": 4})],
            }
        )
        order.with_context(adv_at=self.at(2026, 5, 2)).action_confirm()
        self.recompute()
        self.recompute(company=other)
        rows = self.model.search([("partner_id", "=", self.customer.id)]).sorted("amount")
        self.assertEqual(rows.mapped("amount"), [200.0, 500.0])
        self.assertEqual(rows[0].company_id, other)
        self.assertEqual(rows[0].product_ids.product_id, self.service)

    def test_salesperson_changes_with_the_customer(self):
        self.confirmed((2026, 5, 1, 9))
        self.recompute()
        self.customer.user_id = self.manager
        self.assertFalse(self.stats().with_user(self.salesperson).search([]))

    def test_nightly_job(self):
        self.confirmed((2026, 5, 1, 9))
        job = self.env.ref("adv_orders.cron_partner_stats")
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            job.ir_actions_server_id.with_user(job.user_id).run()
        self.assertEqual(self.stats().order_count, 1)


@tagged("post_install", "-at_install")
class TestGlance(PartnerStatsCommon):
    def test_first_look_at_a_customer(self):
        """A customer who never ordered has a page too, from the contact of the company as well."""
        contact = self.env["res.partner"].create({"name": "Anne", "parent_id": self.customer.id})
        action = contact.with_user(self.assistant).action_open_glance()
        stats = self.model.with_user(self.assistant).browse(action["res_id"])
        self.assertEqual(stats.partner_id, self.customer)
        self.assertEqual(
            [card["value"] for card in stats.figures], ["0", "no habit yet", "0", "-", "0", "0", "0", "0"]
        )

    def test_figures_are_those_of_the_moment(self):
        order = self.order()
        action = order.with_user(self.salesperson).action_open_glance()
        stats = self.model.browse(action["res_id"])
        self.assertEqual(stats.order_count, 0)
        order.action_confirm()
        order.action_open_glance()
        self.assertEqual(stats.order_count, 1)
        self.assertEqual(stats.open_order_ids, order)

    def test_a_late_order_is_a_promise_broken(self):
        order = self.confirmed((2026, 5, 1, 9), commitment_date="2026-05-10 10:00:00")
        self.customer.action_open_glance()
        self.assertEqual(self.stats().broken_order_ids, order)
        card = next(card for card in self.stats().figures if card.get("key") == "delivered")
        self.assertEqual(card["parts"][0]["text"], "Promises broken: 1")

    def test_unknown_figure(self):
        self.customer.action_open_glance()
        with self.assertRaises(UserError):
            self.stats().action_open_figure("__class__")


@tagged("post_install", "-at_install")
class TestHabits(PartnerStatsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for month in (1, 2, 3):
            cls.confirmed((2026, month, 1, 9), (cls.chair, month))
        cls.recompute()
        cls.row = cls.stats()

    def overdue(self):
        return self.model.search([("is_overdue", "=", True)])

    def test_overdue_until_the_customer_orders(self):
        self.assertIn(self.row, self.overdue())
        self.assertTrue(self.row.is_overdue)
        self.assertNotIn(self.row, self.model.search([("is_overdue", "=", False)]))
        self.order().action_confirm()
        self.customer.action_open_glance()
        self.assertNotIn(self.row, self.overdue())

    def test_called_leaves_in_peace_and_is_kept(self):
        """An assistant calls: the customer is left in peace, the call stays in the log."""
        wizard = (
            self.env["adv.habit.answer"]
            .with_user(self.assistant)
            .create({"kind": "called", "stats_ids": self.row.ids, "note": "Back on Monday"})
        )
        self.assertEqual(wizard.until, self.env.company._adv_today() + timedelta(days=3))
        wizard.action_apply()
        self.assertNotIn(self.row, self.overdue())
        self.assertRecordValues(
            self.row.habit_action_ids,
            [
                {
                    "kind": "called",
                    "note": "Back on Monday",
                    "user_id": self.assistant.id,
                    "until": wizard.until,
                    "expected_date": self.row.next_order_date,
                }
            ],
        )
        self.recompute()
        self.assertEqual(self.row.snooze_until, wizard.until)

    def test_an_order_ends_the_silence(self):
        until = self.env.company._adv_today() + timedelta(days=30)
        self.row._adv_answer("snoozed", until, "")
        self.order().action_confirm()
        self.customer.action_open_glance()
        self.assertFalse(self.row.snooze_until)

    def test_ordered_elsewhere_waits_for_the_next_usual_order(self):
        # January has 31 days and February 28: 29.5 days, told as 30
        self.assertEqual(self.row.interval_days, 29.5)
        expected = self.env.company._adv_today() + timedelta(days=30)
        self.assertEqual(self.row._adv_quiet_until("elsewhere"), expected)

    def test_a_day_in_the_past_is_refused(self):
        with self.assertRaises(UserError):
            self.row._adv_answer("called", self.env.company._adv_today(), "")
        self.assertFalse(self.row.habit_action_ids)

    def test_one_click_to_a_quotation(self):
        action = self.row.action_new_quotation()
        order = self.env["sale.order"].with_context(**action["context"]).create({})
        self.assertEqual(order.partner_id, self.customer)


@tagged("post_install", "-at_install", "security")
class TestStatsSecurity(PartnerStatsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Not mine", "user_id": cls.manager.id})
        cls.confirmed((2026, 5, 1, 9))
        cls.confirmed((2026, 5, 1, 9), partner_id=cls.other.id)
        cls.recompute()
        cls.rows = cls.stats() | cls.stats(cls.other)

    def test_salesperson_sees_the_own_customers(self):
        mine = self.model.with_user(self.salesperson).search([])
        self.assertEqual(mine.partner_id, self.customer)
        self.assertEqual(mine.product_ids.product_id, self.chair)
        foreign = self.stats(self.other).with_user(self.salesperson)
        for call in (
            lambda: foreign.read(["amount"]),
            lambda: foreign.action_open_figure("orders"),
            lambda: foreign._adv_answer("called", self.env.company._adv_today() + timedelta(days=1), ""),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(
            self.env["adv.partner.stats.product"]
            .with_user(self.salesperson)
            .search([("stats_id", "=", foreign.id)])
        )
        with self.assertRaises(UserError):
            self.other.with_user(self.salesperson).action_open_glance()

    def test_salesperson_opens_every_figure_of_an_own_customer(self):
        stats = self.stats().with_user(self.salesperson)
        self.assertEqual(stats.figures[0]["value"], "1")
        self.assertEqual(stats.open_order_ids.partner_id, self.customer)
        for key in stats._adv_figures():
            action = stats.action_open_figure(key)
            self.env[action["res_model"]].with_user(self.salesperson).search_read(action["domain"], ["id"])

    def test_adv_sees_all(self):
        for user in (self.assistant, self.manager):
            self.assertEqual(self.model.with_user(user).search([("order_count", ">", 0)]), self.rows)

    def test_my_customers_of_an_assistant_are_the_portfolio(self):
        self.env["adv.assistant"].create(
            {"user_id": self.assistant.id, "partner_ids": [Command.set(self.other.ids)]}
        )
        mine = self.model.with_user(self.assistant).search([("is_mine", "=", True)])
        self.assertEqual(mine.partner_id, self.other)

    def test_nobody_writes_statistics(self):
        for user in (self.salesperson, self.assistant, self.manager, self.nobody, self.portal):
            for name in ("adv.partner.stats", "adv.partner.stats.product", "adv.habit.action"):
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation), f"{user} {name}")
        for user in (self.nobody, self.portal):
            self.assertFalse(self.model.with_user(user).has_access("read"))

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.manager.copy({"login": "adv_stats_stranger"})
        stranger.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(self.model.with_user(stranger).search([]))
        self.assertFalse(self.env["adv.habit.action"].with_user(stranger).search([]))
