from odoo import fields, models


class ResCompany(models.Model):
    """Limits that the checks compare with."""

    _inherit = "res.company"

    adv_price_tolerance = fields.Float(
        string="Price tolerance",
        default=1.0,
        help="In %: a net price that is nearer to the agreed or listed one is no deviation.",
        groups="base.group_user",
    )
    adv_overdue_days = fields.Integer(
        string="Overdue since",
        default=30,
        help="Days after the due date from which a debt counts as overdue.",
        groups="base.group_user",
    )
    adv_overdue_amount = fields.Monetary(
        string="Overdue amount",
        default=500.0,
        help="Overdue debts up to this amount stop no order.",
        groups="base.group_user",
    )
    adv_overdue_percent = fields.Float(
        string="Overdue share",
        default=5.0,
        help="In % of what the customer owes: overdue debts up to this share stop no order.",
        groups="base.group_user",
    )

    _adv_limits_in_range = models.Constraint(
        "CHECK (adv_price_tolerance >= 0 AND adv_overdue_days >= 0 AND adv_overdue_amount >= 0 "
        "AND adv_overdue_percent BETWEEN 0 AND 100)",
        "The limits of the checks are not negative, a share is at most 100 %.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_price_tolerance = fields.Float(related="company_id.adv_price_tolerance", readonly=False)
    adv_overdue_days = fields.Integer(related="company_id.adv_overdue_days", readonly=False)
    adv_overdue_amount = fields.Monetary(
        related="company_id.adv_overdue_amount", readonly=False, currency_field="adv_currency_id"
    )
    adv_overdue_percent = fields.Float(related="company_id.adv_overdue_percent", readonly=False)
