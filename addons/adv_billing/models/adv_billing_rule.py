from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ..tools.billing_plan import GROUPINGS, MODES, last_billing_day
from ..tools.legal_terms import LONGEST_PERIOD, is_month_too_long

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class AdvBillingRule(models.Model):
    _name = "adv.billing.rule"
    _description = "Billing Rule"
    _order = "company_id, partner_id, agreement_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    agreement_id = fields.Many2one(
        "adv.agreement",
        string="Agreement",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The rule holds for orders taken on this agreement, before that of the customer.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="The rule holds for this customer and its addresses. Empty: for all customers without a rule.",
    )
    mode = fields.Selection(MODES, string="Billing", required=True, default="delivery")
    grouping = fields.Selection(GROUPINGS, required=True, default="order")
    weekday = fields.Selection(WEEKDAYS, string="Day of the Week", default="4")
    month_day = fields.Integer(
        string="Day of the Month", default=31, help="A shorter month closes on its last day."
    )
    auto_post = fields.Boolean(string="Confirm Invoices")
    auto_send = fields.Boolean(string="Send Invoices", help="Sent in the background once confirmed.")
    milestone_ids = fields.One2many("adv.billing.milestone", "rule_id", string="Milestones", copy=True)
    active = fields.Boolean(default=True)
    applies_to = fields.Char(string="For", compute="_compute_applies_to")
    legal_warning = fields.Char(string="Against the Law", compute="_compute_legal_warning")

    _month_day_range = models.Constraint(
        "CHECK (month_day BETWEEN 1 AND 31)", "The day of the month is between 1 and 31."
    )
    _one_rule_per_customer = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), COALESCE(agreement_id, 0)) WHERE active",
        "This customer or agreement already has a billing rule in this company.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("agreement_id")
    def _compute_partner_id(self):
        for rule in self:
            # sudo: whoever bills need not read the conditions
            rule.partner_id = rule.agreement_id.sudo().partner_id or rule.partner_id

    @api.depends("partner_id.display_name", "agreement_id")
    def _compute_applies_to(self):
        for rule in self:
            rule.applies_to = rule.partner_id.display_name or self.env._("All other customers")

    @api.depends("company_id.account_fiscal_country_id", "mode", "partner_id.country_id")
    def _compute_legal_warning(self):
        """Where the law limits how many days of deliveries one invoice may cover, a month is too long."""
        for rule in self:
            country = rule.company_id.account_fiscal_country_id
            abroad = rule.partner_id.country_id not in (country, country.browse())
            rule.legal_warning = (
                rule.mode == "monthly"
                and is_month_too_long(country.code)
                and not abroad
                and self.env._(
                    "One invoice may cover %s days of deliveries at most (Ley 3/2004, art. 4.2): bill weekly "
                    "or on each delivery. The check of the legal terms fails on invoices that cover more.",
                    LONGEST_PERIOD,
                )
            )

    @api.depends("partner_id", "company_id", "mode", "agreement_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["mode"]._description_selection(self.env))
        for rule in self:
            owner = (
                rule.agreement_id.sudo().display_name  # sudo: its name only
                or rule.partner_id.display_name
                or rule.company_id.display_name
            )
            rule.display_name = rule._adv_titled(owner, labels.get(rule.mode, ""))

    @api.onchange("auto_post")
    def _onchange_auto_post(self):
        if not self.auto_post:
            self.auto_send = False

    # === CONSTRAINT METHODS ===#

    @api.constrains("mode", "milestone_ids")
    def _check_milestones(self):
        """The parts of a rule by milestones add up to the order."""
        for rule in self.filtered(lambda rule: rule.mode == "milestone"):
            total = sum(rule.milestone_ids.mapped("percent"))
            if float_compare(total, 100.0, precision_digits=2):
                raise ValidationError(
                    self.env._(
                        "%(rule)s: the milestones add up to %(total)s %%, not to 100 %%.",
                        rule=rule.display_name,
                        total=f"{total:g}",
                    )
                )

    @api.constrains("agreement_id", "partner_id")
    def _check_agreement_partner(self):
        for rule in self:
            partner = rule.agreement_id.sudo().partner_id  # sudo: whoever bills need not read conditions
            if partner and partner != rule.partner_id:
                raise ValidationError(
                    self.env._("A rule of an agreement holds for the agreement's customer.")
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("agreement_id") and not vals.get("partner_id"):
                vals.pop("partner_id", None)  # the customer is that of the agreement
        with self._adv_milestones_together():
            return super().create(vals_list)

    def write(self, vals):
        with self._adv_milestones_together():
            return super().write(vals)

    @contextmanager
    def _adv_milestones_together(self):
        """Several milestones changed with their rule are judged once, when all of them are written."""
        cache = self.env.cr.cache
        outer = cache.get("adv_billing.milestones")
        cache["adv_billing.milestones"] = True
        try:
            yield
        finally:
            cache["adv_billing.milestones"] = outer

    # === BUSINESS METHODS ===#

    @api.model
    def _adv_rules_of(self, company):
        """Active rules of a company: ``{(agreement id, False): rule, (False, customer id): rule}``.

        The company's own rule is that of ``(False, False)``.
        """
        rules = self.search([("company_id", "=", company.id)])
        return {
            (rule.agreement_id.id, False) if rule.agreement_id else (False, rule.partner_id.id): rule
            for rule in rules
        }

    @api.model
    def _adv_rule_of(self, order, rules):
        """The rule an order is billed by: of its agreement, its payer, its customer, the company; else an
        empty one. An address without a rule of its own takes that of the company it belongs to.

        :param rules: result of ``_adv_rules_of``
        """
        if own := rules.get((order.adv_agreement_id.id, False)) if order.adv_agreement_id else None:
            return own
        for partner in (order.partner_invoice_id, order.partner_id):
            while partner:
                if rule := rules.get((False, partner.id)):
                    return rule
                partner = partner.parent_id
        return rules.get((False, False), self.browse())

    def _adv_mode(self):
        return self.mode or "delivery"

    def _adv_grouping(self):
        """Grouping; parts of an order stand on invoices of their own."""
        return "order" if self.mode == "milestone" else self.grouping or "order"

    def _adv_cutoff(self, day):
        """Last day whose deliveries this rule bills on ``day``."""
        return last_billing_day(self._adv_mode(), day, int(self.weekday or 0), self.month_day or 31)

    def _prepare_instalment_vals(self, order):
        """Values of the schedule of ``order``, in the customer's language."""
        milestones = self.milestone_ids.with_context(lang=order.partner_invoice_id.lang)
        return [
            {
                "order_id": order.id,
                "rank": rank,
                "name": milestone.name,
                "percent": milestone.percent,
                "trigger": milestone.trigger,
                "days": milestone.days,
                "date": milestone.date,
            }
            for rank, milestone in enumerate(milestones, start=1)
        ]
