from odoo import models
from odoo.tools import str2bool


class SaleOrder(models.Model):
    """What a customer may do with an order that they signed or paid and that we still hold."""

    _inherit = "sale.order"

    def _adv_is_held_for_customer(self):
        """Return whether the customer has done their part and waits for our answer."""
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and bool(self.adv_blocked or self.adv_ready)
            and self._adv_is_committed()
        )

    def _compute_is_expired(self):
        super()._compute_is_expired()
        for order in self.filtered("is_expired"):
            order.is_expired = not order._adv_is_held_for_customer()

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self._adv_is_held_for_customer()

    def _adv_bill_held_payments(self):
        """Bill what was paid while the order was held, as Odoo would have at payment.

        The payments exist already; here the invoices are made, posted and matched with them.
        """
        if not self._adv_invoices_payments():
            return
        # sudo: the confirmation job bills for every company
        done = self.sudo().transaction_ids.filtered(
            lambda transaction: transaction.state == "done" and not transaction.invoice_ids
        )
        invoices = self.env["account.move"].sudo()
        for transaction in done:
            transaction._invoice_sale_orders()
            invoices |= transaction.invoice_ids
        invoices.filtered(lambda invoice: invoice.state == "draft").action_post()
        # an order paid in several times has one invoice, which all its payments settle
        for payment in done.payment_id if invoices else ():
            (payment.move_id.line_ids + invoices.line_ids).filtered(
                lambda line, payment=payment: (
                    line.account_id == payment.destination_account_id and not line.reconciled
                )
            ).reconcile()

    def _adv_send_held_invoices(self):
        """Send what ``_adv_bill_held_payments`` billed, as Odoo does after a payment.

        Called once the confirmation is committed: sending never undoes it.
        """
        if self.state == "sale" and self._adv_invoices_payments():
            # sudo: the confirmation job sends for every company; what was sent already is left out
            self.sudo().transaction_ids.filtered(
                lambda transaction: transaction.state == "done" and transaction.invoice_ids
            )._send_invoice()

    def _adv_invoices_payments(self):
        """Return whether Odoo is set to invoice what customers pay online."""
        parameters = self.env["ir.config_parameter"].sudo()
        return str2bool(parameters.get_param("sale.automatic_invoice") or "False")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A held order was not confirmed: the customer gets the mail about the payment instead."""
        return super()._check_amount_and_confirm_order().filtered(lambda order: order.state == "sale")
