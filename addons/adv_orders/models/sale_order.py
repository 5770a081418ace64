from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import check_facts, event_now

CHANNELS = [
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("portal", "Portal"),
    ("edi", "EDI"),
    ("web", "Web shop"),
    ("salesperson", "Salesperson"),
    ("other", "Other"),
]
BLOCKED = [("to_correct", "To correct"), ("to_approve", "To approve"), ("held", "Held")]
STATES = [
    ("draft", "Draft"),
    ("quoted", "Quoted"),
    *BLOCKED,
    ("confirmed", "Confirmed"),
    ("in_delivery", "In delivery"),
    ("delivered", "Delivered"),
    ("invoiced", "Invoiced"),
    ("settled", "Settled"),
    ("cancelled", "Cancelled"),
]

# what a person does first on their desk
DESK_ORDER = [
    "to_correct",
    "held",
    "to_approve",
    "draft",
    "quoted",
    "in_delivery",
    "confirmed",
    "delivered",
    "invoiced",
    "settled",
    "cancelled",
]


class SaleOrder(models.Model):
    """Fields of the order's life. How they are filled: the sale_order_*.py files beside this one."""

    _inherit = "sale.order"

    # RECEPTION

    adv_channel = fields.Selection(CHANNELS, string="Channel", copy=False, index=True)
    adv_received_date = fields.Datetime(
        string="Received on",
        copy=False,
        index=True,
        default=lambda self: self._adv_default_received_date(),
        help="When the customer's order or request reached us.",
    )
    adv_requested_date = fields.Datetime(
        string="Requested date", copy=False, help="The delivery date that the customer asked for."
    )
    adv_assistant_id = fields.Many2one(
        "adv.assistant",
        string="ADV assistant",
        compute="_compute_adv_assistant_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # MILESTONES (facts)

    adv_state = fields.Selection(
        STATES,
        string="ADV status",
        compute="_compute_adv_state",
        store=True,
        copy=False,
        index=True,
        group_expand="_adv_sort_states",
    )
    adv_desk_rank = fields.Integer(
        string="Rank on the desk", compute="_compute_adv_state", store=True, copy=False, index=True
    )
    adv_blocked = fields.Selection(BLOCKED, string="Blocked", readonly=True, copy=False)
    adv_quoted_date = fields.Datetime(string="Quoted on", readonly=True, copy=False)
    adv_submitted_date = fields.Datetime(
        string="Submitted on", readonly=True, copy=False, index="btree_not_null"
    )
    adv_submitted_by = fields.Many2one(
        "res.users", string="Submitted by", readonly=True, copy=False, ondelete="set null"
    )
    adv_clean_date = fields.Datetime(string="Clean on", readonly=True, copy=False)
    adv_confirmed_date = fields.Datetime(string="Confirmed on", readonly=True, copy=False, index=True)
    adv_first_delivery_date = fields.Datetime(
        string="First delivery", compute="_compute_adv_delivery", store=True, copy=False
    )
    adv_delivered_date = fields.Datetime(
        string="Delivered on", compute="_compute_adv_delivery", store=True, copy=False, index="btree_not_null"
    )
    adv_invoiced_date = fields.Datetime(
        string="Invoiced on", readonly=True, copy=False, index="btree_not_null"
    )
    adv_settled_date = fields.Datetime(string="Settled on", readonly=True, copy=False, index="btree_not_null")
    adv_promise_initial = fields.Datetime(
        string="Promised at confirmation",
        readonly=True,
        copy=False,
        help="Frozen when the order was confirmed.",
    )
    adv_promise_date = fields.Datetime(
        string="Promised date", readonly=True, copy=False, index="btree_not_null"
    )
    adv_is_on_time = fields.Boolean(string="On time", compute="_compute_adv_delivery", store=True, copy=False)
    adv_is_in_full = fields.Boolean(string="In full", compute="_compute_adv_delivery", store=True, copy=False)
    adv_is_first_order = fields.Boolean(string="First order", readonly=True, copy=False)
    adv_commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer company",
        compute="_compute_adv_commercial_partner_id",
        store=True,
        copy=False,
        precompute=True,
        index=True,
    )
    adv_company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    adv_amount_company = fields.Monetary(
        string="Untaxed amount (company currency)",
        compute="_compute_adv_amount_company",
        store=True,
        copy=False,
        currency_field="adv_company_currency_id",
    )
    adv_cost_confirmed = fields.Monetary(
        string="Cost at confirmation",
        readonly=True,
        copy=False,
        currency_field="adv_company_currency_id",
        groups="base.group_user",
    )
    adv_line_count = fields.Integer(
        string="Lines confirmed",
        readonly=True,
        copy=False,
        help="As they stood when the order was confirmed; of one that waits for it, when it was submitted.",
    )

    # WHAT IS KEPT ABOUT IT

    adv_check_result_ids = fields.One2many(
        "adv.check.result",
        "order_id",
        string="Checks",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )
    adv_approval_ids = fields.One2many(
        "adv.approval",
        "order_id",
        string="Approvals",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    adv_error_ids = fields.One2many(
        "adv.order.error",
        "order_id",
        string="Errors",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )
    adv_amendment_ids = fields.One2many(
        "adv.order.amendment",
        "order_id",
        string="Amendments",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )
    adv_promise_change_ids = fields.One2many(
        "adv.promise.change",
        "order_id",
        string="Promise changes",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )

    _adv_company_confirmed_index = models.Index("(company_id, adv_confirmed_date) WHERE state = 'sale'")
    _adv_desk_index = models.Index(
        "(adv_assistant_id, adv_state) WHERE adv_state NOT IN ('settled', 'cancelled')"
    )
    _adv_first_order_index = models.Index(
        "(adv_commercial_partner_id, adv_confirmed_date) WHERE adv_confirmed_date IS NOT NULL"
    )

    # DEFAULTS

    def _adv_default_received_date(self):
        return event_now(self.env)

    # COMPUTE

    @api.depends(
        "state",
        "adv_blocked",
        "adv_quoted_date",
        "adv_first_delivery_date",
        "adv_delivered_date",
        "adv_invoiced_date",
        "adv_settled_date",
    )
    def _compute_adv_state(self):
        for order in self:
            order.adv_state = order._adv_get_state()
            order.adv_desk_rank = DESK_ORDER.index(order.adv_state)

    def _adv_get_state(self):
        if self.state == "cancel":
            return "cancelled"
        if self.state != "sale":
            return self.adv_blocked or ("quoted" if self.state == "sent" or self.adv_quoted_date else "draft")
        reached = {
            "settled": self.adv_settled_date,
            "invoiced": self.adv_invoiced_date,
            "delivered": self.adv_delivered_date,
            "in_delivery": self.adv_first_delivery_date,
        }
        return next((state for state, date in reached.items() if date), "confirmed")

    @api.model
    def _adv_sort_states(self, states, domain):
        """The columns of a kanban by state: in the order of the process, and only those with orders."""
        return [state for state, _label in STATES if state in states]

    @api.depends("partner_id")
    def _compute_adv_commercial_partner_id(self):
        for order in self:
            order.adv_commercial_partner_id = order.partner_id.commercial_partner_id

    @api.depends("amount_untaxed", "currency_rate", "company_id")
    def _compute_adv_amount_company(self):
        for order in self:
            amount = order.amount_untaxed / (order.currency_rate or 1.0)
            order.adv_amount_company = order.company_id.currency_id.round(amount)

    # CONSTRAINTS

    @api.constrains("adv_received_date")
    def _check_adv_received_date(self):
        now = fields.Datetime.now()
        for order in self:
            if order.adv_received_date and order.adv_received_date > now:
                raise ValidationError(
                    self.env._("%s: an order cannot be received in the future.", order.name)
                )

    # CRUD

    def _adv_protected_fields(self):
        """Return the names of the facts that only server code may write."""
        return frozenset(
            {
                "adv_state",
                "adv_desk_rank",
                "adv_blocked",
                "adv_quoted_date",
                "adv_submitted_date",
                "adv_submitted_by",
                "adv_clean_date",
                "adv_confirmed_date",
                "adv_first_delivery_date",
                "adv_delivered_date",
                "adv_invoiced_date",
                "adv_settled_date",
                "adv_promise_initial",
                "adv_promise_date",
                "adv_is_on_time",
                "adv_is_in_full",
                "adv_is_first_order",
                "adv_commercial_partner_id",
                "adv_amount_company",
                "adv_cost_confirmed",
                "adv_line_count",
                "adv_check_result_ids",
                "adv_approval_ids",
                "adv_error_ids",
                "adv_amendment_ids",
                "adv_promise_change_ids",
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)
