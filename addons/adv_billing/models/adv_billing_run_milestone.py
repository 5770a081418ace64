from odoo import models

from ..tools.billing_plan import BillingPlan, instalments_due


class AdvBillingRun(models.Model):
    """Orders billed by milestones: deposits until the last part, which settles what was delivered."""

    _inherit = "adv.billing.run"

    # === BUSINESS METHODS: plan ===#

    def _adv_instalment_dues(self, orders, rule):
        """What is due of orders billed by milestones: a deposit, the rest, or what came after it."""
        milestones = rule.milestone_ids._adv_instalments()
        schedules = orders._adv_billing_schedules()
        result, settled, later = {}, {}, self.env["sale.order"]
        for order in orders:
            schedule = schedules.get(order) or milestones
            if all(part.is_billed for part in schedule):
                later |= order
            elif due := instalments_due(schedule, order._adv_billing_moments(), self.date):
                result[order] = self._adv_new_group(order, rule)
                result[order].instalments = list(due.ranks)
                if due.is_last:
                    settled[order] = {part.trigger for part in schedule if part.rank in due.ranks}
                else:
                    result[order].percent = due.percent
        for order, triggers in settled.items():
            result[order].quantities = self._adv_settling_quantities(order, triggers)
        result = {order: group for order, group in result.items() if group.percent or group.quantities}
        # delivered beyond what the last part settled: billed as it is delivered
        return result | self._adv_quantity_dues(later, rule, "delivery", self.date)

    def _adv_settling_quantities(self, order, triggers):
        """Quantities of the last part: what was delivered when nothing more will be, else what is ordered."""
        mode = "delivery" if "full_delivery" in triggers or order._adv_is_delivered() else "order"
        lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        quantities = self._adv_order_quantities(order, mode, {line.id: line.qty_delivered for line in lines})
        # deposits come off even where nothing is left to bill: nothing was delivered of a closed order
        return {**quantities, **self._adv_deposits(order, quantities, settles=True)}

    # === BUSINESS METHODS: invoices ===#

    def _adv_deposit_wizard(self, order, percent):
        # sudo: whoever may bill an order may bill a part of it; native rights ask for a salesperson
        return (
            self.env["sale.advance.payment.inv"]
            .sudo()
            .create(
                {
                    "sale_order_ids": order.ids,
                    "advance_payment_method": "percentage",
                    "amount": percent,
                }
            )
        )

    def _adv_create_deposit(self, group):
        """The native deposit of one order."""
        plan = BillingPlan({}, "order", self.date)
        order = self.env["sale.order"].browse(group.order_ids).with_context(adv_billing_plan=plan)
        wizard = self._adv_deposit_wizard(order, group.percent)
        wizard = wizard.with_context(adv_billing_plan=plan)
        invoice = wizard._create_invoices(order.sudo())  # sudo: as the wizard
        return self.env["account.move"].browse(invoice.id)

    def _adv_deposit_base_lines(self, order, percent):
        """What the native deposit would bill; writes nothing."""
        company, taxes = order.company_id, self.env["account.tax"]
        base_lines = [
            line._prepare_base_line_for_taxes_computation()
            for line in order.order_line
            if not line.display_type
        ]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return taxes._prepare_down_payment_lines(
            base_lines=base_lines, company=company, amount_type="percent", amount=percent
        )

    def _adv_mark_instalments(self, groups, invoices):
        """Keep which invoice billed each instalment; the first one fixes the schedule of its order."""
        billed = {
            group.order_ids[0]: (group.instalments, invoices[index])
            for index, group in enumerate(groups)
            if group.instalments and index in invoices
        }
        if not billed:
            return
        orders = self.env["sale.order"].browse(billed)
        rules = self._adv_rule_by_order(orders)
        # sudo: the schedule of an order has no rights for anybody: the run alone writes it
        instalments = self.env["adv.billing.instalment"].sudo()
        known = instalments.search([("order_id", "in", orders.ids)])
        fresh = orders - known.order_id
        known += instalments.create(
            [vals for order in fresh for vals in rules[order]._prepare_instalment_vals(order)]
        )
        for order_id, (ranks, invoice) in billed.items():
            own = known.filtered(lambda part, order_id=order_id: part.order_id.id == order_id)
            own.filtered(lambda part, ranks=ranks: part.rank in ranks).move_id = invoice
