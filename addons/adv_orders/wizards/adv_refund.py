from odoo import api, fields, models
from odoo.tools import format_amount

from ..tools import only_one


class AdvRefund(models.TransientModel):
    """Give back what a customer paid for an order that a department refused."""

    _name = "adv.refund"
    _description = "Refund"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    summary = fields.Text(compute="_compute_summary", string="What happens")
    amount = fields.Monetary(compute="_compute_summary", string="To refund")
    currency_id = fields.Many2one(related="order_id.currency_id")
    cancel_order = fields.Boolean(default=True, string="Cancel the order")
    tell_customer = fields.Boolean(default=True, string="Tell the customer by e-mail")

    @api.depends("order_id")
    def _compute_summary(self):
        for wizard in self:
            transactions = wizard.order_id._adv_refundable_transactions()
            wizard.amount = sum(transaction._adv_left_to_refund() for transaction in transactions)
            wizard.summary = "\n".join(wizard._adv_tell_refund(transaction) for transaction in transactions)

    def _adv_tell_refund(self, transaction):
        values = {
            "amount": format_amount(self.env, transaction._adv_left_to_refund(), transaction.currency_id),
            "provider": transaction.provider_id.name,
        }
        return {
            "void": self.env._("%(amount)s authorized with %(provider)s: released, never charged.", **values),
            "provider": self.env._("%(amount)s paid with %(provider)s: given back the same way.", **values),
            "payment": self.env._(
                "%(amount)s paid with %(provider)s, which cannot give it back: a payment to the customer is "
                "prepared, an accountant sends it.",
                **values,
            ),
        }[transaction._adv_refund_road()]

    def action_refund(self):
        """Give the money back, then cancel the order and tell the customer as chosen.

        A provider that refuses is told in a notification; the order is left as it is.

        :raise AccessError: for others than ADV assistants and accountants
        :raise UserError: when no department refused the order or nothing is left to refund
        """
        only_one(self)
        self.order_id._adv_check_may_refund()
        # sudo: rights were checked; providers, payments and their journals are the accountants'
        order = self.order_id.sudo()
        order.lock_for_update(allow_referencing=True)
        transactions = order._adv_refundable_transactions()
        told = "\n".join(self._adv_tell_refund(transaction) for transaction in transactions)
        if not transactions._adv_give_back():
            return self._adv_notify_refused()
        order._message_log(body=self.env._("Refund: %s", told), author_id=self.env.user.partner_id.id)
        order._adv_finish_refund_activities()
        if self.tell_customer:
            order._adv_mail_customer("adv_orders.mail_template_refunded")
        if self.cancel_order:
            order._action_cancel()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _adv_notify_refused(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "sticky": True,
                "title": self.env._("Not refunded"),
                "message": self.env._(
                    "The provider refused the refund of %s: its payment says why.", self.order_id.name
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
