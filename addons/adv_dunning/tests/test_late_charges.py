from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tests.common import BaseCase
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..tools.interest import interest_segments
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

    def test_compensation_once_even_in_the_database(self):
        invoice = self._invoice(1000, date(2025, 7, 1), day=date(2025, 6, 1))
        charges = self.charge.accrue(invoice, date(2025, 7, 11))
        charges.action_waive()
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
