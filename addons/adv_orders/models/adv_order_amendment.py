from odoo import fields, models


class AdvOrderAmendment(models.Model):
    _name = "adv.order.amendment"
    _description = "Change of a confirmed order"
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="cascade")
    line_id = fields.Many2one(
        "sale.order.line", string="Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    field = fields.Char(required=True, readonly=True, help="Technical name of what was changed.")
    field_label = fields.Char(string="What was changed", compute="_compute_field_label")
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True, ondelete="set null")
    date = fields.Datetime(string="Changed on", required=True, readonly=True, index=True)
    qualification = fields.Selection(
        [("customer", "Customer's wish"), ("error", "Our error")],
        required=True,
        readonly=True,
        default="customer",
    )
    qualified = fields.Boolean(readonly=True, index=True)
    qualified_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    qualified_date = fields.Datetime(string="Qualified on", readonly=True)
    error_id = fields.Many2one("adv.order.error", string="Error", readonly=True, ondelete="set null")

    def _compute_field_label(self):
        for amendment in self:
            model = self.env["sale.order.line" if amendment.line_id or amendment.product_id else "sale.order"]
            field = model._fields.get(amendment.field or "")
            label = field and field.get_description(self.env)["string"]
            amendment.field_label = label or amendment.field
