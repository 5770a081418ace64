import logging

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from psycopg2 import OperationalError

from ..tools import commit_step
from .sale_order_gate import OPEN

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """What happens once the last block of an order is lifted: a job confirms it, exactly once."""

    _inherit = "sale.order"

    # RELEASE

    def _adv_release(self):
        """Hand orders whose last block was lifted to the confirmation job.

        The decision commits first; a confirmation that fails later never loses it. A quotation that only
        waited to be sent is not confirmed.
        """
        ready = self.filtered(
            lambda order: (
                order.state in OPEN and order.adv_to_confirm and not order.adv_blocked and not order.adv_ready
            )
        )
        if ready:
            ready._adv_set_facts({"adv_ready": True})
            # sudo: anybody whose decision clears an order starts the job
            self.env.ref("adv_orders.cron_confirm_ready").sudo()._trigger()

    @api.model
    def _adv_cron_confirm_ready(self, limit=200):
        """Confirm the orders that were cleared; a failure becomes an activity of the person who submitted."""
        domain = [("adv_ready", "=", True), ("state", "in", OPEN)]
        orders = self.search(domain, limit=limit, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(orders))
        left_over = False
        for order_id in orders.ids:
            order = self.browse(order_id)
            try:
                _done, go_on = commit_step(self.env, order._adv_confirm_ready)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody is at its stock all the time: the others go on, this one is for the next run
                self.env.cr.rollback()
                left_over = go_on = True
            else:
                order._adv_send_held_invoices()
            if not go_on:
                return
        if left_over or len(orders) == limit:
            self.env.ref("adv_orders.cron_confirm_ready")._trigger()

    def _adv_confirm_ready(self):
        """Lock, recheck and confirm one cleared order as superuser; exactly once.

        :return: 1, the number of orders looked at
        """
        order = self.with_user(SUPERUSER_ID).try_lock_for_update(allow_referencing=True)
        order.invalidate_recordset(["state", "adv_ready"])
        if not order or not order.adv_ready or order.state not in OPEN:
            return 1
        order = order.with_company(order.company_id)
        order._adv_set_facts({"adv_ready": False})
        error = None
        try:
            with self.env.cr.savepoint():
                order.with_context(send_email=order._adv_is_committed()).action_confirm()
                if order.state == "sale":
                    order._adv_bill_held_payments()
        except OperationalError:
            raise  # a concurrent change: the job takes the order again
        except Exception as exception:
            _logger.info("Order %s could not be confirmed: %s", order.name, exception)
            error = exception
        if order.state == "sale" and order.adv_held_date:
            order._adv_tell_released()
        if error or order.state != "sale":
            order._adv_schedule(
                order.adv_submitted_by or order.user_id,
                lambda env: env._("Confirm the order"),
                lambda env: env._(
                    "It was cleared, but could not be confirmed: %s",
                    error or order.with_env(env).adv_todo or "",
                ),
            )
        return 1

    # PEOPLE

    def _adv_schedule(self, user, summary, note, activity_type="mail.mail_activity_data_todo"):
        """Give ``user`` (or the responsible of the order) an activity on the order, in their language.

        :param summary: a function of an environment that returns the text, as is ``note``
        """
        self.ensure_one()
        self.env["mail.activity"].sudo().create(  # sudo: whose decision it is need not read the order
            {
                **self._adv_prepare_todo_vals(user, summary, note),
                "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(activity_type),
            }
        )

    def _adv_prepare_todo_vals(self, user, summary, note):
        people = (user or self.env["res.users"]) + self.user_id + self.adv_assistant_id.user_id
        able = people.filtered(lambda person: person.active and not person.share)
        person = able[:1] or self.env.ref("base.user_admin")
        return {
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mail_activity_data_todo"),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "summary": self._adv_tell_in(summary, person.lang),
            "note": self._adv_tell_in(note, person.lang),
            "date_deadline": self.company_id._adv_today(),
            "user_id": person.id,
            "automated": True,
        }

    def _adv_assistant_user(self, approval=None):
        """Return who corrects the order: who asked, else its assistant, else its salesperson."""
        self.ensure_one()
        asker = approval.requested_by if approval else self.adv_submitted_by
        if asker and asker.active and not asker.share and not asker._is_superuser():
            return asker
        return self.adv_assistant_id.user_id or self.user_id

    def _adv_notify_salesperson(self, subject, body):
        """Tell the salesperson of the order in their language, unless it is their own doing.

        :param subject: a function of an environment that returns the text, as is ``body``
        """
        self.ensure_one()
        if self.user_id != self.env.user:
            self._adv_notify_each(self.user_id, subject, body)
