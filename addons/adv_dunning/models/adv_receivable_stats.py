from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.asked import only_one
from ..tools.paying_behaviour import refresh
from ..tools.receivable import open_lines


class AdvReceivableStats(models.Model):
    _name = "adv.receivable.stats"
    _description = "Customer to Collect From"
    _inherit = ["adv.dunning.facts", "mail.activity.mixin", "mail.thread"]
    _order = "score desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, copy=False, required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("As Of", readonly=True, copy=False)
    amount_open = fields.Monetary(
        "Open", readonly=True, copy=False, help="Open instalments; open credits are not taken off."
    )
    amount_overdue = fields.Monetary(
        "Overdue",
        readonly=True,
        copy=False,
        help="Instalments past their due date, less open credits past theirs; never below zero.",
    )
    oldest_days = fields.Integer(
        "Oldest (Days)",
        readonly=True,
        copy=False,
        aggregator="max",
        help="Days since the due date of the oldest open instalment.",
    )
    item_count = fields.Integer("Open Items", readonly=True, copy=False)
    level_id = fields.Many2one("adv.dunning.level", "Level", readonly=True, copy=False, ondelete="set null")
    last_notice_date = fields.Date("Last Notice", readonly=True, copy=False)
    broken_promises = fields.Integer("Broken Promises", readonly=True, copy=False)
    mean_days_late = fields.Float(
        "Mean Days Late", readonly=True, copy=False, digits=(16, 1), aggregator="avg"
    )
    median_days_late = fields.Float(
        "Median Days Late", readonly=True, copy=False, digits=(16, 1), aggregator="avg"
    )
    expected_days = fields.Float(
        "Expected Days Late",
        readonly=True,
        copy=False,
        digits=(16, 1),
        aggregator="avg",
        help="Days after the due date a payment is to be expected: the customer's own median over two years, "
        "the company's with fewer than 5 invoices paid.",
    )
    paid_count = fields.Integer("Invoices Paid", readonly=True, copy=False)
    score = fields.Float(
        "Priority",
        readonly=True,
        copy=False,
        digits=(16, 0),
        index=True,
        help="Claimable overdue amount x (1 + oldest days overdue / 30) x (1 + broken promises).",
    )
    user_id = fields.Many2one("res.users", "Collector", index=True)

    # What the customer's screen shows
    level_tone = fields.Selection(related="level_id.tone", string="Level Reached")
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    date_expected = fields.Date(
        "Expected On",
        compute="_compute_date_expected",
        help="Of the oldest open item: its due date plus what the customer usually takes, not past.",
    )
    adv_on_hold = fields.Boolean("On Hold", compute="_compute_on_hold")
    has_ready_notice = fields.Boolean(compute="_compute_documents")
    item_ids = fields.One2many("adv.dunning.item", string="Open Instalments", compute="_compute_documents")
    notice_ids = fields.One2many("adv.dunning.notice", string="Notices", compute="_compute_documents")
    promise_ids = fields.One2many("adv.payment.promise", string="Promises", compute="_compute_documents")
    dispute_ids = fields.One2many("adv.dispute", string="Disputes", compute="_compute_documents")
    script = fields.Text("What to Say", related="level_id.script")
    invoice = fields.Char(compute="_compute_invoice", search="_search_invoice")

    _partner_company = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A customer has one line per company."
    )

    # === COMPUTE METHODS ===#

    @api.depends_context("uid")
    @api.depends("partner_id.adv_on_hold")
    def _compute_on_hold(self):
        for stats in self:
            stats.adv_on_hold = stats.partner_id.with_company(stats.company_id).adv_on_hold

    @api.depends("date", "oldest_days", "expected_days", "amount_overdue")
    def _compute_date_expected(self):
        for stats in self:
            late = round(stats.expected_days) - stats.oldest_days
            stats.date_expected = (
                stats.date and stats.amount_overdue and fields.Date.add(stats.date, days=max(0, late))
            )

    def _compute_invoice(self):
        """To look for only: who calls names an invoice."""
        self.invoice = False

    def _search_invoice(self, operator, value):
        if operator not in ("=", "ilike", "=ilike"):
            return NotImplemented
        named = Domain.OR(Domain(name, operator, value) for name in ("name", "ref", "payment_reference"))
        found = self.env["account.move"]._search(named & Domain("move_type", "=", "out_invoice"))
        return Domain("partner_id", "in", found.subselect("commercial_partner_id"))

    def _compute_documents(self):
        for name, model in (
            ("item_ids", "adv.dunning.item"),
            ("notice_ids", "adv.dunning.notice"),
            ("promise_ids", "adv.payment.promise"),
            ("dispute_ids", "adv.dispute"),
        ):
            found = self.env[model].search(
                [("partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
            )
            groups = found.grouped(lambda record: (record.partner_id, record.company_id))
            for stats in self:
                stats[name] = groups.get((stats.partner_id, stats.company_id), self.env[model])
        for stats in self:
            stats.has_ready_notice = "ready" in stats.notice_ids.mapped("state")

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "partner_id",
                "company_id",
                "date",
                "amount_open",
                "amount_overdue",
                "oldest_days",
                "item_count",
                "level_id",
                "last_notice_date",
                "broken_promises",
                "mean_days_late",
                "median_days_late",
                "paid_count",
                "expected_days",
                "score",
            }
        )

    # === ACTION METHODS ===#

    def action_send_notices(self):
        """Send the notices of these customers that are ready."""
        notices = self.notice_ids.filtered(lambda notice: notice.state == "ready")
        notices.action_send()
        message = (
            self.env._("Sent: %(count)s", count=len(notices))
            if notices
            else self.env._("Nothing is ready to be sent to this customer.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if notices else "info",
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_refresh(self):
        """Work the figures of these companies out again, as of today."""
        self.check_access("write")
        for company in self.company_id:
            self.env["adv.dunning.run"]._get_or_create(company, company._adv_today()).action_compute()
        return True

    def action_open_partner(self):
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    def action_release_hold(self):
        for company, stats in self.grouped("company_id").items():
            stats.partner_id.with_company(company).action_adv_release_hold()
        return True

    def action_put_on_hold(self):
        for company, stats in self.grouped("company_id").items():
            stats.partner_id.with_company(company).action_adv_put_on_hold()
        return True

    def action_open_terms(self):
        only_one(self)
        return self.partner_id.with_company(self.company_id).action_adv_open_terms()

    # === BUSINESS METHODS ===#

    def _open_form(self, model, name, context, view=None):
        """Return the action that opens a new record's form in a dialog; `view` is an XML id."""
        view_id = self.env.ref(view).id if view else False
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "views": [(view_id, "form")],
            "target": "new",
            "context": context,
        }

    @api.model
    def _open_customer(self, partner, company):
        """Return the action that opens the screen of a customer."""
        stats = self.search([("partner_id", "=", partner.id), ("company_id", "=", company.id)], limit=1)
        if not stats:
            stats = self._adv_create([{"partner_id": partner.id, "company_id": company.id}])
        return {
            "type": "ir.actions.act_window",
            "name": partner.display_name,
            "res_model": self._name,
            "res_id": stats.id,
            "view_mode": "form",
        }

    @api.model
    def _take_turn(self, partner, company):
        """Let one transaction at a time answer for a customer.

        Of two at once the second starts again, on what the first one has written: limits are counted on it.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_receivable_stats (partner_id, company_id, create_uid, write_uid, create_date)
                VALUES (%(partner)s, %(company)s, %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC')
                    ON CONFLICT (partner_id, company_id) DO UPDATE SET write_date = NOW() AT TIME ZONE 'UTC'
                """,
                partner=partner.id,
                company=company.id,
                user=self.env.uid,
            )
        )

    @api.model
    def _statement_lines(self, company, partner, date, currency=None):
        """Return a customer's open journal items at a day, oldest due first.

        :return: list of dicts: line_id, move (record), name, ref, date, date_due, currency (record),
            amount (signed), days (overdue when positive)
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT line_id, move_id, date_due, currency_id, amount FROM (%s) AS item"
                " WHERE %s ORDER BY date_due, line_id",
                open_lines(company.id, date, partner.commercial_partner_id.ids),
                SQL("currency_id = %s", currency.id) if currency else SQL("TRUE"),
            )
        )
        # sudo: the statement is the customer's own, whoever has it rendered
        moves = {move.id: move for move in self.env["account.move"].sudo().browse(row[1] for row in rows)}
        # sudo: for the same reason; a portal user reads no currencies
        currencies = {row[3]: self.env["res.currency"].sudo().browse(row[3]) for row in rows}
        return [
            {
                "line_id": line_id,
                "move": moves[move_id],
                "name": moves[move_id].name,
                "ref": moves[move_id].ref or "",
                "date": moves[move_id].invoice_date or moves[move_id].date,
                "date_due": due,
                "currency": currencies[currency_id],
                "amount": float(amount),
                "days": (date - due).days if amount > 0 else 0,
            }
            for line_id, move_id, due, currency_id, amount in rows
        ]

    @api.model
    def _refresh(self, scope):
        """Recompute the figures of a company's customers from its followed instalments, in one statement.

        :param Scope scope: the company, the day of the figures, and which accounts are followed
        """
        self.env.flush_all()
        with self.env["adv.dunning.run"]._adv_planned():
            self.env.cr.execute(refresh(scope, self.env.uid))
        self.invalidate_model()
