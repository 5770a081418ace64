from odoo import api, fields, models


class AdvPaymentPromise(models.Model):
    """Promises that belong together, and what a customer tells about a payment already made."""

    _inherit = "adv.payment.promise"

    plan = fields.Char(
        "Instalment Plan", readonly=True, copy=False, index="btree_not_null", help="Promises made together."
    )
    paid_on = fields.Date("Paid On", help="Day of the payment, as the customer says.")
    payment_reference = fields.Char(help="What the customer says stands on the transfer.")

    @api.model
    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"plan"}

    def _judge(self, company, date):
        super()._judge(company, date)
        kept = self.search(
            [("company_id", "=", company.id), ("date_judged", "=", date), ("state", "=", "kept")]
        )
        if kept:
            # sudo: whoever has promises judged ends the hold that a kept one pays off
            notices = self.env["adv.dunning.notice"].sudo()
            notices.search(
                [
                    ("company_id", "=", company.id),
                    ("is_holding", "=", True),
                    ("partner_id", "in", kept.partner_id.commercial_partner_id.ids),
                ]
            )._release_holds_if_paid()
