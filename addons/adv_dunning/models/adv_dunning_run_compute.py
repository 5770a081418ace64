import time
from contextlib import contextmanager
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import LockNotAvailable, SerializationFailure, UniqueViolation

from ..tools.classify import Classification
from ..tools.scope import LONG_AGO, Scope

LOCK_KEY = 1902001  # first key of the advisory locks of this addon; the second is the company
BATCH_LINES = 50_000  # instalments in one committed batch
MAX_COLLISIONS = 600
PATIENCE = 0.1  # seconds between two attempts to get at a batch
NO_PARTNER = 2**31 - 1  # position of the entries without a customer: the last batch


class AdvDunningRun(models.Model):
    """The computation: from the open instalments of a day to outcomes and notices, in committed batches.

    The rules look at one customer at a time, so a batch is a range of customers. Where the computation stands
    is stored with the batch: killed anywhere, the next one goes on from there.
    """

    _inherit = "adv.dunning.run"

    # Where the computation stands
    position = fields.Integer(readonly=True, copy=False, help="Last customer done while computing.")
    pass_id = fields.Integer("Computation", readonly=True, copy=False)

    @api.model
    def _classification(self, company, date, **limits):
        """Return the rules of this company at this day, ready to be selected from."""
        return Classification(self._scope(company, date, **limits))

    @api.model
    def _scope(self, company, date, **limits):
        """Return what a computation looks at.

        :param limits: `partner_ids`, `partner_range` or `without_partner` of Scope
        """
        partner_model = self.env["res.partner"].with_company(company)

        def of_partner(name):
            return partner_model._fields[name].to_sql(partner_model, "partner")

        policy = company._adv_dunning_policy()
        calendar = company._adv_calendar()
        pauses = [("company_id", "=", company.id), ("partner_id", "=", False)]
        pauses += [("date_from", "<=", date), ("date_to", ">=", date)]
        # sudo: whoever previews sees the same levels and pauses
        levels = self.env["adv.dunning.level"].sudo().search([])  # pylint: disable=no-search-all
        return Scope(
            company_id=company.id,
            date=date,
            account_ids=company._adv_dunning_accounts().ids,
            policy=SQL("COALESCE(%s, %s)", of_partner("adv_dunning_policy_id"), policy.id or None),
            excluded=of_partner("adv_dunning_excluded"),
            direct_debit=of_partner("adv_direct_debit"),
            contact=of_partner("adv_dunning_contact_id"),
            grace=policy.promise_grace_days,
            rates=self._rates(company, date),
            limits=[(level.id, level._latest_due(company, date)) for level in levels],
            collected_from=calendar.first_within(date, policy.collection_days),
            replied_from=calendar.first_within(date, policy.answer_days),
            last_bank=company._adv_last_bank_date(date),
            history=company.adv_dunning_history_date or LONG_AGO,
            has_sms=self.env["adv.dunning.level"]._has_sms(),
            is_paused=bool(self.env["adv.dunning.pause"].sudo().search_count(pauses, limit=1)),  # see above
            **limits,
        )

    @api.model
    def _rates(self, company, date):
        # sudo: inactive currencies have open items too, and a collector need not read them
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        currencies = currencies.search([])  # pylint: disable=no-search-all
        return currencies._get_rates(company, date)

    # --- Batches

    def _compute_outcomes(self):
        """Begin or go on, batch by batch; the number of statements of a batch does not depend on its size."""
        self.ensure_one()
        self._in_batch(self._begin, wait=False)
        scope = self._scope(self.company_id, self.date)
        for batch in self._batches():
            self._in_batch(self._compute_batch, replace(scope, **batch))
        self._in_batch(self._finish, scope)

    def _in_batch(self, work, *arguments, wait=True):
        """Do some work alone in its company, and commit it.

        :param bool wait: wait while another process is at work, instead of saying so
        """
        for _attempt in range(MAX_COLLISIONS):
            try:
                if self._lock_company():
                    work(*arguments)
                    self.env.flush_all()
                    self._adv_commit(0)
                    return
                if not wait:
                    break
            except (SerializationFailure, UniqueViolation, LockNotAvailable):
                # another process was faster between our snapshot and our lock: look again
                if not self._adv_commits():
                    raise
            self._start_over()
            time.sleep(PATIENCE)
        raise UserError(self._busy_message(self.company_id))

    def _start_over(self):
        if self._adv_commits():
            self.env.cr.rollback()
            self.env.invalidate_all()

    def _lock_company(self):
        """Be the only one who computes in the company until the batch is committed; False: somebody is."""
        self.env.flush_all()
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_KEY, self.company_id.id)
        )
        return locked

    def _batches(self):
        """Return the batches that are left: ranges of customers, and at last the entries without any.

        The ranges leave no gap; what is open now only tells where to cut.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT MAX(partner_id), part FROM (
                    SELECT partner_id, (SUM(lines) OVER (ORDER BY partner_id) - 1)::int / %(size)s AS part
                      FROM (SELECT partner.commercial_partner_id AS partner_id, SUM(lines) AS lines
                              FROM (SELECT line.partner_id, COUNT(*) AS lines FROM account_move_line line
                                     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                                       AND line.reconciled IS NOT TRUE AND line.account_id IN (
                                           SELECT id FROM account_account
                                            WHERE account_type = 'asset_receivable')
                                     GROUP BY line.partner_id) AS owing
                              JOIN res_partner partner ON partner.id = owing.partner_id
                             GROUP BY 1) AS customer
                ) AS parted GROUP BY part ORDER BY part
                """,
                size=BATCH_LINES,
                company=self.company_id.id,
            )
        )
        if not self.position and len(rows) <= 1:
            return [{}]
        ends = [last for last, _part in rows[:-1] if last > self.position] + [NO_PARTNER - 1]
        starts = [self.position + 1, *(end + 1 for end in ends)]
        ranges = [{"partner_range": bounds} for bounds in zip(starts, ends, strict=False)]
        return [*ranges, {"without_partner": True}]

    def _begin(self):
        """Begin a computation; one that was interrupted goes on where it stopped."""
        if self.state == "computing":
            return
        self.env["adv.payment.promise"]._judge(self.company_id, self.date)
        self._replace_unsent()
        [(pass_id,)] = self.env.execute_query(
            SQL("SELECT NEXTVAL(PG_GET_SERIAL_SEQUENCE('adv_dunning_run', 'id'))::int")
        )
        self._adv_set_facts({"state": "computing", "pass_id": pass_id, "position": 0, "outcome_counts": {}})

    def _compute_batch(self, scope):
        last = scope.partner_range[1] if scope.partner_range else NO_PARTNER
        if self.state != "computing" or self.position >= last:
            return  # another process did it
        made, found = self._store_outcomes(scope)
        counts = dict(self.outcome_counts or {})
        for outcome, count in (found or {}).items():
            counts[outcome] = counts.get(outcome, 0) + count
        self._adv_set_facts(
            {"position": last, "notice_count": self.notice_count + made, "outcome_counts": counts}
        )

    def _finish(self, scope):
        if self.state != "computing":
            return
        self._settle_items()
        self.env["adv.receivable.stats"]._refresh(scope)
        self.env.invalidate_all()
        self._release_paid_holds()
        self._tell_salespeople()
        counts = self.outcome_counts or {}
        states = {state for [state] in self.notice_ids._read_group([("run_id", "=", self.id)], ["state"])}
        is_done = "sent" in states and not states & {"ready", "waiting"}
        self._adv_set_facts(
            {
                "state": "done" if is_done else "computed",
                "position": 0,
                "item_count": sum(counts.values()),
                "computed_at": fields.Datetime.now(),
                "warning": self._warn_of_stale_bank(scope.last_bank),
            }
        )

    # --- One batch

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

    @contextmanager
    def _adv_planned(self):
        """Have the large statements within planned for many rows, whatever the planner expects.

        It takes the steps of the rules for small and would join them row by row: minutes for 50,000 items.
        The memory is that of one batch; what runs at night leaves the other processors alone.
        """
        self.env.cr.execute(
            "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off;"
            "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB'"
        )
        yield  # after an error the rollback puts them back
        self.env.cr.execute(
            "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT;"
            "SET LOCAL max_parallel_workers_per_gather TO DEFAULT; SET LOCAL work_mem TO DEFAULT"
        )

    # --- At the end

    def _release_paid_holds(self):
        holding = self.env["adv.dunning.notice"].search(
            [("company_id", "=", self.company_id.id), ("is_holding", "=", True)]
        )
        holding._release_holds_if_paid()

    def _tell_salespeople(self):
        """Tell each salesperson once which customers are about to get a notice that a person releases."""
        waiting = self.env["adv.dunning.notice"].search(
            [
                ("run_id", "=", self.id),
                ("state", "=", "waiting"),
                ("salesperson_id", "!=", False),
                ("warned_at", "=", False),
            ]
        )
        hours = self.company_id._adv_dunning_policy().release_notice_hours
        for salesperson, notices in waiting.grouped("salesperson_id").items():
            self.message_notify(
                partner_ids=salesperson.partner_id.ids,
                subject=self.env._("Formal notice to your customers"),
                body=self.env["ir.qweb"]._render(
                    "adv_dunning.salesperson_notice", {"notices": notices, "hours": hours}
                ),
            )
        waiting._adv_set_facts({"warned_at": fields.Datetime.now()})

    def _warn_of_stale_bank(self, last):
        """Return what there is to say about the bank's postings, the last one of a day, or False."""
        policy = self.company_id._adv_dunning_policy()
        if not policy or policy.freshness == "off":
            return False
        if last and (self.date - last).days <= policy.freshness_days:
            return False
        if not last:
            return self.env._("Nothing was ever posted in a bank or cash journal: payments may be missing.")
        return self.env._(
            "Nothing was posted in a bank or cash journal since %(date)s: payments may be missing.",
            date=fields.Date.to_string(last),
        )
