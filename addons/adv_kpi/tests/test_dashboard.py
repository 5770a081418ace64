from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import FEBRUARY, KpiCommon

MARCH = ("2026-03-01", "2026-03-31")


@tagged("post_install", "-at_install")
class TestDashboard(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._confirmed(
            100,
            "2026-02-02 09:00:00",
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            on_time=True,
        )
        cls._confirmed(50, "2026-01-05 09:00:00", "2026-01-05 10:00:00", "2026-01-08 11:00:00")
        cls._bill(120, "2026-02-10", "2026-02-20")
        cls._bill(30, "2025-02-10", "2025-03-10")

    def _card(self, code, *days, **kwargs):
        cards = self.kpi.get_dashboard(*(days or FEBRUARY), **kwargs)["cards"]
        return next(card for card in cards if card["code"] == code)

    def test_cards_say_what_values_say(self):
        dashboard = self.kpi.get_dashboard(*FEBRUARY)
        codes = [card["code"] for card in dashboard["cards"]]
        self.assertEqual(codes, self.kpi.search([("first_page", "=", True)]).mapped("code"))
        values = self.kpi.get_values(codes, *FEBRUARY)
        series = self.kpi.get_series(codes, "2025-02-01", "2026-02-28")
        for card in dashboard["cards"]:
            with self.subTest(code=card["code"]):
                self.assertEqual({name: card[name] for name in values[card["code"]]}, values[card["code"]])
                self.assertEqual(card["series"], series[card["code"]])
                self.assertEqual(len(card["series"]), 13)

    def test_months_to_come_are_not_shown(self):
        card = self._card("order_intake", "2026-01-01", "2026-12-31")
        self.assertEqual(len(card["series"]), 13)
        self.assertEqual(card["series"][-1]["date_from"], "2026-03-01", "it is March")

    def test_comparison(self):
        card = self._card("order_intake", comparison="previous_period")
        self.assertEqual((card["value"], card["base"]), (100, 50))
        self.assertEqual(card["change"], {"difference": 50, "percent": 100.0, "is_better": True})
        card = self._card("order_intake", comparison="previous_year")
        self.assertEqual((card["base"], card["change"]["percent"]), (0, None), "no percentage of nothing")
        self.assertIsNone(self._card("order_intake", comparison=False)["change"])
        card = self._card("revenue", comparison="previous_year")
        self.assertEqual((card["value"], card["base"], card["change"]["percent"]), (120, 30, 300.0))
        self.assertIsNone(self._card("on_time_rate", comparison="previous_year")["change"])

    def test_a_level_is_not_compared_with_nothing(self):
        # 150 is open at the end of February, nothing at the end of January 2025
        card = self._card("receivable_balance")
        self.assertEqual((card["value"], card["base"], card["change"]["difference"]), (150, 30, 120))
        for code in ("receivable_balance", "overdue_balance", "dso"):
            card = self._card(code, "2026-01-01", "2026-01-31")
            self.assertFalse(card["base"])
            self.assertIsNone(card["change"], code)

    def test_a_running_period_is_compared_with_as_many_days(self):
        self._confirmed(7, "2026-02-25 09:00:00", "2026-02-25 10:00:00")
        dashboard = self.kpi.get_dashboard(*MARCH, comparison="previous_period")
        # today is 20 March: compared with 1 to 20 February, so without the order of the 25th
        self.assertEqual(dashboard["compared"], {"date_from": "2026-02-01", "date_to": "2026-02-20"})
        card = next(card for card in dashboard["cards"] if card["code"] == "order_intake")
        self.assertEqual(card["base"], 100)

    def test_targets(self):
        self.env["adv.kpi.target"].create(
            [
                {"kpi_id": self.env.ref("adv_kpi.kpi_on_time_rate").id, "date_from": day, "value": value}
                for day, value in (("2026-01-01", 90), ("2026-02-01", 100), ("2026-03-01", 110))
            ]
        )
        self.assertEqual(self._card("on_time_rate")["target"], {"value": 100, "is_met": True})
        january = self._card("on_time_rate", "2026-01-01", "2026-01-31")
        self.assertEqual((january["value"], january["target"]), (0, {"value": 90, "is_met": False}))
        self.assertIsNone(self._card("on_time_rate", *MARCH)["target"]["is_met"], "nothing to measure")

    def test_charts(self):
        order = self.env["sale.order"].search([("adv_amount_company", "=", 100)])
        self._error(order, "price", step="entry", escaped=True)
        self._error(order, "quantity", step="entry", escaped=False)
        charts = self.kpi.get_dashboard(*FEBRUARY)["charts"]
        (bar,) = charts["error_types"]
        self.assertEqual((bar["label"], bar["value"]), ("Price", 1))
        self.assertOpens(bar)
        # end of February: 120 due the 20th, 30 due in March of last year
        ages = {(age["after"], age["up_to"]): age["value"] for age in charts["aged"]}
        self.assertEqual(ages, {(None, 0): 0, (0, 30): 120, (30, 60): 0, (60, 90): 0, (90, None): 30})
        for age in charts["aged"]:
            self.assertOpens(age)

    def test_pages(self):
        for page in ("productivity", "quality", "service", "commercial", "cash"):
            cards = self.kpi.get_dashboard(*FEBRUARY, page=page)["cards"]
            self.assertEqual({card["category"] for card in cards}, {page})
        chosen = self.kpi.get_dashboard(*FEBRUARY, codes=["dso", "revenue", "gone", "dso"])["cards"]
        self.assertEqual([card["code"] for card in chosen], ["dso", "revenue"], "in the reader's own order")
        with self.assertRaises(UserError):
            self.kpi.get_dashboard(*FEBRUARY, page="secrets")

    def test_few_cases_have_an_interval(self):
        # 1 of 1 on time: Wilson from 1 / (1 + 1.96^2) = 20.65 % to 100 %
        interval = self._card("on_time_rate")["interval"]
        self.assertEqual(
            (interval["n"], round(interval["low"], 2), round(interval["high"], 2)), (1, 20.65, 100)
        )
        self.assertIsNone(self._card("order_count")["interval"])
        self.assertIsNone(self._card("credit_note_rate")["interval"], "amounts are no cases")
        # days to deliver: 7 and 1 (delivered the day after): mean 4, error 3, Student's t 12.706
        self._confirmed(
            1, "2026-02-02 09:00:00", "2026-02-02 10:00:00", False, "2026-02-03 16:00:00", on_time=True
        )
        card = self._card("processing_time")
        self.assertEqual((card["value"], card["interval"]["n"], card["interval"]["low"]), (4, 2, 0))
        self.assertAlmostEqual(card["interval"]["high"], 4 + 12.706 * 3, 3)
        self.assertEqual((card["spread"]["median"], round(card["spread"]["p90"], 6)), (4, 6.4))

    def test_a_mistyped_year_breaks_no_page(self):
        order = self._confirmed(1, "2026-02-02 09:00:00", "2026-02-02 10:00:00")
        order._adv_set_facts({"adv_quoted_date": "1800-02-02 09:00:00"})
        self.assertGreater(self._card("conversion_time", page="commercial")["value"], 82000)

    def test_an_undecided_cohort_says_so(self):
        """Of March 4 orders are promised: 1 left, 1 is overdue, 2 are still to come."""
        for day, delivered in (("05", "2026-03-04 10:00:00"), ("10", False), ("25", False), ("31", False)):
            self._confirmed(
                1,
                "2026-03-02 09:00:00",
                "2026-03-02 10:00:00",
                f"2026-03-{day} 11:00:00",
                delivered,
                bool(delivered),
            )
        card = self._card("on_time_rate", *MARCH)
        self.assertEqual((card["value"], card["maturity"]["percent"]), (50, 50))
        self.assertOpens(card["maturity"]["waiting"])
        self.assertEqual(card["maturity"]["waiting"]["value"], 2)
        self.assertIsNone(self._card("on_time_rate")["maturity"], "all of February is decided")
        # quotations: one won, one refused, one past its validity, one still open
        for vals in (
            {"state": "sale", "adv_confirmed_date": "2026-03-06 10:00:00"},
            {"state": "cancel"},
            {"state": "sent", "validity_date": "2026-03-15"},
            {"state": "sent", "validity_date": "2026-03-20"},
        ):
            order = self._order(10)
            validity = vals.pop("validity_date", False)
            order.validity_date = validity
            order._adv_set_facts({"adv_quoted_date": "2026-03-05 10:00:00", **vals})
        self.env.flush_all()
        card = self._card("quote_conversion_rate", *MARCH)
        self.assertEqual((card["value"], card["maturity"]["percent"]), (25, 75))
        self.assertOpens(card["maturity"]["waiting"])

    def test_call_off_orders_are_apart(self):
        # asked for 40 days after reception: later than the usual 30
        self._confirmed(
            5,
            "2026-01-05 09:00:00",
            "2026-01-05 10:00:00",
            False,
            "2026-02-14 10:00:00",
            adv_requested_date="2026-02-14 11:00:00",
        )
        card = self._card("processing_time")
        self.assertEqual((card["value"], card["apart"]["value"]), ((7 + 40) / 2, 40))
        self.assertOpens(card["apart"]["part"])
        self.company.adv_call_off_days = 45
        self.assertIsNone(self._card("processing_time")["apart"])

    def test_product_categories_cut_amounts(self):
        tools, parts = self.env["product.category"].create([{"name": "Tools"}, {"name": "Parts"}])
        products = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "categ_id": categ.id, "taxes_id": False}
                for name, categ in (("Saw", tools), ("Blade", parts))
            ]
        )
        order = self._confirmed(30, "2026-02-12 09:00:00", "2026-02-12 10:00:00")
        order.order_line.product_id = products[0]
        order.order_line.price_unit = 20
        order.order_line.create({"order_id": order.id, "product_id": products[1].id, "price_unit": 10})
        self.env.flush_all()
        rows = self.kpi.get_breakdown(["order_intake"], *FEBRUARY, "categ")["order_intake"]
        found = {row["key"]: row["value"] for row in rows}
        self.assertEqual((found[tools.id], found[parts.id]), (20, 10))
        self.assertAlmostEqual(sum(found.values()), self._value("order_intake"))
        value = self.kpi.get_values(
            ["order_intake", "order_count", "revenue"], *FEBRUARY, {"categ_ids": tools.ids}
        )
        self.assertEqual(value["order_intake"]["value"], 20)
        self.assertOpens(value["order_intake"]["numerator"])
        self.assertTrue(value["order_count"]["not_applicable"], "an order has no one category")
        self.assertEqual(value["revenue"]["value"], 0)
        entry = self.env["adv.intake.entry"].search(value["order_intake"]["numerator"]["domain"])
        self.assertEqual(entry.action_open()["res_id"], order.id)
        billed = self.kpi.get_breakdown(["revenue"], *FEBRUARY, "product")["revenue"]
        self.assertEqual([(row["key"], row["value"]) for row in billed], [(False, 120)])

    def test_assistants_are_not_ranked(self):
        names = ("Zoe", "Adam", "Mia")
        users = [new_test_user(self.env, f"kpi_{name}", name=name) for name in names]
        assistants = self.env["adv.assistant"].create(
            [{"user_id": user.id, "company_id": self.company.id} for user in users]
        )
        for number, assistant in enumerate(assistants, 1):
            for _order in range(number):
                order = self._confirmed(1, "2026-02-02 09:00:00", "2026-02-02 10:00:00")
                order.adv_assistant_id = assistant
        self.assertNotIn("assistant", self.kpi.get_dashboard(*FEBRUARY)["filter_models"], "off by default")
        self.company.adv_individual_figures = True
        rows = self.kpi.get_breakdown(["order_count"], *FEBRUARY, "assistant")["order_count"]
        self.assertEqual([row["label"] for row in rows if row["key"]], ["Adam", "Mia", "Zoe"])
        self.assertIn("assistant", self.kpi.get_dashboard(*FEBRUARY)["filter_models"])

    def test_constant_number_of_statements(self):
        few = self._count_statements()
        for number in range(30):
            order = self._confirmed(
                10 + number,
                "2026-02-02 09:00:00",
                "2026-02-02 10:00:00",
                "2026-02-10 11:00:00",
                partner=self.env["res.partner"].create({"name": f"Customer {number}"}),
            )
            self._error(order, "price", step="entry", escaped=True)
            self._bill(10 + number, "2026-02-10", "2026-02-20")
        many = self._count_statements()
        self.assertEqual(few, many)
        self.assertLessEqual(many, 34)

    def _count_statements(self):
        """Statements of the second of two openings: the first fills the caches, which creating empties."""
        for _opening in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.kpi.get_dashboard(*FEBRUARY)
        return self.cr.sql_log_count - before

    def test_statement_per_table_and_axis(self):
        codes = ["order_count", "order_intake", "order_line_count", "new_customer_count"]
        self.kpi.get_values(codes, *FEBRUARY)
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.kpi.get_values(codes[:1], *FEBRUARY)
        one = self.cr.sql_log_count - before
        self.kpi.get_series(codes, "2020-01-01", "2026-03-31")
        self.assertEqual(self.cr.sql_log_count - before - one, one)

    def test_read_only(self):
        """What is public runs in a read-only transaction, as on a replica."""
        calls = {
            "get_values": (self.kpi.search([]).mapped("code"), *FEBRUARY),
            "get_series": (["dso", "order_count"], "2025-02-01", "2026-02-28"),
            "get_breakdown": (["order_intake"], *FEBRUARY, "partner"),
            "get_dashboard": FEBRUARY,
            "get_restated": (["order_intake"], *FEBRUARY),
            "get_report_rows": FEBRUARY,
            "get_survey_details": FEBRUARY,
            "get_control_chart": ("on_time_rate", *FEBRUARY),
            "get_pareto": ("entry_error_rate", *FEBRUARY, "error_type"),
            "get_perfect_order_losses": FEBRUARY,
            "get_staffing": FEBRUARY,
            "get_cash_impact": FEBRUARY,
            "get_analysis": FEBRUARY,
            "get_recovery_curve": FEBRUARY,
            "get_trends": FEBRUARY,
        }
        answers = {name for name in dir(type(self.kpi)) if name.startswith("get_") and self._is_answer(name)}
        self.assertEqual(answers - calls.keys(), set(), "each is tried here")
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        for name, arguments in calls.items():
            method = getattr(self.kpi, name)
            self.assertTrue(method._readonly and method._api_model)
            self.cr.execute("SAVEPOINT read_only")
            self.cr.execute("SET transaction_read_only = on")
            method(*arguments)
            self.cr.execute("ROLLBACK TO SAVEPOINT read_only")

    def _is_answer(self, name):
        """Tell whether a method is one of the figures' own public ones."""
        method = getattr(type(self.kpi), name)
        return method.__module__.startswith("odoo.addons.adv_") and not getattr(method, "_api_private", False)


@tagged("post_install", "-at_install")
class TestHistory(KpiCommon):
    def test_columns_are_filled_after_the_install(self):
        """Orders that were there before get the same values from SQL as from the ORM."""
        order = self._confirmed(
            10,
            "2026-01-31 23:30:00",  # 1 February in Paris
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            adv_requested_date="2026-02-08 23:30:00",  # 9 February
        )
        self.assertEqual((order.adv_processing_days, order.adv_is_on_time_requested), (8, True))
        self.env.cr.execute(
            "UPDATE sale_order SET adv_processing_days = NULL, adv_is_on_time_requested = NULL"
        )
        self._fill_history(order)
        self.assertEqual((order.adv_processing_days, order.adv_is_on_time_requested), (8, True))

    def test_margin_comes_from_the_costs_of_lines(self):
        """60 of 100 is known: 40 left; of what is unknown no rate is made, and it is not taken up again."""
        known, unknown = (
            self._bill(100, "2026-02-10", "2026-02-20"),
            self._bill(70, "2026-02-11", "2026-02-21"),
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET adv_is_costed = NULL, adv_cost = NULL, adv_margin = NULL WHERE id IN %s",
            [(known.id, unknown.id)],
        )
        self.env.cr.execute(
            "UPDATE account_move_line SET adv_cost = CASE move_id WHEN %s THEN 60 END"
            " WHERE display_type = 'product' AND move_id IN %s",
            [known.id, (known.id, unknown.id)],
        )
        self.env.invalidate_all()
        self.assertIsNone(self._value("gross_margin_rate"))
        self._fill_history()
        self.assertRecordValues(
            known | unknown,
            [
                {"adv_is_costed": True, "adv_cost": 60, "adv_margin": 40},
                {"adv_is_costed": False, "adv_cost": 0, "adv_margin": 0},
            ],
        )
        self.assertEqual(self._value("gross_margin_rate"), 40)
        self.assertFalse(self.env["adv.kpi.backfill"]._adv_remaining())

    def test_history_waits_for_deliveries_and_billing(self):
        order = self._confirmed(10, "2026-02-01 09:00:00", "2026-02-02 10:00:00")
        self.env.flush_all()
        job = self.env["adv.kpi.backfill"]
        self._fill_history()
        for mark in ("adv_history", "adv_billing_history"):
            self.env.cr.execute(
                SQL(
                    "UPDATE sale_order SET adv_kpi_history = TRUE, %s = TRUE WHERE id = %s",
                    SQL.identifier(mark),
                    order.id,
                )
            )
            self.assertEqual((job._adv_fill_batch(10), job._adv_remaining()), (0, 1), mark)
            self.env.cr.execute(
                SQL("UPDATE sale_order SET %s = NULL WHERE id = %s", SQL.identifier(mark), order.id)
            )
        self.assertEqual((job._adv_fill_batch(10), job._adv_remaining()), (1, 0))
