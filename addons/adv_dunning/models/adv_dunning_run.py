import logging

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date
from psycopg2.errors import UniqueViolation

from ..tools.asked import asked_day, asked_ids, only_one
from .adv_dunning_item import OUTCOMES

_logger = logging.getLogger(__name__)


class AdvDunningRun(models.Model):
    _name = "adv.dunning.run"
    _description = "Reminder Run"
    _inherit = ["adv.dunning.facts", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["date"]
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, string="Company"
    )
    date = fields.Date(required=True, index=True, default=lambda self: self.env.company._adv_today())
    kind = fields.Selection([("reminder", "Reminders")], required=True, default="reminder")
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_live = fields.Boolean(related="company_id.adv_dunning_live", string="Reminders Are Live")

    # What was found and done
    state = fields.Selection(
        [
            ("draft", "To compute"),
            ("computing", "Computing"),
            ("computed", "Computed"),
            ("sending", "Sending"),
            ("done", "Done"),
        ],
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    notice_ids = fields.One2many("adv.dunning.notice", "run_id", string="Notices", readonly=True)
    item_count = fields.Integer("Open Items", readonly=True, copy=False)
    notice_count = fields.Integer("Notices Made", readonly=True, copy=False)
    outcome_counts = fields.Json("Outcomes", readonly=True, copy=False)
    outcome_summary = fields.Text(compute="_compute_outcome_summary")
    computed_at = fields.Datetime(readonly=True, copy=False)
    warning = fields.Text(readonly=True, copy=False)

    # Progress of the sending
    ready_count = fields.Integer("To Send", compute="_compute_progress")
    waiting_count = fields.Integer("To Release", compute="_compute_progress")
    sent_count = fields.Integer("Sent", compute="_compute_progress")
    failed_count = fields.Integer("Failed", compute="_compute_progress")
    letter_count = fields.Integer("Letters", compute="_compute_letter_count")
    progress = fields.Float(compute="_compute_progress")
    notice_amount = fields.Monetary("Claimed", compute="_compute_progress")

    _unique_run = models.Constraint(
        "UNIQUE(company_id, date, kind)", "There is already a run of this company for this day."
    )

    # === COMPUTE METHODS ===#

    @api.depends("date")
    def _compute_name(self):
        for run in self:
            run.name = self.env._(
                "Reminders of %(date)s", date=format_date(self.env, run.date) if run.date else ""
            )

    @api.depends("outcome_counts")
    def _compute_outcome_summary(self):
        labels = dict(self.env["adv.dunning.item"]._fields["outcome"]._description_selection(self.env))
        for run in self:
            counts = run.outcome_counts or {}
            run.outcome_summary = "\n".join(
                self.env._("%(outcome)s: %(count)s", outcome=labels[code], count=counts[code])
                for code, _label in OUTCOMES
                if counts.get(code)
            )

    @api.depends("notice_ids.state")
    def _compute_progress(self):
        groups = self.env["adv.dunning.notice"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count", "amount_company:sum"]
        )
        found = {(run.id, state): (count, amount) for run, state, count, amount in groups}
        for run in self:
            for state in ("ready", "waiting", "sent", "failed"):
                run[f"{state}_count"] = found.get((run.id, state), (0, 0.0))[0]
            to_send = run.ready_count + run.sent_count + run.failed_count
            run.progress = 100.0 * (to_send - run.ready_count) / to_send if to_send else 0.0
            run.notice_amount = sum(
                amount
                for (run_id, state), (_n, amount) in found.items()
                if run_id == run.id and state != "cancelled"
            )

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "state",
                "item_count",
                "notice_count",
                "outcome_counts",
                "computed_at",
                "warning",
                "notice_ids",
                "position",
                "pass_id",
            }
        )

    def write(self, vals):
        if {"date", "company_id", "kind"} & vals.keys() and any(run.state != "draft" for run in self):
            raise UserError(self.env._("The day of a computed run cannot change; make another run."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if any(run.state != "draft" for run in self) and not self._adv_is_forgotten():
            raise UserError(self.env._("A computed run is kept: it says what was sent and why."))

    # === ACTION METHODS ===#

    def action_compute(self):
        """Compute the outcome of every open instalment at the run's date, and make the notices.

        In batches that are committed one by one. May be called again at any time: what has been done stays,
        nothing is made twice, and what was interrupted goes on.
        :raise UserError: somebody else is computing the reminders of the company
        """
        self.check_access("write")
        for run in self:
            run._compute_outcomes()
        return True

    def action_send(self):
        """Send the notices that are ready, in batches that are committed one by one.

        May be called again at any time, and by several servers at once: a notice is sent once.
        :raise UserError: reminders are not live in the company
        """
        self.check_access("write")
        for run in self:
            run._check_live()
            if run.state == "draft":
                raise UserError(self.env._("Compute the run before sending it."))
            self._adv_commit(0)
            run._set_state_if_free("sending")
            run._send_ready()
            run._close_if_done()
        return True

    def action_preview(self):
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What This Run Would Do"),
            "res_model": "adv.dunning.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_date": self.date, "default_company_id": self.company_id.id},
        }

    @api.depends("notice_ids.channel", "notice_ids.state")
    def _compute_letter_count(self):
        groups = self.env["adv.dunning.notice"]._read_group(self._letters_domain(), ["run_id"], ["__count"])
        counts = dict(groups)
        for run in self:
            run.letter_count = counts.get(run, 0)

    def _letters_domain(self):
        return [("run_id", "in", self.ids), ("channel", "=", "letter"), ("state", "=", "sent")]

    def action_print_letters(self):
        """Download the letters that these runs sent as one document."""
        return self.env["adv.dunning.notice"].search(self._letters_domain()).action_print_letters()

    def action_open_notices(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dunning_notice")
        return {**action, "domain": [("run_id", "in", self.ids)], "context": {}}

    def action_open_items(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dunning_item")
        return {**action, "domain": [("company_id", "in", self.company_id.ids)], "context": {}}

    # === BUSINESS METHODS ===#

    @api.model
    @api.readonly
    def preview(self, date, company_id):
        """Tell what a run would do at a day, by the same computation, without writing anything.

        In the past it uses that day's balances, promises and disputes, but today's policies and flags.

        :param date: the day (date or ISO string)
        :param int company_id: id of the company
        :return: list of dicts, one for each open instalment: partner_id, currency_id, move_id, rank, outcome,
            level (id of the level, or False), amount (claimable: open less disputed, promised and covered by
            credits; in the instalment's currency), days_overdue (negative before the due date)
        """
        self.env["adv.dunning.item"].check_access("read")
        company = self._check_company_reach(company_id)
        names = ("partner_id", "currency_id", "move_id", "rank", "outcome", "level_id", "claim", "days")
        columns = SQL(", ").join(map(SQL.identifier, names))
        query = SQL(
            "SELECT %s FROM (%s) AS work ORDER BY date_due, move_id, rank",
            columns,
            self._classification(company, asked_day(self.env, date)).select(),
        )
        keys = ("partner_id", "currency_id", "move_id", "rank", "outcome", "level", "amount", "days_overdue")
        self.env.flush_all()
        with self._adv_planned():
            rows = [dict(zip(keys, row, strict=True)) for row in self.env.execute_query(query)]
        for row in rows:
            row["level"] = row["level"] or False
            row["partner_id"] = row["partner_id"] or False
            row["amount"] = float(row["amount"])
        return rows

    def _check_company_reach(self, company_id):
        company = self.env["res.company"].browse(asked_ids(self.env, company_id))
        only_one(company)
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        return company

    # --- Scheduled actions

    @api.model
    def _cron_compute(self):
        """Nightly: compute the run of the day of every company that follows its receivables."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        for position, company in enumerate(companies):
            try:
                run = self._get_or_create(company, company._adv_today()).with_company(company)
                self._adv_commit(0)
                run.action_compute()
            except UserError as error:
                self._start_over()
                _logger.info("Reminders of company %s not computed: %s", company.id, error)
            if not modules.module.current_test:
                self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _cron_send(self):
        """In the policy's window: send what is ready, in the companies that are live."""
        for company in self.env["res.company"].search([("adv_dunning_live", "=", True)]):
            moment = company._adv_now_local()
            if company._adv_calendar().is_holiday(moment.date()):
                continue
            if company._adv_dunning_policy()._is_send_time(moment):
                runs = self.search([("company_id", "=", company.id), ("notice_ids.state", "=", "ready")])
                runs.with_company(company).action_send()

    @api.model
    def _get_or_create(self, company, date):
        """Return the run of a company and day.

        :raise UserError: somebody else makes it at this moment
        """
        run = self.search([("company_id", "=", company.id), ("date", "=", date), ("kind", "=", "reminder")])
        if run:
            return run
        try:
            with self.env.cr.savepoint():
                return self.create({"company_id": company.id, "date": date})
        except UniqueViolation:
            raise UserError(self._busy_message(company)) from None

    @api.model
    def _busy_message(self, company):
        return self.env._(
            "Reminders of %(company)s are being computed by somebody else. Try again in a moment.",
            company=company.name,
        )
