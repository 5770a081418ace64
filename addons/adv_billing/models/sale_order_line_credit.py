from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """Credit notes to issue: what came back, or never came, after it was billed."""

    _inherit = "sale.order.line"

    adv_qty_to_credit = fields.Float(
        string="Quantity to Credit",
        digits="Product Unit",
        compute="_compute_adv_qty_to_credit",
        search="_search_adv_qty_to_credit",
        help="Billed beyond what the customer has, once nothing more will be delivered; before, as much of "
        "it as came back.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("state", "is_downpayment", "qty_invoiced", "qty_delivered", "order_id.adv_delivered_date")
    def _compute_adv_qty_to_credit(self):
        for line in self:
            sold = line.state == "sale" and not line.is_downpayment and not line.display_type
            line.adv_qty_to_credit = max(line._adv_excess_quantity(), 0.0) if sold else 0.0

    def _search_adv_qty_to_credit(self, operator, value):
        if operator != ">" or value:
            return NotImplemented
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM sale_order_line line
                  JOIN sale_order so ON so.id = line.order_id
                 WHERE line.state = 'sale' AND line.is_downpayment IS NOT TRUE AND line.display_type IS NULL
                   AND (line.qty_invoiced > line.qty_delivered OR line.qty_to_invoice < 0)
                   AND (so.adv_delivered_date IS NOT NULL
                        OR EXISTS (SELECT FROM stock_move move
                                    WHERE move.sale_line_id = line.id AND move.state = 'done'
                                      AND move.to_refund))
                """
            )
        )
        # sudo: whoever bills need not read deliveries; the rights on order lines are those of the search
        lines = self.sudo().browse([line_id for (line_id,) in rows])
        return [("id", "in", lines.filtered(lambda line: line.adv_qty_to_credit > 0).ids)]

    # === ACTIONS ===#

    def action_adv_issue_credit(self):
        """Make the draft credit notes of what came back after it was billed, one for each order.

        :return: the action that opens them
        :raise AccessError: for people who do not bill
        :raise UserError: nothing of these lines is to be credited
        """
        self.env["account.move"].check_access("create")
        lines = self.filtered(lambda line: line.adv_qty_to_credit > 0)
        if not lines:
            raise UserError(self.env._("Nothing of these lines is to be credited."))
        notes = self.env["account.move"]
        for order in lines.order_id:  # native billing takes one plan at a time
            notes |= order._adv_issue_credit(lines & order.order_line)
        return notes._get_records_action(name=self.env._("Credit Notes"))

    # === BUSINESS METHODS ===#

    def _adv_excess_quantity(self):
        """Return what was billed of one line and is to be given back."""
        closed = bool(self.order_id.adv_delivered_date)
        if self.product_id.type != "consu" or self.product_uom_qty < 0:
            return -self.qty_to_invoice if closed else 0.0
        excess = self.qty_invoiced - self.qty_delivered
        if excess <= 0 or closed:
            return excess
        return min(excess, self._adv_returned_quantity() - self._adv_credited_quantity())

    def _adv_returned_quantity(self):
        """Return what came back of one line, what was sent beyond the order to replace it apart."""
        line = self.sudo()  # sudo: whoever bills need not read deliveries
        shipped, returned = line._adv_moves_until(datetime.max)
        sent = line._adv_customer_quantity(shipped, returned.browse())
        back = sent - line._adv_customer_quantity(shipped, returned)
        return max(min(back, line.product_uom_qty - (sent - back) - line._adv_replacing_quantity()), 0.0)

    def _adv_replacing_quantity(self):
        """Return what is still to leave for one line, in its unit; of kits nothing is known."""
        coming = self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.product_id == self.product_id
                and move._adv_is_for_customer()
                and not move.move_dest_ids
                and (move.to_refund or not move.origin_returned_move_id)
            )
        )
        return sum(
            move.product_uom._compute_quantity(
                move.product_uom_qty, self.product_uom_id, rounding_method="HALF-UP"
            )
            for move in coming
        )

    def _adv_credited_quantity(self):
        """Return the quantity of one line on credit notes that give it back, drafts included.

        Notes of days before anything came back put something else right.
        """
        company = self.company_id
        order_line = self.sudo()  # sudo: a quantity, for whoever may read the line
        _shipped, returned = order_line._adv_moves_until(datetime.max)
        first = min(map(company._adv_date, returned.mapped("date")), default=date.max)
        lines = order_line.invoice_lines.filtered(
            lambda line: (
                line.move_type == "out_refund"
                and (line.move_id.invoice_date or company._adv_today()) >= first
                and line.parent_state != "cancel"
                and not line.move_id.adv_credit_reason_id.keeps_quantity
            )
        )
        return lines._adv_quantity_in(self)

    def _adv_expected_quantity(self):
        """Return what the customer is to have of a line of goods: what was ordered, less what came back;
        once nothing more will be delivered, what was delivered of it.
        """
        self.ensure_one()
        if self.product_uom_qty <= 0 or not self.order_id.adv_first_delivery_date:
            return self.product_uom_qty
        if self.order_id.adv_delivered_date:
            return min(self.product_uom_qty, self.qty_delivered)
        return self.product_uom_qty - self._adv_returned_quantity()
