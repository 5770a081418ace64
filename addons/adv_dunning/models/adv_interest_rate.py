from datetime import date

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..tools.interest import agreed_rates

# Countries whose law lets no contract go below a multiple of the legal rate (France: L441-10 II)
LEGAL_RATE_FLOORS = {"FR": 3.0}
EEA_BEYOND_UNION = frozenset({"IS", "LI", "NO"})


class AdvInterestRate(models.Model):
    _name = "adv.interest.rate"
    _description = "Late-Interest Rate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "country_id, kind, date_from desc"

    country_id = fields.Many2one(
        "res.country", "Country", index=True, help="Empty: the countries of Europe without their own."
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

    @api.depends("country_id", "kind", "date_from")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rate in self:
            parts = (rate.country_id.name, kinds.get(rate.kind), fields.Date.to_string(rate.date_from))
            rate.display_name = ", ".join(filter(None, parts))

    @api.model
    def _of_country(self, company, kind):
        """Return the rates of a kind of a company's country, else those of no country.

        Those are the law of the European Economic Area (Directive 2011/7/EU): they do not hold elsewhere.
        """
        country = company.account_fiscal_country_id or company.country_id
        # sudo: published rates, needed by whoever has charges worked out
        rates = self.sudo().search([("kind", "=", kind), ("country_id", "in", [country.id, False])])
        return rates.filtered("country_id") or (rates if self._is_european(country) else rates.browse())

    @api.model
    def _grants_compensation(self, company, policy):
        """Tell whether a company may claim the fixed compensation of a policy from businesses that pay late.

        By law in the European Economic Area (Directive 2011/7/EU art. 6): a seller's own law governs its
        sales unless the parties chose another (Regulation 593/2008 art. 4). Elsewhere only when agreed.
        """
        country = company.account_fiscal_country_id or company.country_id
        is_due = policy.compensation_scope == "agreed" or self._is_european(country)
        return bool(policy.compensation_amount) and is_due

    @api.model
    def _is_european(self, country):
        """Tell whether a country is in the European Economic Area; a company without one may be."""
        union = self.env.ref("base.europe", raise_if_not_found=False)
        return not country or country.code in EEA_BEYOND_UNION or not union or country in union.country_ids

    @api.model
    def _late_rates(self, company, partner=None):
        """Return the late-payment rates that hold in a company, for a customer.

        A rate agreed with the customer goes before the country's; in France it is at least three times the
        legal rate (Code de commerce L441-10 II). The default rate has no such floor: in the second half of
        2024 it was 14.25 % where three times the legal rate was 14.76 %.

        :param company: company record
        :param partner: customer (res.partner record), or None for the country's default
        :return: [(date_from, date_to, percent a year)]
        """
        agreed = partner and self._agreed_rate(company, partner)
        if not agreed:
            return [(rate.date_from, rate.date_to, rate.rate) for rate in self._of_country(company, "late")]
        country = company.account_fiscal_country_id or company.country_id
        factor = LEGAL_RATE_FLOORS.get(country.code)
        if not factor:
            return agreed_rates(agreed)
        legal = self._of_country(company, "legal")
        return agreed_rates(agreed, [(rate.date_from, rate.date_to, rate.rate * factor) for rate in legal])

    @api.model
    def _agreed_rate(self, company, partner):
        """Return the rate agreed with a customer in a company, percent a year; 0 for none."""
        # sudo: the agreed rate is needed by whoever has charges worked out
        return partner.sudo().commercial_partner_id.with_company(company).adv_contract_rate

    @api.model
    def _rates_of(self, company, partners):
        """Return {customer: late-payment rates that hold in a company}, as `_late_rates`."""
        usual = self._late_rates(company)
        # sudo: the agreed rate is needed by whoever has charges worked out
        agreed = partners.sudo().with_company(company).filtered("commercial_partner_id.adv_contract_rate")
        return {
            partner: self._late_rates(company, partner) if partner.id in agreed._ids else usual
            for partner in partners
        }

    @api.model
    def _is_known(self, company, date):
        """Tell whether the late-payment rate of a day is known."""
        return any(start <= date <= end for start, end, _rate in self._late_rates(company))

    # === MISSING RATES ===#

    @api.model
    def _cron_ask_missing(self):
        """Ask once, in each company that charges late payment, for the rate of a half-year that began."""
        for company in self.env["res.company"].search([("adv_late_charge_asked", "!=", False)]):
            self._ask_missing(company, company._adv_today())

    @api.model
    def _charges_late(self, company):
        # sudo: whether late payment was ever charged, asked by the scheduled action
        charges = self.env["adv.late.charge"].sudo()
        return bool(charges.search_count([("company_id", "=", company.id)], limit=1))

    @api.model
    def _ask_missing(self, company, day):
        """Give the collection managers of a company an activity for the missing rate of a day's half-year.

        :param company: company record
        :param date day: a day of the half-year
        :return: the activities made
        """
        half_year = date(day.year, 1 if day.month < 7 else 7, 1)
        asked = company.adv_late_charge_asked
        if self._is_known(company, day) or (asked and asked >= half_year):
            return self.env["mail.activity"]
        last = self._of_country(company, "late").sorted("date_from")[-1:]
        if not last or not (last.country_id or self._charges_late(company)):
            return self.env["mail.activity"]
        company._adv_dunning_set_facts({"adv_late_charge_asked": half_year})
        return last.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=day,
            summary=self.env._(
                "Enter the late-interest rate from %(day)s on", day=format_date(self.env, half_year)
            ),
            note=self.env._(
                "The rate of this half-year is not known. Days without a rate bear no interest until it is"
                " entered in Collections > Configuration > Late-Interest Rates."
            ),
            user_id=company._adv_collection_manager().id,
        )
