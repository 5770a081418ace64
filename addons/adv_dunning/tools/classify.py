"""The rules of a reminder run, in one SELECT: the outcome of each open instalment at a day.

The run stores what this SELECT finds; the preview only reads it. Each method is one named
step, so that a step can be read, tested and extended alone. Everything that decides comes in as a parameter.
"""

from odoo.tools import SQL

from .claims import ClaimSteps
from .customers import CustomerSteps
from .levels import LevelSteps
from .receivable import open_lines

# The steps in order: the name each goes by in the statement, and the method that makes it
STEPS = (
    ("open_line", "_open_lines"),
    ("rate", "rates"),
    ("step", "_steps"),
    ("followed", "_followed"),
    ("customer", "_customers"),
    ("receipt", "_receipts"),
    ("instalment", "_instalments"),
    ("dispute", "_disputes"),
    ("disputed", "_disputed"),
    ("promise", "promises"),
    ("promise_left", "promises_left"),
    ("promised", "_promised"),
    ("base", "_bases"),
    ("credit", "_credits"),
    ("credited", "_credited"),
    ("claim", "_claims"),
    ("last_line", "_last_lines"),
    ("broken", "_broken"),
    ("standing", "_standing"),
    ("reached", "_reached"),
    ("levelled", "_levelled"),
    ("covered", "_covered"),
    ("share", "_shares"),
    ("last_notice", "_last_notices"),
    ("tone", "_tones"),
    ("draft", "_drafts"),
    ("addressed", "_addressed"),
)
# Steps that cost less to look at twice than to keep, and one that must not be worked out twice
KEPT = {"base": "NOT MATERIALIZED", "levelled": "NOT MATERIALIZED", "reached": "MATERIALIZED"}


class Classification(CustomerSteps, ClaimSteps, LevelSteps):
    def __init__(self, scope):
        self.scope = scope

    def select(self):
        """Return the SELECT of all open instalments with their outcome.

        Columns: line_id, move_id, move_name, rank, partner_id, currency_id, policy_id, date_due, days,
        amount, balance, disputed, promised, credit, claim, cycle, item_id, outcome, level_id, tone_id,
        channel, contact_id, is_new. `item_id` is the adv.dunning.item that knows the instalment already,
        `is_new` marks those for which a notice is to be made.
        """
        ctes = SQL(", ").join(
            SQL("%s AS %s (%s)", SQL.identifier(name), SQL(KEPT.get(name, "")), getattr(self, method)())
            for name, method in STEPS
        )
        return SQL("WITH %s %s", ctes, self._outcomes())

    def _open_lines(self):
        scope = self.scope
        return open_lines(
            scope.company_id,
            scope.date,
            scope.partner_ids,
            partner_range=scope.partner_range,
            without_partner=scope.without_partner,
        )

    def _outcomes(self):
        """The one outcome of each instalment: the first that applies."""
        return SQL(
            """
            SELECT line_id, move_id, move_name, rank, partner_id, currency_id, policy_id, date_due, days,
                   amount, balance, disputed, promised, credit, claim, cycle, item_id, outcome,
                   CASE WHEN new_level_id IS NOT NULL THEN new_level_id ELSE last_level_id END AS level_id,
                   tone_id, channel, contact_id,
                   (new_level_id IS NOT NULL AND outcome IN ('chased', 'awaiting_release')) AS is_new
              FROM (
                SELECT addressed.*, CASE
                       WHEN stop IS NOT NULL THEN stop
                       WHEN disputed >= amount THEN 'disputed'
                       WHEN promised_only > 0 AND disputed + promised_only >= amount THEN 'promised'
                       WHEN announced > 0 AND disputed + promised >= amount THEN 'announced'
                       WHEN has_replied THEN 'answer_pending'
                       WHEN claim <= 0 THEN 'covered_by_credit'
                       WHEN new_level_id IS NULL AND last_state = 'waiting' THEN 'awaiting_release'
                       WHEN new_level_id IS NULL AND (last_date = %(date)s OR last_state = 'ready')
                            THEN 'chased'
                       WHEN is_stale THEN 'stale_bank'
                       WHEN new_level_id IS NULL AND days <= 0 THEN 'not_due'
                       WHEN new_level_id IS NULL THEN 'no_level'
                       WHEN is_too_soon THEN 'too_soon'
                       WHEN is_small THEN 'below_minimum'
                       WHEN channel IS NULL THEN 'no_address'
                       WHEN tone_release THEN 'awaiting_release'
                       ELSE 'chased' END AS outcome
                  FROM addressed
              ) AS decided
            """,
            date=self.scope.date,
        )
