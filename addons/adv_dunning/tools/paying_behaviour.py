"""What each customer owes and how they pay: one statement that brings `adv.receivable.stats` up to date."""

from odoo.tools import SQL

from .receivable import open_lines
from .scope import in_scope

FEW_PAID = 5  # with fewer invoices paid, a customer's own habit says less than everybody's
HABIT_DAYS = 730  # payments older than this say nothing about how a customer pays now

# Columns that every refresh brings up to date, in the order of `_insert`
REFRESHED = (
    "date",
    "amount_open",
    "amount_overdue",
    "oldest_days",
    "item_count",
    "level_id",
    "last_notice_date",
    "broken_promises",
    "mean_days_late",
    "median_days_late",
    "paid_count",
    "expected_days",
    "score",
    "write_date",
)


def refresh(scope, user_id):
    """Return the statement that recomputes the figures of a company's customers.

    :param Scope scope: the company, the day, and which accounts are followed
    :param int user_id: the author of new rows
    """
    steps = (
        ("open_credit", open_lines(scope.company_id, scope.date, credits_only=True)),
        ("credit", _credits(scope)),
        ("debt", _debts(scope)),
        ("reminded", _reminded(scope)),
        ("promised", _promised(scope)),
        ("paid", _paid(scope.company_id, scope.date)),
        ("habit", _habits()),
        ("usual", _usual()),
        ("cleared", _cleared(scope)),
    )
    ctes = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in steps)
    return SQL("WITH %s %s", ctes, _insert(scope, user_id))


def expected_days(company_id, date):
    """Return a SELECT of the days after the due date a payment is to be expected: partner_id, days.

    A customer's own median, with enough invoices paid; the company's in the row without customer.
    """
    return SQL("WITH paid AS (%s), habit AS (%s) %s", _paid(company_id, date), _habits(), _usual())


def _credits(scope):
    """Open credits past their own due date, on the accounts followed, whether reminded of or not."""
    return SQL(
        """
        SELECT item.partner_id, -SUM(item.balance) AS amount
          FROM open_credit item
          JOIN res_partner partner ON partner.id = item.partner_id
          JOIN adv_dunning_policy policy ON policy.id = %(policy)s
         WHERE item.date_due < %(date)s AND %(in_scope)s
         GROUP BY item.partner_id
        """,
        policy=scope.policy,
        date=scope.date,
        in_scope=in_scope(scope),
    )


def _debts(scope):
    return SQL(
        """
        SELECT partner_id, SUM(balance_open) AS amount_open, COUNT(*) AS item_count,
               COALESCE(SUM(balance_open) FILTER (WHERE date_due < %(date)s), 0) AS overdue,
               COALESCE(SUM(CASE WHEN amount_claim = amount_open THEN balance_open
                                 ELSE balance_open * amount_claim / NULLIF(amount_open, 0) END) FILTER (
                   WHERE date_due < %(date)s
                     AND outcome NOT IN ('no_followup', 'partner_excluded', 'insolvency', 'in_collection')
               ), 0) AS claimable,
               GREATEST(0, MAX(%(date)s::date - date_due)) AS oldest_days
          FROM adv_dunning_item
         WHERE company_id = %(company)s AND active AND partner_id IS NOT NULL AND outcome != 'out_of_scope'
         GROUP BY partner_id
        """,
        company=scope.company_id,
        date=scope.date,
    )


def _reminded(scope):
    return SQL(
        """
        SELECT DISTINCT ON (notice.partner_id) notice.partner_id, notice.level_id,
               MAX(notice.date) OVER (PARTITION BY notice.partner_id) AS last_notice_date
          FROM adv_dunning_notice notice JOIN adv_dunning_level level ON level.id = notice.level_id
         WHERE notice.company_id = %(company)s AND notice.state NOT IN ('failed', 'cancelled')
           AND notice.date <= %(date)s AND notice.partner_id IN (SELECT partner_id FROM debt)
         ORDER BY notice.partner_id, notice.date DESC, level.delay DESC
        """,
        company=scope.company_id,
        date=scope.date,
    )


def _promised(scope):
    return SQL(
        """
        SELECT partner_id, COUNT(*) FILTER (WHERE state = 'broken') AS broken
          FROM adv_payment_promise WHERE company_id = %s GROUP BY partner_id
        """,
        scope.company_id,
    )


def _paid(company_id, date):
    """Days between the due date and the last payment of each invoice paid within the last two years."""
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id,
               paid.day - COALESCE(line.date_maturity, line.date) AS days_late
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
          JOIN account_move move ON move.id = line.move_id AND move.move_type = 'out_invoice'
          JOIN res_partner partner ON partner.id = line.partner_id
          JOIN LATERAL (SELECT MAX(part.max_date) AS day FROM account_partial_reconcile part
                         WHERE part.debit_move_id = line.id) AS paid ON paid.day <= %(date)s
         WHERE line.company_id = %(company)s AND line.reconciled AND line.balance > 0
           AND line.date BETWEEN %(date)s::date - %(habit_days)s AND %(date)s
        """,
        company=company_id,
        date=date,
        habit_days=HABIT_DAYS,
    )


def _habits():
    return SQL(
        """
        SELECT partner_id, COUNT(*) AS paid_count, AVG(days_late) AS mean_days,
               PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days_late) AS median_days
          FROM paid GROUP BY partner_id
        """
    )


def _usual():
    return SQL(
        """
        SELECT partner_id, median_days AS days FROM habit WHERE paid_count >= %s
         UNION ALL
        SELECT NULL, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days_late) FROM paid
        """,
        FEW_PAID,
    )


def _cleared(scope):
    """Customers who owe nothing any more keep their habits and lose their debts."""
    return SQL(
        """
        UPDATE adv_receivable_stats
           SET amount_open = 0, amount_overdue = 0, oldest_days = 0, item_count = 0, score = 0,
               date = %(date)s
         WHERE company_id = %(company)s AND COALESCE(date, %(date)s) <= %(date)s
           AND item_count IS DISTINCT FROM 0 AND partner_id NOT IN (SELECT partner_id FROM debt)
        """,
        company=scope.company_id,
        date=scope.date,
    )


def _insert(scope, user_id):
    columns = [SQL.identifier(name) for name in REFRESHED]
    return SQL(
        """
        INSERT INTO adv_receivable_stats AS stats (
            partner_id, company_id, create_uid, write_uid, create_date, %(columns)s)
        SELECT debt.partner_id, %(company)s, %(user)s, %(user)s, NOW() AT TIME ZONE 'UTC', %(date)s,
               debt.amount_open, GREATEST(0, debt.overdue - COALESCE(credit.amount, 0)), debt.oldest_days,
               debt.item_count, reminded.level_id, reminded.last_notice_date,
               COALESCE(promised.broken, 0), habit.mean_days, habit.median_days,
               COALESCE(habit.paid_count, 0),
               COALESCE(own.days, everybody.days, 0),
               debt.claimable * (1 + debt.oldest_days / 30.0) * (1 + COALESCE(promised.broken, 0)),
               NOW() AT TIME ZONE 'UTC'
          FROM debt
          LEFT JOIN credit ON credit.partner_id = debt.partner_id
          LEFT JOIN reminded ON reminded.partner_id = debt.partner_id
          LEFT JOIN promised ON promised.partner_id = debt.partner_id
          LEFT JOIN habit ON habit.partner_id = debt.partner_id
          LEFT JOIN usual AS own ON own.partner_id = debt.partner_id
          LEFT JOIN usual AS everybody ON everybody.partner_id IS NULL
            ON CONFLICT (partner_id, company_id) DO UPDATE SET %(refreshed)s
         WHERE COALESCE(stats.date, EXCLUDED.date) <= EXCLUDED.date
        """,
        columns=SQL(", ").join(columns),
        refreshed=SQL(", ").join(SQL("%s = EXCLUDED.%s", column, column) for column in columns),
        company=scope.company_id,
        date=scope.date,
        user=user_id,
    )
