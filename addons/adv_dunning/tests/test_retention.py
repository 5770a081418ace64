from datetime import date

from freezegun import freeze_time
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestRetention(DunningCommon):
    """Reminders are forgotten after the company's months, never while the money is still owed."""

    def setUp(self):
        super().setUp()
        self.company.adv_dunning_retention_months = 12
        self.settled = self._invoice(100, date(2026, 2, 20))
        self.owed = self._invoice(200, date(2026, 2, 20), partner=self._make_partner("Beta"))
        self.run = self._chase()
        self._pay(self.settled, 100, date(2026, 3, 20))

    def _forget(self, day):
        with freeze_time(day):
            self.env["adv.dunning.notice"]._gc_notices()
            self.env["adv.dunning.run"]._gc_runs()

    def test_nothing_is_forgotten_before_its_time(self):
        self._forget("2027-03-02")
        self.assertEqual(len(self.run.notice_ids), 2)

    def test_settled_notices_go_and_claims_stay(self):
        self._forget("2027-03-03")
        self.assertEqual(self.run.notice_ids.line_ids.move_id, self.owed)
        self.assertTrue(self.run.exists(), "a run stays as long as one of its notices")

    def test_run_goes_with_its_last_notice(self):
        self._pay(self.owed, 200, date(2026, 4, 1))
        self._forget("2027-03-03")
        self.assertFalse(self.run.exists())

    def test_notices_that_failed_go_too(self):
        notice = self.run.notice_ids.filtered(lambda notice: notice.partner_id == self.partner)
        notice._adv_set_facts({"state": "failed"})
        self._forget("2027-03-03")
        self.assertFalse(notice.exists())

    def test_zero_keeps_for_ever(self):
        self.company.adv_dunning_retention_months = 0
        self._forget("2099-01-01")
        self.assertEqual(len(self.run.notice_ids), 2)

    def test_batches(self):
        self._pay(self.owed, 200, date(2026, 4, 1))
        with freeze_time("2027-03-03"):
            self.assertEqual(self.env["adv.dunning.notice"]._gc_notices(limit=1), (1, True))
            self.assertEqual(self.env["adv.dunning.notice"]._gc_notices(limit=2), (1, False))

    def test_nobody_deletes_by_hand(self):
        with self.assertRaises(UserError):
            self.run.notice_ids.unlink()
        with self.assertRaises(UserError):
            self.run.unlink()

    def test_less_than_a_year_or_more_than_a_hundred_is_refused(self):
        for months in (11, -1, 1201, 2**31 - 1):
            with self.subTest(months), self.assertRaises(ValidationError):
                self.company.adv_dunning_retention_months = months
        self.assertEqual(self.run.date, TODAY)
