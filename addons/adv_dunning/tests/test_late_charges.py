from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..tools.interest import Segment, interest_segments, joined, not_yet_charged
from .common import DunningCommon

RATES = [
    (date(2025, 1, 1), date(2025, 6, 30), 13.15),
    (date(2025, 7, 1), date(2025, 12, 31), 12.15),
    (date(2026, 1, 1), date(2026, 6, 30), 12.15),
]


@tagged("post_install", "-at_install")
class TestInterest(BaseCase):
    def test_one_rate(self):
        segments = interest_segments(date(2025, 2, 1), date(2025, 3, 2), 1000, [], RATES)
        self.assertEqual([(part.days, part.unpaid, part.rate) for part in segments], [(30, 1000, 13.15)])
        # 1000 x 13.15 % x 30 / 365 = 10.808...
        self.assertAlmostEqual(segments[0].interest(), 10.80821918, 6)
        self.assertAlmostEqual(segments[0].interest("360"), 10.95833333, 6)

    def test_split_where_the_rate_changes_and_where_a_payment_came(self):
        segments = interest_segments(
            date(2025, 6, 21), date(2025, 7, 20), 1000, [(date(2025, 7, 10), 400)], RATES
        )
        self.assertEqual(
            [(part.start, part.end, part.unpaid, part.rate) for part in segments],
            [
                (date(2025, 6, 21), date(2025, 6, 30), 1000, 13.15),
                (date(2025, 7, 1), date(2025, 7, 10), 1000, 12.15),
                (date(2025, 7, 11), date(2025, 7, 20), 600, 12.15),
            ],
        )

    def test_paid_late_stops_at_the_payment(self):
        segments = interest_segments(
            date(2026, 1, 2), date(2026, 6, 1), 500, [(date(2026, 1, 11), 500)], RATES
        )
        self.assertEqual([(part.days, part.end) for part in segments], [(10, date(2026, 1, 11))])

    def test_days_without_a_rate_bear_nothing(self):
        segments = interest_segments(date(2026, 6, 21), date(2026, 7, 20), 500, [], RATES)
        self.assertEqual([part.days for part in segments], [10])

    def test_actual_days_of_a_leap_year(self):
        rates = [(date(2023, 12, 1), date(2024, 12, 31), 10.0)]
        [part] = interest_segments(date(2023, 12, 22), date(2024, 1, 10), 1000, [], rates)
        # 10 days of 365 and 10 of 366
        self.assertAlmostEqual(part.interest("actual"), 1000 * 0.10 * (10 / 365 + 10 / 366), 9)

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2026, 6, 30)), st.integers(1, 300)), max_size=5),
        st.dates(date(2025, 1, 2), date(2025, 12, 31)),
        st.integers(0, 180),
    )
    def test_equals_a_sum_over_days(self, payments, start, length):
        end = date.fromordinal(min(start.toordinal() + length, date(2026, 6, 30).toordinal()))
        total = 0.0
        for ordinal in range(start.toordinal(), end.toordinal() + 1):
            day = date.fromordinal(ordinal)
            unpaid = max(0, 1000 - sum(amount for paid, amount in payments if paid < day))
            rate = next(rate for first, last, rate in RATES if first <= day <= last)
            total += unpaid * rate / 100 / 365
        segments = interest_segments(start, end, 1000, payments, RATES)
        self.assertAlmostEqual(sum(part.interest() for part in segments), total, 6)

    def test_days_that_two_rates_have_in_common_count_once(self):
        first = (date(2025, 1, 1), date(2025, 6, 30))
        later = (date(2025, 3, 1), date(2025, 9, 30))
        apart = (date(2026, 1, 1), date(2026, 6, 30))
        self.assertEqual(joined([apart, later, first, later]), [(date(2025, 1, 1), date(2025, 9, 30)), apart])
        self.assertEqual(joined([]), [])

    def test_days_charged_before_are_taken_off(self):
        january = Segment(date(2025, 1, 1), date(2025, 1, 31), 1000, 12.0)
        other = Segment(date(2025, 1, 11), date(2025, 1, 31), 300, 12.0)
        self.assertEqual(not_yet_charged([january, other], []), [january, other])
        # the tenth to the twentieth were charged in full, the rest of the month as if 400 had been paid
        charged = [
            (date(2025, 1, 10), date(2025, 1, 20), 1300),
            (date(2025, 1, 21), date(2025, 2, 5), 600),
        ]
        self.assertEqual(
            not_yet_charged([january, other], charged),
            [
                Segment(date(2025, 1, 1), date(2025, 1, 9), 1000, 12.0),
                Segment(date(2025, 1, 21), date(2025, 1, 31), 400, 12.0),
                Segment(date(2025, 1, 21), date(2025, 1, 31), 300, 12.0),
            ],
        )
        self.assertEqual(not_yet_charged([january], [(date(2025, 1, 1), date(2025, 1, 31), 1000)]), [])
        halves = [(date(2025, 1, 1), date(2025, 1, 15), 250), (date(2025, 1, 16), date(2025, 1, 31), 250)]
        self.assertEqual(
            not_yet_charged([january], halves), [Segment(date(2025, 1, 1), date(2025, 1, 31), 750, 12.0)]
        )


@tagged("post_install", "-at_install")
class TestLateCharges(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.charge = cls.env["adv.late.charge"]

    def test_interest_and_compensation(self):
        invoice = self._invoice(1000, date(2025, 6, 20), day=date(2025, 5, 20))
        self._pay(invoice, 400, date(2025, 7, 10))
        charges = self.charge.accrue(invoice, date(2025, 7, 20)).sorted("kind")
        # 10 d x 1000 x 13.15 % + 10 d x 1000 x 12.15 % + 10 d x 600 x 12.15 %, over 365
        # = 3.60274 + 3.32877 + 1.99726 = 8.92877
        self.assertRecordValues(
            charges,
            [
                {
                    "kind": "compensation",
                    "amount": 40.0,
                    "date_from": date(2025, 6, 21),
                    "date_to": date(2025, 6, 21),
                },
                {
                    "kind": "interest",
                    "amount": 8.93,
                    "date_from": date(2025, 6, 21),
                    "date_to": date(2025, 7, 20),
                },
            ],
        )

    def test_again_charges_only_the_new_days(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self.charge.accrue(invoice, date(2025, 7, 11))
        self.assertFalse(self.charge.accrue(invoice, date(2025, 7, 11)))
        more = self.charge.accrue(invoice, date(2025, 7, 21))
        # 10 d x 1000 x 12.15 % / 365 = 3.3288
        self.assertRecordValues(more, [{"kind": "interest", "amount": 3.33, "date_from": date(2025, 7, 12)}])

    def test_paid_late(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self._pay(invoice, 1000, date(2025, 7, 11))
        charges = self.charge.accrue(invoice, date(2025, 12, 1)).sorted("kind")
        self.assertEqual(charges.mapped("amount"), [40.0, 3.33])

    def test_paid_in_time_and_not_due(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self._pay(invoice, 1000, date(2025, 7, 1))
        self.assertFalse(self.charge.accrue(invoice, date(2025, 12, 1)))
        self.assertFalse(self.charge.accrue(self._invoice(10, date(2026, 1, 1)), date(2025, 12, 1)))
        self.assertFalse(self.charge.accrue(invoice.browse(), date(2025, 12, 1)), "of nothing")

    def test_consumers_are_not_charged(self):
        person = self._make_partner("Person", is_company=False)
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1), partner=person)
        self.assertFalse(self.charge.accrue(invoice, date(2025, 12, 1)))

    def test_spain_has_its_rate(self):
        self.company.account_fiscal_country_id = self.env.ref("base.es")
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charge.accrue(invoice, date(2025, 7, 11)).sorted("kind")
        # 10 d x 1000 x 10.15 % / 365 = 2.78
        self.assertEqual(charges.mapped("amount"), [40.0, 2.78])

    def test_compensation_only_where_the_law_grants_it_or_it_was_agreed(self):
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        self.partner.with_company(self.company).adv_contract_rate = 12.0
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charge.accrue(invoice, date(2025, 7, 11))
        # 10 d x 1000 x 12 % / 365 = 3.29
        self.assertRecordValues(charges, [{"kind": "interest", "amount": 3.29}])
        self.company._adv_dunning_policy().compensation_scope = "agreed"
        charges = self.charge.accrue(invoice, date(2025, 7, 21)).sorted("kind")
        self.assertEqual(charges.mapped("kind"), ["compensation", "interest"])

    def test_charges_follow_the_customer_s_own_policy(self):
        own = self.company._adv_dunning_policy().copy({"compensation_amount": 0, "day_count": "360"})
        self.partner.with_company(self.company).adv_dunning_policy_id = own
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charge.accrue(invoice, date(2025, 7, 11))
        # 10 d x 1000 x 12.15 % / 360 = 3.375, not 3.33
        self.assertRecordValues(charges, [{"kind": "interest", "amount": 3.38}])

    def test_compensation_once_even_in_the_database(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charge.accrue(invoice, date(2025, 7, 11))
        charges.action_waive("Goodwill")
        self.assertEqual(set(charges.mapped("state")), {"waived"})
        self.assertEqual(self.charge.accrue(invoice, date(2025, 7, 21)).mapped("kind"), ["interest"])
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.charge._adv_create(
                [
                    {
                        "move_id": invoice.id,
                        "kind": "compensation",
                        "date_from": date(2025, 7, 2),
                        "date_to": date(2025, 7, 2),
                        "amount": 40,
                    }
                ]
            )

    # --- more cases, each by hand

    def _interest(self, invoice, day):
        charges = self.charge.accrue(invoice, day)
        return charges.filtered(lambda charge: charge.kind == "interest").amount

    def test_leap_year_by_actual_days(self):
        self.policy.day_count = "actual"
        self.env["adv.interest.rate"].create(
            {
                "country_id": self.env.ref("base.fr").id,
                "kind": "late",
                "date_from": date(2023, 12, 1),
                "date_to": date(2024, 6, 30),
                "rate": 14.0,
            }
        )
        invoice = self._invoice(10000, date(2023, 12, 21), day=date(2023, 11, 21))
        # 10 d of 2023: 10000 x 14 % x 10 / 365 = 38.3562; 10 d of 2024: x 10 / 366 = 38.2514; 76.6075
        self.assertEqual(self._interest(invoice, date(2024, 1, 10)), 76.61)

    def test_day_count_360(self):
        self.policy.day_count = "360"
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        # 30 d x 1000 x 12.15 % / 360 = 10.125
        self.assertEqual(self._interest(invoice, date(2025, 7, 31)), 10.13)

    def test_contract_rate(self):
        self.partner.with_company(self.company).adv_contract_rate = 20
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        # 20 d x 1000 x 20 % / 365 = 10.9589
        self.assertEqual(self._interest(invoice, date(2025, 7, 21)), 10.96)

    def test_contract_rate_is_at_least_three_times_the_legal_rate_in_france(self):
        self.partner.with_company(self.company).adv_contract_rate = 10
        invoice = self._invoice(1000, date(2025, 6, 20), day=date(2025, 5, 20))
        # 10 d at 3 x 3.71 = 11.13 % = 3.0493; then 3 x 2.76 = 8.28 % is lower than 10 %: 10 d = 2.7397; 5.789
        self.assertEqual(self._interest(invoice, date(2025, 7, 10)), 5.79)

    def test_default_rate_of_late_2024_stays_under_three_times_the_legal_rate(self):
        invoice = self._invoice(1000, date(2024, 9, 30), day=date(2024, 8, 30))
        # 31 d x 1000 x 14.25 % / 365 = 12.1027 (3 x 4.92 = 14.76 % would make 12.536)
        self.assertEqual(self._interest(invoice, date(2024, 10, 31)), 12.10)

    def test_contract_rate_has_no_floor_in_spain(self):
        self.company.account_fiscal_country_id = self.env.ref("base.es")
        self.partner.with_company(self.company).adv_contract_rate = 6
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        # 10 d x 1000 x 6 % / 365 = 1.6438
        self.assertEqual(self._interest(invoice, date(2025, 7, 11)), 1.64)

    def test_two_partial_payments_and_one_before_due(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self._pay(invoice, 200, date(2025, 6, 15))
        self._pay(invoice, 300, date(2025, 7, 11))
        self._pay(invoice, 500, date(2025, 7, 21))
        # 10 d x 800 + 10 d x 500, at 12.15 % / 365 = 2.6630 + 1.6644 = 4.3274
        self.assertEqual(self._interest(invoice, date(2025, 9, 30)), 4.33)

    def test_what_its_own_credit_note_took_off_was_never_owed(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        note = invoice._reverse_moves([{"date": date(2025, 7, 15), "invoice_date": date(2025, 7, 15)}])
        note.invoice_line_ids.price_unit = 400
        note.action_post()
        self._reconcile(note, invoice)
        # 20 d x 600 x 12.15 % / 365 = 3.9945: the 400 bear nothing, not even for the days before the note
        self.assertEqual(self._interest(invoice, date(2025, 7, 21)), 3.99)

    def test_another_credit_counts_from_its_day(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        bonus = self._invoice(400, date(2025, 7, 11), day=date(2025, 7, 11), kind="out_refund")
        self._reconcile(bonus, invoice)
        # 10 d x 1000 + 10 d x 600, at 12.15 % / 365 = 3.3288 + 1.9973
        self.assertEqual(self._interest(invoice, date(2025, 7, 21)), 5.33)

    def test_instalments_are_late_one_by_one(self):
        invoice = self._invoice(
            1000,
            None,
            day=date(2025, 6, 1),
            instalments=[(date(2025, 7, 1), 500), (date(2025, 7, 11), 500)],
        )
        # 20 d x 500 + 10 d x 500, at 12.15 % / 365 = 3.3288 + 1.6644 = 4.9932; 40 EUR once
        charges = self.charge.accrue(invoice, date(2025, 7, 21)).sorted("kind")
        self.assertEqual(charges.mapped("amount"), [40.0, 4.99])

    def test_none_in_insolvency(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self.partner.adv_insolvency_date = date(2025, 7, 12)
        # up to the day before: 10 d x 1000 x 12.15 % / 365
        self.assertEqual(self._interest(invoice, date(2025, 9, 30)), 3.33)
        later = self._invoice(1000, date(2025, 8, 1), day=date(2025, 7, 15))
        self.assertFalse(self.charge.accrue(later, date(2025, 9, 30)))

    def test_other_currency(self):
        self.env["res.currency.rate"].create(
            {
                "name": date(2025, 1, 1),
                "currency_id": self.usd.id,
                "rate": 1.25,
                "company_id": self.company.id,
            }
        )
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1), currency=self.usd)
        charges = self.charge.accrue(invoice, date(2025, 7, 11)).sorted("kind")
        # interest in the invoice's dollars; 40 EUR are 50 USD
        self.assertEqual(charges.mapped("amount"), [50.0, 3.33])
        self.assertEqual(charges.currency_id, self.usd)

    def test_three_decimals(self):
        """A dinar has a thousand fils: what was unpaid is told to the last one."""
        dinar = self.env.ref("base.KWD")
        dinar.active = True
        invoice = self._invoice(1000.555, date(2025, 1, 10), day=date(2025, 1, 1), currency=dinar)
        [interest] = self.charge.accrue(invoice, date(2025, 2, 28)).filtered(
            lambda charge: charge.kind == "interest"
        )
        # 49 d x 1000.555 x 13.15 % / 365 = 17.6635
        self.assertEqual(interest.amount, 17.663)
        self.assertEqual(interest.detail, [["2025-01-11", "2025-02-28", 49, 1000.555, 13.15]])

    def test_an_unknown_half_year_is_charged_once_it_is_known(self):
        invoice = self._invoice(1000, date(2026, 6, 20), day=date(2026, 5, 20))
        # known until 30 June: 10 d x 1000 x 12.15 % / 365
        self.assertEqual(self._interest(invoice, date(2026, 7, 10)), 3.33)
        self.env["adv.interest.rate"].create(
            {
                "country_id": self.env.ref("base.fr").id,
                "kind": "late",
                "date_from": date(2026, 7, 1),
                "date_to": date(2026, 12, 31),
                "rate": 12.0,
            }
        )
        # 10 d x 1000 x 12 % / 365 = 3.2877
        self.assertEqual(self._interest(invoice, date(2026, 7, 10)), 3.29)

    def _without_rate(self, start):
        """Take the rate of a half-year away, and return its values."""
        rate = self.env["adv.interest.rate"].search(
            [("country_id.code", "=", "FR"), ("kind", "=", "late"), ("date_from", "=", start)]
        )
        [vals] = rate.copy_data()
        rate.unlink()
        return vals

    def test_a_half_year_entered_after_a_later_one_was_charged(self):
        missing = self._without_rate(date(2025, 7, 1))
        invoice = self._invoice(1000, date(2025, 6, 20), day=date(2025, 5, 20))
        # 10 d of June at 13.15 % = 3.6027; 31 d of January at 12.15 % = 10.3192; nothing in between
        self.assertEqual(self._interest(invoice, date(2026, 1, 31)), 13.92)
        self.env["adv.interest.rate"].create(missing)
        charges = self.charge.accrue(invoice, date(2026, 2, 10))
        # 184 d at 12.15 % = 61.2493 and 10 d of February at 12.15 % = 3.3288, each day once
        self.assertRecordValues(
            charges, [{"amount": 64.58, "date_from": date(2025, 7, 1), "date_to": date(2026, 2, 10)}]
        )
        self.assertEqual(
            charges.detail,
            [["2025-07-01", "2025-12-31", 184, 1000, 12.15], ["2026-02-01", "2026-02-10", 10, 1000, 12.15]],
        )
        self.assertFalse(self.charge.accrue(invoice, date(2026, 2, 10)))

    def test_a_payment_taken_back_leaves_its_days_to_charge(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        self._pay(invoice, 400, date(2025, 6, 30))
        # 10 d x 600 x 12.15 % / 365 = 1.9973
        self.assertEqual(self._interest(invoice, date(2025, 7, 11)), 2.00)
        invoice.line_ids.remove_move_reconcile()
        # 10 d x 400 (from the same first day) = 1.3315, 10 d x 1000 = 3.3288: 4.6603
        self.assertEqual(self._interest(invoice, date(2025, 7, 21)), 4.66)
        self.assertFalse(self.charge.accrue(invoice, date(2025, 7, 21)))

    def _reconcile(self, credit, invoice):
        lines = (credit | invoice).line_ids
        lines.filtered(lambda line: line.account_id == self.receivable).reconcile()


@tagged("post_install", "-at_install")
class TestBilling(DunningCommon):
    """From a proposal to a draft invoice, or to nothing; always by a person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.manager = cls._make_user("dun_manager", "adv_dunning.group_collection_manager")
        cls.other_income = cls.env["account.account"].create(
            {"name": "Late interest", "code": "763100", "account_type": "income_other"}
        )
        cls.invoice = cls._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        cls.charges = cls.env["adv.late.charge"].accrue(cls.invoice, date(2025, 7, 11))

    def _bill(self):
        self.charges.with_user(self.manager).action_bill()
        return self.charges.bill_id

    def test_billed_in_a_journal_of_its_own_out_of_vat_scope(self):
        vat = {"name": "VAT 20", "company_id": self.company.id, "country_id": self.env.ref("base.fr").id}
        group = self.env["account.tax.group"].create(vat)
        self.company.account_sale_tax_id = self.env["account.tax"].create(
            {**vat, "amount": 20, "tax_group_id": group.id}
        )
        bill = self._bill()
        self.assertRecordValues(
            bill,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": self.partner.id,
                    "amount_total": 43.33,
                    "amount_tax": 0.0,
                }
            ],
        )
        self.assertTrue(bill.journal_id.adv_late_charges)
        self.assertNotEqual(bill.journal_id, self.sale_journal)
        self.assertEqual(bill.invoice_line_ids.account_id, self.other_income)
        self.assertEqual(set(self.charges.mapped("state")), {"billed"})
        self.assertIn(self.invoice.name, bill.invoice_line_ids[0].name)

    def test_a_bill_tells_its_interest_as_its_customer_reads_figures(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner.lang = "fr_FR"
        [line] = self._bill().invoice_line_ids.filtered(lambda line: line.price_unit == 3.33)
        for text in ("02/07/2025", "11/07/2025", "000,00", "12,15 %"):
            self.assertIn(text, line.name)

    def test_outside_revenue_figures(self):
        bill = self._bill()
        bill.action_post()
        self.env.flush_all()
        report = self.env["account.invoice.report"]
        self.assertFalse(report.search([("move_id", "=", bill.id)]))
        self.assertTrue(report.search([("move_id", "=", self.invoice.id)]))

    def test_no_interest_on_interest(self):
        bill = self._bill()
        bill.invoice_date_due = date(2025, 7, 15)
        bill.action_post()
        self.assertFalse(self.env["adv.late.charge"].accrue(bill, date(2025, 12, 31)))

    def test_billed_once(self):
        bill = self._bill()
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self.charges.with_user(self.manager).action_bill()
        self.assertEqual(self.charges.bill_id, bill)

    def test_a_deleted_draft_gives_its_charges_back(self):
        self._bill().unlink()
        self.assertEqual(set(self.charges.mapped("state")), {"proposed"})
        bill = self._bill()
        bill.button_cancel()
        self.assertEqual(set(self.charges.mapped("state")), {"proposed"})
        self.assertFalse(self.charges.bill_id)

    def test_a_payment_booked_late_is_taken_into_account(self):
        self._pay(self.invoice, 1000, date(2025, 7, 6))
        bill = self._bill()
        # 5 d x 1000 x 12.15 % / 365 = 1.6644, and 40
        self.assertEqual(bill.amount_total, 41.66)

    def test_days_between_are_billed_once(self):
        """A rate entered while a proposal waits: whichever proposal has the days, they are billed once."""
        rate = self.env["adv.interest.rate"].search(
            [("country_id.code", "=", "FR"), ("kind", "=", "late"), ("date_from", "=", date(2025, 7, 1))]
        )
        [vals] = rate.copy_data()
        rate.unlink()
        invoice = self._invoice(1000, date(2025, 6, 20), day=date(2025, 5, 20))
        accrue = self.env["adv.late.charge"].accrue
        first = accrue(invoice, date(2026, 1, 31)).filtered(lambda charge: charge.kind == "interest")
        rate.create(vals)
        second = accrue(invoice, date(2026, 1, 31))
        self.assertEqual((first | second).mapped("amount"), [13.92, 61.25])
        (first | second).with_user(self.manager).action_bill()
        # 10 d x 13.15 % + 215 d x 12.15 %, of 1000 over 365 = 3.6027 + 71.5685 = 75.1712
        self.assertEqual(first.bill_id.amount_total, 75.17)

    def test_interest_billed_with_another_rate_is_told(self):
        rates = self.env["adv.interest.rate"].with_user(self.manager)
        rate = rates.search(
            [("country_id.code", "=", "FR"), ("kind", "=", "late"), ("date_from", "=", date(2025, 7, 1))]
        )
        self.company.currency_id = self.eur
        rate.rate = 13
        bill = self._bill()
        # 10 d x 1000 x 13 % / 365 = 3.5616, and 40
        self.assertEqual(bill.amount_total, 43.56)
        self.assertFalse(bill.activity_ids, "what was only proposed was worked out again")
        rate.rate = 12.15
        # 10 d x 1000 x (12.15 - 13) % / 365 = - 0.2329
        self.assertEqual(bill.activity_ids.user_id, self.manager)
        self.assertIn("-0.23", bill.activity_ids.note)
        self.assertIn(self.invoice.name, bill.activity_ids.note)
        self.assertFalse(rate.activity_ids, "a rate is read by all companies")
        rate.rate = 15
        # 10 d x 1000 x (15 - 13) % / 365 = 0.5479
        self.assertIn("0.55", bill.activity_ids.note)
        foreign = self._make_company("Foreign")
        stranger = self._make_user("dun_foreign", "adv_dunning.group_collection_manager")
        stranger.write({"company_ids": [Command.set(foreign.ids)], "company_id": foreign.id})
        rate.with_user(stranger).with_context(allowed_company_ids=foreign.ids).rate = 15.5
        # 10 d x 1000 x (15.5 - 13) % / 365 = 0.6849
        self.assertIn("0.68", bill.activity_ids.note)
        self.partner.with_company(self.company).adv_contract_rate = 20
        rate.rate = 16
        self.assertFalse(bill.activity_ids, "of no concern to who agreed a rate")
        self.partner.with_company(self.company).adv_contract_rate = 0
        rate.rate = 13
        self.assertFalse(bill.activity_ids)

    def _rate(self, code, kind="late"):
        """Return the rate of a country from July 2025 on, as its manager has it."""
        rates = self.env["adv.interest.rate"].with_user(self.manager)
        domain = [("country_id.code", "=", code)] if code else [("country_id", "=", False)]
        return rates.search([*domain, ("kind", "=", kind), ("date_from", "=", date(2025, 7, 1))])

    def test_a_rate_of_another_country_is_of_no_concern(self):
        bill = self._bill()
        self._rate("FR").rate = 13
        # 10 d x 1000 x (13 - 12.15) % / 365 = 0.2329
        self.assertIn("0.23", bill.activity_ids.note)
        bill.activity_ids.action_feedback()  # the difference is billed
        [vals] = self._rate("FR").copy_data()
        self._rate("ES").rate = 14
        self._rate(False).rate = 14
        self._rate("FR").create({**vals, "country_id": self.env.ref("base.de").id, "rate": 14})
        self._rate(False, "reference").rate = 4
        self._rate("ES").unlink()
        self.assertFalse(bill.activity_ids)

    def test_the_rate_of_europe_concerns_countries_without_their_own(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        bill = self._bill()
        # 10 d x 1000 x 10.15 % / 365 = 2.7808, and 40
        self.assertEqual(bill.amount_total, 42.78)
        self._rate(False).rate = 12
        # 10 d x 1000 x (12 - 10.15) % / 365 = 0.5068
        self.assertIn("0.51", bill.activity_ids.note)
        told = bill.activity_ids
        self._rate("FR").rate = 16
        self.assertEqual(bill.activity_ids, told)
        [vals] = self._rate(False).copy_data()
        own = self._rate("FR").create({**vals, "country_id": self.env.ref("base.de").id, "rate": 11})
        # 10 d x 1000 x (11 - 10.15) % / 365 = 0.2329, instead of what was told of the rate of Europe
        self.assertEqual(len(bill.activity_ids), 1)
        self.assertIn("0.23", bill.activity_ids.note)
        told = bill.activity_ids
        self._rate(False).rate = 13
        self.assertEqual(bill.activity_ids, told, "Germany has its own")
        own.unlink()
        # that of Europe holds again: 10 d x 1000 x (13 - 10.15) % / 365 = 0.7808
        self.assertIn("0.78", bill.activity_ids.note)
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        self._rate(False).rate = 10
        self.assertIn("0.78", bill.activity_ids.note, "no law of the United States")

    def test_a_deleted_rate_asks_for_corrections(self):
        bill = self._bill()
        [vals] = self._rate("FR").copy_data()
        self._rate("FR").unlink()
        # nothing holds: 10 d x 1000 x 12.15 % / 365 = 3.3288 too much
        self.assertIn("-3.33", bill.activity_ids.note)
        self.assertIn("FR late 2025-07-01", bill.activity_ids.summary)
        self._rate("ES").create({**vals, "rate": 13})
        # 10 d x 1000 x (13 - 12.15) % / 365 = 0.2329
        self.assertEqual(len(bill.activity_ids), 1)
        self.assertIn("0.23", bill.activity_ids.note)
        self._rate("FR").rate = 12.15
        self.assertFalse(bill.activity_ids)
        self._rate("FR").date_from = date(2025, 7, 7)
        # the 2nd to the 6th: 5 d x 1000 x 12.15 % / 365 = 1.6644
        self.assertIn("-1.66", bill.activity_ids.note)

    def test_days_that_an_agreed_rate_covered_are_not_those_of_the_law(self):
        self.partner.with_company(self.company).adv_contract_rate = 9
        bill = self._bill()
        # more than 3 x 2.76 %: 10 d x 1000 x 9 % / 365 = 2.4658, and 40
        self.assertEqual(bill.amount_total, 42.47)
        self._rate("FR", "legal").rate = 4
        # at least 3 x 4 %: 10 d x 1000 x (12 - 9) % / 365 = 0.8219
        self.assertIn("0.82", bill.activity_ids.note)
        bill.activity_ids.action_feedback()
        self.partner.with_company(self.company).adv_contract_rate = 0
        invoice = self._invoice(500, date(2025, 7, 21), day=date(2025, 6, 1))
        later = self.env["adv.late.charge"].accrue(invoice, date(2025, 7, 31))
        later.with_user(self.manager).action_bill()
        # 10 d x 500 x 12.15 % / 365 = 1.6644, and 40
        self.assertEqual(later.bill_id.amount_total, 41.66)
        self._rate("FR").rate = 14
        # 10 d x 500 x (14 - 12.15) % / 365 = 0.2534
        self.assertFalse(bill.activity_ids)
        self.assertIn("0.25", later.bill_id.activity_ids.note)
        self.assertNotIn(self.invoice.name, later.bill_id.activity_ids.note)
        self._rate("FR", "legal").rate = 5
        self.assertFalse(bill.activity_ids, "nothing is agreed any more")

    def test_one_bill_for_each_customer_and_currency(self):
        other = self._invoice(500, date(2025, 7, 1), day=date(2025, 6, 1), partner=self._make_partner("Beta"))
        same = self._invoice(800, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charges | self.env["adv.late.charge"].accrue(other | same, date(2025, 7, 11))
        charges.with_user(self.manager).action_bill()
        self.assertEqual(len(charges.bill_id), 2)
        mine = charges.bill_id.filtered(lambda bill: bill.partner_id == self.partner)
        # 40 EUR for each of the two invoices, even when claimed together (CJEU C-585/20)
        self.assertEqual(len(mine.invoice_line_ids.filtered(lambda line: line.price_unit == 40)), 2)

    def test_waived_with_a_reason_only(self):
        charges = self.charges.with_user(self.manager)
        for reason in ("", "   "):
            with self.assertRaisesRegex(UserError, "Say why"):
                charges.action_waive(reason)
        wizard = (
            self.env["adv.late.charge.waive"]
            .with_user(self.manager)
            .create({"charge_ids": [Command.set(charges.ids)], "reason": "First delay in three years"})
        )
        wizard.action_waive()
        self.assertRecordValues(
            charges, [{"state": "waived", "waive_reason": "First delay in three years"}] * 2
        )
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            charges.action_bill()

    def test_only_managers_bill(self):
        collector = self._make_user("dun_collector", "adv_dunning.group_collector")
        accountant = self._make_user("dun_accountant", "account.group_account_user")
        for user in (collector, accountant):
            with self.assertRaises(AccessError):
                self.charges.with_user(user).action_bill()
            with self.assertRaises(AccessError):
                self.charges.with_user(user).action_waive("Because")


@tagged("post_install", "-at_install")
class TestMissingRate(DunningCommon):
    def test_asked_once_in_a_half_year(self):
        self.company.account_fiscal_country_id = self.env.ref("base.fr")
        rates = self.env["adv.interest.rate"]
        self.assertFalse(rates._ask_missing(self.company, date(2026, 3, 1)), "known")
        activity = rates._ask_missing(self.company, date(2026, 7, 2))
        self.assertIn("07/01/2026", activity.summary)
        self.assertTrue(activity.user_id.has_group("adv_dunning.group_collection_manager"))
        activity.action_feedback()
        self.assertFalse(rates._ask_missing(self.company, date(2026, 7, 3)), "once")
        self.assertTrue(rates._ask_missing(self.company, date(2027, 1, 1)), "the next half-year")

    def test_not_asked_where_nothing_is_charged(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        rates = self.env["adv.interest.rate"]
        self.assertFalse(rates._ask_missing(self.company, date(2026, 7, 2)))
        invoice = self._invoice(1000, date(2026, 2, 1))
        self.assertTrue(self.env["adv.late.charge"].accrue(invoice, date(2026, 3, 1)))
        self.assertTrue(rates._ask_missing(self.company, date(2026, 7, 2)))

    def test_the_law_of_europe_holds_in_europe(self):
        rates = self.env["adv.interest.rate"]
        for code, is_known in (("de", True), ("no", True), ("us", False), ("uk", False), ("ch", False)):
            self.company.account_fiscal_country_id = self.env.ref(f"base.{code}")
            self.assertEqual(rates._is_known(self.company, date(2026, 3, 1)), is_known, code)
        invoice = self._invoice(1000, date(2026, 1, 1))
        charges = self.env["adv.late.charge"].accrue(invoice, date(2026, 3, 1))
        self.assertNotIn("interest", charges.mapped("kind"), "no rate is known in Switzerland")
        rates.create(
            {
                "country_id": self.env.ref("base.ch").id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "rate": 5,
            }
        )
        charges = self.env["adv.late.charge"].accrue(invoice, date(2026, 3, 1))
        interest = charges.filtered(lambda charge: charge.kind == "interest")
        self.assertEqual(sum(interest.mapped("amount")), 8.08)  # 1,000 x 5 % x 59 days / 365


@tagged("post_install", "-at_install")
class TestMentions(DunningCommon):
    """What French and Spanish law wants on an invoice is on its native document."""

    def _page(self, invoice):
        report = self.env["ir.actions.report"]
        page, _kind = report._render_qweb_html("account.account_invoices", invoice.ids)
        return " ".join(page.decode().split())

    def test_france(self):
        self.company.account_fiscal_country_id = self.env.ref("base.fr")
        page = self._page(self._invoice(1000, date(2026, 2, 1)))
        self.assertIn("L441-10", page)
        self.assertIn("D441-5", page)
        self.assertIn("40 EUR", page)
        self.assertIn("No discount is granted for early payment", page)

    def test_france_with_an_agreed_rate(self):
        self.company.account_fiscal_country_id = self.env.ref("base.fr")
        self.partner.with_company(self.company).adv_contract_rate = 12.5
        page = self._page(self._invoice(1000, date(2026, 2, 1)))
        self.assertIn("12.5 % a year", page)
        self.assertNotIn("L441-10", page)

    def test_spain(self):
        self.company.account_fiscal_country_id = self.env.ref("base.es")
        page = self._page(self._invoice(1000, date(2026, 2, 1)))
        self.assertIn("article 7 of Ley 3/2004", page)
        self.assertIn("article 8 of Ley 3/2004", page)

    def test_nothing_elsewhere_nor_to_consumers_nor_on_credit_notes(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertNotIn("adv_late_payment_terms", self._page(self._invoice(1000, date(2026, 2, 1))))
        self.company.account_fiscal_country_id = self.env.ref("base.fr")
        person = self._make_partner("Person", is_company=False)
        self.assertNotIn("D441-5", self._page(self._invoice(10, date(2026, 2, 1), partner=person)))
        self.assertNotIn("D441-5", self._page(self._invoice(10, date(2026, 2, 1), kind="out_refund")))
