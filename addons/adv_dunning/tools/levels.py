"""Second half of the rules: the level each claim reaches, and the notice it would be in."""

from odoo.tools import SQL


class LevelSteps:
    """Steps of `Classification`; they look at `self.scope`."""

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
                  JOIN instalment ON instalment.move_id = line.move_id AND instalment.rank = line.rank
                       AND instalment.cycle = line.cycle
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

    def _broken(self):
        """The day on which a promise about each entry was found broken."""
        return SQL(
            """
            SELECT rel.account_move_id AS move_id, MAX(promise.date_judged) AS date
              FROM adv_payment_promise promise
              JOIN account_move_adv_payment_promise_rel rel ON rel.adv_payment_promise_id = promise.id
             WHERE promise.company_id = %(company)s AND promise.kind = 'promise' AND promise.state = 'broken'
               AND promise.date_judged <= %(date)s
             GROUP BY rel.account_move_id
            """,
            company=self.scope.company_id,
            date=self.scope.date,
        )

    def _standing(self):
        """Each claim with what was last said about it, and whether anything may be said now."""
        return SQL(
            """
            SELECT claim.*, last_line.level_id AS last_level_id, last_line.delay AS last_delay,
                   last_line.date AS last_date, last_line.state AS last_state,
                   COALESCE(last_line.levels, '{}') AS levels, broken.move_id IS NOT NULL AS is_broken,
                   CASE WHEN claim.stop IS NULL AND claim.claim > 0
                             AND (last_line.date IS NULL
                                  OR last_line.state = 'sent' AND last_line.date < %s)
                        THEN claim.policy_id END AS open_policy_id
              FROM claim
              LEFT JOIN last_line ON last_line.move_id = claim.move_id AND last_line.rank = claim.rank
              LEFT JOIN broken ON broken.move_id = claim.move_id AND broken.date > last_line.date
            """,
            self.scope.date,
        )

    def _reached(self):
        """The level that claims reach now: one step above the last one, unless the policy catches up.

        Levels before the due date expire at the due date and are no step. A promise broken since the last
        reminder brings the next level at once, whatever its delay. Claims of one policy, due date and past
        reach the same level: it is looked for once.
        """
        return SQL(
            """
            SELECT alike.*, found.id AS new_level_id, found.delay AS new_delay, found.release_by_hand
              FROM (SELECT DISTINCT open_policy_id, date_due, COALESCE(last_level_id, 0) AS last_level_id,
                           last_delay, levels, is_broken
                      FROM standing WHERE open_policy_id IS NOT NULL) AS alike
              JOIN adv_dunning_policy policy ON policy.id = alike.open_policy_id
              JOIN LATERAL (
                   SELECT step.id, step.delay, step.release_by_hand FROM step
                    WHERE step.policy_id = alike.open_policy_id
                      AND (alike.date_due <= step.date_due
                           OR alike.is_broken AND EXISTS (
                              SELECT FROM step AS before
                               WHERE before.id = alike.last_level_id AND before.next_id = step.id))
                      AND step.delay > COALESCE(alike.last_delay, step.delay - 1)
                      AND (alike.date_due > %(date)s) = (step.delay < 0)
                      AND step.id != ALL(alike.levels)
                    ORDER BY CASE WHEN alike.date_due <= %(date)s AND policy.progression = 'step'
                                  THEN step.delay ELSE -step.delay END
                    LIMIT 1
              ) AS found ON TRUE
            """,
            date=self.scope.date,
        )

    def _levelled(self):
        """Each claim with the level it reaches now, if any."""
        return SQL(
            """
            SELECT standing.*, reached.new_level_id, reached.new_delay, reached.release_by_hand
              FROM standing
              LEFT JOIN reached ON reached.open_policy_id = standing.open_policy_id
                   AND reached.date_due = standing.date_due
                   AND reached.last_level_id = COALESCE(standing.last_level_id, 0)
                   AND reached.levels = standing.levels
                   AND reached.is_broken = standing.is_broken
            """
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

    def _shares(self):
        """What each customer's notice would claim at each level."""
        return SQL(
            """
            SELECT partner_id, currency_id, new_level_id AS level_id, new_delay AS delay, release_by_hand,
                   SUM(claim) AS amount
              FROM levelled WHERE new_level_id IS NOT NULL
             GROUP BY partner_id, currency_id, new_level_id, new_delay, release_by_hand
            """
        )

    def _tones(self):
        """The level that gives a customer's notice its tone, and what the notice would claim.

        The level that carries most of the amount, or the highest one when the policy says so. Items that are
        not due yet give the tone only when nothing else is claimed. Each of their levels has its own minimum.
        """
        return SQL(
            """
            SELECT DISTINCT ON (share.partner_id, share.currency_id)
                   share.partner_id, share.currency_id, share.level_id, step.channel, step.fallback_channel,
                   SUM(CASE WHEN share.delay >= 0 THEN share.amount ELSE 0 END) OVER notice AS due_amount,
                   BOOL_OR(share.release_by_hand) OVER notice AS release_by_hand,
                   %(minimum)s AS minimum,
                   ARRAY_AGG(share.level_id) FILTER (
                       WHERE share.delay < 0 AND share.amount < %(minimum)s) OVER notice AS small_levels
              FROM share
              JOIN step ON step.id = share.level_id
              JOIN customer ON customer.partner_id = share.partner_id
              LEFT JOIN rate AS own_rate ON own_rate.currency_id = share.currency_id
              LEFT JOIN rate AS policy_rate ON policy_rate.currency_id = customer.policy_currency_id
            WINDOW notice AS (PARTITION BY share.partner_id, share.currency_id)
             ORDER BY share.partner_id, share.currency_id, share.delay >= 0 DESC,
                      CASE WHEN customer.tone_rule = 'amount' THEN share.amount ELSE 0 END DESC,
                      share.delay DESC
            """,
            minimum=SQL(
                """COALESCE(NULLIF(step.minimum_amount, 0), customer.minimum_amount, 0)
                   * COALESCE(own_rate.rate / NULLIF(policy_rate.rate, 0), 1)"""
            ),
        )

    def _drafts(self):
        """The notice that each customer would get in a currency: tone, contact, channel, and what forbids it.

        One row a customer and currency, so that the instalments need to look no further than here.
        """
        return SQL(
            """
            SELECT tone.partner_id, tone.currency_id, tone.level_id AS tone_id,
                   tone.release_by_hand AS tone_release, tone.due_amount < tone.minimum AS is_small,
                   tone.small_levels, customer.contact_id,
                   customer.is_paused OR COALESCE(
                       %(date)s::date - last_notice.date < customer.gap_days, FALSE) AS is_too_soon,
                   CASE WHEN %(reachable)s THEN tone.channel
                        WHEN %(fallback_reachable)s THEN tone.fallback_channel END AS channel
              FROM tone
              JOIN customer ON customer.partner_id = tone.partner_id
              LEFT JOIN last_notice ON last_notice.partner_id = tone.partner_id
                   AND last_notice.currency_id = tone.currency_id
            """,
            date=self.scope.date,
            reachable=self._reachable(SQL("tone.channel")),
            fallback_reachable=self._reachable(SQL("tone.fallback_channel")),
        )

    def _addressed(self):
        """Each instalment with the notice it would be in."""
        return SQL(
            """
            SELECT levelled.*, draft.tone_id, draft.tone_release, draft.contact_id, draft.is_too_soon,
                   draft.channel,
                   levelled.is_bank_stale
                       OR levelled.stops_when_stale AND covered.partner_id IS NOT NULL AS is_stale,
                   CASE WHEN levelled.new_delay < 0
                        THEN levelled.new_level_id = ANY(draft.small_levels)
                        ELSE draft.is_small
                    END AS is_small
              FROM levelled
              LEFT JOIN draft ON levelled.new_level_id IS NOT NULL
                   AND draft.partner_id = levelled.partner_id AND draft.currency_id = levelled.currency_id
              LEFT JOIN covered ON covered.partner_id = levelled.partner_id
                   AND covered.currency_id = levelled.currency_id
            """
        )

    @staticmethod
    def _reachable(channel):
        """Has the `customer` an address for a channel: an e-mail that did not bounce, a street or a town,
        a number that text messages reach?"""
        return SQL(
            "CASE %s WHEN 'email' THEN customer.has_email WHEN 'letter' THEN customer.has_street"
            " WHEN 'sms' THEN customer.has_number WHEN 'phone' THEN TRUE ELSE FALSE END",
            channel,
        )
