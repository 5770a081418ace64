from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.misc import formatLang

from ..tools import asked_text, event_now, only_one
from .adv_approval_rule import STAGES
from .res_company import MODES


class AdvApproval(models.Model):
    """One question to a department and its answer. Rows are never deleted, and a decision never changes.

    ``state`` says whether the row still counts: what a later change made untrue is obsolete, its
    ``decision`` stays.
    """

    _name = "adv.approval"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Approval by a department"
    _order = "requested_date desc, id desc"
    _rec_name = "order_name"

    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    rule_id = fields.Many2one(
        "adv.approval.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    stage = fields.Selection(STAGES, readonly=True, string="Asked")
    mode = fields.Selection(MODES, readonly=True, help="How strict the company was when it asked.")
    department_id = fields.Many2one(
        "adv.department", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, ondelete="set null")
    sequence = fields.Integer(string="Turn", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting for others"),
            ("pending", "To approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("obsolete", "Obsolete"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="pending",
    )

    # QUESTION

    amount = fields.Monetary(string="Amount asked", readonly=True)
    after_confirmation = fields.Boolean(
        string="Change of a confirmed order", readonly=True, help="Somebody changed what was agreed."
    )
    fingerprint = fields.Json(readonly=True)
    discount = fields.Float(compute="_compute_facts", string="Highest discount", help="In %.")
    margin = fields.Float(compute="_compute_facts", help="In %, on the costs known when first asked.")
    payment_terms = fields.Char(compute="_compute_facts", string="Payment terms")
    changes = fields.Char(
        string="Changed since", compute="_compute_changes", help="Since the last decision of this department."
    )
    requested_by = fields.Many2one("res.users", string="Asked by", readonly=True, ondelete="restrict")
    requested_date = fields.Datetime(string="Asked on", readonly=True)
    author_ids = fields.Many2many(
        "res.users",
        string="Asked or changed by",
        readonly=True,
        help="These people may not decide: nobody approves what they wrote.",
    )
    deadline = fields.Datetime(string="Due", readonly=True)
    remind_at = fields.Datetime(string="Reminder due", readonly=True)
    reminded_date = fields.Datetime(string="Reminded on", readonly=True)
    escalated_date = fields.Datetime(string="Manager told on", readonly=True)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    can_decide = fields.Boolean(string="May decide", compute="_compute_can_decide")

    # ANSWER

    decision = fields.Selection([("approved", "Approved"), ("refused", "Refused")], readonly=True)
    decided_by = fields.Many2one("res.users", string="Decided by", readonly=True, ondelete="restrict")
    decided_date = fields.Datetime(string="Decided on", readonly=True)
    reason = fields.Char(readonly=True)

    _reminder_index = models.Index("(remind_at) WHERE state = 'pending' AND reminded_date IS NULL")
    _observed_index = models.Index("(company_id, requested_date) WHERE mode = 'observe'")
    _escalation_index = models.Index("(deadline) WHERE state = 'pending' AND escalated_date IS NULL")

    # COMPUTE

    @api.depends("fingerprint")
    @api.depends_context("lang")
    def _compute_facts(self):
        for approval in self:
            facts = approval.fingerprint or {}
            approval.discount = facts.get("discount", 0.0)
            approval.margin = facts.get("margin", 0.0)
            approval.payment_terms = approval._adv_shown_fact("terms", facts)

    @api.depends("fingerprint", "rule_id", "order_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        # sudo: what changed since the department's own last decision, for those who see the question
        decided = self.sudo().search(
            [
                ("order_id", "in", self.order_id.ids),
                ("rule_id", "in", self.rule_id.ids),
                ("decision", "!=", False),
            ],
            order="decided_date desc, id desc",
        )
        for approval in self:
            last = decided.filtered(
                lambda other, approval=approval: (
                    other.order_id == approval.order_id
                    and other.rule_id == approval.rule_id
                    and other.id < approval.id
                )
            )[:1]
            approval.changes = approval._adv_tell_changes(last.fingerprint or {}) if last else False

    def _adv_tell_changes(self, before):
        """Return the inputs that are not as in ``before``, as a person reads them."""
        now = self.fingerprint or {}
        labels = {
            "amount": self.env._("Amount"),
            "discount": self.env._("Discount"),
            "margin": self.env._("Margin"),
            "terms": self.env._("Payment terms"),
            "promise": self.env._("Delivery date"),
            "shipping": self.env._("Delivery address"),
        }
        return ", ".join(
            f"{label} {self._adv_shown_fact(name, before)} \N{RIGHTWARDS ARROW} "
            f"{self._adv_shown_fact(name, now)}"
            for name, label in labels.items()
            if self._adv_shown_fact(name, before) != self._adv_shown_fact(name, now)
        )

    def _adv_shown_fact(self, name, facts):
        """Return one input of a fingerprint as a person reads it."""
        # sudo: names of terms and addresses, for people who may decide without reading orders
        env, value = self.sudo().env, facts.get(name)
        if name == "amount":
            currency = env["res.currency"].browse(facts.get("currency") or self.currency_id.id)
            return format_amount(env, value or 0.0, currency)
        if name in ("discount", "margin"):
            return f"{formatLang(env, value or 0.0, digits=1)} %"
        if name == "promise":
            return format_date(env, fields.Datetime.to_datetime(value)) if value else env._("not set")
        model = "account.payment.term" if name == "terms" else "res.partner"
        return env[model].browse(value or []).exists().display_name or env._("not set")

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        now = event_now(self.env)
        for approval in self:
            approval.is_late = (
                approval.state == "pending" and bool(approval.deadline) and approval.deadline < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "pending"), ("deadline", "<", event_now(self.env))]

    @api.depends("state", "author_ids", "department_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for approval in self:
            # sudo: an approver need not read companies or departments
            people = approval.sudo()._adv_approvers() if approval.state == "pending" else ()
            approval.can_decide = self.env.user in people

    # CRUD

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A decision stays: it cannot be deleted."))

    @api.model
    def _adv_create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True)
        return super(AdvApproval, quiet).create(vals_list).with_env(self.env)

    # ACTIONS

    def action_approve(self, reason=None):
        """Approve in the name of the department.

        :return: True for one question; for several a notification with the result of each order
        :raise AccessError: when the user is not a member, manager or deputy of the department, or asked
        :raise UserError: when the question is not open
        """
        return self._adv_answer("approved", asked_text(self.env, reason))

    def action_refuse(self, reason=None):
        """Refuse in the name of the department; the order goes back to the assistant with ``reason``.

        Results and errors as in ``action_approve``.
        """
        reason = asked_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why the order is refused: the assistant has to correct it."))
        return self._adv_answer("refused", reason)

    def action_open_refuse(self):
        """Open the wizard that asks for the reason."""
        return self.env["adv.reason"]._adv_open(self, "action_refuse", self.env._("Refuse"))

    def action_open_order(self):
        """Open the order; its own rights apply."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    # RIGHTS

    def _adv_approvers(self):
        """Return the users who may decide today: nobody who asked for it or wrote it."""
        self.ensure_one()
        today = self.company_id._adv_today()
        return self.department_id._adv_approvers(today) - self.requested_by - self.author_ids

    def _adv_may_not(self):
        """Return {approval: the error that keeps the user from deciding it}."""
        errors = {}
        for approval in self.sudo():  # sudo: an approver need not read companies or departments
            name = approval.order_id.name or approval.order_name
            if approval.state != "pending":
                errors[approval] = UserError(self.env._("%s: this question is not open any more.", name))
            elif self.env.user in approval.requested_by | approval.author_ids:
                errors[approval] = AccessError(
                    self.env._("%s: who asked for it or changed it cannot approve it.", name)
                )
            elif self.env.user not in approval._adv_approvers():
                errors[approval] = AccessError(
                    self.env._(
                        "%(order)s: only %(department)s may decide.",
                        order=name,
                        department=approval.department_id.name,
                    )
                )
        return errors

    # BUSINESS

    def _adv_answer(self, state, reason):
        """Decide what the user may decide; tell the result of each when they are several."""
        self.check_access("read")
        if not self:
            return True
        self._adv_lock()
        errors = self._adv_may_not()
        if errors and (len(self) == 1 or len(errors) == len(self)):
            raise next(iter(errors.values()))
        decided = self.filtered(lambda approval: approval not in errors)
        decided._adv_decide(state, reason)
        return True if len(self) == 1 else self._adv_notify_answers(decided, errors)

    def _adv_lock(self):
        """Let two decisions about one order follow each other: the later one then sees the earlier.

        Both touch the order, so PostgreSQL has the second transaction start again.
        """
        orders = self.sudo().order_id  # sudo: who decides need not read the order
        if orders:
            orders.flush_recordset()
            self.env.cr.execute(
                SQL("UPDATE sale_order SET write_date = write_date WHERE id IN %s", tuple(orders.ids)),
                log_exceptions=False,  # another decision at the same moment is no error: Odoo starts again
            )
        self.invalidate_recordset(["state"])

    def _adv_notify_answers(self, decided, errors):
        if decided[:1].state == "approved":
            title = self.env._("%(done)s approved, %(left)s not", done=len(decided), left=len(errors))
        else:
            title = self.env._("%(done)s refused, %(left)s not", done=len(decided), left=len(errors))
        states = dict(self._fields["state"]._description_selection(self.env))
        lines = [self._adv_titled(approval.order_name, states[approval.state]) for approval in decided]
        lines += [str(error) for error in errors.values()]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if errors else "success",
                "sticky": bool(errors),
                "title": title,
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _adv_decide(self, state, reason):
        approvals = self.sudo()  # sudo: decisions have no write ACL; rights were checked by the caller
        orders = approvals.order_id.browse(approvals.order_id.ids)  # browse: all read at once
        facts = {order: order._adv_fingerprint() for order in orders}
        common = {
            "state": state,
            "decision": state,
            "decided_by": self.env.uid,
            "decided_date": event_now(self.env),
            "reason": reason or False,
        }
        for order, questions in approvals.grouped("order_id").items():
            questions.write({**common, "fingerprint": facts[order]} if order else common)
        approvals._adv_finish_activities()
        orders._adv_open_next_approvals()
        lifted = orders._adv_update_block()
        if state == "refused":
            approvals._adv_tell_refusal()
        else:
            orders.filtered(lambda order: not order.adv_blocked)._adv_tell_sendable(approvals)
            lifted._adv_release()

    def _adv_still_holds(self, facts):
        """Return whether this answer or question still fits an order whose fingerprint is ``facts``.

        A question or an approval stands until something moves beyond the rule's tolerance; a refusal until
        anything at all was changed.
        """
        self.ensure_one()
        before = self.fingerprint or {}
        if self.decision == "refused":
            return before == facts
        return self.rule_id._adv_within_tolerance(before, facts)

    def _adv_obsolete(self):
        if self:
            self.write({"state": "obsolete"})
            self._adv_remove_activities()

    def _adv_open(self):
        """Put the questions to their departments; the clock starts now."""
        now = event_now(self.env)
        for (rule, company), approvals in self.grouped(lambda one: (one.rule_id, one.company_id)).items():
            remind = max(rule.deadline_hours - rule.reminder_hours, 0)
            approvals.write(
                {
                    "state": "pending",
                    "deadline": company._adv_plan_hours(now, rule.deadline_hours),
                    "remind_at": rule.reminder_hours and company._adv_plan_hours(now, remind),
                }
            )
        self.filtered(lambda approval: approval.mode == "enforce")._adv_schedule_activities()
