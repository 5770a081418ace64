from odoo import fields, models

from ..tools import event_now

APPROVAL_INPUTS = {
    "order_line",
    "payment_term_id",
    "partner_shipping_id",
    "commitment_date",
    "partner_id",
    "pricelist_id",
}
LINE_INPUTS = {"price_unit", "discount", "product_uom_qty", "product_id", "purchase_price"}


class SaleOrder(models.Model):
    """Approvals: which departments are asked, and when a change asks them again."""

    _inherit = "sale.order"

    # FINGERPRINT

    def _adv_fingerprint(self, costs=None):
        """Return what a department looks at, in the order's currency.

        The costs are those of the first question, so that only what a person wrote counts.

        :param dict costs: {line id as text: unit cost} of an earlier question
        """
        self.ensure_one()
        lines = self._adv_goods_lines()
        known = costs or {}
        costs = {str(line.id): known.get(str(line.id), line.purchase_price) for line in lines}
        sold = sum(lines.mapped("price_subtotal"))
        cost = sum(costs[str(line.id)] * line.product_uom_qty for line in lines)
        return {
            "amount": self.amount_untaxed,
            "discount": max(lines.mapped("discount"), default=0.0),
            "margin": (sold - cost) / sold * 100 if sold else 0.0,
            "terms": self.payment_term_id.id,
            "shipping": self.partner_shipping_id.id,
            "promise": self.commitment_date and fields.Datetime.to_string(self.commitment_date),
            "costs": costs,
        }

    # QUESTIONS

    def _adv_ask_approvals(self):
        """Ask the departments whose rules apply and that have not answered for what the order is now."""
        rules = self.env["adv.approval.rule"].search([("company_id", "in", self.company_id.ids)])
        if not rules and not self.adv_approval_ids:
            return
        asked, outdated = [], self.env["adv.approval"]
        for order in self:
            needed = rules.filtered(lambda rule, order=order: rule._adv_applies(order))
            current = order.adv_approval_ids.filtered(lambda approval: approval.state != "obsolete")
            kept = current.filtered(
                lambda approval, order=order, needed=needed: (
                    approval.rule_id in needed and approval._adv_still_holds(order)
                )
            )
            outdated |= current - kept
            asked += [order._adv_prepare_approval_vals(rule) for rule in needed - kept.rule_id]
        outdated._adv_obsolete()
        # sudo by the caller: approvals have no create ACL
        created = self.env["adv.approval"]._adv_create(asked)
        if outdated or created:
            self._adv_open_next_approvals()

    def _adv_prepare_approval_vals(self, rule):
        now = event_now(self.env)
        return {
            "order_id": self.id,
            "order_name": self.name,
            "rule_id": rule.id,
            "department_id": rule.department_id.id,
            "company_id": self.company_id.id,
            "sequence": rule.sequence,
            "amount": self.adv_amount_company,
            "state": "waiting",
            "requested_by": self.env.uid,
            "requested_date": now,
            "deadline": fields.Datetime.add(now, hours=rule.deadline_hours),
            "fingerprint": self._adv_fingerprint(),
        }

    def _adv_refusals(self):
        """Return the refusals that still stand."""
        return self.adv_approval_ids.filtered(lambda approval: approval.state == "refused")

    def _adv_open_next_approvals(self):
        """Turn to the departments whose turn it is: the lowest number among the open questions."""
        self.invalidate_recordset(["adv_approval_ids"])
        for order in self:
            unsettled = order.adv_approval_ids.filtered(
                lambda approval: approval.state in ("waiting", "pending", "refused")
            )
            turn = min(unsettled.mapped("sequence"), default=0)
            opened = unsettled.filtered(
                lambda approval, turn=turn: approval.state == "waiting" and approval.sequence == turn
            )
            if opened:
                opened._adv_open()

    # CHANGES

    def write(self, vals):
        nested = self.env.cr.cache.get("adv_orders.writing", 0)
        self.env.cr.cache["adv_orders.writing"] = nested + 1
        try:
            result = super().write(vals)
        finally:
            self.env.cr.cache["adv_orders.writing"] = nested
        if not nested and APPROVAL_INPUTS & vals.keys():
            self._adv_inputs_changed()
        return result

    def _adv_inputs_changed(self):
        """Run checks and approvals again on submitted orders that are not confirmed yet."""
        if self.env.cr.cache.get("adv_orders.writing"):
            return
        orders = self.filtered(lambda order: order.state in ("draft", "sent") and order.adv_blocked)
        if orders:
            lifted = orders._adv_submit()
            # what the customer has already signed or paid confirms itself; else a person presses Confirm
            lifted.filtered(lambda order: order._adv_is_committed())._adv_release()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        result = super().write(vals)
        if LINE_INPUTS & vals.keys():
            self.order_id._adv_inputs_changed()
        return result
