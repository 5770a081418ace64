"""What ./adv test --native makes of the results of Odoo's tests; the tests themselves are Odoo's."""

import io
import json
from types import SimpleNamespace
from unittest import mock

from engine import native, native_runner

from .common import EngineCase

POST = "odoo.addons.account.tests.test_post.TestPost.test_it"
PAY = "odoo.addons.account.tests.test_pay.TestPay.test_pay"
MOVE = "odoo.addons.stock.tests.test_move.TestMove.test_move"
SET_UP = "setUpClass (odoo.addons.sale.tests.test_sale.TestSale)"


class TestComparison(EngineCase):
    def test_only_what_passes_without_us_can_differ(self):
        comparison = native.Comparison(
            {POST: "ok", PAY: "failed", MOVE: "ok"}, {POST: "failed", PAY: "failed", MOVE: "ok"}
        )
        self.assertEqual(comparison.differences, {POST: "failed"})

    def test_a_test_that_is_skipped_or_missing_with_us_differs(self):
        comparison = native.Comparison({POST: "ok", PAY: "ok"}, {POST: "skipped"})
        self.assertEqual(comparison.differences, {PAY: "not run", POST: "skipped"})

    def test_listed_ones_are_explained_and_must_stay_true(self):
        comparison = native.Comparison({POST: "ok", PAY: "ok"}, {POST: "failed", PAY: "ok"})
        modules = ("account",)
        self.assertEqual(comparison.judge({POST: "why"}, modules), ({}, []))
        self.assertEqual(comparison.judge({PAY: "why"}, modules), ({POST: "failed"}, [PAY]))
        self.assertEqual(comparison.judge({POST: "why", MOVE: "not chosen"}, modules), ({}, []))

    def test_report_fails_on_what_nobody_explained(self):
        file = self.root / "comparison.txt"
        comparison = native.Comparison({POST: "ok", PAY: "failed"}, {POST: "failed", PAY: "failed"})
        with mock.patch("builtins.print"):
            self.assertEqual(native.report(comparison, {}, ["account"], [], file), 1)
            text = file.read_text(encoding="utf-8")
            self.assertIn(f"DIFFER (1)\n  {POST}: failed", text)
            self.assertIn(f"fail without our addons too (1)\n  {PAY}", text)
            self.assertRegex(text, r"account +1 / 0 +1 / 2 +0 / 0")
            self.assertEqual(native.report(comparison, {POST: "so"}, ["account"], [], file), 0)

    def test_a_second_run_clears_what_is_unsteady(self):
        comparison = native.Comparison({POST: "ok", PAY: "ok"}, {POST: "failed", PAY: "failed"})
        beside = SimpleNamespace(run_chosen=lambda tests: dict.fromkeys(tests, "ok") | {PAY: "failed"})
        self.assertEqual(native.again(beside, comparison, {}), [POST])
        self.assertEqual(comparison.differences, {PAY: "failed"})


class TestFiles(EngineCase):
    def test_the_list_of_differences_names_tests_and_reasons(self):
        listed = self.write("listed.txt", f"# comment\n\n{POST}: because\n")
        self.assertEqual(native.listed_differences(listed), {POST: "because"})
        for wrong in (POST, f"{POST}:", "account: because"):
            with self.subTest(wrong), self.problem("not a test's id"):
                native.listed_differences(self.write("listed.txt", wrong))
        native.listed_differences()

    def test_a_killed_run_has_no_end(self):
        row = json.dumps({"test": POST, "outcome": "ok"})
        file = self.write("results.jsonl", row + "\n" + row[:20])
        self.assertEqual(native.read(file), ({POST: "ok"}, False))
        file = self.write("results.jsonl", row + "\n" + json.dumps({"end": True}) + "\n")
        self.assertEqual(native.read(file), ({POST: "ok"}, True))
        self.assertEqual(native.read(self.root / "none.jsonl"), ({}, False))

    def test_a_failed_subtest_is_not_forgotten(self):
        rows = [{"test": POST, "outcome": outcome} for outcome in ("failed", "ok")]
        file = self.write("results.jsonl", "\n".join(map(json.dumps, rows)))
        self.assertEqual(native.read(file)[0], {POST: "failed"})

    def test_tests_are_chosen_by_their_tags(self):
        self.assertEqual(
            native.of_modules([POST, SET_UP, "something else"]),
            {"account": ["/account:TestPost.test_it"], "sale": ["/sale:TestSale"]},
        )

    def test_modules_are_chosen_by_name(self):
        self.assertEqual(native.chosen([]), list(native.MODULES))
        self.assertEqual(native.chosen(["sale,stock", "sale"]), ["sale", "stock"])
        with self.problem("is not the name of a module"):
            native.chosen(["--keep"])


class TestRunner(EngineCase):
    def test_all_tests_run_when_everything_is_loaded(self):
        def make_suite(names, position):
            suite = SimpleNamespace(found=[f"{name} {position}" for name in names])
            suite.addTests = lambda other: suite.found.extend(other.found)
            return suite

        both = native_runner.late(make_suite)
        self.assertEqual(both(["sale"], "at_install").found, [])
        self.assertEqual(both(["sale"], "post_install").found, ["sale at_install", "sale post_install"])

    def test_each_test_is_noted_with_its_outcome(self):
        class Result:
            _soft_fail = False

            def startTest(self, test):
                pass

            stopTest = startTest

            def addError(self, test, err):
                pass

            addFailure = addSkip = addError

        sink = io.StringIO()
        result = native_runner.noting(Result, sink)()
        good, bad, away = (
            SimpleNamespace(id=lambda name=name: name, _testMethodName=name)
            for name in ("good", "bad", "away")
        )
        result.startTest(good)
        result.stopTest(good)
        result.startTest(bad)
        result.addFailure(SimpleNamespace(id=lambda: "a subtest", test_case=bad), None)
        result.stopTest(bad)
        result.startTest(away)
        result.addSkip(away, "no browser")
        result.stopTest(away)
        result.addError(SimpleNamespace(id=lambda: SET_UP), None)
        rows = [json.loads(line) for line in sink.getvalue().splitlines()]
        self.assertEqual(
            [(row["test"], row["outcome"]) for row in rows],
            [("good", "ok"), ("bad", "failed"), ("away", "skipped"), (SET_UP, "failed")],
        )
