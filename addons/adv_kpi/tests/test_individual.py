from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import FEBRUARY, KpiCommon


@tagged("post_install", "-at_install", "security")
class TestIndividual(KpiCommon):
    """Figures of single assistants: nowhere, until the company wants them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = [new_test_user(cls.env, f"kpi_single_{name}", name=name) for name in ("Ann", "Bob")]
        cls.ann, cls.bob = cls.env["adv.assistant"].create(
            [{"user_id": user.id, "company_id": cls.company.id} for user in users]
        )
        orders = cls._confirmed(100, "2026-02-02 09:00:00", "2026-02-02 10:00:00")
        orders |= cls._confirmed(30, "2026-02-03 09:00:00", "2026-02-03 10:00:00")
        for order, assistant in zip(orders, (cls.ann, cls.bob), strict=True):
            order.adv_assistant_id = assistant
            # sudo: answers have no other writer than the server
            cls.env["adv.satisfaction"].sudo().create(
                {
                    "order_id": order.id,
                    "partner_id": cls.customer.id,
                    "assistant_id": assistant.id,
                    "date": "2026-02-15 08:00:00",
                    "answered_date": "2026-02-16 08:00:00",
                    "csat": 5,
                }
            )
        cls.manager = new_test_user(
            cls.env,
            "kpi_single_manager",
            groups="adv_orders.group_adv_manager,adv_kpi.group_kpi_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.figures = cls.kpi.with_user(cls.manager)
        cls.codes = cls.kpi.search([]).mapped("code")
        cls.only_ann = {"assistant_ids": cls.ann.ids}
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_no_public_method_shows_them(self):
        figures, ann = self.figures, self.only_ann
        values = figures.get_values(self.codes, *FEBRUARY, ann)
        self.assertEqual({value["not_applicable"] for value in values.values()}, {True})
        self.assertEqual({value["value"] for value in values.values()}, {None})
        self.assertFalse(any(value["numerator"] or value["denominator"] for value in values.values()))
        self.assertFalse(any(figures.get_series(self.codes, *FEBRUARY, "week", ann).values()))
        for dimension in ("assistant", "partner", "error_type", "survey_item", "categ", "product"):
            filters = None if dimension == "assistant" else ann
            rows = figures.get_breakdown(self.codes, *FEBRUARY, dimension, filters)
            self.assertFalse(any(rows.values()), dimension)
        self.assertFalse(figures.get_pareto("order_count", *FEBRUARY, "assistant"))
        self.assertFalse(figures.get_report_rows(*FEBRUARY, filters=ann))
        for name in ("get_staffing", "get_cash_impact", "get_perfect_order_losses", "get_recovery_curve"):
            self.assertEqual(getattr(figures, name)(*FEBRUARY, ann), {}, name)
        self.assertEqual(figures.get_survey_details(*FEBRUARY, ann), {})
        self.assertEqual(figures.get_control_chart("on_time_rate", *FEBRUARY, filters=ann), {})
        trends = figures.get_trends(*FEBRUARY, ann)
        self.assertFalse(trends["seasons"] or trends["products"] or trends["segments"])
        for page in ("first", "productivity", "quality", "service", "commercial", "cash"):
            dashboard = figures.get_dashboard(*FEBRUARY, filters=ann, page=page)
            self.assertTrue(all(card["not_applicable"] and not card["series"] for card in dashboard["cards"]))
            self.assertFalse(any(dashboard["charts"].values()), page)

    def test_nor_do_the_lists_behind_them(self):
        for name, aggregate in (
            ("adv.satisfaction", "csat:avg"),
            ("adv.intake.entry", "amount:sum"),
            ("adv.delivery.entry", "amount:sum"),
        ):
            records = self.env[name].with_user(self.manager)
            with self.subTest(model=name):
                self.assertNotIn("assistant_id", records.fields_get())
                with self.assertRaises(AccessError):
                    records.formatted_read_group([], ["assistant_id"], [aggregate])
                with self.assertRaises(AccessError):
                    records.search([("assistant_id", "=", self.ann.id)])
                with self.assertRaises(AccessError):
                    records.search_read([], ["assistant_id"])

    def test_nor_is_anything_searched_along_the_order(self):
        """By the order's assistant, their user, their answers; whoever asks for all gets all."""
        self._ship_goods()
        ways = (
            [("order_id.adv_assistant_id", "=", self.ann.id)],
            [("order_id.adv_assistant_id.user_id.name", "=", "Ann")],
            ["!", ("order_id.adv_assistant_id", "in", [self.bob.id])],
            ["|", ("id", "=", 0), ("order_id", "any", [("adv_assistant_id", "in", [self.ann.id, False])])],
            [("order_id", "not any", [("adv_satisfaction_ids.assistant_id", "=", self.bob.id)])],
            [
                (
                    "order_id.adv_commercial_partner_id.adv_customer_order_ids.adv_assistant_id",
                    "=",
                    self.ann.id,
                )
            ],
        )
        for name, aggregate in (
            ("adv.satisfaction", "csat:sum"),
            ("adv.intake.entry", "amount:sum"),
            ("adv.delivery.entry", "amount:sum"),
        ):
            records = self.env[name].with_user(self.manager)
            # Ann's order and Bob's
            self.assertEqual(len(records.search([]).order_id & self.orders), 2, name)
            self.assertTrue(records.search([("order_id.adv_assistant_id", "!=", False)]), name)
            for domain in ways:
                with self.subTest(model=name, domain=domain):
                    with self.assertRaises(AccessError):
                        records.search(domain)
                    with self.assertRaises(AccessError):
                        records.search_count(domain)
                    with self.assertRaises(AccessError):
                        records.formatted_read_group(domain, [], [aggregate])
                    with self.assertRaises(AccessError):
                        records.web_search_read(domain, {"order_id": {}})
            with self.assertRaises(AccessError):
                records.formatted_read_group([], ["order_id.adv_assistant_id"], [aggregate])
        others = {
            "adv.satisfaction.score": "satisfaction_id.order_id",
            "adv.revenue.entry": "move_id.line_ids.sale_line_ids.order_id",
            "adv.receivable.entry": "move_id.line_ids.sale_line_ids.order_id",
            "adv.stock.entry": "move_id.sale_line_id.order_id",
        }
        for name, path in others.items():
            with self.subTest(model=name), self.assertRaises(AccessError):
                self.env[name].with_user(self.manager).search(
                    [(f"{path}.adv_assistant_id", "=", self.ann.id)]
                )
        self.company.adv_individual_figures = True
        entries = self.env["adv.delivery.entry"].with_user(self.manager)
        self.assertEqual(entries.search(ways[0]).order_id, self.orders[0])

    def _ship_goods(self):
        """One piece at 10 leaves for Ann's order and one for Bob's."""
        goods = self.env["product.product"].create({"name": "Goods", "type": "consu", "taxes_id": False})
        self.orders = self.env["sale.order"].search(
            [("adv_assistant_id", "in", (self.ann | self.bob).ids)], order="id"
        )
        for order in self.orders:
            line = self.env["sale.order.line"].create(
                {"order_id": order.id, "product_id": goods.id, "product_uom_qty": 1, "price_unit": 10}
            )
            line._action_launch_stock_rule()
            line.move_ids.write({"quantity": 1, "picked": True})
            line.move_ids._action_done()
            self.assertEqual(line.move_ids.state, "done")

    def test_a_figure_saved_by_an_earlier_version(self):
        """Own figures about one assistant were accepted once: they are not worked out."""
        field = self.env["ir.model.fields"]._get("sale.order", "adv_confirmed_date")
        own = self.figures.create(
            {
                "name": "Orders",
                "category": "productivity",
                "unit": "count",
                "model_id": field.model_id.id,
                "date_field_id": field.id,
            }
        )
        self.assertFigures({own.code: 2})
        domain = repr([("adv_assistant_id", "=", self.ann.id)])
        self.env.flush_all()
        self.env.cr.execute("UPDATE adv_kpi SET domain = %s WHERE id = %s", [domain, own.id])
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        value = self.figures.get_values([own.code], *FEBRUARY)[own.code]
        self.assertEqual((value["value"], value["not_applicable"], value["numerator"]), (None, True, None))
        self.assertEqual(self.figures.get_series([own.code], *FEBRUARY), {own.code: []})
        self.assertEqual(self.figures.get_breakdown([own.code], *FEBRUARY, "team"), {own.code: []})

    def test_nor_does_a_figure_of_their_maker(self):
        field = self.env["ir.model.fields"]._get("sale.order", "adv_confirmed_date")
        vals = {
            "name": "Orders",
            "category": "productivity",
            "unit": "count",
            "model_id": field.model_id.id,
            "date_field_id": field.id,
        }
        for domain in (
            [("adv_assistant_id", "=", self.ann.id)],
            [("adv_assistant_id.user_id.name", "=", "Ann")],
            ["!", ("adv_assistant_id", "in", [self.bob.id])],
            [("adv_satisfaction_ids", "any", [("assistant_id", "in", [self.ann.id])])],
        ):
            with self.subTest(domain=domain), self.assertRaises(ValidationError), self.cr.savepoint():
                self.figures.create({**vals, "domain": repr(domain)})
        without = self.figures.create({**vals, "domain": "[('adv_assistant_id', '=', False)]"})
        self.assertFigures({without.code: 0})

    def test_where_the_company_wants_them(self):
        self.company.adv_individual_figures = True
        self.assertFigures({"order_intake": 100, "order_count": 1, "csat": 100}, filters=self.only_ann)
        rows = self.figures.get_breakdown(["order_intake"], *FEBRUARY, "assistant")["order_intake"]
        self.assertEqual([(row["label"], row["value"]) for row in rows], [("Ann", 100), ("Bob", 30)])
        answers = self.env["adv.satisfaction"].with_user(self.manager)
        self.assertEqual(answers.search([("assistant_id", "=", self.ann.id)]).assistant_id, self.ann)
        # a company that does not want them hides them in whatever is added up with it
        other = self.env["res.company"].create({"name": "Other"})
        both = self.kpi.with_context(allowed_company_ids=(self.company + other).ids)
        self.assertTrue(
            both.get_values(["order_count"], *FEBRUARY, self.only_ann)["order_count"]["not_applicable"]
        )
