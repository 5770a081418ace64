from datetime import date

from odoo.tests import tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestBillingKits(AdvBillingCommon):
    """Kits leave as their components: the month end counts kits, as the order does."""

    def test_month_end_of_a_kit(self):
        """3 sets of a chair and two lamps at 150, delivered on 20 January, 2 billed on 5 February."""
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
        order = self._order([(kit, 3)], at=(2026, 1, 10, 9))
        self._deliver(order, at=(2026, 1, 20, 9))
        self.assertEqual(order.order_line.qty_delivered, 3)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        invoice.write({"invoice_date": "2026-02-05", "date": "2026-02-05"})
        invoice.action_post()
        for day, quantity, age in ((date(2026, 1, 31), 3, 11), (date(2026, 2, 28), 1, 39)):
            pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": day})
            pack.action_compute()
            self.assertRecordValues(
                pack.line_ids,
                [{"kind": "delivered", "quantity": quantity, "balance": quantity * 150.0, "age": age}],
            )
