from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_billing_mode = fields.Selection(
        [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")],
        string="Invoice Checks and Credit Note Reasons",
        default="observe",
        required=True,
        help="Observe: failed checks and missing reasons are recorded, nobody is stopped. "
        "Warn: they are also written on the invoice. "
        "Enforce: people cannot post against a blocking check, nor a credit note without a reason.",
    )
    adv_billing_nightly = fields.Boolean(
        string="Bill Every Night", help="A billing run is made each night by the billing rules."
    )

    adv_receipts = fields.Selection(
        [("off", "Nobody"), ("asked", "Customers who want them"), ("all", "Every customer")],
        string="Payment Receipts",
        default="off",
        required=True,
        help="Who gets a receipt by e-mail when a payment came in.",
    )
    adv_receipts_since = fields.Date(
        string="Receipts Since", help="Money that came in before this day gets no receipt."
    )

    adv_services_since = fields.Date(
        string="Services Known Since",
        readonly=True,
        default=lambda self: fields.Date.today(),
        help="From this day on it is kept when a quantity done of a service was entered.",
    )

    def write(self, vals):
        """Receipts begin on the day they are switched on, also when none is named: history gets none."""
        begins = self.browse()
        if vals.get("adv_receipts", "off") != "off" and "adv_receipts_since" not in vals:
            begins = self.filtered(lambda company: company.adv_receipts == "off")
        result = super().write(vals)
        if {"adv_receipts", "adv_receipts_since"} & vals.keys():
            begins |= self.filtered(lambda company: not company.adv_receipts_since)
        for company in begins.filtered(lambda company: company.adv_receipts != "off"):
            company.adv_receipts_since = company._adv_today()
        return result

    def _adv_collected_from(self):
        """Return the first day whose maturities may still come back from the bank, as reminders see it."""
        self.ensure_one()
        days = self._adv_dunning_policy().collection_days
        return self._adv_calendar().first_within(self._adv_today(), days)

    def _adv_payers_on_hold(self):
        """Return the ids of the customers on hold in this company."""
        self.ensure_one()
        # sudo: whoever sells may know who is on hold
        partners = self.env["res.partner"].sudo().with_company(self)
        return partners.search([("adv_on_hold", "=", True)]).ids
