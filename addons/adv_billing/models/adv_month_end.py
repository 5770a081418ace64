from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.misc import format_date

from odoo.addons.adv_orders.tools import check_facts, only_one

from ..tools.month_end_sheet import month_end_sheet
from .adv_month_end_query import deposits, gaps, uncredited_disputes


class AdvMonthEnd(models.Model):
    """What was delivered and not billed, billed and not delivered, or to be credited at the end of a day.

    Quantities are read from what was done and posted up to that day, prices from the orders as they are
    today. Of services billed as they are done, what was entered by that day; what was entered before these
    entries were kept is listed apart, in no sum. Deposits are what was billed and not yet taken off an
    invoice.
    """

    _name = "adv.month.end"
    _description = "Month-End Pack"
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        required=True,
        default=lambda self: fields.Date.subtract(self.env.company._adv_today().replace(day=1), days=1),
        help="The pack tells how things stood at the end of this day.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    computed_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many("adv.month.end.line", "pack_id", readonly=True, copy=False)
    delivered_amount = fields.Monetary(string="Delivered, Not Invoiced", compute="_compute_amounts")
    invoiced_amount = fields.Monetary(string="Invoiced, Not Delivered", compute="_compute_amounts")
    deposit_amount = fields.Monetary(string="Deposits", compute="_compute_amounts")
    credit_amount = fields.Monetary(string="Credit Notes to Issue", compute="_compute_amounts")
    unknown_amount = fields.Monetary(
        string="Services Not Known",
        compute="_compute_amounts",
        help="Services whose quantity was entered before these entries were kept: look at them by hand.",
    )
    journal_id = fields.Many2one(
        "account.journal", domain="[('type', '=', 'general')]", check_company=True, string="Journal"
    )
    accrued_account_id = fields.Many2one(
        "account.account",
        string="Invoices to Issue",
        check_company=True,
        domain="[('account_type', 'in', ('asset_current', 'asset_receivable'))]",
        help="Counterpart of what was delivered and not invoiced (France 4181, Spain 4309).",
    )
    deferred_account_id = fields.Many2one(
        "account.account",
        string="Deferred Revenue",
        check_company=True,
        domain="[('account_type', '=', 'liability_current')]",
        help="Counterpart of what was invoiced and not delivered (France 487, Spain 485).",
    )
    deposit_account_id = fields.Many2one(
        "account.account",
        string="Deposits Received",
        check_company=True,
        domain="[('account_type', '=', 'liability_current')]",
        help="Counterpart of deposits that were booked as revenue (France 4191, Spain 438).",
    )
    credit_account_id = fields.Many2one(
        "account.account",
        string="Credit Notes to Issue Account",
        check_company=True,
        domain="[('account_type', '=', 'liability_current')]",
        help="Counterpart of the credit notes to issue (France 4198).",
    )
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True, copy=False)
    reversal_id = fields.Many2one("account.move", string="Reversing Entry", readonly=True, copy=False)

    _date_unique = models.UniqueIndex("(company_id, date)", "This day has its month-end pack already.")

    # === COMPUTE METHODS ===#

    @api.depends("company_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for pack in self:
            pack.display_name = f"{pack.company_id.name or ''}, {format_date(self.env, pack.date)}"

    @api.depends("line_ids.balance", "line_ids.kind")
    def _compute_amounts(self):
        groups = self.env["adv.month.end.line"]._read_group(
            [("pack_id", "in", self.ids)], ["pack_id", "kind"], ["balance:sum"]
        )
        sums = {(pack.id, kind): balance for pack, kind, balance in groups}
        for pack in self:
            pack.delivered_amount = sums.get((pack.id, "delivered"), 0.0)
            pack.invoiced_amount = sums.get((pack.id, "invoiced"), 0.0)
            pack.deposit_amount = sums.get((pack.id, "deposit"), 0.0)
            pack.credit_amount = sums.get((pack.id, "credit"), 0.0)
            pack.unknown_amount = sums.get((pack.id, "unknown"), 0.0)

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset({"computed_at", "line_ids", "move_id", "reversal_id"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        if {"company_id", "date"} & vals.keys() and any(pack.move_id for pack in self):
            raise UserError(self.env._("A pack that was booked keeps its company and its date."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if self.move_id:
            raise UserError(self.env._("A pack that was booked is kept: reverse its entry first."))

    def _adv_set_facts(self, vals):
        return super().write(vals)

    # === ACTIONS ===#

    def action_compute(self):
        """Work the pack out, anew when it was worked out before.

        :raise UserError: the day is not over, or the pack was booked
        """
        for pack in self:
            pack.check_access("write")
            pack._adv_compute()
        return True

    def action_view_lines(self):
        """Open the lines of the pack."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_month_end_line")
        return {**action, "domain": [("pack_id", "=", self.id)]}

    def action_export(self):
        """Download the pack as a workbook."""
        only_one(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/adv_billing/month_end/{self.id}",
            "target": "download",
        }

    def action_propose_entry(self):
        """Make the draft entry of the day and its draft reversal of the day after; once.

        :raise UserError: an account is missing, or the entry was made already
        """
        only_one(self)
        self.check_access("write")
        if self.move_id:
            raise UserError(self.env._("The entry of this pack was made already: %s.", self.move_id.name))
        self.lock_for_update()
        move = self.env["account.move"].create(self._prepare_move_vals())
        reversal = move._reverse_moves(
            [
                {
                    "date": fields.Date.add(self.date, days=1),
                    "ref": self.env._("Reversal of: %s", move.ref),
                    "auto_post": "no",
                }
            ]
        )
        self._adv_set_facts({"move_id": move.id, "reversal_id": reversal.id})
        return (move | reversal)._get_records_action(name=self.env._("Month-End Entries"))

    # === BUSINESS METHODS ===#

    def _adv_compute(self):
        self.ensure_one()
        if self.move_id:
            raise UserError(self.env._("A pack that was booked stays as it is."))
        if not self.date or self.date >= self.company_id._adv_today():
            raise UserError(
                self.env._("Choose a day that is over: the pack tells how things stood at its end.")
            )
        end = self.company_id._adv_day_bounds(self.date, self.date)[1]
        # sudo: lines have no write ACL for anybody, who may compute was checked
        lines = self.env["adv.month.end.line"].sudo()
        lines.search([("pack_id", "=", self.id)]).unlink()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO adv_month_end_line (pack_id, kind, order_id, order_line_id, dispute_id, move_id,
                    partner_id, product_id, product_uom_id, quantity, since, age, currency_id, amount,
                    balance, create_uid, write_uid, create_date, write_date)
                SELECT %(pack)s, kind, order_id, order_line_id, dispute_id, move_id, partner_id, product_id,
                       product_uom_id, quantity, since, %(date)s::date - since, currency_id,
                       ROUND(amount, %(digits)s), ROUND(balance, %(digits)s), %(user)s, %(user)s,
                       NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM (%(gaps)s UNION ALL %(deposits)s UNION ALL %(disputes)s) AS found
                RETURNING id
                """,
                pack=self.id,
                date=self.date,
                digits=self.currency_id.decimal_places,
                user=self.env.uid,
                gaps=gaps(self.company_id, self.date, end, self._adv_kits(end)),
                deposits=deposits(self.company_id, self.date),
                disputes=uncredited_disputes(self.company_id, self.date),
            )
        )
        self.env.invalidate_all()
        self._adv_set_facts({"computed_at": fields.Datetime.now()})

    def _adv_kits(self, end):
        """Return {order line id: (sent, came back)} of what left as components before ``end`` (naive UTC)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.id FROM stock_move move JOIN sale_order_line line
                    ON line.id = move.sale_line_id AND line.product_id != move.product_id
                 WHERE move.company_id = %s AND move.state = 'done' AND move.date < %s
                """,
                self.company_id.id,
                end,
            )
        )
        # sudo: whoever closes the month need not see orders
        lines = self.env["sale.order.line"].sudo().browse([line_id for (line_id,) in rows])
        return {line.id: line._adv_kits_until(end) for line in lines}

    def _prepare_move_vals(self):
        """One line for each kind and income account, with its counterpart."""
        accounts = {
            "delivered": self.accrued_account_id,
            "invoiced": self.deferred_account_id,
            "deposit": self.deposit_account_id,
            "credit": self.credit_account_id,
        }
        sums = self._adv_balances_by_account()
        if not sums:
            raise UserError(self.env._("There is nothing to book: work the pack out first."))
        labels = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        missing = {kind for kind, _account in sums if not accounts[kind]}
        if missing or not self.journal_id:
            raise UserError(
                self.env._(
                    "Choose the journal and the account for: %s.",
                    ", ".join(labels[kind] for kind in accounts if kind in missing) or "-",
                )
            )
        commands = []
        for (kind, income), balance in sums.items():
            earned = balance if kind == "delivered" else -balance
            for account, amount in ((accounts[kind], earned), (income, -earned)):
                commands.append(
                    Command.create({"name": labels[kind], "account_id": account.id, "balance": amount})
                )
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self.journal_id.id,
            "date": self.date,
            "ref": self.env._("Month end %s", fields.Date.to_string(self.date)),
            "line_ids": commands,
        }

    def _adv_balances_by_account(self):
        """Return {(kind, income account): balance in company currency}."""
        sums = {}
        for line in self.line_ids.filtered(lambda line: line.kind != "unknown"):
            income = line._adv_income_account()
            if line.kind == "deposit" and income.internal_group != "income":
                continue  # booked as a debt already
            sums[line.kind, income] = sums.get((line.kind, income), 0.0) + line.balance
        rounded = {key: self.currency_id.round(balance) for key, balance in sums.items()}
        return {key: balance for key, balance in rounded.items() if not self.currency_id.is_zero(balance)}

    def _adv_workbook(self):
        """Return the pack as the bytes of an XLSX workbook."""
        self.ensure_one()
        return month_end_sheet(
            self.display_name,
            [
                self.env._("Kind"),
                self.env._("Customer"),
                self.env._("Order"),
                self.env._("Product"),
                self.env._("Quantity"),
                self.env._("Since"),
                self.env._("Age (days)"),
                self.env._("Value (%s)", self.currency_id.name),
            ],
            [line._adv_row() for line in self.line_ids],
            dict(self.line_ids._fields["kind"]._description_selection(self.env)).values(),
            (self.env._("Summary"), self.env._("Lines")),
        )
