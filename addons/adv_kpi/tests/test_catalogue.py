from odoo.fields import Command
from odoo.tests import tagged

from .common import FEBRUARY
from .story import KpiStory

JANUARY = ("2026-01-01", "2026-01-31")
MARCH = ("2026-03-01", "2026-03-31")


@tagged("post_install", "-at_install")
class TestCatalogue(KpiStory):
    def test_work(self):
        self.assertFigures(
            {
                # 160 hours of Ann and 80 of Bob are one and a half assistants
                "orders_per_assistant": 3 / 1.5,
                "invoices_per_assistant": 3 / 1.5,
                # 3 orders at 12 minutes, 3 deliveries at 2, 3 requests at 10
                "workload_hours": 72 / 60,
                # one assistant gives 85 % of 160 hours to documents
                "assistants_needed": 1.2 / 136,
                "touchless_rate": 100 / 3,  # one had an error, one was changed
                "order_change_rate": 100 / 3,
                "blocked_time": 1,  # submitted at 10:00, clean at 11:00
            }
        )

    def test_staffing_of_nobody(self):
        weekend = ("2026-02-07", "2026-02-08")
        self.assertFigures(
            {"orders_per_assistant": None, "assistants_needed": None, "workload_hours": 0}, weekend
        )
        (self.ann | self.bob).active = False
        self.assertFigures(
            {"orders_per_assistant": None, "workload_hours": 1.2, "assistants_needed": 1.2 / 136}
        )

    def test_staffing_by_year(self):
        """Years of work: two orders done in 2024, one taken in 2025 and delivered in 2026, and February."""
        self._confirmed(
            1, "2025-11-03 09:00:00", "2025-11-03 10:00:00", delivered="2026-02-20 10:00:00"
        ).adv_assistant_id = self.ann
        codes = ["workload_hours", "assistants_needed", "orders_per_assistant"]
        series = self.kpi.get_series(codes, "2024-01-01", "2026-12-31", "year")
        years = {code: [point["value"] for point in points] for code, points in series.items()}
        # 12 minutes to take an order, 2 to follow it to its delivery
        minutes = [2 * 14, 12, 72 + 2]
        # 262 and 261 days of 8 hours; 57 until 20 March 2026
        hours = [262 * 8, 261 * 8, 57 * 8]
        for value, work in zip(years["workload_hours"], minutes, strict=True):
            self.assertAlmostEqual(value, work / 60)
        for value, work, full in zip(years["assistants_needed"], minutes, hours, strict=True):
            self.assertAlmostEqual(value, work / 60 / (full * 0.85))
        # both were there all year; Bob is away for 10 of the 57 days
        for value, expected in zip(years["orders_per_assistant"], (1, 0.5, 3 / (104 / 57)), strict=True):
            self.assertAlmostEqual(value, expected)

    def test_staffing_by_company(self):
        codes = ["orders_per_assistant", "workload_hours", "assistants_needed"]
        for code, rows in self.kpi.get_breakdown(codes, *FEBRUARY, "company").items():
            with self.subTest(code=code):
                self.assertEqual(
                    [(row["key"], row["value"]) for row in rows], [(self.company.id, self._value(code))]
                )

    def test_work_is_not_cut_in_part(self):
        """Orders come by a campaign, requests do not: the hours of both are not cut by it."""
        self.assertEqual(
            self.kpi.get_breakdown(["workload_hours"], *FEBRUARY, "campaign")["workload_hours"], []
        )

    def test_presence_is_of_the_days_whose_orders_count(self):
        """The day on which balances are judged leaves the orders of February what they are."""
        self.assertFigures({"orders_per_assistant": 2, "assistants_needed": 1.2 / 136}, as_of="2026-02-10")

    def test_errors_of_orders_that_were_confirmed_at_once(self):
        """Received is submitted, or confirmed without submission: the same orders above and below."""
        self.quick._adv_set_facts({"adv_submitted_date": False})
        self._error(self.quick, "price", step="entry", escaped=True)
        self.assertFigures({"errors_per_100_lines": 20, "entry_error_rate": 100 / 3})

    def test_standard_minutes_of_the_team(self):
        self.ann.minutes_order, self.bob.minutes_order = 20, 40
        self.assertFigures({"workload_hours": (3 * 30 + 6 + 30) / 60})

    def test_blocked_by_reason(self):
        (row,) = self.kpi.get_breakdown(["blocked_time"], *FEBRUARY, "reason")["blocked_time"]
        self.assertEqual((row["key"], row["value"], row["denominator"]), ("to_correct", 1, 1))
        self.assertEqual(
            row["label"],
            dict(self.quick._fields["adv_blocked"]._description_selection(self.env))["to_correct"],
        )

    def test_quality(self):
        self.assertFigures(
            {
                "delivery_error_rate": 100 / 3,
                "errors_per_100_lines": 10,  # 1 error in 2 + 3 + 5 lines
                "line_fill_rate": 80,  # 2 + 1 + 5 of 10
                "otif_rate": 200 / 3,
                "perfect_order_rate": 100 / 3,  # one of the two has a disputed invoice
            }
        )

    def test_errors_by_type(self):
        kind = self.env["adv.error.type"].search([("code", "=", "delivery")])
        rows = self.kpi.get_breakdown(
            ["errors_per_100_lines", "delivery_error_rate"], *FEBRUARY, "error_type"
        )
        self.assertEqual(
            [(row["key"], row["value"], row["denominator"]) for row in rows["errors_per_100_lines"]],
            [(kind.id, 10, 10)],
        )
        self.assertEqual([row["key"] for row in rows["delivery_error_rate"]], [kind.id])

    def test_service(self):
        self.assertFigures(
            {
                # 9 to 11 o'clock; 15 to 17 and 8 to 10 the day after; 9 to 10
                "entry_time": (2 + 4 + 1) / 3,
                # 9 to 12 February; billed before the last delivery; 24 to 26 February
                "billing_time": (3 + 0 + 2) / 3,
                "csat": 50,
                "nps": 50,
                "survey_item_score": 3,
                "request_on_time_rate": 100 / 3,
                # 9 to 11 o'clock; two working days
                "request_answer_time": (2 + 16) / 2,
                "first_contact_rate": 200 / 3,
            }
        )

    def test_answers_say_how_sure_they_are(self):
        value = self.kpi.get_values(["csat"], *FEBRUARY)["csat"]
        self.assertEqual((value["numerator"]["value"], value["denominator"]["value"]), (1, 2))
        (row,) = self.kpi.get_breakdown(["survey_item_score"], *FEBRUARY, "survey_item")["survey_item_score"]
        self.assertEqual((row["label"], row["value"], row["denominator"]), ("Speed of order taking", 3, 2))

    def test_requests_not_due_yet_are_not_judged(self):
        self.assertFigures({"request_on_time_rate": 100}, as_of="2026-02-05")

    def test_commerce(self):
        self.assertFigures(
            {
                "quote_conversion_value_rate": 25,  # 50 won of 50 + 150 sent
                "conversion_time": 2,  # 30 January to 2 February, 4 to 5 February
                "retention_rate": 50,  # Acme came back, Lost did not
                "cac": 400,
                "campaign_revenue": 100,
                "campaign_return": 100 / 300,
                # 60 sold; 60 in stock on 6 of the 13 days
                "stock_rotation": 60 / (6 * 60 / 13),
                "stock_days": 365 / (60 / (6 * 60 / 13)),
            }
        )

    def test_customers_are_cut_by_their_orders(self):
        self.assertFigures({"retention_rate": 0}, filters={"partner_ids": self.lost.ids})
        self.assertFigures({"retention_rate": 100}, filters={"partner_ids": self.customer.ids})
        self.assertFigures({"retention_rate": None}, JANUARY[:1] + JANUARY[1:], filters={"user_ids": [1]})
        years = ("2020-01-01", "2020-12-31")
        self.assertFigures({"retention_rate": None, "stock_rotation": None, "cac": None}, years)

    def test_by_campaign(self):
        rows = self.kpi.get_breakdown(["campaign_revenue", "cac"], *FEBRUARY, "campaign")
        self.assertEqual(
            [(row["key"], row["value"]) for row in rows["campaign_revenue"]], [(self.spring.id, 100)]
        )
        found = {row["key"]: row["value"] for row in rows["cac"]}
        self.assertEqual(found, {self.spring.id: 300, False: None})

    def test_a_change_of_cost_revalues_the_stock(self):
        # today: 10 pieces at 7; the 12 month ends before keep their value
        self.goods.standard_price = 7
        entries = self.env["adv.stock.entry"].search([("product_id", "=", self.goods.id)])
        self.assertEqual(sum(entries.mapped("amount")), 70)
        self.assertEqual(self.goods.total_value, 70)
        # 20 March and 6 month ends at 60
        self.assertFigures({"stock_rotation": 60 / ((70 + 6 * 60) / 13)}, MARCH)
        self.assertFigures({"stock_rotation": 60 / (6 * 60 / 13)})

    def test_a_figure_that_cannot_be_cut_says_so(self):
        category = self.env["product.category"].create({"name": "Other"})
        values = self.kpi.get_values(
            ["stock_rotation", "errors_per_100_lines", "delivered_not_invoiced"],
            *FEBRUARY,
            filters={"categ_ids": category.ids},
        )
        self.assertTrue(values["stock_rotation"]["not_applicable"], "invoices have no category")
        self.assertTrue(values["errors_per_100_lines"]["not_applicable"])
        self.assertEqual(values["delivered_not_invoiced"]["value"], 0)

    def test_cash(self):
        self.assertFigures(
            {
                # 200 + 450 sold - 250 open, of 200 + 450 - 50 not due
                "collection_effectiveness": 400 / 600 * 100,
                # 100 in 20 days, 10 late; 300 in 10 days, 18 before its due date
                "days_to_pay": (100 * 20 + 300 * 10) / 400,
                "days_beyond_terms": (100 * 10 - 300 * 18) / 400,
                "dispute_rate": 50 / 450 * 100,
                "dispute_age": (1 + 10) / 2,
                "promise_kept_rate": 50,
                "dunning_recovery_rate": 100 / 300 * 100,
            }
        )
        # on 10 February only the second dispute was open, since 4 days
        self.assertFigures({"dispute_age": 4}, as_of="2026-02-10")

    def test_what_collection_is_made_of(self):
        (card,) = self.kpi.get_dashboard(*FEBRUARY, False, codes=["collection_effectiveness"])["cards"]
        self.assertEqual([part["value"] for part in card["parts"]], [200, 450, 250, 50])
        self.assertEqual({part["unit"] for part in card["parts"]}, {"currency"})
        self.assertEqual([len(part["name"]) > 0 for part in card["parts"]], [True] * 4)
        (card,) = self.kpi.get_dashboard(*FEBRUARY, False, codes=["order_count"])["cards"]
        self.assertEqual(card["parts"], [])

    def test_disputes_by_reason(self):
        (row,) = self.kpi.get_breakdown(["dispute_rate"], *FEBRUARY, "reason")["dispute_rate"]
        self.assertEqual(
            (row["key"], row["numerator"], row["denominator"]), (self.dispute.reason_id.id, 50, 450)
        )

    def test_credit_notes_by_reason_are_shares_of_all_that_is_billed(self):
        reason = self.env["adv.credit.reason"].search([("error_type_id", "!=", False)], limit=1)
        self._bill(
            45,
            "2026-02-27",
            "2026-02-27",
            kind="out_refund",
            reversed_entry_id=self.early.id,
            adv_credit_reason_id=reason.id,
        )
        rows = self.kpi.get_breakdown(["credit_note_rate", "billing_error_rate"], *FEBRUARY, "reason")
        self.assertEqual([(row["key"], row["value"]) for row in rows["credit_note_rate"]], [(reason.id, 10)])
        self.assertEqual(
            [(row["key"], round(row["value"], 6)) for row in rows["billing_error_rate"]],
            [(reason.id, round(100 / 3, 6))],
        )

    def test_settlement_follows_the_matchings(self):
        self.early.line_ids.remove_move_reconcile()
        self.assertFigures({"days_to_pay": 20, "days_beyond_terms": 10})
        self.assertFalse(self.early.adv_paid_date)
        self.late.line_ids.remove_move_reconcile()
        self.assertFigures({"days_to_pay": None, "dunning_recovery_rate": 0})
        # 16 days after the notice is too late
        self._pay(self.late, 100, "2026-03-04")
        self.assertFigures({"dunning_recovery_rate": 0})
        self.assertFigures({"days_to_pay": 27}, MARCH)

    def test_a_due_date_moved_later(self):
        self.late.invoice_date_due = "2026-02-25"
        self.assertFigures({"days_beyond_terms": (100 * 0 - 300 * 18) / 400})

    def test_history_gets_the_same_facts_from_statements(self):
        """What the job fills by SQL is what the ORM computes."""
        orders = self.quick | self.slow | self.changed
        names = ("adv_processing_days", "adv_billing_days", "adv_conversion_days")
        moves = self.late | self.early | self.unpaid | self.disputed
        paid = ("adv_paid_date", "adv_paid_days_amount", "adv_late_days_amount")
        errors = self.slow.adv_error_ids
        before = [orders.read(names), moves.read(paid), errors.read(["order_date"])]
        self.assertEqual(moves.mapped("adv_paid_days_amount"), [2000, 3000, 0, 0])
        self.env.flush_all()
        for statement in (
            "UPDATE sale_order SET adv_processing_days = NULL, adv_billing_days = NULL,"
            " adv_conversion_days = NULL",
            "UPDATE account_move SET adv_paid_date = NULL, adv_paid_days_amount = NULL,"
            " adv_late_days_amount = NULL, adv_is_costed = NULL",
            "UPDATE adv_order_error SET order_date = NULL",
        ):
            self.env.cr.execute(statement)
        self._fill_history(orders)
        self.assertEqual([orders.read(names), moves.read(paid), errors.read(["order_date"])], before)


@tagged("post_install", "-at_install")
class TestDeliveries(KpiStory):
    """Goods that really leave, come back and are billed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["product.product"].create(
            {"name": "Other goods", "is_storable": True, "taxes_id": False, "invoice_policy": "delivery"}
        )
        for product in (cls.goods, cls.other):
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 20)
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, "price_unit": 25})
                    for product, quantity in ((cls.goods, 4), (cls.other, 2))
                ],
            }
        )
        cls.order.order_line.tax_ids = False
        cls.order.action_confirm()
        cls.first = cls.order.picking_ids
        cls._ship(cls.first, [4, 1], "2026-02-20 23:30:00")  # 21 February in Paris

    @classmethod
    def _ship(cls, picking, quantities, moment):
        for move, quantity in zip(picking.move_ids, quantities, strict=True):
            move.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, cancel_backorder=False)._action_done()
        picking.move_ids.filtered(lambda move: move.state == "done").date = moment

    def _open(self, day):
        return self._value("delivered_not_invoiced", ("2026-02-01", "2026-03-31"), as_of=day)

    def test_lines_shipped_in_full_at_once(self):
        self.assertEqual((self.order.adv_lines_shipped, self.order.adv_lines_filled), (2, 1))
        self._ship(self.order.picking_ids - self.first, [1], "2026-03-02 10:00:00")
        self.assertTrue(self.order.adv_is_in_full)
        self.assertEqual((self.order.adv_lines_shipped, self.order.adv_lines_filled), (2, 1))
        from odoo.addons.adv_kpi.hooks import SQL, fill_lines_statement

        self.env.flush_all()
        condition = SQL("sale_order.id = %s", self.order.id)
        self.env.cr.execute("UPDATE sale_order SET adv_lines_shipped = 0, adv_lines_filled = 0")
        self.env.cr.execute(fill_lines_statement(condition))
        self.env.invalidate_all()
        self.assertEqual((self.order.adv_lines_shipped, self.order.adv_lines_filled), (2, 1))

    def test_delivered_not_invoiced(self):
        # 4 and 1 pieces at 25 left on the 21st
        self.assertFigures({"delivered_not_invoiced": 125})
        self.assertEqual([self._open(day) for day in ("2026-02-20", "2026-02-21")], [0, 125])
        invoice = self.order._create_invoices()
        invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.goods).quantity = 3
        invoice.invoice_date = "2026-03-02"
        invoice.action_post()
        self.assertEqual([self._open(day) for day in ("2026-03-01", "2026-03-02")], [125, 25])
        value = self.kpi.get_values(["delivered_not_invoiced"], *FEBRUARY)["delivered_not_invoiced"]
        self.assertOpens(value["numerator"])
        pack = self.env["adv.month.end"].create({"date": "2026-02-28", "company_id": self.company.id})
        pack.action_compute()
        self.assertEqual(pack.delivered_amount, value["value"])
        # cancelled, nothing is billed any more
        invoice.button_draft()
        self.assertEqual(self._open("2026-03-02"), 125)
