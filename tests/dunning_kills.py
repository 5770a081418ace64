"""Kills the computing and the sending of reminders, many times; run in a process of its own.

    python dunning_kills.py CONFIGURATION DATABASE SEED

The addon is installed here, and the registry loaded once. Each attempt is a forked child with connections of
its own that ends by SIGKILL before or after a statement chosen at random; attempts go on until one gets to
the end. After each day the database is compared with what the preview said in the morning. Prints what it
saw as one line of JSON.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import date, timedelta

import odoo
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

FIRST_DAY = date(2026, 3, 2)
DUE = date(2026, 2, 28)
DAYS = 5
CUSTOMERS = 18
INVOICES = 2
MOST_KILLS = 8  # of one piece of work
DONE, BUSY = 0, 3
KILLED = -signal.SIGKILL


def prepare(env):
    """Open invoices of some customers, and a policy with one level for every day."""
    company = env.company
    account, income = env["account.account"].create(
        [
            {"name": "Customers", "code": "KIL411", "account_type": "asset_receivable", "reconcile": True},
            {"name": "Sales", "code": "KIL707", "account_type": "income"},
        ]
    )
    env["ir.default"].set("res.partner", "property_account_receivable_id", account.id, company_id=company.id)
    journal = env["account.journal"].create({"name": "Sales", "code": "KILLS", "type": "sale"})
    level = {"template_id": env.ref("adv_dunning.template_friendly").id, "attach_document": False}
    company.adv_dunning_policy_id = env["adv.dunning.policy"].create(
        {
            "name": "Daily",
            "currency_id": company.currency_id.id,
            "gap_days": 0,
            "minimum_amount": 0,
            "level_ids": [
                (0, 0, {**level, "name": f"Day {delay}", "delay": delay}) for delay in range(1, DAYS + 4)
            ],
        }
    )
    company._adv_dunning_set_facts({"adv_dunning_live": True})
    partners = env["res.partner"].create(
        [{"name": f"Customer {n}", "email": f"customer{n}@example.com"} for n in range(CUSTOMERS)]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": partner.id,
                "invoice_date": DUE - timedelta(days=30),
                "invoice_payment_term_id": False,
                "invoice_date_due": DUE,
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": 100 + n, "tax_ids": [], "account_id": income.id})
                ],
            }
            for partner in partners
            for n in range(INVOICES)
        ]
    )
    moves.action_post()


class Attempts:
    """Children that do one piece of work each."""

    def __init__(self, name, addon="adv_dunning"):
        self.registry = Registry.new(name, update_module=True, install_modules=[addon])
        self.killed = 0

    def env(self, work):
        """Do something in a transaction of this process, and leave no connection to the children."""
        with self.registry.cursor() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()
        odoo.sql_db.close_all()
        return result

    def start(self, work, kill_at=None):
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            if kill_at:
                self._kill_at(kill_at)
            with self.registry.cursor() as cr:
                work(api.Environment(cr, SUPERUSER_ID, {}))
                cr.commit()
            code = DONE
        except UserError:
            code = BUSY
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)

    @staticmethod
    def _kill_at(number):
        """Die at that statement: before it when the number is even, after it when it is odd."""
        left = [number]

        def dying(method):
            def execute(self, *arguments, **options):
                left[0] -= 1
                if not left[0] and not number % 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = method(self, *arguments, **options)
                if left[0] <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

            return execute

        cursor = odoo.sql_db.Cursor
        cursor.execute, cursor.commit = dying(cursor.execute), dying(cursor.commit)

    @staticmethod
    def wait(child):
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def until_done(self, work, statements):
        """Kill until one attempt gets to the end; the killed are counted."""
        points = [random.randint(1, statements) for _kill in range(MOST_KILLS)]
        for _attempt in range(60):
            code = self.wait(self.start(work, points[-1] if points else None))
            if code == DONE:
                return
            if code == KILLED:
                self.killed += 1
                points.pop()
            elif code == BUSY:  # the server has not noticed yet that its client is dead
                time.sleep(0.1)
            else:
                raise RuntimeError(f"an attempt ended with {code}")
        raise RuntimeError("no attempt got to the end")

    def at_once(self, work):
        """Two children at the same time; who is told that the other is at it tries again."""
        children = [self.start(work), self.start(work)]
        for code in map(self.wait, children):
            if code not in (DONE, BUSY):
                raise RuntimeError(f"one of two at once ended with {code}")
        self.until_done_quietly(work)

    def until_done_quietly(self, work):
        while (code := self.wait(self.start(work))) == BUSY:
            time.sleep(0.1)
        if code != DONE:
            raise RuntimeError(f"an attempt ended with {code}")


def compute(day):
    def work(env):
        run = env["adv.dunning.run"]._get_or_create(env.company, day)
        run._adv_commit(0)
        run.action_compute()

    return work


def send(day):
    return lambda env: env["adv.dunning.run"]._get_or_create(env.company, day).action_send()


def expected(day):
    """What the preview says in the morning: {(entry, rank): level}."""

    def work(env):
        rows = env["adv.dunning.run"].preview(day, env.company.id)
        return {(row["move_id"], row["rank"]): row["level"] for row in rows if row["outcome"] == "chased"}

    return work


def seen(day):
    """[(entry, rank, level)] of the day's live lines, states of its notices, and their e-mails."""

    def work(env):
        notices = env["adv.dunning.notice"].search([("date", "=", day)])
        lines = notices.line_ids.filtered("is_live")
        mails = env["mail.mail"].search([("model", "=", notices._name), ("res_id", "in", notices.ids)])
        return {
            "lines": [(line.move_id.id, line.rank, line.level_id.id) for line in lines],
            "states": notices.mapped("state"),
            "state": notices.run_id.mapped("state"),
            "customers": notices.partner_id.ids,
            "linked": {notice.id: notice.mail_ids.ids for notice in notices},
            "mails": [(mail.res_id, mail.id) for mail in mails],
            "outcomes": env["adv.dunning.item"].search([]).mapped("outcome"),
        }

    return work


def check(condition, what, *details):
    if not condition:
        raise RuntimeError(f"{what}: {details}")


def check_computed(wanted, found):
    check(len(found["lines"]) == len(set(found["lines"])), "reminded twice", found["lines"])
    there = {(move, rank): level for move, rank, level in found["lines"]}
    check(there == wanted, "not what the preview said", len(there), len(wanted))
    check(len(found["customers"]) == len(found["states"]), "two notices to one customer", found["states"])
    check(found["outcomes"] == ["chased"] * len(wanted), "outcomes", found["outcomes"])


def check_sent(found):
    check(set(found["states"]) == {"sent"}, "not sent", found["states"])
    check(found["state"] == ["done"], "run", found["state"])
    linked = sorted((notice, mail) for notice, mails in found["linked"].items() for mail in mails)
    check(linked == sorted(found["mails"]), "notices and e-mails differ", linked, found["mails"])
    check(all(len(mails) == 1 for mails in found["linked"].values()), "not one e-mail", linked)


def main(database, seed):
    random.seed(seed)
    from odoo.addons.adv_dunning.models import adv_dunning_run_compute, adv_dunning_run_send

    start = time.time()
    attempts = Attempts(database)
    adv_dunning_run_compute.BATCH_LINES = 10
    adv_dunning_run_send.SEND_BATCH = 5
    attempts.env(prepare)
    chased = 0
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        wanted = attempts.env(expected(day))
        check(len(wanted) == CUSTOMERS * INVOICES, "work to do", len(wanted))
        if number < DAYS - 1:
            attempts.until_done(compute(day), 55)
        else:
            attempts.at_once(compute(day))
        check_computed(wanted, attempts.env(seen(day)))
        if number < DAYS - 1:
            attempts.until_done(send(day), 40)
        else:
            attempts.at_once(send(day))
        check_sent(attempts.env(seen(day)))
        chased += len(wanted)
    print(json.dumps({"killed": attempts.killed, "chased": chased, "seconds": round(time.time() - start, 1)}))


if __name__ == "__main__":
    config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level", "critical"])
    main(sys.argv[2], int(sys.argv[3]))
