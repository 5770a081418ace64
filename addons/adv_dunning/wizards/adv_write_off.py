from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..tools.asked import only_one

LOSSES = ("expense", "expense_other")


class AdvWriteOff(models.TransientModel):
    _name = "adv.write.off"
    _description = "Write Off"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", "Company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=lambda self: self.env.company._adv_today())
    account_id = fields.Many2one(
        "account.account",
        "Account",
        required=True,
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
        default=lambda self: self.env.company.adv_write_off_account_id,
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
        default=lambda self: self._default_journal(),
    )
    reason = fields.Char(required=True, default=lambda self: self.env._("Small or old items"))
    item_ids = fields.Many2many(
        "adv.dunning.item", string="Items", default=lambda self: self._default_items()
    )
    total = fields.Monetary(compute="_compute_total")

    def _default_journal(self):
        journals = self.env["account.journal"]
        # a branch may book in the journals of the company it belongs to; its own go first
        journals = journals.search(
            [*journals._check_company_domain(self.env.company), ("type", "=", "general")]
        )
        own = journals.filtered(lambda journal: journal.company_id == self.env.company)
        return (own or journals)[:1]

    def _default_items(self):
        """Return the open items that are small, or old, as the company's settings say."""
        return self.env["adv.dunning.item"].search(self._proposed(self.env.company), limit=500)

    @api.model
    def _proposed(self, company):
        small = Domain("balance_open", "<=", company.adv_write_off_amount) & Domain("days_overdue", ">", 0)
        old = Domain("days_overdue", ">=", company.adv_write_off_days)
        stopped = Domain("outcome", "in", ("out_of_scope", "disputed", "promised", "insolvency"))
        return Domain("company_id", "=", company.id) & Domain("active", "=", True) & (small | old) & ~stopped

    @api.depends("item_ids")
    def _compute_total(self):
        for write_off in self:
            write_off.total = sum(write_off.item_ids.mapped("balance_open"))

    def action_write_off(self):
        """Post one entry that writes these items off, matched with them; reversing it opens them again.

        :return: the action that shows the entry
        """
        only_one(self)
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager writes items off."))
        self.item_ids.check_access("read")
        # sudo: the kinds of what was chosen; the entry below is posted beyond the rights of who chose
        account, journal = self.account_id.sudo(), self.journal_id.sudo()
        if account.account_type not in LOSSES or journal.type != "general":
            raise UserError(
                self.env._(
                    "Items are written off to an account of expenses, in a journal of various entries."
                )
            )
        if any(item.company_id != self.company_id for item in self.item_ids):
            raise UserError(self.env._("The items belong to another company."))
        # sudo: the manager, checked above, need not have the right to post entries
        lines = self.item_ids.move_line_id.sudo().filtered(lambda line: not line.reconciled)
        if not lines:
            raise UserError(self.env._("Nothing is open in what you chose."))
        move = self.env["account.move"].sudo().create(self._prepare_entry(lines))  # sudo: as above
        move.action_post()
        for line, counterpart in zip(lines, move.line_ids.filtered("adv_writes_off_id"), strict=True):
            (line | counterpart).reconcile()
        self.item_ids.move_id.sudo()._adv_note_write_off(move, self.reason)  # sudo: a note on the invoices
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": move.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _prepare_entry(self, lines):
        vals = []
        for line in lines:
            shared = {
                "partner_id": line.partner_id.id,
                "currency_id": line.currency_id.id,
                "name": self.env._(
                    "%(reason)s: %(document)s", reason=self.reason, document=line.move_id.name
                ),
            }
            amount, balance = line.amount_residual_currency, line.amount_residual
            vals += [
                {
                    **shared,
                    "account_id": line.account_id.id,
                    "amount_currency": -amount,
                    "balance": -balance,
                    "adv_writes_off_id": line.id,
                },
                {
                    **shared,
                    "account_id": self.account_id.id,
                    "amount_currency": amount,
                    "balance": balance,
                    "tax_ids": [Command.clear()],
                },
            ]
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,  # which may be a branch of the journal's
            "journal_id": self.journal_id.id,
            "date": self.date,
            "ref": self.reason,
            "line_ids": [Command.create(line) for line in vals],
        }
