from datetime import date, timedelta

from hypothesis import strategies as st
from odoo.tests import tagged

from odoo.addons.adv_kpi.engine.catalogue_service import stock_value
from odoo.addons.adv_kpi.engine.formulas import Sum

from .common import FEBRUARY, KpiCommon
from .test_balances import FIRST, days, generated


@tagged("post_install", "-at_install")
class TestStockBetweenDays(KpiCommon):
    """The value of the stock with the moves added up between the days asked: the same as move by move."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("stock.group_stock_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        average = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average", "property_valuation": "periodic"}
        )
        cls.fixed, cls.floating = cls.env["product.product"].create(
            [
                {"name": "Fixed", "is_storable": True, "standard_price": 6},
                {"name": "Floating", "is_storable": True, "standard_price": 3, "categ_id": average.id},
            ]
        )
        dozen = cls.env.ref("uom.product_uom_dozen")
        cls._move(cls.fixed, 10, "2025-12-10 10:00:00")
        # 31 December in Paris, then 1 January
        cls._move(cls.fixed, 2, "2025-12-31 22:59:59")
        cls._move(cls.fixed, 4, "2025-12-31 23:00:00")
        cls._move(cls.fixed, -3, "2026-01-20 10:00:00")
        cls._move(cls.fixed, 1, "2026-02-15 10:00:00", dozen)
        cls._move(cls.floating, 20, "2025-12-20 10:00:00")
        cls._move(cls.floating, -5, "2026-02-02 10:00:00")
        costs = cls.env["product.value"].search([("product_id", "in", (cls.fixed + cls.floating).ids)])
        costs.date = "2025-12-01 08:00:00"
        cls.env.flush_all()

    @classmethod
    def _move(cls, product, quantity, moment, unit=None, company=None):
        """Receive (or, less than nothing, deliver) a quantity."""
        company = company or cls.company
        warehouse = cls.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        places = [cls.env.ref("stock.stock_location_suppliers"), warehouse.lot_stock_id]
        if quantity < 0:
            places = [warehouse.lot_stock_id, cls.env.ref("stock.stock_location_customers")]
        move = product.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": (unit or product.uom_id).id,
                "product_uom_qty": abs(quantity),
                "location_id": places[0].id,
                "location_dest_id": places[1].id,
                "company_id": company.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": abs(quantity), "picked": True})
        move._action_done()
        move.date = moment
        return move

    def _change_cost(self, product, cost, moment):
        product.standard_price = cost
        self.env.flush_all()
        self.env["product.value"].search(
            [("product_id", "=", product.id)], order="id desc", limit=1
        ).date = moment
        self.env.flush_all()

    def _values(self, wanted, **filters):
        """Return the value of the stock on the evening of some days."""
        kpis, scope, _period = self.kpi._prepare(["stock_rotation"], *FEBRUARY, filters)
        figures = kpis._load(scope, kpis.browse(), [])
        periods = [kpis._get_period(day, day) for day in wanted]
        figures.want(Sum(stock_value), periods)
        figures.load()
        return [round(figures.get(stock_value, period), 2) for period in periods]

    def _listed(self, wanted):
        entries = self.env["adv.stock.entry"]
        return [
            round(
                entries._read_group(
                    [
                        ("company_id", "=", self.company.id),
                        ("date", "<", self.company._adv_day_bounds(day, day)[1]),
                    ],
                    [],
                    ["amount:sum"],
                )[0][0]
                or 0.0,
                2,
            )
            for day in wanted
        ]

    def test_by_hand(self):
        wanted = [date(2025, 12, 9), date(2025, 12, 31), date(2026, 1, 31), date(2026, 3, 20)]
        # 10 + 2 at 6 and 20 at 3; + 4 - 3; + 12 - 5 at 3
        self.assertEqual(self._values(wanted), [0, 132, 138, 195])

    def test_costs_that_change_in_between(self):
        self._change_cost(self.fixed, 8, "2026-01-10 10:00:00")
        self._change_cost(self.fixed, 5, "2026-02-15 09:00:00")
        wanted = [date(2025, 12, 31), date(2026, 1, 15), date(2026, 1, 31), date(2026, 2, 28)]
        # 12 at 6, 16 at 8, 13 at 8, 25 at 5; with 20 at 3, then 15
        self.assertEqual(self._values(wanted), [72 + 60, 128 + 60, 104 + 60, 125 + 45])

    def test_any_days(self):
        self._change_cost(self.fixed, 8, "2026-01-10 10:00:00")
        self._change_cost(self.fixed, 5, "2026-02-15 09:00:00")
        self._change_cost(self.floating, 4, "2026-01-31 22:30:00")

        @generated(st.lists(days, min_size=1, max_size=6))
        def check(wanted):
            self.assertEqual(self._values(wanted), self._listed(wanted))

        check()

    # === TOTALS OF PAST MONTHS === #

    def _covered(self):
        self.env.flush_all()
        totals = self.env["adv.stock.total"]
        return [
            str(start) for start, _end in totals._adv_get_covered((self.company.id,), [])[self.company.id]
        ]

    def assertListed(self, hint):
        """Check that the values of many days are those of the entries, move by move."""
        wanted = [FIRST + timedelta(days=number) for number in range(0, 121, 7)]
        wanted += [date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
        self.assertEqual(self._values(wanted), self._listed(wanted), hint)

    def test_totals_of_past_months(self):
        self._change_cost(self.fixed, 8, "2026-01-10 10:00:00")
        self.env["adv.stock.total"]._adv_cron_run()
        months = ["2025-11-30 23:00:00", "2025-12-31 23:00:00", "2026-01-31 23:00:00"]
        self.assertEqual(self._covered(), months)
        self.assertListed("made")
        # what the totals say is what is read: with them all at nothing, only the current month is counted
        self.env.cr.execute("UPDATE adv_stock_total SET quantity = 0, value = 0")
        self.assertEqual(self._values([date(2026, 2, 28)]), [16 * 2], "16 pieces cost 2 more")
        self.assertEqual(self.env["adv.stock.total"]._adv_reconcile(), 3)
        self.assertEqual(self._covered(), [])
        self.assertListed("forgotten")
        self.env["adv.stock.total"]._adv_cron_run()
        self.assertEqual(self.env["adv.stock.total"]._adv_reconcile(), 0)
        self.assertEqual(self._covered(), months)

    def test_months_without_moves(self):
        """Nothing is added up where nothing moved; what comes in there later is seen."""
        self._move(self.fixed, 5, "2025-08-10 10:00:00")
        totals = self.env["adv.stock.total"]
        totals._adv_cron_run()
        months = ["2025-07-31 22:00:00", "2025-11-30 23:00:00", "2025-12-31 23:00:00", "2026-01-31 23:00:00"]
        self.assertEqual(self._covered(), months)
        self.assertEqual(totals._adv_get_missing(self.company), [])
        ends = [
            date(2025, 7, 31),
            date(2025, 8, 31),
            date(2025, 9, 30),
            date(2025, 11, 30),
            date(2025, 12, 31),
        ]
        # 5 at 6; then 12 at 6 and 20 at 3 beside them
        self.assertEqual(self._values(ends), [0, 30, 30, 30, 162])
        self._move(self.fixed, -2, "2025-10-05 10:00:00")
        self.assertEqual(self._values(ends), [0, 30, 30, 18, 150])
        totals._adv_cron_run()
        self.assertEqual(self._covered(), ["2025-07-31 22:00:00", "2025-09-30 22:00:00", *months[1:]])
        self.assertEqual(self._values(ends), [0, 30, 30, 18, 150])
        self.assertListed("with a month that came later")

    def test_totals_of_months_that_change_since(self):
        """Edited, moved to another month, cancelled by a return, revalued: each is seen at once."""
        december, january, february = "2025-11-30 23:00:00", "2025-12-31 23:00:00", "2026-01-31 23:00:00"
        moves = self.env["stock.move"].search(
            [("product_id", "in", (self.fixed + self.floating).ids)], order="id"
        )
        worth = {move: (move.product_id.name, move.date) for move in moves}
        self.assertEqual(len(worth), 7)
        changes = [
            (lambda: moves[0].write({"date": "2026-01-05 10:00:00"}), {december, january}),
            (lambda: moves[5].write({"value": 90}), {december}),
            (lambda: moves[3].write({"quantity": 5}), {january}),
            (lambda: self._move(self.fixed, 3, "2025-12-15 10:00:00"), {december}),
            (lambda: self._change_cost(self.fixed, 9, "2026-02-10 10:00:00"), {february}),
            (lambda: self.env["product.value"].search([("value", "=", 9)]).unlink(), {february}),
            (lambda: self._move(self.floating, -2, "2026-03-10 10:00:00"), set()),
            (lambda: moves[1:3].write({"state": "cancel"}), {december, january}),
        ]
        for number, (change, changed) in enumerate(changes):
            with self.subTest(number=number):
                self.env["adv.stock.total"]._adv_cron_run()
                self.assertListed("before")
                change()
                # at least these months: Odoo may value moves of others anew
                self.assertFalse(changed.intersection(self._covered()))
                self.assertListed("after")

    def test_totals_with_another_clock_or_method(self):
        self.env["adv.stock.total"]._adv_cron_run()
        self.company.adv_tz = "Pacific/Auckland"
        self.assertListed("days begin at another moment")
        self.env["adv.stock.total"]._adv_cron_run()
        self.assertListed("totals of both")
        self.fixed.categ_id = self.floating.categ_id
        self.assertListed("how a product is costed is not in them")

    def test_changes_not_seen_keep_their_notes(self):
        """What another transaction notes while totals are made is not taken away."""
        totals, changes = self.env["adv.stock.total"], self.env["adv.stock.change"]
        totals._adv_cron_run()
        note = {"company_id": self.company.id, "date_from": "2026-01-10", "date_to": "2026-01-20"}
        changes.sudo().create(note)
        self.assertEqual(self._covered(), ["2025-11-30 23:00:00", "2026-01-31 23:00:00"])
        totals._adv_cron_run()
        self.assertFalse(changes.sudo().search([("company_id", "=", self.company.id)]))
        self.assertEqual(len(self._covered()), 3)

    def test_two_clocks(self):
        """Companies whose days begin at other moments are added up each by its own."""
        far = self.env["res.company"].create({"name": "Far", "adv_tz": "Pacific/Auckland"})
        self.env.user.company_ids |= far
        kpis = self.env["adv.kpi"].with_context(allowed_company_ids=(self.company + far).ids)
        self.assertEqual(len(kpis.env.companies.grouped("adv_tz")), 2)
        self.floating.with_company(far).standard_price = 2
        self._move(self.floating.with_company(far), 7, "2025-12-31 12:00:00", company=far)  # 1 January there
        self.env.flush_all()
        kpis, scope, _period = kpis._prepare(["stock_rotation"], *FEBRUARY)
        figures = kpis._load(scope, kpis.browse(), [])
        last, first = (kpis._get_period(day, day) for day in (date(2025, 12, 31), date(2026, 1, 1)))
        figures.want(Sum(stock_value), [last, first])
        figures.load()
        values = [figures.by_company(stock_value, period) for period in (last, first)]
        self.assertEqual(
            [(value[self.company.id], value.get(far.id, 0)) for value in values], [(132, 0), (156, 14)]
        )
