"""The rules of a reminder run, in one SELECT: the outcome of each open instalment at a day.

The run materializes this SELECT and inserts from it; the preview only reads it. Each method is one named
step, so that a step can be read, tested and extended alone. Everything that decides comes in as a parameter.
"""

from dataclasses import dataclass, field

from odoo.tools import SQL

from .receivable import open_lines


@dataclass
class Scope:
    """What a computation looks at.

    :param company_id: id of the company
    :param date: the day of the run
    :param account_ids: receivable accounts followed when a policy names none
    :param policy: SQL expression of the policy of `partner`
    :param excluded: SQL expression: is `partner` excluded from reminders
    :param grace: days after a promised date during which the promise still protects
    :param rates: {currency id: units of the currency for one unit of the reference} at the date
    """

    company_id: int
    date: object
    account_ids: list
    policy: SQL
    excluded: SQL
    grace: int = 0
    rates: dict = field(default_factory=dict)
    partner_ids: list = None


class Classification:
    def __init__(self, scope):
        self.scope = scope

    def select(self):
        """Return the SELECT of all open instalments with their outcome.

        Columns: line_id, move_id, rank, partner_id, currency_id, policy_id, date_due, days, amount, balance,
        disputed, promised, credit, claim, cycle, outcome, level_id, tone_id, contact_id, is_new.
        `is_new` marks those for which a notice is to be made.
        """
        steps = (
            ("open_line", open_lines(self.scope.company_id, self.scope.date, self.scope.partner_ids)),
            ("rate", self._rates()),
            ("instalment", self._instalments()),
            ("dispute", self._disputes()),
            ("undisputed", self._undisputed()),
            ("promise", self._promises()),
            ("promise_left", self._promises_left()),
            ("promised", self._promised()),
            ("base", self._bases()),
            ("credit", self._credits()),
            ("claim", self._claims()),
            ("last_line", self._last_lines()),
            ("levelled", self._levelled()),
            ("last_notice", self._last_notices()),
            ("tone", self._tones()),
            ("addressed", self._addressed()),
        )
        ctes = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in steps)
        return SQL("WITH %s %s", ctes, self._outcomes())

    def _rates(self):
        values = SQL(", ").join(
            SQL("(%s::int, %s::numeric)", currency_id, rate) for currency_id, rate in self.scope.rates.items()
        )
        return SQL("SELECT * FROM (VALUES %s) AS rate (currency_id, rate)", values)

    def _instalments(self):
        """Open debit items with their rank in the entry, their policy and what stops them at once."""
        return SQL(
            """
            SELECT item.*, rank.rank, policy.id AS policy_id,
                   %(date)s::date - item.date_due AS days,
                   CASE WHEN item.partner_id IS NULL OR policy.id IS NULL THEN 'out_of_scope'
                        WHEN NOT %(in_scope)s THEN 'out_of_scope'
                        WHEN item.no_followup THEN 'no_followup'
                        WHEN %(excluded)s THEN 'partner_excluded'
                        WHEN move.payment_state = 'blocked' THEN 'blocked'
                    END AS stop
              FROM open_line item
              JOIN account_move move ON move.id = item.move_id
              JOIN (SELECT line.id, ROW_NUMBER() OVER (
                           PARTITION BY line.move_id ORDER BY COALESCE(line.date_maturity, line.date), line.id
                       )::int AS rank
                      FROM account_move_line line
                     WHERE line.move_id IN (SELECT move_id FROM open_line WHERE amount > 0)
                       AND line.amount_currency > 0
                       AND line.account_id IN (
                           SELECT id FROM account_account WHERE account_type = 'asset_receivable')
                   ) AS rank ON rank.id = item.line_id
              LEFT JOIN res_partner partner ON partner.id = item.partner_id
              LEFT JOIN adv_dunning_policy policy ON policy.id = %(policy)s AND policy.active
             WHERE item.amount > 0
            """,
            date=self.scope.date,
            in_scope=self._in_scope(),
            excluded=SQL("COALESCE(%s, FALSE)", self.scope.excluded),
            policy=self.scope.policy,
        )

    def _in_scope(self):
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM account_account_adv_dunning_policy_rel named
                                  WHERE named.adv_dunning_policy_id = policy.id)
                    THEN EXISTS (SELECT FROM account_account_adv_dunning_policy_rel named
                                  WHERE named.adv_dunning_policy_id = policy.id
                                    AND named.account_account_id = item.account_id)
                    ELSE item.account_id = ANY(%s) END""",
            self.scope.account_ids,
        )

    def _disputes(self):
        """Amounts disputed at the day, by entry."""
        return SQL(
            """
            SELECT move_id, SUM(amount) AS amount FROM adv_dispute
             WHERE company_id = %(company)s AND date <= %(date)s
               AND (state = 'open' OR date_closed > %(date)s)
             GROUP BY move_id
            """,
            company=self.scope.company_id,
            date=self.scope.date,
        )

    def _undisputed(self):
        """A disputed amount is taken off the entry's instalments, oldest first."""
        return SQL(
            """
            SELECT instalment.*,
                   CASE WHEN stop IS NULL AND dispute.amount > 0 THEN LEAST(
                       instalment.amount,
                       GREATEST(0, dispute.amount - (SUM(instalment.amount) OVER entry - instalment.amount))
                   ) ELSE 0 END AS disputed
              FROM instalment LEFT JOIN dispute ON dispute.move_id = instalment.move_id
            WINDOW entry AS (PARTITION BY instalment.move_id, stop IS NULL ORDER BY rank)
            """
        )

    def _promises(self):
        """Promises known at the day, with the entries they are about as one key."""
        return SQL(
            """
            SELECT promise.id, promise.amount, promise.amount_open_made, promise.date, promise.date_made,
                   promise.date_judged, promise.amount_received, promise.currency_id,
                   (promise.state = 'open' OR promise.date_judged > %(date)s) AS is_open,
                   ARRAY(SELECT rel.account_move_id FROM account_move_adv_payment_promise_rel rel
                          WHERE rel.adv_payment_promise_id = promise.id ORDER BY 1) AS entries
              FROM adv_payment_promise promise
             WHERE promise.company_id = %(company)s AND promise.date_made <= %(date)s
               AND promise.state != 'cancelled'
            """,
            company=self.scope.company_id,
            date=self.scope.date,
        )

    def _promises_left(self):
        """What is still to come of each open promise.

        What came in since a promise was made is what its entries lost since then, less what earlier promises
        about the same entries took; promises about the same entries are served in the order of their dates.
        """
        return SQL(
            """
            SELECT id, entries, currency_id, date, amount, received, amount - received AS amount_left
              FROM (
                SELECT promise.*, LEAST(promise.amount, GREATEST(0,
                           COALESCE(promise.amount_open_made, 0) - COALESCE(still.amount, 0)
                           - COALESCE(taken.amount, 0) - (SUM(promise.amount) OVER turn - promise.amount)
                       )) AS received
                  FROM promise
                  LEFT JOIN LATERAL (
                       SELECT SUM(amount) AS amount FROM open_line
                        WHERE open_line.move_id = ANY(promise.entries) AND open_line.amount > 0
                  ) AS still ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT SUM(closed.amount_received) AS amount FROM promise closed
                        WHERE closed.entries = promise.entries AND NOT closed.is_open
                          AND closed.date_judged >= promise.date_made
                  ) AS taken ON TRUE
                 WHERE promise.is_open
                WINDOW turn AS (PARTITION BY promise.entries ORDER BY promise.date, promise.id)
              ) AS served
            """
        )

    def _promised(self):
        """Promised amounts are taken off the instalments they are about, oldest first."""
        return SQL(
            """
            SELECT line_id, SUM(amount) AS amount FROM (
                SELECT item.line_id, LEAST(item.amount - item.disputed, GREATEST(0, total.amount - (
                           SUM(item.amount - item.disputed) OVER queue - (item.amount - item.disputed)))
                       ) AS amount
                  FROM (SELECT entries, currency_id, SUM(amount_left) AS amount FROM promise_left
                         WHERE date + %(grace)s >= %(date)s GROUP BY entries, currency_id) AS total
                  JOIN undisputed item ON item.move_id = ANY(total.entries)
                       AND item.currency_id = total.currency_id AND item.stop IS NULL
                WINDOW queue AS (PARTITION BY total.entries ORDER BY item.date_due, item.line_id)
            ) AS share GROUP BY line_id
            """,
            grace=self.scope.grace,
            date=self.scope.date,
        )

    def _bases(self):
        return SQL(
            """
            SELECT item.*, LEAST(item.amount - item.disputed, COALESCE(promised.amount, 0)) AS promised,
                   GREATEST(0, item.amount - item.disputed - COALESCE(promised.amount, 0)) AS base
              FROM undisputed item LEFT JOIN promised ON promised.line_id = item.line_id
            """
        )

    def _credits(self):
        """Open credits of each customer and currency, on the accounts followed."""
        return SQL(
            """
            SELECT item.partner_id, item.currency_id, -SUM(item.amount) AS amount
              FROM open_line item
              JOIN res_partner partner ON partner.id = item.partner_id
              JOIN adv_dunning_policy policy ON policy.id = %(policy)s
             WHERE item.amount < 0 AND NOT item.no_followup AND %(in_scope)s
             GROUP BY item.partner_id, item.currency_id
            """,
            policy=self.scope.policy,
            in_scope=self._in_scope(),
        )

    def _claims(self):
        """Credits are taken off the oldest items first; what is left of an item is its claim."""
        return SQL(
            """
            SELECT item.*, item.base - item.credit AS claim, COALESCE(known.cycle, 1)
                   + CASE WHEN known.id IS NOT NULL AND NOT known.active THEN 1 ELSE 0 END AS cycle
              FROM (
                SELECT base.*, CASE WHEN stop IS NULL AND credit.amount > 0 THEN LEAST(
                           base.base, GREATEST(0, credit.amount - (SUM(base.base) OVER queue - base.base))
                       ) ELSE 0 END AS credit
                  FROM base
                  LEFT JOIN credit ON credit.partner_id = base.partner_id
                       AND credit.currency_id = base.currency_id
                WINDOW queue AS (PARTITION BY base.partner_id, base.currency_id, stop IS NULL
                                 ORDER BY base.date_due, base.line_id)
              ) AS item
              LEFT JOIN adv_dunning_item known ON known.move_id = item.move_id AND known.rank = item.rank
            """
        )

    def _last_lines(self):
        """The last live notice line of each instalment in its present cycle, and all its levels.

        Notices of earlier days that were never sent do not count: a run replaces them.
        """
        return SQL(
            """
            SELECT DISTINCT ON (move_id, rank) move_id, rank, levels,
                   CASE WHEN is_past THEN level_id END AS level_id,
                   CASE WHEN is_past THEN delay END AS delay,
                   CASE WHEN is_past THEN date END AS date, CASE WHEN is_past THEN state END AS state
              FROM (
                SELECT line.id, line.move_id, line.rank, line.level_id, level.delay, notice.date,
                       notice.state,
                       notice.date <= %(date)s AS is_past,
                       ARRAY_AGG(line.level_id) OVER (PARTITION BY line.move_id, line.rank) AS levels
                  FROM adv_dunning_notice_line line
                  JOIN claim ON claim.move_id = line.move_id AND claim.rank = line.rank
                       AND claim.cycle = line.cycle
                  JOIN adv_dunning_notice notice ON notice.id = line.notice_id AND NOT %(replaced)s
                  JOIN adv_dunning_level level ON level.id = line.level_id
                 WHERE line.is_live
              ) AS reminded
             ORDER BY move_id, rank, is_past DESC, delay DESC, id DESC
            """,
            date=self.scope.date,
            replaced=self.replaced(self.scope.date),
        )

    @staticmethod
    def replaced(date):
        """Condition on `notice`: of an earlier day, never sent nor released; a run replaces it."""
        return SQL(
            "(notice.state IN ('draft', 'ready') AND notice.released_by IS NULL AND notice.date < %s)",
            date,
        )

    def _levelled(self):
        """The level each claim reaches now: one step above the last one, unless the policy catches up.

        Levels before the due date expire at the due date and are no step.
        """
        return SQL(
            """
            SELECT claim.*, last_line.level_id AS last_level_id, last_line.date AS last_date,
                   last_line.state AS last_state,
                   reached.id AS new_level_id, reached.delay AS new_delay, reached.release_by_hand
              FROM claim
              JOIN adv_dunning_policy policy ON policy.id = claim.policy_id
              LEFT JOIN last_line ON last_line.move_id = claim.move_id AND last_line.rank = claim.rank
              LEFT JOIN LATERAL (
                   SELECT level.id, level.delay, level.release_by_hand FROM adv_dunning_level level
                    WHERE level.policy_id = claim.policy_id AND level.delay <= claim.days
                      AND level.delay > COALESCE(last_line.delay, level.delay - 1)
                      AND (claim.days < 0) = (level.delay < 0)
                      AND level.id != ALL(COALESCE(last_line.levels, '{}'))
                    ORDER BY CASE WHEN claim.days >= 0 AND policy.progression = 'step'
                                  THEN level.delay ELSE -level.delay END
                    LIMIT 1
              ) AS reached ON claim.stop IS NULL AND claim.claim > 0
                   AND (last_line.date IS NULL OR last_line.state = 'sent' AND last_line.date < %(date)s)
             UNION ALL
            SELECT claim.*, NULL, NULL, NULL, NULL, NULL, NULL FROM claim WHERE policy_id IS NULL
            """,
            date=self.scope.date,
        )

    def _last_notices(self):
        return SQL(
            """
            SELECT partner_id, currency_id, MAX(date) AS date FROM adv_dunning_notice notice
             WHERE company_id = %(company)s AND date <= %(date)s AND state NOT IN ('failed', 'cancelled')
               AND NOT %(replaced)s
             GROUP BY partner_id, currency_id
            """,
            company=self.scope.company_id,
            date=self.scope.date,
            replaced=self.replaced(self.scope.date),
        )

    def _tones(self):
        """The level that gives a customer's notice its tone, and what the notice would claim.

        The level that carries most of the amount, or the highest one when the policy says so. Items that are
        not due yet give the tone only when nothing else is claimed.
        """
        return SQL(
            """
            SELECT DISTINCT ON (share.partner_id, share.currency_id)
                   share.partner_id, share.currency_id, share.level_id, level.channel,
                   SUM(share.due_amount) OVER customer AS due_amount,
                   BOOL_OR(share.release_by_hand) OVER customer AS release_by_hand,
                   COALESCE(NULLIF(level.minimum_amount, 0), policy.minimum_amount, 0) AS minimum
              FROM (SELECT partner_id, currency_id, policy_id, new_level_id AS level_id, new_delay AS delay,
                           release_by_hand, SUM(claim) AS amount,
                           SUM(CASE WHEN new_delay >= 0 THEN claim ELSE 0 END) AS due_amount
                      FROM levelled WHERE new_level_id IS NOT NULL
                     GROUP BY partner_id, currency_id, policy_id, new_level_id, new_delay, release_by_hand
                   ) AS share
              JOIN adv_dunning_level level ON level.id = share.level_id
              JOIN adv_dunning_policy policy ON policy.id = share.policy_id
            WINDOW customer AS (PARTITION BY share.partner_id, share.currency_id)
             ORDER BY share.partner_id, share.currency_id, share.delay >= 0 DESC,
                      CASE WHEN policy.tone_rule = 'amount' THEN share.amount ELSE 0 END DESC,
                      share.delay DESC
            """
        )

    def _addressed(self):
        """Each instalment with the notice it would be in: tone, minimum in its currency, contact."""
        return SQL(
            """
            SELECT levelled.*, tone.level_id AS tone_id, tone.release_by_hand AS tone_release,
                   policy.gap_days, last_notice.date AS last_notice_date,
                   CASE WHEN levelled.new_delay < 0
                        THEN SUM(levelled.claim) OVER own_level
                             < COALESCE(NULLIF(own.minimum_amount, 0), policy.minimum_amount, 0) * %(factor)s
                        ELSE tone.due_amount < tone.minimum * %(factor)s
                    END AS is_small,
                   CASE tone.channel
                        WHEN 'email' THEN COALESCE(NULLIF(contact.email, ''), partner.email, '') = ''
                        WHEN 'letter' THEN COALESCE(NULLIF(contact.street, ''), contact.city, '') = ''
                        ELSE FALSE
                    END AS no_address,
                   contact.id AS contact_id
              FROM levelled
              LEFT JOIN adv_dunning_policy policy ON policy.id = levelled.policy_id
              LEFT JOIN adv_dunning_level own ON own.id = levelled.new_level_id
              LEFT JOIN tone ON levelled.new_level_id IS NOT NULL AND tone.partner_id = levelled.partner_id
                   AND tone.currency_id = levelled.currency_id
              LEFT JOIN last_notice ON last_notice.partner_id = levelled.partner_id
                   AND last_notice.currency_id = levelled.currency_id
              LEFT JOIN res_partner partner ON partner.id = levelled.partner_id
              LEFT JOIN LATERAL (
                   SELECT child.id, child.email, child.street, child.city FROM res_partner child
                    WHERE child.active AND (child.id = partner.id
                       OR child.parent_id = partner.id AND child.type = 'invoice'
                          AND COALESCE(child.email, '') != '')
                    ORDER BY child.id = partner.id, child.id LIMIT 1
              ) AS contact ON TRUE
              LEFT JOIN rate AS own_rate ON own_rate.currency_id = levelled.currency_id
              LEFT JOIN rate AS policy_rate ON policy_rate.currency_id = policy.currency_id
            WINDOW own_level AS (
                   PARTITION BY levelled.partner_id, levelled.currency_id, levelled.new_level_id)
            """,
            factor=SQL("COALESCE(own_rate.rate / NULLIF(policy_rate.rate, 0), 1)"),
        )

    def _outcomes(self):
        """The one outcome of each instalment: the first that applies."""
        return SQL(
            """
            SELECT line_id, move_id, rank, partner_id, currency_id, policy_id, date_due, days, amount,
                   balance, disputed, promised, credit, claim, cycle, outcome,
                   CASE WHEN new_level_id IS NOT NULL THEN new_level_id ELSE last_level_id END AS level_id,
                   tone_id, contact_id,
                   (new_level_id IS NOT NULL AND outcome IN ('chased', 'awaiting_release')) AS is_new
              FROM (
                SELECT addressed.*, CASE
                       WHEN stop IS NOT NULL THEN stop
                       WHEN disputed >= amount THEN 'disputed'
                       WHEN promised > 0 AND disputed + promised >= amount THEN 'promised'
                       WHEN claim <= 0 THEN 'covered_by_credit'
                       WHEN new_level_id IS NULL AND last_state = 'waiting' THEN 'awaiting_release'
                       WHEN new_level_id IS NULL AND (last_date = %(date)s OR last_state = 'ready')
                            THEN 'chased'
                       WHEN new_level_id IS NULL AND days <= 0 THEN 'not_due'
                       WHEN new_level_id IS NULL THEN 'no_level'
                       WHEN last_notice_date IS NOT NULL AND %(date)s::date - last_notice_date < gap_days
                            THEN 'too_soon'
                       WHEN is_small THEN 'below_minimum'
                       WHEN no_address THEN 'no_address'
                       WHEN tone_release THEN 'awaiting_release'
                       ELSE 'chased' END AS outcome
                  FROM addressed
              ) AS decided
            """,
            date=self.scope.date,
        )
