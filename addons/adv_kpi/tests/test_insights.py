from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.adv_kpi.engine.control import p_chart
from odoo.addons.adv_kpi.models.adv_kpi_insights import CHARTED

from .common import FEBRUARY
from .story import KpiStory


@tagged("post_install", "-at_install")
class TestInsights(KpiStory):
    def test_control_chart(self):
        chart = self.kpi.get_control_chart("delivery_error_rate", "2025-12-01", "2026-02-28")
        self.assertEqual((chart["kind"], chart["spread"]), ("p", 1.0))
        self.assertAlmostEqual(chart["centre"], 100 / 3)
        points = [point["value"] and round(point["value"], 4) for point in chart["points"]]
        self.assertEqual(points, [None, None, 33.3333])
        limits = p_chart([(1, 3)]).points[0]
        self.assertAlmostEqual(chart["points"][2]["upper"], limits.upper * 100)
        errors = self.kpi.get_control_chart("errors_per_100_lines", *FEBRUARY)
        self.assertEqual((errors["kind"], errors["centre"]), ("u", 10))
        # 10 lines, 0.1 an each: 0.1 + 3 x sqrt(0.1 / 10) = 0.4
        self.assertAlmostEqual(errors["points"][0]["upper"], 40)
        for code in ("revenue", "gross_margin_rate", "dso", "processing_time", "orders_per_assistant"):
            self.assertEqual(self.kpi.get_control_chart(code, *FEBRUARY), {}, code)

    def test_the_page_says_what_each_method_says(self):
        page = self.kpi.get_analysis(*FEBRUARY)
        self.assertEqual(len(page["control"]["points"]), 13)
        self.assertEqual([figure["code"] for figure in page["charted"]], list(CHARTED))
        for code in CHARTED:
            chart = self.kpi.get_control_chart(code, *FEBRUARY)
            self.assertEqual(chart["kind"], "u" if code == "errors_per_100_lines" else "p")
        self.assertEqual(page["losses"], self.kpi.get_perfect_order_losses(*FEBRUARY))
        self.assertEqual(page["staffing"], self.kpi.get_staffing(*FEBRUARY))
        self.assertEqual(page["cash"], self.kpi.get_cash_impact(*FEBRUARY))

    def test_pareto(self):
        self._error(self.quick, "price", step="entry", escaped=True)
        self._error(self.changed, "price", step="entry", escaped=True)
        rows = self.kpi.get_pareto("errors_per_100_lines", *FEBRUARY, "error_type")
        self.assertEqual(
            [(row["label"], row["value"], round(row["cumulated"], 1)) for row in rows],
            [("Price", 2, 66.7), ("Delivery", 1, 100)],
        )
        for row in (
            *rows,
            *self.kpi.get_pareto("delivery_error_rate", *FEBRUARY, "error_type"),
            *self.kpi.get_pareto("order_count", *FEBRUARY, "campaign"),
        ):
            self.assertOpens({"aggregate": "count", **row})
        (row,) = self.kpi.get_pareto("blocked_time", *FEBRUARY, "reason")
        self.assertOpens({"aggregate": "sum:adv_blocked_hours", **row})
        for row in self.kpi.get_pareto("revenue", *FEBRUARY, "categ"):
            self.assertOpens({"aggregate": "sum:amount", **row})
        self.assertEqual(
            [row["model"] for row in self.kpi.get_pareto("workload_hours", *FEBRUARY, "company")], [None]
        )

    def test_what_perfect_orders_are_lost_to(self):
        losses = self.kpi.get_perfect_order_losses(*FEBRUARY)
        # of 3 orders one was late, and one of the others is disputed
        self.assertEqual(
            [(step["key"], step["value"]) for step in losses["orders"]],
            [("late", 1), ("not_in_full", 0), ("error", 0), ("disputed", 1), ("rest", 1)],
        )
        self.assertEqual(
            [(step["key"], step["value"]) for step in losses["value"]],
            [("late", 200), ("not_in_full", 0), ("error", 0), ("disputed", 50), ("rest", 100)],
        )
        # one more that was never shipped: the records behind each step are those lost at it
        self._confirmed(7, "2026-02-05 08:00:00", "2026-02-05 09:00:00", "2026-02-26 11:00:00")
        losses = self.kpi.get_perfect_order_losses(*FEBRUARY)
        self.assertEqual(losses["orders"][0]["value"], 2)
        self.assertOpens(losses["whole"])
        for kind, aggregate in (("orders", "count"), ("value", "sum:adv_amount_company")):
            for step in losses[kind]:
                self.assertOpens({"aggregate": aggregate, **step})

    def test_recovery_beside_the_usual_curve(self):
        """Two notices of February, and what the customer paid that late the year before."""
        curve = self.kpi.get_recovery_curve(*FEBRUARY)
        value = self.kpi.get_values(["dunning_recovery_rate"], *FEBRUARY)["dunning_recovery_rate"]
        self.assertOpens(curve["claimed"])
        self.assertEqual(curve["claimed"]["value"], value["denominator"]["value"])
        self.assertAlmostEqual(curve["seen"][-1], value["value"], msg="all of them are over")
        self.assertEqual(curve["days"], list(range(16)))
        self.assertEqual(sorted(curve["seen"]), curve["seen"])

    def test_trends(self):
        trends = self.kpi.get_trends(*FEBRUARY)
        self.assertEqual([season["year"] for season in trends["seasons"]][:1], [2026])
        months = trends["seasons"][0]["values"]
        self.assertEqual(months[1], self._value("order_intake"))
        self.assertEqual(months[3:], [None] * 9, "it is March")
        self.assertEqual(
            self.kpi.get_trends("2027-01-01", "2027-01-31")["seasons"][0]["year"],
            2026,
            "a year without orders yet does not hide those before",
        )
        for row in trends["products"]:
            self.assertOpens({**row, "aggregate": "sum:amount"})
        for row in trends["segments"]:
            self.assertOpens({**row, "aggregate": "count"})

    def test_staffing(self):
        staffing = self.kpi.get_staffing("2026-02-09", "2026-02-22")
        first, second = staffing["weeks"]
        # two requests (20 minutes), two deliveries (9th and 14th: 4 minutes); both assistants were there
        self.assertEqual((round(first["needed"] * 60), first["present"]), (24, 80))
        self.assertEqual((second["needed"], second["present"]), (0, 40))
        with self.assertRaisesRegex(UserError, "too long"):
            self.kpi.get_staffing("1950-01-01", "2026-02-28")
        self.assertAlmostEqual(first["assistants"], 0.4 / (40 * 0.85))
        self.assertEqual(staffing["p50"], 0, "there were orders in 2024 already")
        early = self.kpi.get_staffing("2025-02-03", "2025-02-28")
        self.assertEqual((early["p50"], early["p90"]), (None, None), "no year of data yet")

    def test_staffing_of_a_year(self):
        """The first of the 52 weeks before 31 May 2025 is that of 3 June 2024, before the first order."""
        may = ("2025-05-01", "2025-05-31")
        self.assertEqual(self.kpi.get_staffing(*may)["p50"], None)
        # a week of holidays followed: the year is known all the same
        self._confirmed(1, "2024-05-24 09:00:00", "2024-05-24 10:00:00")
        self.assertEqual(self.kpi.get_staffing(*may)["p50"], 0)
        # 12 minutes in each of 6 weeks, which is more than in 90 % of them
        for monday in ("08-05", "08-12", "08-19", "08-26", "09-02", "09-09"):
            self._confirmed(1, f"2024-{monday} 09:00:00", f"2024-{monday} 10:00:00")
        self.assertAlmostEqual(self.kpi.get_staffing(*may)["p90"], 12 / 60)

    def test_staffing_reads_calendars_once(self):
        """Not by week, assistant or absence."""
        few = self._count_statements("2026-02-02", "2026-02-08")
        calendar = self.company.resource_calendar_id
        crew = self.env["adv.assistant"].create(
            [
                {"user_id": user.id, "company_id": self.company.id, "calendar_id": calendar.id}
                for user in self.env["res.users"].create(
                    [{"name": f"Helper {n}", "login": f"staffing_{n}"} for n in range(5)]
                )
            ]
        )
        self.env["adv.assistant.absence"].create(
            [
                {"assistant_id": one.id, "date_from": f"2026-02-{day}", "date_to": f"2026-02-{day}"}
                for one in crew
                for day in ("03", "10", "17")
            ]
        )
        self.assertEqual(self._count_statements("2026-01-05", "2026-03-15"), few)
        week = self.kpi.get_staffing("2026-03-02", "2026-03-08")["weeks"][0]
        self.assertEqual(week["present"], 80 + 5 * 40)
        week = self.kpi.get_staffing("2026-02-16", "2026-02-22")["weeks"][0]
        self.assertEqual(week["present"], 40 + 5 * 32)

    def _count_statements(self, *days):
        for _turn in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.kpi.get_staffing(*days)
        return self.cr.sql_log_count - before

    def test_sales_inside_the_group_can_be_left_out(self):
        """A sister company orders and is billed: it counts, unless the company does not want it."""
        sister = self.env["res.company"].create({"name": "Sister"})
        before = self.kpi.get_values(["revenue", "order_count", "receivable_balance"], *FEBRUARY)
        self._bill(1000, "2026-02-10", "2026-03-10", partner=sister.partner_id)
        self._confirmed(1000, "2026-02-02 09:00:00", "2026-02-03 10:00:00", partner=sister.partner_id)
        with_it = {
            "revenue": before["revenue"]["value"] + 1000,
            "order_count": before["order_count"]["value"] + 1,
        }
        self.assertFigures(with_it)
        self.company.adv_without_group = True
        self.assertFigures(
            {
                "revenue": before["revenue"]["value"],
                "order_count": before["order_count"]["value"],
                "receivable_balance": before["receivable_balance"]["value"] + 1000,
            }
        )
        values = self.kpi.get_values(["revenue"], *FEBRUARY)["revenue"]["numerator"]
        found = self.env["account.move"].search(values["domain"])
        self.assertEqual(sum(found.mapped("amount_untaxed_signed")), before["revenue"]["value"])
        self.assertNotIn(sister.partner_id, found.commercial_partner_id)
        for dimension in ("categ", "product"):
            rows = self.kpi.get_breakdown(["revenue"], *FEBRUARY, dimension)["revenue"]
            self.assertEqual(
                sum(row["value"] for row in rows), before["revenue"]["value"], "line by line too"
            )

    def test_cash_impact(self):
        impact = self.kpi.get_cash_impact(*FEBRUARY)
        # 450 sold in 28 days; 20 in dispute at the end of February
        self.assertEqual((impact["disputed"], impact["corrected"]), (20, 0))
        self.assertAlmostEqual(impact["disputed_days"], 20 / (450 / 28))
        reason = self.env["adv.credit.reason"].search([("error_type_id", "!=", False)], limit=1)
        self._bill(
            45,
            "2026-02-27",
            "2026-02-27",
            kind="out_refund",
            reversed_entry_id=self.early.id,
            adv_credit_reason_id=reason.id,
        )
        impact = self.kpi.get_cash_impact(*FEBRUARY)
        self.assertEqual(impact["corrected"], 45)
        for part in impact["records"].values():
            self.assertOpens(part)
        self.assertAlmostEqual(impact["corrected_days"], 45 / (405 / 28))
