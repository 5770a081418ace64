from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import check_facts


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    adv_cost = fields.Monetary(
        string="Cost When Posted",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Cost of the quantity billed, in company currency, as known when the invoice was posted; "
        "negative on a credit note, nothing when a credit note takes no goods back.",
        groups="base.group_user",
    )

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        """Names of the facts that only server code may write."""
        return frozenset({"adv_cost"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    # === BUSINESS METHODS ===#

    def _adv_store_costs(self):
        """Store the cost of each line of posted invoices: one statement, past the locks of posted entries."""
        costs = [SQL("(%s, %s::numeric)", line.id, line._adv_get_cost()) for line in self]
        if not costs:
            return
        self.env.execute_query(
            SQL(
                "UPDATE account_move_line AS line SET adv_cost = fact.cost "
                "FROM (VALUES %s) AS fact (id, cost) WHERE line.id = fact.id RETURNING line.id",
                SQL(", ").join(costs),
            )
        )
        self.invalidate_recordset(["adv_cost"], flush=False)

    def _adv_get_cost(self):
        """Cost of one line in company currency, signed like its effect on revenue."""
        self.ensure_one()
        credited = self.move_id.move_type == "out_refund"
        if (
            not self.product_id
            or self.is_downpayment
            or (credited and self.move_id.adv_credit_reason_id.keeps_quantity)
        ):
            return 0.0
        cost = self._adv_get_order_cost() or self._adv_get_product_cost()
        return self.company_currency_id.round(-cost if credited else cost)

    def _adv_get_order_cost(self):
        """Cost frozen on the order line when it was confirmed (order's currency, order's unit)."""
        line = self.sale_line_ids[:1]
        quantity = self.product_uom_id._compute_quantity(self.quantity, line.product_uom_id, round=False)
        return quantity * line.adv_cost_confirmed / (line.order_id.currency_rate or 1.0)

    def _adv_get_product_cost(self):
        product = self.product_id.with_company(self.company_id)
        quantity = self.product_uom_id._compute_quantity(self.quantity, product.uom_id, round=False)
        return quantity * product.standard_price
