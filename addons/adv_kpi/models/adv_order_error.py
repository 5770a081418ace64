from odoo import fields, models


class AdvOrderError(models.Model):
    """The day of the order's reception: errors are counted with the orders they were made in."""

    _inherit = "adv.order.error"

    order_date = fields.Datetime(
        related="order_id.adv_received_date", string="Order received on", store=True, index="btree_not_null"
    )
