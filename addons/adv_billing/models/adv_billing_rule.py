from odoo import api, fields, models

from ..tools.billing_plan import GROUPINGS, MODES, last_billing_day

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
    _order = "company_id, partner_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
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
    active = fields.Boolean(default=True)

    _month_day_range = models.Constraint(
        "CHECK (month_day BETWEEN 1 AND 31)", "The day of the month is between 1 and 31."
    )
    _one_rule_per_customer = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0)) WHERE active",
        "This customer already has a billing rule in this company.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("partner_id", "company_id", "mode")
    def _compute_display_name(self):
        labels = dict(self._fields["mode"]._description_selection(self.env))
        for rule in self:
            owner = rule.partner_id.display_name or rule.company_id.display_name
            rule.display_name = f"{owner}: {labels.get(rule.mode, '')}"

    @api.onchange("auto_post")
    def _onchange_auto_post(self):
        if not self.auto_post:
            self.auto_send = False

    # === BUSINESS METHODS ===#

    @api.model
    def _adv_rules_of(self, company):
        """Active rules of a company by customer id; the company's own rule under ``False``."""
        rules = self.search([("company_id", "=", company.id)])
        return {rule.partner_id.id: rule for rule in rules}

    @api.model
    def _adv_rule_of(self, order, rules):
        """The rule an order is billed by: of its payer, of its customer, of the company, else an empty one.

        :param rules: result of ``_adv_rules_of``
        """
        payer, customer = order.partner_invoice_id, order.partner_id
        for partner in (payer, payer.commercial_partner_id, customer, customer.commercial_partner_id):
            if partner.id in rules:
                return rules[partner.id]
        return rules.get(False, self.browse())

    def _adv_mode(self):
        return self.mode or "delivery"

    def _adv_grouping(self):
        return self.grouping or "order"

    def _adv_cutoff(self, day):
        """Last day whose deliveries this rule bills on ``day``."""
        return last_billing_day(self._adv_mode(), day, int(self.weekday or 0), self.month_day or 31)
