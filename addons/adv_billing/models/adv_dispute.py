from odoo import api, fields, models


class AdvDispute(models.Model):
    _inherit = "adv.dispute"

    adv_credit_move_ids = fields.One2many(
        "account.move", "adv_dispute_id", string="Credit Notes", readonly=True
    )

    # === ACTIONS ===#

    def action_adv_credit(self):
        """Open the credit note of the disputed invoice, which settles this dispute."""
        self.ensure_one()
        invoice = self.move_id
        return {
            **invoice.action_reverse(),
            "context": {
                "active_model": invoice._name,
                "active_id": invoice.id,
                "active_ids": invoice.ids,
                "default_adv_dispute_id": self.id,
            },
        }

    # === BUSINESS METHODS ===#

    @api.model
    def _adv_uncredited_domain(self):
        """Disputes that a credit note may settle: open, or granted and not credited yet."""
        granted = ["&", ("state", "=", "accepted"), ("adv_credit_move_ids", "=", False)]
        return ["|", ("state", "=", "open"), *granted]
