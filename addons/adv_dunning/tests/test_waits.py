from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, DunningCommon


class WaitCommon(DunningCommon):
    def _announce(self, invoice, amount=100, made=date(2026, 2, 26)):
        return self.env["adv.payment.promise"].create(
            {
                "kind": "announced",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "move_ids": [Command.set(invoice.ids)],
                "amount": amount,
                "date_made": made,
            }
        )

    def _sent_notice(self, day=date(2026, 2, 20)):
        """A notice about an invoice that fell due ten days before; the invoice."""
        invoice = self._invoice(100, day - timedelta(days=10))
        return self._chase(day).notice_ids, invoice

    def _bank_receipt(self, amount, partner=None, day=date(2026, 3, 1)):
        if not self.bank_journal.suspense_account_id:
            self.bank_journal.suspense_account_id = self.env["account.account"].create(
                {"name": "Suspense", "code": "DUN471", "account_type": "asset_current", "reconcile": True}
            )
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": day,
                "amount": amount,
                "partner_id": (partner or self.partner).id,
                "payment_ref": "Transfer",
            }
        )


@tagged("post_install", "-at_install")
class TestWaits(WaitCommon):
    """Outcomes that wait for a bank, a court or somebody's word."""

    def test_insolvency_counts_from_its_day_to_its_end(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self.partner.adv_insolvency_date = date(2026, 2, 20)
        self.assertEqual(self._code(invoice, date(2026, 2, 19)), "chased")
        self.assertEqual(self._code(invoice, date(2026, 2, 20)), "insolvency")
        self.partner.adv_insolvency_end = date(2026, 3, 1)
        self.assertEqual(self._code(invoice, date(2026, 2, 28)), "insolvency")
        self.assertEqual(self._code(invoice, date(2026, 3, 1)), "chased")

    def test_bill_waits_for_its_maturity_and_three_bank_days(self):
        """Maturity on Friday 27 February: Monday, Tuesday and Wednesday are the bank's."""
        invoice = self._invoice(100, date(2026, 2, 10))
        invoice.write(
            {
                "adv_collection_kind": "bill",
                "adv_collection_date": date(2026, 2, 12),
                "adv_collection_maturity": date(2026, 2, 27),
            }
        )
        self.assertEqual(self._code(invoice, date(2026, 2, 15)), "in_collection")
        self.assertEqual(self._code(invoice, date(2026, 3, 4)), "in_collection")
        self.assertEqual(self._code(invoice, date(2026, 3, 5)), "chased")
        invoice.adv_collection_returned = date(2026, 3, 2)
        self.assertEqual(self._code(invoice, date(2026, 3, 1)), "in_collection")
        self.assertEqual(self._code(invoice, date(2026, 3, 2)), "chased")

    def test_bill_needs_its_days(self):
        with self.assertRaises(ValidationError):
            self._invoice(100, date(2026, 2, 10)).adv_collection_kind = "bill"

    def test_direct_debit_customer_is_never_reminded_before_due(self):
        self.partner.adv_direct_debit = True
        invoice = self._invoice(6000, date(2026, 3, 5))
        self.assertEqual(self._code(invoice), "in_collection")
        self.assertEqual(
            self._code(invoice, date(2026, 3, 10)), "in_collection"
        )  # Thursday + 3 days: Tuesday
        self.assertEqual(self._code(invoice, date(2026, 3, 11)), "chased")

    def test_native_payment_under_way(self):
        invoice = self._invoice(100, date(2026, 2, 10))
        # as where full accounting is installed
        self.startPatcher(
            patch.object(type(invoice), "_get_invoice_in_payment_state", lambda self: "in_payment")
        )
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 100,
                "date": date(2026, 2, 27),
                "journal_id": self.bank_journal.id,
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        payment.action_post()
        self.assertFalse(payment.move_id, "no entry before the bank says so")
        self.assertEqual(invoice.payment_state, "in_payment")
        self.assertEqual(self._code(invoice), "in_collection")
        self.assertEqual(self._code(invoice, date(2026, 3, 4)), "in_collection")
        self.assertEqual(self._code(invoice, date(2026, 3, 5)), "chased")
        payment.action_reject()
        self.assertEqual(self._code(invoice), "chased")

    def test_returned_debit_goes_on_at_its_level(self):
        """Settled by a debit that came back: level one was sent, level two is next, in the same cycle."""
        invoice = self._invoice(100, date(2026, 2, 10))
        self._chase(date(2026, 2, 16))
        receipt = self._pay(invoice, 100, date(2026, 2, 20))
        self._compute(date(2026, 2, 21))
        receipt.line_ids.remove_move_reconcile()
        receipt.button_draft()
        invoice.adv_collection_returned = date(2026, 2, 27)
        run = self._compute()
        self.assertRecordValues(run.notice_ids.line_ids, [{"level_id": self.two.id, "cycle": 1}])

    def test_announced_pauses_five_working_days_once(self):
        """Said on Thursday 26 February: until Thursday 5 March; said again: no more."""
        invoice = self._invoice(100, date(2026, 2, 10))
        first = self._announce(invoice)
        self.assertEqual(first.date, date(2026, 3, 5))
        self.assertEqual(self._code(invoice, date(2026, 2, 25)), "chased")
        self.assertEqual(self._code(invoice, date(2026, 3, 5)), "announced")
        self.assertEqual(self._code(invoice, date(2026, 3, 6)), "chased")
        again = self._announce(invoice, made=date(2026, 3, 6))
        self.assertFalse(again.is_pausing)
        self.assertEqual(self._code(invoice, date(2026, 3, 6)), "chased")

    def test_part_announced_is_chased_for_the_rest(self):
        invoice = self._invoice(300, date(2026, 2, 10))
        self._announce(invoice, 120)
        self.assertEqual(self._preview()[invoice, 1], ("chased", self.one, 180.0))

    def test_announced_and_received(self):
        invoice = self._invoice(100, date(2026, 2, 10))
        announced = self._announce(invoice)
        self._pay(invoice, 100, date(2026, 3, 2))
        self._compute()
        self.assertEqual(announced.state, "kept")

    def test_reply_stops_the_customer_until_answered(self):
        notice, invoice = self._sent_notice()
        other = self._invoice(500, date(2026, 2, 1))
        notice._receive_reply(date(2026, 2, 26))
        self.assertTrue(notice.activity_ids)
        self.assertEqual(self._code(invoice), "answer_pending")
        self.assertEqual(self._code(other), "answer_pending", "the whole customer waits")
        self.assertEqual(self._code(other, date(2026, 3, 5)), "answer_pending")
        self.assertEqual(self._code(other, date(2026, 3, 6)), "chased", "five working days at most")
        with patch.object(type(self.company), "_adv_today", lambda self: date(2026, 3, 1)):
            notice.action_answered()
        self.assertEqual(self._code(other), "chased")
        self.assertFalse(notice.activity_ids)

    def test_reply_by_mail_and_the_answer(self):
        notice, _invoice = self._sent_notice()
        customer = self.env["res.partner"].create({"name": "Someone there", "parent_id": self.partner.id})
        notice.message_post(
            body="We pay on Friday",
            message_type="email",
            author_id=customer.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(notice.replied_on, self.company._adv_today())
        collector = self._make_user("dun_answering", "adv_dunning.group_collector")
        notice.with_user(collector).message_post(body="For us", message_type="comment")
        self.assertFalse(notice.answered_on, "an internal note is no answer")
        notice.with_user(collector).message_post(
            body="Thank you", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(notice.answered_on, self.company._adv_today())

    def test_reply_between_computing_and_sending(self):
        notice, _invoice = self._sent_notice()
        self._invoice(500, date(2026, 2, 1))
        run = self._compute()
        notice._receive_reply(self.company._adv_today())
        run.action_send()
        self.assertEqual(run.notice_ids.state, "ready")
        self.assertFalse(run.notice_ids.mail_ids)

    def test_stale_bank(self):
        invoice = self._invoice(100, date(2026, 2, 10))
        later = self._invoice(100, date(2026, 3, 20))
        self.policy.write({"freshness": "stop", "freshness_days": 4})
        self.assertEqual(self._code(invoice), "stale_bank", "nothing was ever posted")
        self._receipt(10, date(2026, 2, 26), partner=self._make_partner("Other"))
        self.assertEqual(self._code(invoice), "chased", "four days ago")
        self.assertEqual(self._code(invoice, date(2026, 3, 3)), "stale_bank")
        self.assertEqual(self._code(later, date(2026, 3, 3)), "stale_bank")
        self.policy.freshness = "warn"
        self.assertEqual(self._code(invoice, date(2026, 3, 3)), "chased")
        self.assertIn("2026-02-26", self._compute(date(2026, 3, 3)).warning)
        self.assertFalse(self._compute(date(2026, 3, 4)).warning is False)
        self.policy.freshness = "off"
        self.assertFalse(self._compute(date(2026, 3, 5)).warning)

    def test_unmatched_receipt_that_covers_the_claim(self):
        self.policy.freshness = "stop"
        invoice = self._invoice(100, date(2026, 2, 10))
        other = self._invoice(100, date(2026, 2, 10), partner=self._make_partner("Other"))
        receipt = self._bank_receipt(99.99)
        self.assertEqual(self._code(invoice), "chased", "a cent is missing")
        self._bank_receipt(0.01)
        self.assertEqual(self._code(invoice), "stale_bank")
        self.assertEqual(self._code(other), "chased")
        self.assertEqual(self._code(invoice, receipt.date - timedelta(days=1)), "stale_bank")
        self.policy.freshness = "warn"
        self.assertEqual(self._code(invoice), "chased")

    def test_pause_of_a_customer(self):
        invoice = self._invoice(100, date(2026, 2, 10))
        other = self._invoice(100, date(2026, 2, 10), partner=self._make_partner("Other"))
        contact = self.env["res.partner"].create({"name": "Shop", "parent_id": self.partner.id})
        pause = self.env["adv.dunning.pause"].create(
            {
                "name": "Works in the shop",
                "partner_id": contact.id,
                "date_from": date(2026, 2, 28),
                "date_to": TODAY,
            }
        )
        self.assertEqual(pause.partner_id, self.partner, "the whole customer")
        self.assertEqual(self._code(invoice), "too_soon")
        self.assertEqual(self._code(other), "chased")
        self.assertEqual(self._code(invoice, date(2026, 2, 27)), "chased")
        self.assertEqual(self._code(invoice, date(2026, 3, 3)), "chased")

    def test_pause_of_the_company(self):
        invoice = self._invoice(100, date(2026, 2, 10))
        waiting = self._invoice(100, date(2026, 3, 20))
        self.env["adv.dunning.pause"].create({"name": "Closed", "date_from": TODAY, "date_to": TODAY})
        self.assertEqual(self._code(invoice), "too_soon")
        self.assertEqual(self._code(waiting), "not_due", "what would not be reminded anyway says why")
        other = self._make_company("Elsewhere")
        self.env["adv.dunning.pause"].search([]).company_id = other
        self.assertEqual(self._code(invoice), "chased")

    def test_history_is_not_reminded(self):
        self.company.adv_dunning_history_date = date(2026, 2, 10)
        old = self._invoice(100, date(2026, 2, 9))
        new = self._invoice(100, date(2026, 2, 10))
        self.assertEqual(self._code(old), "out_of_scope")
        self.assertEqual(self._code(new), "chased")

    def test_history_is_set_at_install(self):
        from odoo.addons.adv_dunning.hooks import post_init_hook

        today = self.company._adv_today()
        other = self._make_company("Without history")
        self._invoice(100, today - timedelta(days=181), day=today - timedelta(days=200))
        post_init_hook(self.env)
        self.assertEqual(self.company.adv_dunning_history_date, today - timedelta(days=180))
        self.assertFalse(other.adv_dunning_history_date)

    def test_broken_promise_brings_the_next_level_at_once(self):
        """Level one on 2 March at ten days; two would come at fifteen, on the 7th."""
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase()
        self._promise(invoice, 100, date(2026, 3, 2), made=TODAY)
        self.policy.gap_days = 0
        self._compute(date(2026, 3, 5))
        self.assertEqual(self._code(invoice, date(2026, 3, 5)), "promised")
        run = self._chase(date(2026, 3, 6))
        self.assertRecordValues(run.notice_ids.line_ids, [{"level_id": self.two.id, "days_overdue": 14}])
        self.assertEqual(self._code(invoice, date(2026, 3, 7)), "no_level", "one promise, one step")

    def test_one_failure_of_the_rules_in_error(self):
        self._invoice(100, date(2026, 2, 10))
        run = self._compute()
        run.notice_ids._mark_failed("no paper")
        self.assertEqual(self.env["adv.dunning.item"].search([]).mapped("outcome"), ["error"])


@tagged("post_install", "-at_install")
class TestOrder(WaitCommon):
    """All causes at once on one invoice: each is taken away in turn, and the next one shows."""

    def test_order_of_precedence(self):
        notice, invoice = self._sent_notice(date(2026, 2, 24))
        day = date(2026, 3, 2)
        self._receipt(100, date(2026, 3, 1))
        credit = self.env["account.move"].search([("journal_id", "=", self.bank_journal.id)])
        notice._receive_reply(date(2026, 2, 27))
        announced = self._announce(invoice)
        promise = self._promise(invoice, 100, date(2026, 3, 20), made=date(2026, 2, 25))
        dispute = self._dispute(invoice, 100)
        invoice.action_toggle_block_payment()
        self.partner.adv_direct_debit = True
        invoice.write(
            {
                "adv_collection_kind": "bill",
                "adv_collection_date": date(2026, 2, 24),
                "adv_collection_maturity": date(2026, 3, 1),
            }
        )
        self.partner.adv_insolvency_date = date(2026, 2, 1)
        self.partner.adv_dunning_excluded = True
        invoice.no_followup = True
        self.policy.write(
            {"account_ids": self.other_receivable.ids, "freshness": "stop", "freshness_days": 3}
        )
        self.env["adv.dunning.pause"].create({"name": "Closed", "date_from": day, "date_to": day})

        def expect(code):
            self.assertEqual(self._code(invoice, day), code)

        expect("out_of_scope")
        self.policy.account_ids = False
        expect("no_followup")
        invoice.no_followup = False
        expect("partner_excluded")
        self.partner.adv_dunning_excluded = False
        expect("insolvency")
        self.partner.adv_insolvency_date = False
        expect("in_collection")
        invoice.adv_collection_returned = day
        expect("blocked")
        invoice.action_toggle_block_payment()
        expect("disputed")
        dispute._close("rejected", day)
        expect("promised")
        promise.action_cancel()
        expect("announced")
        announced.action_cancel()
        expect("answer_pending")
        notice._adv_set_facts({"answered_on": day})
        expect("covered_by_credit")
        credit.button_draft()
        expect("stale_bank")
        self.policy.freshness = "off"
        self.two.delay = 17  # the invoice is sixteen days late
        expect("no_level")
        self.two.delay = 15
        expect("too_soon")
        self.env["adv.dunning.pause"].search([]).unlink()
        expect("too_soon")  # six days after the first reminder
        self.policy.write({"gap_days": 6, "minimum_amount": 150})
        expect("below_minimum")
        self.policy.minimum_amount = 100
        self.partner.email = False
        expect("no_address")
        self.partner.email = "alpha@example.com"
        self.two.release_by_hand = True
        expect("awaiting_release")
        self.two.release_by_hand = False
        expect("chased")
        self.partner.adv_direct_debit = False
        self.assertEqual(self._code(self._invoice(30, date(2026, 3, 20)), day), "not_due")


@tagged("post_install", "-at_install")
class TestAddresses(WaitCommon):
    def test_other_channel_without_address(self):
        self.one.fallback_channel = "letter"
        self.partner.write({"email": False, "street": "1 rue de la Paix"})
        self._invoice(100, date(2026, 2, 10))
        run = self._chase()
        notice = run.notice_ids
        self.assertRecordValues(notice, [{"channel": "letter", "is_fallback": True, "state": "sent"}])
        self.assertTrue(notice.message_ids.attachment_ids)
        self.assertIn("Letter", notice.activity_ids.note)

    def test_no_other_channel(self):
        self.one.fallback_channel = "letter"
        self.partner.email = False
        self.assertEqual(self._code(self._invoice(100, date(2026, 2, 10))), "no_address")

    def test_bounced_address(self):
        self.one.fallback_channel = "phone"
        self.partner.message_bounce = 1
        self._invoice(100, date(2026, 2, 10))
        self.assertRecordValues(self._compute().notice_ids, [{"channel": "phone", "is_fallback": True}])

    def test_bounce_after_sending(self):
        self.one.fallback_channel = "phone"
        self._invoice(100, date(2026, 2, 10))
        run = self._chase()
        notice = run.notice_ids
        self.assertEqual((notice.channel, notice.state), ("email", "sent"))
        notice._message_receive_bounce("alpha@example.com", self.partner)
        self.assertRecordValues(notice, [{"channel": "phone", "is_fallback": True, "state": "ready"}])
        self.assertIn("alpha@example.com", notice.activity_ids.note)
        run.action_send()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(len(notice.mail_ids), 1, "no second e-mail")

    def test_bounce_without_another_channel(self):
        self._invoice(100, date(2026, 2, 10))
        notice = self._chase().notice_ids
        notice._message_receive_bounce("alpha@example.com", self.partner)
        self.assertEqual(notice.state, "sent")
        self.assertTrue(notice.activity_ids)

    def test_own_contact_goes_first(self):
        invoicing, own = self.env["res.partner"].create(
            [
                {
                    "name": "Invoices",
                    "parent_id": self.partner.id,
                    "type": "invoice",
                    "email": "i@example.com",
                },
                {"name": "Payables", "parent_id": self.partner.id, "email": "p@example.com"},
            ]
        )
        self._invoice(100, date(2026, 2, 10))
        run = self._compute()
        self.assertEqual(run.notice_ids.contact_id, invoicing)
        run.notice_ids.action_cancel()
        self.partner.adv_dunning_contact_id = own
        run.action_compute()
        self.assertEqual(run.notice_ids.filtered(lambda n: n.state == "ready").contact_id, own)


@tagged("post_install", "-at_install")
class TestSalesperson(WaitCommon):
    def test_salesperson_has_48_hours(self):
        self.one.release_by_hand = True
        seller = self._make_user("dun_seller", "base.group_user")
        self.partner.user_id = seller
        self._invoice(100, date(2026, 2, 10))
        run = self._compute()
        notice = run.notice_ids
        self.assertEqual((notice.state, notice.salesperson_id), ("waiting", seller))
        self.assertTrue(notice.warned_at)
        message = self.env["mail.message"].search([("model", "=", run._name), ("res_id", "=", run.id)])
        told = message.filtered(lambda message: seller.partner_id in message.notified_partner_ids)
        self.assertEqual(len(told), 1)
        self.assertIn("Alpha", told.body)
        with self.assertRaisesRegex(UserError, "Alpha"):
            notice.action_release()
        notice._adv_set_facts({"warned_at": notice.warned_at - timedelta(hours=48)})
        notice.action_release()
        self.assertEqual(notice.state, "ready")
        run.action_compute()
        self.assertEqual(len(told.exists()), 1)

    def test_without_salesperson_nobody_is_waited_for(self):
        self.one.release_by_hand = True
        self._invoice(100, date(2026, 2, 10))
        notice = self._compute().notice_ids
        notice.action_release()
        self.assertEqual(notice.state, "ready")


@tagged("post_install", "-at_install")
class TestCharts(DunningCommon):
    """Receivable accounts of the French and Spanish charts that are not open customer invoices."""

    def test_accounts_out_of_scope(self):
        for country, normal, special in (
            ("fr", "411000", ("413000", "416000")),
            ("es", "430000", ("431000", "432000", "436000")),
        ):
            self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")
            accounts = self.env["account.account"].create(
                [
                    {"name": code, "code": code, "account_type": "asset_receivable", "reconcile": True}
                    for code in (normal, *special)
                ]
            )
            for account in accounts:
                partner = self._make_partner(f"{country}{account.code}")
                partner.property_account_receivable_id = account
                invoice = self._invoice(100, date(2026, 2, 10), partner=partner)
                self.assertEqual(
                    self._code(invoice), "chased" if account.code == normal else "out_of_scope", account.code
                )


@tagged("post_install", "-at_install")
class TestReposted(DunningCommon):
    def test_reset_to_draft_and_reposted(self):
        """The journal item is another one afterwards; the instalment and what was sent about it stay."""
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase()
        item = self.env["adv.dunning.item"].search([("move_id", "=", invoice.id)])
        invoice.button_draft()
        self._compute(date(2026, 3, 3))
        self.assertFalse(item.active)
        invoice.invoice_line_ids.price_unit = 120
        invoice.action_post()
        invoice.invoice_date_due = date(2026, 2, 20)
        run = self._compute(date(2026, 3, 10))
        self.assertTrue(item.active)
        self.assertRecordValues(
            run.notice_ids.line_ids, [{"level_id": self.one.id, "cycle": 2, "amount": 120}]
        )

    def test_reposted_before_the_next_run(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase()
        invoice.button_draft()
        invoice.action_post()
        run = self._compute(date(2026, 3, 10))
        self.assertRecordValues(run.notice_ids.line_ids, [{"level_id": self.two.id, "cycle": 1}])
