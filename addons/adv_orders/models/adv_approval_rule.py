from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STAGES = [("sending", "Before the quotation is sent"), ("confirmation", "At confirmation")]


class AdvApprovalRule(models.Model):
    """When a department must approve an order, and which later changes ask it again."""

    _name = "adv.approval.rule"
    _description = "When a department must approve"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        string="Turn",
        default=10,
        help="Rules with the same turn are asked at the same time; later turns wait for the earlier ones.",
    )
    stage = fields.Selection(
        STAGES,
        string="Asked",
        required=True,
        compute="_compute_stage",
        store=True,
        readonly=False,
        precompute=True,
        help="What binds the company once signed (price, margin, discount, terms) is approved before the "
        "quotation is sent; credit and stock at confirmation.",
    )
    department_id = fields.Many2one(
        "adv.department", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # WHEN

    amount_min = fields.Monetary(string="From amount", help="Untaxed, in the company's currency.")
    amount_max = fields.Monetary(string="Up to amount", help="Zero means no upper limit.")
    discount_min = fields.Float(
        string="From discount", help="Highest discount of the lines, in %; zero means whatever the discount."
    )
    use_margin = fields.Boolean(string="Depends on margin")
    margin_max = fields.Float(
        string="Margin below", help="In %, on the costs known when the department was asked first."
    )
    terms = fields.Selection(
        [("deviation", "Other than the customer's"), ("chosen", "One of these")],
        string="Payment terms",
        help="Empty: whatever the payment terms.",
    )
    payment_term_ids = fields.Many2many(
        "account.payment.term", string="These payment terms", check_company=True
    )
    new_customer = fields.Boolean(string="New customers only", help="The customer's first order.")
    check_ids = fields.Many2many(
        "adv.check",
        string="Failed checks",
        domain=[("model", "=", "sale.order")],
        help="When one of these checks failed; empty: whatever the checks found.",
    )
    domain = fields.Char(string="Other condition", help="Orders that match this domain; empty: all.")

    # AGAIN

    watch_amount = fields.Boolean(string="Amount", default=True)
    tolerance = fields.Float(
        default=2.0, help="A later change up to this percentage does not ask the department again."
    )
    tolerance_points = fields.Float(
        string="Tolerance in points",
        default=1.0,
        help="A later change of discount or margin up to so many points does not ask the department again.",
    )
    watch_terms = fields.Boolean(
        string="Change of payment terms", compute="_compute_watch_terms", store=True, readonly=False
    )
    watch_dates = fields.Boolean(string="Delivery date")
    tolerance_days = fields.Integer(
        string="Tolerance in days",
        default=2,
        help="A delivery date moved by so many days does not ask the department again.",
    )
    watch_address = fields.Boolean(string="Delivery address")

    # ANSWER

    deadline_hours = fields.Integer(
        string="Answer within", default=8, help="Working hours of the company; then the manager is told."
    )
    reminder_hours = fields.Integer(
        string="Remind before", default=2, help="Working hours before the deadline; zero: no reminder."
    )

    _hours_positive = models.Constraint(
        "CHECK (deadline_hours >= 0 AND reminder_hours >= 0)", "Hours cannot be negative."
    )
    _tolerances_positive = models.Constraint(
        "CHECK (tolerance >= 0 AND tolerance_points >= 0 AND tolerance_days >= 0)",
        "A tolerance cannot be negative.",
    )

    # COMPUTE

    @api.depends("discount_min", "use_margin", "terms")
    def _compute_stage(self):
        for rule in self:
            binding = rule.discount_min or rule.use_margin or rule.terms
            rule.stage = "sending" if binding else rule.stage or "confirmation"

    @api.depends("terms")
    def _compute_watch_terms(self):
        for rule in self:
            rule.watch_terms = rule.watch_terms or bool(rule.terms)

    # CONSTRAINTS

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self.filtered("domain"):
            rule._check_one_domain()

    def _check_one_domain(self):
        try:
            self.env["sale.order"]._search(Domain(literal_eval(self.domain)), limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._("%(rule)s: this condition cannot be used: %(error)s", rule=self.name, error=error)
            ) from error

    @api.constrains("amount_min", "amount_max")
    def _check_amounts(self):
        for rule in self:
            if rule.amount_max and rule.amount_max < rule.amount_min:
                raise ValidationError(self.env._("%s: the amounts end before they begin.", rule.name))

    # CRUD

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._adv_withdraw_questions()
        return result

    # BUSINESS

    @api.model
    def _adv_for(self, companies, stage=None):
        """Return the active rules of ``companies``, of one stage or of all."""
        domain = Domain("company_id", "in", companies.ids)
        if stage:
            domain &= Domain("stage", "=", stage)
        return self.sudo().search(domain)  # sudo: an order is judged by all rules, whoever submits it

    def _adv_withdraw_questions(self):
        """A rule that is switched off asks nobody any more."""
        # sudo: questions have no write ACL; whoever may switch the rule off withdraws what it asked
        questions = self.env["adv.approval"].sudo()
        open_ones = questions.search([("rule_id", "in", self.ids), ("state", "in", ("waiting", "pending"))])
        orders = open_ones.order_id
        open_ones._adv_obsolete()
        orders._adv_open_next_approvals()
        orders._adv_update_block()._adv_release()

    def _adv_concerned(self, orders, facts):
        """Return those of ``orders`` that the department must approve as they are now.

        Set-based: the number of statements does not depend on the number of orders.

        :param dict facts: {order: its fingerprint}
        """
        self.ensure_one()
        concerned = orders.filtered(
            lambda order: order.company_id == self.company_id and self._adv_matches(order, facts[order])
        )
        if concerned and self.check_ids:
            concerned = concerned.filtered(
                lambda order: (
                    order.adv_check_result_ids.filtered(lambda result: result.state == "failed").check_id
                    & self.check_ids
                )
            )
        if concerned and self.domain:
            concerned = concerned.filtered_domain(literal_eval(self.domain))
        if concerned and self.new_customer:
            concerned = concerned._adv_first_orders()
        return concerned

    def _adv_matches(self, order, facts):
        """Return whether amount, discount, margin and terms of one order are those of the rule."""
        compare = self.currency_id.compare_amounts
        amount = order.adv_amount_company
        if compare(amount, self.amount_min) < 0 or (self.amount_max and compare(amount, self.amount_max) > 0):
            return False
        if self.discount_min and facts["discount"] < self.discount_min:
            return False
        if self.use_margin and facts["margin"] >= self.margin_max:
            return False
        return not self.terms or self._adv_matches_terms(order)

    def _adv_matches_terms(self, order):
        if self.terms == "chosen":
            return order.payment_term_id in self.payment_term_ids
        usual = order.partner_id.with_company(order.company_id).property_payment_term_id
        return order.payment_term_id != usual

    def _adv_within_tolerance(self, before, now):
        """Return whether nothing this rule looks at moved beyond its tolerance.

        The amount in percent of what was approved, discount and margin in points, the date in days.
        """
        self.ensure_one()
        return not any(
            self._adv_moved(name, before, now)
            for name in ("amount", "discount", "margin", "terms", "promise", "shipping")
            if self._adv_watches(name)
        )

    def _adv_watches(self, name):
        return {
            "amount": self.watch_amount,
            "discount": self.discount_min,
            "margin": self.use_margin,
            "terms": self.watch_terms,
            "promise": self.watch_dates,
            "shipping": self.watch_address,
        }[name]

    def _adv_moved(self, name, before, now):
        """Return whether one input moved beyond the tolerance between two fingerprints."""
        old, new = before.get(name), now.get(name)
        if name == "amount":
            old, new = old or 0.0, new or 0.0
            if before.get("currency", now.get("currency")) != now.get("currency"):
                return True
            return abs(new - old) > abs(old) * self.tolerance / 100 + 1e-6
        if name in ("discount", "margin"):
            return abs((new or 0.0) - (old or 0.0)) > self.tolerance_points + 1e-6
        if name == "promise" and old and new:
            gap = fields.Datetime.to_datetime(new) - fields.Datetime.to_datetime(old)
            return abs(gap.total_seconds()) > self.tolerance_days * 86400
        return old != new
