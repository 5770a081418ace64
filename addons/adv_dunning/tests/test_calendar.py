from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.working_days import WorkingCalendar, easter, public_holidays
from .common import TODAY, DunningCommon

# Easter Sundays as printed in church calendars
EASTERS = {
    1954: (4, 18),
    1961: (4, 2),
    1981: (4, 19),
    2000: (4, 23),
    2008: (3, 23),
    2011: (4, 24),
    2019: (4, 21),
    2020: (4, 12),
    2023: (4, 9),
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2038: (4, 25),
}
# Published by service-public.fr
FRANCE_2025 = "01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25"
FRANCE_2026 = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
# Published in the BOE: the national days that no region replaces
SPAIN_2025 = "01-01 01-06 04-18 05-01 08-15 10-12 11-01 12-06 12-08 12-25"
SPAIN_2026 = "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25"


@tagged("post_install", "-at_install")
class TestWorkingDays(BaseCase):
    def test_easter(self):
        for year, (month, day) in EASTERS.items():
            self.assertEqual(easter(year), date(year, month, day))

    def test_public_holidays_as_published(self):
        for country, year, published in (
            ("FR", 2025, FRANCE_2025),
            ("FR", 2026, FRANCE_2026),
            ("ES", 2025, SPAIN_2025),
            ("ES", 2026, SPAIN_2026),
        ):
            days = {date.fromisoformat(f"{year}-{day}") for day in published.split()}
            self.assertEqual(public_holidays(country, year), days, (country, year))
        self.assertFalse(public_holidays("US", 2026))

    def test_adding_working_days(self):
        calendar = WorkingCalendar("FR")
        thursday = date(2026, 4, 2)
        self.assertEqual(calendar.add(thursday, 0), thursday)
        self.assertEqual(calendar.add(thursday, 1), date(2026, 4, 3))  # Good Friday is worked in France
        self.assertEqual(calendar.add(thursday, 2), date(2026, 4, 7))  # not on Easter Monday
        self.assertEqual(WorkingCalendar("ES").add(thursday, 1), date(2026, 4, 6))
        self.assertEqual(WorkingCalendar().add(thursday, 2), date(2026, 4, 6))

    def test_local_days(self):
        calendar = WorkingCalendar("FR", closed=[date(2026, 4, 7)], worked=[date(2026, 4, 6)])
        self.assertEqual(calendar.add(date(2026, 4, 3), 2), date(2026, 4, 8))
        self.assertTrue(calendar.is_holiday(date(2026, 4, 7)))
        self.assertFalse(calendar.is_holiday(date(2026, 4, 11)), "a Saturday is no holiday")

    def test_latest_due_agrees_with_counting(self):
        """Whatever the day, what is due up to the limit has reached the delay, later not."""
        calendar = WorkingCalendar("FR", closed=[date(2026, 5, 15)])
        days = [date.fromordinal(date(2026, 3, 25).toordinal() + number) for number in range(80)]
        for day in days:
            for delay in (-5, -1, 0, 1, 3, 8):
                limit = calendar.latest_due(day, delay)
                for due in (limit, date.fromordinal(limit.toordinal() + 1)):
                    passed = calendar.count(due, day) if due < day else -calendar.count(day, due)
                    self.assertEqual(passed >= delay, due == limit, (day, delay, due))

    def test_first_within(self):
        calendar = WorkingCalendar("FR")
        # On Friday 10 April, five working days ago was Thursday the 2nd: 3, 7, 8, 9, 10
        self.assertEqual(calendar.first_within(date(2026, 4, 10), 5), date(2026, 4, 2))
        self.assertEqual(calendar.first_within(date(2026, 4, 12), 5), date(2026, 4, 2))


@tagged("post_install", "-at_install")
class TestCompanyCalendar(DunningCommon):
    def test_levels_in_working_days(self):
        """Due on Thursday 2 April: the fifth French working day after it is Friday 10, not Tuesday 7."""
        self.policy.day_kind = "working"
        self.company.adv_holiday_country = "FR"
        invoice = self._invoice(100, date(2026, 4, 2))
        self.assertEqual(self._code(invoice, date(2026, 4, 9)), "no_level")
        self.assertEqual(self._code(invoice, date(2026, 4, 10)), "chased")
        self.env["adv.dunning.day"].create({"name": "Closed", "date": date(2026, 4, 8)})
        self.assertEqual(self._code(invoice, date(2026, 4, 12)), "no_level")
        self.assertEqual(self._code(invoice, date(2026, 4, 13)), "chased")
        self.env["adv.dunning.day"].create({"name": "Worked", "date": date(2026, 4, 6), "is_worked": True})
        self.assertEqual(self._code(invoice, date(2026, 4, 10)), "chased")

    def test_information_in_working_days(self):
        """Five working days before Monday 13 April 2026 is Friday 3: Monday 6 is Easter Monday."""
        self.policy.day_kind = "working"
        self.company.adv_holiday_country = "FR"
        invoice = self._invoice(6000, date(2026, 4, 13))
        self.assertEqual(self._code(invoice, date(2026, 4, 2)), "not_due")
        self.assertEqual(self._code(invoice, date(2026, 4, 3)), "chased")

    def test_days_of_another_company_do_not_count(self):
        other = self._make_company("Another")
        self.env["adv.dunning.day"].create({"name": "Closed", "date": TODAY, "company_id": other.id})
        self.assertTrue(self.company._adv_calendar().is_working(TODAY))
        self.assertFalse(other._adv_calendar().is_working(TODAY))

    def test_country_of_the_company(self):
        self.company.country_id = self.env.ref("base.es")
        self.assertEqual(self.company.adv_holiday_country, "ES")
        self.company.country_id = self.env.ref("base.us")
        self.assertEqual(self.company.adv_holiday_country, "none")
