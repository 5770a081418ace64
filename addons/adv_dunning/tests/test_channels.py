from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common import DunningCommon


@tagged("post_install", "-at_install")
class TestTextMessages(DunningCommon):
    """Levels by text message, where the native addon is there; the other channel without it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levels = cls.env["adv.dunning.level"]
        if cls.levels._has_sms():
            cls.one.write({"channel": "sms", "fallback_channel": "email"})
        france = cls.env.ref("base.fr")
        cls.reached = cls._make_partner("Reached", phone="+33 6 39 98 00 01", country_id=france.id)

    def test_offered_where_it_is_installed(self):
        offered = dict(self.levels._fields["channel"]._description_selection(self.env))
        self.assertEqual("sms" in offered, "sms.sms" in self.env)
        with patch.object(type(self.levels), "_has_sms", lambda self: False):
            self.assertNotIn("sms", dict(self.levels._channels()))

    def test_sent_by_the_native_queue_once(self):
        if not self.levels._has_sms():
            self.skipTest("the addon of text messages is not installed")
        self._invoice(100, date(2026, 2, 20), partner=self.reached)
        self._invoice(80, date(2026, 2, 20))
        run = self._chase()
        by_text, by_mail = run.notice_ids.sorted("amount", reverse=True)
        self.assertRecordValues(
            by_text | by_mail,
            [
                {"partner_id": self.reached.id, "channel": "sms", "is_fallback": False, "state": "sent"},
                {"partner_id": self.partner.id, "channel": "email", "is_fallback": True, "state": "sent"},
            ],
        )
        texts = self.env["sms.sms"].search([("partner_id", "=", self.reached.id)])
        self.assertEqual((texts.state, texts.number.replace(" ", "")), ("outgoing", "+33639980001"))
        self.assertIn("100.00", texts.body)
        self.assertIn("/my/statement", texts.body)
        run.action_send()
        self.assertEqual(self.env["sms.sms"].search_count([("partner_id", "=", self.reached.id)]), 1)

    def test_own_words_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.one.sms_text = "{company}: {amount}"
        self.one.with_context(lang="fr_FR").sms_text = "{amount} chez {company}"
        self.reached.lang = "fr_FR"
        self._invoice(100, date(2026, 2, 20), partner=self.reached)
        self.assertEqual(
            self._compute().notice_ids._text_message(), "100,00\N{NO-BREAK SPACE}€ chez Dunning test company"
        )

    def test_without_the_addon_the_next_channel_takes_over(self):
        self._invoice(100, date(2026, 2, 20), partner=self.reached)
        with patch.object(type(self.levels), "_has_sms", lambda self: False):
            self.assertEqual(self._compute().notice_ids.channel, "email")


@tagged("post_install", "-at_install")
class TestSalespersonInCopy(DunningCommon):
    def test_only_where_the_level_says_so_and_there_is_one(self):
        self.partner.user_id = self._make_user("dun_sales", "base.group_user")
        alone = self._make_partner("Alone", email="alone@example.com")
        other = self._make_partner("Level two", email="two@example.com", user_id=self.partner.user_id.id)
        left = self._make_user("dun_sales_left", "base.group_user")
        orphan = self._make_partner("Orphan", email="orphan@example.com", user_id=left.id)
        left.active = False
        self._invoice(100, date(2026, 2, 20))
        self._invoice(100, date(2026, 2, 20), partner=alone)
        self._invoice(100, date(2026, 2, 20), partner=orphan)
        self._invoice(100, date(2026, 2, 1), partner=other)
        self.policy.progression = "catch_up"
        self.one.copy_salesperson = True
        notices = self._chase().notice_ids
        copied = {notice.partner_id: notice.mail_ids.email_cc or False for notice in notices}
        self.assertEqual(
            copied,
            {
                self.partner: self.partner.user_id.email_formatted,
                alone: False,
                other: False,
                orphan: False,
            },
        )

    def test_collector_is_told_of_a_missing_postal_address(self):
        self.one.write({"channel": "letter", "fallback_channel": "email"})
        self._invoice(100, date(2026, 2, 20))
        notice = self._chase().notice_ids
        self.assertRecordValues(notice, [{"channel": "email", "is_fallback": True, "state": "sent"}])
        self.assertIn("postal address", notice.activity_ids.note)


@tagged("post_install", "-at_install")
class TestAttachedInvoices(DunningCommon):
    def test_invoices_go_with_the_levels_that_say_so(self):
        self.one.write({"attach_document": False, "attach_invoices": True})
        invoice = self._invoice(100, date(2026, 2, 20))
        other = self._make_partner("Level two")
        self._invoice(100, date(2026, 2, 1), partner=other)
        self.policy.progression = "catch_up"
        self.two.attach_document = False
        document = {"filename": "INV.pdf", "content": b"the invoice", "filetype": "pdf"}
        asked = []

        def legal_documents(move, filetype, allow_fallback=False):
            asked.append(move.id)
            return document

        with patch.object(type(invoice), "_get_invoice_legal_documents", legal_documents):
            run = self._chase()
        attached = {notice.partner_id: notice.mail_ids.attachment_ids for notice in run.notice_ids}
        self.assertEqual(attached[self.partner].mapped("name"), ["INV.pdf"])
        self.assertEqual(attached[self.partner].raw, b"the invoice")
        self.assertFalse(attached[other])
        self.assertEqual(asked, invoice.ids)
