"""Two years of a real ledger, reminded day by day, against a simulation in plain Python."""

import os
import unittest
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .sample_figures import Ledger

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("ADV_SAMPLE_DATA") or ROOT.parent / "shared" / "data") / "receivables"
FIRST, LAST = date(2012, 1, 1), date(2013, 12, 31)

# The shipped policy, as the documentation describes it: days after due, least amount
INFORMATION, INFORMATION_MINIMUM = -5, 5000
REMINDERS, FORMAL = (5, 15, 30, 45), 45
MINIMUM, GAP = 50, 7
REMINDED = {"chased", "awaiting_release"}


class Simulation:
    """What the shipped policy does to each invoice, told without a database: one customer at a time."""

    def __init__(self, rows):
        self.rows = rows
        self.level = {}  # invoice -> days of the last reminder's level
        self.last_notice = {}  # customer -> day

    def day(self, today):
        """Return {invoice: outcome} of what is open, and remember who was reminded."""
        outcomes, customers = {}, {}
        for row in self.rows:
            if row["InvoiceDate"] <= today < row["SettledDate"]:
                customers.setdefault(row["customerID"], []).append(row)
        for customer, rows in customers.items():
            outcomes.update(self._customer(today, customer, rows))
        return outcomes

    def _customer(self, today, customer, rows):
        outcomes, reached = {}, {}
        for row in rows:
            number, days = row["invoiceNumber"], (today - row["DueDate"]).days
            if row["Disputed"] == "Yes":
                outcomes[number] = "disputed"
            elif (level := self._next_level(number, days)) is not None:
                reached[number] = level
            else:
                outcomes[number] = "no_level" if days > 0 else "not_due"
        amounts = {row["invoiceNumber"]: row["InvoiceAmount"] for row in rows}
        early = sum(amounts[number] for number, level in reached.items() if level < 0)
        due = sum(amounts[number] for number, level in reached.items() if level > 0)
        last = self.last_notice.get(customer)
        for number, level in reached.items():
            if last and (today - last).days < GAP:
                outcomes[number] = "too_soon"
            elif early < INFORMATION_MINIMUM if level < 0 else due < MINIMUM:
                outcomes[number] = "below_minimum"
            else:
                outcomes[number] = "awaiting_release" if FORMAL in reached.values() else "chased"
                self.level[number] = level
                self.last_notice[customer] = today
        return outcomes

    def _next_level(self, number, days):
        if days < 0:
            return INFORMATION if days >= INFORMATION and number not in self.level else None
        step = next((level for level in REMINDERS if level > self.level.get(number, 0)), None)
        return step if step is not None and step <= days else None


@tagged("post_install", "-at_install", "adv_sample")
class TestReplay(TransactionCase):
    @classmethod
    def setUpClass(cls):
        if not DATA.is_dir():
            raise unittest.SkipTest(
                f"the real data is not in {DATA}: nothing was compared (ADV_SAMPLE_DATA names another folder)"
            )
        super().setUpClass()
        cls.rows = Ledger(DATA).rows
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.company = cls.env["res.company"].create({"name": "Replayed", "currency_id": euro.id})
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids, "tracking_disable": True})
        cls.company = cls.company.with_env(cls.env)
        cls.company.adv_dunning_policy_id = cls.env.ref("adv_dunning.policy_standard")
        cls._load()

    @classmethod
    def _load(cls):
        """Invoices, receipts and matchings by SQL: what is tested reads rows, however they were entered."""
        account, other = cls.env["account.account"].create(
            [
                {
                    "name": "Customers",
                    "code": "REP411",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                },
                {"name": "Sales", "code": "REP707", "account_type": "income"},
            ]
        )
        default = cls.env["ir.default"]
        default.set("res.partner", "property_account_receivable_id", account.id, company_id=cls.company.id)
        journal = cls.env["account.journal"].create(
            {"name": "All", "code": "REPL", "type": "general", "default_account_id": other.id}
        )
        names = sorted({row["customerID"] for row in cls.rows})
        partners = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name}@example.com", "is_company": True} for name in names]
        )
        partner = dict(zip(names, partners.ids, strict=True))
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            CREATE TEMPORARY TABLE replay ON COMMIT DROP AS
            SELECT * FROM UNNEST(%s::text[], %s::int[], %s::date[], %s::date[], %s::date[], %s::numeric[])
                AS row (number, partner, day, due, settled, amount)
            """,
            [
                [row["invoiceNumber"] for row in cls.rows],
                [partner[row["customerID"]] for row in cls.rows],
                [row["InvoiceDate"] for row in cls.rows],
                [row["DueDate"] for row in cls.rows],
                [row["SettledDate"] for row in cls.rows],
                [row["InvoiceAmount"] for row in cls.rows],
            ],
        )
        values = {
            "company": cls.company.id,
            "currency": cls.company.currency_id.id,
            "journal": journal.id,
            "account": account.id,
        }
        cls.env.cr.execute(
            """
            INSERT INTO account_move (name, ref, state, move_type, auto_post, journal_id, company_id,
                currency_id, partner_id, commercial_partner_id, date, invoice_date, payment_state,
                amount_total)
            SELECT kind || number, number, 'posted', type, 'no', %(journal)s, %(company)s, %(currency)s,
                   partner, partner, CASE type WHEN 'entry' THEN settled ELSE day END, day, 'paid', amount
              FROM replay, (VALUES ('I', 'out_invoice'), ('R', 'entry')) AS side (kind, type);
            INSERT INTO account_move_line (move_id, move_name, parent_state, display_type, journal_id,
                company_id, company_currency_id, currency_id, account_id, partner_id, date, date_maturity,
                balance, amount_currency, amount_residual, amount_residual_currency, reconciled)
            SELECT move.id, move.name, 'posted', 'payment_term', %(journal)s, %(company)s, %(currency)s,
                   %(currency)s, %(account)s, partner, move.date, due, sign * amount, sign * amount, 0, 0,
                   TRUE
              FROM replay
              JOIN account_move move ON move.ref = number AND move.journal_id = %(journal)s
              CROSS JOIN LATERAL (SELECT CASE move.move_type WHEN 'entry' THEN -1 ELSE 1 END) AS s (sign);
            INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount,
                debit_amount_currency, credit_amount_currency, debit_currency_id, credit_currency_id,
                company_id, max_date)
            SELECT debit.id, credit.id, amount, amount, amount, %(currency)s, %(currency)s, %(company)s,
                   settled
              FROM replay
              JOIN account_move_line debit
                   ON debit.move_name = 'I' || number AND debit.journal_id = %(journal)s
              JOIN account_move_line credit
                   ON credit.move_name = 'R' || number AND credit.journal_id = %(journal)s
            """,
            values,
        )
        cls.env.cr.execute(
            "SELECT ref, id FROM account_move WHERE journal_id = %s AND move_type != 'entry'", [journal.id]
        )
        cls.moves = dict(cls.env.cr.fetchall())
        reason = cls.env.ref("adv_dunning.dispute_reason_price")
        cls.env["adv.dispute"]._adv_create(
            [
                {
                    "move_id": cls.moves[row["invoiceNumber"]],
                    "company_id": cls.company.id,
                    "partner_id": partner[row["customerID"]],
                    "amount": float(row["InvoiceAmount"]),
                    "date": row["InvoiceDate"],
                    "reason_id": reason.id,
                    "state": "rejected",
                    "date_closed": row["SettledDate"],
                }
                for row in cls.rows
                if row["Disputed"] == "Yes"
            ]
        )
        cls.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile")
        # as written: on so little data the planner's search for a join order takes longer than the joins
        cls.env.cr.execute("SET LOCAL join_collapse_limit = 1; SET LOCAL from_collapse_limit = 1")
        cls.env.invalidate_all()

    def test_every_invoice_on_every_day(self):
        """The run is computed when somebody is reminded, and monthly; the days between are previewed.

        Which days those are is what the simulation says: a preview that wants to remind somebody differs.
        """
        simulation, seen, computed, day = Simulation(self.rows), Counter(), 0, FIRST
        number = {move: invoice for invoice, move in self.moves.items()}
        while day <= LAST:
            expected = simulation.day(day)
            if day.day == 1 or not REMINDED.isdisjoint(expected.values()):
                found = self._computed(day)
                computed += 1
            else:
                found = self._previewed(day)
            outcomes = {number[move]: outcome for move, outcome in found}
            self.assertEqual(outcomes, expected, day)
            seen.update(outcomes.values())
            day += timedelta(days=1)
        print(
            f"\n{sum(seen.values())} outcomes of {len(self.rows)} invoices agree, {computed} days computed: "
            f"{dict(seen.most_common())}"
        )
        self.assertGreater(computed, 100)
        self.assertGreater(seen["chased"], 200)
        self.assertEqual(
            set(seen), {"disputed", "not_due", "no_level", "too_soon", "below_minimum", "chased"}
        )

    def _previewed(self, day):
        rows = self.env["adv.dunning.run"].preview(day, self.company.id)
        return [(row["move_id"], row["outcome"]) for row in rows]

    def _computed(self, day):
        """Compute the run; what it makes goes out on its day, formal notices are released at once."""
        run = self.env["adv.dunning.run"]._get_or_create(self.company, day)
        run.action_compute()
        self.env.cr.execute(
            "SELECT move_id, outcome FROM adv_dunning_item WHERE company_id = %s AND active",
            [self.company.id],
        )
        found = self.env.cr.fetchall()
        self.env.cr.execute("UPDATE adv_dunning_notice SET state = 'sent' WHERE run_id = %s", [run.id])
        self.env["adv.dunning.notice"].invalidate_model(["state"])
        return found
