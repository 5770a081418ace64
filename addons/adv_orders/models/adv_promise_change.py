from odoo import fields, models


class AdvPromiseChange(models.Model):
    _name = "adv.promise.change"
    _description = "Change of a promised date"
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    line_id = fields.Many2one(
        "sale.order.line", string="Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    old_date = fields.Datetime(string="Old date", readonly=True)
    new_date = fields.Datetime(string="New date", readonly=True)
    origin = fields.Selection(
        [
            ("customer", "The customer asked for it"),
            ("us", "We could not keep it"),
            ("supplier", "A supplier is late"),
            ("carrier", "The carrier is late"),
            ("unknown", "Not said"),
        ],
        required=True,
        readonly=True,
        default="unknown",
    )
    reason = fields.Char(readonly=True)
    moves_base = fields.Boolean(
        string="Moves the promise", readonly=True, help="On time is measured against the new date."
    )
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True, ondelete="set null")
    date = fields.Datetime(string="Changed on", required=True, readonly=True, index=True)
