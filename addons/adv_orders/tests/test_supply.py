from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools import Move, SupplyPlan, judge

NOW = datetime(2026, 3, 2, 8)
CHAIR = 7
STOCK, CUSTOMERS, SUPPLIERS = 1, 2, 3


def day(number):
    """Return noon of a day of March 2026."""
    return datetime(2026, 3, number, 12)


def need(number, quantity, when, **values):
    return Move(number, CHAIR, day(when), quantity, source=STOCK, target=CUSTOMERS, **values)


def arrive(number, quantity, when, **values):
    return Move(
        number, CHAIR, day(when), quantity, source=SUPPLIERS, target=STOCK, usage="supplier", **values
    )


@tagged("post_install", "-at_install")
class TestSupply(BaseCase):
    """The calculation alone: figures by hand."""

    def plan(self, *moves, free=0, **values):
        return SupplyPlan(moves, {(CHAIR, STOCK): free}, NOW, **values)

    def check(self, plan, number, when, short=0, kind=None, source=None):
        answer = plan.answer(number)
        self.assertEqual(answer.date, when)
        self.assertEqual(answer.short, short)
        self.assertEqual(answer.supply and answer.supply.kind, kind)
        if source:
            self.assertEqual(answer.supply.move_id, source)

    def test_free_stock_goes_by_scheduled_date(self):
        """Ten free; the 5th needs 6, the 9th needs 6: the second lacks 2."""
        plan = self.plan(need(1, 6, 9), need(2, 6, 5), free=10)
        self.check(plan, 2, NOW)
        self.check(plan, 1, None, 2, "nothing")

    def test_priority_goes_first(self):
        plan = self.plan(need(1, 6, 5), need(2, 6, 9, priority="1"), free=10)
        self.check(plan, 2, NOW)
        self.check(plan, 1, None, 2, "nothing")

    def test_reserved_stays_reserved(self):
        """The later one has reserved all its 6; the earlier takes the 4 that are free and lacks 2."""
        plan = self.plan(need(1, 6, 5), need(2, 6, 9, reserved=6), free=4)
        self.check(plan, 2, NOW)
        self.check(plan, 1, None, 2, "nothing")

    def test_arrivals_in_the_order_of_their_dates(self):
        """3 free, 4 come on the 10th, 20 on the 20th: 5 are whole on the 10th, the next 5 on the 20th."""
        plan = self.plan(need(1, 5, 5), need(2, 5, 6), arrive(10, 20, 20), arrive(11, 4, 10), free=3)
        self.check(plan, 1, day(10), 2, "incoming", 11)
        self.check(plan, 2, day(20), 5, "incoming", 10)

    def test_an_arrival_that_should_have_come_is_overdue(self):
        plan = self.plan(
            need(1, 5, 5), Move(9, CHAIR, NOW - timedelta(days=3), 5, 0, SUPPLIERS, STOCK, "supplier")
        )
        self.check(plan, 1, NOW, 5, "overdue", 9)

    def test_what_others_owe_comes_off_the_arrival_first(self):
        """Two over-reserved: of 5 that come, 3 are left."""
        plan = self.plan(need(1, 4, 5), arrive(9, 5, 10), free=-2)
        self.check(plan, 1, None, 4, "nothing")

    def test_an_asked_quantity_is_not_ordered_yet(self):
        quotations = [(77, CHAIR, STOCK, day(15), 10)]
        plan = self.plan(need(1, 5, 5), arrive(9, 2, 20), quotations=quotations)
        self.check(plan, 1, day(20), 5, "incoming", 9)
        plan = self.plan(need(1, 5, 5), quotations=quotations)
        self.check(plan, 1, day(15), 5, "quotation")

    def test_the_suppliers_days_when_nothing_is_ordered(self):
        plan = self.plan(need(1, 5, 5), lead_days={CHAIR: 12})
        self.check(plan, 1, NOW + timedelta(days=12), 5, "nothing")

    def test_made_to_order_waits_for_its_own_arrival(self):
        """The stock is full, but the move has its own receipt: that one counts, and nobody else takes it."""
        mine = need(1, 5, 5, to_order=True, origins=[9])
        receipt = arrive(9, 5, 18, followers=[1])
        other = need(2, 5, 6)
        plan = self.plan(mine, receipt, other, free=0)
        self.check(plan, 1, day(18), 5, "incoming", 9)
        self.check(plan, 2, None, 5, "nothing")

    def test_three_steps_add_up(self):
        """Pick from stock (2 days), pack (1 day), ship: what comes on the 10th leaves on the 13th."""
        pick = Move(1, CHAIR, day(3), 5, source=STOCK, target=20, delay=2, followers=[2])
        pack = Move(
            2, CHAIR, day(4), 5, source=20, target=21, delay=1, to_order=True, origins=[1], followers=[3]
        )
        ship = Move(3, CHAIR, day(5), 5, source=21, target=CUSTOMERS, to_order=True, origins=[2])
        plan = self.plan(pick, pack, ship, arrive(9, 5, 10))
        self.check(plan, 3, day(13), 5, "incoming", 9)

    def test_goods_waiting_in_the_receiving_area(self):
        """A receipt in two steps is counted once, and its supplier's move is named."""
        receipt = Move(8, CHAIR, day(9), 5, source=SUPPLIERS, target=30, usage="supplier", followers=[9])
        put_away = Move(9, CHAIR, day(10), 5, source=30, target=STOCK, to_order=True, origins=[8])
        plan = self.plan(receipt, put_away, need(1, 5, 5), need(2, 5, 6))
        self.check(plan, 1, day(10), 5, "incoming", 8)
        self.check(plan, 2, None, 5, "nothing")

    def test_goods_that_a_step_has_brought_already(self):
        plan = self.plan(need(1, 5, 5, to_order=True, fed=True))
        self.check(plan, 1, NOW)

    def test_what_is_not_stored_is_always_there(self):
        self.check(self.plan(need(1, 5, 5, storable=False)), 1, NOW)

    def test_a_loop_ends(self):
        plan = self.plan(need(1, 5, 5, origins=[2]), need(2, 5, 5, origins=[1]))
        self.assertEqual(plan.answer(1).date, NOW)

    def test_judge(self):
        today, promise = date(2026, 3, 2), date(2026, 3, 10)
        for expected, waits_for, safe, state in (
            (date(2026, 3, 10), None, False, "on_track"),
            (date(2026, 3, 11), None, False, "late"),
            (date(2026, 3, 10), "incoming", True, "on_track"),
            (date(2026, 3, 10), "incoming", False, "at_risk"),
            (date(2026, 3, 10), "overdue", True, "at_risk"),
            (date(2026, 3, 10), "quotation", True, "at_risk"),
            (None, "nothing", False, "at_risk"),
            (date(2026, 3, 11), "incoming", True, "late"),
        ):
            with self.subTest(expected=expected, waits_for=waits_for, safe=safe):
                self.assertEqual(judge(promise, expected, today, waits_for, safe), state)
        self.assertEqual(judge(date(2026, 3, 1), date(2026, 3, 2), today, None, True), "late")
        self.assertEqual(judge(None, date(2026, 3, 2), today, None, True), "on_track")
