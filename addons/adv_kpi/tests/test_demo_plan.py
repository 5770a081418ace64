from collections import Counter
from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..demo.names import CUSTOMERS, PRODUCTS
from ..demo.plan import MISHAPS, RECENT, Plan, is_working, working_day

TODAYS = [
    date(2026, 3, 31),
    date(2028, 2, 29),
    date(2027, 1, 1),
    date(2026, 8, 16),  # a Sunday
    date(2025, 12, 26),
    date(2026, 5, 4),
]


@tagged("post_install", "-at_install")
class TestDemoPlan(BaseCase):
    """What is to have happened at the demo wholesaler, whatever today is."""

    def each_plan(self):
        for today in TODAYS:
            with self.subTest(today=today):
                yield Plan(today)

    def test_the_same_every_time(self):
        self.assertEqual(Plan(TODAYS[0]).sales, Plan(TODAYS[0]).sales)

    def test_size(self):
        self.assertEqual(len(CUSTOMERS), 60)
        for plan in self.each_plan():
            fates = Counter(sale.fate for sale in plan.sales)
            self.assertTrue(290 <= len(plan.sales) <= 340, len(plan.sales))
            self.assertGreaterEqual(fates["sold"], 250)
            self.assertGreaterEqual(fates["lost"], 15)
            self.assertGreaterEqual(fates["quoted"], 4)
            self.assertGreaterEqual(fates["cancelled"], 2)
            self.assertEqual(len({sale.customer for sale in plan.sales}), 60)

    def test_thirteen_months_of_working_days(self):
        for plan in self.each_plan():
            self.assertLess(plan.start - plan.today, timedelta(days=-390))
            months = {(sale.received.year, sale.received.month) for sale in plan.sales}
            self.assertGreaterEqual(len(months), 13)
            for sale in plan.sales:
                moments = [sale.received.date(), sale.quoted, sale.promise, sale.invoiced, sale.paid]
                moments += [day for day, _share in sale.shipments]
                self.assertTrue(all(is_working(day) for day in moments if day), sale)

    def test_nothing_done_lies_in_the_future_or_out_of_order(self):
        for plan in self.each_plan():
            for sale in plan.sales:
                steps = [sale.received.date(), sale.quoted, sale.confirmed and sale.confirmed.date()]
                steps += [day for day, _share in sale.shipments] + [sale.invoiced, sale.paid]
                steps = [day for day in steps if day]
                self.assertEqual(steps, sorted(steps), sale)
                self.assertLess(steps[-1], plan.today)

    def test_something_to_do(self):
        """Late orders, part shipments, invoices overdue at every level of reminders."""
        for plan in self.each_plan():
            sold = [sale for sale in plan.sales if sale.fate == "sold"]
            waiting = [sale for sale in sold if not sale.delivered]
            self.assertGreaterEqual(len(waiting), 15)
            self.assertGreaterEqual(len([s for s in waiting if s.promise < plan.today]), 4)
            self.assertGreaterEqual(len([s for s in waiting if s.promise >= plan.today]), 4)
            overdue = [(plan.today - sale.due).days for sale in sold if sale.due and not sale.paid]
            for level, (first, last) in enumerate([(5, 14), (15, 29), (30, 44), (45, 120)]):
                found = [days for days in overdue if first <= days <= last]
                self.assertTrue(found, f"level {level}: {sorted(overdue)}")
            self.assertLess(max(overdue), 130)

    def test_every_mishap_has_an_order(self):
        for plan in self.each_plan():
            found = Counter(sale.mishap for sale in plan.sales if sale.mishap)
            self.assertEqual(found, Counter(MISHAPS + RECENT))

    def test_quantities_come_in_packs(self):
        for sale in Plan(TODAYS[0]).sales:
            for product, quantity in sale.lines:
                self.assertEqual(quantity % PRODUCTS[product].pack, 0)

    def test_working_days(self):
        # Friday 8 May 2026 is a holiday in France, Saturday and Sunday follow
        self.assertEqual(working_day(date(2026, 5, 7), 1), date(2026, 5, 11))
        self.assertEqual(working_day(date(2026, 5, 11), -1), date(2026, 5, 7))
        self.assertEqual(working_day(date(2026, 5, 9), 0), date(2026, 5, 11))
        self.assertEqual(working_day(date(2026, 5, 7), 0), date(2026, 5, 7))
