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

    def write(self, vals):
        """Receipts begin on the day they are switched on: history gets none."""
        begins = self.browse()
        if vals.get("adv_receipts", "off") != "off" and "adv_receipts_since" not in vals:
            begins = self.filtered(lambda company: company.adv_receipts == "off")
        result = super().write(vals)
        for company in begins:
            company.adv_receipts_since = company._adv_today()
        return result
