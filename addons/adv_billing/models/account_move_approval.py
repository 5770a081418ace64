from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount

from odoo.addons.adv_orders.tools import check_facts, hidden_from_customers

APPROVERS = "adv_orders.group_adv_manager,account.group_account_manager"
ACTIVITY = "adv_billing.activity_type_credit_approval"
APPROVED_FOR = {"adv_credit_reason_id", "partner_id"}  # another one is approved anew
# who approves a credit note, and for how much: not for the customer who may read it
INTERNAL = frozenset({"adv_credit_approved_amount", "adv_credit_approved_by", "adv_credit_asked_amount"})
MOST_ASKED = 5  # managers asked at once: beyond, they ask each other who answers


class AccountMove(models.Model):
    """Approval of credit notes above the amount of their reason: asked by who bills, given by a manager."""

    _inherit = "account.move"

    adv_credit_approved_by = fields.Many2one(
        "res.users",
        string="Credit Note Approved by",
        readonly=True,
        copy=False,
        ondelete="set null",
        tracking=True,
    )
    adv_credit_approved_amount = fields.Monetary(
        string="Amount Approved",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Without taxes, in company currency; a larger credit note is approved anew.",
    )
    adv_credit_asked_amount = fields.Monetary(
        string="Amount Asked For",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Without taxes, in company currency: what the managers who were asked have read.",
    )
    adv_needs_approval = fields.Boolean(
        string="To Approve",
        compute="_compute_adv_needs_approval",
        search="_search_adv_needs_approval",
        help="A draft credit note above the amount of its reason.",
    )

    def _has_field_access(self, field, operation):
        hidden = hidden_from_customers(self, field, INTERNAL)
        return not hidden and super()._has_field_access(field, operation)

    # === COMPUTE METHODS ===#

    @api.depends(
        "move_type",
        "state",
        "adv_credit_reason_id",
        "amount_untaxed_signed",
        "adv_credit_approved_by",
        "adv_credit_approved_amount",
    )
    def _compute_adv_needs_approval(self):
        for move in self:
            move.adv_needs_approval = (
                move.move_type == "out_refund"
                and move.state == "draft"
                and move.company_id.adv_billing_mode == "enforce"
                and move._adv_is_above_approval()
            )

    def _search_adv_needs_approval(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["account.move"].flush_model()
        self.env["adv.credit.reason"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.id
                  FROM account_move move
                  JOIN adv_credit_reason reason ON reason.id = move.adv_credit_reason_id
                  JOIN res_company company ON company.id = move.company_id
                 WHERE move.move_type = 'out_refund' AND move.state = 'draft'
                   AND company.adv_billing_mode = 'enforce' AND reason.approval_amount > 0
                   AND ABS(move.amount_untaxed_signed) > reason.approval_amount
                   AND (move.adv_credit_approved_by IS NULL
                        OR ABS(move.amount_untaxed_signed) > move.adv_credit_approved_amount)
                """
            )
        )
        waiting = [move_id for (move_id,) in rows]
        if True in value and False in value:
            return [(1, "=", 1)]
        return [("id", "in" if True in value else "not in", waiting)]

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        """Names of the facts that only server code may write."""
        return frozenset({"adv_credit_approved_by", "adv_credit_approved_amount", "adv_credit_asked_amount"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        approved = self.filtered("adv_credit_approved_by") if APPROVED_FOR & vals.keys() else self.browse()
        approved.filtered(
            lambda move: any(move[name].id != vals[name] for name in APPROVED_FOR & vals.keys())
        )._adv_set_facts({"adv_credit_approved_by": False, "adv_credit_approved_amount": 0.0})
        return super().write(vals)

    def _adv_set_facts(self, vals):
        return super().write(vals)

    # === ACTIONS ===#

    def action_adv_ask_approval(self):
        """Ask the managers of the company to approve these credit notes; each gets an activity.

        :raise UserError: nothing to approve, or nobody to ask
        """
        self.check_access("write")
        waiting = self._adv_to_approve()
        kind = self.env.ref(ACTIVITY)
        for note in waiting:
            asked = note._adv_credit_approvers()
            if not asked:
                raise UserError(
                    self.env._("%s: no manager may read it, so nobody can be asked.", note.display_name)
                )
            # sudo: whoever asks again puts right what colleagues were asked
            known = note.sudo().activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
            known.summary = note._adv_approval_question()
            for person in asked - known.user_id:
                note.activity_schedule(ACTIVITY, user_id=person.id, summary=note._adv_approval_question())
            note._adv_set_facts({"adv_credit_asked_amount": abs(note.amount_untaxed_signed)})
        return True

    def action_adv_approve_credit(self):
        """Approve these credit notes at the amount that was shown; whoever asked is told and posts them.

        The screens say in the context what they show: ``adv_shown_amount`` (untaxed, in company currency) and
        ``adv_shown_reason`` (id). A call that says nothing approves the amount that was asked for.

        :raise AccessError: for who is no manager
        :raise UserError: nothing to approve, or not what was shown or asked for
        """
        self.check_access("read")
        if not self._adv_may_approve_credit():
            raise AccessError(self.env._("A manager approves credit notes of this amount."))
        self.sudo().lock_for_update()  # sudo: whoever approves need not write; nobody changes it meanwhile
        self.invalidate_recordset(["amount_untaxed_signed"])
        for note in self._adv_to_approve():
            note._adv_check_shown()
            activities = note.sudo().activity_ids.filtered(  # sudo: colleagues were asked as well
                lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
            )
            people = (activities.create_uid or note.create_uid).filtered("active") - self.env.user
            # sudo: a fact; a manager of ADV need not keep accounts to approve
            note.sudo()._adv_set_facts(
                {
                    "adv_credit_approved_by": self.env.uid,
                    "adv_credit_approved_amount": abs(note.amount_untaxed_signed),
                }
            )
            activities.unlink()
            if people:
                note.message_notify(
                    partner_ids=people.partner_id.ids,
                    subject=note.display_name,
                    body=self.env._("%s is approved and can be posted.", note.display_name),
                    email_layout_xmlid="mail.mail_notification_light",
                )
        return True

    def _post(self, soft=True):
        posted = super()._post(soft)
        if notes := posted.filtered(lambda move: move.move_type == "out_refund"):
            notes.activity_unlink([ACTIVITY])  # answered by posting
        return posted

    # === BUSINESS METHODS ===#

    def _adv_to_approve(self):
        waiting = self.filtered("adv_needs_approval")
        if not waiting:
            raise UserError(self.env._("Nothing here is to be approved."))
        return waiting

    def _adv_check_shown(self):
        """Refuse to approve what the manager has not seen: somebody changed it meanwhile."""
        self.ensure_one()
        shown = self.env.context.get("adv_shown_amount", self.adv_credit_asked_amount or None)
        reason = self.env.context.get("adv_shown_reason", self.adv_credit_reason_id.id)
        currency, amount = self.company_id.currency_id, abs(self.amount_untaxed_signed)
        if not isinstance(shown, (int, float, type(None))):
            raise UserError(self.env._("The amount that was shown is not a number."))
        same = shown is None or not currency.compare_amounts(abs(shown), amount)
        if not same or reason != self.adv_credit_reason_id.id:
            raise UserError(
                self.env._(
                    "%(note)s was changed meanwhile: it is of %(amount)s now, with the reason %(reason)s. "
                    "Look at it again before you approve it.",
                    note=self.display_name,
                    amount=format_amount(self.env, amount, currency),
                    reason=self.adv_credit_reason_id.name,
                )
            )

    def _adv_may_approve_credit(self):
        return self.env.user.has_groups(APPROVERS)

    def _adv_is_above_approval(self):
        """Whether a manager still has to approve the amount."""
        limit = self.adv_credit_reason_id.approval_amount
        amount, compare = abs(self.amount_untaxed_signed), self.company_id.currency_id.compare_amounts
        if not limit or compare(amount, limit) <= 0:
            return False
        return not self.adv_credit_approved_by or compare(amount, self.adv_credit_approved_amount) > 0

    def _adv_credit_approvers(self):
        """Managers of the company who can read this credit note, whoever asks apart."""
        self.ensure_one()
        groups = self.env["res.groups"].union(*(self.env.ref(name) for name in APPROVERS.split(",")))
        # sudo: who the managers are is told to whoever asks them
        people = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", groups.ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                    ("id", "!=", self.env.uid),
                ],
                order="id",
            )
        )
        able = people.filtered(lambda person: self.with_user(person).has_access("read"))
        return able[:MOST_ASKED].sudo(False)

    def _adv_approval_question(self):
        return self.env._(
            "Approve %(amount)s: %(reason)s",
            amount=format_amount(self.env, abs(self.amount_untaxed_signed), self.company_id.currency_id),
            reason=self.adv_credit_reason_id.name,
        )
