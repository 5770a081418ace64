import json
from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_kpi.engine.catalogue import FORMULAS
from odoo.addons.adv_kpi.engine.formulas import Sum
from odoo.addons.adv_kpi.engine.periods import INTERVALS

from .common import FEBRUARY
from .story import KpiStory

FIRST = date(2025, 5, 1)
DIMENSIONS = (
    "company",
    "team",
    "assistant",
    "user",
    "partner",
    "country",
    "categ",
    "error_type",
    "survey_item",
    "reason",
    "campaign",
    "product",
)
# an order may have errors of several types, an invoice credit notes of several reasons
OVERLAPPING = {
    ("entry_error_rate", "error_type"),
    ("entry_error_caught_rate", "error_type"),
    ("delivery_error_rate", "error_type"),
    ("billing_error_rate", "reason"),
}
days = st.integers(0, 330).map(lambda number: FIRST + timedelta(days=number))


@tagged("post_install", "-at_install")
class TestTruth(KpiStory):
    """What holds for every figure, whatever is asked of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.codes = list(FORMULAS)
        cls.company.adv_individual_figures = True
        cls.seller = cls.env["res.users"].create({"name": "Seller", "login": "kpi_seller"})
        cls.france = cls.env["res.partner"].create(
            {"name": "Client", "is_company": True, "country_id": cls.env.ref("base.fr").id}
        )
        cls.sold = cls._confirmed(
            70,
            "2026-01-20 09:00:00",
            "2026-01-20 10:00:00",
            "2026-02-03 11:00:00",
            "2026-02-05 16:00:00",
            partner=cls.france,
            user=cls.seller,
        )
        cls._confirmed(80, "2026-03-10 09:00:00", "2026-03-10 10:00:00", "2026-03-16 11:00:00")
        cls._error(cls.sold, "price", step="entry", escaped=True)
        cls._bill(70, "2026-01-25", "2026-02-20", partner=cls.france, invoice_user_id=cls.seller.id)

    # === CHECKS === #

    def _aggregate(self, part):
        model = self.env[part["model"]]
        column = part["aggregate"].partition(":")[2]
        if not column:
            return model.search_count(part["domain"])
        return model._read_group(part["domain"], [], [f"{column}:sum"])[0][0] or 0.0

    def _check_parts(self, values, hint):
        wrong = {}
        for code, value in values.items():
            for name in ("numerator", "denominator"):
                part = value[name]
                if part and abs(self._aggregate(part) - part["value"]) > 0.005:
                    wrong[code, name] = (self._aggregate(part), part["value"])
        self.assertFalse(wrong, hint)

    def _additive(self):
        """Return the codes whose value is the sum of its months'."""
        return [
            code
            for code, formula in FORMULAS.items()
            if isinstance(formula, Sum) and formula.numerator.has_start
        ]

    # === TESTS === #

    def _check_sums(self, span, dimension, interval, chosen):
        """Check that breakdown and series of any figure that can be added up give the figure itself."""
        values = self.kpi.get_values(self.codes, *span, filters=chosen)
        broken = self.kpi.get_breakdown(self.codes, *span, dimension, filters=chosen)
        series = self.kpi.get_series(self._additive(), *span, interval, filters=chosen)
        wrong = {}
        for code, value in values.items():
            for name in ("numerator", "denominator"):
                found = self._sum_of_rows(code, name, dimension, broken[code])
                if found is not None and abs(found - value[name]["value"]) > 0.005:
                    wrong[code, name, dimension] = (found, value[name]["value"])
            points = series.get(code)
            if points and abs(sum(point["value"] for point in points) - value["value"]) > 0.005:
                wrong[code, interval] = (points, value["value"])
        self.assertFalse(wrong, (span, chosen))

    @staticmethod
    def _sum_of_rows(code, name, dimension, rows):
        """Return what the rows of a breakdown add up to; None for what is not to be added up."""
        measure = getattr(FORMULAS[code], name)
        if not rows or not getattr(measure, "has_records", True) or (code, dimension) in OVERLAPPING:
            return None
        if measure is None or not (measure.source.path(dimension) or dimension in measure.expansions):
            return None
        return sum(row[name] for row in rows)

    def test_every_number_is_the_aggregate_of_its_records(self):
        filters = st.sampled_from(
            [
                {},
                {"partner_ids": self.france.ids},
                {"partner_ids": (self.customer + self.lost).ids},
                {"user_ids": self.seller.ids},
                {"user_ids": self.env.user.ids, "partner_ids": self.customer.ids},
                {"company_ids": self.company.ids},
                {"assistant_ids": self.ann.ids},
                {"country_ids": self.env.ref("base.fr").ids},
                {"team_ids": self.sold.team_id.ids},
                {"categ_ids": self.goods.categ_id.ids},
            ]
        )

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        @given(
            days,
            st.integers(0, 120),
            st.one_of(st.none(), days),
            filters,
            st.sampled_from(DIMENSIONS),
            st.sampled_from(INTERVALS),
        )
        def check(start, length, as_of, chosen, dimension, interval):
            span = start, start + timedelta(days=length)
            values = self.kpi.get_values(self.codes, *span, filters=chosen, as_of=as_of)
            self._check_parts(values, (span, as_of, chosen))
            self._check_sums(span, dimension, interval, chosen)

        check()

    def test_breakdowns_add_up(self):
        # three months, so that every figure has something
        span = ("2026-01-01", "2026-03-20")
        values = self.kpi.get_values(self.codes, *span)
        seen = set()
        for dimension in DIMENSIONS:
            broken = self.kpi.get_breakdown(self.codes, *span, dimension)
            for code in self.codes:
                whole = values[code]["numerator"]
                if not broken[code] or not whole or (code, dimension) in OVERLAPPING:
                    continue
                with self.subTest(code=code, dimension=dimension):
                    self.assertAlmostEqual(
                        sum(row["numerator"] for row in broken[code]), whole["value"], places=2
                    )
                    seen.add(code)
        self.assertGreater(len(seen), 50)

    def test_one_company_is_the_whole(self):
        """By company, where there is one, each figure is the figure: ratios and staffing too."""
        values = self.kpi.get_values(self.codes, *FEBRUARY)
        broken = self.kpi.get_breakdown(self.codes, *FEBRUARY, "company")
        found = {code: [row["value"] for row in rows] for code, rows in broken.items() if rows}
        self.assertEqual(found, {code: [values[code]["value"]] for code in found})
        # customers are counted once, whatever the number of companies they buy from
        self.assertEqual(
            {code for code in self.codes if code not in found and values[code]["value"]}, {"retention_rate"}
        )

    def test_series_add_up(self):
        codes = self._additive()
        self.assertIn("order_intake", codes)
        whole = self.kpi.get_values(codes, "2025-12-10", "2026-03-15")
        for interval in ("month", "week"):
            series = self.kpi.get_series(codes, "2025-12-10", "2026-03-15", interval)
            for code in codes:
                with self.subTest(code=code, interval=interval):
                    self.assertAlmostEqual(
                        sum(point["value"] for point in series[code]), whole[code]["value"], places=2
                    )

    def test_every_figure_has_records_in_the_story(self):
        values = self.kpi.get_values(self.codes, "2025-05-01", "2026-03-20")
        empty = {code for code, value in values.items() if not value["value"]}
        # nothing was caught, credited or is to be judged against a wish in the story
        self.assertLessEqual(
            empty,
            {
                "entry_error_caught_rate",
                "billing_error_rate",
                "credit_note_count",
                "credit_note_rate",
                "on_time_requested_rate",
                "delivered_not_invoiced",
                "overdue_60_balance",
            },
        )

    def test_balance_is_the_ledger_on_any_day(self):
        """Each of 300 days, matched and unmatched, bank entries and entries by hand included."""
        item = self.late.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        revenue = self.company_data["default_account_revenue"]
        self.env["account.move"].create(
            {
                "date": "2026-01-20",
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": debit, "credit": 25 - debit})
                    for account, debit in ((item.account_id, 25), (revenue, 0))
                ],
            }
        ).action_post()
        days = self.kpi.get_series(["receivable_balance"], "2025-05-25", "2026-03-20", "day")
        ledger = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ],
            ["date:day"],
            ["balance:sum"],
        )
        self.assertGreater(len(ledger), 5)
        wrong = {
            point["date_to"]: point["value"]
            for point in days["receivable_balance"]
            if abs(point["value"] - sum(amount for day, amount in ledger if str(day) <= point["date_to"]))
            > 0.005
        }
        self.assertEqual(wrong, {})

    def test_figures_follow_the_documents(self):
        """Edited, cancelled, credited, unmatched, moved and deleted: figures and their lists stay right."""
        self.env["adv.kpi.reconciliation"]._adv_reconcile()  # the story marks first orders by hand
        self.assertFigures({"order_count": 3, "order_intake": 350, "revenue": 450, "days_to_pay": 12.5})
        self.slow._adv_set_facts({"adv_confirmed_date": "2026-03-02 09:00:00"})  # another day
        self.assertFigures({"order_count": 2, "order_intake": 150})
        self.changed.user_id = self.seller  # another person
        self.assertFigures({"order_intake": 50}, filters={"user_ids": self.seller.ids})
        self.quick._action_cancel()
        self.assertFigures({"order_count": 1, "campaign_revenue": 0})
        self.early.line_ids.remove_move_reconcile()
        self.assertFigures({"days_to_pay": 20})
        self.early.button_draft()
        self.assertFigures({"revenue": 150})
        self.early.invoice_date = "2026-03-03"
        self.early.action_post()
        self.assertFigures({"revenue": 150, "invoice_count": 2})
        self.assertFigures({"revenue": 300}, ("2026-03-01", "2026-03-20"))
        self._bill(40, "2026-02-27", "2026-02-27", kind="out_refund", reversed_entry_id=self.late.id)
        self.assertFigures({"revenue": 110, "credit_note_count": 1})
        self.quotation.unlink()
        self.assertFigures({"quote_count": 1})
        reconciliation = self.env["adv.kpi.reconciliation"]
        drifted = [
            (key.code, reconciliation._adv_repair(key, statement, 0, last))
            for key, last, statement in reconciliation._adv_checks()
        ]
        self.assertFalse([found for found in drifted if found[1]])
        self._check_parts(self.kpi.get_values(self.codes, *FEBRUARY), "after the edits")

    def test_moved_to_another_company_and_deleted(self):
        self.env["adv.kpi.reconciliation"]._adv_reconcile()  # the story marks first orders by hand
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids |= other
        own, others = (
            self.kpi.with_context(allowed_company_ids=company.ids) for company in (self.company, other)
        )

        def read(kpi, code):
            return kpi.get_values([code], *FEBRUARY)[code]["value"]

        self.assertEqual((read(own, "quote_count"), read(others, "quote_count")), (2, 0))
        both = self.quotation.with_context(allowed_company_ids=(self.company | other).ids)
        both.company_id = other
        self.assertEqual((read(own, "quote_count"), read(others, "quote_count")), (1, 1))
        self.assertEqual((read(own, "revenue"), read(own, "order_count")), (450, 3))
        self.early.line_ids.remove_move_reconcile()
        self.early.button_draft()
        self.early.unlink()
        self.slow._action_cancel()
        self.slow.unlink()
        self.assertEqual((read(own, "revenue"), read(own, "order_count")), (150, 2))
        # its error has gone with the order
        self.assertEqual((read(own, "delivery_error_rate"), read(own, "errors_per_100_lines")), (0, 0))
        self.assertEqual(self.env["adv.kpi.reconciliation"]._adv_reconcile(), 0)
        self._check_parts(own.get_values(self.codes, *FEBRUARY), "after the deletions")

    def test_every_answer_has_the_promised_shape(self):
        """Keys, kinds of numbers, and nothing that JSON does not know: what other programs rely on."""
        for code, value in self.kpi.get_values(self.codes, *FEBRUARY).items():
            with self.subTest(code=code):
                self.assertEqual(
                    value.keys(), {"value", "unit", "not_applicable", "numerator", "denominator"}
                )
                self.assertIsInstance(value["value"], (float, type(None)))
                self.assertFalse(value["not_applicable"])
                for part in filter(None, (value["numerator"], value["denominator"])):
                    self.assertEqual(part.keys(), {"value", "model", "domain", "aggregate"})
                    self.assertIsInstance(part["value"], float)
                    self.assertRegex(part["aggregate"], "^(count|sum:[a-z_]+)$")
                    json.dumps(part["domain"])
        names = {"date_from", "date_to", "value", "numerator", "denominator"}
        series = self.kpi.get_series(self.codes, *FEBRUARY, "week")
        rows = self.kpi.get_breakdown(self.codes, *FEBRUARY, "partner")
        for found, keys in ((series, names), (rows, names - {"date_from", "date_to"} | {"key", "label"})):
            for code, points in json.loads(json.dumps(found)).items():
                for point in points:
                    with self.subTest(code=code):
                        self.assertEqual(point.keys(), keys)
                        self.assertIsInstance(point["numerator"], float)

    def test_a_run_out_of_time_goes_on(self):
        """With time for one batch only, run after run comes to the end, and then begins anew."""
        before = self._value("days_to_pay")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET adv_paid_days_amount = 7 WHERE adv_paid_date IS NOT NULL"
        )
        self.env.invalidate_all()
        reconciliation, runs = self.env["adv.kpi.reconciliation"], 0
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            while not runs or reconciliation._adv_place() != (0, 0):
                reconciliation._adv_cron_run()
                runs += 1
                self.assertLess(runs, 500)
        self.assertGreaterEqual(runs, len(list(reconciliation._adv_checks())))
        self.assertEqual(self._value("days_to_pay"), before)

    def test_invoices_that_came_in_posted_get_their_costs(self):
        """As an import by SQL leaves them: posted, without what posting stores; the order tells the cost."""
        order = self._confirmed(100, "2026-02-20 09:00:00", "2026-02-20 10:00:00")
        order.order_line.purchase_price = 60
        line = {"product_id": self.service.id, "price_unit": 100, "tax_ids": [Command.clear()]}
        known = self._bill(
            0,
            "2026-02-21",
            "2026-02-28",
            invoice_line_ids=[Command.create({**line, "sale_line_ids": [Command.set(order.order_line.ids)]})],
        )
        unknown = self._bill(70, "2026-02-22", "2026-02-28")
        self._pay(known, 100, "2026-02-28")
        self.env.flush_all()
        moves = tuple((known + unknown).ids)
        self.env.cr.execute("UPDATE sale_order SET adv_kpi_history = NULL WHERE adv_kpi_history")
        self.env.cr.execute("UPDATE account_move_line SET adv_cost = NULL WHERE move_id IN %s", [moves])
        self.env.cr.execute(
            "UPDATE account_move SET adv_is_costed = NULL, adv_cost = NULL, adv_margin = NULL,"
            " adv_paid_date = NULL, adv_paid_days_amount = NULL, adv_late_days_amount = NULL WHERE id IN %s",
            [moves],
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["adv.kpi.backfill"]._adv_remaining(), 2)
        self.env["adv.kpi.reconciliation"]._adv_cron_run()
        self.env.invalidate_all()
        self.assertRecordValues(
            known + unknown,
            [
                {"adv_is_costed": True, "adv_cost": 60, "adv_margin": 40},
                {"adv_is_costed": False, "adv_cost": 0, "adv_margin": 0},
            ],
        )
        self.assertEqual((str(known.adv_paid_date), known.adv_paid_days_amount), ("2026-02-28", 700))
        self.assertFalse(self.env["adv.kpi.backfill"]._adv_fill_left(), "once")

    def test_drift_is_repaired(self):
        self.env["adv.kpi.reconciliation"]._adv_reconcile()  # the story marks first orders by hand
        before = self.kpi.get_values(self.codes, *FEBRUARY)
        self.env.flush_all()
        for statement in (
            "UPDATE account_move SET adv_paid_days_amount = 7 WHERE adv_paid_date IS NOT NULL",
            "UPDATE sale_order SET adv_processing_days = 99 WHERE adv_delivered_date IS NOT NULL",
            "UPDATE adv_dunning_notice SET amount_recovered = 5",
            "UPDATE sale_order SET adv_entry_hours = NULL, adv_blocked_hours = NULL",
            "UPDATE sale_order SET adv_is_first_order = NOT COALESCE(adv_is_first_order, FALSE)",
        ):
            self.env.cr.execute(statement)
        self.env.invalidate_all()
        self.assertNotEqual(self._value("days_to_pay"), before["days_to_pay"]["value"])
        reconciliation = self.env["adv.kpi.reconciliation"]
        self.assertGreater(reconciliation._adv_reconcile(), 0)
        self.assertGreater(reconciliation._adv_fill_hours(), 0)
        self.assertEqual(reconciliation._adv_reconcile(), 0)
        self.assertFalse(reconciliation._adv_fill_hours())
        self.env.invalidate_all()
        self.assertEqual(self.kpi.get_values(self.codes, *FEBRUARY), before)
