from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestBillingBackfill(AdvBillingCommon):
    """What was billed before the addon was installed, filled like what is billed since."""

    FACTS = ("adv_invoiced_date", "adv_settled_date", "adv_state")

    def _history(self):
        """Orders paid, billed, credited, billed in part, not billed; what living code recorded of them."""
        paid, billed, credited, part, none = orders = [self._order() for _number in range(5)]
        for order in (paid, billed, credited):
            self._deliver(order)
        self._deliver(part, {self.chair: 4})
        for order in (paid, billed, credited, part):
            order._create_invoices().action_post()
        self._pay(paid.invoice_ids, day=date(2027, 1, 10))
        self._credit(credited.invoice_ids, quantity=2)
        self.assertTrue(paid.adv_settled_date and billed.adv_invoiced_date)
        self.assertFalse(credited.adv_invoiced_date or part.adv_invoiced_date or none.adv_invoiced_date)
        return self.env["sale.order"].union(*orders)

    def _forget(self, orders):
        """As an installation finds them; the margin of sales kept what a chair cost."""
        self.env.flush_all()
        lines = orders.order_line.invoice_lines
        self.env.cr.execute(
            SQL(
                """UPDATE sale_order SET adv_billing_history = TRUE, adv_invoiced_date = NULL,
                          adv_settled_date = NULL, adv_state = 'confirmed' WHERE id IN %s;
                   UPDATE account_move_line SET adv_cost = NULL WHERE id = ANY(%s)""",
                tuple(orders.ids),
                lines.ids,
            )
        )
        self.env.invalidate_all()
        return lines

    def test_the_same_facts_as_those_of_today(self):
        orders = self._history()
        before = [[order[name] for name in self.FACTS] for order in orders]
        lines = orders.order_line.invoice_lines
        costs = lines.mapped("adv_cost")
        # 10 chairs at 60; 2 credited without a reason; 4 of 10
        self.assertEqual(sorted(costs), [-120.0, 240.0, 600.0, 600.0, 600.0])
        self._forget(orders)
        job = self.env["adv.billing.backfill"]
        self.assertEqual(job._adv_fill_batch(3), 3)  # batches go on where the one before stopped
        self.assertEqual(job._adv_remaining(), 2)
        self.assertEqual(job._adv_fill_batch(3), 2)
        self.assertEqual(job._adv_fill_batch(3), 0)
        self.assertEqual([[order[name] for name in self.FACTS] for order in orders], before)
        self.assertEqual(lines.mapped("adv_cost"), costs)

    def test_orders_whose_deliveries_are_not_filled_wait(self):
        order = self._order()
        self._forget(order)
        self.env.cr.execute(SQL("UPDATE sale_order SET adv_history = TRUE WHERE id = %s", order.id))
        job = self.env["adv.billing.backfill"]
        self.assertEqual((job._adv_fill_batch(10), job._adv_remaining()), (0, 1))

    def test_a_cost_nobody_kept_stays_empty(self):
        order = self._order()
        self._deliver(order)
        order._create_invoices().action_post()
        order.order_line.purchase_price = 0
        line = self._forget(order)
        self.env["adv.billing.backfill"]._adv_fill_batch(10)
        self.env.cr.execute(SQL("SELECT adv_cost FROM account_move_line WHERE id = %s", line.id))
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_the_mark_cannot_be_set(self):
        with self.assertRaises(AccessError):
            self._order(confirm=False).adv_billing_history = True
