from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ..tools.takeover import SourceLevel, Told, delays, last_levels, latest, tones
from .common import DunningCommon


@tagged("post_install", "-at_install")
class TestTakeoverMapping(BaseCase):
    """What becomes of the levels of credit control, and of what it told: by hand, without a database."""

    def test_days_from_the_due_date_stay(self):
        levels = [SourceLevel(7, 2, "net_days", 20, "email"), SourceLevel(5, 1, "net_days", 10, "email")]
        self.assertEqual(delays(levels), {5: 10, 7: 20})

    def test_days_from_the_last_reminder_are_added(self):
        levels = [
            SourceLevel(1, 1, "net_days", 10, "email"),
            SourceLevel(2, 2, "previous_date", 30, "email"),
            SourceLevel(3, 3, "previous_date", 10, "letter"),
        ]
        self.assertEqual(delays(levels), {1: 10, 2: 40, 3: 50})

    def test_the_end_of_a_month_never_comes_sooner(self):
        """Due on the 1st of a month of 31 days and 0 days: its end is 30 days later."""
        self.assertEqual(delays([SourceLevel(1, 1, "end_of_month", 0, "email")]), {1: 30})

    def test_levels_keep_their_order(self):
        """Two levels at the same day, or one that comes before the lower one: each a day after the last."""
        levels = [
            SourceLevel(1, 1, "net_days", 0, "email"),
            SourceLevel(2, 2, "net_days", 0, "email"),
            SourceLevel(3, 3, "net_days", -4, "email"),
        ]
        self.assertEqual(delays(levels), {1: 0, 2: 1, 3: 2})

    def test_tones_rise(self):
        one, two, three, call = (
            SourceLevel(key, key, "net_days", key, "phone" if key == 4 else "email") for key in (1, 2, 3, 4)
        )
        self.assertEqual(tones([one]), {1: "friendly"})
        self.assertEqual(tones([two, one]), {1: "friendly", 2: "firm"})
        self.assertEqual(tones([one, two, three]), {1: "friendly", 2: "firm", 3: "formal"})
        self.assertEqual(tones([one, two, call]), {1: "friendly", 2: "firm", 4: "call"})
        self.assertEqual(tones([]), {})

    def test_the_last_word_at_each_level_counts(self):
        def told(key, item, level, day):
            return Told(key, item, level, date(2026, 2, day), 100.0, "email", 0)

        first, again, second = told(1, 9, 1, 3), told(2, 9, 1, 5), told(3, 9, 2, 10)
        other = told(4, 8, 1, 4)
        self.assertEqual(latest([second, again, first, other]), [other, again, second])
        self.assertEqual(last_levels([first, again, second, other], {1: 5, 2: 15}), {9: 2, 8: 1})


@tagged("post_install", "-at_install", "security")
class TestTakeoverAbsent(DunningCommon):
    """Without credit control there is nothing to see and nothing to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "credit.control.line" in cls.env:
            cls.skipTest(cls, "credit control is installed here: tests/beside has these tests")

    def test_menu_is_hidden(self):
        manager = self._make_user("takeover_manager", "adv_dunning.group_collection_manager")
        menus = self.env["ir.ui.menu"].with_user(manager)._visible_menu_ids()
        self.assertIn(self.env.ref("adv_dunning.menu_go_live").id, menus)
        loaded = self.env["ir.ui.menu"].with_user(manager).load_menus(False)
        self.assertIn(self.env.ref("adv_dunning.menu_go_live").id, loaded)
        self.assertNotIn(self.env.ref("adv_dunning.menu_takeover").id, loaded)

    def test_go_live_does_not_offer_it(self):
        wizard = self.env["adv.dunning.go.live"].create({"company_id": self.company.id})
        self.assertFalse(wizard.can_take_over)

    def test_it_is_refused(self):
        wizard = self.env["adv.dunning.takeover"].create({"company_id": self.company.id})
        with self.assertRaises(UserError):
            wizard.action_take_over()
        collector = self._make_user("takeover_collector", "adv_dunning.group_collector")
        with self.assertRaises(AccessError):
            self.env["adv.dunning.takeover"].with_user(collector).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(collector).action_take_over()
