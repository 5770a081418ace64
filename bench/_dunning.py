"""The steps of the benchmark of reminder runs, in an Odoo process; see dunning.py."""

import ctypes
import gc
import io
import sys
import time
from datetime import date

import odoo

DAY = date(2026, 3, 2)
NEXT_DAY = date(2026, 3, 20)
NIGHT_BEFORE = date(2025, 11, 10)  # nothing is due yet: the run of that night knows every instalment
DELAYS = (5, 15)
TWO_DAYS_UP_TO = 20_000  # OCA's second run takes time that grows with the square of the lines
PER_CUSTOMER = 20
MAIL_CUSTOMERS = 200
KEPT = {}  # what OCA made in the race, when it computes only once


def prepare(env, lines, peer):
    """A company with open invoices, 20 a customer, due from 95 days ago to 18 days ahead; the policies."""
    company = env.company
    account, income = env["account.account"].create(
        [
            {"name": "Customers", "code": "BEN411", "account_type": "asset_receivable", "reconcile": True},
            {"name": "Sales", "code": "BEN707", "account_type": "income"},
        ]
    )
    env["ir.default"].set("res.partner", "property_account_receivable_id", account.id, company_id=company.id)
    journal = env["account.journal"].create({"name": "Bench", "code": "BENCH", "type": "sale"})
    _prepare_ours(env, company)
    if peer:
        _prepare_peer(env, company, account)
    customers = env["res.partner"].create(
        [
            {
                "name": f"Customer {number}",
                "email": f"c{number}@example.com",
                "street": "1 Road",
                "city": "Town",
            }
            for number in range(max(1, lines // PER_CUSTOMER))
        ]
    )
    env.flush_all()
    _load(env, company, journal, account, income, customers, lines)
    _stay_in_one_transaction(env)
    compute_ours(env, NIGHT_BEFORE)
    env.cr.execute("ANALYZE adv_dunning_item; ANALYZE adv_dunning_notice; ANALYZE adv_dunning_notice_line")


def _prepare_ours(env, company):
    template = env.ref("adv_dunning.template_friendly")
    policy = env["adv.dunning.policy"].create(
        {
            "name": "Bench",
            "currency_id": company.currency_id.id,
            "gap_days": 0,
            "minimum_amount": 0,
            "level_ids": [
                (
                    0,
                    0,
                    {
                        "name": str(delay),
                        "delay": delay,
                        "template_id": template.id,
                        "attach_document": False,
                    },
                )
                for delay in DELAYS
            ],
        }
    )
    company.adv_dunning_policy_id = policy
    company._adv_dunning_set_facts({"adv_dunning_live": True})


def _prepare_peer(env, company, account):
    template = env.ref("account_credit_control.email_template_credit_control_base")
    template.report_template_ids = False
    level = {
        "computation_mode": "net_days",
        "channel": "email",
        "custom_text": "Text",
        "custom_mail_text": "Text",
    }
    policy = env["credit.control.policy"].create(
        {
            "name": "Bench",
            "company_id": company.id,
            "account_ids": [(6, 0, account.ids)],
            "level_ids": [
                (
                    0,
                    0,
                    {
                        **level,
                        "name": str(delay),
                        "level": rank,
                        "delay_days": delay,
                        "email_template_id": template.id,
                        "mail_show_invoice_detail": True,
                    },
                )
                for rank, delay in enumerate(DELAYS, start=1)
            ],
        }
    )
    company.credit_policy_id = policy


def _load(env, company, journal, account, income, customers, lines):
    """Posted invoices by SQL: a benchmark needs the rows, not the work of entering them."""
    values = {
        "company": company.id,
        "currency": company.currency_id.id,
        "journal": journal.id,
        "account": account.id,
        "income": income.id,
        "customers": customers.ids,
        "count": len(customers),
        "lines": lines,
        "day": DAY,
        "made": date(2025, 11, 1),
        "user": env.uid,
    }
    env.cr.execute(
        """
        WITH made AS (
            INSERT INTO account_move (name, state, move_type, auto_post, journal_id, company_id, currency_id,
                partner_id, commercial_partner_id, invoice_user_id, date, invoice_date, invoice_date_due,
                payment_state, amount_total, amount_residual, amount_untaxed, amount_total_signed,
                amount_residual_signed, create_uid, write_uid, create_date, write_date)
            SELECT 'BENCH/' || number, 'posted', 'out_invoice', 'no', %(journal)s, %(company)s, %(currency)s,
                   customer, customer, %(user)s, %(made)s, %(made)s, due, 'not_paid', amount, amount, amount,
                   amount, amount, %(user)s, %(user)s, NOW(), NOW()
              FROM (SELECT number,
                           (%(customers)s::int[])[(1 + number %% %(count)s)::int] AS customer,
                           %(day)s::date + 18 - ((number * 7919) %% 114)::int AS due,
                           100 + (number * 104729) %% 9000 / 10.0 AS amount
                      FROM GENERATE_SERIES(0::bigint, %(lines)s - 1) AS number) AS invoice
            RETURNING id, name, partner_id, date, invoice_date_due, amount_total)
        INSERT INTO account_move_line (move_id, move_name, parent_state, display_type, journal_id, company_id,
            company_currency_id, currency_id, account_id, partner_id, date, date_maturity, debit, credit,
            balance, amount_currency, amount_residual, amount_residual_currency, reconciled, name,
            create_uid, write_uid, create_date, write_date)
        SELECT made.id, made.name, 'posted', side.kind, %(journal)s, %(company)s, %(currency)s, %(currency)s,
               side.account, partner_id, date, side.due, GREATEST(side.balance, 0),
               GREATEST(-side.balance, 0), side.balance, side.balance, side.open, side.open, FALSE, made.name,
               %(user)s, %(user)s, NOW(), NOW()
          FROM made CROSS JOIN LATERAL (VALUES
               ('payment_term', %(account)s, invoice_date_due, amount_total, amount_total),
               ('product', %(income)s, NULL::date, -amount_total, 0)
               ) AS side (kind, account, due, balance, open)
        """,
        values,
    )
    env.cr.execute("ANALYZE account_move; ANALYZE account_move_line; ANALYZE res_partner")
    env.invalidate_all()


# --- Computing


def compute_ours(env, day):
    run = env["adv.dunning.run"]._get_or_create(env.company, day)
    run.action_compute()
    env.flush_all()
    return run


def compute_oca(env, day):
    run = env["credit.control.run"].create(
        {
            "date": day,
            "company_id": env.company.id,
            "policy_ids": [(6, 0, env.company.credit_policy_id.ids)],
        }
    )
    run.generate_credit_lines()
    env.cr.flush()
    env.flush_all()
    return run


def compute_bare(env, day):
    """One statement that makes the same notices and lines, with their foreign keys and indexes."""
    run = env["adv.dunning.run"]._get_or_create(env.company, day)
    level = env.company.adv_dunning_policy_id.level_ids.sorted("delay")[0]
    env.flush_all()
    env.cr.execute(
        """
        WITH due AS (
            SELECT line.id, line.move_id, line.move_name, line.partner_id, line.currency_id,
                   line.date_maturity, line.amount_residual_currency AS amount,
                   line.amount_residual AS balance
              FROM account_move_line line
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted' AND NOT line.reconciled
               AND line.amount_residual_currency > 0 AND line.date_maturity <= %(day)s::date - 5
        ), notice AS (
            INSERT INTO adv_dunning_notice (run_id, company_id, partner_id, contact_id, currency_id, level_id,
                channel, date, amount, amount_company, state, name,
                create_uid, write_uid, create_date, write_date)
            SELECT %(run)s, %(company)s, partner_id, partner_id, currency_id, %(level)s, 'email', %(day)s,
                   SUM(amount), SUM(balance), 'ready', 'N' || partner_id, %(user)s, %(user)s, NOW(), NOW()
              FROM due GROUP BY partner_id, currency_id
            RETURNING id, partner_id, currency_id
        )
        INSERT INTO adv_dunning_notice_line (notice_id, move_id, move_line_id, move_name, rank, level_id,
            cycle, date_due, days_overdue, amount_open, amount, is_live,
            create_uid, write_uid, create_date, write_date)
        SELECT notice.id, due.move_id, due.id, due.move_name, 1, %(level)s, 1, due.date_maturity,
               %(day)s::date - due.date_maturity, due.amount, due.amount, TRUE,
               %(user)s, %(user)s, NOW(), NOW()
          FROM due JOIN notice ON notice.partner_id = due.partner_id
               AND notice.currency_id = due.currency_id
        """,
        {"company": env.company.id, "run": run.id, "level": level.id, "day": day, "user": env.uid},
    )
    return run


COMPUTE = {"ours": compute_ours, "ours, first": compute_ours, "bare": compute_bare, "oca": compute_oca}


def race(env, rounds, peer):
    """Compute in turn and roll back; then compare the levels of two days.

    "ours" finds the outcomes of an earlier night, as every run but the first does; "ours, first" finds none.
    With many lines OCA computes once, for minutes: that one is measured, compared and sends its e-mails.
    """
    _stay_in_one_transaction(env)
    env.cr.commit()
    few = _are_few(env)
    names = ["ours", "ours, first", "bare", *(["oca"] if peer else [])]
    costs = {name: [] for name in names}
    for number in range(rounds + 1):  # the first round warms up and does not count
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if name == "oca" and (not number or (number > 1 and not few)):
                continue
            if name == "ours, first":
                env.cr.execute("DELETE FROM adv_dunning_item")
            _tell(f"round {number} of {rounds}: {name}")
            made = []
            cost = _measured(env, lambda name=name, made=made: made.append(COMPUTE[name](env, DAY)))
            if number:
                costs[name].append(cost)
            if name == "oca" and not few:
                KEPT["levels"] = _oca_levels(made[0], DAY)
                KEPT["each"] = _oca_mails(env, made[0], MAIL_CUSTOMERS)
            env.cr.rollback()
            env.invalidate_all()
    compared, different, due = _compare(env, peer, few)
    env.cr.rollback()
    return {"costs": costs, "rounds": rounds, "compared": compared, "different": different, "due": due}


def _are_few(env):
    return env["account.move"].search_count([], limit=TWO_DAYS_UP_TO + 1) <= TWO_DAYS_UP_TO


def _tell(words):
    """Say where the benchmark stands; its figures go to the standard output."""
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def _stay_in_one_transaction(env):
    """A round is rolled back: its batches are not committed."""
    type(env["adv.dunning.run"])._adv_commit = lambda self, processed: self.env.flush_all()


def _measured(env, work):
    """Return (seconds, statements, megabytes that the peak of this process rose by)."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    before = _memory("VmRSS")
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")  # the peak is what it is now
    statements, start = odoo.sql_db.sql_counter, time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return seconds, odoo.sql_db.sql_counter - statements, max(0.0, _memory("VmHWM") - before) / 1024


def _memory(name):
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name))


def _compare(env, peer, few):
    """Return (instalments compared, those with another level, those due at the first level).

    On the first day, and on the day the second level is due when there are not too many.
    """
    found = {"ours": {}, "oca": {} if few else KEPT.get("levels", {})}
    for day in (DAY, NEXT_DAY) if few else (DAY,):
        _tell(f"levels of {day}: ours")
        run = compute_ours(env, day)
        env.cr.execute("ANALYZE adv_dunning_notice; ANALYZE adv_dunning_notice_line")
        lines = env["adv.dunning.notice.line"].search_fetch(
            [("notice_id.run_id", "=", run.id)], ["move_line_id", "level_id"], order="id"
        )
        found["ours"].update({(day, line.move_line_id.id): line.level_id.delay for line in lines})
        env.cr.execute("UPDATE adv_dunning_notice SET state = 'sent' WHERE run_id = %s", [run.id])
        env.invalidate_all()
        if peer and few:
            _tell(f"levels of {day}: oca")
            found["oca"].update(_oca_levels(compute_oca(env, day), day))
            env.cr.execute("UPDATE credit_control_line SET state = 'sent'; ANALYZE credit_control_line")
            env.invalidate_all()
    due = sum(day == DAY for day, _line in found["ours"])
    if not peer:
        return 0, 0, due
    keys = found["ours"].keys() | found["oca"].keys()
    return len(keys), sum(found["ours"].get(key) != found["oca"].get(key) for key in keys), due


def _oca_levels(run, day):
    return {(day, line.move_line_id.id): line.policy_level_id.delay_days for line in run.line_ids}


# --- Sending


def mails(env, peer):
    """Write the e-mails of some customers, without a document; nothing leaves: it is rolled back."""
    _stay_in_one_transaction(env)
    env["ir.config_parameter"].sudo().set_param("web.base.url", "http://localhost")
    each = {}
    _tell("e-mails: ours")
    notices = compute_ours(env, DAY).notice_ids.sorted("id")[:MAIL_CUSTOMERS]
    env.flush_all()
    notices[:1]._render_text()
    each["ours"] = _seconds(env, lambda: _send_ours(notices)) / len(notices)
    count = len(notices)
    sent = len(notices.mail_ids)
    assert sent == count, (sent, count)
    env.cr.rollback()
    env.invalidate_all()
    if peer:
        if "each" not in KEPT:
            _tell("e-mails: oca")
            KEPT["each"] = _oca_mails(env, compute_oca(env, DAY), MAIL_CUSTOMERS)
        each["oca"] = KEPT["each"]
        env.cr.rollback()
        env.invalidate_all()
    return {"notices": count, "each": each}


def _oca_mails(env, run, customers):
    """Return the seconds an e-mail of OCA's run takes."""
    partners = run.line_ids.partner_id.sorted("id")[:customers]
    lines = run.line_ids.filtered(lambda line: line.partner_id in partners)
    lines.write({"state": "to_be_sent"})
    env.flush_all()
    made = env["credit.control.communication"]._generate_comm_from_credit_lines(lines)
    env.flush_all()
    return _seconds(env, made._generate_emails) / len(made)


def _send_ours(notices):
    for start in range(0, len(notices), 20):
        notices[start : start + 20]._send_batch()


def _seconds(env, work):
    start = time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start


def letters(env):
    """One PDF of the letters of some customers, against one call of wkhtmltopdf for each."""
    if env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
        return None
    from odoo.tools.pdf import PdfFileReader

    _stay_in_one_transaction(env)
    _tell("letters")
    notices = compute_ours(env, DAY).notice_ids.sorted("id")[:MAIL_CUSTOMERS]
    start = time.perf_counter()
    _name, content = notices._render_documents()
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    for notice in notices[:5]:
        notice._render_document()
    alone = (time.perf_counter() - start) / len(notices[:5])
    pages = PdfFileReader(io.BytesIO(content)).getNumPages()
    env.cr.rollback()
    env.invalidate_all()
    return {"letters": len(notices), "seconds": seconds, "alone": alone, "pages": pages}
