import logging

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date
from psycopg2.errors import SerializationFailure

from ..tools.classify import Classification, Scope
from .adv_dunning_item import OUTCOMES

_logger = logging.getLogger(__name__)

SEND_BATCH = 20
MAX_COLLISIONS = 50
LOCK_KEY = 1902001  # first key of the advisory locks of this addon; the second is the company


class AdvDunningRun(models.Model):
    _name = "adv.dunning.run"
    _description = "Reminder Run"
    _inherit = ["adv.dunning.facts", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

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

    # Progress of the sending
    ready_count = fields.Integer("To Send", compute="_compute_progress")
    waiting_count = fields.Integer("To Release", compute="_compute_progress")
    sent_count = fields.Integer("Sent", compute="_compute_progress")
    failed_count = fields.Integer("Failed", compute="_compute_progress")
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
                f"{labels[code]}: {counts[code]}" for code, _label in OUTCOMES if counts.get(code)
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
            {"state", "item_count", "notice_count", "outcome_counts", "computed_at", "notice_ids"}
        )

    def write(self, vals):
        if {"date", "company_id", "kind"} & vals.keys() and any(run.state != "draft" for run in self):
            raise UserError(self.env._("The day of a computed run cannot change; make another run."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if any(run.state != "draft" for run in self):
            raise UserError(self.env._("A computed run is kept: it says what was sent and why."))

    # === ACTION METHODS ===#

    def action_compute(self):
        """Compute the outcome of every open instalment at the run's date, and make the notices.

        May be called again at any time: what has been done stays, nothing is made twice.
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
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What This Run Would Do"),
            "res_model": "adv.dunning.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_date": self.date, "default_company_id": self.company_id.id},
        }

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
            self._classification(company, fields.Date.to_date(date)).select(),
        )
        keys = ("partner_id", "currency_id", "move_id", "rank", "outcome", "level", "amount", "days_overdue")
        self.env.flush_all()
        rows = [dict(zip(keys, row, strict=True)) for row in self.env.execute_query(query)]
        for row in rows:
            row["level"] = row["level"] or False
            row["partner_id"] = row["partner_id"] or False
            row["amount"] = float(row["amount"])
        return rows

    def _check_company_reach(self, company_id):
        company = self.env["res.company"].browse(company_id)
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        return company

    def _check_live(self):
        self.ensure_one()
        if not self.company_id.adv_dunning_live:
            raise UserError(
                self.env._(
                    "Reminders of %(company)s are not live yet: nothing is sent. "
                    "Go through Collections > Configuration > Go Live first.",
                    company=self.company_id.name,
                )
            )

    @api.model
    def _adv_commit(self, processed):
        """Commit a batch; within a test the transaction stays open."""
        if not modules.module.current_test:
            self.env["ir.cron"]._commit_progress(processed)

    # --- Computation

    @api.model
    def _classification(self, company, date, partner_ids=None):
        """Return the rules of this company at this day, ready to be selected from."""
        partner_model = self.env["res.partner"].with_company(company)
        policy = company._adv_dunning_policy()
        return Classification(
            Scope(
                company_id=company.id,
                date=date,
                account_ids=company._adv_dunning_accounts().ids,
                policy=SQL(
                    "COALESCE(%s, %s)",
                    partner_model._fields["adv_dunning_policy_id"].to_sql(partner_model, "partner"),
                    policy.id or None,
                ),
                excluded=partner_model._fields["adv_dunning_excluded"].to_sql(partner_model, "partner"),
                grace=policy.promise_grace_days,
                rates=self._rates(company, date),
                partner_ids=partner_ids,
            )
        )

    @api.model
    def _rates(self, company, date):
        # sudo: inactive currencies have open items too, and a collector need not read them
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        currencies = currencies.search([])  # pylint: disable=no-search-all
        return currencies._get_rates(company, date)

    def _compute_outcomes(self):
        """Work the rules out into a table of this transaction, then insert from it: the number of statements
        does not depend on the number of instalments."""
        self.ensure_one()
        self._lock_company()
        self.env["adv.payment.promise"]._judge(self.company_id, self.date)
        self._replace_unsent()
        self._materialize()
        made = self._insert_notices()
        self._insert_lines(made)
        self._upsert_items()
        self.env["adv.receivable.stats"]._refresh(self.company_id, self.date)
        self.env.invalidate_all()
        self._release_paid_holds()
        self._record_counts(made)

    def _lock_company(self):
        """One computation of a company at a time; the second is told so."""
        self.env.flush_all()
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_KEY, self.company_id.id)
        )
        if not locked:
            raise UserError(
                self.env._(
                    "Reminders of %(company)s are being computed by somebody else. Try again in a moment.",
                    company=self.company_id.name,
                )
            )

    def _replace_unsent(self):
        """Drop the notices of earlier days that no customer ever got: their amounts are out of date.

        Those a person released stay; what waits for release stays too.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM adv_dunning_notice notice WHERE company_id = %s AND %s",
                self.company_id.id,
                Classification.replaced(self.date),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE adv_dunning_run run SET state = 'done'
                 WHERE company_id = %s AND date < %s AND state IN ('computed', 'sending')
                   AND NOT EXISTS (SELECT FROM adv_dunning_notice notice
                                    WHERE notice.run_id = run.id AND notice.state IN ('ready', 'waiting'))
                """,
                self.company_id.id,
                self.date,
            )
        )
        self.env.invalidate_all()

    def _materialize(self):
        self.env.flush_all()
        query = self._classification(self.company_id, self.date).select()
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS adv_dunning_work"))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE adv_dunning_work ON COMMIT DROP AS %s", query))
        self.env.cr.execute(SQL("ANALYZE adv_dunning_work"))

    def _insert_notices(self):
        """Make one notice for each customer and currency with something new to be reminded of.

        :return: ids of the notices
        """
        rates = self._rates(self.company_id, self.date)
        values = SQL(", ").join(SQL("(%s::int, %s::numeric)", *rate) for rate in rates.items())
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO adv_dunning_notice (
                    run_id, company_id, partner_id, contact_id, currency_id, level_id, date, amount,
                    amount_company, state, name, create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, %(company)s, work.partner_id, MIN(work.contact_id), work.currency_id,
                       MIN(work.tone_id), %(date)s, SUM(work.claim),
                       ROUND(SUM(work.claim) / MIN(rate.rate) * %(company_rate)s::numeric, 2),
                       CASE WHEN BOOL_OR(work.outcome = 'awaiting_release') THEN 'waiting' ELSE 'ready' END,
                       %(prefix)s || LPAD((%(made)s + ROW_NUMBER() OVER (
                           ORDER BY SUM(work.claim) DESC, work.partner_id))::text, 4, '0'),
                       %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM adv_dunning_work work
                  JOIN (VALUES %(rates)s) AS rate (currency_id, rate) ON rate.currency_id = work.currency_id
                 WHERE work.is_new
                 GROUP BY work.partner_id, work.currency_id
                RETURNING id
                """,
                run=self.id,
                company=self.company_id.id,
                date=self.date,
                company_rate=rates[self.company_id.currency_id.id],
                prefix=fields.Date.to_string(self.date) + "/" + str(self.company_id.id) + "/",
                made=len(self.notice_ids),
                user=self.env.uid,
                rates=values,
            )
        )
        return [notice_id for (notice_id,) in rows]

    def _insert_lines(self, notice_ids):
        """Give the new notices their lines; the unique index refuses an instalment reminded twice."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_dunning_notice_line (
                    notice_id, move_id, move_line_id, move_name, rank, level_id, cycle, date_due,
                    days_overdue, amount_open, amount, is_live,
                    create_uid, write_uid, create_date, write_date)
                SELECT notice.id, work.move_id, work.line_id, move.name, work.rank, work.level_id, work.cycle,
                       work.date_due, work.days, work.amount, work.claim, TRUE,
                       %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM adv_dunning_work work
                  JOIN adv_dunning_notice notice ON notice.id = ANY(%(notices)s)
                       AND notice.partner_id = work.partner_id AND notice.currency_id = work.currency_id
                  JOIN account_move move ON move.id = work.move_id
                 WHERE work.is_new
                """,
                notices=notice_ids,
                user=self.env.uid,
            )
        )

    def _upsert_items(self):
        """Store the outcomes; `date` and `history` change only when the outcome or the level does.

        Instalments that are not open any more become inactive. A run of an earlier day than the last one
        leaves the items alone.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_dunning_item AS item (
                    move_id, rank, move_line_id, partner_id, company_id, currency_id, policy_id, level_id,
                    outcome, date, date_checked, date_due, days_overdue, amount_open, amount_disputed,
                    amount_promised, amount_credit, amount_claim, balance_open, cycle, active, history,
                    create_uid, write_uid, create_date, write_date)
                SELECT work.move_id, work.rank, work.line_id, work.partner_id, %(company)s, work.currency_id,
                       work.policy_id, work.level_id, work.outcome, %(date)s, %(date)s, work.date_due,
                       work.days, work.amount, work.disputed, work.promised, work.credit, work.claim,
                       work.balance, work.cycle, TRUE,
                       JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(%(date)s::text, work.outcome, work.level_id)),
                       %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM adv_dunning_work work
                    ON CONFLICT (move_id, rank) DO UPDATE
                   SET move_line_id = EXCLUDED.move_line_id, partner_id = EXCLUDED.partner_id,
                       policy_id = EXCLUDED.policy_id, level_id = EXCLUDED.level_id,
                       outcome = EXCLUDED.outcome, date_checked = EXCLUDED.date_checked,
                       date_due = EXCLUDED.date_due, days_overdue = EXCLUDED.days_overdue,
                       amount_open = EXCLUDED.amount_open, amount_disputed = EXCLUDED.amount_disputed,
                       amount_promised = EXCLUDED.amount_promised, amount_credit = EXCLUDED.amount_credit,
                       amount_claim = EXCLUDED.amount_claim, balance_open = EXCLUDED.balance_open,
                       cycle = EXCLUDED.cycle, active = TRUE, write_date = EXCLUDED.write_date,
                       date = CASE WHEN (item.outcome, item.level_id, item.active)
                                        IS DISTINCT FROM (EXCLUDED.outcome, EXCLUDED.level_id, TRUE)
                                   THEN EXCLUDED.date ELSE item.date END,
                       history = CASE WHEN (item.outcome, item.level_id, item.active)
                                           IS DISTINCT FROM (EXCLUDED.outcome, EXCLUDED.level_id, TRUE)
                                      THEN COALESCE(item.history, '[]') || EXCLUDED.history
                                      ELSE item.history END
                 WHERE item.date_checked <= EXCLUDED.date_checked
                """,
                company=self.company_id.id,
                date=self.date,
                user=self.env.uid,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE adv_dunning_item item
                   SET active = FALSE, amount_open = 0, amount_disputed = 0, amount_promised = 0,
                       amount_credit = 0, amount_claim = 0, balance_open = 0,
                       date = %(date)s, date_checked = %(date)s,
                       history = COALESCE(item.history, '[]')
                                 || JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(%(date)s::text, 'settled', NULL))
                 WHERE item.company_id = %(company)s AND item.active AND item.date_checked <= %(date)s
                   AND NOT EXISTS (SELECT FROM adv_dunning_work work
                                    WHERE work.move_id = item.move_id AND work.rank = item.rank)
                """,
                company=self.company_id.id,
                date=self.date,
            )
        )

    def _record_counts(self, made):
        counts = dict(
            self.env.execute_query(
                SQL("SELECT outcome, COUNT(*)::int FROM adv_dunning_work GROUP BY outcome")
            )
        )
        self._adv_set_facts(
            {
                "item_count": sum(counts.values()),
                "notice_count": self.notice_count + len(made),
                "outcome_counts": counts,
                "computed_at": fields.Datetime.now(),
                "state": "computed" if made or self.state == "draft" else self.state,
            }
        )

    def _release_paid_holds(self):
        holding = self.env["adv.dunning.notice"].search(
            [("company_id", "=", self.company_id.id), ("is_holding", "=", True)]
        )
        holding._release_holds_if_paid()

    # --- Sending

    def _send_ready(self):
        """Send what is ready, batch by batch; a batch another worker was faster with is left to it."""
        collisions = 0
        while (sent := self._send_next_batch()) != 0:
            collisions += sent is None
            if collisions > MAX_COLLISIONS:
                return

    def _send_next_batch(self):
        """Send and commit one batch.

        :return: the number of notices handled, 0 when nothing is left, None when another worker came between
        """
        try:
            notices = self._next_notices()
            notices._send_batch()
            self._adv_commit(len(notices))
            return len(notices)
        except SerializationFailure:
            if modules.module.current_test:
                raise
            self.env.cr.rollback()
            self.env.invalidate_all()
            return None

    def _next_notices(self):
        """Lock and return the next notices to send; those another worker holds are left to it."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM adv_dunning_notice WHERE run_id = %s AND state = 'ready'"
                " ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
                self.id,
                SEND_BATCH,
            )
        )
        return self.env["adv.dunning.notice"].browse(row[0] for row in rows)

    def _set_state_if_free(self, state):
        if self.state != state and self.try_lock_for_update(allow_referencing=True):
            self._adv_set_facts({"state": state})

    def _close_if_done(self):
        open_states = {
            state
            for [state] in self.env["adv.dunning.notice"]._read_group(
                [("run_id", "=", self.id), ("state", "in", ("ready", "waiting"))], ["state"]
            )
        }
        state = "sending" if "ready" in open_states else "computed" if open_states else "done"
        self._set_state_if_free(state)

    # --- Scheduled actions

    @api.model
    def _cron_compute(self):
        """Nightly: compute the run of the day of every company that follows its receivables."""
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        for position, company in enumerate(companies):
            try:
                with self.env.cr.savepoint():
                    self._get_or_create(company, company._adv_today()).with_company(company).action_compute()
            except UserError as error:
                _logger.info("Reminders of company %s not computed: %s", company.id, error)
            if not modules.module.current_test:
                self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - position - 1)

    @api.model
    def _cron_send(self):
        """In the policy's window: send what is ready, in the companies that are live."""
        for company in self.env["res.company"].search([("adv_dunning_live", "=", True)]):
            if company._adv_dunning_policy()._is_send_time(company._adv_now_local()):
                runs = self.search([("company_id", "=", company.id), ("notice_ids.state", "=", "ready")])
                runs.with_company(company).action_send()

    @api.model
    def _get_or_create(self, company, date):
        run = self.search([("company_id", "=", company.id), ("date", "=", date), ("kind", "=", "reminder")])
        return run or self.create({"company_id": company.id, "date": date})

    @api.model
    def _demo_runs(self):
        """Compute the demo data's runs: some past ones, sent; today's, to be looked at."""
        company = self.env.ref("base.main_company")
        today = company._adv_today()
        for days in (44, 30, 15):
            run = self._get_or_create(company, fields.Date.subtract(today, days=days))
            run.action_compute()
            run.notice_ids.filtered(lambda notice: notice.state == "ready")._send_batch()
            run._close_if_done()
        self._get_or_create(company, today).action_compute()
