from datetime import date

from odoo.tests import tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestBillingKits(AdvBillingCommon):
    """Kits leave as their components: the month end counts kits, as the order does."""

    def _kit(self):
        """A set of a chair and two lamps at 150."""
        kit = self.env["product.product"].create(
            {
                "name": "Corner set",
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": 150.0,
                "taxes_id": [(5, 0, 0)],
            }
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "company_id": self.company.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": self.chair.id, "product_qty": 1}),
                    (0, 0, {"product_id": self.lamp.id, "product_qty": 2}),
                ],
            }
        )
        return kit

    def _lines(self, day):
        pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": day})
        pack.action_compute()
        return pack.line_ids

    def test_month_end_of_a_kit(self):
        """3 sets delivered on 20 January, 2 billed on 5 February."""
        kit = self._kit()
        order = self._order([(kit, 3)], at=(2026, 1, 10, 9))
        self._deliver(order, at=(2026, 1, 20, 9))
        self.assertEqual(order.order_line.qty_delivered, 3)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        invoice.write({"invoice_date": "2026-02-05", "date": "2026-02-05"})
        invoice.action_post()
        for day, quantity, age in ((date(2026, 1, 31), 3, 11), (date(2026, 2, 28), 1, 39)):
            self.assertRecordValues(
                self._lines(day),
                [{"kind": "delivered", "quantity": quantity, "balance": quantity * 150.0, "age": age}],
            )

    def test_a_kit_that_came_back_is_to_be_credited(self):
        """2 sets delivered and billed; one comes back on 28 February at 23:30 in Paris."""
        kit = self._kit()
        order = self._order([(kit, 2)], at=(2026, 1, 10, 9))
        picking = self._deliver(order, at=(2026, 1, 20, 9))
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-01-25", "date": "2026-01-25"})
        invoice.action_post()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=picking.id, active_ids=picking.ids)
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = 1 if line.product_id == self.chair else 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.with_context(**self._at(2026, 2, 28, 22, 30)).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFalse(self._lines(date(2026, 1, 31)))
        self.assertFalse(self._lines(date(2026, 2, 27)))
        self.assertRecordValues(
            self._lines(date(2026, 2, 28)),
            [{"kind": "credit", "quantity": 1.0, "balance": 150.0, "age": 0, "since": date(2026, 2, 28)}],
        )

    def test_a_month_ends_at_midnight_in_the_companys_zone(self):
        """A set on 31 January 23:30 in UTC: in Paris it left in February."""
        order = self._order([(self._kit(), 2)], at=(2026, 1, 10, 9))
        moves = order.picking_ids.move_ids
        for move in moves:
            move.write({"quantity": move.product_uom_qty / 2, "picked": True})
        order.picking_ids.with_context(skip_backorder=True, **self._at(2026, 1, 20, 9)).button_validate()
        self._deliver(order, at=(2026, 1, 31, 23, 30))
        self.assertEqual(self._lines(date(2026, 1, 31)).mapped("quantity"), [1.0])
        self.assertEqual(self._lines(date(2026, 2, 1)).mapped("quantity"), [2.0])
