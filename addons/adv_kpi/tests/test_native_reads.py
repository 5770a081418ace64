from odoo.tests import new_test_user, tagged

from .common import KpiCommon

GROUPS = {
    "res.partner": ("base.group_user", "sales_team.group_sale_manager", "stock.group_stock_user"),
    "sale.order": (
        "sales_team.group_sale_manager",
        "adv_orders.group_adv_assistant",
        "account.group_account_invoice",
    ),
    "stock.picking": ("stock.group_stock_user", "stock.group_stock_manager"),
    "account.move": ("account.group_account_invoice",),
}


@tagged("post_install", "-at_install", "security")
class TestNativeReads(KpiCommon):
    """Whoever reads a record of Odoo's own can read every field of ours that is offered with it."""

    def test_whole_records(self):
        product = self.env["product.product"].create({"name": "Chair", "is_storable": True})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 10})],
            }
        )
        order.action_confirm()
        records = {
            "res.partner": self.customer,
            "sale.order": order,
            "stock.picking": order.picking_ids,
            "account.move": self.init_invoice("out_invoice", partner=self.customer, amounts=[10.0]),
        }
        for model, groups in GROUPS.items():
            for number, group in enumerate(groups):
                with self.subTest(model=model, group=group):
                    reader = new_test_user(
                        self.env,
                        f"reads_{model}_{number}",
                        groups=group,
                        company_id=self.company.id,
                        company_ids=[(6, 0, self.company.ids)],
                    )
                    record = records[model].with_user(reader)
                    record.invalidate_recordset()
                    names = [name for name in record.fields_get() if name.startswith("adv_")]
                    self.assertEqual(record.read(names)[0]["id"], record.id)
