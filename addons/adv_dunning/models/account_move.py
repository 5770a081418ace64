from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountMove(models.Model):
    _inherit = "account.move"

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

    def action_adv_propose_late_charges(self):
        """Propose the late charges of these invoices up to today, and show what is proposed."""
        charges = self.env["adv.late.charge"]
        for company, moves in self.grouped("company_id").items():
            charges.accrue(moves, company._adv_today())
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_late_charge")
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}
