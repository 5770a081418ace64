from odoo import fields, models
from odoo.tools import SQL

from ..tools.billing_plan import BillingGroup, BillingPlan, LineFacts, quantity_to_bill


class AdvBillingRun(models.Model):
    """What a run has to bill: which orders, how much of each line, on which invoices."""

    _inherit = "adv.billing.run"

    # === BUSINESS METHODS ===#

    def _adv_candidates(self):
        """Confirmed orders of the company that have a quantity left to bill."""
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model(["state", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT so.id
                  FROM sale_order so
                 WHERE so.state = 'sale' AND so.company_id = %s
                   AND EXISTS (
                        SELECT FROM sale_order_line line
                         WHERE line.order_id = so.id AND line.display_type IS NULL
                           AND line.is_downpayment IS NOT TRUE
                           AND COALESCE(line.qty_invoiced, 0)
                               < GREATEST(line.product_uom_qty, line.qty_delivered))
              ORDER BY so.id
                """,
                self.company_id.id,
            )
        )
        orders = self.env["sale.order"].browse(order_id for (order_id,) in rows)
        return orders._filtered_access("read")

    def _adv_groups(self, orders):
        """Group what is due of ``orders`` into future invoices."""
        settings = self.env["adv.billing.rule"].sudo()  # how to bill is read by whoever may bill
        rules = settings._adv_rules_of(self.company_id)
        rule_by_order = {order: settings._adv_rule_of(order, rules) for order in orders}
        groups = {}
        for rule in set(rule_by_order.values()):
            ruled = orders.filtered(lambda order, rule=rule: rule_by_order[order] == rule)
            for order, quantities in self._adv_quantities(ruled, rule).items():
                group = groups.setdefault(self._adv_group_key(order, rule), self._adv_new_group(order, rule))
                group.order_ids.append(order.id)
                group.quantities.update(quantities)
                group.amount += self._adv_amount(order, quantities)
        return sorted(groups.values(), key=lambda group: group.order_ids[0])

    def _adv_new_group(self, order, rule):
        return BillingGroup(
            partner_id=order.partner_invoice_id.id,
            currency_id=order.currency_id.id,
            mode=rule._adv_mode(),
            grouping=rule._adv_grouping(),
            auto_post=rule.auto_post,
            auto_send=rule.auto_send,
        )

    def _adv_group_key(self, order, rule):
        """What two orders must share to be on one invoice, as native billing will see it."""
        grouping = rule._adv_grouping()
        if grouping == "order":
            return (order.id,)
        plan = BillingPlan({}, grouping, self.date)
        vals = order.with_context(adv_billing_plan=plan)._prepare_invoice()
        return tuple(
            vals.get(key) for key in order.with_context(adv_billing_plan=plan)._get_invoice_grouping_keys()
        )

    def _adv_quantities(self, orders, rule):
        """Quantities due by order and line id; an order with nothing due is left out."""
        if rule._adv_mode() == "manual":
            return {}
        cutoff = rule._adv_cutoff(self.date)
        past = {"accrual_entry_date": fields.Date.to_string(cutoff), "tz": self.company_id.adv_tz}
        lines = orders.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        delivered = {line.id: line.qty_delivered_at_date for line in lines.with_context(**past)}
        result = {}
        for order in orders:
            if rule._adv_mode() == "full_delivery" and not order._adv_is_delivered():
                continue
            quantities = self._adv_order_quantities(order, rule, lines & order.order_line, delivered)
            if quantities:
                result[order] = quantities
        return result

    def _adv_order_quantities(self, order, rule, lines, delivered):
        goods = lines.filtered(lambda line: line.product_id.type == "consu")
        started = not goods or any(delivered[line.id] > 0 for line in goods)
        quantities = {}
        for line in lines:
            facts = LineFacts(
                ordered=line.product_uom_qty,
                delivered=delivered[line.id] if line in goods else line.qty_delivered,
                invoiced=line.qty_invoiced,
                is_goods=line in goods,
                on_ordered=line.product_id.invoice_policy == "order",
            )
            quantity = quantity_to_bill(rule._adv_mode(), facts, started)
            if not line.product_uom_id.is_zero(quantity):
                quantities[line.id] = quantity
        return quantities and {**quantities, **self._adv_deposits(order, quantities)}

    def _adv_deposits(self, order, quantities):
        """Deposits taken off: as soon as what is billed covers them, at the latest on the last invoice."""
        deposits = order.order_line.filtered(
            lambda line: line.is_downpayment and not line.display_type and line.qty_to_invoice < 0
        )
        amount = sum(deposits.mapped("price_unit"))
        covered = self._adv_amount(order, quantities) >= amount
        last = all(
            line.qty_invoiced + quantities.get(line.id, 0.0) >= line.product_uom_qty
            for line in order.order_line
            if not line.display_type and not line.is_downpayment
        )
        return {line.id: line.qty_to_invoice for line in deposits} if covered or last else {}

    def _adv_amount(self, order, quantities):
        lines = order.order_line.filtered(lambda line: line.id in quantities)
        return order.currency_id.round(
            sum(
                quantities[line.id] * (line.price_unit if line.is_downpayment else line.price_reduce_taxexcl)
                for line in lines
            )
        )
