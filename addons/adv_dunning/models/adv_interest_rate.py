from odoo import api, fields, models


class AdvInterestRate(models.Model):
    _name = "adv.interest.rate"
    _description = "Late-Interest Rate"
    _order = "country_id, kind, date_from desc"

    country_id = fields.Many2one(
        "res.country", "Country", index=True, help="Empty: every country without its own."
    )
    kind = fields.Selection(
        [("late", "Late-payment rate"), ("legal", "Legal rate"), ("reference", "ECB main refinancing rate")],
        required=True,
        default="late",
        help="Charges use the late-payment rate; the others are kept for reference.",
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    rate = fields.Float("Rate (% a Year)", digits=(6, 3), required=True)
    source = fields.Char(translate=True)

    _dates = models.Constraint("CHECK(date_from <= date_to)", "A rate ends after it begins.")
    _once = models.UniqueIndex(
        "(COALESCE(country_id, 0), kind, date_from)", "This country already has a rate from this day."
    )

    @api.model
    def _late_rates(self, company):
        """Return the late-payment rates of a company's country, else those of no country.

        :return: [(date_from, date_to, percent a year)]
        """
        country = company.account_fiscal_country_id or company.country_id
        # sudo: published rates, needed by whoever has charges worked out
        rates = self.sudo().search([("kind", "=", "late"), ("country_id", "in", [country.id, False])])
        own = rates.filtered("country_id") or rates
        return [(rate.date_from, rate.date_to, rate.rate) for rate in own]

    @api.model
    def _is_known(self, company, date):
        """Tell whether the late-payment rate of a day is known."""
        return any(start <= date <= end for start, end, _rate in self._late_rates(company))
