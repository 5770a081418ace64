"""The aged balance of a day: what every journal item of some accounts leaves open at the end of it.

In company currency. Nothing is left out: its sum is the balance of the accounts in the general ledger.
"""

from odoo.tools import SQL


def aged_lines(company_id, account_ids, date):
    """Return a SELECT of open journal items: line_id, move_id, account_id, partner_id (commercial, may be
    NULL), date_due, days (late when positive), bucket, amount (signed, in company currency).

    A reconciliation joins two items of one account, both dated no later than it; it counts from its day on
    both. What was reconciled therefore adds up to nothing, and the open rest to the ledger's balance.
    """
    return SQL(
        """
        SELECT rest.*, CASE WHEN days <= 0 THEN 'not_due' WHEN days <= 30 THEN '1_30'
                            WHEN days <= 60 THEN '31_60' WHEN days <= 90 THEN '61_90'
                            ELSE 'older' END AS bucket
          FROM (
            SELECT line.id AS line_id, line.move_id, line.account_id,
                   partner.commercial_partner_id AS partner_id,
                   COALESCE(line.date_maturity, line.date) AS date_due,
                   %(date)s::date - COALESCE(line.date_maturity, line.date) AS days,
                   line.balance - COALESCE(debit.amount, 0) + COALESCE(credit.amount, 0) AS amount
              FROM account_move_line line
              LEFT JOIN res_partner partner ON partner.id = line.partner_id
              LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount FROM account_partial_reconcile
                          WHERE max_date <= %(date)s GROUP BY debit_move_id) AS debit ON debit.id = line.id
              LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount FROM account_partial_reconcile
                          WHERE max_date <= %(date)s GROUP BY credit_move_id) AS credit ON credit.id = line.id
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND line.date <= %(date)s
               AND line.account_id = ANY(%(accounts)s)
          ) AS rest
         WHERE amount != 0
        """,
        company=company_id,
        accounts=list(account_ids),
        date=date,
    )
