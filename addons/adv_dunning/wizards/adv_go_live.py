from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.asked import only_one
from ..tools.receivable import open_lines

HISTORY_DAYS = 180


class OpenLine(NamedTuple):
    """An open journal item: amounts are what is open of it, `whole` is all of it in company currency."""

    line_id: int
    partner_id: int
    amount: object
    balance: object
    whole: object
    date_due: object
    no_followup: bool


class AdvDunningGoLive(models.TransientModel):
    _name = "adv.dunning.go.live"
    _inherit = ["adv.dunning.preview"]
    _description = "Go Live with Reminders"

    is_live = fields.Boolean(related="company_id.adv_dunning_live")
    can_take_over = fields.Boolean(compute="_compute_can_take_over")
    policy_id = fields.Many2one(
        "adv.dunning.policy",
        "Policy",
        compute="_compute_policy_id",
        store=True,
        readonly=False,
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="The texts go out in the language of each customer.",
    )
    is_other_policy = fields.Boolean(compute="_compute_is_other_policy")

    # Health of the data
    no_email_count = fields.Integer("Customers Without E-mail", compute="_compute_health")
    no_terms_count = fields.Integer("Customers Without Payment Terms", compute="_compute_health")
    receipt_count = fields.Integer(
        "Unmatched Receipts", compute="_compute_health", help="Money on the bank not matched with anything."
    )
    credit_count = fields.Integer("Open Credits", compute="_compute_health")
    residue_count = fields.Integer(
        "Small Residues",
        compute="_compute_health",
        help="What is left of partly paid items, up to the amount of small items to write off.",
    )
    no_followup_count = fields.Integer("Items Without Follow-Up", compute="_compute_health")
    history_count = fields.Integer(
        "Old Items (History)",
        compute="_compute_health",
        help="Due more than 180 days before reminders were installed: reminded by hand only.",
    )
    rate_missing = fields.Boolean("Late-Interest Rate Missing", compute="_compute_health")

    @api.depends("company_id")
    def _compute_can_take_over(self):
        self.can_take_over = self.env["adv.dunning.takeover"]._is_possible()

    @api.depends("company_id")
    def _compute_policy_id(self):
        for wizard in self:
            wizard.policy_id = wizard.company_id._adv_dunning_policy()

    @api.depends("policy_id", "company_id")
    def _compute_is_other_policy(self):
        for wizard in self:
            wizard.is_other_policy = wizard.policy_id != wizard.company_id._adv_dunning_policy()

    @api.depends("date", "company_id")
    def _compute_health(self):
        for wizard in self:
            lines = wizard._open_lines()
            partners = wizard._debtors(lines)
            wizard.no_email_count = len(wizard._without_email(partners))
            wizard.no_terms_count = len(wizard._without_terms(partners))
            wizard.receipt_count = self.env["account.bank.statement.line"].search_count(
                wizard._receipts_domain()
            )
            for name, chosen in wizard._findings().items():
                wizard[f"{name}_count"] = sum(1 for line in lines if chosen(line))
            wizard.rate_missing = not self.env["adv.interest.rate"]._is_known(wizard.company_id, wizard.date)

    # === ACTION METHODS ===#

    def action_go_live(self):
        """Take reminders live in the company with the policy chosen; by a collection manager."""
        only_one(self)
        if self.policy_id and self.is_other_policy:
            self.action_use_policy()
        self.company_id._adv_dunning_go_live()
        return self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dunning_run")

    def action_use_policy(self):
        """Make the policy chosen the company's own, and show what its first run would do.

        :raise AccessError: for everybody but collection managers
        """
        only_one(self)
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager takes reminders live."))
        self._check_company_reach()
        self.policy_id.check_access("read")
        if self.policy_id.company_id not in (self.env["res.company"], self.company_id):
            raise AccessError(self.env._("This policy belongs to another company."))
        # sudo: a collection manager, checked above, need not have the right to write companies
        self.company_id.sudo().adv_dunning_policy_id = self.policy_id
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Go Live"),
        }

    def action_open_takeover(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dunning_takeover")
        return {**action, "context": {"default_company_id": self.company_id.id}}

    def action_open_no_email(self):
        partners = self._without_email(self._debtors(self._open_lines()))
        return self._open_records(self.env._("Customers Without E-mail"), partners)

    def action_open_no_terms(self):
        partners = self._without_terms(self._debtors(self._open_lines()))
        return self._open_records(self.env._("Customers Without Payment Terms"), partners)

    def action_open_receipts(self):
        receipts = self.env["account.bank.statement.line"].search(self._receipts_domain())
        return self._open_records(self.env._("Unmatched Receipts"), receipts)

    def action_open_credits(self):
        return self._open_items(self.env._("Open Credits"), "credit")

    def action_open_residues(self):
        return self._open_items(self.env._("Small Residues"), "residue")

    def action_open_no_followup(self):
        return self._open_items(self.env._("Items Without Follow-Up"), "no_followup")

    def action_open_history(self):
        return self._open_items(self.env._("Old Items (History)"), "history")

    # === BUSINESS METHODS ===#

    def _check_company_reach(self):
        return self.env["adv.dunning.run"]._check_company_reach(self.company_id.id)

    def _findings(self):
        """Return {finding: is an open item (row of `_open_lines`) one of it}."""
        small = self.company_id.adv_write_off_amount
        history = self._history_date()
        return {
            "credit": lambda line: line.amount < 0,
            "residue": lambda line: 0 < line.balance <= small and line.balance < line.whole,
            "no_followup": lambda line: line.no_followup and line.amount > 0,
            "history": lambda line: line.amount > 0 and line.date_due < history,
        }

    def _history_date(self):
        return self.company_id.adv_dunning_history_date or fields.Date.subtract(self.date, days=HISTORY_DAYS)

    def _receipts_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("is_reconciled", "=", False),
            ("amount", ">", 0),
            ("date", "<=", self.date),
            ("move_id.state", "=", "posted"),
        ]

    def _open_lines(self):
        """Return the journal items open at the date (OpenLine)."""
        self.ensure_one()
        self.env["adv.dunning.item"].check_access("read")
        self._check_company_reach()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT item.line_id, item.partner_id, item.amount, item.balance, line.balance,"
                "       item.date_due, item.no_followup"
                "  FROM (%s) AS item JOIN account_move_line line ON line.id = item.line_id",
                open_lines(self.company_id.id, self.date),
            )
        )
        return [OpenLine(*row) for row in rows]

    def _debtors(self, lines):
        return self.env["res.partner"].browse(
            {line.partner_id for line in lines if line.amount > 0 and line.partner_id}
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

    def _open_items(self, name, finding):
        chosen = self._findings()[finding]
        lines = self.env["account.move.line"].browse(
            line.line_id for line in self._open_lines() if chosen(line)
        )
        return self._open_records(name, lines)

    def _open_records(self, name, records):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }
