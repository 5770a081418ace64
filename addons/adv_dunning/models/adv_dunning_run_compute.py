from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.classify import Classification
from ..tools.scope import Scope

LOCK_KEY = 1902001  # first key of the advisory locks of this addon; the second is the company

# Columns of an item that every run brings up to date, in the order of `_upsert_items`
REFRESHED = (
    "move_line_id",
    "partner_id",
    "policy_id",
    "level_id",
    "outcome",
    "date_checked",
    "date_due",
    "days_overdue",
    "amount_open",
    "amount_disputed",
    "amount_promised",
    "amount_credit",
    "amount_claim",
    "balance_open",
    "cycle",
    "active",
    "write_uid",
    "write_date",
)


class AdvDunningRun(models.Model):
    """The computation: from the open instalments of a day to outcomes and notices."""

    _inherit = "adv.dunning.run"

    @api.model
    def _classification(self, company, date, partner_ids=None):
        """Return the rules of this company at this day, ready to be selected from."""
        return Classification(self._scope(company, date, partner_ids))

    @api.model
    def _scope(self, company, date, partner_ids=None):
        partner_model = self.env["res.partner"].with_company(company)
        policy = company._adv_dunning_policy()
        return Scope(
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
        self._settle_items()
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

        A run of an earlier day than the last one leaves the items alone.
        """
        columns = [SQL.identifier(name) for name in REFRESHED]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_dunning_item AS item (
                    move_id, rank, company_id, currency_id, date, history, create_uid, create_date,
                    %(columns)s)
                SELECT work.move_id, work.rank, %(company)s, work.currency_id, %(date)s,
                       JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(%(date)s::text, work.outcome, work.level_id)),
                       %(user)s, NOW() AT TIME ZONE 'UTC', work.line_id, work.partner_id, work.policy_id,
                       work.level_id, work.outcome, %(date)s, work.date_due, work.days, work.amount,
                       work.disputed, work.promised, work.credit, work.claim, work.balance, work.cycle, TRUE,
                       %(user)s, NOW() AT TIME ZONE 'UTC'
                  FROM adv_dunning_work work
                    ON CONFLICT (move_id, rank) DO UPDATE
                   SET %(refreshed)s,
                       date = CASE WHEN %(changed)s THEN EXCLUDED.date ELSE item.date END,
                       history = CASE WHEN %(changed)s
                                      THEN COALESCE(item.history, '[]') || EXCLUDED.history
                                      ELSE item.history END
                 WHERE item.date_checked <= EXCLUDED.date_checked
                """,
                columns=SQL(", ").join(columns),
                refreshed=SQL(", ").join(SQL("%s = EXCLUDED.%s", column, column) for column in columns),
                changed=SQL(
                    "(item.outcome, item.level_id, item.active)"
                    " IS DISTINCT FROM (EXCLUDED.outcome, EXCLUDED.level_id, TRUE)"
                ),
                company=self.company_id.id,
                date=self.date,
                user=self.env.uid,
            )
        )

    def _settle_items(self):
        """Instalments that are not open any more become inactive."""
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
