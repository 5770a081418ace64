from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.billing_plan import LineFacts, last_billing_day, quantity_to_bill


@tagged("post_install", "-at_install")
class TestBillingPlan(BaseCase):
    """Calendar and quantities, without a database."""

    def test_weekly_looks_back_to_its_day(self):
        # 18 November 2026 is a Wednesday
        self.assertEqual(last_billing_day("weekly", date(2026, 11, 18), weekday=4), date(2026, 11, 13))
        self.assertEqual(last_billing_day("weekly", date(2026, 11, 18), weekday=2), date(2026, 11, 18))
        self.assertEqual(last_billing_day("weekly", date(2026, 11, 18), weekday=3), date(2026, 11, 12))

    def test_monthly_closes_on_its_day_or_the_last_one(self):
        self.assertEqual(last_billing_day("monthly", date(2026, 11, 18), month_day=31), date(2026, 10, 31))
        self.assertEqual(last_billing_day("monthly", date(2026, 11, 30), month_day=31), date(2026, 11, 30))
        self.assertEqual(last_billing_day("monthly", date(2026, 3, 10), month_day=30), date(2026, 2, 28))
        self.assertEqual(last_billing_day("monthly", date(2026, 11, 18), month_day=15), date(2026, 11, 15))
        self.assertEqual(last_billing_day("monthly", date(2026, 1, 5), month_day=15), date(2025, 12, 15))

    def test_other_modes_bill_to_the_day(self):
        self.assertEqual(last_billing_day("delivery", date(2026, 11, 18)), date(2026, 11, 18))

    def test_quantities(self):
        def facts(**vals):
            return LineFacts(
                **{
                    "ordered": 10,
                    "delivered": 4,
                    "invoiced": 1,
                    "is_goods": True,
                    "on_ordered": False,
                    **vals,
                }
            )

        self.assertEqual(quantity_to_bill("order", facts(), False), 9)
        self.assertEqual(quantity_to_bill("delivery", facts(), True), 3)
        self.assertEqual(quantity_to_bill("delivery", facts(invoiced=7), True), 0)
        self.assertEqual(quantity_to_bill("delivery", facts(is_goods=False, on_ordered=True), False), 0)
        self.assertEqual(quantity_to_bill("delivery", facts(is_goods=False, on_ordered=True), True), 9)
        self.assertEqual(quantity_to_bill("delivery", facts(is_goods=False), True), 3)
        traded = {"ordered": -1, "delivered": 0, "invoiced": 0}
        self.assertEqual(quantity_to_bill("order", facts(**traded), False), -1)
        self.assertEqual(quantity_to_bill("delivery", facts(**traded), True), 0)
        self.assertEqual(quantity_to_bill("delivery", facts(**{**traded, "delivered": -1}), True), -1)
        self.assertEqual(quantity_to_bill("order", facts(**{**traded, "invoiced": -1}), True), 0)
