from odoo import models
from odoo.tools import SQL

# Columns of an item that every run brings up to date, in the order of `_upsert_items`
REFRESHED = (
    "move_line_id",
    "partner_id",
    "policy_id",
    "level_id",
    "outcome",
    "date_checked",
    "pass_id",
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
)


class AdvDunningRun(models.Model):
    """The outcomes of a computation, instalment by instalment."""

    _inherit = "adv.dunning.run"

    def _upsert_items(self):
        """Store the outcomes; `date` and `history` change only when the outcome or the level does.

        A run of an earlier day than the last one leaves the items alone.
        """
        columns = [SQL.identifier(name) for name in REFRESHED]
        refreshed = SQL(", ").join(SQL("%s = EXCLUDED.%s", column, column) for column in columns)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO adv_dunning_item AS item (
                    move_id, rank, company_id, currency_id, date, history, %(columns)s)
                SELECT work.move_id, work.rank, %(company)s, work.currency_id, %(date)s,
                       JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(%(date)s::text, work.outcome, work.level_id)),
                       work.line_id, work.partner_id, work.policy_id,
                       work.level_id, work.outcome, %(date)s, %(pass)s, work.date_due, work.days,
                       work.amount, work.disputed, work.promised, work.credit, work.claim, work.balance,
                       work.cycle, TRUE
                  FROM adv_dunning_work work
                    ON CONFLICT (move_id, rank) DO UPDATE
                   SET %(refreshed)s,
                       date = CASE WHEN %(changed)s THEN EXCLUDED.date ELSE item.date END,
                       history = CASE WHEN %(changed)s
                                      THEN COALESCE(item.history, '[]') || EXCLUDED.history
                                      ELSE item.history END
                 WHERE item.date_checked <= EXCLUDED.date_checked
                """,
                **{
                    "columns": SQL(", ").join(columns),
                    "refreshed": refreshed,
                    "changed": SQL(
                        "(item.outcome, item.level_id, item.active)"
                        " IS DISTINCT FROM (EXCLUDED.outcome, EXCLUDED.level_id, TRUE)"
                    ),
                    "company": self.company_id.id,
                    "date": self.date,
                    "pass": self.pass_id,
                },
            )
        )

    def _settle_items(self):
        """Instalments that this computation did not see are not open any more: they become inactive."""
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
                   AND item.pass_id IS DISTINCT FROM %(pass)s
                """,
                **{"company": self.company_id.id, "date": self.date, "pass": self.pass_id},
            )
        )
