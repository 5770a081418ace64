from unittest.mock import patch

from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import tagged

from .common import KpiCommon
from .test_balances import days, generated

CODE = "delivered_not_invoiced"
SPAN = ("2025-12-01", "2026-03-20")


@tagged("post_install", "-at_install")
class TestDeliverySpans(KpiCommon):
    """Delivered and not invoiced: the same whether all orders are read or those that had something open.

    Chairs at 10. Quick: 4 left on 10 January and were billed on 12 January. Slow: 6 left on 20 January, 5
    were billed on 5 February and 1 on 10 March. Waiting: 3 left on 15 February and nothing was billed.
    Prepaid: 2 billed on 5 January left on 25 January. Idle: nothing left.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chair = cls.env["product.product"].create(
            {"name": "Chair", "type": "consu", "taxes_id": False, "invoice_policy": "order"}
        )
        cls.other = cls.env["res.partner"].create({"name": "Other", "is_company": True})
        cls.quick, cls.slow, cls.waiting, cls.prepaid, cls.idle = (
            cls._sold(quantity, partner)
            for quantity, partner in (
                (4, cls.customer),
                (6, cls.other),
                (3, cls.customer),
                (2, cls.other),
                (7, cls.customer),
            )
        )
        cls._ship(cls.quick, "2026-01-10 10:00:00")
        cls._invoice(cls.quick, 4, "2026-01-12")
        cls._ship(cls.slow, "2026-01-20 10:00:00")
        cls._invoice(cls.slow, 5, "2026-02-05")
        cls._invoice(cls.slow, 1, "2026-03-10")
        cls._ship(cls.waiting, "2026-02-15 10:00:00")
        cls._invoice(cls.prepaid, 2, "2026-01-05")
        cls._ship(cls.prepaid, "2026-01-25 10:00:00")
        cls.orders = cls.quick | cls.slow | cls.waiting | cls.prepaid | cls.idle
        cls.spans = cls.env["adv.delivery.span"]
        cls.env.flush_all()

    @classmethod
    def _sold(cls, quantity, partner):
        line = {"product_id": cls.chair.id, "product_uom_qty": quantity, "price_unit": 10, "tax_ids": False}
        order = cls.env["sale.order"].create({"partner_id": partner.id, "order_line": [Command.create(line)]})
        order.action_confirm()
        return order

    @classmethod
    def _ship(cls, order, moment):
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.move_ids.picked = True
        picking._action_done()
        picking.move_ids.date = moment

    @classmethod
    def _invoice(cls, order, quantity, day, kind="out_invoice"):
        line = {
            "product_id": cls.chair.id,
            "quantity": quantity,
            "price_unit": 10,
            "tax_ids": False,
            "sale_line_ids": [Command.set(order.order_line.ids)],
        }
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": order.partner_id.id,
                "invoice_date": day,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move

    # === CHECKS === #

    def _make(self):
        """Make the spans as the nightly job does; nothing is noted afterwards."""
        self.spans._adv_make_all()
        self.assertFalse(self.env["adv.delivery.change"].search([]))

    def _known(self):
        """Return {order: (first day, last day)} of the spans of these orders."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            span.order_id: (str(span.date_from), span.date_to and str(span.date_to))
            for span in self.spans.sudo().search([("order_id", "in", self.orders.ids)])
        }

    def _months(self, **filters):
        series = self.kpi.get_series([CODE], *SPAN, filters=filters)[CODE]
        return [round(point["value"], 2) for point in series]

    def _read_all(self):
        """Have all orders read."""
        return patch.object(type(self.spans), "_adv_get_orders", lambda spans, **asked: None)

    def assertSame(self, start, end, hint=None, **filters):
        """Check values, series, customers and the records behind the number against those of all orders."""

        def figures():
            value = self.kpi.get_values([CODE], str(start), str(end), filters)[CODE]
            part = value["numerator"]
            entries = self.env[part["model"]]
            self.assertAlmostEqual(
                entries._read_group(part["domain"], [], ["amount:sum"])[0][0] or 0, part["value"], 2
            )
            return (
                value["value"],
                self._months(**filters),
                self.kpi.get_breakdown([CODE], str(start), str(end), "partner", filters=filters),
                entries.search(part["domain"]).ids,
            )

        few = figures()
        with self._read_all():
            self.assertEqual(few, figures(), (start, end, filters, hint))

    # === TESTS === #

    def test_by_hand(self):
        """Ends of December, January and February, and 20 March; with the spans and without."""
        expected = [0, 60, 10 + 30, 30]
        self.assertEqual(self._months(), expected)
        self._make()
        self.assertEqual(self._months(), expected)
        self.assertEqual(self._months(partner_ids=self.other.ids), [0, 60, 10, 0])
        self.assertEqual(
            self._known(),
            {
                self.quick: ("2026-01-10", "2026-01-12"),
                self.slow: ("2026-01-20", "2026-03-10"),
                self.waiting: ("2026-02-15", False),
            },
        )

    def test_only_what_is_open_is_read(self):
        self._make()
        read = []
        found = type(self.spans)._adv_get_orders

        def watch(spans, **asked):
            read.append(found(spans, **asked))
            return read[-1]

        with patch.object(type(self.spans), "_adv_get_orders", watch):
            # what is open at ends of months is kept: nothing is worked out
            self.assertEqual(self._months(), [0, 60, 40, 30])
            self.assertFalse(set(read[0]).intersection(self.orders.ids))
            # on the evening of the 10th quick had left and was not billed yet
            value = self.kpi.get_values([CODE], "2026-01-01", "2026-01-10")[CODE]
            self.assertEqual(value["value"], 40)
            self.assertEqual(set(read[1]).intersection(self.orders.ids), set(self.quick.ids))
            part = value["numerator"]
            self.assertEqual(self.env[part["model"]].search(part["domain"]).order_id, self.quick)
            # a change of the price is seen at once: the order is worked out again
            self.slow.order_line.price_unit = 20
            self.assertEqual(self._months(), [0, 120, 50, 30])
            self.assertIn(self.slow.id, read[-1])
        self._make()
        self.assertEqual(self._months(), [0, 120, 50, 30])
        self.env.cr.execute("UPDATE adv_delivery_step SET amount = 7")
        self.assertEqual(self._months(), [0, 7, 21, 7], "what is kept is what is read")

    def test_domains_of_other_programs(self):
        """Whatever is asked of the days, and however: what is not understood is not cut."""
        self._make()
        entries = self.env["adv.delivery.entry"]
        for clause in (
            ["|", ("closed_date", "=", False), ("closed_date", ">=", "today")],
            ["|", ("closed_date", "=", False), ("closed_date", ">=", "2026-02-01")],
            ["|", ("closed_date", ">=", "2026-02-01"), ("closed_date", "=", False)],
            ["!", "|", ("closed_date", "=", False), ("closed_date", ">=", "2026-02-01")],
            [("closed_date", ">=", "2026-02-01")],
            [
                ("date", "<", "2026-01-11"),
                "|",
                ("closed_date", "=", False),
                ("closed_date", ">=", "2026-01-11"),
            ],
            ["|", ("closed_date", "=", False), ("closed_date", ">=", False)],
            ["|", ("closed_date", "=", False), ("closed_date", "in", ["2026-01-12"])],
        ):
            with self.subTest(clause=clause):
                found = entries.search(clause)
                with self._read_all():
                    self.assertEqual(found, entries.search(clause))

    def test_any_days_and_customers(self):
        self._make()

        @generated(st.tuples(days, days), st.sampled_from([(), self.customer.ids, self.other.ids]))
        def check(wanted, partners):
            self.assertSame(min(wanted), max(wanted), **({"partner_ids": list(partners)} if partners else {}))

        check()

    def test_changes_are_seen_at_once(self):
        """Edited, credited, returned, moved to another day: before the job, and after it."""
        reason = self.env["adv.credit.reason"].search([("keeps_quantity", "=", True)], limit=1)
        self.assertTrue(reason)
        first, second = self.slow.invoice_ids.sorted("invoice_date")
        credit = {"adv_credit_reason_id": reason.id}
        more, left = {"quantity": 5}, {"date": "2025-12-20 10:00:00"}
        changes = [
            (lambda: self._invoice(self.quick, 1, "2026-02-20", "out_refund"), self.quick, [0, 60, 50, 40]),
            (lambda: self.quick.invoice_ids.sorted("id")[-1].write(credit), self.quick, [0, 60, 40, 30]),
            (lambda: self.slow.picking_ids.move_ids.write(left), self.slow, [60, 60, 40, 30]),
            (lambda: self.waiting.order_line.write({"price_unit": 20}), self.waiting, [60, 60, 70, 60]),
            (lambda: self.waiting.order_line.write({"price_unit": 10}), self.waiting, [60, 60, 40, 30]),
            (second.button_draft, self.slow, [60, 60, 40, 40]),
            (first.button_draft, self.slow, [60, 60, 90, 90]),
            # 5 instead of 2
            (lambda: self.prepaid.picking_ids.move_ids.write(more), self.prepaid, [60, 90, 120, 120]),
            (lambda: self._ship(self.idle, "2025-12-28 10:00:00"), self.idle, [130, 160, 190, 190]),
            (lambda: self._invoice(self.waiting, 3, "2026-03-01"), self.waiting, [130, 160, 190, 160]),
            (lambda: reason.write({"keeps_quantity": False}), self.quick, [130, 160, 200, 170]),
            (
                lambda: self.waiting.order_line.invoice_lines.write({"sale_line_ids": [Command.clear()]}),
                self.waiting,
                [130, 160, 200, 200],
            ),
        ]
        for number, (change, order, expected) in enumerate(changes):
            with self.subTest(number=number):
                self._make()
                change()
                self.env.flush_all()
                noted = self.env["adv.delivery.change"].search([]).mapped("order_id")
                self.assertIn(order.id, noted)
                self.assertSame(*SPAN, hint=number)
                self.assertEqual(self._months(), expected)
                self._make()
                self.assertEqual(self._months(), expected)
                self.assertSame(*SPAN, hint=f"{number}, made")
                for name in ("adv.delivery.span", "adv.delivery.step"):
                    self.env.cr.execute(self.env[name]._adv_sql_make(self.orders.ids))
                    self.assertEqual(self.env.cr.rowcount, 0, "nothing to put right")

    def test_another_clock(self):
        """What left at 23:30 in Paris left the day after in Auckland."""
        self.slow.picking_ids.move_ids.date = "2026-01-31 22:30:00"
        self._make()
        self.assertEqual(self._months(), [0, 60, 40, 30])
        self.company.adv_tz = "Pacific/Auckland"
        self.assertEqual(self._months(), [0, 0, 40, 30])
        self.assertSame(*SPAN)
        self._make()
        self.assertEqual(self._months(), [0, 0, 40, 30])

    def test_another_clock_opens_what_never_was(self):
        """What left at 0:30 in Paris and was billed that day had left the evening before in New York."""
        self._ship(self.idle, "2026-01-31 23:30:00")
        self._invoice(self.idle, 7, "2026-02-01")
        self._make()
        self.assertNotIn(self.idle, self._known())
        self.assertEqual(self._months(), [0, 60, 40, 30])
        self.company.adv_tz = self.company.adv_tz
        self.assertFalse(self.env["adv.delivery.change"].search([]), "nothing has changed")
        self.company.adv_tz = "America/New_York"
        self.assertEqual(self._months(), [0, 60 + 70, 40, 30])

    def test_a_line_goes_to_another_order(self):
        """Whose rate halves it; the order that it leaves is worked out again too."""
        self._make()
        self.idle.currency_rate = 2
        self.slow.order_line.order_id = self.idle
        self.assertEqual(self._months(), [0, 30, 5 + 30, 30])
        self._make()
        self.assertEqual(self._months(), [0, 30, 5 + 30, 30])

    def test_a_product_is_a_service(self):
        self._make()
        self.chair.type = "service"
        self.env.flush_all()
        self.assertEqual(self._months(), [0, 0, 0, 0])

    def _move(self, order, source, target, moment, **vals):
        line = order.order_line
        move = self.env["stock.move"].create(
            {
                "product_id": line.product_id.id,
                "product_uom_qty": line.product_uom_qty,
                "location_id": source.id,
                "location_dest_id": target.id,
                "sale_line_id": line.id,
                **vals,
            }
        )
        move._action_confirm(merge=False)
        move.write({"quantity": line.product_uom_qty, "picked": True})
        move._action_done()
        move.date = moment
        return move

    def test_as_the_month_end_pack(self):
        """What was repaired is not sold again; what goes to a sister company has left."""
        left = self.slow.picking_ids.move_ids
        stock, customer = left.location_id, left.location_dest_id
        back = self._move(self.slow, customer, stock, "2026-01-22 10:00:00", origin_returned_move_id=left.id)
        self._move(self.slow, stock, customer, "2026-01-28 10:00:00", origin_returned_move_id=back.id)
        self.assertEqual(self.slow.order_line.qty_delivered, 6)
        self.assertEqual(self._months(), [0, 60, 40, 30])
        between = self.env["stock.location"].create(
            {"name": "Between companies", "usage": "transit", "company_id": False}
        )
        self._move(self.idle, stock, between, "2026-01-28 10:00:00")
        expected = [0, 60 + 70, 40 + 70, 30 + 70]
        self.assertEqual(self._months(), expected)
        self._make()
        self.assertEqual(self._months(), expected)
        pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": "2026-01-31"})
        pack.action_compute()
        self.assertEqual(pack.delivered_amount, 60 + 70)

    def test_drift_is_repaired(self):
        self._make()
        known = self._known()
        self.env.cr.execute("UPDATE adv_delivery_span SET date_to = date_from WHERE date_to IS NULL")
        self.env.cr.execute(
            "INSERT INTO adv_delivery_span (order_id, date_from) VALUES (%s, '2026-01-01')", [self.idle.id]
        )
        self.assertNotEqual(self._known(), known)
        self.env.cr.execute("DELETE FROM adv_delivery_step WHERE order_id = %s", [self.slow.id])
        self.env.cr.execute("UPDATE adv_delivery_step SET amount = amount + 1")
        # two spans; three entries of slow, one of waiting
        self.assertEqual(self.env["adv.kpi.reconciliation"]._adv_reconcile(), 2 + 4)
        self.assertEqual(self._known(), known)
        self.assertEqual(self._months(), [0, 60, 40, 30])

    def test_drift_of_what_is_noted_is_left_to_its_making(self):
        """The nightly comparison leaves an order with a note alone: its job makes it anew."""
        self._make()
        known = self._known()
        self.env.cr.execute("UPDATE adv_delivery_span SET date_from = '2025-01-01'")
        self.env["adv.delivery.change"]._adv_note_orders(self.slow.ids)
        self.env["adv.kpi.reconciliation"]._adv_reconcile()
        self.assertEqual(self._known(), {**known, self.slow: ("2025-01-01", known[self.slow][1])})
        self._make()
        self.assertEqual(self._known(), known)

    def test_what_is_made_is_looked_up_by_its_orders(self):
        """They are given as a list: for a query of them PostgreSQL may read all moves and invoices."""
        ids = self.orders.ids
        for model in ("adv.delivery.span", "adv.delivery.step"):
            statement = self.env[model]._adv_sql_make(ids)
            self.assertIn(ids, statement.params, model)
            self.assertNotIn("adv_delivery_change", statement.code, model)

    def test_notes_of_others_stay(self):
        """The job takes away the notes it has seen, some orders at a time."""
        self._make()
        changes = self.env["adv.delivery.change"]
        changes._adv_note_orders((self.slow | self.waiting | self.quick).ids)
        self.assertEqual(self.spans._adv_make_some(2), 2)
        self.assertEqual(len(changes.search([])), 1)
        self.assertEqual(self.spans._adv_make_some(2), 1)

    def test_history_is_noted(self):
        """The first update brings all orders to the job."""
        self._make()
        self.env.cr.execute("DELETE FROM adv_delivery_span")
        self.spans._adv_note_all()
        noted = self.env["adv.delivery.change"].search([]).mapped("order_id")
        self.assertFalse(set(self.orders.ids) - set(noted))
        self._make()
        self.spans._adv_note_all()
        self.assertFalse(self.env["adv.delivery.change"].search([]))

    def test_what_another_company_did_is_always_read(self):
        """Who does not look at that company sees its share as open."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET company_id = %s WHERE id IN %s",
            [branch.id, tuple(self.quick.invoice_ids.ids)],
        )
        self.env.invalidate_all()
        self.env["adv.delivery.change"]._adv_note_orders(self.quick.ids)
        self._make()
        self.assertEqual(self._known()[self.quick], ("1900-01-01", False))
        self.assertSame(*SPAN)

    def test_statements(self):
        """One to find the orders, whatever their number; the job costs the same for any."""
        self._make()
        changes, counts = self.env["adv.delivery.change"], []
        for orders in (self.slow, self.orders):
            changes._adv_note_orders(orders.ids)
            before = self.env.cr.sql_log_count
            self.spans._adv_make_some(100)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
