import importlib.util
from pathlib import Path

from freezegun import freeze_time
from odoo.fields import Command
from odoo.tests import tagged

from .common import FEBRUARY, KpiCommon

MIGRATION = Path(__file__).parents[1] / "migrations/19.0.1.0.1/pre-migrate.py"
JANUARY = ("2026-01-01", "2026-01-31")


@tagged("post_install", "-at_install")
class TestOddOrders(KpiCommon):
    """What is legal and rare: the figures stay those of the definitions, and nothing is left to repair."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chair, cls.table = cls.env["product.product"].create(
            [
                {"name": "Chair", "type": "consu", "taxes_id": False, "invoice_policy": "delivery"},
                {"name": "Table", "type": "consu", "taxes_id": False, "sale_delay": 20},
            ]
        )

    def _sold(self, *lines, at="2026-02-02 10:00:00", **vals):
        """Sell (product, quantity) at 10 each, by Odoo's own confirmation."""
        lines = [
            {"product_id": product.id, "product_uom_qty": quantity, "price_unit": 10, "tax_ids": False}
            for product, quantity in lines or ((self.chair, 5),)
        ]
        with freeze_time(at):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create(line) for line in lines],
                    **vals,
                }
            )
            order.action_confirm()
            self.env.flush_all()
        return order

    def _ship(self, order, at):
        with freeze_time(at):
            moves = order.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            moves.picked = True
            moves.picking_id._action_done()
            self.env.flush_all()

    def _invoice(self, order, day):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    def assertNothingToRepair(self):
        self.env.flush_all()
        self.assertEqual(self.env["adv.kpi.reconciliation"]._adv_reconcile(), 0)

    # === BACKLOG === #

    def _odd(self):
        """Return billed services, waiting services, goods given up, goods taken back, goods and services."""
        billed = self._sold((self.service, 10))
        self._invoice(billed, "2026-02-10")
        given_up = self._sold()
        given_up.order_line.product_uom_qty = 0
        return (
            billed,
            self._sold((self.service, 3)),
            given_up,
            self._sold((self.chair, -2)),
            self._sold((self.chair, 1), (self.service, 1)),
        )

    def test_nothing_to_ship_does_not_stay_in_the_backlog(self):
        """Services wait until they are billed; what was given up or is taken back never waits."""
        self._odd()
        self.assertFigures({"backlog_value": 30 + 20, "backlog_count": 2})
        # before the services of 100 were billed
        self.assertFigures({"backlog_value": 150, "backlog_count": 3}, ("2026-02-01", "2026-02-09"))
        self.assertNothingToRepair()

    def test_nothing_to_ship_in_history(self):
        orders = self.env["sale.order"].union(*self._odd())
        known = orders.mapped("adv_fulfilled_date")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET adv_fulfilled_date = NULL")
        self._fill_history(orders)
        self.assertEqual(orders.mapped("adv_fulfilled_date"), known)

    def test_an_update_fills_it_without_going_order_by_order(self):
        orders = self.env["sale.order"].union(*self._odd())
        known = orders.mapped("adv_fulfilled_date")
        self.assertEqual({bool(moment) for moment in known}, {True, False})
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE sale_order DROP COLUMN adv_fulfilled_date")
        spec = importlib.util.spec_from_file_location("migration", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(orders.mapped("adv_fulfilled_date"), known)
        self.assertNothingToRepair()

    # === PROMISES === #

    def test_given_up_promises_nothing(self):
        """Chairs for 2 February, tables for the 22nd, given up: the chairs of the 10th came late."""
        order = self._sold((self.chair, 2), (self.table, 3))
        self.assertEqual(str(order.adv_promise_date), "2026-02-22 10:00:00")
        order.order_line[1].product_uom_qty = 0
        self._ship(order, "2026-02-10 10:00:00")
        self.assertFigures({"on_time_rate": 0, "backlog_count": 0})
        order.order_line[1].product_uom_qty = 1
        self.assertEqual(str(order.adv_promise_date), "2026-02-22 10:00:00")
        self.assertNothingToRepair()

    def test_all_given_up_is_not_judged(self):
        order = self._sold()
        order.order_line.product_uom_qty = 0
        self.assertFigures({"on_time_rate": None, "otif_rate": None, "order_count": 1})
        order.order_line.product_uom_qty = 2
        self.assertFigures({"on_time_rate": 0, "otif_rate": 0, "backlog_count": 1})
        self.assertNothingToRepair()

    def test_confirmed_again_on_another_day(self):
        """What was promised before the order was taken back is past, and does not come back."""
        order = self._sold(at="2026-01-05 10:00:00")
        with freeze_time("2026-01-06 10:00:00"):
            order._adv_change_promise("2026-01-20 10:00:00", "customer", "Not before")
        with freeze_time("2026-01-07 10:00:00"):
            order._action_cancel()
            order.action_draft()
        self.assertFigures({"order_count": 0, "new_customer_count": 0, "backlog_count": 0}, JANUARY)
        with freeze_time("2026-02-12 10:00:00"):
            order.commitment_date = "2026-02-20 10:00:00"
            order.action_confirm()
        with freeze_time("2026-02-13 10:00:00"):
            order.commitment_date = "2026-02-25 10:00:00"
            order.adv_amendment_ids.sudo()._adv_qualify("error", None)
        self.assertEqual(str(order.adv_promise_date), "2026-02-20 10:00:00")
        self._ship(order, "2026-02-20 15:00:00")
        self.assertFigures({"order_count": 1, "new_customer_count": 1, "on_time_rate": 100})
        self.assertFigures({"order_count": 0, "on_time_rate": None}, JANUARY)
        self.assertNothingToRepair()

    # === RECEPTION === #

    def test_errors_of_an_order_that_waits(self):
        """An order of two lines is received and not confirmed yet: its error is one in two lines."""
        line = {"product_id": self.chair.id, "tax_ids": False}
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create(line), Command.create(line)]}
        )
        order._adv_submit()
        order.adv_error_ids.sudo().state = "dismissed"
        self._error(order, "price", step="entry", escaped=False)
        self.assertFigures({"errors_per_100_lines": 50, "order_count": 0}, ("2026-03-01", "2026-03-31"))

    # === CUSTOMERS === #

    def test_lost_customers_are_archived(self):
        """Of two customers of last year one came back; the other is lost, whatever became of its card."""
        lost = self.env["res.partner"].create({"name": "Lost", "is_company": True})
        self._sold(at="2025-02-10 10:00:00")
        self._sold(at="2025-02-10 11:00:00", partner_id=lost.id)
        self._sold(at="2026-02-10 10:00:00")
        lost.active = False
        values = self.kpi.get_values(["retention_rate"], *FEBRUARY)["retention_rate"]
        self.assertEqual(values["value"], 50)
        self.assertOpens(values["denominator"])

    # === INVOICES === #

    def test_paid_invoice_moved_to_another_month(self):
        """50 of 10 February, paid on the 20th, reset to draft and dated 1 March: settled on 1 March."""
        order = self._sold()
        self._ship(order, "2026-02-05 10:00:00")
        invoice = self._invoice(order, "2026-02-10")
        self._pay(invoice, 50, "2026-02-20")
        self.assertFigures({"days_to_pay": 10, "receivable_balance": 0, "billing_time": 5})
        invoice.button_draft()
        self.assertFigures({"days_to_pay": None, "receivable_balance": -50, "delivered_not_invoiced": 50})
        invoice.write({"invoice_date": "2026-03-01", "date": "2026-03-01"})
        invoice.action_post()
        self.assertFigures({"days_to_pay": None, "receivable_balance": -50, "billing_time": None})
        march = ("2026-03-01", "2026-03-20")
        self.assertFigures({"days_to_pay": 0, "receivable_balance": 0, "billing_time": 24}, march)
        self.assertNothingToRepair()
