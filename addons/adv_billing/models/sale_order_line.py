from collections import defaultdict

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === COMPUTE METHODS ===#

    @api.depends("invoice_lines.move_id.adv_credit_reason_id")
    def _compute_qty_invoiced(self):
        super()._compute_qty_invoiced()

    @api.depends("invoice_lines.move_id.adv_credit_reason_id")
    def _compute_qty_invoiced_posted(self):
        super()._compute_qty_invoiced_posted()
        for line, quantity in self._adv_price_only_quantities(posted=True).items():
            line.qty_invoiced_posted += quantity

    def _prepare_qty_invoiced(self):
        """A credit note "price only" leaves its quantity billed, so that nobody bills it again."""
        quantities = super()._prepare_qty_invoiced()
        for line, quantity in self._adv_price_only_quantities().items():
            quantities[line] += quantity
        return quantities

    def _adv_price_only_quantities(self, posted=False):
        """Quantity credited by line with a reason that keeps the quantity billed."""
        states = ("posted",) if posted else ("draft", "posted")
        quantities = defaultdict(float)
        for line in self:
            for invoice_line in line._get_invoice_lines():
                note = invoice_line.move_id
                # the salesperson who reads a quantity may not read the reasons of accounting
                reason = note.sudo().adv_credit_reason_id
                if note.move_type == "out_refund" and note.state in states and reason.keeps_quantity:
                    quantities[line] += invoice_line.product_uom_id._compute_quantity(
                        invoice_line.quantity, line.product_uom_id
                    )
        return quantities

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._adv_update_billing_dates()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if {"product_uom_qty", "product_uom_id", "qty_delivered"} & vals.keys():
            self._adv_update_billing_dates()
        return result

    # === BUSINESS METHODS ===#

    def _adv_update_billing_dates(self):
        """The orders are entirely invoiced no more once they grow, and again when they shrink back."""
        # sudo: facts, whatever the rights of who changes a quantity
        orders = self.sudo().order_id.filtered(lambda order: order.state == "sale")
        billed = orders.filtered(
            lambda order: order.adv_invoiced_date or any(order.order_line.mapped("qty_invoiced_posted"))
        )
        billed._adv_update_billing_dates()

    def _adv_kits_until(self, end):
        """Return (whole kits sent, whole kits that came back) of one line by its components.

        :param end: naive UTC; moves from then on do not count
        """
        shipped, returned = self._adv_moves_until(end)
        sent = self._adv_customer_kits(shipped, returned.browse())
        return sent, sent - self._adv_customer_kits(shipped, returned)

    def _adv_delivered_until(self, end):
        """Return what was delivered of one line of goods, less what came back to be credited.

        As ``qty_delivered``, at any moment and for kits too.

        :param end: naive UTC; moves from then on do not count
        """
        return self._adv_customer_quantity(*self._adv_moves_until(end))

    def _adv_moves_until(self, end):
        """Return (moves that left, moves that came back) before ``end``, as they change what is billed.

        What came back without changing the quantities of the order (a repair) changes nothing when it
        leaves again.
        """
        done = self.move_ids.filtered(lambda move: move.state == "done" and move.date < end)
        counted = done.filtered(lambda move: move.to_refund or not move.origin_returned_move_id)
        return (
            counted.filtered(lambda move: move._adv_has_left()),
            counted.filtered(lambda move: move._adv_is_return() and move.to_refund),
        )

    def _adv_plan_to_invoice(self, plan):
        """Let native billing see the quantities of the plan as the quantities to invoice.

        In the cache only: nothing is written, and nothing that depends on the figure is computed again.
        """
        field = self._fields["qty_to_invoice"]
        self.mapped("qty_to_invoice")  # computed and read before it is replaced
        self.flush_recordset(["qty_to_invoice"])
        for line in self:
            field._update_cache(line, plan.quantities.get(line.id, 0.0))

    def _adv_forget_plan(self):
        """The native figure comes back: computed again where the invoice changed it, else read again."""
        self.invalidate_recordset(["qty_to_invoice"], flush=False)
