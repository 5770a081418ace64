from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.shown import shown_rate


class AccountMove(models.Model):
    _inherit = "account.move"

    adv_late_charge_ids = fields.One2many(
        "adv.late.charge",
        "bill_id",
        "Late Charges Billed Here",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,adv_dunning.group_collector",
    )

    # What the bank collects for us
    adv_collection_kind = fields.Selection(
        [("direct_debit", "Direct debit"), ("bill", "Bill of exchange")],
        string="Handed to the Bank As",
        copy=False,
        help="Reminders wait until some bank days after the maturity.",
    )
    adv_collection_date = fields.Date("Handed Over On", copy=False)
    adv_collection_maturity = fields.Date("Collected On", copy=False)
    adv_collection_returned = fields.Date(
        "Returned Unpaid On", copy=False, help="From that day reminders go on at the level they had reached."
    )

    @api.constrains("adv_collection_kind", "adv_collection_date", "adv_collection_maturity")
    def _check_adv_collection(self):
        for move in self:
            if move.adv_collection_kind and not (move.adv_collection_date and move.adv_collection_maturity):
                raise ValidationError(
                    self.env._("What is handed to the bank has a day of handing over and a maturity.")
                )

    # === CRUD METHODS ===#

    def unlink(self):
        self._adv_free_late_charges()
        return super().unlink()

    # === ACTION METHODS ===#

    def button_cancel(self):
        result = super().button_cancel()
        self.filtered(lambda move: move.state == "cancel")._adv_free_late_charges()
        return result

    def action_adv_propose_late_charges(self):
        """Propose the late charges of these invoices up to today, and show what is proposed."""
        charges = self.env["adv.late.charge"]
        for company, moves in self.grouped("company_id").items():
            charges.accrue(moves, company._adv_today())
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_late_charge")
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS ===#

    def _adv_free_late_charges(self):
        # sudo: whoever may delete or cancel the draft; only the link and the state are written
        self.sudo().adv_late_charge_ids._free()

    def _adv_note_write_off(self, entry, reason):
        for move in self:
            move.message_post(
                body=self.env._("Written off by %(entry)s: %(reason)s", entry=entry.name, reason=reason)
            )

    def _adv_is_late_charge(self):
        """Tell whether this invoice charges late payment: it bears no interest itself."""
        self.ensure_one()
        # sudo: a fact about the invoice, needed by whoever may read it
        move = self.sudo()
        return move.journal_id.adv_late_charges or bool(move.adv_late_charge_ids)

    def _adv_late_payment_terms(self):
        """Return what the law wants said about late payment on this invoice, as a list of sentences.

        On invoices to businesses, by the country of the company. France: Code de commerce L441-9, L441-10 and
        D441-5; Spain: Ley 3/2004, art. 7 and 8. Empty elsewhere.
        """
        self.ensure_one()
        country = self.company_id.account_fiscal_country_id.code or self.company_id.country_id.code
        customer = self.commercial_partner_id
        if (
            self.move_type != "out_invoice"
            or country not in ("FR", "ES")
            or not (customer.is_company or customer.vat)
            or self._adv_is_late_charge()
        ):
            return []
        return self._adv_terms_of_france() if country == "FR" else self._adv_terms_of_spain()

    def _adv_terms_of_france(self):
        agreed = self.commercial_partner_id.with_company(self.company_id).adv_contract_rate
        sentences = []
        if not self.invoice_payment_term_id.early_discount:
            sentences.append(self.env._("No discount is granted for early payment."))
        if agreed:
            sentences.append(
                self.env._(
                    "Late-payment penalties: %(rate)s %% a year, at least three times the legal interest"
                    " rate.",
                    rate=shown_rate(self.env, agreed),
                )
            )
        else:
            sentences.append(
                self.env._(
                    "Late-payment penalties: the European Central Bank's main refinancing rate plus 10"
                    " percentage points (article L441-10 of the French Commercial Code)."
                )
            )
        sentences.append(
            self.env._(
                "Fixed compensation for recovery costs in case of late payment: 40 EUR (article D441-5 of the"
                " French Commercial Code)."
            )
        )
        return sentences

    def _adv_terms_of_spain(self):
        agreed = self.commercial_partner_id.with_company(self.company_id).adv_contract_rate
        if agreed:
            interest = self.env._(
                "Late-payment interest: %(rate)s %% a year, as agreed (article 7 of Ley 3/2004).",
                rate=shown_rate(self.env, agreed),
            )
        else:
            interest = self.env._(
                "Late-payment interest: the European Central Bank's main refinancing rate plus 8 percentage"
                " points (article 7 of Ley 3/2004)."
            )
        return [
            interest,
            self.env._(
                "Fixed compensation for recovery costs in case of late payment: 40 EUR (article 8 of"
                " Ley 3/2004)."
            ),
        ]
