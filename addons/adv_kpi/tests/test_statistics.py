from odoo.tests import BaseCase, tagged

from odoo.addons.adv_kpi.engine.catalogue import FORMULAS
from odoo.addons.adv_kpi.engine.control import p_chart, u_chart
from odoo.addons.adv_kpi.engine.formulas import Result
from odoo.addons.adv_kpi.engine.precision import interval
from odoo.addons.adv_kpi.engine.recovery import seen_curve, usual_curve
from odoo.addons.adv_kpi.engine.statistics import (
    interval_of_sums,
    mean_interval,
    pareto,
    percentile,
    poisson_interval,
    student,
    waterfall,
    wilson,
)

# Montgomery, Introduction to Statistical Quality Control, table 7.1: nonconforming cans in 30 samples of 50
CANS = [
    12,
    15,
    8,
    10,
    4,
    7,
    16,
    9,
    14,
    10,
    5,
    6,
    17,
    12,
    22,
    8,
    10,
    5,
    13,
    11,
    20,
    18,
    24,
    15,
    9,
    12,
    7,
    13,
    9,
    6,
]
# Montgomery, example 7.4: errors found in 20 weekly samples of 50 shipments
SHIPMENTS = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
# NIST/SEMATECH e-Handbook, 7.2.6.2
WAFERS = [
    95.1772,
    95.1567,
    95.1937,
    95.1959,
    95.1442,
    95.0610,
    95.1591,
    95.1195,
    95.1065,
    95.0925,
    95.1990,
    95.1682,
]


@tagged("post_install", "-at_install")
class TestControlCharts(BaseCase):
    def test_p_chart_of_the_cans(self):
        chart = p_chart([(count, 50) for count in CANS])
        self.assertEqual(sum(CANS), 347)
        self.assertAlmostEqual(chart.centre, 0.2313, 4)
        self.assertAlmostEqual(chart.points[0].upper, 0.4102, 4)
        self.assertAlmostEqual(chart.points[0].lower, 0.0524, 4)
        special = [rank for rank, point in enumerate(chart.points, 1) if point.signal]
        self.assertEqual(special, [15, 23], "the book finds samples 15 and 23 out of control")

    def test_u_chart_of_the_shipments(self):
        chart = u_chart([(count, 50) for count in SHIPMENTS])
        self.assertEqual(sum(SHIPMENTS), 74)
        self.assertAlmostEqual(chart.centre, 0.0740, 4)
        self.assertAlmostEqual(chart.points[0].upper, 0.1894, 3)
        self.assertEqual(chart.points[0].lower, 0.0)
        self.assertFalse([point for point in chart.points if point.signal], "in control in the book")

    def test_limits_follow_the_size_of_the_sample(self):
        small, large = p_chart([(5, 50), (50, 500)]).points
        # 0.1 +- 3 x sqrt(0.09 / 50) and 3 x sqrt(0.09 / 500)
        self.assertAlmostEqual(small.upper, 0.1 + 3 * 0.0424264, 5)
        self.assertAlmostEqual(large.upper, 0.1 + 3 * 0.0134164, 5)
        self.assertEqual(small.lower, 0.0)

    def test_laney_widens_what_varies_more_than_chance(self):
        # rates 0.4, 0.6, 0.4, 0.6 of 100: z = -2, 2, -2, 2; mean moving range 4; 4 / 1.128 = 3.546
        samples = [(40, 100), (60, 100), (40, 100), (60, 100)]
        chart = p_chart(samples, corrected=True)
        self.assertAlmostEqual(chart.spread, 3.546, 3)
        self.assertAlmostEqual(chart.points[0].upper, 1.0, msg="0.5 + 3 x 3.546 x 0.05 is beyond the whole")
        self.assertAlmostEqual(chart.points[0].lower, 0.0)
        self.assertEqual(p_chart(samples).spread, 1.0)

    def test_laney_with_large_volumes(self):
        """Thousands of orders a month: an ordinary p chart calls every month special, Laney's does not."""
        samples = [(count, 10000) for count in (100, 160, 90, 150, 110, 170, 95, 140)]
        self.assertTrue(any(point.signal for point in p_chart(samples).points))
        self.assertFalse(any(point.signal for point in p_chart(samples, corrected=True).points))

    def test_nine_in_a_row(self):
        samples = [(8, 100)] * 9 + [(12, 100)] * 8 + [(6, 100)]
        signals = [point.signal for point in p_chart(samples).points]
        self.assertEqual(signals, ["run_below"] * 9 + [None] * 9)

    def test_nothing_sampled(self):
        self.assertEqual(p_chart([(0, 0), (0, 0)]).points, (None, None))
        self.assertIsNone(u_chart([]).centre)
        self.assertIsNone(p_chart([(1, 10), (0, 0), (2, 10)]).points[1])


@tagged("post_install", "-at_install")
class TestStatistics(BaseCase):
    def test_wilson_of_newcombe(self):
        """Newcombe 1998, table I, method 3."""
        for successes, count, low, high in (
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ):
            found = wilson(successes, count)
            self.assertAlmostEqual(found[0], low, 4)
            self.assertAlmostEqual(found[1], high, 4)
        self.assertIsNone(wilson(0, 0))

    def test_percentile_of_the_handbook(self):
        self.assertAlmostEqual(percentile(WAFERS, 0.9), 95.1981, 4)
        self.assertEqual(percentile([3, 1, 2], 0.5), 2)
        self.assertEqual((percentile([7], 0.9), percentile([1, 2], 0.01)), (7, 1))
        self.assertIsNone(percentile([], 0.5))

    def test_mean_interval(self):
        # 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 32, deviation sqrt(32 / 7), error sqrt(32 / 7 / 8) = 0.7559
        mean, low, high = mean_interval({2: 1, 4: 3, 5: 2, 7: 1, 9: 1})
        self.assertEqual(mean, 5)
        self.assertAlmostEqual(high - mean, 2.365 * 0.7559, 3, "Student's t for 7 degrees of freedom")
        self.assertAlmostEqual(mean - low, high - mean)
        self.assertEqual(mean_interval({4: 1}), (4, None, None))
        self.assertIsNone(mean_interval({}))

    def test_interval_of_a_mean_below_nothing(self):
        # -4 and -6: mean -5, error 1, Student's t 12.706
        found = interval(FORMULAS["processing_time"], False, Result(-5, -10, 2), 52)
        self.assertEqual((found["n"], round(found["low"], 3), round(found["high"], 3)), (2, -17.706, 7.706))

    def test_interval_of_the_heat_flow(self):
        """NIST/SEMATECH e-Handbook, 1.3.5.2: 195 heat flow measurements."""
        count, mean, deviation = 195, 9.261460, 0.02278881
        squares = deviation**2 * (count - 1) + count * mean**2
        _mean, low, high = interval_of_sums(count, mean * count, squares)
        self.assertAlmostEqual(low, 9.258242, 5)
        self.assertAlmostEqual(high, 9.264679, 5)

    def test_student_of_the_handbook(self):
        """NIST/SEMATECH e-Handbook, 1.3.6.7.2."""
        for freedom, point in ((1, 12.706), (10, 2.228), (30, 2.042), (31, 2.040), (60, 2.000), (100, 1.984)):
            self.assertAlmostEqual(student(freedom), point, delta=0.001)

    def test_poisson_of_garwood(self):
        """Garwood 1936, table of exact 95 % limits; Byar's approximation is near them."""
        for count, low, high in (
            (1, 0.025, 5.572),
            (5, 1.623, 11.668),
            (10, 4.795, 18.390),
            (20, 12.217, 30.888),
        ):
            found = poisson_interval(count)
            self.assertAlmostEqual(found[0], low, delta=0.03)
            self.assertAlmostEqual(found[1], high, delta=0.03)
        self.assertEqual(poisson_interval(0)[0], 0)
        self.assertAlmostEqual(poisson_interval(0)[1], 3.689, delta=0.1)

    def test_recovery_curves(self):
        self.assertEqual(seen_curve(200, {0: 20, 2: 30}, 3), [10, 10, 25, 25])
        self.assertIsNone(seen_curve(0, {}, 3))
        # settled 5, 12 and 30 days late: of the 300 still open after 10 days, 100 came in by day 12
        history = [("acme", 5, 100), ("acme", 12, 100), ("acme", 30, 200)]
        usual, known = usual_curve([("acme", 10, 50), ("new", 10, 50)], history, 3)
        self.assertEqual([round(share, 4) for share in usual], [0, 0, 33.3333, 33.3333])
        self.assertEqual(known, 50)
        self.assertEqual(usual_curve([("new", 1, 1)], history, 3), (None, 0))
        self.assertEqual(usual_curve([("acme", 40, 1)], history, 3), (None, 0), "never that late before")

    def test_pareto(self):
        self.assertEqual(
            pareto({"price": 5, "date": 3, "tax": 0, "product": 2}),
            [
                {"key": "price", "value": 5, "share": 50, "cumulated": 50},
                {"key": "date", "value": 3, "share": 30, "cumulated": 80},
                {"key": "product", "value": 2, "share": 20, "cumulated": 100},
            ],
        )

    def test_waterfall(self):
        self.assertEqual(
            [
                (step["key"], step["before"], step["after"])
                for step in waterfall(10, [("late", 3), ("error", 2)])
            ],
            [("late", 10, 7), ("error", 7, 5), ("rest", 5, 5)],
        )
