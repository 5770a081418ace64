from odoo import api, fields, models

from ..tools import check_facts


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    adv_requested_date = fields.Datetime(
        string="Requested date",
        copy=False,
        help="The delivery date that the customer asked for on this line.",
    )
    adv_promise_date = fields.Datetime(
        string="Promised date", readonly=True, copy=False, index="btree_not_null"
    )
    adv_expected_date = fields.Datetime(
        string="Expected date",
        readonly=True,
        copy=False,
        help="When we now think that the line will be delivered.",
    )
    adv_qty_confirmed = fields.Float(
        string="Quantity confirmed", readonly=True, copy=False, digits="Product Unit"
    )
    adv_cost_confirmed = fields.Float(
        string="Unit cost confirmed",
        groups="base.group_user",
        readonly=True,
        copy=False,
        digits="Product Price",
        help="Cost of one unit at confirmation, in the order's currency.",
    )

    # CRUD

    def _adv_protected_fields(self):
        """Return the names of the facts that only server code may write."""
        return frozenset({"adv_promise_date", "adv_expected_date", "adv_qty_confirmed", "adv_cost_confirmed"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)
