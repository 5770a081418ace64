"""What the rules know of each customer: policy, flags, addresses, pauses and answers."""

from odoo.tools import SQL


class CustomerSteps:
    """Steps of `Classification`; they look at `self.scope`."""

    def rates(self):
        """The currencies with their rate at the day."""
        values = SQL(", ").join(
            SQL("(%s::int, %s::numeric)", currency_id, rate) for currency_id, rate in self.scope.rates.items()
        )
        return SQL("SELECT * FROM (VALUES %s) AS rate (currency_id, rate)", values)

    def _steps(self):
        """The levels with the latest due date that has reached each of them."""
        limits = self.scope.limits or [(0, self.scope.date)]
        values = SQL(", ").join(SQL("(%s::int, %s::date)", *limit) for limit in limits)
        return SQL(
            """
            SELECT level.*, reached.date_due,
                   LEAD(level.id) OVER (PARTITION BY level.policy_id, level.delay < 0 ORDER BY level.delay)
                       AS next_id
              FROM (VALUES %s) AS reached (level_id, date_due)
              JOIN adv_dunning_level level ON level.id = reached.level_id
            """,
            values,
        )

    def _followed(self):
        """The accounts that each policy follows: those it names, else the customers' own."""
        return SQL(
            """
            SELECT policy.id AS policy_id, named.account_account_id AS account_id
              FROM account_account_adv_dunning_policy_rel named
              JOIN adv_dunning_policy policy ON policy.id = named.adv_dunning_policy_id AND policy.active
             UNION ALL
            SELECT policy.id, account.id FROM adv_dunning_policy policy, UNNEST(%s::int[]) AS account (id)
             WHERE policy.active
               AND NOT EXISTS (SELECT FROM account_account_adv_dunning_policy_rel named
                                WHERE named.adv_dunning_policy_id = policy.id)
            """,
            self.scope.account_ids,
        )

    def _customers(self):
        """One row a customer: what depends on nothing but them."""
        return SQL(
            """
            SELECT known.*, contact.id AS contact_id, replied.partner_id IS NOT NULL AS has_replied,
                   policy.gap_days, policy.progression, policy.tone_rule, policy.minimum_amount,
                   policy.currency_id AS policy_currency_id,
                   policy.freshness = 'stop' AND %(is_stale)s AS is_bank_stale,
                   policy.freshness = 'stop' AS stops_when_stale,
                   COALESCE(NULLIF(contact.email, ''), known.email, '') != ''
                       AND COALESCE(CASE WHEN COALESCE(contact.email, '') != ''
                                         THEN contact.message_bounce ELSE known.message_bounce END, 0) = 0
                       AS has_email,
                   COALESCE(NULLIF(contact.street, ''), contact.city, '') != '' AS has_street,
                   %(has_number)s AS has_number,
                   %(is_paused)s OR EXISTS (
                       SELECT FROM adv_dunning_pause pause
                        WHERE pause.partner_id = known.partner_id AND pause.company_id = %(company)s
                          AND %(date)s BETWEEN pause.date_from AND pause.date_to
                   ) AS is_paused
              FROM (
                SELECT partner.id AS partner_id, partner.email, partner.message_bounce, %(number)s AS number,
                       %(policy)s AS policy_id, COALESCE(%(excluded)s, FALSE) AS is_excluded,
                       COALESCE(%(direct_debit)s, FALSE) AS is_direct_debit, %(contact)s AS own_contact_id,
                       partner.adv_insolvency_date <= %(date)s
                           AND COALESCE(partner.adv_insolvency_end > %(date)s, TRUE) AS is_insolvent
                  FROM res_partner partner
                 WHERE partner.id IN (SELECT partner_id FROM open_line WHERE amount > 0)
              ) AS known
              LEFT JOIN adv_dunning_policy policy ON policy.id = known.policy_id AND policy.active
              LEFT JOIN (
                   SELECT DISTINCT ON (parent_id) id, parent_id FROM res_partner
                    WHERE type = 'invoice' AND active AND COALESCE(email, '') != ''
                      AND parent_id IN (SELECT partner_id FROM open_line)
                    ORDER BY parent_id, id
              ) AS invoiced ON invoiced.parent_id = known.partner_id
              LEFT JOIN res_partner own ON own.id = known.own_contact_id AND own.active
              JOIN res_partner contact ON contact.id = COALESCE(own.id, invoiced.id, known.partner_id)
              LEFT JOIN (
                   SELECT DISTINCT partner_id FROM adv_dunning_notice
                    WHERE company_id = %(company)s AND replied_on BETWEEN %(replied_from)s AND %(date)s
                      AND (answered_on IS NULL OR answered_on > %(date)s)
              ) AS replied ON replied.partner_id = known.partner_id
            """,
            company=self.scope.company_id,
            date=self.scope.date,
            policy=self.scope.policy,
            excluded=self.scope.excluded,
            direct_debit=self.scope.direct_debit,
            contact=self.scope.contact,
            replied_from=self.scope.replied_from,
            is_paused=self.scope.is_paused,
            number=SQL("partner.phone_sanitized") if self.scope.has_sms else SQL("NULL"),
            has_number=SQL("COALESCE(contact.phone_sanitized, known.number) IS NOT NULL")
            if self.scope.has_sms
            else SQL("FALSE"),
            is_stale=self._is_stale(),
        )

    def _is_stale(self):
        """Is the last entry of a bank or cash journal older than the `policy` allows?"""
        if not self.scope.last_bank:
            return SQL("TRUE")
        return SQL("%s::date - %s::date > policy.freshness_days", self.scope.date, self.scope.last_bank)

    def _receipts(self):
        """What came in on the bank from a customer and is not matched with anything yet."""
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   COALESCE(receipt.foreign_currency_id, receipt.currency_id) AS currency_id,
                   SUM(CASE WHEN receipt.foreign_currency_id IS NULL THEN receipt.amount
                            ELSE receipt.amount_currency END) AS amount
              FROM account_bank_statement_line receipt
              JOIN account_move move ON move.id = receipt.move_id
                   AND move.state = 'posted' AND move.date <= %(date)s
              JOIN res_partner partner ON partner.id = receipt.partner_id
             WHERE receipt.company_id = %(company)s AND NOT receipt.is_reconciled AND receipt.amount > 0
             GROUP BY 1, 2
            """,
            company=self.scope.company_id,
            date=self.scope.date,
        )
