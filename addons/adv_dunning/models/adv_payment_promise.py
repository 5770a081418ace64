from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..tools.classify import Classification
from ..tools.receivable import open_lines
from ..tools.scope import Scope


class AdvPaymentPromise(models.Model):
    _name = "adv.payment.promise"
    _description = "Promise to Pay"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "date, id"
    _check_company_auto = True
    _rec_names_search = ["partner_id", "date"]

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, check_company=True)
    move_ids = fields.Many2many("account.move", string="Invoices", check_company=True)
    kind = fields.Selection(
        [("promise", "Will pay"), ("announced", "Says it has paid")],
        required=True,
        default="promise",
        help="Word that it is paid already stops the reminders of its invoices for some working days, once.",
    )
    is_pausing = fields.Boolean(
        "Stops Reminders", readonly=True, copy=False, default=True, help="Unset on a second announcement."
    )
    currency_id = fields.Many2one(
        "res.currency", "Currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary("Promised Amount", required=True)
    date = fields.Date("Promised Date", required=True, index=True)
    date_made = fields.Date("Made On", required=True, default=lambda self: self.env.company._adv_today())
    origin = fields.Selection(
        [("phone", "Telephone"), ("email", "E-mail"), ("portal", "Portal"), ("other", "Other")],
        required=True,
        default="phone",
    )
    note = fields.Text()
    user_id = fields.Many2one("res.users", "Collector", default=lambda self: self.env.user)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly_kept", "Partly kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        default="open",
        index=True,
    )
    amount_open_made = fields.Monetary("Open When Made", readonly=True, copy=False)
    amount_received = fields.Monetary("Received Since", readonly=True, copy=False)
    date_judged = fields.Date("Judged On", readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promise is about a positive amount.")
    _open_idx = models.Index("(company_id, date) WHERE state = 'open'")

    @api.depends("partner_id.name", "date")
    def _compute_name(self):
        for promise in self:
            if not promise.partner_id:
                promise.name = self.env._("New promise")
                continue
            promise.name = self.env._(
                "Promise of %(partner)s for %(date)s",
                partner=promise.partner_id.name or "",
                date=format_date(self.env, promise.date) or "",
            )

    @api.model
    def _adv_protected_fields(self):
        return frozenset({"state", "is_pausing", "amount_open_made", "amount_received", "date_judged"})

    # === CONSTRAINT METHODS ===#

    @api.constrains("date", "date_made")
    def _check_dates(self):
        if any(promise.date < promise.date_made for promise in self):
            raise ValidationError(self.env._("A promise is about a day after it was made."))

    @api.constrains("partner_id", "move_ids", "currency_id")
    def _check_moves(self):
        for promise in self:
            if promise.move_ids.commercial_partner_id - promise.partner_id.commercial_partner_id:
                raise ValidationError(self.env._("The invoices of a promise belong to its customer."))
            if promise.move_ids.currency_id - promise.currency_id:
                raise ValidationError(self.env._("The invoices of a promise are in its currency."))

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind") == "announced":
                vals["date"] = self._announcement_end(vals)
        promises = super().create(vals_list)
        promises._record_open_amounts()
        promises._pause_once()
        return promises

    def write(self, vals):
        frozen = {
            "kind",
            "partner_id",
            "company_id",
            "currency_id",
            "move_ids",
            "amount",
            "date",
            "date_made",
        }
        if frozen & vals.keys() and any(promise.state != "open" for promise in self):
            raise UserError(self.env._("A judged promise stays as it is; record another one."))
        result = super().write(vals)
        if {"move_ids", "date_made"} & vals.keys():
            self._record_open_amounts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(promise.state not in ("open", "cancelled") for promise in self):
            raise UserError(self.env._("A judged promise is kept."))

    # === ACTION METHODS ===#

    def action_cancel(self):
        """Withdraw open promises: recorded by mistake, or replaced by others."""
        self.check_access("write")
        self.filtered(lambda promise: promise.state == "open")._adv_set_facts({"state": "cancelled"})
        return True

    def action_judge(self):
        """Judge these open promises now, as of today."""
        self.check_access("write")
        for company, promises in self.grouped("company_id").items():
            promises._judge(company, company._adv_today())
        return True

    # === BUSINESS METHODS ===#

    @api.model
    def _announcement_end(self, vals):
        """Return the last day for which an announced payment stops reminders."""
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        day = fields.Date.to_date(vals.get("date_made")) or company._adv_today()
        return company._adv_calendar().add(day, company._adv_dunning_policy().answer_days)

    def _pause_once(self):
        """An invoice that was announced as paid before is reminded on; the new announcement is only noted."""
        announced = self.filtered(lambda promise: promise.kind == "announced")
        if not announced:
            return
        self.env.flush_all()
        # sudo: earlier announcements count, whoever wrote them down
        again = self.sudo().search(
            [
                ("kind", "=", "announced"),
                ("state", "!=", "cancelled"),
                ("move_ids", "in", announced.move_ids.ids),
            ],
            order="id",
        )
        for promise in announced:
            if any(promise.move_ids & other.move_ids and other.id < promise.id for other in again):
                promise._adv_set_facts({"is_pausing": False})

    def _record_open_amounts(self):
        """Record what was open when the promise was made; one that names no invoice is about all due."""
        self.env.flush_all()
        for promise in self:
            partner = promise.partner_id.commercial_partner_id
            lines = self.env.execute_query(
                SQL(
                    "SELECT move_id, SUM(amount), MIN(date_due) FROM (%s) AS item"
                    " WHERE amount > 0 AND currency_id = %s GROUP BY move_id ORDER BY 3",
                    open_lines(promise.company_id.id, promise.date_made, partner.ids),
                    promise.currency_id.id,
                )
            )
            if not promise.move_ids:
                due = [move_id for move_id, _amount, date_due in lines if date_due <= promise.date]
                if not due:
                    raise UserError(
                        self.env._("%(customer)s has nothing to pay by then.", customer=partner.name)
                    )
                promise._adv_set_facts({"move_ids": [fields.Command.set(due)]})
            amounts = {move_id: amount for move_id, amount, _date in lines}
            opened = sum(float(amounts.get(move_id, 0)) for move_id in promise.move_ids.ids)
            promise._adv_set_facts({"amount_open_made": opened})

    @api.model
    def _judge(self, company, date):
        """Judge the open promises whose date and grace are over, by what was really reconciled.

        A promise whose whole amount came in is judged as soon as it did.

        :param company: company record
        :param date date: the day of the judgement
        """
        if not self.search_count([("company_id", "=", company.id), ("state", "=", "open")], limit=1):
            return
        grace = company._adv_dunning_policy().promise_grace_days
        self.env.flush_all()
        rules = Classification(Scope(company.id, date, [], SQL("NULL"), SQL("FALSE")))
        rows = self.env.execute_query(
            SQL(
                "WITH open_line AS (%s), promise AS (%s), promise_left AS (%s)"
                " SELECT promise_left.id, promise_left.amount, promise_left.received,"
                "        promise_left.date"
                "        + CASE promise_left.kind WHEN 'announced' THEN 0 ELSE %s END < %s AS is_over,"
                "        currency.rounding"
                "   FROM promise_left JOIN res_currency currency ON currency.id = promise_left.currency_id"
                "   JOIN adv_payment_promise stored ON stored.id = promise_left.id AND stored.state = 'open'",
                open_lines(company.id, date),
                rules.promises(),
                rules.promises_left(),
                grace,
                date,
            )
        )
        verdicts = {}
        for promise_id, amount, received, is_over, rounding in rows:
            state = self._verdict(float(amount), float(received), is_over, float(rounding))
            if state and (not self or promise_id in self.ids):
                verdicts[promise_id] = {"state": state, "amount_received": received, "date_judged": date}
        for promise in self.browse(verdicts):
            promise._adv_set_facts(verdicts[promise.id])
            if promise.state != "kept":
                promise._tell_collector()

    @api.model
    def _verdict(self, amount, received, is_over, rounding):
        """Return the state a promise gets, or None while it is open."""
        if received >= amount - rounding / 2:
            return "kept"
        if not is_over:
            return None
        return "partly_kept" if received > rounding / 2 else "broken"

    def _tell_collector(self):
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.date_judged,
            summary=self.env._("Promise not kept"),
            user_id=self.company_id._adv_collector(self.partner_id.commercial_partner_id, self.user_id).id,
        )
