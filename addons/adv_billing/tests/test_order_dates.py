from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestOrderDates(AdvBillingCommon):
    """When an order was entirely invoiced and when its invoices were settled."""

    def _billed(self, order, day):
        run = self._run(day)
        invoice = run.line_ids.filtered(lambda line: order in line.order_ids).move_id
        invoice.action_post()
        return invoice

    def test_two_parts_then_two_payments(self):
        order = self._order(at=(2026, 10, 1, 9))
        self._deliver(order, {self.chair: 6}, at=(2026, 10, 5, 9))
        first = self._billed(order, date(2026, 10, 6))
        self.assertFalse(order.adv_invoiced_date)
        self._pay(first, day=date(2026, 10, 20))
        self.assertFalse(order.adv_settled_date)
        self._deliver(order, at=(2026, 10, 12, 9))
        second = self._billed(order, date(2026, 10, 13))
        self.assertEqual(self._day(order.adv_invoiced_date), date(2026, 10, 13))
        self.assertFalse(order.adv_settled_date)
        self._pay(second, amount=100, day=date(2026, 10, 25))
        self.assertFalse(order.adv_settled_date)
        self._pay(second, day=date(2026, 11, 3))
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 11, 3))
        self.assertEqual(order.adv_state, "settled")
        # unmatching opens the order again
        second.line_ids.remove_move_reconcile()
        self.assertFalse(order.adv_settled_date)
        self.assertEqual(order.adv_state, "invoiced")

    def test_draft_invoices_do_not_count(self):
        order = self._order()
        self._deliver(order)
        invoice = self._run().line_ids.move_id
        self.assertEqual(invoice.state, "draft")
        self.assertFalse(order.adv_invoiced_date)
        invoice.action_post()
        self.assertEqual(self._day(order.adv_invoiced_date), invoice.invoice_date)
        invoice.button_draft()
        self.assertFalse(order.adv_invoiced_date)

    def test_posting_takes_its_turn_at_the_order(self):
        """The order is locked before anything is written: who ships it at the same time waits."""
        order = self._order()
        self._deliver(order)
        invoice = self._run().line_ids.move_id
        self.env.flush_all()
        execute, steps = Cursor.execute, []

        def watched(cursor, query, *args, **kwargs):
            text = getattr(query, "code", str(query)).lstrip()
            if text.startswith(("UPDATE", "INSERT", "DELETE")) or text.endswith("FOR NO KEY UPDATE"):
                steps.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", watched):
            invoice.action_post()
        self.assertRegex(steps[0], 'SELECT id FROM "sale_order" .* FOR NO KEY UPDATE')

    def test_credit_note_in_part_and_payment_of_the_rest(self):
        order = self._order(at=(2026, 10, 1, 9))
        self._deliver(order, at=(2026, 10, 5, 9))
        invoice = self._billed(order, date(2026, 10, 6))
        note = self._credit(invoice, "price", price=4, day=date(2026, 10, 15))
        self.assertEqual(invoice.amount_residual, 960.0)
        self.assertEqual(note.amount_residual, 0.0)
        self.assertEqual(self._day(order.adv_invoiced_date), date(2026, 10, 6))
        self._pay(invoice, day=date(2026, 10, 10))
        # settled by what came last: the credit note
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 10, 15))

    def test_all_credited_and_billed_again(self):
        """Billed on the 6th and paid, all credited on the 15th: to be billed again, until the 20th."""
        order = self._order(at=(2026, 10, 1, 9))
        self._deliver(order, at=(2026, 10, 5, 9))
        first = self._billed(order, date(2026, 10, 6))
        self._pay(first, day=date(2026, 10, 10))
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 10, 10))
        self._credit(first, "quantity", day=date(2026, 10, 15))
        self.assertFalse(order.adv_invoiced_date)
        self.assertFalse(order.adv_settled_date)
        second = self._billed(order, date(2026, 10, 20))
        self.assertEqual(self._day(order.adv_invoiced_date), date(2026, 10, 20))
        self.assertFalse(order.adv_settled_date)
        credit = (first | second).reversal_move_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        owed = second.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        (credit | owed).reconcile()
        self.assertEqual(second.amount_residual, 0)
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 10, 20))

    def test_two_part_payments_one_taken_back(self):
        order = self._order(at=(2026, 10, 1, 9))
        self._deliver(order, at=(2026, 10, 5, 9))
        invoice = self._billed(order, date(2026, 10, 6))
        self._pay(invoice, amount=400, day=date(2026, 10, 10))
        last = self._pay(invoice, day=date(2026, 10, 30))
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 10, 30))
        last.move_id.line_ids.remove_move_reconcile()
        self.assertFalse(order.adv_settled_date)
        self.assertEqual(invoice.amount_residual, 600)
        self._credit(invoice, "goodwill", price=60, day=date(2026, 11, 5))  # 10 x 60
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 11, 5))
        invoice.button_draft()
        self.assertFalse(order.adv_settled_date or order.adv_invoiced_date)

    def test_short_delivery_closes_the_order(self):
        # 8 of 10 delivered and billed; the rest is cancelled afterwards
        order = self._order(at=(2026, 10, 1, 9))
        self._deliver(order, {self.chair: 8}, at=(2026, 10, 5, 9))
        self._billed(order, date(2026, 10, 6))
        self.assertFalse(order.adv_invoiced_date)
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(self._day(order.adv_invoiced_date), date(2026, 10, 6))

    def test_one_payment_for_two_orders(self):
        self._rule("order", "customer")
        orders = self._order() | self._order([(self.lamp, 5)])
        invoice = self._run().line_ids.move_id
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 1200.0)
        self._pay(invoice)
        self.assertTrue(all(order.adv_settled_date for order in orders))

    def test_one_statement_more_for_ten_orders_than_for_one(self):
        self._rule("order", "customer")

        def queries(count):
            for _index in range(count):
                self._order([(self.lamp, 1)])
            invoice = self._run().line_ids.move_id
            invoice.action_post()
            orders = invoice._adv_orders()
            orders._adv_set_facts({"adv_invoiced_date": False})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._adv_update_billing_dates()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(10), queries(1) + 3)

    def test_dates_cannot_be_set(self):
        order = self._order()
        for name in ("adv_invoiced_date", "adv_settled_date", "adv_hold_released_date"):
            with self.assertRaises(AccessError):
                order.sudo().write({name: "2026-01-01"})
