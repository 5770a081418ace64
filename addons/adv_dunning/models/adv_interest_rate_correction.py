from markupsafe import Markup
from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

# what charges are worked out with
RATED = frozenset({"country_id", "kind", "date_from", "date_to", "rate"})
SHOWN = 20  # invoices named in an activity


class AdvInterestRate(models.Model):
    """What a rate entered or corrected later means for interest that was billed with another one.

    Days that were not charged are proposed with the next charges, and proposals are worked out again when
    they are billed. What was billed stands: somebody is told what is missing, and issues the difference.
    """

    _inherit = "adv.interest.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._ask_corrections()
        return rates

    def write(self, vals):
        result = super().write(vals)
        if not RATED.isdisjoint(vals):
            self._ask_corrections()
        return result

    def _ask_corrections(self):
        """Tell the collection managers of the companies concerned what was billed with another rate."""
        for rate in self.filtered(lambda rate: rate.kind in ("late", "legal")):
            # sudo: of all companies; each manager is told of their own
            charges = self.env["adv.late.charge"].sudo()
            charges = charges.search(
                [
                    ("kind", "=", "interest"),
                    ("state", "=", "billed"),
                    ("date_from", "<=", rate.date_to),
                    ("date_to", ">=", rate.date_from),
                ]
            )
            for company, billed in charges.grouped("company_id").items():
                rate._ask_correction(company, billed)

    def _ask_correction(self, company, charges):
        """Tell it on the last bill concerned: a rate is read by all companies, what was billed is not.

        Customers who agreed a rate of their own are concerned by the legal rate alone.
        """
        bills = charges.bill_id
        own = charges.partner_id.with_company(company).filtered("adv_contract_rate")
        charges = charges.filtered(lambda charge: (charge.partner_id in own) == (self.kind == "legal"))
        rates = self._rates_of(company, charges.partner_id)
        found = {charge: charge._billed_short(self, rates[charge.partner_id]) for charge in charges}
        found = {charge: short for charge, short in found.items() if not charge.currency_id.is_zero(short)}
        which = " ".join(filter(None, (self.country_id.code, self.kind, str(self.date_from))))
        kind = self.env.ref("mail.mail_activity_data_warning")
        told = Domain("res_model", "=", bills._name) & Domain("res_id", "in", bills.ids)
        told &= Domain("activity_type_id", "=", kind.id) & Domain("summary", "like", which)
        # sudo: what was told about this rate before holds no longer, whoever had it
        self.env["mail.activity"].sudo().search(told).unlink()
        if found:
            bill = bills.browse().union(*(charge.bill_id for charge in found)).sorted("id")[-1]
            # sudo: whoever enters a rate need not have the company whose manager is told
            bill.sudo().activity_schedule(
                activity_type_id=kind.id,
                date_deadline=company._adv_today(),
                summary=self.env._("Late interest was billed with another rate: %(rate)s", rate=which),
                note=self._correction_note(found),
                user_id=company._adv_collection_manager().id,
            )

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
