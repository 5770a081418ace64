from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_kpi.engine.basics import backlog, backlog_late
from odoo.addons.adv_kpi.engine.catalogue import FORMULAS
from odoo.addons.adv_kpi.engine.formulas import Sum, percent
from odoo.addons.adv_kpi.engine.measures import Measure, during
from odoo.addons.adv_kpi.engine.sources import CONFIRMED

from .common import FEBRUARY, KpiCommon

FIRST_ORDER = (("adv_is_first_order", "=", True),)
JANUARY = ("2026-01-01", "2026-01-31")
MARCH = ("2026-03-01", "2026-03-31")


@tagged("post_install", "-at_install")
class TestFigures(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_orders()
        cls._create_invoices()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _create_orders(cls):
        """Paris is one hour ahead: 23:30 UTC is half past midnight of the next day."""
        cls.on_time = cls._confirmed(
            100,
            "2026-02-02 09:00:00",
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            on_time=True,
            lines=2,
            adv_quoted_date="2026-02-01 10:00:00",
            adv_requested_date="2026-02-09 08:00:00",
            adv_is_first_order=True,
        )
        cls.late = cls._confirmed(
            200,
            "2026-01-30 09:00:00",
            "2026-01-31 23:30:00",
            "2026-02-12 11:00:00",
            "2026-02-14 16:00:00",
            adv_requested_date="2026-02-08 08:00:00",
        )
        cls.next_month = cls._confirmed(
            400, "2026-02-20 09:00:00", "2026-02-28 23:30:00", "2026-03-05 11:00:00"
        )
        cls.unshipped = cls._confirmed(
            50, "2026-02-05 09:00:00", "2026-02-05 09:30:00", "2026-02-25 11:00:00"
        )
        cls.cancelled = cls._confirmed(
            999, "2026-02-06 09:00:00", "2026-02-06 09:30:00", "2026-02-10 11:00:00", state="cancel"
        )
        cls.quotation = cls._order(70, adv_quoted_date="2026-02-03 10:00:00")
        cls._error(cls.on_time, "price", step="entry", escaped=True)
        cls._error(cls.unshipped, "quantity", step="entry", escaped=False)
        cls._error(cls.unshipped, "billing", step="billing", escaped=True)
        dismissed = cls._error(cls.cancelled, "price", step="entry", escaped=True)
        cls.env.cr.execute("UPDATE adv_order_error SET state = 'dismissed' WHERE id = %s", (dismissed.id,))

    @classmethod
    def _create_invoices(cls):
        reason = cls.env["adv.credit.reason"].search([("error_type_id", "!=", False)], limit=1)
        cls.old = cls._bill(60, "2025-11-30", "2025-12-15")
        cls.taxed = cls._bill(1000, "2026-01-10", "2026-02-09", tax=cls.tax)
        cls.credited = cls._bill(500, "2026-02-05", "2026-03-07")
        cls.short = cls._bill(300, "2026-02-20", "2026-02-25")
        cls.note = cls._bill(
            100,
            "2026-02-25",
            "2026-02-25",
            kind="out_refund",
            reversed_entry_id=cls.credited.id,
            adv_credit_reason_id=reason.id,
        )
        cls._pay(cls.taxed, 700, "2026-02-15")
        cls._pay(cls.taxed, 200, "2026-03-02")

    def test_orders(self):
        self.assertFigures(
            {
                "order_count": 3,  # on time, late (confirmed on 1 February in Paris), unshipped
                "order_intake": 350,
                "order_line_count": 4,
                "quote_count": 2,
                "quote_conversion_rate": 50,
                "new_customer_count": 1,
            }
        )
        self.assertFigures({"order_count": 1, "order_intake": 400}, MARCH)

    def test_backlog(self):
        self.assertFigures({"backlog_value": 50, "backlog_count": 1, "backlog_late_value": 50})
        # on 11 February: late (promised the 12th) and unshipped (promised the 25th) are open, none is late
        self.assertFigures(
            {"backlog_value": 250, "backlog_count": 2, "backlog_late_value": 0}, as_of="2026-02-11"
        )
        # today: unshipped and next month's, both past their promise
        self.assertFigures({"backlog_value": 450, "backlog_late_value": 450}, MARCH)

    def test_errors(self):
        # received in February: on time, next month's, unshipped, cancelled; a quotation is no order
        self.assertFigures({"entry_error_rate": 25, "entry_error_caught_rate": 25, "order_accuracy": 50})

    def test_on_time(self):
        # promised in February and not cancelled: on time; late; overdue and unshipped
        self.assertFigures({"on_time_rate": 100 / 3, "on_time_requested_rate": 50})
        # on 11 February only the first is shipped or due
        self.assertFigures({"on_time_rate": 100}, as_of="2026-02-11")
        # on 12 February late is due too: that day is over
        self.assertFigures({"on_time_rate": 50}, as_of="2026-02-12")

    def test_on_time_of_today_is_not_judged_yet(self):
        self.next_month._adv_set_facts(
            {"adv_promise_date": "2026-03-20 11:00:00", "adv_delivered_date": False, "adv_is_on_time": False}
        )
        self.assertFigures({"on_time_rate": None}, MARCH)

    def test_processing_time(self):
        # 2 to 9 February: 7 days; 30 January to 14 February: 15 days
        self.assertFigures({"processing_time": 11})

    def test_earlier_orders_get_their_figures_with_their_delivery_dates(self):
        """The job of an installation on history writes the dates by SQL."""
        orders = self.on_time | self.late | self.unshipped
        self.env.cr.execute(
            "UPDATE sale_order SET adv_processing_days = NULL, adv_is_on_time_requested = NULL"
            " WHERE id IN %s",
            [tuple(orders.ids)],
        )
        self.env["adv.kpi.backfill"]._adv_fill(tuple(orders.ids))
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("adv_processing_days"), [7, 15, 0])
        self.assertEqual(orders.mapped("adv_is_on_time_requested"), [True, False, False])

    def test_invoices(self):
        self.assertFigures(
            {
                "revenue": 700,
                "invoice_count": 2,
                "credit_note_count": 1,
                "credit_note_rate": 12.5,
                "billing_error_rate": 50,
            }
        )

    def test_gross_margin(self):
        goods = self.env["product.product"].create({"name": "Goods", "standard_price": 6, "taxes_id": False})
        line = {"product_id": goods.id, "quantity": 10, "price_unit": 30}
        self._bill(
            0, "2025-06-10", "2025-07-10", invoice_line_ids=[Command.create({**line, "tax_ids": False})]
        )
        june = ("2025-06-01", "2025-06-30")
        self.assertFigures({"revenue": 300, "gross_margin": 240, "gross_margin_rate": 80}, june)
        invoice = self.env["account.move"].search([("invoice_date", "=", "2025-06-10")])
        with self.assertRaises(AccessError):
            invoice.sudo().write({"adv_margin": 1})
        self.env.cr.execute("UPDATE account_move SET adv_is_costed = NULL WHERE id = %s", (invoice.id,))
        self.env.invalidate_all()
        self.assertFigures({"revenue": 300, "gross_margin": 0, "gross_margin_rate": None}, june)

    def test_receivables(self):
        # end of February: 60 + (1200 - 700) + (500 - 100 credited) + 300; not due: the 400 of 7 March
        self.assertFigures(
            {
                "receivable_balance": 1260,
                "overdue_balance": 860,
                "overdue_rate": 860 / 1260 * 100,
                "overdue_60_balance": 60,
            }
        )
        self.assertFigures({"receivable_balance": 1260}, JANUARY)
        self.assertFigures({"receivable_balance": 1060}, MARCH)

    def test_balance_is_the_ledger(self):
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertEqual(sum(lines.mapped("amount_residual")), 1060)
        self.assertEqual(sum(lines.mapped("balance")), 1060)

    def test_dso(self):
        # 700 sold in February (28 days), then 560 of the 1200 of January: 14.4667 days
        self.assertFigures({"dso": 28 + 560 / 1200 * 31})
        # 1200 in January (31), nothing in December (31), 60 in November (30)
        self.assertFigures({"dso": 92}, JANUARY)
        # 20 March: nothing sold yet (20), 700 in February (28), 360 of the 1200 of January
        self.assertFigures({"dso": 20 + 28 + 360 / 1200 * 31}, MARCH)

    def test_dso_by_ratio(self):
        self.assertFigures(
            {
                "dso_ratio": 1260 / 700 * 28,
                "dso_best_possible": 400 / 700 * 28,
                "average_days_delinquent": 860 / 700 * 28,
            }
        )
        self.assertFigures({"dso_ratio": None}, MARCH)

    def test_nothing(self):
        years = ("2001-01-01", "2001-12-31")
        self.assertFigures(
            {"order_count": 0, "on_time_rate": None, "processing_time": None, "receivable_balance": 0}, years
        )
        self.assertIsNone(self._value("dso", years))

    def test_every_number_opens_its_records(self):
        codes = self.kpi.search([]).mapped("code")
        spans = [
            (*FEBRUARY, None),
            (*FEBRUARY, "2026-02-11"),
            (*JANUARY, None),
            (*MARCH, None),
            ("2025-03-01", "2026-02-14", None),
        ]
        checked = set()
        for date_from, date_to, as_of in spans:
            values = self.kpi.get_values(codes, date_from, date_to, as_of=as_of)
            for code, value in values.items():
                for part in filter(None, (value["numerator"], value["denominator"])):
                    with self.subTest(code=code, days=(date_from, date_to, as_of)):
                        self.assertOpens(part)
                        checked.add(code)
        # the others are made of several numbers, which the panel of the definition opens
        made_of = sorted(set(codes) - checked)
        for date_from, date_to, as_of in spans:
            if not as_of:
                for card in self.kpi.get_dashboard(date_from, date_to, False, codes=made_of)["cards"]:
                    with self.subTest(code=card["code"], days=(date_from, date_to)):
                        self.assertTrue(card["parts"])
                        for part in card["parts"]:
                            self.assertOpens(part)
        self.assertEqual(made_of, ["assistants_needed", "collection_effectiveness", "workload_hours"])

    def test_series(self):
        series = self.kpi.get_series(["order_intake", "receivable_balance"], "2026-01-01", "2026-03-31")
        self.assertEqual([point["value"] for point in series["order_intake"]], [0, 350, 400])
        self.assertEqual([point["value"] for point in series["receivable_balance"]], [1260, 1260, 1060])
        self.assertEqual(series["order_intake"][1]["date_to"], "2026-02-28")
        self.assertEqual(series["order_intake"][2]["numerator"], 400)
        weeks = self.kpi.get_series(["order_count"], *FEBRUARY, interval="week")["order_count"]
        self.assertEqual([point["value"] for point in weeks], [1, 2, 0, 0, 0])

    def test_series_says_what_values_say(self):
        codes = self.kpi.search([]).mapped("code")
        series = self.kpi.get_series(codes, "2025-12-01", "2026-03-31")
        for position, days in enumerate([("2025-12-01", "2025-12-31"), JANUARY, FEBRUARY, MARCH]):
            values = self.kpi.get_values(codes, *days)
            for code in codes:
                with self.subTest(code=code, days=days):
                    self.assertEqual(series[code][position]["value"], values[code]["value"])

    def test_breakdown(self):
        other = self.env["res.partner"].create({"name": "Other"})
        self._confirmed(33, "2026-02-02 09:00:00", "2026-02-02 10:00:00", partner=other)
        rows = self.kpi.get_breakdown(["order_intake"], *FEBRUARY, "partner")["order_intake"]
        self.assertEqual(
            [(row["key"], row["label"], row["value"]) for row in rows],
            [(self.customer.id, "Acme", 350), (other.id, "Other", 33)],
        )

    def test_breakdown_by_error_type(self):
        rows = self.kpi.get_breakdown(["entry_error_rate", "revenue"], *FEBRUARY, "error_type")
        price = self.env["adv.error.type"].search([("code", "=", "price")])
        self.assertEqual(rows["revenue"], [])
        self.assertEqual(
            rows["entry_error_rate"],
            [{"key": price.id, "label": price.name, "value": 25, "numerator": 1, "denominator": 4}],
        )

    def test_breakdown_by_reason(self):
        rows = self.kpi.get_breakdown(["credit_note_count"], *FEBRUARY, "reason")["credit_note_count"]
        self.assertEqual(
            [(row["key"], row["value"]) for row in rows], [(self.note.adv_credit_reason_id.id, 1)]
        )

    def test_filters(self):
        other = self.env["res.partner"].create({"name": "Other"})
        child = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self._confirmed(33, "2026-02-02 09:00:00", "2026-02-02 10:00:00", partner=other)
        self.assertFigures({"order_intake": 33}, filters={"partner_ids": other.ids})
        self.assertFigures(
            {"order_intake": 350, "dso": 28 + 560 / 1200 * 31}, filters={"partner_ids": child.ids}
        )
        self.assertFigures({"receivable_balance": 0}, filters={"partner_ids": other.ids})
        value = self.kpi.get_values(["dso"], *FEBRUARY, filters={"team_ids": [1]})["dso"]
        self.assertTrue(value["not_applicable"])
        self.assertIsNone(value["value"])
        values = self.kpi.get_values(["order_count"], *FEBRUARY, filters={"categ_ids": [1]})
        self.assertTrue(values["order_count"]["not_applicable"])

    def test_wrong_requests(self):
        for arguments in (
            (["no_such_figure"], *FEBRUARY),
            (["dso"], "2026-02-28", "2026-02-01"),
            (["dso"], False, "2026-02-01"),
            (["dso"], *FEBRUARY, {"colour_ids": [1]}),
        ):
            with self.assertRaises(UserError):
                self.kpi.get_values(*arguments)
        with self.assertRaises(UserError):
            self.kpi.get_series(["dso"], *FEBRUARY, interval="decade")
        with self.assertRaises(AccessError):
            self.kpi.get_values(["dso"], *FEBRUARY, filters={"company_ids": [999999]})

    def test_a_figure_more_is_a_record_and_a_line(self):
        """A figure of measures that are there: its record and one formula; a new measure: one declaration."""
        first_orders = Measure(
            CONFIRMED, "sum:adv_amount_company", during("adv_confirmed_date"), FIRST_ORDER, money=True
        )
        more = {
            "late_backlog_rate": percent(backlog_late, backlog),
            "first_order_value": Sum(first_orders),
        }
        # sudo: as the data file of an addon does
        self.kpi.sudo().create(
            [
                {"code": code, "name": code, "category": "commercial", "unit": unit}
                for code, unit in (("late_backlog_rate", "percent"), ("first_order_value", "currency"))
            ]
        )
        with patch.object(type(self.kpi), "_get_formulas", lambda kpi: {**FORMULAS, **more}):
            self.assertFigures({"late_backlog_rate": 100, "first_order_value": 100})
            value = self.kpi.get_values(["first_order_value"], *FEBRUARY)["first_order_value"]
            self.assertOpens(value["numerator"])
            cards = self.kpi.get_dashboard(*FEBRUARY, page="commercial")["cards"]
            self.assertLessEqual(more.keys(), {card["code"] for card in cards})

    def test_shape(self):
        value = self.kpi.get_values(["on_time_rate"], "2026-02-01", "2026-02-28")["on_time_rate"]
        self.assertEqual(set(value), {"value", "unit", "not_applicable", "numerator", "denominator"})
        self.assertEqual(value["unit"], "percent")
        self.assertEqual(set(value["numerator"]), {"value", "model", "domain", "aggregate"})
        self.assertEqual((value["numerator"]["value"], value["denominator"]["value"]), (1, 3))
        self.assertIsInstance(value["numerator"]["domain"], list)


@tagged("post_install", "-at_install")
class TestCompanies(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.far = cls.setup_other_company(name="Far", currency_id=cls.env.ref("base.GBP").id)["company"]
        cls.far.adv_tz = "Pacific/Auckland"
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.env.ref("base.GBP").id,
                "company_id": cls.company.id,
                "name": "2026-01-01",
                "rate": 0.5,
            }
        )
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.company.currency_id.id,
                "company_id": cls.far.id,
                "name": "2026-01-01",
                "rate": 2.0,
            }
        )
        # 12:00 UTC of 31 January is 1 February in Auckland (13 hours ahead), still January in Paris
        cls._confirmed(10, "2026-01-31 12:00:00", "2026-01-31 12:00:00")
        cls._confirmed(7, "2026-01-31 12:00:00", "2026-01-31 12:00:00", company=cls.far)
        cls.both = cls.kpi.with_context(allowed_company_ids=(cls.company + cls.far).ids)

    def test_each_company_has_its_own_days(self):
        values = self.both.get_values(["order_count"], *FEBRUARY)["order_count"]
        self.assertEqual(values["value"], 1)
        self.assertOpens(values["numerator"], self.both.env)
        self.assertEqual(self.both.get_values(["order_count"], *JANUARY)["order_count"]["value"], 1)

    def test_amounts_are_converted(self):
        value = self.both.get_values(["order_intake"], "2026-01-01", "2026-02-28")["order_intake"]["value"]
        self.assertAlmostEqual(value, 10 + 7 * 2)
        own = self.both.get_values(["order_intake"], *FEBRUARY, filters={"company_ids": self.far.ids})
        self.assertAlmostEqual(own["order_intake"]["value"], 7)

    def test_each_company_counts_in_its_own_currency(self):
        """Of every figure: the aggregates of its records by company, converted, are its number."""
        self._bill(60, "2026-01-10", "2026-02-09")
        self._bill(11, "2026-01-12", "2026-02-11", company=self.far, partner=self.customer)
        span = ("2026-01-01", "2026-02-28")
        values = self.both.get_values(self.kpi.search([]).mapped("code"), *span)
        rates, checked = {self.company.id: 1, self.far.id: 2}, set()
        for code, value in values.items():
            for part in filter(None, (value["numerator"], value["denominator"])):
                column = part["aggregate"].partition(":")[2]
                groups = self.both.env[part["model"]]._read_group(
                    part["domain"],
                    ["company_id"] if part["model"] != "res.partner" else [],
                    [f"{column}:sum" if column else "__count"],
                )
                is_money = column and self.env[part["model"]]._fields[column].type == "monetary"
                total = sum((group[-1] or 0) * (rates[group[0].id] if is_money else 1) for group in groups)
                with self.subTest(code=code):
                    self.assertAlmostEqual(total, part["value"], 2)
                if is_money and part["value"] and len(groups) > 1:
                    checked.add(code)
        self.assertLessEqual({"order_intake", "revenue", "receivable_balance", "dso"}, checked)

    def test_breakdown_by_company(self):
        rows = self.both.get_breakdown(["order_count"], "2026-01-01", "2026-02-28", "company")["order_count"]
        self.assertEqual({row["label"]: row["value"] for row in rows}, {self.company.name: 1, "Far": 1})
