from collections import defaultdict

from odoo import models


class SaleOrder(models.Model):
    """Billing milestones of the order: invoiced, settled."""

    _inherit = "sale.order"

    # === BUSINESS METHODS ===#

    def _adv_may_give_back(self, day):
        """Whether deposits come off although nothing is left to bill: the order was closed by ``day``.

        Not of orders that are older than the addons, which may have been settled elsewhere, and not while
        the invoice of a deposit is a draft.
        """
        self.ensure_one()
        billed = self.order_line.filtered("is_downpayment").invoice_lines
        return (
            bool(self.adv_submitted_date)
            and self._adv_is_delivered(day)
            and "draft" not in billed.mapped("parent_state")
        )

    def _adv_is_delivered(self, until=None):
        """Whether nothing is left to deliver; services billed as they are done have to be done.

        :param until: last day of the company that counts; None: whenever
        """
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        goods = lines.filtered(lambda line: line.product_id.type == "consu")
        # a line that was given up before anything left is ordered at nothing and never delivered
        if any(goods.mapped("product_uom_qty")) or self.adv_delivered_date:
            delivered = self.company_id._adv_date(self.adv_delivered_date)
            return bool(delivered) and (until is None or delivered <= until)
        done = lines.filtered(lambda line: line.product_id.invoice_policy == "delivery")
        return all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0 for line in done
        )

    def _adv_update_billing_dates(self):
        """Write back when each order was entirely invoiced and when its invoices were settled.

        Called by everything that posts, credits, matches or unmatches; works on sets.
        """
        if not self:
            return
        orders_by_facts = defaultdict(self.browse)
        # sudo: facts, whatever the rights on orders of who pays or posts; browse: all read at once
        for order in self.sudo().browse(self.ids):
            invoiced, settled = order._adv_get_billing_dates()
            if (order.adv_invoiced_date, order.adv_settled_date) != (invoiced, settled):
                orders_by_facts[invoiced, settled] |= order
        for (invoiced, settled), orders in orders_by_facts.items():
            orders._adv_set_facts({"adv_invoiced_date": invoiced, "adv_settled_date": settled})

    def _adv_get_billing_dates(self):
        """Return (invoiced, settled) of one order: start of the day in the company's zone, or False."""
        self.ensure_one()
        invoices = self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )
        if self.state != "sale" or not invoices or not self._adv_is_fully_invoiced():
            return False, False
        invoiced = max(invoices.mapped("invoice_date"))
        settled = invoices._adv_get_settled_day()
        return self._adv_moment(invoiced), self._adv_moment(settled)

    def _adv_moment(self, day):
        return self.company_id._adv_day_bounds(day, day)[0] if day else False

    def _adv_is_fully_invoiced(self):
        lines = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        return all(line._adv_is_fully_invoiced() for line in lines)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_is_fully_invoiced(self):
        """Whether posted invoices cover what was ordered, or what was delivered once nothing more will be."""
        quantity = self.product_uom_qty
        closed = bool(self.order_id.adv_delivered_date) and self.product_id.type == "consu"
        if closed and self.product_id.invoice_policy != "order":
            quantity = self.qty_delivered
        return self._adv_reaches(self.qty_invoiced_posted, quantity)

    def _adv_is_last_quantity(self, invoiced):
        """Whether nothing is left to bill once ``invoiced`` is: goods of a closed order come no more."""
        closed = bool(self.order_id.adv_delivered_date) and self.product_id.type == "consu"
        return self._adv_reaches(invoiced, self.qty_delivered if closed else self.product_uom_qty)

    def _adv_reaches(self, invoiced, quantity):
        """Whether ``invoiced`` is at least ``quantity``; what is taken back counts downwards."""
        difference = self.product_uom_id.compare(invoiced, quantity)
        return difference <= 0 if self.product_uom_qty < 0 else difference >= 0
