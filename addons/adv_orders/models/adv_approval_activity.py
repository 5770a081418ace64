import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from psycopg2 import OperationalError

from ..tools import commit_step, event_now

_logger = logging.getLogger(__name__)

ACTIVITY_TYPES = {
    "sale.order": "adv_orders.activity_type_approval",
    "adv.approval": "adv_orders.activity_type_approval_question",
}


class AdvApproval(models.Model):
    """Who is told about a question: activity, reminder, escalation, refusal."""

    _inherit = "adv.approval"

    # ACTIVITIES

    def _adv_person(self):
        """Return who gets the activity: the deputy in an absence, else a member, else the manager."""
        self.ensure_one()
        people = self._adv_approvers()
        department = self.department_id
        deputy = department._adv_deputy(self.company_id._adv_today()) & people
        members = (department.member_ids & people) - department.manager_id
        return deputy or members[:1] or people[:1]

    def _adv_schedule_activities(self):
        """One activity a question: on the order, or on the question itself for who may not read orders."""
        people = {approval: approval._adv_person() for approval in self}
        readable = self._adv_readable_orders(people)
        self._adv_create_activities(
            [
                approval._adv_prepare_activity_vals(person, approval.order_id in readable.get(person, ()))
                for approval, person in people.items()
                if person
            ]
        )

    def _adv_readable_orders(self, people):
        """Return {person: the orders of ``self`` that the person may read}."""
        orders_of = {}
        for approval, person in people.items():
            orders_of[person] = orders_of.get(person, approval.order_id.browse()) | approval.order_id
        # sudo: only what the person may read, of which the caller goes on to tell
        return {
            person: orders.sudo(False).with_user(person)._filtered_access("read").sudo()
            for person, orders in orders_of.items()
            if person
        }

    def _adv_prepare_activity_vals(self, person, on_order):
        record = self.order_id if on_order else self
        return {
            "activity_type_id": self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY_TYPES[record._name]),
            "res_model_id": self.env["ir.model"]._get_id(record._name),
            "res_id": record.id,
            "adv_approval_id": self.id,
            "user_id": person.id,
            "summary": self.rule_id.with_context(lang=person.lang).name,
            "date_deadline": self.company_id._adv_date(self.deadline) or self.company_id._adv_today(),
            "automated": True,
        }

    @api.model
    def _adv_create_activities(self, vals_list):
        # quick update: no mail per activity, the reminder is the mail
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return quick.sudo().create(vals_list)  # sudo: who asks need not have rights on the approver's record

    def _adv_activities(self):
        # sudo: activities of colleagues
        return self.env["mail.activity"].sudo().search([("adv_approval_id", "in", self.ids)])

    def _adv_finish_activities(self):
        """The activities of decided questions are done; the answer is told in the order's history."""
        activities = self._adv_activities()
        if activities:
            activities.action_archive()
        bodies = {
            order.id: "\n".join(approvals.mapped(lambda approval: approval._adv_tell_answer()))
            for order, approvals in self.grouped("order_id").items()
            if order
        }
        if bodies:
            self.order_id._message_log_batch(bodies=bodies, author_id=self.env.user.partner_id.id)

    def _adv_tell_answer_in(self, env):
        return self.with_env(env)._adv_tell_answer()

    def _adv_tell_answer(self):
        texts = {
            "approved": self.env._("%(department)s approved: %(rule)s", **self._adv_names()),
            "refused": self.env._("%(department)s refused: %(reason)s", **self._adv_names()),
        }
        return texts[self.decision]

    def _adv_tell_question(self):
        people = ", ".join(self._adv_approvers().mapped("name")) or self.env._("nobody yet")
        if not self.deadline:
            return self.env._(
                "%(department)s has to approve (%(people)s)",
                department=self.department_id.name,
                people=people,
            )
        return self.env._(
            "%(department)s has to approve by %(deadline)s (%(people)s)",
            department=self.department_id.name,
            deadline=self._adv_local("deadline"),
            people=people,
        )

    def _adv_names(self):
        return {
            "department": self.department_id.name,
            "rule": self.rule_id.name,
            "reason": self.reason or "",
        }

    def _adv_remove_activities(self):
        self._adv_activities().unlink()

    # REMINDER AND ESCALATION

    @api.model
    def _adv_cron_remind(self, limit=100):
        """Remind departments before their deadline and tell their managers after it, once each.

        Mark and message are one transaction: a job that is killed repeats nothing and forgets nothing.
        """
        now = event_now(self.env)
        due = {
            "_adv_remind": [("remind_at", "<=", now), ("reminded_date", "=", False)],
            "_adv_escalate": [("deadline", "<=", now), ("escalated_date", "=", False)],
        }
        for method, domain in due.items():
            domain = [("state", "=", "pending"), ("mode", "=", "enforce"), *domain]
            step = partial(self._adv_tell_due, method, domain, limit, now)
            while True:
                done, left = commit_step(self.env, step)
                if not left or done < limit:
                    break

    @api.model
    def _adv_tell_due(self, method, domain, limit, now):
        """Tell about some questions that nobody else is writing; return their number."""
        approvals = self.search(domain, limit=limit, order="deadline, id")
        locked = approvals.try_lock_for_update(allow_referencing=True).filtered_domain(domain)
        getattr(locked, method)(now)
        return len(locked)

    def _adv_remind(self, now):
        """Tell everybody who may decide that the deadline is near."""
        self.write({"reminded_date": now})
        self._adv_tell_each("_adv_tell_deadline")

    def _adv_tell_each(self, method):
        """Tell about each question apart: one that cannot be told never silences the others."""
        for approval in self:
            try:
                with self.env.cr.savepoint():
                    getattr(approval, method)()
            except OperationalError:  # noqa: PERF203 - a concurrent change: the job starts again
                raise
            except Exception:
                _logger.exception("Nobody could be told about approval %s", approval.id)

    def _adv_tell_deadline(self):
        self._adv_notify_each(
            self._adv_approvers(),
            lambda env: env._("%s waits for your approval", self.order_name),
            lambda env: env._(
                "%(rule)s: please answer by %(deadline)s.",
                rule=self.with_env(env).rule_id.name,
                deadline=self.with_env(env)._adv_local("deadline"),
            ),
        )

    def _adv_escalate(self, now):
        """Hand late questions to the manager of the department, else to the ADV managers."""
        self.write({"escalated_date": now})
        self._adv_tell_each("_adv_tell_superiors")

    def _adv_tell_superiors(self):
        people = self._adv_superiors()
        self._adv_notify_each(
            people,
            lambda env: env._("%s: no answer in time", self.order_name),
            lambda env: env._(
                "%(department)s was asked on %(asked)s and has not answered.",
                department=self.with_env(env).department_id.name,
                asked=self.with_env(env)._adv_local("requested_date"),
            ),
        )
        manager = (people & self._adv_approvers())[:1]
        if manager and manager not in self._adv_activities().user_id:
            readable = self._adv_readable_orders({self: manager})[manager]
            self._adv_create_activities([self._adv_prepare_activity_vals(manager, bool(readable))])

    def _adv_superiors(self):
        """Return the manager of the department, the ADV managers where that one may not decide."""
        manager = self.department_id.manager_id & self._adv_approvers()
        if manager:
            return manager
        users = self.env.ref("adv_orders.group_adv_manager").user_ids
        return users.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )

    def _adv_local(self, name):
        """Return a moment as the company's clock shows it."""
        return format_datetime(self.env, self[name], tz=self.company_id.adv_tz, dt_format="short")

    # REFUSAL

    def _adv_tell_refusal(self):
        """The order goes back to who asked; the salesperson is told, and a payment is to be given back."""
        for approval in self.filtered("order_id"):
            order = approval.order_id
            note = approval._adv_tell_answer_in
            order._adv_schedule(
                order._adv_assistant_user(approval), lambda env: env._("Correct the order"), note
            )
            order._adv_notify_salesperson(lambda env, order=order: env._("%s was refused", order.name), note)
            order._adv_propose_refund(note)


class MailActivity(models.Model):
    """The activity of a question: approve and refuse are its buttons, it is done by the decision."""

    _inherit = "mail.activity"

    adv_approval_id = fields.Many2one(
        "adv.approval", string="Approval", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    adv_asks_approval = fields.Boolean(string="Asks for an approval", compute="_compute_adv_can_decide")
    adv_can_decide = fields.Boolean(string="May decide", compute="_compute_adv_can_decide")

    @api.depends("adv_approval_id", "active")
    @api.depends_context("uid")
    def _compute_adv_can_decide(self):
        for activity in self:
            # sudo: the question says itself who may decide
            question = activity.sudo().adv_approval_id if activity.active else self.env["adv.approval"]
            activity.adv_asks_approval = bool(question)
            activity.adv_can_decide = bool(question) and question.can_decide

    # ACTIONS

    def action_adv_approve(self):
        """Approve what the activities ask; rights are those of the questions."""
        return self._adv_questions().action_approve()

    def action_adv_refuse(self):
        """Open the wizard that asks for the reason of the refusal."""
        return self._adv_questions().action_open_refuse()

    # BUSINESS

    def _adv_questions(self):
        questions = self.adv_approval_id
        if not questions:
            raise UserError(self.env._("These activities ask for no approval."))
        return questions

    def _action_done(self, feedback=False, attachment_ids=None):
        # sudo: whether a question is open, asked of an activity that the person may close
        asking = self.filtered(lambda activity: activity.sudo().adv_approval_id.state == "pending")
        if asking:
            raise UserError(
                self.env._("Approve or refuse the order: this activity is done by your decision.")
            )
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "adv_asks_approval", "adv_can_decide"]
