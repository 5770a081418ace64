from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class AdvDunningNotice(models.Model):
    """What comes back: replies, bounced e-mails; and what a salesperson may still object to."""

    _inherit = "adv.dunning.notice"

    # --- Replies

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self._note_conversation(message)
        return result

    def _note_conversation(self, message):
        """An e-mail from outside is a reply; what somebody of the house sends to the customer answers it."""
        is_ours = bool(message.author_id.user_ids.filtered(lambda user: user._is_internal()))
        if message.message_type == "email" and not is_ours:
            for notice in self:
                notice._receive_reply(notice.company_id._adv_today())
        elif is_ours and message.message_type == "comment" and not message.is_internal:
            self._answer(message.subtype_id == self.env.ref("mail.mt_comment"))

    def _receive_reply(self, date):
        """Note that the customer replied: reminders wait until it is answered, and the collector is told.

        :param date date: the day of the reply
        """
        self.ensure_one()
        self._adv_set_facts({"replied_on": date, "answered_on": False})
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=date,
            summary=self.env._("Answer the customer"),
            note=self.env._("Reminders of this customer wait for the answer."),
            user_id=self._collector().id,
        )

    def _answer(self, is_answer=True):
        """The customers' replies are answered."""
        waiting = self.filtered(lambda notice: is_answer and notice.replied_on and not notice.answered_on)
        for company, notices in waiting.grouped("company_id").items():
            notices._adv_set_facts({"answered_on": company._adv_today()})
        # sudo: whoever answers ends the collector's activity
        waiting.sudo().activity_feedback(["mail.mail_activity_data_todo"])

    def action_reply(self):
        """Note that the customer replied by another way than e-mail; by a collector."""
        self._check_collector()
        for notice in self.filtered(lambda notice: notice.state == "sent"):
            notice._receive_reply(notice.company_id._adv_today())
        return True

    def action_answered(self):
        """Note that the customers' replies are answered: their reminders go on; by a collector."""
        self._check_collector()
        self._answer()
        return True

    # --- Bounced e-mails

    def _message_receive_bounce(self, email, partner):
        """The next channel of the level takes over, and the collector is told (hook of mail.thread)."""
        super()._message_receive_bounce(email, partner)
        for notice in self.filtered(lambda notice: notice.state == "sent" and notice.channel == "email"):
            notice._fall_back(
                self.env._("The e-mail to %(address)s came back.", address=email or notice.email)
            )

    def _fall_back(self, reason):
        """Have the notice go out by the other channel of its level."""
        self.ensure_one()
        channel = self.level_id.fallback_channel
        if self._can_go_by(channel):
            self._adv_set_facts({"channel": channel, "is_fallback": True, "state": "ready"})
            self.run_id._close_if_done()
        self._tell_collector(reason)

    def _can_go_by(self, channel):
        """Has the customer an address for a channel other than the e-mail that came back?"""
        contact = self.contact_id or self.partner_id
        if channel == "letter":
            return bool(contact.street or contact.city)
        if channel == "sms" and self.level_id._has_sms():
            return bool(contact.phone_sanitized or self.partner_id.phone_sanitized)
        return channel == "phone"

    def _tell_collector(self, reason):
        self.ensure_one()
        labels = dict(self._fields["channel"]._description_selection(self.env))
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._adv_today(),
            summary=self.env._("Correct the address"),
            note=self.env._(
                "%(reason)s This reminder goes by: %(channel)s.",
                reason=reason,
                channel=labels.get(self.channel, self.channel),
            ),
            user_id=self._collector().id,
        )

    # --- Release

    @api.depends("warned_at", "state")
    def _compute_release_from(self):
        for notice in self:
            hours = notice.company_id._adv_dunning_policy().release_notice_hours
            notice.release_from = (
                notice.warned_at + timedelta(hours=hours)
                if notice.salesperson_id and notice.warned_at
                else False
            )

    def _check_salesperson_told(self):
        """Refuse to release what the salesperson was not told long enough ago."""
        now = fields.Datetime.now()
        early = self.filtered(lambda notice: notice.release_from and notice.release_from > now)
        if early:
            raise UserError(
                self.env._(
                    "The salesperson of %(customers)s may still object: release from %(moment)s on.",
                    customers=", ".join(early.partner_id.mapped("name")),
                    moment=fields.Datetime.to_string(
                        fields.Datetime.context_timestamp(self, max(early.mapped("release_from")))
                    ),
                )
            )
