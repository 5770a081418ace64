import base64

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.aged import aged_lines
from ..tools.workbook import workbook

BUCKETS = [
    ("not_due", "Not due"),
    ("1_30", "1 to 30 days"),
    ("31_60", "31 to 60 days"),
    ("61_90", "61 to 90 days"),
    ("older", "More than 90 days"),
]


class AdvAgedBalance(models.TransientModel):
    _name = "adv.aged.balance"
    _description = "Aged Balance"

    company_id = fields.Many2one(
        "res.company", "Company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("At the End Of", required=True, default=lambda self: self.env.company._adv_today())
    line_ids = fields.One2many("adv.aged.balance.line", "balance_id", readonly=True)
    total = fields.Monetary(readonly=True)
    ledger = fields.Monetary(
        "General Ledger", readonly=True, help="Balance of the same accounts in the general ledger."
    )
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    # === ACTION METHODS ===#

    def action_show(self):
        """Work the balance out and show it, by customer and age."""
        self._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Aged Balance, %(day)s", day=self._day()),
            "res_model": "adv.aged.balance.line",
            "view_mode": "pivot,list",
            "domain": [("balance_id", "=", self.id)],
            "context": {"search_default_by_customer": 1},
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p>")
            % self.env._("Nobody owed anything at the end of that day"),
        }

    def action_export(self):
        """Work the balance out and hand it over as a workbook."""
        self._fill()
        name, content = self._workbook()
        self.write({"file": base64.b64encode(content), "file_name": name})
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/adv.aged.balance/{self.id}/file/{name}?download=true",
            "target": "download",
        }

    # === BUSINESS METHODS ===#

    def _accounts(self):
        self.ensure_one()
        company = self.company_id
        return company._adv_dunning_policy().account_ids or company._adv_dunning_accounts()

    def _fill(self):
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("This company is not one of yours."))
        self.env["adv.aged.balance.line"].check_access("read")
        self.line_ids.unlink()
        self.env.flush_all()
        accounts = self._accounts().ids
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_aged_balance_line (
                    balance_id, move_line_id, move_id, account_id, partner_id, date_due, days_overdue, bucket,
                    amount, create_uid, write_uid, create_date, write_date)
                SELECT %(balance)s, line_id, move_id, account_id, partner_id, date_due, GREATEST(0, days),
                       bucket, amount, %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM (%(lines)s) AS open_line
                """,
                balance=self.id,
                user=self.env.uid,
                lines=aged_lines(self.company_id.id, accounts, self.date),
            )
        )
        self.env.invalidate_all()
        [(total,)] = self.env.execute_query(
            SQL("SELECT COALESCE(SUM(amount), 0) FROM adv_aged_balance_line WHERE balance_id = %s", self.id)
        )
        self.write({"total": total, "ledger": self._ledger(accounts)})

    def _ledger(self, accounts):
        [(balance,)] = self.env["account.move.line"]._read_group(
            [
                ("account_id", "in", accounts),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.date),
            ],
            aggregates=["balance:sum"],
        )
        return balance

    @api.model
    def _bucket_labels(self):
        return dict(self.env["adv.aged.balance.line"]._fields["bucket"]._description_selection(self.env))

    def _workbook(self):
        """Return (file name, content): one line a customer, and one line an item."""
        labels = self._bucket_labels()
        groups = self.env["adv.aged.balance.line"]._read_group(
            [("balance_id", "=", self.id)], ["partner_id", "bucket"], ["amount:sum"]
        )
        customers = {}
        for partner, bucket, amount in groups:
            customers.setdefault(partner, {})[bucket] = amount
        by_customer = [
            (
                partner.display_name or self.env._("Without customer"),
                *(float(parts.get(key, 0.0)) for key in labels),
                float(sum(parts.values())),
            )
            for partner, parts in customers.items()
        ]
        items = [
            (
                line.partner_id.display_name or "",
                line.move_id.name or "",
                line.account_id.code or "",
                line.date_due,
                line.days_overdue,
                labels[line.bucket],
                float(line.amount),
            )
            for line in self.line_ids
        ]
        money = [(label, 16) for label in labels.values()]
        customer = (self.env._("Customer"), 34)
        total = (self.env._("Total"), 16)
        item_columns = (
            customer,
            (self.env._("Document"), 22),
            (self.env._("Account"), 12),
            (self.env._("Due"), 12),
            (self.env._("Days late"), 10),
            (self.env._("Age"), 18),
            (self.env._("Open"), 16),
        )
        name = self.env._("Aged balance %(day)s", day=fields.Date.to_string(self.date))
        return f"{name}.xlsx", workbook(
            [
                (self.env._("By customer"), [customer, *money, total], by_customer),
                (self.env._("Items"), item_columns, items),
            ]
        )

    def _day(self):
        return self.env["ir.qweb.field.date"].value_to_html(self.date, {})


class AdvAgedBalanceLine(models.TransientModel):
    _name = "adv.aged.balance.line"
    _description = "Line of an Aged Balance"
    _inherit = ["adv.dunning.ranked"]
    _order = "days_overdue desc, id"
    _rec_name = "move_id"
    _adv_ranked_field = "bucket"

    balance_id = fields.Many2one("adv.aged.balance", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="balance_id.company_id")
    currency_id = fields.Many2one(related="balance_id.currency_id")
    move_line_id = fields.Many2one("account.move.line", "Journal Item", ondelete="cascade")
    move_id = fields.Many2one("account.move", "Document", ondelete="cascade")
    account_id = fields.Many2one("account.account", "Account", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    date_due = fields.Date("Due Date")
    days_overdue = fields.Integer("Days Late", aggregator="max")
    bucket = fields.Selection(BUCKETS, "Age")
    amount = fields.Monetary("Open")

    @api.model
    def name_create(self, name):
        """Refuse: lines are worked out, and named by their documents."""
        raise UserError(self.env._("A line is named by its document: choose it instead of a name."))
