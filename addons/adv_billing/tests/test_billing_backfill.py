from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestBillingBackfill(AdvBillingCommon):
    """What was billed before the addon was installed, filled like what is billed since."""

    FACTS = ("adv_invoiced_date", "adv_settled_date", "adv_state", "adv_desk_rank", "adv_due_date")

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

    def test_a_rebate_a_deposit_and_a_service(self):
        """What is taken back counts downwards, a deposit alone bills nothing, done work needs no delivery."""
        rebate = self._order([(self.hour, 5), (self.hour, -1)])
        rebate._create_invoices(final=True).action_post()
        deposit = self._order([(self.hour, 2)])
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=deposit.ids
        ).create({"advance_payment_method": "fixed", "fixed_amount": 30.0}).create_invoices()
        deposit.invoice_ids.action_post()
        promised = self._order([(self.hour, 2)], commitment_date="2100-01-05 10:00:00")
        due = promised.adv_due_date
        self.assertTrue(due)
        promised._create_invoices().action_post()
        orders = rebate | deposit | promised
        self.assertEqual(orders.mapped("adv_state"), ["invoiced", "confirmed", "invoiced"])
        before = [[order[name] for name in self.FACTS] for order in orders]
        self._forget(orders)
        promised._adv_set_facts({"adv_due_date": due})
        self.env.flush_all()
        self.env["adv.billing.backfill"]._adv_fill_batch(10)
        self.assertEqual([[order[name] for name in self.FACTS] for order in orders], before)

    def test_neighbours_are_not_written_in_one_transaction(self):
        """Of eight batches' worth of the latest orders every eighth, from the latest; then the next ones."""
        orders = self.env["sale.order"].union(*[self._order(confirm=False) for _number in range(10)])
        self._forget(orders)
        latest, taken = orders.sorted("id", reverse=True), []
        for _batch in range(5):
            waiting = latest.filtered("adv_billing_history")
            self.assertEqual(self.env["adv.billing.backfill"]._adv_fill_batch(2), 2)
            done = waiting.filtered(lambda order: not order.adv_billing_history)
            taken.append([latest.ids.index(order.id) for order in done])
        self.assertEqual(taken, [[0, 8], [1, 9], [2, 3], [4, 5], [6, 7]])

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
