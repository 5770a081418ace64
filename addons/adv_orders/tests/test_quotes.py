from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestQuotes(AdvOrdersCommon):
    """Days count in Paris; five days of silence, three days before the end (the defaults)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._adv_today()

    def quote(self, days_ago=0, valid_for=30, **values):
        """Return a quotation sent ``days_ago`` at noon UTC and valid for so many days from today."""
        order = self.order(**values)
        order.action_quotation_sent()
        noon = datetime.combine(self.today, datetime.min.time()) + timedelta(hours=12)
        order.validity_date = self.today + timedelta(days=valid_for) if valid_for is not None else False
        order._adv_set_facts({"adv_quoted_date": noon - timedelta(days=days_ago)})
        return order

    def to_follow(self):
        orders = self.env["sale.order"]
        domain = orders._adv_quotes_to_follow_up_domain(self.env.company, self.today)
        return orders.search(domain, order="id")

    def test_what_is_to_be_followed_up(self):
        fresh, silent = self.quote(4), self.quote(5)
        soon, later = self.quote(0, valid_for=3), self.quote(0, valid_for=4)
        over = self.quote(0, valid_for=-1)
        endless = self.quote(9, valid_for=None)
        draft, ordered = self.order(), self.quote(9)
        ordered.action_confirm()
        self.assertEqual(
            [quote.adv_quote_status for quote in (fresh, silent, soon, later, over, endless, draft, ordered)],
            ["waiting", "no_answer", "expiring", "waiting", "expired", "no_answer", False, False],
        )
        self.assertEqual(self.to_follow(), silent | soon | over | endless)
        for status, quotes in (
            ("waiting", fresh | later),
            ("no_answer", silent | endless),
            ("expiring", soon),
            ("expired", over),
        ):
            found = self.env["sale.order"].search([("adv_quote_status", "=", status)], order="id")
            self.assertEqual(found, quotes, status)
        nothing = self.env["sale.order"].search([("adv_quote_status", "=", False)])
        self.assertLessEqual(draft | ordered, nothing)
        self.assertFalse(nothing & (fresh | silent | soon | over))

    def test_the_day_is_the_companys(self):
        """Sent on 1 June at 23:30 UTC, 2 June in Paris: 6 June is the fourth day, not the fifth."""
        quote = self.quote()
        quote.validity_date = date(2026, 12, 31)
        quote._adv_set_facts({"adv_quoted_date": datetime(2026, 6, 1, 23, 30)})
        orders = self.env["sale.order"]
        for day, expected in ((date(2026, 6, 6), orders), (date(2026, 6, 7), quote)):
            domain = orders._adv_quotes_to_follow_up_domain(self.env.company, day)
            self.assertEqual(orders.search(domain), expected, day)

    def test_asked_once_it_rests(self):
        silent, over = self.quote(8), self.quote(8, valid_for=-2)
        (silent | over).with_user(self.assistant).action_adv_followed()
        self.assertFalse(self.to_follow())
        later = self.today + timedelta(days=5)
        orders = self.env["sale.order"]
        domain = orders._adv_quotes_to_follow_up_domain(self.env.company, later)
        self.assertEqual(orders.search(domain, order="id"), silent | over)

    def test_one_mail_a_customer(self):
        stranger = self.customer.copy({"name": "Other", "email": "other@other.example.com"})
        quotes = self.quote(8) | self.quote(8) | self.quote(8, partner_id=stranger.id)
        wizard = self.env["adv.quote.follow"].with_user(self.assistant).create({"order_ids": quotes.ids})
        self.assertEqual(len(wizard.preview.split("\n")), 2)
        wizard.action_send()
        mails = self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "in", quotes.ids), ("subject", "=", "Your quotation")]
        )
        self.assertEqual(mails.partner_ids, self.customer | stranger)
        self.assertEqual(len(mails), 2)
        mine = mails.filtered(lambda mail: mail.partner_ids == self.customer)
        self.assertIn(quotes[0].name, mine.body)
        self.assertIn(quotes[1].name, mine.body)
        self.assertNotIn(quotes[2].name, mine.body)
        self.assertTrue(all(quotes.mapped("adv_followed_date")))

    def test_nothing_is_sent_when_an_address_is_missing(self):
        stranger = self.customer.copy({"name": "Other", "email": False})
        quotes = self.quote(8) | self.quote(8, partner_id=stranger.id)
        wizard = self.env["adv.quote.follow"].create({"order_ids": quotes.ids})
        with self.assertRaisesRegex(UserError, "No e-mail address: Other"):
            wizard.action_send()
        self.assertFalse(any(quotes.mapped("adv_followed_date")))

    # LOST

    def lose(self, quotes, user=None, **values):
        wizard = self.env["adv.quote.lost"].with_user(user or self.assistant)
        return wizard.create({"order_ids": quotes.ids, **values}).action_lose()

    def test_lost_with_a_reason(self):
        quotes = self.quote(8) | self.quote(2)
        reason = self.env.ref("adv_orders.lost_reason_price")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.lose(quotes)
        self.lose(quotes, reason_id=reason.id, note="12 % cheaper elsewhere")
        for quote in quotes:
            self.assertRecordValues(
                quote,
                [
                    {
                        "state": "cancel",
                        "adv_lost_reason_id": reason.id,
                        "adv_lost_note": "12 % cheaper elsewhere",
                    }
                ],
            )
            self.assertTrue(quote.adv_lost_date)
        quotes[0].action_draft()
        self.assertFalse(quotes[0].adv_lost_reason_id)
        self.assertFalse(quotes[0].adv_lost_date)

    def test_observing_companies_need_no_reason(self):
        self.env.company.adv_check_mode = "observe"
        quote = self.quote(8)
        self.lose(quote)
        self.assertEqual(quote.state, "cancel")

    def test_the_native_cancel_is_as_ever(self):
        quote = self.quote(8)
        quote.with_user(self.salesperson).action_cancel()
        self.assertRecordValues(quote, [{"state": "cancel", "adv_lost_date": False}])

    def test_an_order_is_not_lost(self):
        order = self.order()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "No quotation any more"):
            self.lose(order, reason_id=self.env.ref("adv_orders.lost_reason_price").id)
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install", "security")
class TestQuotesSecurity(AdvOrdersCommon):
    def test_facts_and_rights(self):
        quote = self.order(user_id=self.manager.id)
        quote.action_quotation_sent()
        reason = self.env.ref("adv_orders.lost_reason_price")
        for vals in (
            {"adv_lost_reason_id": reason.id},
            {"adv_lost_date": "2026-01-01"},
            {"adv_followed_date": "2026-01-01"},
        ):
            with self.assertRaises(AccessError):
                quote.with_user(self.manager).write(vals)
        with self.assertRaises(AccessError):
            quote.with_user(self.salesperson).action_adv_followed()
        wizard = self.env["adv.quote.lost"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            wizard.create({"order_ids": quote.ids, "reason_id": reason.id}).action_lose()
        self.assertEqual(quote.state, "sent")
        self.assertFalse(self.env["adv.lost.reason"].with_user(self.assistant).has_access("write"))
        self.assertTrue(self.env["adv.lost.reason"].with_user(self.manager).has_access("write"))
