from markupsafe import Markup
from odoo import api, models
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
        rates = self._rates_of(company, charges.partner_id)
        found = {charge: charge._billed_short(self, rates[charge.partner_id]) for charge in charges}
        found = {charge: short for charge, short in found.items() if not charge.currency_id.is_zero(short)}
        manager = company._adv_collection_manager()
        kind = "mail.mail_activity_data_warning"
        # sudo: what was asked about the rate before holds no longer, whoever had it
        self.sudo().activity_unlink([kind], user_id=manager.id)
        if not found:
            return
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
        self.activity_schedule(
            kind,
            date_deadline=company._adv_today(),
            summary=self.env._("Late interest was billed with another rate"),
            note=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "This is what was billed too little, or too much where it is below zero. Bill the"
                    " difference, or issue a credit note. What is only proposed is worked out again when it"
                    " is billed."
                ),
                Markup().join(Markup("<li>%s</li>") % text for text in texts),
            ),
            user_id=manager.id,
        )
