from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ANSWER_DAYS = 10  # a dispute without a deadline of its own is to be answered within so many days


class AdvDisputeReason(models.Model):
    _name = "adv.dispute.reason"
    _description = "Dispute Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="For imports and reports; not shown to customers.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "A dispute reason's code is used once.")


class AdvDispute(models.Model):
    _name = "adv.dispute"
    _description = "Dispute"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"
    _check_company_auto = True
    _rec_names_search = ["move_id.name", "partner_id"]

    name = fields.Char(compute="_compute_name")
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", store=True, index=True, string="Customer"
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount = fields.Monetary(
        "Disputed Amount",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    reason_id = fields.Many2one("adv.dispute.reason", "Reason", required=True, index=True)
    date = fields.Date("Opened On", required=True, default=lambda self: self.env.company._adv_today())
    deadline = fields.Date(
        "Answer By", compute="_compute_deadline", store=True, readonly=False, precompute=True
    )
    days_open = fields.Integer(
        "Time Open (Days)", compute="_compute_days_open", help="Until today, or until it was closed."
    )
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, index=True)
    note = fields.Text("What the Customer Says")
    origin = fields.Selection(
        [("phone", "Telephone"), ("email", "E-mail"), ("portal", "Portal"), ("other", "Other")],
        required=True,
        default="phone",
    )
    resolution = fields.Text()
    state = fields.Selection(
        [("open", "Open"), ("accepted", "Accepted"), ("rejected", "Rejected")],
        readonly=True,
        copy=False,
        default="open",
        index=True,
    )
    date_closed = fields.Date("Closed On", readonly=True, copy=False)
    closed_by = fields.Many2one("res.users", "Closed By", readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A dispute is about a positive amount.")

    @api.depends("move_id.name")
    def _compute_name(self):
        for dispute in self:
            dispute.name = self.env._("Dispute on %(invoice)s", invoice=dispute.move_id.name or "")

    @api.depends("move_id")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = dispute.amount or dispute.move_id.amount_residual

    @api.depends("date")
    def _compute_deadline(self):
        for dispute in self:
            dispute.deadline = dispute.deadline or fields.Date.add(dispute.date, days=ANSWER_DAYS)

    @api.depends("date", "date_closed", "company_id")
    def _compute_days_open(self):
        today = {company: company._adv_today() for company in self.company_id}
        for dispute in self:
            end = dispute.date_closed or today.get(dispute.company_id) or fields.Date.today()
            dispute.days_open = (end - dispute.date).days if dispute.date else 0

    @api.model
    def _adv_protected_fields(self):
        return frozenset({"state", "date_closed", "closed_by"})

    # === CONSTRAINT METHODS ===#

    @api.constrains("amount", "move_id")
    def _check_amount(self):
        for dispute in self:
            if dispute.currency_id.compare_amounts(dispute.amount, dispute.move_id.amount_total) > 0:
                raise ValidationError(self.env._("More is disputed than the invoice is about."))
            if dispute.move_id.move_type != "out_invoice" or dispute.move_id.state != "posted":
                raise ValidationError(self.env._("A dispute is about a posted customer invoice."))

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._remind_owner()
        return disputes

    def write(self, vals):
        if {"move_id", "amount", "date"} & vals.keys() and any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("A closed dispute stays as it is; open another one."))
        result = super().write(vals)
        if {"user_id", "deadline"} & vals.keys():
            self.filtered(lambda dispute: dispute.state == "open")._remind_owner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("A closed dispute is kept."))

    # === ACTION METHODS ===#

    def action_accept(self):
        """The customer is right: the claim is to be corrected (a credit note), the dispute is closed."""
        return self._close_today("accepted")

    def action_reject(self):
        """The customer is not right: the invoice is due again from today's run on."""
        return self._close_today("rejected")

    # === BUSINESS METHODS ===#

    def _close_today(self, state):
        for company, disputes in self.grouped("company_id").items():
            disputes._close(state, company._adv_today())
        return True

    def _close(self, state, date):
        """Close these disputes, those that are open; from `date` on the whole amount is claimed again.

        :param str state: 'accepted' or 'rejected'
        :param date date: the day it was closed, not before it was opened
        """
        self.check_access("write")
        disputes = self.filtered(lambda dispute: dispute.state == "open")
        if any(date < dispute.date for dispute in disputes):
            raise UserError(self.env._("A dispute is closed on the day it was opened or later."))
        disputes._adv_set_facts({"state": state, "date_closed": date, "closed_by": self.env.uid})
        disputes.activity_unlink(["mail.mail_activity_data_todo"])

    def _remind_owner(self):
        """Give each owner one activity, due when the customer is to have an answer."""
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for dispute in self.filtered("user_id"):
            dispute.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=dispute.deadline,
                summary=self.env._("Answer the customer"),
                user_id=dispute.user_id.id,
            )
