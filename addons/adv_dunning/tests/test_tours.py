from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import DunningCommon


class ScreenCommon(DunningCommon, HttpCase):
    """Overdue invoices of today, a collector, a manager and a portal customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._adv_today()
        cls.collector = cls._make_user("dun_collector", "adv_dunning.group_collector")
        cls.manager = cls._make_user("dun_manager", "adv_dunning.group_collection_manager,base.group_user")
        cls.invoice = cls._invoice(300, cls.today - timedelta(days=10), day=cls.today - timedelta(days=40))

    def _compute_today(self):
        return self._compute(self.today)


@tagged("post_install", "-at_install")
class TestTours(ScreenCommon):
    def test_run(self):
        run = self._compute_today()
        self.start_tour("/odoo/reminder-runs", "adv_dunning_run", login="dun_collector")
        self.assertEqual(run.notice_ids.state, "sent")

    def test_collector_day(self):
        """The tour that shows a collector the day can be walked to its end; it writes nothing down."""
        self._compute_today()
        self.start_tour("/odoo", "adv_dunning_collector_day", login="dun_collector")
        self.assertFalse(self.env["adv.payment.promise"].search([("move_ids", "in", self.invoice.ids)]))

    def test_notice(self):
        self.policy.progression = "catch_up"
        self.one.release_by_hand = self.one.hold = True
        self.one.write({"name": "Formal one", "template_id": self._template("formal").id})
        run = self._compute_today()
        self.start_tour("/odoo/reminder-notices", "adv_dunning_notice", login="dun_manager")
        self.assertEqual(run.notice_ids.state, "sent")

    def test_item(self):
        self._compute_today()
        self.start_tour("/odoo/open-instalments", "adv_dunning_item", login="dun_collector")

    def test_dispute(self):
        dispute = self._dispute(self.invoice, 300, day=self.today)
        self.start_tour("/odoo/disputes", "adv_dunning_dispute", login="dun_collector")
        self.assertEqual(dispute.state, "rejected")

    def test_promise(self):
        promise = self._promise(self.invoice, 300, self.today + timedelta(days=5), made=self.today)
        self.start_tour("/odoo/payment-promises", "adv_dunning_promise", login="dun_collector")
        self.assertEqual(promise.state, "cancelled")

    def test_policy(self):
        self._compute_today()
        self.start_tour("/odoo/reminder-policies", "adv_dunning_policy", login="dun_manager")

    def test_go_live(self):
        self.company._adv_dunning_set_facts({"adv_dunning_live": False})
        self.start_tour("/odoo/collections", "adv_dunning_go_live", login="dun_manager")
        self.env.invalidate_all()
        self.assertTrue(self.company.adv_dunning_live)

    def test_late_charge(self):
        self.env["adv.interest.rate"].create(
            {"kind": "late", "date_from": "2026-07-01", "date_to": "2099-12-31", "rate": 10}
        )
        self.assertEqual(len(self.env["adv.late.charge"].accrue(self.invoice, self.today)), 2)
        self.start_tour("/odoo/late-charges", "adv_dunning_late_charge", login="dun_manager")


@tagged("post_install", "-at_install", "security")
class TestPortal(ScreenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_user("dun_customer", "base.group_portal")
        cls.customer.partner_id.parent_id = cls.partner
        stranger = cls._make_partner("Stranger")
        cls.foreign = cls._invoice(777, cls.today - timedelta(days=10), partner=stranger)

    def test_tour(self):
        self.start_tour("/my/home", "adv_dunning_portal", login="dun_customer")
        promise = self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(
            promise,
            [{"amount": 300.0, "date": self.today + timedelta(days=10), "origin": "portal", "state": "open"}],
        )

    def test_statement_is_the_customer_s_own(self):
        self.authenticate("dun_customer", "dun_customer")
        page = self.url_open("/my/statement").text
        self.assertIn(self.invoice.name, page)
        self.assertNotIn(self.foreign.name, page)

    def test_pay_opens_the_customer_s_own_invoice_only(self):
        self.authenticate("dun_customer", "dun_customer")
        page = self.url_open(f"/my/statement/pay/{self.invoice.id}")
        self.assertIn(f"/my/invoices/{self.invoice.id}", page.url)
        self.assertIn(f"access_token={self.invoice.access_token}", page.url, "without it nothing is paid")
        self.assertTrue(self.url_open(f"/my/statement/pay/{self.foreign.id}").url.endswith("/my/statement"))

    def test_login_is_required(self):
        self.authenticate(None, None)
        response = self.url_open("/my/statement")
        self.assertIn("/web/login", response.url)
        token = self.invoice._portal_ensure_token()
        response = self.url_open(f"/my/statement?access_token={token}")
        self.assertIn("/web/login", response.url)

    def test_promise_has_limits(self):
        self.authenticate("dun_customer", "dun_customer")
        for day in (self.today + timedelta(days=11), self.today - timedelta(days=1)):
            self.assertIn("Choose a day", self._post_promise(day))
        self.assertFalse(self._promises())
        self._post_promise(self.today)
        self.assertEqual(len(self._promises()), 1)
        self.assertIn("already told", self._post_promise(self.today))
        self._promises().action_cancel()
        self._post_promise(self.today)
        self._promises().action_cancel()
        self.assertIn("call us", self._post_promise(self.today))
        self.assertEqual(len(self._promises()), 2, "twice a year")

    def test_no_promise_for_another_company(self):
        self.authenticate("dun_customer", "dun_customer")
        other = self._make_company("Not theirs")
        self.assertIn("Choose a day", self._post_promise(self.today, company=other))

    def test_no_promise_from_the_formal_notice_on(self):
        self.one.write({"tone": "formal"})
        self._chase(self.today)
        self.authenticate("dun_customer", "dun_customer")
        self.assertIn("call us", self._post_promise(self.today))
        self.assertFalse(self._promises())

    def _promises(self):
        self.env.invalidate_all()
        return self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])

    def _post_promise(self, day, company=None):
        from odoo import http

        return self.url_open(
            "/my/statement/promise",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "company_id": (company or self.company).id,
                "currency_id": self.eur.id,
                "date": str(day),
            },
        ).text
