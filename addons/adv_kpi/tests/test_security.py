from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import FEBRUARY, KpiCommon

KPI = "adv_kpi.group_kpi_user"


@tagged("post_install", "-at_install", "security")
class TestSecurity(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            login: new_test_user(
                cls.env,
                f"kpi_{login}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[(6, 0, cls.company.ids)],
            )
            for login, groups in {
                "nobody": "base.group_user",
                "reader": f"base.group_user,{KPI}",
                "assistant": "adv_orders.group_adv_assistant",
                "assistant_reader": f"adv_orders.group_adv_assistant,{KPI}",
                "salesperson": f"sales_team.group_sale_salesman,{KPI}",
                "manager": "adv_orders.group_adv_manager",
                "accountant": f"account.group_account_readonly,{KPI}",
                "collector": f"adv_dunning.group_collector,{KPI}",
                "kpi_manager": "base.group_user,adv_kpi.group_kpi_manager",
                "portal": "base.group_portal",
            }.items()
        }
        seller = cls.users["salesperson"]
        cls._confirmed(100, "2026-02-02 09:00:00", "2026-02-02 10:00:00", user=seller)
        cls._confirmed(30, "2026-02-03 09:00:00", "2026-02-03 10:00:00")
        cls._bill(100, "2026-02-10", "2026-03-10", invoice_user_id=seller.id)
        others = cls._bill(30, "2026-02-11", "2026-03-10")
        cls._pay(others, 10, "2026-02-20")
        # 5 paid in advance, matched with nothing
        cls.env["account.payment"].create(
            {"partner_id": cls.customer.id, "amount": 5, "date": "2026-02-25", "payment_type": "inbound"}
        ).action_post()
        cls.env.flush_all()

    def _as(self, login, **context):
        return self.kpi.with_user(self.users[login]).with_context(
            allowed_company_ids=self.company.ids, **context
        )

    def _values(self, login, *codes):
        values = self._as(login).get_values(list(codes), *FEBRUARY)
        return [values[code]["value"] for code in codes]

    def test_figures_are_for_their_readers(self):
        for login in ("nobody", "assistant", "portal"):
            for call in (
                lambda kpi: kpi.get_values(["order_count"], *FEBRUARY),
                lambda kpi: kpi.get_series(["order_count"], *FEBRUARY),
                lambda kpi: kpi.get_breakdown(["order_count"], *FEBRUARY, "team"),
                lambda kpi: kpi.get_dashboard(*FEBRUARY),
                lambda kpi: kpi.get_restated(["order_count"], *FEBRUARY),
                lambda kpi: kpi.get_report_rows(*FEBRUARY),
                lambda kpi: kpi.get_survey_details(*FEBRUARY),
                lambda kpi: kpi.get_control_chart("on_time_rate", *FEBRUARY),
                lambda kpi: kpi.get_pareto("order_count", *FEBRUARY, "team"),
                lambda kpi: kpi.get_perfect_order_losses(*FEBRUARY),
                lambda kpi: kpi.get_staffing(*FEBRUARY),
                lambda kpi: kpi.get_cash_impact(*FEBRUARY),
                lambda kpi: kpi.get_recovery_curve(*FEBRUARY),
                lambda kpi: kpi.get_trends(*FEBRUARY),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    call(self._as(login))

    def test_reader_without_other_rights_sees_no_figure(self):
        codes = self.kpi.search([]).mapped("code")
        values = self._as("reader").get_values(codes, *FEBRUARY)
        for code in codes:
            with self.subTest(code=code):
                self.assertTrue(values[code]["not_applicable"])
                self.assertIsNone(values[code]["value"])
                self.assertIsNone(values[code]["numerator"])
        dashboard = self._as("reader").get_dashboard(*FEBRUARY)
        self.assertTrue(all(card["not_applicable"] and not card["series"] for card in dashboard["cards"]))
        self.assertEqual(dashboard["charts"], {"error_types": [], "aged": []})

    def test_salesperson_sees_their_own(self):
        self.assertEqual(
            self._values("salesperson", "order_intake", "revenue", "receivable_balance"), [100, 100, 100]
        )

    def test_assistant_sees_all_documents(self):
        # the open invoices, but no payments on account
        self.assertEqual(
            self._values("assistant_reader", "order_intake", "revenue", "receivable_balance"), [130, 130, 120]
        )

    def test_manager_accountant_and_collector_see_the_ledger(self):
        self.assertEqual(self._values("manager", "order_intake", "receivable_balance"), [130, 115])
        self.assertEqual(self._values("accountant", "revenue", "receivable_balance"), [130, 115])
        self.assertEqual(self._values("collector", "revenue", "receivable_balance"), [130, 115])

    def test_every_number_opens_its_records_for_its_reader(self):
        codes = self.kpi.search([]).mapped("code")
        for login in ("salesperson", "assistant_reader", "manager", "accountant"):
            kpi = self._as(login)
            for code, value in kpi.get_values(codes, *FEBRUARY).items():
                for part in filter(None, (value["numerator"], value["denominator"])):
                    with self.subTest(login=login, code=code):
                        self.assertOpens(part, kpi.env)

    def test_targets_are_set_by_managers_of_figures(self):
        vals = {"kpi_id": self.env.ref("adv_kpi.kpi_dso").id, "company_id": self.company.id, "value": 45}
        for login in ("nobody", "reader", "assistant_reader", "manager"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self.env["adv.kpi.target"].with_user(self.users[login]).create(vals)
        target = self.env["adv.kpi.target"].with_user(self.users["kpi_manager"]).create(vals)
        self.assertEqual(target.value, 45)

    def test_codes_and_units_do_not_change(self):
        kpi = self.env.ref("adv_kpi.kpi_dso").with_user(self.users["kpi_manager"])
        kpi.first_page = False
        for vals in ({"code": "other"}, {"unit": "count"}):
            with self.assertRaises(AccessError):
                kpi.write(vals)
        with self.assertRaises(AccessError):
            kpi.unlink()

    def test_facts_are_not_written_by_hand(self):
        order = self.env["sale.order"].search([], limit=1).with_user(self.users["manager"])
        for vals in (
            {"adv_processing_days": 1},
            {"adv_is_on_time_requested": True},
            {"adv_entry_hours": 1},
            {"adv_blocked_reason": "held"},
            {"adv_lines_filled": 1},
        ):
            with self.assertRaises(AccessError):
                order.write(vals)
        with self.assertRaises(AccessError):
            self.env["adv.receivable.entry"].with_user(self.users["accountant"]).create({"amount": 1})

    def test_other_company(self):
        other = self.setup_other_company(name="Other")["company"]
        stranger = new_test_user(
            self.env,
            "kpi_stranger",
            groups=f"sales_team.group_sale_manager,account.group_account_manager,{KPI}",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        kpi = self.kpi.with_user(stranger)
        values = kpi.get_values(["order_count", "revenue", "receivable_balance"], *FEBRUARY)
        self.assertEqual([value["value"] for value in values.values()], [0, 0, 0])
        with self.assertRaises(AccessError):
            kpi.get_values(["order_count"], *FEBRUARY, filters={"company_ids": self.company.ids})
        with self.assertRaises(AccessError):
            kpi.with_context(allowed_company_ids=self.company.ids).get_values(["order_count"], *FEBRUARY)
        self.env["adv.kpi.target"].create(
            {"kpi_id": self.env.ref("adv_kpi.kpi_dso").id, "company_id": self.company.id, "value": 45}
        )
        self.assertFalse(self.env["adv.kpi.target"].with_user(stranger).search([]))
