from odoo import fields, models

from odoo.addons.adv_orders.tools import only_one

KINDS = [
    ("delivered", "Delivered, not invoiced"),
    ("invoiced", "Invoiced, not delivered"),
    ("deposit", "Deposits"),
    ("credit", "Credit note to issue"),
    ("unknown", "Service, not known"),
]


class AdvMonthEndLine(models.Model):
    """One order line, or one granted dispute, of a pack; written by the pack only."""

    _name = "adv.month.end.line"
    _description = "Month-End Pack Line"
    _order = "kind, age desc, id"

    pack_id = fields.Many2one(
        "adv.month.end", string="Pack", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="pack_id.company_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade", index="btree_not_null")
    order_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="cascade")
    dispute_id = fields.Many2one("adv.dispute", readonly=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Invoice Disputed", readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    since = fields.Date(readonly=True, help="Last delivery, invoice, return or decision of that day.")
    age = fields.Integer(string="Age (days)", readonly=True, aggregator="max")
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Amount", readonly=True, help="Without taxes, in the order's currency.")
    balance = fields.Monetary(
        string="Value",
        readonly=True,
        currency_field="company_currency_id",
        help="Without taxes, in the company's currency at the order's rate.",
    )

    def action_open(self):
        """Open the order, or the disputed invoice."""
        only_one(self)
        return (self.order_id or self.move_id)._get_records_action()

    def _adv_income_account(self):
        """The income account that the invoice uses, or would use."""
        if self.kind == "deposit":
            lines = self.order_line_id.invoice_lines.filtered(lambda line: line.parent_state == "posted")
            return lines[:1].account_id
        if self.dispute_id:
            lines = self.move_id.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            return lines[:1].account_id
        product = self.product_id.with_company(self.company_id)
        return product.product_tmpl_id.get_product_accounts(fiscal_pos=self.order_id.fiscal_position_id)[
            "income"
        ]

    def _adv_row(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return [
            labels[self.kind],
            self.partner_id.display_name or "",
            self.order_id.name or self.move_id.name or "",
            self.product_id.display_name or "",
            self.quantity,
            self.since,
            self.age,
            self.balance,
        ]
