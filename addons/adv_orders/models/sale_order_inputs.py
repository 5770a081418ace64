from odoo import api, models

from .sale_order_gate import OPEN

APPROVAL_INPUTS = {
    "order_line",
    "payment_term_id",
    "partner_shipping_id",
    "commitment_date",
    "partner_id",
    "pricelist_id",
}
LINE_INPUTS = {"price_unit", "discount", "product_uom_qty", "product_id", "product_uom_id", "purchase_price"}


class SaleOrder(models.Model):
    """What a person writes on an order, by whatever road, and whom it asks again."""

    _inherit = "sale.order"

    def write(self, vals):
        if not APPROVAL_INPUTS & vals.keys():
            return super().write(vals)
        nested = self.env.cr.cache.get("adv_orders.writing", 0)
        self.env.cr.cache["adv_orders.writing"] = nested + 1
        try:
            result = super().write(vals)
        finally:
            self.env.cr.cache["adv_orders.writing"] = nested
        self._adv_inputs_changed()
        return result

    def _adv_inputs_changed(self):
        """Judge again what was asked, sent or confirmed; what is neither waits for its submission."""
        if not self or self.env.cr.cache.get("adv_orders.writing"):
            return
        orders = self.sudo()  # sudo: results and approvals have no ACL for writing
        asking = orders.filtered(lambda order: order.company_id.adv_approval_mode != "observe")
        open_orders = orders.filtered(
            lambda order: (
                (order.state in OPEN and order.adv_blocked)
                or (order.state == "sent" and order in asking and not order._adv_is_committed())
            )
        )
        if open_orders:
            open_orders._adv_note_editor()
            lifted = open_orders._adv_resubmit()
            # what the customer has already signed or paid confirms itself; else a person presses the button
            committed = lifted.filtered(lambda order: order._adv_is_committed())
            committed._adv_release()
            (lifted - committed)._adv_set_facts({"adv_to_confirm": False})
        amended = orders._adv_amendable()  # where the company only observes: whom it would have asked
        if amended:
            amended._adv_note_editor()
            amended._adv_ask_approvals()

    def _adv_note_editor(self):
        """Who changes what is being asked may not decide it."""
        self._adv_open_approvals().write({"author_ids": [(4, self.env.uid)]})

    def _adv_resubmit(self):
        """Judge orders again as they were last judged: for sending, or for confirmation.

        :return: the orders (sudo) whose block was lifted
        """
        confirming = self.filtered("adv_to_confirm")
        lifted = confirming._adv_submit() if confirming else self.browse()
        sending = self - confirming
        return lifted | sending._adv_ask_sending() if sending else lifted


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line._adv_is_written_by_people()).order_id._adv_inputs_changed()
        return lines

    def write(self, vals):
        left = self.order_id if "order_id" in vals else self.order_id.browse()
        result = super().write(vals)
        if left or LINE_INPUTS & vals.keys():
            (left | self.order_id)._adv_inputs_changed()
        return result

    def unlink(self):
        orders = self.filtered(lambda line: line._adv_is_written_by_people()).order_id
        result = super().unlink()
        orders.exists()._adv_inputs_changed()
        return result

    def _adv_is_written_by_people(self):
        """Return whether the line is no section, down payment, re-invoiced expense or shipping cost."""
        return (
            not self.display_type
            and not self.is_downpayment
            and not self.is_expense
            and not self._is_delivery()
        )
