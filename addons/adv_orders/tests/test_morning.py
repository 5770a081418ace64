from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import EventTime
from .common import AdvOrdersCommon

# Tuesday 16 June 2026, 9:00 in Paris
NOW = (2026, 6, 16, 7)


class MorningCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()
        cls.at_nine = EventTime(*NOW)

    def page(self, model="adv.morning", user=None, at=NOW):
        return self.env[model].with_user(user or self.manager).with_context(adv_at=EventTime(*at))

    def cards(self, user=None, at=NOW):
        [company] = self.page(user=user, at=at).get_page()
        return {card["key"]: card for card in company["cards"]}

    def listed(self, key, model="adv.morning", user=None, at=NOW):
        """Return the records that the number ``key`` opens."""
        action = self.page(model, user, at).open_figure(self.env.company.id, key)
        return self.env[action["res_model"]].with_user(user or self.manager).search(action["domain"])

    def parts(self, card):
        return {part["key"]: part["text"] for part in card.get("parts", [])}

    @classmethod
    def confirmed(cls, at, *lines, **values):
        order = cls.order(*lines, adv_received_date=datetime(*at), **values)
        order.with_context(adv_at=EventTime(*at)).action_confirm()
        return order


@tagged("post_install", "-at_install")
class TestMorning(MorningCommon):
    def test_intake_of_yesterday(self):
        """Yesterday in Paris begins at 22:00 UTC of the day before and ends 24 hours later."""
        self.confirmed((2026, 6, 14, 21, 59), (self.chair, 1))
        first = self.confirmed((2026, 6, 14, 22, 0), (self.chair, 2))
        clean = self.confirmed((2026, 6, 15, 12, 0), (self.table, 1), commitment_date="2026-06-20 10:00:00")
        self.confirmed((2026, 6, 15, 22, 0), (self.chair, 4))
        self.env["adv.order.error"]._adv_log([{"type": "price", "order_id": first.id}])
        clean.adv_check_result_ids.filtered(lambda result: result.state == "failed").sudo().unlink()
        card = self.cards()["intake"]
        self.assertEqual((card["label"], card["value"]), ("Yesterday", "2 orders"))
        self.assertIn("600", card["hint"])
        self.assertEqual(self.parts(card), {"touched": "50.0 % touched"})
        self.assertEqual(self.listed("intake"), first | clean)
        self.assertEqual(self.listed("touched"), first)

    def test_on_monday_the_weekend_and_friday_count(self):
        """On Monday morning the page tells what came in since Friday."""
        monday = (2026, 6, 15, 7)
        friday = self.confirmed((2026, 6, 12, 9), (self.chair, 1))
        sunday = self.confirmed((2026, 6, 14, 9), (self.chair, 2))
        card = self.cards(at=monday)["intake"]
        self.assertEqual((card["label"], card["value"]), ("Since Friday", "2 orders"))
        self.assertEqual(self.listed("intake", at=monday), friday | sunday)

    def test_ship_before_cut_off(self):
        """Promised for today: one ready, one short of stock, one still blocked; tomorrow's does not count."""
        today, tomorrow = "2026-06-16 21:30:00", "2026-06-16 22:30:00"  # 23:30 and 00:30 in Paris
        ready = self.confirmed((2026, 6, 12, 9), (self.chair, 1), commitment_date=today)
        short = self.confirmed((2026, 6, 12, 9), (self.chair, 500), commitment_date=today)
        self.confirmed((2026, 6, 12, 9), (self.chair, 3), commitment_date=tomorrow)
        blocked = self.order((self.chair, 1, {"price_unit": 0.0}), commitment_date=today)
        blocked.action_confirm()
        self.env.company.adv_cutoff_time = 14.5
        card = self.cards()["ship"]
        self.assertEqual(card["value"], "3")
        self.assertEqual(card["label"].replace("\N{NARROW NO-BREAK SPACE}", " "), "To ship before 2:30 PM")
        self.assertEqual(self.parts(card), {"ship_ready": "1 ready", "ship_blocked": "1 blocked"})
        self.assertEqual(self.listed("ship"), ready | short | blocked)
        self.assertEqual(self.listed("ship_ready"), ready)
        self.assertEqual(self.listed("ship_blocked"), blocked)

    def test_a_promise_that_moved_is_not_shipped_today(self):
        order = self.confirmed((2026, 6, 12, 9), (self.chair, 1), commitment_date="2026-06-16 10:00:00")
        order = order.with_context(adv_at=EventTime(*NOW))
        order._adv_change_promise(datetime(2026, 6, 19, 10), "us", "The machine broke")
        self.assertEqual(self.cards()["ship"]["value"], "0")

    def test_blocked_by_reason_and_age(self):
        """Two orders without price, one that Finance has to approve; the oldest waits for 3 days."""
        self.rule("Finance", amount_min=300.0)
        free = [(self.chair, 1, {"price_unit": 0.0})]
        old = self.order(*free)
        old.with_context(adv_at=EventTime(2026, 6, 13, 7)).action_confirm()
        young = self.order((self.chair, 2, {"price_unit": 0.0}))
        young.with_context(adv_at=EventTime(2026, 6, 16, 6)).action_confirm()
        asked = self.order((self.table, 1))
        asked.with_context(adv_at=EventTime(2026, 6, 15, 7)).action_confirm()
        card = self.cards()["blocked"]
        self.assertEqual((card["value"], card["hint"]), ("3", "oldest 3 d 0 h"))
        check = self.env.ref("adv_orders.check_zero_price")
        department = asked.adv_approval_ids.department_id
        self.assertEqual(
            self.parts(card),
            {
                f"check_{check.id}": f"{check.name} 2",
                f"department_{department.id}": "Finance 1",
                "blocked_old": "1 for more than 2 days",
            },
        )
        self.assertEqual(self.listed(f"check_{check.id}"), old | young)
        self.assertEqual(self.listed(f"department_{department.id}"), asked)
        self.assertEqual(self.listed("blocked_old"), old)

    def test_a_refusal_is_a_reason(self):
        self.rule("Finance", amount_min=300.0)
        order = self.order((self.table, 1))
        order.with_user(self.assistant).action_confirm()
        order.adv_approval_ids.with_user(self.financier).action_refuse("Unpaid")
        self.assertEqual(self.parts(self.cards()["blocked"])["refused"], "Refused 1")
        self.assertEqual(self.listed("refused"), order)

    def test_backlog(self):
        """5 chairs of which 2 left, and 1 table: 300 + 400, of which the chairs are past their promise."""
        late = self.confirmed((2026, 6, 1, 9), (self.chair, 5), commitment_date="2026-06-10 10:00:00")
        self.ship(late, {self.chair: 2}, at=self.at(2026, 6, 10, 9))
        soon = self.confirmed(
            (2026, 6, 2, 9), (self.table, 1), (self.service, 2), commitment_date="2026-06-20 10:00:00"
        )
        card = self.cards()["backlog"]
        self.assertEqual((card["hint"], self.parts(card)), ("2 lines", {"backlog_past": "43 % past promise"}))
        self.assertIn("700", card["value"])
        goods = late.order_line | soon.order_line[0]
        self.assertEqual(self.listed("backlog"), goods)
        self.assertEqual(self.listed("backlog_past"), late.order_line)
        self.assertEqual(goods.mapped("adv_amount_open"), [300.0, 400.0])

    def test_late_and_at_risk(self):
        """One promise has passed, one waits for chairs that nobody has ordered, one is on its way."""
        late = self.confirmed((2026, 6, 1, 9), (self.chair, 5), commitment_date="2026-06-10 10:00:00")
        short = self.confirmed((2026, 6, 2, 9), (self.chair, 500), commitment_date="2026-06-20 10:00:00")
        fine = self.confirmed((2026, 6, 3, 9), (self.table, 1), commitment_date="2026-06-20 10:00:00")
        self.env["adv.lateness"].with_context(adv_at=EventTime(*NOW))._adv_refresh(late | short | fine)
        self.assertEqual(late.adv_lateness, "late")
        self.assertEqual(fine.adv_lateness, "on_track")
        wrong = (late | short).filtered(lambda order: order.adv_lateness == "late")
        risky = (late | short) - wrong
        card = self.cards()["late"]
        self.assertEqual(card["value"], str(len(wrong)))
        self.assertEqual(self.listed("late"), wrong)
        self.assertEqual(self.listed("at_risk"), risky)

    def test_approvals_and_absences(self):
        self.rule("Finance", amount_min=300.0, deadline_hours=4)  # working hours
        overdue, open_ = self.order((self.table, 1)), self.order((self.table, 2))
        overdue.with_context(adv_at=EventTime(2026, 6, 15, 9)).action_confirm()
        open_.with_context(adv_at=EventTime(2026, 6, 16, 6)).action_confirm()
        assistant = self.env["adv.assistant"].create({"user_id": self.assistant.id})
        self.env["adv.assistant.absence"].create(
            [
                {"assistant_id": assistant.id, "date_from": date(2026, 6, 16), "date_to": date(2026, 6, 16)},
                {"assistant_id": assistant.id, "date_from": date(2026, 6, 17), "date_to": date(2026, 6, 18)},
            ]
        )
        cards = self.cards()
        self.assertEqual(cards["approvals"]["value"], "2")
        self.assertEqual(self.parts(cards["approvals"]), {"approvals_overdue": "1 overdue"})
        self.assertEqual(self.listed("approvals_overdue").order_id, overdue)
        self.assertEqual(cards["absent"]["value"], assistant.name)

    def test_requests_and_mail(self):
        """A request of last week waits too long, one of this morning does not; one mail is to file."""
        vals = {"partner_id": self.customer.id, "name": "Where is it"}
        late = self.env["adv.request"].create({**vals, "received_date": datetime(2026, 6, 10, 7)})
        self.env["adv.request"].create({**vals, "received_date": datetime(2026, 6, 16, 6, 50)})
        document = (
            self.env["adv.document"].sudo()._adv_create([{"name": "Order", "email_from": "a@b.example"}])
        )
        cards = self.cards()
        self.assertEqual((cards["requests"]["value"], cards["documents"]["value"]), ("1", "1"))
        self.assertEqual(self.listed("requests"), late)
        self.assertEqual(self.listed("documents"), document)
        self.assertNotIn("documents", self.cards(self.salesperson))

    def test_empty(self):
        self.env["sale.order"].search([("state", "=", "sale")])._action_cancel()
        [company] = self.page().get_page()
        self.assertTrue(company["is_empty"])
        self.assertEqual({card["value"] for card in company["cards"]} & {"1", "2"}, set())

    def test_every_number_opens_as_many_records(self):
        """Nothing on the page counts otherwise than the list behind it."""
        today = "2026-06-16 10:00:00"
        self.rule("Finance", amount_min=300.0)
        self.confirmed((2026, 6, 15, 9), (self.chair, 1), commitment_date=today)
        self.confirmed((2026, 6, 1, 9), (self.chair, 2), commitment_date="2026-06-10 10:00:00")
        asked = self.order((self.table, 1), commitment_date=today)
        wrong = self.order((self.chair, 1, {"price_unit": 0.0}), (self.table, 1))
        (asked | wrong).with_context(adv_at=EventTime(2026, 6, 12, 9)).action_confirm()
        self.env["adv.lateness"].with_context(adv_at=EventTime(*NOW))._adv_refresh(
            self.env["sale.order"].search([("state", "=", "sale")])
        )
        cards = self.cards()
        for key in ("ship", "blocked", "late", "approvals"):
            self.assertEqual(int(cards[key]["value"]), len(self.listed(key)), key)
        parts = {key: text for card in cards.values() for key, text in self.parts(card).items()}
        self.assertGreater(len(parts), 6)
        for key, text in parts.items():
            if "%" not in text:
                [number] = [
                    int(word) for word in text.replace("more than 2 days", "").split() if word.isdigit()
                ]
                self.assertEqual(number, len(self.listed(key)), key)

    def test_statements_do_not_depend_on_the_number_of_orders(self):
        def statements(model):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page(model).get_page()
            return self.env.cr.sql_log_count - before

        def orders(number, quantity):
            for index in range(number):
                self.confirmed(
                    (2026, 6, 15, 9), (self.chair, quantity + index), commitment_date="2026-06-16 10:00:00"
                )
            blocked = [
                self.order((self.chair, quantity + index, {"price_unit": 0.0})) for index in range(number)
            ]
            self.env["sale.order"].union(*blocked).action_confirm()

        orders(2, 1)
        for model in ("adv.morning", "adv.process"):
            statements(model)
        few = {model: statements(model) for model in ("adv.morning", "adv.process")}
        orders(12, 10)
        for model, count in few.items():
            self.assertEqual(statements(model), count, model)
        self.assertLess(few["adv.morning"], 45)


@tagged("post_install", "-at_install", "security")
class TestMorningSecurity(MorningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule("Finance", amount_min=300.0)
        cls.mine = cls.order((cls.table, 1))
        cls.other = cls.order((cls.table, 2), user_id=cls.manager.id)
        (cls.mine | cls.other).with_user(cls.assistant).action_confirm()

    def test_each_role_sees_what_it_may(self):
        self.assertEqual(self.cards(self.manager)["blocked"]["value"], "2")
        self.assertEqual(self.cards(self.assistant)["blocked"]["value"], "2")
        self.assertEqual(self.cards(self.salesperson)["blocked"]["value"], "1")
        self.assertEqual(self.listed("blocked", user=self.salesperson), self.mine)
        cards = self.cards(self.financier)
        self.assertEqual(list(cards), ["approvals"])
        self.assertEqual(cards["approvals"]["value"], "2")
        self.assertEqual(self.cards(self.nobody)["approvals"]["value"], "0")
        with self.assertRaises(AccessError):
            self.page(user=self.portal).get_page()

    def test_process_is_for_those_who_read_orders(self):
        for user, count in ((self.manager, 2), (self.salesperson, 1)):
            [company] = self.page("adv.process", user).get_page()
            steps = {step["key"]: step for step in company["steps"]}
            self.assertEqual(steps["to_approve"]["count"], count)
        with self.assertRaises(AccessError):
            self.page("adv.process", self.nobody).get_page()
        with self.assertRaises(AccessError):
            self.page("adv.process", self.nobody).open_figure(self.env.company.id, "to_approve")

    def test_only_the_users_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.page().open_figure(company.id, "blocked")
        with self.assertRaises(UserError):
            self.page("adv.process").open_figure(company.id, "held")
        with self.assertRaises(UserError):
            self.page().open_figure(self.env.company.id, "no_such_figure")
        self.manager.company_ids = [Command.link(company.id)]
        pages = self.page().with_context(allowed_company_ids=[self.env.company.id, company.id]).get_page()
        self.assertEqual([page["name"] for page in pages], [self.env.company.name, "Elsewhere"])
        self.assertEqual([page["is_empty"] for page in pages], [False, True])


@tagged("post_install", "-at_install")
class TestProcess(MorningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "=", "sale")])._action_cancel()

    def steps(self, user=None):
        [company] = self.page("adv.process", user).get_page()
        return {step["key"]: step for step in company["steps"]}

    def test_median_and_oldest_by_hand(self):
        """Confirmed 1, 2 and 10 days ago: half of them wait for longer than 2 days, the oldest for 10."""
        orders = [self.confirmed((2026, 6, day, 7), (self.chair, day)) for day in (15, 14, 6)]
        step = self.steps()["confirmed"]
        self.assertEqual((step["count"], step["median"], step["oldest"]), (3, "2 d 0 h", "10 d 0 h"))
        self.assertIn("3,500", step["value"])  # 35 chairs at 100
        listed = self.listed("confirmed", "adv.process")
        self.assertEqual(listed, self.env["sale.order"].union(*orders))
        # a fourth one, 5 days ago: the middle is between 2 and 5 days
        self.confirmed((2026, 6, 11, 7), (self.chair, 20))
        self.assertEqual(self.steps()["confirmed"]["median"], "3 d 12 h")

    def test_each_order_is_in_one_step(self):
        self.rule("Finance", amount_min=1000.0)
        self.order((self.chair, 1), adv_received_date=datetime(2026, 6, 16, 4))
        quoted = self.order((self.chair, 2))
        quoted.with_context(adv_at=EventTime(2026, 6, 15, 7)).action_quotation_sent()
        self.order((self.chair, 3, {"price_unit": 0.0})).action_confirm()
        self.order((self.table, 5)).action_confirm()
        part = self.confirmed((2026, 6, 10, 7), (self.chair, 4))
        self.ship(part, {self.chair: 1}, at=self.at(2026, 6, 12, 7))
        self.chair.invoice_policy = self.table.invoice_policy = "delivery"
        done = self.confirmed((2026, 6, 10, 7), (self.chair, 6))
        self.ship(done, at=self.at(2026, 6, 14, 7))
        counts = {key: step["count"] for key, step in self.steps().items()}
        self.assertEqual(
            counts,
            {
                "received": 1,
                "quoted": 1,
                "to_correct": 1,
                "to_approve": 1,
                "held": 0,
                "confirmed": 0,
                "in_delivery": 1,
                "delivered": 0,
                "to_invoice": 1,
                "to_settle": 0,
            },
        )
        for key, count in counts.items():
            self.assertEqual(len(self.listed(key, "adv.process")), count, key)
        self.assertEqual(self.steps()["received"]["median"], "3 h")
        self.assertEqual(self.steps()["to_invoice"]["median"], "2 d 0 h")
        done._create_invoices()._post()
        self.assertEqual(self.steps()["to_invoice"]["count"], 0)

    def test_who_has_it(self):
        logistics = self.env["adv.department"].create({"name": "Logistics"})
        self.env.company.adv_shipping_department_id = logistics
        assistant = self.env["adv.assistant"].create({"user_id": self.assistant.id})
        self.rule("Finance", amount_min=1000.0)
        self.order((self.chair, 1))
        self.order((self.table, 5)).action_confirm()
        self.confirmed((2026, 6, 10, 7), (self.chair, 4))
        owners = {key: step["owner"] for key, step in self.steps().items()}
        self.assertEqual(owners["received"], assistant.name)
        self.assertEqual(owners["to_approve"], "Finance")
        self.assertEqual(owners["confirmed"], "Logistics")
        self.assertEqual(owners["held"], "")

    def test_empty(self):
        [company] = self.page("adv.process").get_page()
        self.assertTrue(company["is_empty"])
        self.assertEqual(len(company["steps"]), 10)


@tagged("post_install", "-at_install")
class TestDesk(AdvOrdersCommon):
    def test_act_by(self):
        """The day promised, else wished for, else received; nothing once nothing is to be done."""
        order = self.order((self.chair, 1), adv_received_date=datetime(2026, 6, 1, 8))
        self.assertEqual(order.adv_due_date, datetime(2026, 6, 1, 8))
        order.adv_requested_date = datetime(2026, 6, 9, 8)
        self.assertEqual(order.adv_due_date, datetime(2026, 6, 9, 8))
        order.commitment_date = datetime(2100, 6, 12, 8)
        order.action_confirm()
        self.assertEqual(order.adv_due_date, datetime(2100, 6, 12, 8))
        order._adv_change_promise(datetime(2100, 6, 20, 8), "us", "The machine broke")
        self.assertEqual(order.adv_due_date, datetime(2100, 6, 20, 8))
        self.ship(order)
        self.assertFalse(order.adv_due_date)

    def test_a_quotation_waits_for_the_customer(self):
        order = self.order((self.chair, 1), validity_date=date(2100, 1, 31))
        order.action_quotation_sent()
        self.assertEqual(order.adv_due_date, datetime(2100, 1, 31, 12))

    def test_the_fact_is_protected(self):
        with self.assertRaises(AccessError):
            self.order().write({"adv_due_date": datetime(2026, 1, 1)})

    def test_history_is_filled_alike(self):
        """The job that fills earlier orders gives the same days as the field."""
        orders = self.order((self.chair, 1), commitment_date="2100-01-05 10:00:00")
        orders |= self.order((self.chair, 2), adv_received_date=datetime(2026, 6, 1, 8))
        quoted = self.order((self.chair, 3), validity_date=date(2100, 1, 31))
        quoted.action_quotation_sent()
        orders |= quoted
        orders[0].action_confirm()
        expected = orders.mapped("adv_due_date")
        orders._adv_set_facts({"adv_due_date": False})
        self.env.flush_all()
        self.env["adv.backfill"]._adv_fill_more(tuple(orders.ids))
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("adv_due_date"), expected)

    def test_native_status_while_observing(self):
        order = self.order()
        self.assertTrue(order.adv_shows_status)
        self.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        self.assertFalse(order.adv_shows_status)

    def test_cut_off_is_local(self):
        """14:30 in Paris is 12:30 UTC in summer and 13:30 in winter."""
        company = self.env.company
        company.adv_cutoff_time = 14.5
        self.assertEqual(company._adv_cutoff(date(2026, 7, 1)), datetime(2026, 7, 1, 12, 30))
        self.assertEqual(company._adv_cutoff(date(2026, 12, 1)), datetime(2026, 12, 1, 13, 30))
        self.assertEqual(
            company._adv_last_working_day(date(2026, 6, 15)), date(2026, 6, 15) - timedelta(days=3)
        )
