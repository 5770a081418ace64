from odoo import fields, models


class AdvDunningDay(models.Model):
    _name = "adv.dunning.day"
    _description = "Local Holiday"
    _order = "date desc"

    name = fields.Char(required=True, translate=True)
    date = fields.Date(required=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: every company.",
    )
    is_worked = fields.Boolean("Worked", help="A public holiday of the country on which the company works.")

    _day_unique = models.Constraint("UNIQUE(company_id, date)", "This day is already in the list.")
