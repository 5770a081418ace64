import csv
import io
import os
import statistics
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.paying_behaviour import expected_days
from .common import TODAY, DunningCommon

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("ADV_SAMPLE_DATA") or ROOT.parent / "shared" / "data")
LEDGER = DATA / "receivables" / "accounts_receivable.csv"


def day(text):
    return datetime.strptime(text, "%m/%d/%Y").date()


@tagged("post_install", "-at_install")
class TestAgedBalance(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": kind}
                for name, code, kind in (
                    ("Exchange gains", "DUN766", "income_other"),
                    ("Exchange losses", "DUN666", "expense"),
                )
            ]
        )
        cls.company.write(
            {
                "currency_exchange_journal_id": cls.misc_journal.id,
                "income_currency_exchange_account_id": accounts[0].id,
                "expense_currency_exchange_account_id": accounts[1].id,
            }
        )

    def _balance(self, at):
        balance = self.env["adv.aged.balance"].create({"company_id": self.company.id, "date": at})
        balance.action_show()
        return balance

    def test_by_age_at_a_past_day(self):
        old = self._invoice(1000, date(2026, 1, 15))
        self._invoice(500, date(2026, 2, 20))
        self._invoice(70, date(2026, 3, 20))
        self._pay(old, 400, date(2026, 2, 10))
        self._pay(old, 600, date(2026, 3, 1))
        balance = self._balance(date(2026, 2, 28))
        self.assertEqual(
            {line.bucket: line.amount for line in balance.line_ids},
            {"31_60": 600.0, "1_30": 500.0, "not_due": 70.0},
        )
        self.assertEqual(balance.total, 1170.0)
        self.assertEqual(balance.ledger, 1170.0)
        domain = [("balance_id", "=", balance.id)]
        [groups] = balance.line_ids.formatted_read_grouping_sets(domain, [["bucket"]], ["amount:sum"])
        self.assertEqual([group["bucket"] for group in groups], ["not_due", "1_30", "31_60"], "by age")
        [groups] = balance.line_ids.formatted_read_grouping_sets(
            domain, [["partner_id", "bucket"]], ["amount:sum"]
        )
        self.assertEqual([group["bucket"] for group in groups], ["not_due", "1_30", "31_60"])
        self.assertEqual(self._balance(date(2026, 3, 1)).total, 570.0)

    def test_credits_and_other_currencies_are_in_it(self):
        self.env["res.currency.rate"].create(
            {
                "name": date(2026, 1, 1),
                "currency_id": self.usd.id,
                "rate": 1.25,
                "company_id": self.company.id,
            }
        )
        self._invoice(1000, date(2026, 2, 1), currency=self.usd)
        self._invoice(100, date(2026, 2, 1), kind="out_refund")
        balance = self._balance(TODAY)
        self.assertEqual(balance.total, 700.0)
        self.assertEqual(balance.ledger, 700.0)

    def test_workbook(self):
        self.partner.name = "=cmd|' /C calc'!A0"
        self._invoice(1000, date(2026, 2, 1))
        balance = self._balance(TODAY)
        name, content = balance._workbook()
        self.assertEqual(name, "Aged balance 2026-03-02.xlsx")
        with ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        self.assertNotIn("<f>", sheet)
        self.assertIn("<v>1000</v>", sheet)

    def test_rights(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = self._make_user(groups.replace(".", "_"), groups)
            with self.assertRaises(AccessError):
                self.env["adv.aged.balance"].with_user(user).create({})
        collector = self._make_user("dun_collector", "adv_dunning.group_collector")
        other = self._make_company("Elsewhere")
        balance = self.env["adv.aged.balance"].with_user(collector).create({"company_id": other.id})
        with self.assertRaises(AccessError):
            balance.action_show()

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 60), st.integers(1, 99999), st.booleans(), st.booleans(), st.integers(0, 90)
            ),
            min_size=2,
            max_size=7,
        ),
        st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=6),
        st.lists(st.integers(0, 70), min_size=1, max_size=4),
    )
    def test_equals_the_general_ledger_at_any_day(self, postings, matches, days):
        """Random postings, in two currencies, matched at random, looked at on random days."""
        first = date(2025, 12, 1)
        with self.cr.savepoint() as savepoint:
            lines = self.env["account.move.line"]
            for offset, cents, is_credit, is_foreign, due in postings:
                lines |= self._post(first + timedelta(days=offset), cents / 100, is_credit, is_foreign, due)
            for left, right in matches:
                pair = lines[left % len(lines)] | lines[right % len(lines)]
                pair = pair.filtered(lambda line: not line.reconciled)
                if len(pair) == 2 and pair[0].balance * pair[1].balance < 0:
                    pair.reconcile()
            for offset in days:
                balance = self._balance(first + timedelta(days=offset))
                self.assertEqual(
                    round(balance.total * 100), round(balance.ledger * 100), (postings, matches, offset)
                )
            savepoint.rollback()
            self.env.invalidate_all()

    def _post(self, at, amount, is_credit, is_foreign, due):
        currency = self.usd if is_foreign else self.eur
        signed = -amount if is_credit else amount
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.misc_journal.id,
                "date": at,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner.id,
                            "currency_id": currency.id,
                            "amount_currency": sign * signed,
                            "balance": sign * (self.eur.round(signed * 0.8) if is_foreign else signed),
                            "date_maturity": at + timedelta(days=due),
                            "name": "Posting",
                        }
                    )
                    for account, sign in ((self.receivable, 1), (self.income, -1))
                ],
            }
        )
        move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)


@tagged("post_install", "-at_install")
class TestForecast(DunningCommon):
    def _stats(self):
        return self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])

    def _history(self, partner, lateness):
        for late in lateness:
            due = date(2025, 10, 1)
            invoice = self._invoice(100, due, day=date(2025, 9, 1), partner=partner)
            self._pay(invoice, 100, due + timedelta(days=late))

    def test_the_customer_s_own_median(self):
        self._history(self.partner, [2, 4, 10, 12, 40])
        self._invoice(1000, date(2026, 3, 10))
        self._compute()
        self.assertEqual(self._stats().expected_days, 10)
        forecast = self.env["adv.cash.forecast"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(forecast, [{"date": date(2026, 3, 20), "amount": 1000.0, "basis": "habit"}])

    def test_the_company_s_when_too_few(self):
        self._history(self.partner, [50])
        self._history(self._make_partner("Beta"), [6, 6, 8, 8, 8])
        self._invoice(1000, date(2026, 3, 10))
        self._compute()
        # median of 6 6 8 8 8 50
        self.assertEqual(self._stats().expected_days, 8)

    def test_what_is_promised_comes_on_the_promised_day(self):
        invoice = self._invoice(1000, date(2026, 2, 20))
        self._promise(invoice, 400, date(2026, 3, 16), made=TODAY)
        self._compute()
        forecast = self.env["adv.cash.forecast"].search([("partner_id", "=", self.partner.id)], order="date")
        self.assertRecordValues(
            forecast,
            [
                {"date": TODAY, "amount": 600.0, "basis": "late"},
                {"date": date(2026, 3, 16), "amount": 400.0, "basis": "promise"},
            ],
        )

    def test_disputed_is_not_expected(self):
        invoice = self._invoice(1000, date(2026, 3, 20))
        self._dispute(invoice, 250)
        self._compute()
        forecast = self.env["adv.cash.forecast"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(sum(forecast.mapped("amount")), 750)


@tagged("post_install", "-at_install")
class TestEffect(DunningCommon):
    def test_days_to_payment_count_for_the_last_notice_before_it(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase(date(2026, 2, 25))
        self._chase(date(2026, 3, 8))
        self._pay(invoice, 100, date(2026, 3, 12))
        self.env.flush_all()
        effect = self.env["adv.dunning.effect"].search([("partner_id", "=", self.partner.id)], order="date")
        self.assertRecordValues(
            effect,
            [
                {"level_id": self.one.id, "date_paid": False, "days_to_pay": 0, "paid_share": 0.0},
                {
                    "level_id": self.two.id,
                    "date_paid": date(2026, 3, 12),
                    "days_to_pay": 4,
                    "paid_share": 100.0,
                },
            ],
        )
        self.assertEqual(effect[1].channel, "email")


@tagged("post_install", "-at_install")
class TestBadDebt(DunningCommon):
    def test_allowance_by_age(self):
        self._invoice(1000, date(2025, 11, 20), day=date(2025, 10, 20))  # 102 days
        self._invoice(400, date(2025, 8, 1), day=date(2025, 7, 1))  # 213 days
        self._invoice(200, date(2025, 2, 1), day=date(2025, 1, 1))  # 394 days
        self._invoice(50, date(2026, 2, 1))  # 29 days
        self._compute()
        debts = self.env["adv.bad.debt"].search([("partner_id", "=", self.partner.id)], order="days_overdue")
        self.assertEqual(debts.mapped("allowance"), [0.0, 250.0, 200.0, 200.0])
        self.assertEqual(debts.mapped("reason"), ["none", "old", "old", "old"])
        self.partner.with_company(self.company).adv_doubtful = True
        self.env.flush_all()
        debts.invalidate_recordset()
        self.assertEqual(set(debts.mapped("reason")), {"doubtful"})
        self.partner.write(
            {"adv_insolvency_date": date(2026, 2, 1), "adv_insolvency_deadline": date(2026, 4, 1)}
        )
        self.env.flush_all()
        debts.invalidate_recordset()
        self.assertEqual(set(debts.mapped("reason")), {"insolvent"})
        self.assertEqual(debts[0].claims_deadline, date(2026, 4, 1))


@tagged("post_install", "-at_install")
class TestBackTest(DunningCommon):
    """The predicted date against what really happened, on a real ledger of 2012 and 2013."""

    def test_nearer_than_the_due_date(self):
        if not LEDGER.exists():
            self.skipTest(f"the real data is not in {LEDGER.parent}: nothing was compared")
        with LEDGER.open() as file:
            rows = [
                (row["customerID"], day(row["InvoiceDate"]), day(row["DueDate"]), day(row["SettledDate"]))
                for row in csv.DictReader(file)
            ]
        self._load(rows)
        habit, naive = [], []
        for month in range(1, 13):
            at = date(2013, month, 1)
            usual = dict(self.env.execute_query(expected_days(self.company.id, at)))
            for customer, invoiced, due, settled in rows:
                if invoiced <= at < settled:  # known and open that day
                    late = usual.get(self.partners[customer], usual[None])
                    guess = due + timedelta(days=round(late))
                    habit.append(abs((settled - max(at, guess)).days))
                    naive.append(abs((settled - max(at, due)).days))
        self.assertGreater(len(habit), 500)
        ours, theirs = statistics.mean(habit), statistics.mean(naive)
        sys.stderr.write(
            f"\npredicted payment date, {len(habit)} guesses: mean error {ours:.2f} days,"
            f" {theirs:.2f} by the due date\n"
        )
        self.assertLess(ours, theirs)

    def _load(self, rows):
        """Write invoices and their settlement as the ledger has them, straight to the database."""
        self.partners = {customer: self._make_partner(customer).id for customer, *_rest in rows}
        receipt = self._receipt(1, date(2012, 1, 1))
        credit = receipt.line_ids.filtered(lambda line: line.account_id == self.receivable)
        self.env.flush_all()
        for customer, invoiced, due, settled in rows:
            self.env.cr.execute(
                SQL(
                    """
                    WITH invoice AS (
                        INSERT INTO account_move (journal_id, currency_id, company_id, state, move_type,
                                                  auto_post, date)
                        VALUES (%(journal)s, %(currency)s, %(company)s, 'posted', 'out_invoice', 'no',
                                %(invoiced)s) RETURNING id
                    ), line AS (
                        INSERT INTO account_move_line (move_id, currency_id, company_id, company_currency_id,
                            account_id, partner_id, display_type, parent_state, date, date_maturity, balance,
                            amount_currency, debit, credit, reconciled)
                        SELECT id, %(currency)s, %(company)s, %(currency)s, %(account)s, %(partner)s,
                               'payment_term', 'posted', %(invoiced)s, %(due)s, 1, 1, 1, 0, TRUE
                          FROM invoice RETURNING id
                    )
                    INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, company_id, amount,
                        debit_amount_currency, credit_amount_currency, max_date)
                    SELECT id, %(credit)s, %(company)s, 1, 1, 1, %(settled)s FROM line
                    """,
                    journal=self.sale_journal.id,
                    currency=self.eur.id,
                    company=self.company.id,
                    account=self.receivable.id,
                    partner=self.partners[customer],
                    credit=credit.id,
                    invoiced=invoiced,
                    due=due,
                    settled=settled,
                )
            )
