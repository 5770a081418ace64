"""What a batch of a reminder run stores, in one statement: notices with their lines, and the outcomes.

The rules are worked out once; each step below takes its rows from them. The unique index of the notice lines
refuses an instalment reminded twice.
"""

from odoo.tools import SQL

# Columns of an item that every run brings up to date, with where they come from
REFRESHED = {
    "move_line_id": SQL("work.line_id"),
    "partner_id": SQL("work.partner_id"),
    "policy_id": SQL("work.policy_id"),
    "level_id": SQL("work.level_id"),
    "outcome": SQL("work.outcome"),
    "date_checked": SQL("run.date"),
    "pass_id": SQL("run.pass_id"),
    "date_due": SQL("work.date_due"),
    "days_overdue": SQL("work.days"),
    "amount_open": SQL("work.amount"),
    "amount_disputed": SQL("work.disputed"),
    "amount_promised": SQL("work.promised"),
    "amount_credit": SQL("work.credit"),
    "amount_claim": SQL("work.claim"),
    "balance_open": SQL("work.balance"),
    "cycle": SQL("work.cycle"),
    "active": SQL("TRUE"),
}
NOW = SQL("NOW() AT TIME ZONE 'UTC'")
TRANSITION = SQL("JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(run.date::text, work.outcome, work.level_id))")


def store(rules, run, user_id):
    """Return the statement that stores a batch; it returns (notices made, {outcome: instalments}).

    :param Classification rules: the rules of the batch
    :param dict run: id, company_id, date, pass_id, made (notices of the run so far), prefix of their numbers,
        rate of the company's currency
    :param int user_id: the author
    """
    steps = (
        ("run", _run(run)),
        ("rate", rules.rates()),
        ("work", rules.select()),
        ("new_notice", _new_notices(user_id)),
        ("new_line", _new_lines(user_id)),
        ("refreshed", _refreshed()),
        ("added", _added()),
        ("counted", SQL("SELECT outcome, COUNT(*) AS items FROM work GROUP BY outcome")),
    )
    return SQL(
        "WITH %s SELECT (SELECT COUNT(*)::int FROM new_notice),"
        " (SELECT JSONB_OBJECT_AGG(outcome, items) FROM counted)",
        SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in steps),
    )


def _run(run):
    return SQL(
        "SELECT %(id)s::int AS id, %(company_id)s::int AS company_id, %(date)s::date AS date,"
        " %(pass_id)s::int AS pass_id, %(made)s::int AS made, %(prefix)s AS prefix,"
        " %(rate)s::numeric AS rate",
        **run,
    )


def _new_notices(user_id):
    """One notice for each customer and currency with something new, the largest first."""
    return SQL(
        """
        INSERT INTO adv_dunning_notice (
            run_id, company_id, partner_id, contact_id, currency_id, level_id, channel, is_fallback,
            salesperson_id, date, amount, amount_company, state, name,
            create_uid, write_uid, create_date, write_date)
        SELECT run.id, run.company_id, draft.partner_id, draft.contact_id, draft.currency_id, draft.level_id,
               draft.channel, draft.channel != level.channel, CASE WHEN draft.waits THEN partner.user_id END,
               run.date, draft.amount, ROUND(draft.amount / rate.rate * run.rate, 2),
               CASE WHEN draft.waits THEN 'waiting' ELSE 'ready' END,
               run.prefix || LPAD((run.made + ROW_NUMBER() OVER (
                   ORDER BY draft.amount DESC, draft.partner_id))::text, 4, '0'),
               %(user)s, %(user)s, %(now)s, %(now)s
          FROM (SELECT partner_id, currency_id, MIN(contact_id) AS contact_id, MIN(tone_id) AS level_id,
                       MIN(channel) AS channel, SUM(claim) AS amount,
                       BOOL_OR(outcome = 'awaiting_release') AS waits
                  FROM work WHERE is_new GROUP BY partner_id, currency_id) AS draft
          JOIN res_partner partner ON partner.id = draft.partner_id
          JOIN adv_dunning_level level ON level.id = draft.level_id
          JOIN rate ON rate.currency_id = draft.currency_id
         CROSS JOIN run
        RETURNING id, partner_id, currency_id
        """,
        user=user_id,
        now=NOW,
    )


def _new_lines(user_id):
    return SQL(
        """
        INSERT INTO adv_dunning_notice_line (
            notice_id, move_id, move_line_id, move_name, rank, level_id, cycle, date_due, days_overdue,
            amount_open, amount, is_live, create_uid, write_uid, create_date, write_date)
        SELECT notice.id, work.move_id, work.line_id, work.move_name, work.rank, work.level_id, work.cycle,
               work.date_due, work.days, work.amount, work.claim, TRUE, %(user)s, %(user)s, %(now)s, %(now)s
          FROM work
          JOIN new_notice notice ON notice.partner_id = work.partner_id
               AND notice.currency_id = work.currency_id
         WHERE work.is_new
        """,
        user=user_id,
        now=NOW,
    )


def _refreshed():
    """Instalments known already: `date` and `history` change only when the outcome or the level does.

    A run of an earlier day than the last one leaves them alone.
    """
    return SQL(
        """
        UPDATE adv_dunning_item item
           SET %(columns)s,
               date = CASE WHEN %(changed)s THEN run.date ELSE item.date END,
               history = CASE WHEN %(changed)s THEN COALESCE(item.history, '[]') || %(transition)s
                              ELSE item.history END
          FROM work CROSS JOIN run
         WHERE item.id = work.item_id AND item.date_checked <= run.date
        """,
        columns=SQL(", ").join(
            SQL("%s = %s", SQL.identifier(column), source) for column, source in REFRESHED.items()
        ),
        changed=SQL(
            "(item.outcome, item.level_id, item.active) IS DISTINCT FROM (work.outcome, work.level_id, TRUE)"
        ),
        transition=TRANSITION,
    )


def _added():
    """Instalments seen for the first time."""
    return SQL(
        """
        INSERT INTO adv_dunning_item (move_id, rank, company_id, currency_id, date, history, %(columns)s)
        SELECT work.move_id, work.rank, run.company_id, work.currency_id, run.date, %(transition)s,
               %(sources)s
          FROM work CROSS JOIN run
         WHERE work.item_id IS NULL
        """,
        columns=SQL(", ").join(map(SQL.identifier, REFRESHED)),
        sources=SQL(", ").join(REFRESHED.values()),
        transition=TRANSITION,
    )
