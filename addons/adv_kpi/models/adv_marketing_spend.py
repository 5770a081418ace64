from odoo import api, fields, models


class AdvMarketingSpend(models.Model):
    """What was spent to win customers, by day and campaign."""

    _name = "adv.marketing.spend"
    _description = "Marketing spending"
    _order = "date desc, id desc"
    _rec_name = "name"

    name = fields.Char(string="What for", required=True)
    date = fields.Date(
        string="Day", required=True, index=True, default=lambda self: self.env.company._adv_today()
    )
    campaign_id = fields.Many2one(
        "utm.campaign", string="Campaign", index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(string="Amount", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    amount_company = fields.Monetary(
        string="Amount (company currency)",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="At the rate of the day.",
    )

    _amount_not_negative = models.Constraint("CHECK (amount >= 0)", "What was spent is not negative.")

    @api.depends("amount", "currency_id", "company_id", "date")
    def _compute_amount_company(self):
        for spend in self:
            company = spend.company_id or self.env.company
            currency = spend.currency_id or company.currency_id
            day = spend.date or fields.Date.context_today(self)
            spend.amount_company = currency._convert(spend.amount, company.currency_id, company, day)
