from odoo import api, fields, models

from ..tools.billing_plan import TRIGGERS, Instalment


class AdvBillingMilestone(models.Model):
    """One part of every order under a billing rule by milestones: how much, and when."""

    _name = "adv.billing.milestone"
    _description = "Billing Milestone"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("adv.billing.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Milestone", required=True, translate=True)
    percent = fields.Float(string="Part (%)", digits=(5, 2), required=True)
    trigger = fields.Selection(TRIGGERS, string="Billed On", required=True, default="confirmation")
    days = fields.Integer(string="Days After")
    date = fields.Date(string="Day")

    _percent_range = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)", "A milestone bills more than 0 % and at most 100 %."
    )
    _days_positive = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3650)", "A milestone is billed within ten years after its event."
    )
    _date_given = models.Constraint(
        "CHECK (trigger != 'date' OR date IS NOT NULL)", "Say on which day the milestone is billed."
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        milestones._adv_check_rules(milestones.rule_id)
        return milestones

    def write(self, vals):
        rules = self.rule_id
        result = super().write(vals)
        self._adv_check_rules(rules | self.rule_id)
        return result

    def unlink(self):
        rules = self.rule_id
        result = super().unlink()
        self._adv_check_rules(rules.exists())
        return result

    def _adv_check_rules(self, rules):
        """The parts add up whoever changed them; what is written with the rule is judged by the rule."""
        if not self.env.cr.cache.get("adv_billing.milestones"):
            rules._check_milestones()

    # === BUSINESS METHODS ===#

    def _adv_instalments(self):
        """The schedule of an order that nothing was billed of yet."""
        return [
            Instalment(rank, milestone.percent, milestone.trigger, milestone.days, milestone.date or None)
            for rank, milestone in enumerate(self, start=1)
        ]
