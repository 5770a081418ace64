from datetime import timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import check_facts, event_now

KINDS = [
    ("question", "Question"),
    ("change", "Change of an order"),
    ("document", "Document wanted"),
    ("complaint", "Complaint"),
    ("other", "Other"),
]
REPEAT_DAYS = 5


class AdvRequest(models.Model):
    """What a customer asks or complains about, with its deadline; answered in adv_request_answer.py."""

    _name = "adv.request"
    _inherit = ["portal.mixin", "rating.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Customer request"
    _order = "date_due, id"
    _check_company_auto = True
    _primary_email = "email_from"
    _mail_post_access = "read"

    number = fields.Char(readonly=True, copy=False, index="trigram")
    name = fields.Char(string="Subject", required=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="question", index=True, tracking=True)
    channel = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail"), ("portal", "Portal"), ("other", "Other")],
        required=True,
        default="phone",
    )
    description = fields.Text()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    mailbox_id = fields.Many2one(
        "adv.mailbox",
        string="Received at",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer company",
        related="partner_id.commercial_partner_id",
        store=True,
        index="btree_not_null",
    )
    email_from = fields.Char(string="E-mail")
    order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", ondelete="set null", check_company=True
    )
    assistant_id = fields.Many2one(
        "adv.assistant",
        string="ADV assistant",
        compute="_compute_assistant_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    received_date = fields.Datetime(
        string="Received on", required=True, index=True, default=lambda self: event_now(self.env)
    )
    date_due = fields.Datetime(
        string="Answer due",
        compute="_compute_date_due",
        store=True,
        precompute=True,
        index=True,
        help="Counted in the company's working hours, from the kind of the request.",
    )
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("closed", "Closed")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    date_first_answer = fields.Datetime(
        string="First answer", readonly=True, copy=False, index="btree_not_null"
    )
    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False, index="btree_not_null")
    is_repeat = fields.Boolean(
        string="Repeat contact",
        readonly=True,
        copy=False,
        help="The customer had contacted us about it in the five days before.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    late_told = fields.Boolean(string="Told that it is late", readonly=True, copy=False)
    error_id = fields.Many2one(
        "adv.order.error",
        string="Error",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _late_index = models.Index("(company_id, date_due) WHERE state = 'open'")
    _repeat_index = models.Index("(commercial_partner_id, received_date)")

    # COMPUTE

    @api.depends("order_id")
    def _compute_partner_id(self):
        for request in self:
            request.partner_id = request.partner_id or request.order_id.partner_id

    @api.depends("partner_id", "company_id")
    def _compute_assistant_id(self):
        self.env["adv.assistant"]._adv_assign(self, "assistant_id")

    @api.depends("kind", "received_date", "company_id")
    def _compute_date_due(self):
        due = {}
        for request in self:
            key = (request.company_id, request.kind, request.received_date)
            if key not in due:
                due[key] = request._adv_due()
            request.date_due = due[key]

    def _adv_due(self):
        """Return when the answer is due: the hours of the kind, counted in the company's working hours."""
        company = self.company_id or self.env.company
        hours = company._adv_request_hours(self.kind)
        received = self.received_date or event_now(self.env)
        calendar = company.resource_calendar_id
        due = (
            calendar.plan_hours(hours, pytz.utc.localize(received), compute_leaves=True)
            if calendar
            else False
        )
        if not due:
            return received + timedelta(hours=hours)
        return due.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_late = request.state == "open" and bool(request.date_due) and request.date_due < now

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "open") & Domain("date_due", "<", fields.Datetime.now())
        return late if True in value else ~late

    @api.depends("number", "name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = " ".join(filter(None, (request.number, request.name)))

    def _compute_access_url(self):
        super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/requests/{request.id}"

    # CONSTRAINTS

    @api.constrains("received_date")
    def _check_received_date(self):
        now = fields.Datetime.now()
        for request in self:
            if request.received_date and request.received_date > now:
                raise ValidationError(self.env._("A request cannot be received in the future."))

    @api.constrains("order_id", "partner_id")
    def _check_order_of_customer(self):
        for request in self:
            owner = request.order_id.partner_id.commercial_partner_id
            if request.order_id and request.partner_id and request.commercial_partner_id != owner:
                raise ValidationError(
                    self.env._(
                        "Order %(order)s is not of %(customer)s.",
                        order=request.order_id.name,
                        customer=request.partner_id.display_name,
                    )
                )

    # CRUD

    def _adv_protected_fields(self):
        """Return the names of the facts that only server code may write."""
        return frozenset(
            {
                "number",
                "state",
                "date_due",
                "date_first_answer",
                "date_closed",
                "is_repeat",
                "late_told",
                "error_id",
                "mailbox_id",
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        requests = super().create(self._adv_numbered(vals_list))
        requests._adv_flag_repeats()
        return requests

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    @api.model
    def _adv_create(self, vals_list):
        """Create requests with their facts; server code only."""
        requests = super().create(self._adv_numbered(vals_list))
        requests._adv_flag_repeats()
        return requests

    @api.model
    def _adv_numbered(self, vals_list):
        # sudo: numbering needs no right on sequences
        sequence = self.env["ir.sequence"].sudo()
        return [
            {**vals, "number": vals.get("number") or sequence.next_by_code("adv.request")}
            for vals in vals_list
        ]

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)

    def _adv_flag_repeats(self):
        """Mark the requests whose customer contacted us about the same in the days before; one query."""
        asked = self.filtered("commercial_partner_id")
        if not asked:
            return
        first = min(asked.mapped("received_date")) - timedelta(days=REPEAT_DAYS)
        # sudo: what a colleague was asked counts too
        earlier = self.sudo().search(
            Domain("commercial_partner_id", "in", asked.commercial_partner_id.ids)
            & Domain("company_id", "in", asked.company_id.ids)
            & Domain("received_date", ">=", first)
        )
        # sudo: facts have no other writer
        asked.sudo().filtered(
            lambda request: any(other._adv_comes_before(request) for other in earlier)
        )._adv_set_facts({"is_repeat": True})

    def _adv_comes_before(self, request):
        """Return whether ``self`` is an earlier contact about the same thing as ``request``."""
        since = request.received_date - self.received_date
        return (
            self.commercial_partner_id == request.commercial_partner_id
            and self.company_id == request.company_id
            and (self.order_id == request.order_id or not self.order_id or not request.order_id)
            and (since, request.id) > (timedelta(0), self.id)
            and since <= timedelta(days=REPEAT_DAYS)
        )

    # DOMAINS

    @api.model
    def _adv_open_domain(self, company):
        """Return the domain of what waits for an answer in ``company``."""
        return Domain("company_id", "=", company.id) & Domain("state", "=", "open")

    @api.model
    def _adv_late_domain(self, company, now):
        """Return the domain of what should have been answered before ``now`` (naive UTC)."""
        return self._adv_open_domain(company) & Domain("date_due", "<", now)
