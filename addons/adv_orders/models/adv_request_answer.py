from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import asked_values, commit_step, event_now, only_one
from .adv_request import REPEAT_DAYS


class AdvRequest(models.Model):
    """Answering, closing, and what a complaint becomes."""

    _inherit = "adv.request"

    # ACTIONS

    def action_answered(self):
        """Say that the customer has the answer (by phone, or outside of Odoo)."""
        self.check_access("write")
        self._adv_answer(self.filtered(lambda request: request.state == "open"))
        return True

    def action_close(self):
        """Close the requests; the customer is asked how it went if the company wants it."""
        self.check_access("write")
        self._adv_close()
        return True

    def _adv_close(self):
        """Stamp answer and end; rights are the caller's matter."""
        self._adv_answer(self.filtered(lambda request: not request.date_first_answer))
        closing = self.filtered(lambda request: request.state != "closed")
        closing = closing.sudo()  # sudo: facts have no other writer
        closing._adv_set_facts({"state": "closed", "date_closed": event_now(self.env)})
        closing.activity_unlink(["adv_orders.activity_type_request_late"])
        closing._adv_ask_rating()

    def action_reopen(self):
        """Open requests again that were answered too early."""
        self.check_access("write")
        # sudo: facts have no other writer; rights were checked above
        self.sudo()._adv_set_facts({"state": "open", "date_closed": False, "late_told": False})
        return True

    def action_open_error(self):
        """Open the wizard that records the complaint as an error of ours."""
        only_one(self)
        if not self.order_id:
            raise UserError(self.env._("Say first which order the complaint is about."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record our error"),
            "res_model": "adv.request.error",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def action_open_order(self):
        """Open the order that the request is about."""
        only_one(self)
        return self.order_id._adv_open_records(self.order_id.name)

    # ANSWERS

    def _adv_answer(self, answered):
        """Stamp the first answer of ``answered``; rights are the caller's matter."""
        now = event_now(self.env)
        requests = answered.sudo()  # sudo: facts have no other writer
        requests.filtered(lambda request: not request.date_first_answer)._adv_set_facts(
            {"date_first_answer": now}
        )
        requests.filtered(lambda request: request.state == "open")._adv_set_facts({"state": "answered"})
        requests.activity_unlink(["adv_orders.activity_type_request_late"])

    def _message_post_after_hook(self, message, msg_values):
        """A message that the customer gets is the answer; one of the customer's opens the request again."""
        super()._message_post_after_hook(message, msg_values)
        if message.message_type not in ("comment", "email") or message.is_internal:
            return
        if message.subtype_id.internal:
            return
        # sudo: who wrote decides, whoever posts
        author = message.sudo().author_id
        ours = any(not user.share for user in author.with_context(active_test=False).user_ids)
        if ours and message.message_type == "comment":
            self._adv_answer(self.filtered(lambda request: request.state == "open"))
        elif not ours:
            self._adv_contacted_again()

    def _adv_contacted_again(self):
        """Open answered requests again whose customer wrote once more."""
        again = self.sudo().filtered(lambda request: request.state != "open")  # sudo: facts
        since = event_now(self.env) - timedelta(days=REPEAT_DAYS)
        again.filtered(lambda request: (request.date_first_answer or since) >= since)._adv_set_facts(
            {"is_repeat": True}
        )
        again._adv_set_facts({"state": "open", "date_closed": False})

    # MAIL

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a request of a mail to the address for requests; the sender is recognised."""
        self.check_access("create")
        values = asked_values(self.env, custom_values)
        msg_dict = asked_values(self.env, msg_dict)
        company = self.env["res.company"].browse(values.get("company_id") or self.env.company.id)
        partner, _why = self.env["adv.document"]._adv_recognise(msg_dict.get("email_from") or "", company)
        requests = self.with_company(company)
        return requests._adv_create(
            [
                {
                    "name": msg_dict.get("subject") or self.env._("No subject"),
                    "company_id": company.id,
                    "channel": "email",
                    "email_from": msg_dict.get("email_from"),
                    "partner_id": partner.id,
                    **{name: values[name] for name in ("mailbox_id", "kind") if values.get(name)},
                }
            ]
        )

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]

    # RATING

    def _rating_get_operator(self):
        return self.assistant_id.user_id.partner_id or super()._rating_get_operator()

    def _rating_get_partner(self):
        return self.partner_id

    def _adv_ask_rating(self):
        """Send the customers of closed requests the question how it went, where the company asks it."""
        template = self.env.ref("adv_orders.mail_template_request_rating", raise_if_not_found=False)
        for request in self if template else ():
            if request.company_id.adv_request_rating and request.partner_id.email:
                request.rating_send_request(template, lang=request.partner_id.lang, force_send=False)

    # LATE

    @api.model
    def _adv_cron_late(self, limit=500):
        """Give the assistants of requests past due an activity, once each."""
        domain = Domain("state", "=", "open") & Domain("late_told", "=", False)
        domain &= Domain("date_due", "<", event_now(self.env))
        done, _left = commit_step(self.env, partial(self._adv_tell_all_late, domain, limit))
        if done == limit:
            self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))

    @api.model
    def _adv_tell_all_late(self, domain, limit):
        """Tell about some requests that nobody else is writing; return their number."""
        late = self.search(domain, limit=limit, order="date_due, id").try_lock_for_update()
        for company, requests in late.grouped("company_id").items():
            today = company._adv_date(event_now(self.env))
            for request in requests:
                request._adv_tell_late(today)
        late._adv_set_facts({"late_told": True})
        return len(late)

    def _adv_tell_late(self, today):
        user = self.assistant_id.user_id if self.assistant_id._adv_present() else self.create_uid
        if not user or user.share or not user.active or user.id == 1:
            user = self.assistant_id.user_id.filtered("active") or self.env.ref("base.user_admin")
        self.activity_schedule(
            "adv_orders.activity_type_request_late",
            date_deadline=today,
            summary=self._adv_tell_in(lambda env: env._("Past due: %s", self.display_name), user.lang),
            user_id=user.id,
        )

    # ERRORS

    def _adv_log_error(self, error_type, minutes, cost):
        """Record the complaint in the ledger as an error that the customer found; once.

        :return: the row (adv.order.error)
        """
        self.ensure_one()
        error = self.env["adv.order.error"]._adv_log(
            [
                {
                    "type": error_type.id,
                    "order_id": self.order_id.id,
                    "company_id": self.company_id.id,
                    "partner_id": self.commercial_partner_id.id,
                    "name": self.name,
                    "found_by": "customer",
                    "escaped": True,
                    "minutes": minutes,
                    "cost": cost,
                    "date": self.received_date,
                    "res_model": self._name,
                    "res_id": self.id,
                    "source_key": f"{self._name},{self.id}",
                }
            ]
        )
        self.sudo()._adv_set_facts({"error_id": error.id})  # sudo: facts; rights checked by the wizard
        return error


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_request_count = fields.Integer(string="Requests", compute="_compute_adv_request_count")

    def _compute_adv_request_count(self):
        requests = self.env["adv.request"]
        groups = (
            requests._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
            if requests.has_access("read")
            else []
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.adv_request_count = counts.get(order.id, 0)

    def action_open_adv_requests(self):
        """Open the requests about the order."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_orders.action_request")
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def action_open_request_log(self):
        """Open the dialog that logs what the customer asked about the order."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log a request"),
            "res_model": "adv.request.log",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }
