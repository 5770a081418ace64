from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from odoo.addons.adv_kpi.engine.basics import intake, orders
from odoo.addons.adv_kpi.engine.formulas import Ratio, Sum
from odoo.addons.adv_kpi.engine.periods import Period
from odoo.addons.adv_kpi.engine.version import version

from .common import FEBRUARY, KpiCommon

MARCH = ("2026-03-01", "2026-03-31")
MONTH = (date(2026, 2, 1), date(2026, 2, 28))


class FollowUpCommon(KpiCommon):
    @classmethod
    def _own_figure(cls, **vals):
        field = cls.env["ir.model.fields"]._get("sale.order", "adv_confirmed_date")
        return cls.kpi.with_user(cls.manager).create(
            {
                "name": "Own orders",
                "category": "commercial",
                "unit": "count",
                "model_id": field.model_id.id,
                "date_field_id": field.id,
                **vals,
            }
        )

    def _failing_for(self, model, name, failing):
        """Let a method of a job fail for one company; return what it is patched with."""
        method = getattr(type(model), name)

        def call(records, company, *args):
            if company == failing:
                raise ValueError("broken")
            return method(records, company, *args)

        return patch.object(type(model), name, call)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._confirmed(
            100, "2026-02-02 09:00:00", "2026-02-02 10:00:00", "2026-02-10 11:00:00", "2026-02-09 16:00:00"
        )
        cls._confirmed(50, "2026-02-05 09:00:00", "2026-02-05 10:00:00", "2026-02-10 11:00:00")
        cls.manager = new_test_user(
            cls.env,
            "kpi_follow_manager",
            groups="base.group_user,adv_kpi.group_kpi_manager,sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.intake = cls.env.ref("adv_kpi.kpi_order_intake")
        cls.env.flush_all()


@tagged("post_install", "-at_install")
class TestSnapshots(FollowUpCommon):
    def test_as_was_beside_restated(self):
        snapshots = self.env["adv.kpi.snapshot"]
        taken = snapshots._adv_take(self.company, date(2026, 3, 20))
        by_code = {snapshot.kpi_id.code: snapshot for snapshot in taken}
        self.assertEqual(
            (by_code["order_intake"].value, by_code["order_intake"].date_to), (150, date(2026, 2, 28))
        )
        self.assertFalse(by_code["nps"].has_value, "nobody was asked: nothing to record, and not zero")
        self.assertFalse(snapshots._adv_take(self.company, date(2026, 3, 21)), "once a month")
        self.first._action_cancel()
        (month,) = self.kpi.get_restated(["order_intake"], "2026-01-01", "2026-03-31")["order_intake"]
        self.assertEqual((month["as_was"], month["restated"], month["same_definition"]), (150, 50, True))
        self.assertEqual((month["date_from"], month["date_to"]), FEBRUARY)
        by_code["order_intake"].version = "another one"
        (month,) = self.kpi.get_restated(["order_intake"], "2026-01-01", "2026-03-31")["order_intake"]
        self.assertFalse(month["same_definition"])

    def test_a_month_is_closed_some_days_after_its_end(self):
        self.env["adv.kpi.snapshot"]._adv_cron_take()
        taken = self.env["adv.kpi.snapshot"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(taken.mapped("date_from")), {date(2026, 2, 1)})

    def test_own_figures_are_not_recorded(self):
        own = self._own_figure()
        taken = self.env["adv.kpi.snapshot"]._adv_take(self.company, date(2026, 3, 20))
        self.assertIn(self.intake, taken.kpi_id)
        self.assertNotIn(own, taken.kpi_id)

    def test_a_company_that_fails_does_not_stop_the_others(self):
        snapshots = self.env["adv.kpi.snapshot"]
        failing = self.env["res.company"].create({"name": " First", "sequence": 0})
        with (
            self._failing_for(snapshots, "_adv_take", failing),
            self.assertLogs("odoo.addons.adv_kpi.models.adv_kpi_snapshot", "ERROR") as logs,
        ):
            snapshots._adv_cron_take()
        self.assertEqual(len(logs.output), 1)
        self.assertTrue(snapshots.search([("company_id", "=", self.company.id)]))
        self.assertFalse(snapshots.search([("company_id", "=", failing.id)]))

    def test_version_changes_with_the_calculation_only(self):
        self.assertEqual(version(Sum(intake)), version(Sum(intake)))
        self.assertNotEqual(version(Sum(intake)), version(Sum(orders)))
        self.assertNotEqual(version(Ratio(intake, orders)), version(Ratio(intake, orders, 100.0)))
        versions = {kpi.code: version(kpi._formula()) for kpi in self.kpi.search([])}
        self.assertNotIn("0x", repr(versions))
        self.assertEqual(
            versions["retention_rate"], version(self.env.ref("adv_kpi.kpi_retention_rate")._formula())
        )

    def test_recorded_by_the_system_only(self):
        self.env["adv.kpi.snapshot"]._adv_take(self.company, date(2026, 3, 20))
        snapshot = self.env["adv.kpi.snapshot"].search([], limit=1).with_user(self.manager)
        self.assertTrue(snapshot.kpi_id)
        for call in (
            lambda: snapshot.write({"value": 1}),
            lambda: snapshot.unlink(),
            lambda: snapshot.create({"kpi_id": self.intake.id}),
        ):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install")
class TestAlerts(FollowUpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["adv.kpi.alert"]
        cls.target = cls.env["adv.kpi.target"].create(
            {
                "kpi_id": cls.intake.id,
                "company_id": cls.company.id,
                "date_from": "2026-01-01",
                "value": 240,
                "alert_user_id": cls.manager.id,
            }
        )

    def _check(self, day):
        self.env.flush_all()
        return self.alerts._adv_check(self.company, date.fromisoformat(day))

    def test_one_activity_once(self):
        alert = self._check("2026-02-20")
        self.assertEqual((alert.value, alert.kpi_id, alert.date_to), (150, self.intake, date(2026, 2, 20)))
        activity = alert.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn("Order intake", activity.summary)
        self.assertIn("240", activity.summary)
        self.assertFalse(self._check("2026-02-21"), "it is open already")
        self.assertEqual(len(alert.activity_ids), 1)
        # the target is reached: closed, the activity gone; missed again: told again
        self._confirmed(80, "2026-02-22 09:00:00", "2026-02-22 10:00:00")
        self._check("2026-02-24")
        self.assertEqual((alert.state, alert.closed_date), ("closed", date(2026, 2, 24)))
        self.assertFalse(alert.activity_ids)
        self.assertTrue(self._check("2026-03-10"))

    def test_a_number_of_the_month_is_not_wanted_before_its_days_are_over(self):
        """150 of 200 after 15 of the 20 working days of February is on its way; at the end it is short."""
        self.target.value = 200
        self.assertFalse(self._check("2026-02-20"))
        self.assertEqual(self._check("2026-02-28").value, 150)

    def test_a_share_of_a_month_is_no_round_number(self):
        """55 of 100 after 11 of the 20 working days of February is what is wanted, a cent less is not."""
        self.target.value = 100
        month = Period(*MONTH, date(2026, 2, 16), date(2026, 2, 16))
        self.assertIs(self.target._is_met(55, month), True)
        self.assertIs(self.target._is_met(54.99, month), False)

    def test_told_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self.intake.with_context(lang="fr_FR").name = "Prises de commandes"
        self.target.value = 2400
        summary = self._check("2026-02-20").activity_ids.summary
        self.assertIn("Prises de commandes", summary)
        self.assertRegex(summary, "2\\W400")
        self.assertNotIn("wanted", summary)

    def test_what_is_wanted_of_a_quarter_and_of_a_week(self):
        """240 a month are 720 of the quarter, and 60 of one of the four weeks of February."""

        def target(*days):
            cards = self.kpi.get_dashboard(*days)["cards"]
            return next(card["target"] for card in cards if card["code"] == "order_intake")

        self.target.copy({"date_from": "2020-01-01"})
        self.assertEqual(target(*FEBRUARY), {"value": 240, "is_met": False})
        quarter = target("2025-10-01", "2025-12-31")
        self.assertEqual(quarter, {"value": 720, "by_month": 240, "is_met": False})
        week = target("2026-02-02", "2026-02-08")
        self.assertEqual((week["value"], week["is_met"]), (60, True))
        self.assertEqual(target("2026-04-01", "2026-04-30"), {"value": 240, "is_met": None}, "to come")
        # a rate or a balance is wanted as it is, however long the period
        self.target.copy({"kpi_id": self.env.ref("adv_kpi.kpi_dso").id, "value": 45})
        card = self.kpi.get_dashboard("2026-01-01", "2026-12-31")["cards"]
        self.assertEqual(next(each["target"]["value"] for each in card if each["code"] == "dso"), 45)

    def test_a_band_has_two_ends(self):
        self.target.write({"is_band": True, "value": 100, "value_to": 160})
        self.assertFalse(self._check("2026-02-20"))
        self._confirmed(80, "2026-02-22 09:00:00", "2026-02-22 10:00:00")
        alert = self._check("2026-02-24")
        self.assertEqual(alert.value, 230)
        self.assertIn("160", alert.wanted)
        with self.assertRaisesRegex(ValidationError, "A band begins below its end"), self.cr.savepoint():
            self.target.value_to = 0
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env.cr.execute("UPDATE adv_kpi_target SET value_to = 50 WHERE id = %s", [self.target.id])

    def test_nothing_is_a_target_of_few_figures(self):
        """No errors are an aim, customers may pay before the term; an accuracy of 0 is an empty field."""

        def set_target(code, value):
            self.target.copy({"kpi_id": self.env.ref(f"adv_kpi.kpi_{code}").id, "value": value})

        for code, value in (
            ("entry_error_rate", 0),
            ("overdue_balance", 0),
            ("days_beyond_terms", -2),
            ("nps", 0),
        ):
            set_target(code, value)
        for code, value, said in (
            ("order_accuracy", 0, "Accurate orders: give a target above 0"),
            ("workload_hours", 0, "above 0"),
            ("overdue_rate", -1, "cannot be below 0"),
            ("revenue", -5, "cannot be below 0"),
        ):
            with self.assertRaisesRegex(ValidationError, said), self.cr.savepoint():
                set_target(code, value)
        with self.assertRaisesRegex(ValidationError, "above 0"):
            self.target.kpi_id.target_ids = [Command.create({"date_from": "2026-05-01", "value": 0})]

    def test_a_team_has_its_own_target(self):
        team = self.env["crm.team"].create({"name": "North", "company_id": self.company.id})
        self.first.team_id = team
        self.target.copy({"team_id": team.id, "value": 90})
        alert = self._check("2026-02-20")
        self.assertEqual(alert.target_id, self.target, "the team reached its own with 100")
        dashboard = self.kpi.get_dashboard(*FEBRUARY, filters={"team_ids": team.ids})
        card = next(card for card in dashboard["cards"] if card["code"] == "order_intake")
        self.assertEqual(card["target"], {"value": 90, "is_met": True})
        # of a part of the company or of a team nothing is wanted
        for filters in ({"user_ids": self.env.user.ids}, {"team_ids": team.ids, "partner_ids": [1]}):
            dashboard = self.kpi.get_dashboard(*FEBRUARY, filters=filters)
            self.assertFalse(any(card["target"] for card in dashboard["cards"]))

    def test_nothing_to_measure_is_no_alert(self):
        self.target.copy({"kpi_id": self.env.ref("adv_kpi.kpi_csat").id, "value": 90})
        self.assertEqual(self._check("2026-02-20").target_id, self.target)
        self.target.alert_user_id = False
        self.assertFalse(self._check("2026-02-21"))
        self.assertEqual(self.alerts.search([]).mapped("state"), ["closed"])

    def test_own_figures_are_not_watched(self):
        own = self._own_figure()
        target = self.target.copy({"kpi_id": own.id, "value": 200})
        self.assertEqual(self._check("2026-02-20").target_id, self.target)
        self.assertNotIn(target, target._get_watched(self.company, date(2026, 2, 20)))

    def test_what_hangs_on_an_alert_goes_with_its_target(self):
        own = self._own_figure()
        target = self.target.copy({"kpi_id": own.id})
        alerts = self.alerts.sudo().create(
            target._prepare_alert_vals(1, Period.of(*MONTH, date(2026, 2, 20)))
        )
        alerts |= self._check("2026-02-20")
        alerts._adv_tell()
        for alert in alerts:
            alert.message_post(body="Seen")
        messages = alerts.message_ids
        activities = alerts.activity_ids
        self.assertEqual((len(alerts), len(activities)), (2, 3))
        self.assertTrue(messages)
        self.target.with_user(self.manager).unlink()
        own.unlink()
        self.assertFalse(alerts.exists() or target.exists())
        self.assertFalse(messages.exists() or activities.exists())

    def test_a_team_that_is_deleted_takes_its_targets_along(self):
        team = self.env["crm.team"].create({"name": "North", "company_id": self.company.id})
        target = self.target.copy({"team_id": team.id, "value": 90})
        alert = self._check("2026-02-20").filtered(lambda alert: alert.target_id == target)
        activities = alert.activity_ids
        self.assertTrue(activities)
        team.with_user(self.salesman_admin()).unlink()
        self.assertFalse(target.exists() or alert.exists() or activities.exists())
        self.assertFalse(self._check("2026-02-21"), "the company's own is open already")

    def salesman_admin(self):
        """Return somebody who may delete teams and set no targets."""
        return new_test_user(
            self.env,
            "kpi_team_admin",
            groups="sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_a_company_that_fails_does_not_stop_the_others(self):
        failing = self.env["res.company"].create({"name": " First", "sequence": 0})
        with (
            self._failing_for(self.alerts, "_adv_check", failing),
            self.assertLogs("odoo.addons.adv_kpi.models.adv_kpi_alert", "ERROR") as logs,
        ):
            self.alerts._adv_cron_check()
        self.assertEqual(len(logs.output), 1)
        self.assertTrue(self.alerts.search([("target_id", "=", self.target.id)]))

    def test_the_job_looks_at_every_company(self):
        self.alerts._adv_cron_check()
        self.assertEqual(self.alerts.search([("target_id", "=", self.target.id)]).value, 0)


@tagged("post_install", "-at_install")
class TestOwnFigures(FollowUpCommon):
    def _vals(self, **vals):
        fields = self.env["ir.model.fields"]
        return {
            "name": "Small orders",
            "category": "commercial",
            "unit": "count",
            "model_id": self.env["ir.model"]._get_id("sale.order"),
            "date_field_id": fields._get("sale.order", "adv_confirmed_date").id,
            "domain": "[('adv_amount_company', '<', 80), ('state', '=', 'sale')]",
            **vals,
        }

    def _create(self, **vals):
        return self.kpi.with_user(self.manager).create(self._vals(**vals))

    def test_a_number(self):
        kpi = self._create()
        self.assertTrue(kpi.is_own and kpi.code.startswith("own_"))
        self.assertFigures({kpi.code: 1})
        self.assertFigures({kpi.code: 0}, MARCH)
        self.assertOpens(self.kpi.get_values([kpi.code], *FEBRUARY)[kpi.code]["numerator"])
        self.assertFigures({kpi.code: 1}, filters={"user_ids": self.env.user.ids})
        self.assertEqual(
            [
                point["value"]
                for point in self.kpi.get_series([kpi.code], "2026-01-01", "2026-03-31")[kpi.code]
            ],
            [0, 1, 0],
        )

    def test_a_share_a_sum_and_a_mean(self):
        amount = self.env["ir.model.fields"]._get("sale.order", "adv_amount_company").id
        share = self._create(unit="percent", has_share=True, share_domain="[('state', '=', 'sale')]")
        total = self._create(unit="currency", aggregate="sum", sum_field_id=amount, domain="[]")
        mean = self._create(unit="currency", aggregate="mean", sum_field_id=amount, domain="[]")
        self.assertFigures({share.code: 50, total.code: 150, mean.code: 75})
        self.assertFigures({share.code: None, total.code: 0, mean.code: None}, MARCH)

    def test_a_change_counts_at_once(self):
        kpi = self._create()
        self.assertFigures({kpi.code: 1})
        kpi.domain = "[]"
        self.assertFigures({kpi.code: 2})

    def test_a_domain_may_have_lists(self):
        for domain, expected in (
            ("[('state', 'in', ['sale', 'done'])]", 2),
            ('[["state", "=", "sale"]]', 2),
            ("['|', ('adv_amount_company', '<', 80), ['state', 'not in', ['sale']]]", 1),
            ("[('order_line', 'any', [['price_unit', '>', 80]])]", 1),
        ):
            with self.subTest(domain=domain):
                kpi = self._create(domain=domain)
                self.assertFigures({kpi.code: expected})
                self.assertOpens(self.kpi.get_values([kpi.code], *FEBRUARY)[kpi.code]["numerator"])
        for text in ("True", "('state', '=', 'sale')", "{'state': 'sale'}", "[('state', 'in', {'sale'})]"):
            with self.subTest(text=text), self.assertRaises(ValidationError), self.cr.savepoint():
                self._create(domain=text)

    def test_only_columns_in_one_currency_are_counted(self):
        field = self.env["ir.model.fields"]._get
        summed = {"aggregate": "sum", "unit": "currency", "domain": "[]"}
        for vals in (
            {"date_field_id": field("sale.order", "expected_date").id},
            {**summed, "sum_field_id": field("sale.order", "amount_undiscounted").id},
            {**summed, "sum_field_id": field("sale.order", "amount_total").id},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.cr.savepoint():
                self._create(**vals)
        kpi = self._create(
            **summed,
            model_id=self.env["ir.model"]._get_id("account.move.line"),
            date_field_id=field("account.move.line", "date").id,
            sum_field_id=field("account.move.line", "balance").id,
        )
        self.assertFigures({kpi.code: 0})

    def test_no_code_is_evaluated(self):
        for domain in (
            "[('id', '=', uid)]",
            "__import__('os')",
            "[('no_such_field', '=', 1)]",
            "(lambda: [])()",
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError), self.cr.savepoint():
                self._create(domain=domain)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._create(model_id=self.env["ir.model"]._get_id("res.country"))

    def test_only_own_figures_change(self):
        kpi = self.intake.with_user(self.manager)
        for vals in ({"unit": "count"}, {"code": "x"}, {"domain": "[]"}, {"is_own": True}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                kpi.write(vals)
        with self.assertRaises(AccessError):
            kpi.unlink()
        kpi.active = False
        own = self._create(code="order_count", is_own=False)
        self.assertTrue(own.is_own and own.code != "order_count")
        own.unlink()

    def test_readers_count_what_they_may_read(self):
        kpi = self._create()
        reader = new_test_user(
            self.env,
            "kpi_own_reader",
            groups="base.group_user,adv_kpi.group_kpi_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        value = self.kpi.with_user(reader).get_values([kpi.code], *FEBRUARY)[kpi.code]
        self.assertTrue(value["not_applicable"])
        with self.assertRaises(AccessError):
            self.kpi.with_user(reader).create(self._vals())
