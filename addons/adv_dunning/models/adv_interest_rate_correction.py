from datetime import date
from typing import NamedTuple

from markupsafe import Markup
from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..tools.interest import joined
from .adv_interest_rate import LEGAL_RATE_FLOORS

# what charges are worked out with
RATED = frozenset({"country_id", "kind", "date_from", "date_to", "rate"})
SHOWN = 20  # invoices named in an activity


class Law(NamedTuple):
    """Where and when a rate holds, as it is or as it was."""

    country: models.Model
    kind: str
    start: date
    end: date

    def __str__(self):
        return " ".join(filter(None, (self.country.code, self.kind, str(self.start))))


class AdvInterestRate(models.Model):
    """What a rate entered, corrected or deleted later means for interest that was billed with another one.

    Days that were not charged are proposed with the next charges, and proposals are worked out again when
    they are billed. What was billed stands: somebody is told what is missing, and issues the difference.
    """

    _inherit = "adv.interest.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        for rate in rates:
            self._ask_corrections([rate._law()])
        return rates

    def write(self, vals):
        before = [rate._law() for rate in self]
        result = super().write(vals)
        if not RATED.isdisjoint(vals):
            for was, rate in zip(before, self, strict=True):
                self._ask_corrections([was, rate._law()])
        return result

    def unlink(self):
        before = [rate._law() for rate in self]
        result = super().unlink()
        is_uninstalling = self.env.su and self.env.context.get(MODULE_UNINSTALL_FLAG)
        for was in () if is_uninstalling else before:
            self._ask_corrections([was])
        return result

    def _law(self):
        self.ensure_one()
        return Law(self.country_id, self.kind, self.date_from, self.date_to)

    @api.model
    def _ask_corrections(self, laws):
        """Tell the collection managers of the companies concerned what was billed with another rate.

        :param laws: [Law] what one rate was and is
        """
        spans = joined((law.start, law.end) for law in laws)
        days = Domain.OR([("date_from", "<=", end), ("date_to", ">=", start)] for start, end in spans)
        # sudo: of all companies; each manager is told of their own
        charges = self.env["adv.late.charge"].sudo()
        charges = charges.search(Domain("kind", "=", "interest") & Domain("state", "=", "billed") & days)
        for company, billed in charges.grouped("company_id").items():
            if concerned := [law for law in laws if self._is_law_of(company, law)]:
                self._ask_correction(company, billed, concerned)

    @api.model
    def _is_law_of(self, company, law):
        """Tell whether a company charges by a rate of this country and kind: see `_late_rates`."""
        country = company.account_fiscal_country_id or company.country_id
        if law.kind != "late" and (law.kind != "legal" or country.code not in LEGAL_RATE_FLOORS):
            return False
        if law.country:
            return law.country == country
        return self._is_european(country) and not self._of_country(company, law.kind).country_id

    @api.model
    def _ask_correction(self, company, charges, laws):
        """Tell it on the last bill concerned: a rate is read by all companies, what was billed is not."""
        bills = charges.bill_id
        found = self._billed_otherwise(company, charges, laws)
        kind = self.env.ref("mail.mail_activity_data_warning")
        told = Domain("res_model", "=", bills._name) & Domain("res_id", "in", bills.ids)
        told &= Domain("activity_type_id", "=", kind.id)
        # of whatever country: a company has one at a time
        told &= Domain.OR(Domain("summary", "like", f"{law.kind} {law.start}") for law in laws)
        # sudo: what was told about this rate before holds no longer, whoever had it
        self.env["mail.activity"].sudo().search(told).unlink()
        if found:
            bill = bills.browse().union(*(charge.bill_id for charge in found)).sorted("id")[-1]
            # sudo: whoever enters a rate need not have the company whose manager is told
            bill.sudo().activity_schedule(
                activity_type_id=kind.id,
                date_deadline=company._adv_today(),
                summary=self.env._(
                    "Late interest was billed with another rate: %(rate)s", rate=str(laws[-1])
                ),
                note=self._correction_note(found),
                user_id=company._adv_collection_manager().id,
            )

    @api.model
    def _billed_otherwise(self, company, charges, laws):
        """Return {charge: what it is short of}, where a rate of these laws holds.

        Customers who agreed a rate of their own are concerned by the legal rate alone. Neither the days that
        an agreed rate of the past covered nor those before it was agreed are looked at again.
        """
        rates = self._rates_of(company, charges.partner_id)
        own = charges.partner_id.with_company(company).filtered("adv_contract_rate")
        found = {}
        for charge in charges:
            is_own = charge.partner_id in own
            kind = "legal" if is_own else "late"
            spans = joined((law.start, law.end) for law in laws if law.kind == kind)
            short = charge._billed_short(spans, rates[charge.partner_id], is_own)
            if not charge.currency_id.is_zero(short):
                found[charge] = short
        return found

    def _correction_note(self, found):
        texts = [
            self.env._(
                "Invoice %(invoice)s, charged in %(bill)s: %(amount)s",
                invoice=charge.move_id.name,
                bill=charge.bill_id.name or self.env._("a draft"),
                amount=formatLang(self.env, short, currency_obj=charge.currency_id),
            )
            for charge, short in list(found.items())[:SHOWN]
        ]
        if len(found) > SHOWN:
            texts.append(self.env._("and %(count)s more", count=len(found) - SHOWN))
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._(
                "This is what was billed too little, or too much where it is below zero. Bill the difference,"
                " or issue a credit note. What is only proposed is worked out again when it is billed."
            ),
            Markup().join(Markup("<li>%s</li>") % text for text in texts),
        )
