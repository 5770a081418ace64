from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import only_one

# columns of a matching, and what tells their entries apart
DEBIT, CREDIT = "debit_move_id", "credit_move_id"
RANKS = {DEBIT: 1, CREDIT: 2}
# context key: what is open now of each journal item takes the place of its entries
OPEN_NOW = "adv_kpi_open_now"
# context key: the accounts, found once for several queries
ACCOUNTS = "adv_kpi_accounts"


class Accounts(dict):
    """{company id: ids of accounts}. What comes from outside in a context is never one of these."""


class OpenNow:
    """The value of its key. What comes from outside in a context is never this one."""


OPEN = OpenNow()


class AdvReceivableEntry(models.Model):
    """The customers' accounts as dated entries whose sum is the open balance of any day.

    One entry per posted journal item on a receivable account in scope, on its date; and per matching two
    entries on the later date of the two items: each takes the matched amount off its own item and
    carries that item's due date. So what is open, overdue or not yet due at the end of a day is a plain sum
    over a domain, and the balance equals the ledger's to the cent.
    Odoo keeps the matchings of a document that is reset to draft, and what is open of the other item with
    them: while it is a draft they do not count.
    """

    _name = "adv.receivable.entry"
    _inherit = ["adv.dated.entry", "adv.assistant.individual"]
    _description = "Receivable entry"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "move_id"
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "company_id",
            "date",
            "date_maturity",
            "matching_number",
            "move_id",
            "parent_state",
            "partner_id",
        ],
        "account.move": ["invoice_user_id", "move_type"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "res.partner": ["commercial_partner_id"],
    }

    kind = fields.Selection([("item", "Journal item"), ("matching", "Matching")], readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(string="Due date", readonly=True, help="Of the journal item; its date without.")
    amount = fields.Monetary(readonly=True, help="Added to what the customer owes.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    line_id = fields.Many2one("account.move.line", string="Journal item", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    move_type = fields.Selection(
        selection=lambda self: self.env["account.move"]._fields["move_type"]._description_selection(self.env),
        string="Kind of document",
        readonly=True,
    )
    account_id = fields.Many2one("account.account", string="Account", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)

    # === ACTIONS === #

    def action_open(self):
        """Open the document of the entry."""
        only_one(self)
        return self.move_id._get_records_action()

    # === OPEN NOW === #

    def _adv_carried(self):
        """Return the model knowing its accounts; None where Odoo keeps not what is open of their items."""
        found = self._get_accounts()
        if not all(account.reconcile for accounts in found.values() for account in accounts):
            return None
        ids = Accounts({company.id: tuple(accounts.ids) for company, accounts in found.items()})
        return self.with_context(**{ACCOUNTS: ids})

    def _adv_open_now(self):
        """Return the model reading what is open now: by item, all its entries of any day add up to it."""
        return self.with_context(**{OPEN_NOW: OPEN})

    # === QUERY === #

    @property
    def _table_query(self):
        where = self._where()
        if self.env.context.get(OPEN_NOW) is OPEN:
            return SQL(
                "%s UNION ALL %s UNION ALL %s",
                self._query_items(SQL("%s AND item.amount_residual != 0", where), "amount_residual"),
                self._query_matchings(SQL("%s AND %s", where, self._in_draft(CREDIT)), DEBIT, sign=1),
                self._query_matchings(SQL("%s AND %s", where, self._in_draft(DEBIT)), CREDIT, sign=-1),
            )
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._query_items(where),
            self._query_matchings(SQL("%s AND NOT %s", where, self._in_draft(CREDIT)), DEBIT, sign=-1),
            self._query_matchings(SQL("%s AND NOT %s", where, self._in_draft(DEBIT)), CREDIT, sign=1),
        )

    def _query_items(self, where, amount="balance"):
        return SQL(
            "SELECT %s FROM account_move_line item %s WHERE %s",
            self._select(
                SQL("item.id::bigint * 4"), "item", SQL("item.date"), SQL.identifier("item", amount)
            ),
            self._joins(),
            where,
        )

    @staticmethod
    def _in_draft(item_column):
        """Return the condition that an item of a matching is a draft's: few of all, in an index of theirs."""
        return SQL(
            """matching.%s IN (SELECT id FROM account_move_line
                                WHERE parent_state = 'draft' AND matching_number IS NOT NULL)""",
            SQL.identifier(item_column),
        )

    def _query_matchings(self, where, item_column, sign):
        return SQL(
            """SELECT %s FROM account_partial_reconcile matching
                 JOIN account_move_line item ON item.id = %s %s WHERE %s""",
            self._select(
                SQL("matching.id::bigint * 4 + %s", RANKS[item_column]),
                "matching",
                SQL("matching.max_date"),
                SQL("matching.amount * %s", sign),
            ),
            SQL.identifier("matching", item_column),
            self._joins(),
            where,
        )

    def _select(self, identifier, kind, date, amount):
        return SQL(
            """%s AS id, %s AS kind, %s AS date, COALESCE(item.date_maturity, item.date) AS due_date,
            %s AS amount, partner.commercial_partner_id AS partner_id, item.id AS line_id, item.move_id,
            item.account_id, item.company_id, move.move_type, move.invoice_user_id AS user_id""",
            identifier,
            kind,
            date,
            amount,
        )

    def _joins(self):
        """Outer joins: PostgreSQL leaves out those that nothing is asked of."""
        return SQL(
            """LEFT JOIN account_move move ON move.id = item.move_id
            LEFT JOIN res_partner partner ON partner.id = item.partner_id"""
        )

    def _where(self):
        """Return which journal items are followed: those of the accounts in scope of each active company."""
        scopes = [
            SQL("(item.company_id = %s AND item.account_id IN %s)", company, accounts)
            for company, accounts in self._get_account_ids().items()
        ]
        return SQL("item.parent_state = 'posted' AND (%s)", SQL(" OR ").join(scopes or [SQL("FALSE")]))

    def _get_account_ids(self):
        """Return {company id: ids of the accounts in scope}."""
        known = self.env.context.get(ACCOUNTS)
        if isinstance(known, Accounts):
            return known
        return {company.id: tuple(accounts.ids) for company, accounts in self._get_accounts().items()}

    def _get_accounts(self):
        """Return {company: receivable accounts in scope}: those of reminders, named or by default."""
        # sudo: which accounts are followed is no secret; the entries themselves keep their own rules
        companies = self.env.companies.sudo()
        accounts = {
            company: company._adv_dunning_policy().account_ids or company._adv_dunning_accounts()
            for company in companies
        }
        return {company: found for company, found in accounts.items() if found}
