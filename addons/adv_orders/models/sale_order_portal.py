from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import str2bool

from ..tools import event_now, hidden_from_customers
from .sale_order_gate import OPEN

# how we work on an order, which the customer who may read it does not read
INTERNAL = frozenset(
    {
        "adv_blocked",
        "adv_clean_date",
        "adv_desk_rank",
        "adv_followed_date",
        "adv_lateness",
        "adv_quote_status",
        "adv_ready",
        "adv_state",
        "adv_submitted_by",
        "adv_to_confirm",
        "adv_todo",
    }
)
INTERNAL_OF_LINES = frozenset({"adv_backorder_choice", "adv_lateness", "adv_short_qty"})


class SaleOrder(models.Model):
    """What a customer may do with an order that they signed or paid and that we still hold."""

    _inherit = "sale.order"

    adv_held_date = fields.Datetime(
        string="Held for the customer since",
        readonly=True,
        copy=False,
        help="When the customer had signed or paid and we had to look at the order first.",
    )
    adv_answer_by = fields.Datetime(
        string="We answer by",
        compute="_compute_adv_answer_by",
        help="When the customer who signed or paid can expect our answer.",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_held_date"}

    def _has_field_access(self, field, operation):
        hidden = hidden_from_customers(self, field, INTERNAL)
        return not hidden and super()._has_field_access(field, operation)

    # COMPUTE

    @api.depends("adv_held_date", "company_id.adv_answer_hours")
    def _compute_adv_answer_by(self):
        for order in self:
            held = order.adv_held_date
            # sudo: a customer does not read the company's working hours
            company = order.company_id.sudo()
            order.adv_answer_by = held and company._adv_plan_hours(held, company.adv_answer_hours)

    def _compute_is_expired(self):
        super()._compute_is_expired()
        for order in self.filtered("is_expired"):
            order.is_expired = not order._adv_is_held_for_customer()

    # STATE

    def _adv_is_committed(self):
        """Return whether the customer has signed, paid, or will pay on delivery."""
        self.ensure_one()
        return bool(
            self.signature
            or self.sudo().transaction_ids.filtered(  # sudo: people who confirm need not read payments
                lambda transaction: (
                    transaction.state in ("authorized", "done")
                    or (transaction.state == "pending" and transaction._adv_is_cash_on_delivery())
                )
            )
        )

    def _adv_is_accepted(self):
        """Return whether the customer did anything that says yes, a bank transfer announced included."""
        return self._adv_is_committed() or bool(
            # sudo: see above
            self.sudo().transaction_ids.filtered(lambda transaction: transaction.state == "pending")
        )

    def _adv_is_held_for_customer(self):
        """Return whether the customer has done their part and waits for our answer."""
        self.ensure_one()
        return self.state in OPEN and bool(self.adv_blocked or self.adv_ready) and self._adv_is_committed()

    def _can_be_edited_on_portal(self):
        return super()._can_be_edited_on_portal() and not self._adv_is_held_for_customer()

    # WHO IS TOLD

    def _adv_hold_for_customers(self):
        """Keep since when customers wait for our answer, and tell them, the assistant and the salesperson."""
        orders = self.sudo()  # sudo: the customer's own request holds the order
        for order in orders.filtered(lambda order: not order.adv_held_date and order._adv_is_committed()):
            order._adv_set_facts({"adv_held_date": event_now(self.env)})
            order = order.with_user(SUPERUSER_ID)
            order._adv_tell_held()
            order._adv_mail_customer("adv_orders.mail_template_held")

    def _adv_tell_held(self):
        """Tell the assistant and the salesperson what is to be settled while their customer waits."""
        self._adv_schedule(
            self._adv_assistant_user(),
            lambda env: env._("The customer waits for our answer"),
            lambda env: env._("Signed or paid, and held: %s", self.with_env(env).adv_todo or ""),
        )
        self._adv_notify_salesperson(
            lambda env: env._("%s: your customer has ordered, we hold it", self.name),
            lambda env: self.with_env(env).adv_todo,
        )

    def _adv_tell_released(self):
        """The customer gets Odoo's own confirmation; here the house is told."""
        people = self._adv_assistant_user() | self.user_id

        def note(env):
            return env._("%s was held and is confirmed now.", self.name)

        self._adv_notify_each(people, note, note)

    def _adv_mail_customer(self, template):
        """Send the customer one of our own messages."""
        self._send_order_notification_mail(self.env.ref(template, raise_if_not_found=False))

    def _send_payment_succeeded_for_order_mail(self):
        """Who waits for our answer has been told about the payment in the message about the order."""
        held = self.filtered(lambda order: order.adv_held_date and order._adv_is_held_for_customer())
        return super(SaleOrder, self - held)._send_payment_succeeded_for_order_mail()

    # BILLING

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
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: one parameter, read only
        return str2bool(parameters.get_param("sale.automatic_invoice") or "False")


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A held order was not confirmed: the customer gets the mail about the payment instead."""
        return super()._check_amount_and_confirm_order().filtered(lambda order: order.state == "sale")

    def _adv_is_cash_on_delivery(self):
        """Return whether the carrier collects the money (module ``delivery``)."""
        provider = self.provider_id
        return "custom_mode" in provider._fields and provider.custom_mode == "cash_on_delivery"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _has_field_access(self, field, operation):
        hidden = hidden_from_customers(self, field, INTERNAL_OF_LINES)
        return not hidden and super()._has_field_access(field, operation)
