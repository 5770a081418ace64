from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, DunningCommon
from .test_tours import ScreenCommon


@tagged("post_install", "-at_install")
class TestRunTours(ScreenCommon):
    """Screens of the run: pauses, replies, policies."""

    def test_pause(self):
        self.start_tour("/odoo/reminder-pauses", "adv_dunning_pause", login="dun_collector")
        pause = self.env["adv.dunning.pause"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            pause, [{"name": "Closed in August", "partner_id": False, "date_from": self.today}]
        )
        self.assertEqual(self._code(self.invoice, self.today), "too_soon")

    def test_reply(self):
        notice = self._chase(self.today).notice_ids
        self.start_tour("/odoo/reminder-notices", "adv_dunning_reply", login="dun_collector")
        self.assertEqual((notice.replied_on, notice.answered_on), (self.today, self.today))

    def test_policy(self):
        self._compute_today()
        self.start_tour("/odoo/reminder-policies", "adv_dunning_policy_waits", login="dun_manager")
        self.assertEqual(self.policy.answer_days, 7)

    def test_manager_work(self):
        self.one.release_by_hand = True
        run = self._compute_today()
        self.start_tour("/odoo/collections", "adv_dunning_manager_work", login="dun_manager")
        self.assertRecordValues(run.notice_ids, [{"state": "ready", "released_by": self.manager.id}])

    def test_manager_setup(self):
        self.manager.group_ids = [Command.link(self.env.ref("base.group_system").id)]
        self.start_tour("/odoo/reminder-policies", "adv_dunning_manager_setup", login="dun_manager")
        self.assertEqual(self.env["adv.dunning.day"].search([("name", "=", "Town fair")]).date.year, 2099)
        self.assertTrue(self.env["adv.dispute.reason"].search([("name", "=", "Wrong site")]))
        self.assertEqual(self.company.adv_write_off_amount, 7)


@tagged("post_install", "-at_install")
class TestLevelPreview(DunningCommon):
    def _preview(self, code):
        level = self.env.ref(f"adv_dunning.level_{code}")
        action = level.action_preview_text()
        return self.env[action["res_model"]].with_context(**action["context"]).create({})

    def test_every_shipped_level_has_a_text_before_anything_was_sent(self):
        self.assertFalse(self.env["adv.dunning.notice"].search([]))
        for code, words in (
            ("information", "fall due in the next days"),
            ("friendly", "past their due date"),
            ("firm", "within seven days"),
            ("call", "following our call"),
            ("formal", "formal notice"),
        ):
            preview = self._preview(code)
            self.assertIn(words, preview.body, code)
            self.assertIn("1,730.00", preview.body, code)
            self.assertIn(self.env.company.name, preview.subject, code)
        self.assertFalse(self.env["adv.dunning.notice"].search([]), "nothing is written")
        self.assertIn("Good morning", self._preview("call").script)

    def test_days_of_the_sample_are_those_of_the_level(self):
        body = self._preview("firm").body
        self.assertRegex(body, r'align="right">\s*15\s*<')
        self.assertRegex(body, r'align="right">\s*12\s*<')


@tagged("post_install", "-at_install", "security")
class TestRelease(DunningCommon):
    def test_a_collector_does_not_release(self):
        self.one.release_by_hand = True
        self._invoice(100, date(2026, 2, 10))
        notice = self._compute(TODAY).notice_ids
        collector = self._make_user("dun_r", "adv_dunning.group_collector")
        with self.assertRaises(AccessError):
            notice.with_user(collector).action_open_release()
        release = self.env["adv.dunning.release"].with_user(collector)
        release = release.create({"operation": "release", "notice_ids": notice.ids})
        self.assertEqual(release.summary, "1 notice to Alpha, 100.00\xa0€")
        with self.assertRaises(AccessError):
            release.action_confirm()
        self.assertEqual(notice.state, "waiting")
