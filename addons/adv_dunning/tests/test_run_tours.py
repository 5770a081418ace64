from odoo.tests import tagged

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
