from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import event_now


class AdvApproval(models.Model):
    """One question to a department and its answer. Rows are never changed back nor deleted."""

    _name = "adv.approval"
    _description = "Approval by a department"
    _order = "requested_date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    rule_id = fields.Many2one(
        "adv.approval.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    department_id = fields.Many2one(
        "adv.department", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="order_id.partner_id")
    amount = fields.Monetary(string="Amount asked", readonly=True)
    sequence = fields.Integer(readonly=True)
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
    requested_by = fields.Many2one("res.users", string="Asked by", readonly=True, ondelete="restrict")
    requested_date = fields.Datetime(string="Asked on", readonly=True)
    deadline = fields.Datetime(string="Due", readonly=True)
    decided_by = fields.Many2one("res.users", string="Decided by", readonly=True, ondelete="restrict")
    decided_date = fields.Datetime(string="Decided on", readonly=True)
    reason = fields.Char(readonly=True)
    fingerprint = fields.Json(readonly=True)

    # CRUD

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A decision stays: it cannot be deleted."))

    @api.model
    def _adv_create(self, vals_list):
        return super().create(vals_list)

    # ACTIONS

    def action_approve(self, reason=None):
        """Approve in the name of the department.

        :raise AccessError: when the user is not a member, manager or deputy of the department, or asked
        :raise UserError: when the question is not open
        """
        self._adv_check_may_decide()
        self._adv_decide("approved", (reason or "").strip())
        return True

    def action_refuse(self, reason):
        """Refuse in the name of the department; the order goes back to the assistant with ``reason``."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the order is refused: the assistant has to correct it."))
        self._adv_check_may_decide()
        self._adv_decide("refused", reason)
        return True

    def action_open_refuse(self):
        """Open the wizard that asks for the reason."""
        return self.env["adv.reason"]._adv_open(self, "action_refuse", self.env._("Refuse"))

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    # BUSINESS

    def _adv_approvers(self):
        """Return the users who may decide today, the person who asked left out."""
        self.ensure_one()
        today = self.company_id._adv_today()
        return self.department_id._adv_approvers(today) - self.requested_by

    def _adv_check_may_decide(self):
        self.check_access("read")
        for approval in self.sudo():  # sudo: an approver need not read companies or departments
            if approval.state != "pending":
                raise UserError(
                    self.env._(
                        "%s: this question is not open any more.",
                        approval.order_id.name or approval.order_name,
                    )
                )
            if approval.requested_by == self.env.user:
                raise AccessError(
                    self.env._("%s: the person who asked cannot approve.", approval.order_id.name)
                )
            if self.env.user not in approval._adv_approvers():
                raise AccessError(
                    self.env._(
                        "%(order)s: only %(department)s may decide.",
                        order=approval.order_id.name,
                        department=approval.department_id.name,
                    )
                )

    def _adv_decide(self, state, reason):
        approvals = self.sudo()  # sudo: decisions have no write ACL; rights were checked by the caller
        for approval in approvals:
            approval.write(
                {
                    "state": state,
                    "decided_by": self.env.uid,
                    "decided_date": event_now(self.env),
                    "reason": reason or False,
                    "fingerprint": approval.order_id._adv_fingerprint(
                        (approval.fingerprint or {}).get("costs")
                    ),
                }
            )
        approvals._adv_close_activities()
        orders = approvals.order_id
        orders._adv_open_next_approvals()
        lifted = orders._adv_update_block()
        if state == "refused":
            approvals._adv_tell_refusal()
        else:
            lifted._adv_release()

    def _adv_still_holds(self, order):
        """Return whether this answer or question still fits the order.

        A question or an approval stands until something moves beyond the rule's tolerance; a refusal until
        anything at all was changed.
        """
        self.ensure_one()
        before = self.fingerprint or {}
        if self.state == "refused":
            return before == order._adv_fingerprint(before.get("costs"))
        return self.rule_id._adv_within_tolerance(before, order._adv_fingerprint(before.get("costs")))

    def _adv_obsolete(self):
        if self:
            self.write({"state": "obsolete"})
            self._adv_close_activities()

    def _adv_open(self):
        """Put the question to the department; one activity for its manager, else its first member."""
        self.write({"state": "pending"})
        for approval in self.filtered(lambda approval: approval.company_id.adv_approval_mode == "enforce"):
            people = approval._adv_approvers()
            person = approval.department_id.manager_id & people or people[:1]
            order = approval.order_id
            if person and order.with_user(person).has_access("read"):
                order.activity_schedule(
                    "adv_orders.activity_type_approval",
                    summary=approval.rule_id.name,
                    date_deadline=approval.company_id._adv_date(approval.deadline),
                    user_id=person.id,
                )

    def _adv_close_activities(self):
        for approval in self:
            approval.order_id.activity_ids.filtered(
                lambda activity, approval=approval: (
                    activity.activity_type_id == self.env.ref("adv_orders.activity_type_approval")
                    and activity.summary == approval.rule_id.name
                )
            ).action_done()

    def _adv_tell_refusal(self):
        for approval in self:
            order = approval.order_id
            note = self.env._(
                "%(department)s refused: %(reason)s",
                department=approval.department_id.name,
                reason=approval.reason,
            )
            if order.transaction_ids.filtered(lambda transaction: transaction.state == "done"):
                note += " " + self.env._("The customer has paid: propose the refund.")
            order._adv_schedule(approval.requested_by, self.env._("Correct the order"), note)
