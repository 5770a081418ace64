"""First half of the rules: what is claimed of each open instalment after disputes, promises and credits."""

from odoo.tools import SQL


class ClaimSteps:
    """Steps of `Classification`; they look at `self.scope`."""

    def _instalments(self):
        """Open debit items with their rank and cycle, and what stops them at once.

        An item settled and open again is chased anew, unless the bank gave it back: it goes on at its level.
        """
        return SQL(
            """
            SELECT item.line_id, item.move_id, item.move_name, item.partner_id, item.currency_id,
                   item.date_due, item.amount, item.balance, rank.rank, customer.policy_id,
                   %(date)s::date - item.date_due AS days, known.id AS item_id,
                   customer.has_replied, customer.is_bank_stale, customer.stops_when_stale,
                   COALESCE(known.cycle, 1) + CASE
                       WHEN known.id IS NULL OR known.active
                            OR move.adv_collection_returned >= known.date THEN 0 ELSE 1 END AS cycle,
                   CASE WHEN followed.policy_id IS NULL OR item.date_due < %(history)s THEN 'out_of_scope'
                        WHEN item.no_followup THEN 'no_followup'
                        WHEN customer.is_excluded THEN 'partner_excluded'
                        WHEN customer.is_insolvent THEN 'insolvency'
                        WHEN %(in_collection)s THEN 'in_collection'
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
              LEFT JOIN customer ON customer.partner_id = item.partner_id
              LEFT JOIN followed ON followed.policy_id = customer.policy_id
                   AND followed.account_id = item.account_id
              LEFT JOIN adv_dunning_item known ON known.move_id = item.move_id AND known.rank = rank.rank
             WHERE item.amount > 0
            """,
            date=self.scope.date,
            history=self.scope.history,
            in_collection=self._in_collection(),
        )

    def _in_collection(self):
        """Is the bank collecting this item: until its maturity and some bank days, unless it came back?

        By direct debit of the customer, by what was handed over with the invoice, or by a native payment that
        is registered and not in the books yet.
        """
        return SQL(
            """
            (COALESCE(move.adv_collection_returned, 'infinity') > %(date)s AND (
                customer.is_direct_debit AND item.date_due >= %(from)s
                OR move.adv_collection_kind IS NOT NULL AND move.adv_collection_date <= %(date)s
                   AND move.adv_collection_maturity >= GREATEST(%(from)s, item.date_due)
                OR move.payment_state IN ('in_payment', 'partial') AND EXISTS (
                   SELECT FROM account_move__account_payment rel
                     JOIN account_payment payment ON payment.id = rel.payment_id
                    WHERE rel.invoice_id = move.id AND payment.state = 'in_process'
                      AND payment.move_id IS NULL AND payment.amount >= item.amount
                      AND payment.date BETWEEN %(from)s AND %(date)s)))
            """,
            **{"date": self.scope.date, "from": self.scope.collected_from},
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

    def _disputed(self):
        """A disputed amount is taken off the entry's instalments, oldest first."""
        return SQL(
            """
            SELECT item.line_id, LEAST(item.amount, GREATEST(0, dispute.amount - (
                       SUM(item.amount) OVER entry - item.amount))) AS amount
              FROM instalment item JOIN dispute ON dispute.move_id = item.move_id AND dispute.amount > 0
             WHERE item.stop IS NULL
            WINDOW entry AS (PARTITION BY item.move_id ORDER BY item.rank)
            """
        )

    def promises(self):
        """Promises known at the day, with the entries they are about as one key."""
        return SQL(
            """
            SELECT promise.id, promise.amount, promise.amount_open_made, promise.date, promise.date_made,
                   promise.date_judged, promise.amount_received, promise.currency_id, promise.kind,
                   (promise.state = 'open' OR promise.date_judged > %(date)s) AS is_open,
                   ARRAY(SELECT rel.account_move_id FROM account_move_adv_payment_promise_rel rel
                          WHERE rel.adv_payment_promise_id = promise.id ORDER BY 1) AS entries
              FROM adv_payment_promise promise
             WHERE promise.company_id = %(company)s AND promise.date_made <= %(date)s
               AND promise.state != 'cancelled' AND promise.is_pausing
            """,
            company=self.scope.company_id,
            date=self.scope.date,
        )

    def promises_left(self):
        """What is still to come of each open promise.

        What came in since a promise was made is what its entries lost since then, less what earlier promises
        about the same entries took; promises about the same entries are served in the order of their dates.
        """
        return SQL(
            """
            SELECT id, entries, currency_id, kind, date, amount, received, amount - received AS amount_left
              FROM (
                SELECT promise.*, LEAST(promise.amount, GREATEST(0,
                           COALESCE(promise.amount_open_made, 0) - COALESCE(still.amount, 0)
                           - COALESCE(taken.amount, 0) - (SUM(promise.amount) OVER turn - promise.amount)
                       )) AS received
                  FROM promise
                  LEFT JOIN (
                       SELECT about.id, SUM(open_line.amount) AS amount
                         FROM (SELECT id, UNNEST(entries) AS move_id FROM promise) AS about
                         JOIN open_line ON open_line.move_id = about.move_id AND open_line.amount > 0
                        GROUP BY about.id
                  ) AS still ON still.id = promise.id
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
        """Promised and announced amounts are taken off the instalments they are about, oldest first."""
        return SQL(
            """
            SELECT line_id, COALESCE(SUM(amount) FILTER (WHERE kind = 'promise'), 0) AS amount,
                   COALESCE(SUM(amount) FILTER (WHERE kind = 'announced'), 0) AS announced
              FROM (
                SELECT line_id, kind, LEAST(left_open, GREATEST(0, promised - (
                           SUM(left_open) OVER queue - left_open))) AS amount
                  FROM (SELECT item.line_id, item.date_due, total.entries, total.kind,
                               total.amount AS promised,
                               item.amount - COALESCE(disputed.amount, 0) AS left_open
                          FROM (SELECT entries, UNNEST(entries) AS move_id, currency_id, kind,
                                       SUM(amount_left) AS amount
                                  FROM promise_left
                                 WHERE date + CASE kind WHEN 'announced' THEN 0 ELSE %(grace)s END >= %(date)s
                                 GROUP BY entries, currency_id, kind) AS total
                          JOIN instalment item ON item.move_id = total.move_id
                               AND item.currency_id = total.currency_id AND item.stop IS NULL
                          LEFT JOIN disputed ON disputed.line_id = item.line_id
                       ) AS about
                WINDOW queue AS (PARTITION BY entries, kind ORDER BY date_due, line_id)
            ) AS share GROUP BY line_id
            """,
            grace=self.scope.grace,
            date=self.scope.date,
        )

    def _bases(self):
        """What is left of each instalment to be reminded of, before credits."""
        return SQL(
            """
            SELECT item.*, COALESCE(disputed.amount, 0) AS disputed,
                   COALESCE(promised.amount, 0) AS promised_only,
                   COALESCE(promised.announced, 0) AS announced,
                   LEAST(item.amount - COALESCE(disputed.amount, 0),
                         COALESCE(promised.amount + promised.announced, 0)) AS promised,
                   GREATEST(0, item.amount - COALESCE(disputed.amount, 0)
                               - COALESCE(promised.amount + promised.announced, 0)) AS base
              FROM instalment item
              LEFT JOIN disputed ON disputed.line_id = item.line_id
              LEFT JOIN promised ON promised.line_id = item.line_id
            """
        )

    def _credits(self):
        """Open credits of each customer and currency, on the accounts followed."""
        return SQL(
            """
            SELECT item.partner_id, item.currency_id, -SUM(item.amount) AS amount
              FROM open_line item
              JOIN customer ON customer.partner_id = item.partner_id
              JOIN followed ON followed.policy_id = customer.policy_id
                   AND followed.account_id = item.account_id
             WHERE item.amount < 0 AND NOT item.no_followup
             GROUP BY item.partner_id, item.currency_id
            """
        )

    def _credited(self):
        """Credits are taken off the customer's oldest items first."""
        return SQL(
            """
            SELECT base.line_id,
                   LEAST(base.base, GREATEST(0, credit.amount - (SUM(base.base) OVER queue - base.base)))
                       AS amount
              FROM base
              JOIN credit ON credit.partner_id = base.partner_id AND credit.currency_id = base.currency_id
                   AND credit.amount > 0
             WHERE base.stop IS NULL
            WINDOW queue AS (PARTITION BY base.partner_id, base.currency_id
                             ORDER BY base.date_due, base.line_id)
            """
        )

    def _claims(self):
        """What is left of an item after credits is its claim."""
        return SQL(
            """
            SELECT base.*, COALESCE(credited.amount, 0) AS credit,
                   base.base - COALESCE(credited.amount, 0) AS claim
              FROM base LEFT JOIN credited ON credited.line_id = base.line_id
            """
        )

    def _covered(self):
        """Customers of whom an unmatched receipt covers the whole claim in a currency."""
        return SQL(
            """
            SELECT receipt.partner_id, receipt.currency_id
              FROM receipt
              JOIN standing ON standing.partner_id = receipt.partner_id
                   AND standing.currency_id = receipt.currency_id AND standing.stop IS NULL
             GROUP BY receipt.partner_id, receipt.currency_id, receipt.amount
            HAVING receipt.amount >= SUM(standing.claim)
            """
        )
