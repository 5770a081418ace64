from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.adv_kpi.engine import periods
from odoo.addons.adv_kpi.engine.figures import Figures, compare
from odoo.addons.adv_kpi.engine.formulas import CountBack, DaysOfSales, Ratio, Sum, percent
from odoo.addons.adv_kpi.engine.measures import (
    Measure,
    Source,
    after,
    during,
    earlier_than,
    from_day,
    not_until,
    until,
)
from odoo.addons.adv_kpi.engine.periods import Period
from odoo.addons.adv_kpi.engine.plan import Plan

TODAY = date(2026, 3, 20)
RECORDS = Source("records", filters={"team": "team_id"})
counted = Measure(RECORDS, "count", during("date"))
summed = Measure(RECORDS, "sum:amount", during("date"))
opened = Measure(RECORDS, "sum:amount", (until("date"), not_until("closed")))


class Memory:
    """A scope over records held in memory: what the database does, in a few lines of Python."""

    def __init__(self, records):
        self.records = records
        self.statements = 0

    def rows(self, statement, key=None):
        self.statements += 1
        return [
            (
                1,
                record.get(key) if key else None,
                tuple(
                    self._bucket(record.get(column), statement.edges[column]) for column in statement.columns
                ),
                tuple(record[measure.column] if measure.column else 1 for measure in statement.measures),
            )
            for record in self.records
        ]

    @staticmethod
    def _bucket(day, edges):
        return None if day is None else sum(edge <= day for edge in edges)

    def prepare(self):
        pass

    def first_day(self, measure):
        return min((record["date"] for record in self.records), default=None)

    def convert(self, company, amount, period):
        return amount


class Answers:
    """Figures given by hand: {measure: {(from, to): value}}."""

    def __init__(self, values, first=None):
        self.values = values
        self.first = first

    def get(self, measure, period):
        return self.values[measure].get((period.date_from, period.date_to), 0.0)

    def first_day(self, measure):
        return self.first


def month(year, number):
    start = date(year, number, 1)
    return Period.of(start, periods.split(start, periods.add_months(start, 1), "month")[0][1], TODAY)


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    def test_as_of_is_the_last_day_at_most_today(self):
        self.assertEqual(month(2026, 2).as_of, date(2026, 2, 28))
        self.assertEqual(month(2026, 2).due, date(2026, 2, 28))
        self.assertEqual(month(2026, 3).as_of, TODAY)
        self.assertEqual(month(2026, 3).due, date(2026, 3, 19), "today is not over yet")

    def test_elapsed_cuts_a_running_period(self):
        self.assertEqual(month(2026, 3).elapsed().days, 20)
        self.assertEqual(month(2026, 2).elapsed().days, 28)

    def test_split_cuts_at_both_ends(self):
        self.assertEqual(
            periods.split(date(2026, 1, 15), date(2026, 3, 10), "month"),
            [
                (date(2026, 1, 15), date(2026, 1, 31)),
                (date(2026, 2, 1), date(2026, 2, 28)),
                (date(2026, 3, 1), date(2026, 3, 10)),
            ],
        )
        self.assertEqual(
            periods.split(date(2026, 3, 4), date(2026, 3, 10), "week"),
            [(date(2026, 3, 4), date(2026, 3, 8)), (date(2026, 3, 9), date(2026, 3, 10))],
        )
        self.assertEqual(len(periods.split(date(2025, 11, 1), date(2026, 4, 1), "quarter")), 3)
        self.assertEqual(len(periods.split(date(2024, 2, 28), date(2024, 3, 1), "day")), 3)

    def test_months_by_their_working_days(self):
        # February 2026 begins on a Sunday and has 20 days from Monday to Friday, March 22, April 22
        self.assertEqual(periods.weekdays(date(2026, 2, 1), date(2026, 2, 28)), 20)
        self.assertEqual(periods.weekdays(date(2026, 2, 1), date(2026, 2, 1)), 0)
        self.assertEqual(periods.weekdays(date(2026, 2, 6), date(2026, 2, 9)), 2)
        self.assertEqual(periods.weekdays(date(2026, 2, 2), date(2026, 2, 1)), 0)
        self.assertEqual(periods.months_in(date(2026, 2, 1), date(2026, 4, 30)), 3)
        self.assertAlmostEqual(
            periods.months_in(date(2026, 2, 16), date(2026, 3, 11)), 10 / 20 + 8 / 22, msg="16 to 27, 2 to 11"
        )

    def test_comparison_spans(self):
        february = (date(2024, 2, 1), date(2024, 2, 29))
        self.assertEqual(periods.previous_period(*february), (date(2024, 1, 1), date(2024, 1, 31)))
        self.assertEqual(periods.previous_year(*february), (date(2023, 2, 1), date(2023, 2, 28)))
        self.assertEqual(
            periods.previous_year(date(2025, 2, 1), date(2025, 2, 28)), (date(2024, 2, 1), date(2024, 2, 29))
        )
        self.assertEqual(
            periods.previous_period(date(2026, 3, 10), date(2026, 3, 12)),
            (date(2026, 3, 7), date(2026, 3, 9)),
        )


@tagged("post_install", "-at_install")
class TestPlan(BaseCase):
    records = [
        {"date": date(2026, 1, 31), "closed": None, "amount": 100, "team_id": 1},
        {"date": date(2026, 2, 1), "closed": date(2026, 2, 28), "amount": 10, "team_id": 1},
        {"date": date(2026, 2, 28), "closed": date(2026, 3, 1), "amount": 5, "team_id": 2},
        {"date": date(2026, 3, 1), "closed": None, "amount": 1, "team_id": 2},
    ]

    def _figures(self, formulas, wanted, dimension=None):
        figures = Figures(Memory(self.records), dimension)
        for formula in formulas:
            figures.want(formula, wanted)
        return figures.load()

    def test_amounts_that_cancel_out_are_nothing(self):
        """0.1 + 0.2 - 0.3 is 0, not the 5e-17 that floats leave: such a base made any growth enormous."""
        amount = Measure(RECORDS, "sum:amount", (until("date"),), money=True)
        parts = [
            {"date": date(2026, 2, day), "amount": value} for day, value in enumerate((0.1, 0.2, -0.3), 1)
        ]
        figures = Figures(Memory(parts))
        figures.want(Sum(amount), [month(2026, 2)])
        self.assertEqual(figures.load().get(amount, month(2026, 2)), 0)

    def test_days_are_included_at_both_ends(self):
        figures = self._figures([Sum(counted), Sum(summed)], [month(2026, 2)])
        self.assertEqual(figures.get(counted, month(2026, 2)), 2)
        self.assertEqual(figures.get(summed, month(2026, 2)), 15)

    def test_any_number_of_periods_is_one_statement(self):
        wanted = [month(2026, number) for number in (1, 2, 3)]
        wanted.append(Period.of(date(2026, 1, 31), date(2026, 2, 28), TODAY))
        figures = self._figures([Sum(counted), Sum(summed)], wanted)
        self.assertEqual(figures.scope.statements, 1)
        self.assertEqual([figures.get(summed, period) for period in wanted], [100, 15, 1, 115])

    def test_balance_at_a_date(self):
        wanted = [month(2026, number) for number in (1, 2, 3)]
        figures = self._figures([Sum(opened)], wanted)
        # end of January: 100; of February: 100 + 5 (10 was closed on the 28th); 20 March: 100 + 1
        self.assertEqual([figures.get(opened, period) for period in wanted], [100, 105, 101])

    def test_alternatives(self):
        judged = ((until("date", "due"),), (after("date", "due"), until("closed")))
        measure = Measure(RECORDS, "count", during("date"), either=judged)
        period = Period.of(date(2026, 2, 1), date(2026, 3, 31), TODAY, as_of=date(2026, 2, 27))
        # judged on 27 February: the 1st is due; the 28th is not due and still open; 1 March is not due
        self.assertEqual(self._figures([Sum(measure)], [period]).get(measure, period), 1)

    def test_limits_hold_for_every_measure(self):
        plan = Plan()
        plan.want(counted, month(2026, 1))
        plan.want(summed, month(2026, 3))
        (statement,) = plan.statements()
        self.assertEqual(statement.lower, {"date": date(2026, 1, 1)})
        self.assertEqual(statement.upper, {"date": date(2026, 4, 1)})

    def test_no_limit_where_a_record_can_count_without_the_date(self):
        plan = Plan()
        plan.want(opened, month(2026, 1))
        (statement,) = plan.statements()
        self.assertEqual((statement.lower, statement.upper), ({}, {"date": date(2026, 2, 1)}))
        self.assertEqual(statement.later, {"closed": date(2026, 2, 1)}, "closed before: open on no day asked")

    def test_balances_share_a_statement(self):
        everything = Measure(RECORDS, "sum:amount", (until("date"),))
        period = month(2026, 2)
        figures = self._figures([Sum(everything), Sum(opened), Sum(summed)], [period])
        self.assertEqual(figures.scope.statements, 2, "the sum of a period keeps its own, shorter read")
        self.assertEqual(
            [figures.get(measure, period) for measure in (everything, opened, summed)], [115, 105, 15]
        )

    def test_breakdown_by_key(self):
        figures = self._figures([Sum(summed)], [month(2026, 2)], "team")
        self.assertEqual(figures.keys(Sum(summed), month(2026, 2)), {1, 2})
        self.assertEqual(figures.of_key(1).get(summed, month(2026, 2)), 10)
        self.assertEqual(figures.of_key(2).get(summed, month(2026, 2)), 5)

    def test_domain_says_what_the_cells_say(self):
        measure = Measure(
            RECORDS,
            "count",
            during("date"),
            either=((until("date", "due"),), (after("date"), until("closed"))),
        )
        self.assertEqual(
            measure.day_domain(month(2026, 2), lambda column, day: day.isoformat()),
            [
                ("date", ">=", "2026-02-01"),
                ("date", "<", "2026-03-01"),
                "|",
                ("date", "<", "2026-03-01"),
                "&",
                ("date", ">=", "2026-03-01"),
                ("closed", "<", "2026-03-01"),
            ],
        )
        self.assertEqual(
            opened.day_domain(month(2026, 2), lambda column, day: day.isoformat())[1:],
            ["|", ("closed", "=", False), ("closed", ">=", "2026-03-01")],
        )

    def test_age_bounds_cover_every_day_once(self):
        period = month(2026, 2)
        ages = [
            (from_day("date"),),
            (earlier_than("date"), from_day("date", days=30)),
            (earlier_than("date", days=30),),
        ]
        measures = [Measure(RECORDS, "sum:amount", bounds) for bounds in ages]
        figures = self._figures(map(Sum, measures), [period])
        # on 28 February: the 28th and later not due; 31 January and 1 February 28 and 27 days late
        self.assertEqual([figures.get(measure, period) for measure in measures], [6, 110, 0])


@tagged("post_install", "-at_install")
class TestFormulas(BaseCase):
    balance = Measure(RECORDS, "sum:amount", (until("date"),))
    sales = Measure(RECORDS, "sum:total", during("date"))

    def _dso(self, balance, sales_by_month, as_of=date(2026, 2, 28), first=date(2025, 11, 5)):
        period = Period.of(as_of.replace(day=1), as_of, TODAY)
        sales = {}
        for span, value in sales_by_month.items():
            last = periods.split(date(*span, 1), periods.add_months(date(*span, 1), 1), "month")[0][1]
            sales[date(*span, 1), min(last, as_of)] = value
        answers = Answers(
            {self.balance: {(period.date_from, period.date_to): balance}, self.sales: sales}, first
        )
        return CountBack(self.balance, self.sales).evaluate(answers, period).value

    def test_count_back_inside_the_month(self):
        # 50 of the 200 sold in February (28 days): 7 days
        self.assertAlmostEqual(self._dso(50, {(2026, 2): 200}), 7.0)

    def test_count_back_over_months(self):
        # 28 days for 200, 31 days for 100, then 30 of 120 sold in December: 7.75 days
        self.assertAlmostEqual(self._dso(330, {(2026, 2): 200, (2026, 1): 100, (2025, 12): 120}), 66.75)

    def test_count_back_starts_at_the_day_judged(self):
        # 10 days of February for 40, then 50 of 100 in January: 15.5 days
        self.assertAlmostEqual(self._dso(90, {(2026, 2): 40, (2026, 1): 100}, date(2026, 2, 10)), 25.5)

    def test_count_back_month_without_sales_adds_its_days(self):
        # February 28 days for 100, January 31 days for nothing, half of December: 15.5 days
        self.assertAlmostEqual(self._dso(150, {(2026, 2): 100, (2025, 12): 100}), 74.5)

    def test_count_back_ends_with_the_month_of_the_first_sale(self):
        sales = {(2026, 2): 10, (2026, 1): 10, (2025, 12): 10, (2025, 11): 10}
        self.assertAlmostEqual(self._dso(1000, sales), 28 + 31 + 31 + 30)

    def test_count_back_of_nothing(self):
        self.assertIsNone(self._dso(100, {}, first=None), "no sale ever")
        self.assertEqual(self._dso(0, {(2026, 2): 200}), 0.0)
        self.assertEqual(self._dso(-30, {(2026, 2): 200}), 0.0, "customers in credit")

    def test_ratio_over_nothing_is_none(self):
        period = month(2026, 2)
        answers = Answers({self.balance: {}, self.sales: {}})
        self.assertIsNone(Ratio(self.balance, self.sales).evaluate(answers, period).value)
        self.assertIsNone(DaysOfSales(self.balance, self.sales).evaluate(answers, period).value)

    def test_percent_and_days_of_sales(self):
        period = month(2026, 3)
        whole, elapsed = (period.date_from, period.date_to), (period.date_from, TODAY)
        answers = Answers({self.balance: {whole: 30, elapsed: 30}, self.sales: {whole: 120, elapsed: 100}})
        self.assertEqual(percent(self.balance, self.sales).evaluate(answers, period).value, 25)
        # 30 out of the 100 sold in the 20 days of March so far
        self.assertEqual(DaysOfSales(self.balance, self.sales).evaluate(answers, period).value, 6)


@tagged("post_install", "-at_install")
class TestComparison(BaseCase):
    def test_percentage_needs_a_base(self):
        self.assertIsNone(compare(5, None, "count", "up"))
        self.assertIsNone(compare(None, 5, "count", "up"))
        self.assertEqual(compare(5, 0, "count", "up"), {"difference": 5, "percent": None, "is_better": True})
        self.assertIsNone(compare(5, -2, "currency", "up")["percent"])

    def test_percentages_and_days_compare_by_difference(self):
        self.assertEqual(
            compare(44, 47, "days", "down"), {"difference": -3, "percent": None, "is_better": True}
        )
        self.assertEqual(
            compare(106, 100, "count", "up"), {"difference": 6, "percent": 6.0, "is_better": True}
        )
        self.assertIsNone(compare(106, 100, "count", "none")["is_better"])
        self.assertIsNone(compare(100, 100, "count", "up")["is_better"])
