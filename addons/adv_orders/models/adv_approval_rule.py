from odoo import fields, models


class AdvApprovalRule(models.Model):
    _name = "adv.approval.rule"
    _description = "When a department must approve"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Rules with the same number are asked at the same time; higher numbers wait for the lower ones.",
    )
    department_id = fields.Many2one(
        "adv.department", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_min = fields.Monetary(string="From amount", help="Untaxed, in the company's currency.")
    amount_max = fields.Monetary(string="Up to amount", help="Zero means no upper limit.")
    discount_min = fields.Float(
        string="From discount", help="Highest discount of the lines, in %; zero means whatever the discount."
    )
    use_margin = fields.Boolean(string="Depends on margin")
    margin_max = fields.Float(
        string="Margin below", help="In %, on the costs known when the order is submitted."
    )
    tolerance = fields.Float(
        default=2.0, help="A later change up to this percentage does not ask the department again."
    )
    deadline_hours = fields.Integer(string="Answer within", default=8, help="Hours.")

    # BUSINESS

    def _adv_applies(self, order):
        """Return whether the department must approve ``order`` as it is now."""
        self.ensure_one()
        if order.company_id != self.company_id:
            return False
        compare = self.currency_id.compare_amounts
        amount = order.adv_amount_company
        if compare(amount, self.amount_min) < 0 or (self.amount_max and compare(amount, self.amount_max) > 0):
            return False
        facts = order._adv_fingerprint() if self.discount_min or self.use_margin else {}
        if self.discount_min and facts["discount"] < self.discount_min:
            return False
        return not self.use_margin or facts["margin"] < self.margin_max

    def _adv_within_tolerance(self, before, now):
        """Return whether nothing this rule looks at moved beyond its tolerance.

        The amount in percent of what was approved, discount and margin in points.
        """
        self.ensure_one()
        base = abs(before.get("amount") or 0.0)
        moves = [abs(now["amount"] - before.get("amount", 0.0)) / base * 100 if base else 0.0]
        if not base and now["amount"]:
            return False
        if self.discount_min:
            moves.append(abs(now["discount"] - before.get("discount", 0.0)))
        if self.use_margin:
            moves.append(abs(now["margin"] - before.get("margin", 0.0)))
        return max(moves) <= self.tolerance + 1e-6
