"""What customers owe at any day, in SQL: the residual of a journal item at a day is its amount less what was
reconciled up to that day (`account_partial_reconcile.max_date`)."""

from odoo.tools import SQL


def open_lines(
    company_id, date, partner_ids=None, credits_only=False, partner_range=None, without_partner=False
):
    """Return a SELECT of the receivable journal items open at the end of a day.

    Columns: line_id, move_id, move_name, account_id, partner_id (commercial, may be NULL), currency_id,
    date_due, no_followup, amount (signed, in the item's currency), balance (signed, in company currency).

    :param int company_id: id of the company
    :param date date: the day
    :param partner_ids: ids of commercial partners to restrict to, or None for all
    :param bool credits_only: only what the customers have to their credit
    :param partner_range: (first, last) id of the commercial partners to restrict to, or None
    :param bool without_partner: only items that name no partner
    """
    partners = _of_partners(partner_ids, partner_range, without_partner)
    return SQL(
        """
        WITH candidate AS (%(candidates)s), matched AS (%(matched)s)
        SELECT candidate.id AS line_id, candidate.move_id, candidate.move_name, candidate.account_id,
               partner.commercial_partner_id AS partner_id, candidate.currency_id, candidate.date_due,
               candidate.no_followup,
               candidate.amount + COALESCE(matched.amount, 0) AS amount,
               candidate.balance + COALESCE(matched.balance, 0) AS balance
          FROM candidate
          JOIN res_currency currency ON currency.id = candidate.currency_id
          LEFT JOIN res_partner partner ON partner.id = candidate.partner_id
          LEFT JOIN matched ON matched.id = candidate.id
         WHERE ABS(candidate.amount + COALESCE(matched.amount, 0)) >= currency.rounding / 2
        """,
        candidates=_candidates(date, _posted(company_id, date, partners, credits_only)),
        matched=_matched(date),
    )


def _of_partners(partner_ids, partner_range, without_partner):
    """Condition on `line`: of some customers, or of nobody."""
    if without_partner:
        return SQL("AND line.partner_id IS NULL")
    if partner_range:
        return SQL(
            "AND line.partner_id IN ("
            "SELECT id FROM res_partner WHERE commercial_partner_id BETWEEN %s AND %s)",
            *partner_range,
        )
    if partner_ids is not None:
        return SQL(
            "AND line.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s))",
            list(partner_ids),
        )
    return SQL()


def _posted(company_id, date, partners, credits_only):
    """Condition on `line`: posted up to the day on a receivable account."""
    return SQL(
        """line.company_id = %(company)s AND line.parent_state = 'posted' AND line.date <= %(date)s
           AND line.account_id IN (SELECT id FROM account_account WHERE account_type = 'asset_receivable')
           %(partners)s %(sign)s""",
        company=company_id,
        date=date,
        partners=partners,
        sign=SQL("AND line.amount_currency < 0") if credits_only else SQL(),
    )


def _candidates(date, posted):
    """Items open now, and those reconciled after the day."""
    return SQL(
        """
        SELECT %(columns)s FROM account_move_line line
         WHERE line.reconciled IS NOT TRUE AND %(posted)s
         UNION ALL
        SELECT %(columns)s FROM account_move_line line
         WHERE line.reconciled AND %(posted)s AND line.id = ANY(ARRAY(
               SELECT part.debit_move_id FROM account_partial_reconcile part WHERE part.max_date > %(date)s
                UNION
               SELECT part.credit_move_id FROM account_partial_reconcile part WHERE part.max_date > %(date)s))
        """,
        columns=SQL(
            """line.id, line.move_id, line.move_name, line.account_id, line.partner_id, line.currency_id,
               COALESCE(line.date_maturity, line.date) AS date_due,
               COALESCE(line.no_followup, FALSE) AS no_followup,
               line.amount_currency AS amount, line.balance"""
        ),
        posted=posted,
        date=date,
    )


def _matched(date):
    """What was reconciled of each candidate up to the day."""
    return SQL(
        """
        SELECT id, SUM(amount) AS amount, SUM(balance) AS balance
          FROM (SELECT candidate.id, -part.debit_amount_currency AS amount, -part.amount AS balance
                  FROM candidate JOIN account_partial_reconcile part ON part.debit_move_id = candidate.id
                 WHERE part.max_date <= %(date)s
                 UNION ALL
                SELECT candidate.id, part.credit_amount_currency, part.amount
                  FROM candidate JOIN account_partial_reconcile part ON part.credit_move_id = candidate.id
                 WHERE part.max_date <= %(date)s) AS side
         GROUP BY id
        """,
        date=date,
    )
