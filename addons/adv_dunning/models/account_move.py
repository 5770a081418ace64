from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_adv_propose_late_charges(self):
        """Propose the late charges of these invoices up to today, and show what is proposed."""
        charges = self.env["adv.late.charge"]
        for company, moves in self.grouped("company_id").items():
            charges.accrue(moves, company._adv_today())
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_late_charge")
        return {**action, "domain": [("move_id", "in", self.ids)], "context": {}}
