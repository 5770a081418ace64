from datetime import date, timedelta
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged

from odoo.addons.adv_kpi.engine.basics import AGES
from odoo.addons.adv_kpi.engine.formulas import Sum

from .common import FEBRUARY, KpiCommon

FIRST = date(2025, 11, 20)
CODES = ("receivable_balance", "overdue_balance", "overdue_60_balance", "overdue_rate")
SPAN = ("2025-12-01", "2026-03-20")
days = st.integers(0, 125).map(lambda number: FIRST + timedelta(days=number))


def generated(*strategies):
    """Decorate a check inside a test: few cases, the same in every run."""
    return lambda check: settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )(given(*strategies)(check))


@tagged("post_install", "-at_install")
class TestPastBalances(KpiCommon):
    """What was open on past days, worked out backwards from what is open now.

    Late: 100, due 31 January, 60 paid on 10 February. Long: 200 of 5 February, due 20 March, settled by a
    payment of 10 March. On account: 50 of 15 February, matched with nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create(
            {"name": "Other", "is_company": True, "country_id": cls.env.ref("base.fr").id}
        )
        cls.late = cls._bill(100, "2026-01-10", "2026-01-31")
        cls.long = cls._bill(200, "2026-02-05", "2026-03-20", partner=cls.other)
        cls._pay(cls.late, 60, "2026-02-10")
        cls._pay(cls.long, 200, "2026-03-10")
        cls.on_account = cls._receive(50, "2026-02-15")

    @classmethod
    def _receive(cls, amount, day, **vals):
        """Take in a payment that is matched with nothing."""
        payment = cls.env["account.payment"].create(
            {
                "partner_id": cls.customer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": amount,
                "date": day,
                "journal_id": cls.company_data["default_journal_bank"].id,
                **vals,
            }
        )
        payment.action_post()
        return payment

    # === CHECKS === #

    def _open(self, *documents):
        lines = [document.move_id if "move_id" in document else document for document in documents]
        items = self.env["account.move.line"].browse(line for move in lines for line in move.line_ids.ids)
        return items.filtered(lambda item: item.account_type == "asset_receivable")

    def _months(self, code, **filters):
        series = self.kpi.get_series([code], *SPAN, filters=filters)[code]
        return [round(point["value"], 2) for point in series]

    def _forwards(self):
        """Have all entries read from the first one on."""
        return patch.object(type(self.env["adv.receivable.entry"]), "_adv_carried", lambda model: None)

    def assertBothWays(self, start, end, filters=None):
        """Check that balances are the same forwards and backwards, with the days late and by customer."""

        def figures():
            kpis, scope, period = self.kpi._prepare(list(CODES), start, end, filters)
            loaded = kpis._load(scope, kpis, [period, *kpis._get_months(period)])
            ages = kpis._load(scope, kpis.browse(), [period])
            for age in AGES.values():
                ages.want(Sum(age), [period])
            ages.load()
            return (
                {kpi.code: kpi._get_series(loaded, [period, *kpis._get_months(period)]) for kpi in kpis},
                [round(ages.get(age, period), 2) for age in AGES.values()],
                self.kpi.get_breakdown(list(CODES), start, end, "partner", filters=filters),
            )

        backwards = figures()
        with self._forwards():
            self.assertEqual(backwards, figures(), (start, end, filters))

    # === TESTS === #

    def test_by_hand(self):
        # end of December, January, February; 20 March
        self.assertEqual(self._months("receivable_balance"), [0, 100, 190, -10])
        self.assertEqual(self._months("overdue_balance"), [0, 0, -10, -10])
        self.assertEqual(self._months("receivable_balance", partner_ids=self.other.ids), [0, 0, 200, 0])
        self.assertFigures({"overdue_balance": 40}, ("2026-02-01", "2026-02-12"))

    def test_any_day_and_filter(self):
        filters = st.sampled_from(
            [
                None,
                {"partner_ids": self.customer.ids},
                {"partner_ids": (self.customer + self.other).ids},
                {"country_ids": self.env.ref("base.fr").ids},
            ]
        )

        @generated(days, st.integers(0, 90), filters)
        def check(start, length, chosen):
            self.assertBothWays(start, start + timedelta(days=length), chosen)

        check()

    def test_matched_since(self):
        """A matching counts from the later of its two days, whenever it was made."""
        self._open(self.late, self.on_account).reconcile()
        # the 40 still open were settled on 15 February; 10 are left on account
        self.assertEqual(self._months("receivable_balance"), [0, 100, 190, -10])
        self.assertFigures({"overdue_balance": -10}, ("2026-02-01", "2026-02-20"), filters=self._customer())
        self.assertFigures({"overdue_balance": 40}, ("2026-02-01", "2026-02-14"), filters=self._customer())
        self.assertBothWays(*FEBRUARY)

    def _customer(self):
        return {"partner_ids": self.customer.ids}

    def test_unmatched_since(self):
        self._open(self.long).remove_move_reconcile()
        # the payment stays, on account
        self.assertEqual(self._months("receivable_balance", partner_ids=self.other.ids), [0, 0, 200, 0])
        self.assertEqual(self._months("overdue_balance", partner_ids=self.other.ids), [0, 0, 0, -200])
        self.assertBothWays(*FEBRUARY)

    def test_paid_ahead_of_the_days_asked(self):
        """What is dated after today is open today."""
        self._pay(self.late, 40, "2026-04-02")
        self.assertEqual(self._months("receivable_balance"), [0, 100, 190, -10])
        self.assertBothWays(*SPAN)

    def test_old_documents_edited(self):
        self._open(self.late).remove_move_reconcile()
        self.late.button_draft()
        self.assertEqual(self._months("receivable_balance"), [0, 0, 90, -110])
        self.late.write({"invoice_date": "2026-02-02", "invoice_date_due": "2026-02-12"})
        self.late.invoice_line_ids.price_unit = 70
        self.late.action_post()
        self.assertEqual(self._months("receivable_balance"), [0, 0, 160, -40])
        self.assertFigures({"overdue_balance": 70 - 60}, ("2026-02-01", "2026-02-14"))
        self.assertBothWays(*FEBRUARY)
        self.late.button_draft()
        self.late.button_cancel()
        self.on_account.action_draft()
        self.on_account.unlink()
        self.assertEqual(self._months("receivable_balance"), [0, 0, 140, -60])
        self.assertBothWays(*FEBRUARY)

    def test_matched_and_reset_to_draft(self):
        """Odoo keeps the matchings of a draft, the ledger does not: the balance is the ledger's."""
        self.late.button_draft()
        self.assertEqual(self._months("receivable_balance"), [0, 0, 90, -110])
        self.assertEqual(self._months("overdue_balance", **self._customer()), [0, 0, -110, -110])
        self.assertBothWays(*SPAN)
        self.test_what_is_open_now_is_the_sum_of_its_entries()
        self.late.action_post()
        self.assertEqual(self._months("receivable_balance"), [0, 100, 190, -10])
        payment = self.env["account.payment"].search([("amount", "=", 60)])
        payment.action_draft()
        self.assertEqual(self._months("receivable_balance"), [0, 100, 250, 50])
        self.assertBothWays(*SPAN)

    def test_credited(self):
        note = self._bill(30, "2026-02-25", "2026-02-25", kind="out_refund")
        self._open(self.late, note).reconcile()
        self.assertEqual(self._months("receivable_balance"), [0, 100, 160, -40])
        self.assertFigures({"overdue_balance": 10 - 50}, filters=self._customer())
        self.assertBothWays(*FEBRUARY)

    def test_exchange_difference(self):
        """Billed at 2 to 1, paid at 4 to 1: the difference comes off the balance when the payment does."""
        money = self.setup_other_currency("CHF", rates=[("2026-01-01", 2.0), ("2026-03-01", 4.0)])
        bill = self._bill(80, "2026-01-12", "2026-02-12", partner=self.other, currency_id=money.id)
        self.assertEqual(self._months("receivable_balance", partner_ids=self.other.ids), [0, 40, 240, 40])
        payment = self._receive(80, "2026-03-05", partner_id=self.other.id, currency_id=money.id)
        self.assertEqual(self._months("receivable_balance", partner_ids=self.other.ids), [0, 40, 240, 20])
        self._open(bill, payment).reconcile()
        self.assertEqual(bill.payment_state, self.env["account.move"]._get_invoice_in_payment_state())
        self.assertEqual(self._months("receivable_balance", partner_ids=self.other.ids), [0, 40, 240, 0])
        self.assertBothWays(*FEBRUARY)
        self._open(bill).remove_move_reconcile()
        self.assertBothWays(*FEBRUARY)

    def test_what_is_open_now_is_the_sum_of_its_entries(self):
        """The identity that lets balances be worked out backwards, item by item."""
        entries = self.env["adv.receivable.entry"]
        listed = dict(entries._read_group([], ["line_id"], ["amount:sum"]))
        open_now = dict(entries._adv_open_now()._read_group([], ["line_id"], ["amount:sum"]))
        self.assertEqual(
            {item.id: amount for item, amount in listed.items() if round(amount, 2)},
            {item.id: amount for item, amount in open_now.items()},
        )

    def test_accounts_are_not_chosen_from_outside(self):
        """A context that comes with a request opens no other accounts."""
        entries = self.env["adv.receivable.entry"]
        income = self.company_data["default_account_revenue"].id
        asked = entries.with_context(adv_kpi_accounts={self.company.id: (income,)})
        self.assertEqual(asked.search([]).account_id, entries.search([]).account_id)

    def test_latest_entries_first(self):
        """A page is found in the last days, and is that of all entries."""
        entries = self.env["adv.receivable.entry"]
        everything = entries.search([("date", "<", "2026-03-01")]).ids
        self.assertGreater(len(everything), 4)
        for limit in range(1, len(everything) + 2):
            for offset in (0, 1):
                found = entries.search([("date", "<", "2026-03-01")], limit=limit, offset=offset).ids
                self.assertEqual(found, everything[offset : offset + limit])
        oldest = entries.search([("date", "<", "2026-03-01")], limit=1, order="date, id").ids
        self.assertEqual(oldest, everything[-1:])
