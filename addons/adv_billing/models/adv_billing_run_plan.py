from odoo import models
from odoo.tools import SQL

from ..tools.billing_plan import BillingGroup, BillingPlan, LineFacts, quantity_to_bill


class AdvBillingRun(models.Model):
    """What a run has to bill: which orders, how much of each line, on which invoices."""

    _inherit = "adv.billing.run"

    # === BUSINESS METHODS: orders ===#

    def _adv_candidates(self):
        """Orders confirmed up to the day of the run with a quantity left to bill or a deposit to take off."""
        self.env["sale.order.line"].flush_model()
        self.env["sale.order"].flush_model(["state", "company_id", "adv_confirmed_date", "date_order"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT so.id
                  FROM sale_order so
                 WHERE so.state = 'sale' AND so.company_id = %(company)s
                   AND COALESCE(so.adv_confirmed_date, so.date_order) < %(end)s
                   AND EXISTS (
                        SELECT FROM sale_order_line line
                         WHERE line.order_id = so.id AND line.display_type IS NULL
                           AND CASE WHEN line.is_downpayment THEN line.qty_invoiced > 0
                                    WHEN line.product_uom_qty < 0
                                    THEN COALESCE(line.qty_invoiced, 0)
                                         > LEAST(line.product_uom_qty, line.qty_delivered)
                                    ELSE COALESCE(line.qty_invoiced, 0)
                                         < GREATEST(line.product_uom_qty, line.qty_delivered) END)
              ORDER BY so.id
                """,
                company=self.company_id.id,
                end=self.company_id._adv_day_bounds(self.date, self.date)[1],
            )
        )
        orders = self.env["sale.order"].browse(order_id for (order_id,) in rows)
        rules = self._adv_rule_by_order(orders)
        by_rule = orders.filtered(lambda order: rules[order]._adv_mode() != "manual")
        return by_rule._filtered_access("read")

    def _adv_rule_by_order(self, orders):
        settings = self.env["adv.billing.rule"].sudo()  # how to bill is read by whoever may bill
        rules = settings._adv_rules_of(self.company_id)
        return {order: settings._adv_rule_of(order, rules) for order in orders}

    # === BUSINESS METHODS: groups ===#

    def _adv_preview_groups(self):
        """What the run would bill, with its amounts."""
        run = self.with_company(self.company_id)
        groups = run._adv_groups(run._adv_candidates())
        run._adv_set_amounts(groups)
        return groups

    def _adv_groups(self, orders):
        """Group what is due of ``orders`` into future invoices, in the order of the first of each."""
        rule_by_order = self._adv_rule_by_order(orders)
        dues = []
        for rule in set(rule_by_order.values()):
            ruled = orders.filtered(lambda order, rule=rule: rule_by_order[order] == rule)
            dues += [(order, rule, due) for order, due in self._adv_dues(ruled, rule).items()]
        groups = {}
        keys = self._adv_group_keys([(order, rule) for order, rule, _due in dues])
        for order, rule, due in sorted(dues, key=lambda item: item[0].id):
            group = groups.setdefault(keys[order], self._adv_new_group(order, rule))
            group.order_ids.append(order.id)
            group.quantities.update(due.quantities)
            group.percent, group.instalments = due.percent, due.instalments
        return list(groups.values())

    def _adv_new_group(self, order, rule):
        return BillingGroup(
            partner_id=order.partner_invoice_id.id,
            currency_id=order.currency_id.id,
            mode=rule._adv_mode(),
            grouping=rule._adv_grouping(),
            auto_post=rule.auto_post,
            auto_send=rule.auto_post and rule.auto_send,
        )

    def _adv_group_keys(self, due):
        """Return {order: what two orders must share to be on one invoice}.

        Native billing's own keys are asked for where a payer has several orders under one rule.

        :param due: [(order, rule)]
        """
        together = {}
        for order, rule in due:
            alone = order.id if rule._adv_grouping() == "order" else False
            together.setdefault((rule.id, order.partner_invoice_id.id, alone), []).append((order, rule))
        keys = {}
        for key, some in together.items():
            for order, rule in some:
                keys[order] = (*key, *(self._adv_native_key(order, rule) if len(some) > 1 else ()))
        return keys

    def _adv_native_key(self, order, rule):
        plan = BillingPlan({}, rule._adv_grouping(), self.date)
        order = order.with_context(adv_billing_plan=plan)
        vals = order._prepare_invoice()
        return tuple(vals.get(key) for key in order._get_invoice_grouping_keys())

    # === BUSINESS METHODS: quantities ===#

    def _adv_dues(self, orders, rule):
        """What is due of each order: {order: ``BillingGroup`` of it alone}; nothing due is left out."""
        mode = rule._adv_mode()
        if mode == "manual":
            return {}
        if mode == "milestone":
            return self._adv_instalment_dues(orders, rule)
        cutoff = rule._adv_cutoff(self.date)
        if mode == "full_delivery":
            orders = orders.filtered(lambda order: order._adv_is_delivered(cutoff))
        return self._adv_quantity_dues(orders, rule, mode, cutoff)

    def _adv_quantity_dues(self, orders, rule, mode, cutoff):
        lines = orders.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        delivered = self._adv_delivered(lines, mode, cutoff)
        result = {}
        for order in orders:
            quantities = self._adv_order_quantities(order, mode, delivered)
            if quantities:
                result[order] = self._adv_new_group(order, rule)
                result[order].quantities = quantities
        return result

    def _adv_delivered(self, lines, mode, cutoff):
        """Quantities delivered until the day ``cutoff``; today's are those that Odoo keeps."""
        if mode == "order" or cutoff >= self.company_id._adv_today():
            return {line.id: line.qty_delivered for line in lines}
        end = self.company_id._adv_day_bounds(cutoff, cutoff)[1]
        goods = lines.filtered(lambda line: line.product_id.type == "consu")
        delivered = {line.id: line._adv_delivered_until(end) for line in goods}
        return delivered | (lines - goods)._adv_done_until(cutoff, end)

    def _adv_order_quantities(self, order, mode, delivered):
        lines = [line for line in order.order_line if line.id in delivered]
        goods = {line.id for line in lines if line.product_id.type == "consu"}
        wanted = [line for line in lines if line.id in goods and line.product_uom_qty]
        started = not wanted or any(delivered[line_id] > 0 for line_id in goods)
        quantities = {}
        for line in lines:
            facts = LineFacts(
                ordered=line._adv_expected_quantity() if line.id in goods else line.product_uom_qty,
                delivered=delivered[line.id],
                invoiced=line.qty_invoiced,
                is_goods=line.id in goods,
                on_ordered=line.product_id.invoice_policy == "order",
            )
            quantity = quantity_to_bill(mode, facts, started)
            if not line.product_uom_id.is_zero(quantity):
                quantities[line.id] = quantity
        if not quantities and not order._adv_may_give_back(self.date):
            return {}
        return {**quantities, **self._adv_deposits(order, quantities)}

    def _adv_deposits(self, order, quantities, settles=False):
        """Deposits taken off: as soon as what is billed covers them, at the latest on the last invoice.

        :param settles: the invoice is the last one of the order, whatever its quantities
        """
        deposits = order.order_line.filtered(
            lambda line: line.is_downpayment and not line.display_type and line.qty_to_invoice < 0
        )
        if not deposits:
            return {}
        amount = sum(deposits.mapped("price_unit"))
        lines = order.order_line.filtered(lambda line: line.id in quantities)
        billed = sum(quantities[line.id] * line.price_reduce_taxexcl for line in lines)
        covered = order.currency_id.compare_amounts(billed, amount) >= 0
        sold = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        last = settles or (
            bool(sold)
            and all(
                line._adv_is_last_quantity(line.qty_invoiced + quantities.get(line.id, 0.0)) for line in sold
            )
        )
        return {line.id: line.qty_to_invoice for line in deposits} if covered or last else {}

    # === BUSINESS METHODS: amounts ===#

    def _adv_set_amounts(self, groups):
        """Work out what the invoices of ``groups`` will amount to before taxes, as Odoo's taxes see it."""
        orders = self.env["sale.order"].browse(order_id for group in groups for order_id in group.order_ids)
        by_id = {order.id: order for order in orders}
        for group in groups:
            if group.percent:
                base_lines = self._adv_deposit_base_lines(by_id[group.order_ids[0]], group.percent)
            else:
                base_lines = [
                    base_line
                    for order_id in group.order_ids
                    for base_line in self._adv_base_lines(by_id[order_id], group.quantities)
                ]
            group.amount = self._adv_untaxed(base_lines)

    def _adv_base_lines(self, order, quantities):
        return [
            line._prepare_base_line_for_taxes_computation(**self._adv_base_line_vals(line, quantities))
            for line in order.order_line
            if line.id in quantities
        ]

    def _adv_base_line_vals(self, line, quantities):
        if not line.is_downpayment:
            return {"quantity": quantities[line.id]}
        taxes = self.env["account.tax"]
        return {
            "quantity": -1.0,
            "extra_tax_data": taxes._reverse_quantity_base_line_extra_tax_data(line.extra_tax_data),
        }

    def _adv_untaxed(self, base_lines):
        company, taxes = self.company_id, self.env["account.tax"]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        details = [base_line["tax_details"] for base_line in base_lines]
        amount = sum(
            detail["total_excluded_currency"] + detail["delta_total_excluded_currency"] for detail in details
        )
        return base_lines[0]["currency_id"].round(amount) if base_lines else 0.0
