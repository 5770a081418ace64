from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import only_one


class SaleOrder(models.Model):
    """A customer paid and a department refused: the money goes back."""

    _inherit = "sale.order"

    adv_may_refund = fields.Boolean(string="To refund", compute="_compute_adv_may_refund")

    @api.depends("state", "adv_approval_ids.state", "transaction_ids.state")
    def _compute_adv_may_refund(self):
        for order in self:
            # sudo: that there is something to refund is no secret to who may read the order
            order.adv_may_refund = order.state != "sale" and bool(
                order.sudo()._adv_refusals() and order._adv_refundable_transactions()
            )

    def _adv_propose_refund(self, note):
        """Give the assistant an activity that leads to the refund, when the customer has paid.

        :param note: why the money goes back; a function of an environment
        """
        if self._adv_refundable_transactions():
            self._adv_schedule(
                self._adv_assistant_user(),
                lambda env: env._("Refund the customer"),
                lambda env: env._("%s The customer has paid: use Refund on the order.", note(env)),
                activity_type="adv_orders.activity_type_refund",
            )

    def _adv_finish_refund_activities(self):
        self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("adv_orders.activity_type_refund")
        ).action_archive()

    def _adv_refundable_transactions(self):
        """Return (sudo) the payments of which something can still go back: neither refunded nor invoiced."""
        # sudo: assistants need not read payments to know that a customer waits for money
        return self.sudo().transaction_ids.filtered(
            lambda transaction: (
                transaction.state in ("authorized", "done")
                and transaction.currency_id.compare_amounts(transaction._adv_left_to_refund(), 0.0) > 0
                and not transaction.invoice_ids.filtered(lambda invoice: invoice.state == "posted")
            )
        )

    def action_open_refund(self):
        """Open the wizard that gives the customer's money back.

        :raise AccessError: for others than ADV assistants and accountants
        :raise UserError: when no department refused the order or nothing was paid
        """
        only_one(self)
        self._adv_check_may_refund()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refund"),
            "res_model": "adv.refund",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _adv_check_may_refund(self):
        self.ensure_one()
        if not self.env.user.has_groups("adv_orders.group_adv_assistant,account.group_account_invoice"):
            raise AccessError(self.env._("ADV assistants and accountants refund customers."))
        self.check_access("write")
        order = self.sudo()  # sudo: whether there is a refusal and a payment, for those allowed above
        if order.state == "sale" or not order._adv_refusals():
            raise UserError(
                self.env._("%s: only an order that a department refused is refunded here.", self.name)
            )
        if not order._adv_refundable_transactions():
            raise UserError(self.env._("%s: there is no payment left to refund.", self.name))


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    adv_refund_payment_id = fields.Many2one(
        "account.payment",
        string="Prepared refund",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Payment to the customer, for a provider that cannot give money back itself.",
    )

    def _adv_left_to_refund(self):
        """Return what was paid and neither refunded nor prepared to be, in the payment's currency."""
        self.ensure_one()
        prepared = self.adv_refund_payment_id
        if self.operation == "refund" or (prepared and prepared.state not in ("canceled", "rejected")):
            return 0.0
        refunds = self.child_transaction_ids.filtered(
            lambda child: child.operation == "refund" and child.state in ("draft", "pending", "done")
        )
        return self.amount + sum(refunds.mapped("amount"))

    def _adv_refund_road(self):
        """Return how the money goes back: 'void', 'provider' or 'payment'."""
        self.ensure_one()
        if self.state == "authorized":
            return "void"
        method = self.payment_method_id.primary_payment_method_id or self.payment_method_id
        refused = "none" in (self.provider_id.support_refund, method.support_refund)
        return "payment" if refused or self.provider_id.state == "disabled" else "provider"

    def _adv_give_back(self):
        """Give back what is left of each payment by the provider's own means, else prepare a payment.

        :return: False when a provider refused
        """
        for transaction in self:
            road = transaction._adv_refund_road()
            if road == "void":
                transaction.action_void()
            elif road == "provider":
                transaction.action_refund(transaction._adv_left_to_refund())
            else:
                transaction.adv_refund_payment_id = self.env["account.payment"].create(
                    transaction._adv_prepare_refund_payment_vals()
                )
        return not self.child_transaction_ids.filtered(
            lambda child: child.operation == "refund" and child.state == "error"
        )

    def _adv_prepare_refund_payment_vals(self):
        journal = self.provider_id.journal_id or self.payment_id.journal_id
        return {
            "payment_type": "outbound",
            "partner_type": "customer",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self._adv_left_to_refund(),
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "memo": self.env._("Refund of %s", self.reference),
            **({"journal_id": journal.id} if journal else {}),
        }
