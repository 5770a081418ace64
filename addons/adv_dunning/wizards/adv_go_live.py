from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.receivable import open_lines


class AdvDunningGoLive(models.TransientModel):
    _name = "adv.dunning.go.live"
    _inherit = ["adv.dunning.preview"]
    _description = "Go Live with Reminders"

    is_live = fields.Boolean(related="company_id.adv_dunning_live")
    policy_id = fields.Many2one("adv.dunning.policy", "Policy", compute="_compute_policy_id")

    # Health of the data
    no_email_count = fields.Integer("Customers Without E-mail", compute="_compute_health")
    no_terms_count = fields.Integer("Customers Without Payment Terms", compute="_compute_health")
    credit_count = fields.Integer("Unmatched Receipts and Credits", compute="_compute_health")
    no_followup_count = fields.Integer("Items Without Follow-Up", compute="_compute_health")
    rate_missing = fields.Boolean("Late-Interest Rate Missing", compute="_compute_health")

    @api.depends("company_id")
    def _compute_policy_id(self):
        for wizard in self:
            wizard.policy_id = wizard.company_id._adv_dunning_policy()

    @api.depends("date", "company_id")
    def _compute_health(self):
        for wizard in self:
            lines = wizard._open_lines()
            partners = self.env["res.partner"].browse(
                {partner for _id, partner, amount, _no in lines if amount > 0 and partner}
            )
            wizard.no_email_count = len(wizard._without_email(partners))
            wizard.no_terms_count = len(wizard._without_terms(partners))
            wizard.credit_count = sum(1 for _id, _partner, amount, _no in lines if amount < 0)
            wizard.no_followup_count = sum(1 for _id, _partner, amount, off in lines if off and amount > 0)
            wizard.rate_missing = not self.env["adv.interest.rate"]._is_known(wizard.company_id, wizard.date)

    def action_go_live(self):
        """Take reminders live in the company; by a collection manager."""
        self.ensure_one()
        self.company_id._adv_dunning_go_live()
        return self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dunning_run")

    def action_open_no_email(self):
        return self._open_partners(
            self.env._("Customers Without E-mail"), self._without_email(self._debtors())
        )

    def action_open_no_terms(self):
        return self._open_partners(
            self.env._("Customers Without Payment Terms"), self._without_terms(self._debtors())
        )

    def action_open_credits(self):
        return self._open_lines_action(
            self.env._("Unmatched Receipts and Credits"),
            [line_id for line_id, _partner, amount, _off in self._open_lines() if amount < 0],
        )

    def action_open_no_followup(self):
        return self._open_lines_action(
            self.env._("Items Without Follow-Up"),
            [line_id for line_id, _partner, amount, off in self._open_lines() if off and amount > 0],
        )

    def _open_lines(self):
        """Return [(journal item id, customer id, amount, no follow-up)] open at the date."""
        self.ensure_one()
        self.env["adv.dunning.item"].check_access("read")
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT line_id, partner_id, amount, no_followup FROM (%s) AS item",
                open_lines(self.company_id.id, self.date),
            )
        )

    def _debtors(self):
        return self.env["res.partner"].browse(
            {partner for _id, partner, amount, _no in self._open_lines() if amount > 0 and partner}
        )

    def _without_email(self, partners):
        with_contact = partners.child_ids.filtered(
            lambda child: child.type == "invoice" and child.email
        ).parent_id
        return partners.filtered(lambda partner: not partner.email) - with_contact

    def _without_terms(self, partners):
        return partners.with_company(self.company_id).filtered(
            lambda partner: not partner.property_payment_term_id
        )

    def _open_partners(self, name, partners):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", partners.ids)],
        }

    def _open_lines_action(self, name, line_ids):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "account.move.line",
            "view_mode": "list",
            "domain": [("id", "in", line_ids)],
        }
