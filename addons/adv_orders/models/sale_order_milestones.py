from odoo import models

from ..tools import event_now


class SaleOrder(models.Model):
    """Milestones that are stamped when the order changes state."""

    _inherit = "sale.order"

    # STAMPS

    def _adv_stamp_quoted(self):
        self.filtered(lambda order: not order.adv_quoted_date)._adv_set_facts(
            {"adv_quoted_date": event_now(self.env)}
        )

    def _adv_stamp_confirmed(self):
        """Freeze what figures need at the moment of confirmation."""
        if not self:
            return
        orders = self.sudo()  # sudo: facts are written whoever confirms
        first = orders._adv_take_first()
        for order in orders:
            order._adv_set_facts(order._adv_prepare_confirmed_vals(order in first))
        orders._adv_freeze_lines()
        orders.adv_approval_ids.filtered(
            lambda approval: approval.state in ("pending", "waiting")
        )._adv_obsolete()

    def _adv_prepare_confirmed_vals(self, is_first):
        promise = self._adv_promise_at_confirmation()
        lines = self._adv_goods_lines()
        cost = sum(line.purchase_price * line.product_uom_qty for line in lines)
        return {
            "adv_confirmed_date": self.date_order,
            "adv_submitted_date": self.adv_submitted_date or self.date_order,
            "adv_clean_date": self.adv_clean_date or self.date_order,
            "adv_promise_initial": promise,
            "adv_promise_date": promise,
            "adv_is_first_order": is_first,
            "adv_cost_confirmed": self.company_id.currency_id.round(cost / (self.currency_rate or 1.0)),
            "adv_line_count": len(lines),
            "adv_blocked": False,
            "adv_ready": False,
        }

    def _adv_freeze_lines(self):
        self._adv_goods_lines()._adv_freeze()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_freeze(self):
        """Freeze quantity, cost and promise of the lines, without the cost of a native write per line."""
        names = (
            "adv_qty_confirmed",
            "adv_cost_confirmed",
            "adv_promise_initial",
            "adv_promise_date",
            "adv_expected_date",
            "adv_told_date",
        )
        with self.env.protecting([self._fields[name] for name in names], self):
            for line in self:
                line.adv_qty_confirmed = line.product_uom_qty
                line.adv_cost_confirmed = line.purchase_price
                line.adv_promise_initial = line.order_id.commitment_date or line._expected_date()
                line.adv_promise_date = line.adv_promise_initial
                line.adv_expected_date = line.adv_promise_date
                line.adv_told_date = False
        self.modified(names)
