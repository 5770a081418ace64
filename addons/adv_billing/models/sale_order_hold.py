from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.adv_orders.tools import asked_text, only_one


class SaleOrder(models.Model):
    """Orders of customers on hold: stopped by a check, released one by one or when the hold ends."""

    _inherit = "sale.order"

    adv_payer_on_hold = fields.Boolean(
        string="Customer on Hold",
        compute="_compute_adv_payer_on_hold",
        search="_search_adv_payer_on_hold",
        groups="base.group_user",
    )
    adv_hold_reason = fields.Char(
        string="Why on Hold", compute="_compute_adv_hold_reason", groups="base.group_user"
    )
    adv_hold_state = fields.Selection(
        [("held", "On hold"), ("released", "Released")],
        string="Hold",
        compute="_compute_adv_hold_reason",
        groups="base.group_user",
    )
    adv_hold_released_date = fields.Datetime(
        string="Released from Hold on", readonly=True, copy=False, groups="base.group_user"
    )
    adv_hold_released_by = fields.Many2one(
        "res.users",
        string="Released by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
    )
    adv_hold_release_reason = fields.Char(
        string="Reason of the Release", readonly=True, copy=False, groups="base.group_user"
    )

    # === COMPUTE METHODS ===#

    def _compute_adv_payer_on_hold(self):
        for order in self:
            order.adv_payer_on_hold = order._adv_hold_mode() != "observe" and order._adv_is_payer_on_hold()

    def _search_adv_payer_on_hold(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo asks for the rights on a field only where the database is asked for it
        self._check_field_access(self._fields["adv_payer_on_hold"], "read")
        held = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_invoice_id.commercial_partner_id", "in", company._adv_payers_on_hold())
            for company in self.env.companies
            if self._adv_hold_mode_in(company) != "observe"
        )
        if True in value and False in value:
            return Domain.TRUE
        return held if True in value else ~held

    @api.depends("adv_hold_released_date")
    def _compute_adv_hold_reason(self):
        self.adv_hold_reason = self.adv_hold_state = False
        held = self.filtered("adv_payer_on_hold")
        # sudo: whoever sells reads why its order waits, not the reminders
        notices = self.env["adv.dunning.notice"].sudo()
        notices = notices.search(
            [
                ("is_holding", "=", True),
                ("company_id", "in", held.company_id.ids),
                ("partner_id", "in", held.partner_invoice_id.commercial_partner_id.ids),
            ],
            order="date, id",
        )
        last = {(notice.company_id, notice.partner_id): notice for notice in notices}
        for order in held:
            notice = last.get((order.company_id, order.partner_invoice_id.commercial_partner_id))
            order.adv_hold_state = "released" if order.adv_hold_released_date else "held"
            order.adv_hold_reason = (
                self.env._(
                    "%(level)s of %(day)s: %(amount)s overdue",
                    level=notice.level_id.name,
                    day=format_date(self.env, notice.date),
                    amount=format_amount(self.env, notice.amount, notice.currency_id),
                )
                if notice
                else self.env._("Put on hold by a collection manager")
            )

    # === CRUD METHODS ===#

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {
            "adv_hold_released_date",
            "adv_hold_released_by",
            "adv_hold_release_reason",
        }

    # === ACTIONS ===#

    def action_adv_release_hold(self, reason):
        """Let this order go on although its customer is on hold.

        :param str reason: why; kept on the order
        """
        only_one(self)
        self.check_access("write")
        if not self.env.user.has_groups("adv_orders.group_adv_manager,adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("An ADV manager or a collection manager releases an order."))
        reason = asked_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why this order is released."))
        self._adv_set_facts(
            {
                "adv_hold_released_date": fields.Datetime.now(),
                "adv_hold_released_by": self.env.uid,
                "adv_hold_release_reason": reason,
            }
        )
        self._message_log(body=self.env._("Released although the customer is on hold: %s", reason))
        self._adv_reevaluate()
        return True

    # === BUSINESS METHODS ===#

    def _adv_is_payer_on_hold(self):
        payer = self.partner_invoice_id.commercial_partner_id or self.partner_id.commercial_partner_id
        # whoever sells may know that the customer is on hold, not necessarily read its accounting
        return payer.sudo().with_company(self.company_id).adv_on_hold

    def _adv_hold_mode(self):
        return self._adv_hold_mode_in(self.company_id)

    def _adv_hold_mode_in(self, company):
        """Mode in which a hold acts in a company; observe when its check is gone."""
        check = self.env.ref("adv_billing.check_customer_on_hold", raise_if_not_found=False)
        check = check and check.sudo()  # a setting, read for anybody who confirms or delivers
        if not check or not check.active:
            return "observe"
        return check._adv_effective_mode(company)

    def _adv_check_inputs(self):
        """A hold that begins, ends or is released is told by the order's checks at once."""
        hold = (self._adv_is_payer_on_hold(), self.adv_hold_released_date)
        return [*super()._adv_check_inputs(), hold]

    def _adv_check_customer_on_hold(self):
        """Nothing is confirmed for a customer on hold, unless the order was released."""
        return {order.id: order._adv_hold_outcome() for order in self}

    def _adv_hold_outcome(self):
        if not self._adv_is_payer_on_hold():
            return "passed", ""
        payer = self.partner_invoice_id.commercial_partner_id or self.partner_id.commercial_partner_id
        if self.adv_hold_released_date:
            return "passed", lambda env: env._("Released: %s", self.adv_hold_release_reason)
        return "failed", lambda env: env._("%s is on hold for unpaid invoices.", payer.display_name)

    def _adv_is_held_for_payment(self):
        """Whether deliveries of the order must wait: on hold, not released, its check not overridden."""
        self.ensure_one()
        if not self._adv_is_payer_on_hold() or self.adv_hold_released_date:
            return False
        results = self.sudo().adv_check_result_ids  # a warehouse user reads no checks
        return not any(
            result.check_id.code == "customer_on_hold" and result.state == "overridden" for result in results
        )

    def _adv_begin_hold(self):
        """The customer was put on hold: those who look after its orders are told what waits."""
        held = self.filtered(lambda order: order._adv_hold_mode() != "observe")
        for payer, orders in held.grouped(lambda order: order._adv_payer()).items():
            orders._adv_tell_hold(
                self.env._("%s is on hold", payer.display_name),
                {self.env._("Neither confirmed nor shipped until it is released:"): orders},
            )

    @api.model
    def _adv_forget_hold_overrides(self, payers, company):
        """An override of a hold ends with it: the next hold of these payers is judged anew."""
        overridden = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_invoice_id.commercial_partner_id", "in", payers.ids),
                (
                    "adv_check_result_ids",
                    "any",
                    [("check_id.code", "=", "customer_on_hold"), ("state", "=", "overridden")],
                ),
            ]
        )
        if overridden:
            check = self.env["adv.check"].with_context(active_test=False)
            check._run(overridden, check.search([("code", "=", "customer_on_hold")]))

    def _adv_end_hold(self):
        """The hold ended: releases lapse, waiting orders are looked at again, people are told."""
        released = self.filtered("adv_hold_released_date")
        released._adv_set_facts(
            {
                "adv_hold_released_date": False,
                "adv_hold_released_by": False,
                "adv_hold_release_reason": False,
            }
        )
        self._adv_reevaluate()
        held = self.filtered(lambda order: order._adv_hold_mode() != "observe")
        for payer, orders in held.grouped(lambda order: order._adv_payer()).items():
            waiting = orders.filtered("adv_blocked")
            orders._adv_tell_hold(
                self.env._("%s is no longer on hold", payer.display_name),
                {
                    self.env._("These orders go on:"): orders - waiting,
                    self.env._("These still wait for something else:"): waiting,
                },
            )

    def _adv_tell_hold(self, subject, parts):
        """Send each assistant (else salesperson) one message about the orders they look after.

        :param dict parts: {sentence: orders it is about}
        """
        for person, orders in self.grouped(
            lambda order: order.adv_assistant_id.user_id or order.user_id
        ).items():
            if not person or person == self.env.user:
                continue
            body = Markup().join(
                Markup("<p>%s %s</p>") % (sentence, ", ".join((mine & orders).mapped("name")))
                for sentence, mine in parts.items()
                if mine & orders
            )
            orders[0]._adv_payer().message_notify(
                partner_ids=person.partner_id.ids,
                subject=subject,
                body=body,
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _adv_reevaluate(self):
        """Submit waiting orders again; those that are clear now go to the confirmation job."""
        # checks and blocks are written by server code, whoever ended the hold
        waiting = self.sudo().filtered(lambda order: order.adv_blocked and order.state in ("draft", "sent"))
        if waiting:
            waiting._adv_resubmit()._adv_release()
