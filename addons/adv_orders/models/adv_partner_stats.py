from odoo import api, fields, models
from odoo.fields import Domain


class AdvPartnerStats(models.Model):
    """Habits and quality figures of a customer in a company: written by the recomputation only.

    How they are worked out: ``adv_partner_stats_compute.py``; what the figures open:
    ``adv_partner_glance.py``.
    """

    _name = "adv.partner.stats"
    _description = "Habits of a customer"
    _order = "amount desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        related="partner_id.user_id",
        store=True,
        index="btree_not_null",
    )
    period_start = fields.Datetime(string="Since", readonly=True, help="Figures count from here.")
    computed_date = fields.Datetime(string="Worked out on", readonly=True)

    # HABITS

    order_count = fields.Integer(string="Orders", readonly=True, help="Confirmed in twelve months.")
    amount = fields.Monetary(string="Ordered", readonly=True, help="Untaxed, in twelve months.")
    mean_basket = fields.Monetary(string="Mean basket", readonly=True, aggregator="avg")
    first_order_date = fields.Datetime(string="First order", readonly=True)
    last_order_date = fields.Datetime(string="Last order", readonly=True)
    interval_days = fields.Float(
        string="Usual interval",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Median of the days between two orders, over 24 months; empty below three days with orders.",
    )
    next_order_date = fields.Date(string="Next order expected", readonly=True)
    overdue_date = fields.Date(
        string="Overdue after",
        readonly=True,
        index="btree_not_null",
        help="The day on which the order is expected, plus the tolerance of the company.",
    )
    product_ids = fields.One2many(
        "adv.partner.stats.product", "stats_id", string="Favourite products", readonly=True
    )

    # QUALITY

    delivered_count = fields.Integer(string="Delivered", readonly=True, help="Orders, in twelve months.")
    on_time_rate = fields.Float(
        string="On time", readonly=True, aggregator="avg", help="Of the delivered orders."
    )
    in_full_rate = fields.Float(
        string="In full", readonly=True, aggregator="avg", help="Of the delivered orders."
    )
    error_caught = fields.Integer(
        string="Errors caught", readonly=True, help="Ours, seen before the customer, in twelve months."
    )
    error_escaped = fields.Integer(
        string="Errors escaped", readonly=True, help="Ours, seen by the customer, in twelve months."
    )
    return_count = fields.Integer(string="Returns", readonly=True, help="Received in twelve months.")
    confirm_days = fields.Float(
        string="Days to confirm",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Mean time from reception to confirmation, in twelve months.",
    )

    request_count = fields.Integer(string="Requests", readonly=True, help="Received in twelve months.")
    rating_count = fields.Integer(string="Ratings", readonly=True, help="Of requests, in twelve months.")
    satisfaction = fields.Float(
        string="Satisfied", readonly=True, aggregator="avg", help="Ratings of 4 and 5 among all ratings."
    )

    agreement_count = fields.Integer(
        string="Agreements", readonly=True, help="In force when the figures were worked out."
    )

    # WORKLIST

    is_mine = fields.Boolean(
        string="My customer",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="I am the salesperson, or the customer belongs to my portfolio.",
    )
    snooze_until = fields.Date(string="Quiet until", readonly=True)
    is_overdue = fields.Boolean(
        string="Usual order overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    days_overdue = fields.Integer(string="Days overdue", compute="_compute_is_overdue")
    habit_action_ids = fields.One2many(
        "adv.habit.action", compute="_compute_habit_action_ids", string="What was done"
    )
    last_habit_action_id = fields.Many2one(
        "adv.habit.action", string="Last contact", compute="_compute_habit_action_ids"
    )

    _partner_company_unique = models.UniqueIndex("(partner_id, company_id)")

    # COMPUTE

    @api.depends_context("uid")
    def _compute_is_mine(self):
        portfolio = self._adv_portfolio()
        for stats in self:
            stats.is_mine = stats.user_id == self.env.user or stats.partner_id in portfolio

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", self.env.uid) | Domain("partner_id", "in", self._adv_portfolio().ids)
        return mine if True in value else ~mine

    @api.model
    def _adv_portfolio(self):
        """Return the customers that the current user has as ADV assistant."""
        assistants = self.env["adv.assistant"].search([("user_id", "=", self.env.uid)])
        # sudo: which company a contact belongs to
        return assistants.sudo().partner_ids.commercial_partner_id

    @api.depends("overdue_date", "snooze_until")
    def _compute_is_overdue(self):
        for stats in self:
            today = stats.company_id._adv_today()
            waiting = bool(stats.overdue_date) and stats.overdue_date < today
            stats.is_overdue = waiting and (not stats.snooze_until or stats.snooze_until <= today)
            stats.days_overdue = (today - stats.next_order_date).days if waiting else 0

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: settings of companies that the record rules let the user see anyway
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        overdue = Domain.OR(
            Domain("company_id", "in", zone_companies.ids) & self._adv_overdue_domain(today)
            for today, zone_companies in companies.grouped(lambda company: company._adv_today()).items()
        )
        return overdue if True in value else ~overdue

    @api.model
    def _adv_overdue_domain(self, today):
        """Return the domain of the customers whose order is overdue on ``today``, quiet ones left out."""
        quiet = Domain("snooze_until", "!=", False) & Domain("snooze_until", ">", today)
        return Domain("overdue_date", "<", today) & ~quiet

    def _compute_habit_action_ids(self):
        actions = self.env["adv.habit.action"].search(
            [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )
        groups = actions.grouped(lambda action: (action.partner_id, action.company_id))
        for stats in self:
            mine = groups.get((stats.partner_id, stats.company_id), actions.browse())
            stats.habit_action_ids = mine
            stats.last_habit_action_id = mine[:1]


class AdvPartnerStatsProduct(models.Model):
    """The products that a customer orders most often."""

    _name = "adv.partner.stats.product"
    _description = "Favourite product of a customer"
    _order = "stats_id, rank"
    _rec_name = "product_id"

    stats_id = fields.Many2one(
        "adv.partner.stats", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="stats_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rank = fields.Integer(readonly=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    order_count = fields.Integer(string="Orders", readonly=True)
    quantity = fields.Float(
        readonly=True, digits="Product Unit", help="In the product's own unit of measure."
    )
    amount = fields.Monetary(readonly=True)

    _stats_product_unique = models.UniqueIndex("(stats_id, product_id)")
