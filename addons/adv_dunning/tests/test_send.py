import base64
import io
from datetime import date
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestSend(DunningCommon):
    def test_printed_letters_and_statements_keep_their_accents(self):
        reports = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        if reports.get_wkhtmltopdf_state() == "install":
            self.skipTest("no wkhtmltopdf here")
        beta = self._make_partner("Bêta Distribución", email="beta@example.com")
        self._invoice(100, date(2026, 2, 20))
        self._invoice(200, date(2026, 2, 20), partner=beta)
        notices = self._compute().notice_ids
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", beta.id)])
        for report, records, pages in (("report_notice", notices, 2), ("report_statement", stats, 1)):
            content, kind = reports._render_qweb_pdf(f"adv_dunning.{report}", records.ids)
            self.assertEqual(kind, "pdf")
            document = PdfFileReader(io.BytesIO(content))
            self.assertEqual(len(document.pages), pages)
            words = " ".join(" ".join(page.extract_text() for page in document.pages).split())
            self.assertIn("Bêta Distribución", words)
            self.assertIn("200.00 €", words)
            self.assertIn("Dunning test company", words, "the letterhead is in the text")

    def test_notice_is_sent_once(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        run.action_send()
        notice = run.notice_ids
        self.assertEqual(notice.state, "sent")
        self.assertTrue(notice.sent_at)
        mail = notice.mail_ids
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing", "the mail queue sends it")
        self.assertIn("alpha@example.com", mail.email_to)
        self.assertIn("accounts@example.com", mail.email_from)
        self.assertIn(invoice.name, mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertEqual(run.state, "done")
        run.action_send()
        run.action_compute()
        run.action_send()
        self.assertEqual(run.notice_ids.mail_ids, mail)

    def test_statement_shows_items_credits_and_promises(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        later = self._invoice(70, date(2026, 3, 20))
        receipt = self._receipt(20, date(2026, 2, 25))
        self._promise(later, 70, date(2026, 3, 22))
        run = self._compute()
        html = run.notice_ids._statement_html()
        for text in (
            invoice.name,
            later.name,
            receipt.name,
            "100.00",
            "20.00",
            "(credit)",
            "150.00",
            "80.00",
            "You told us",
        ):
            self.assertIn(text, html)

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["adv_dunning"], ["fr_FR"])
        self.partner.lang = "fr_FR"
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        run.action_send()
        mail = run.notice_ids.mail_ids
        self.assertIn("Madame, Monsieur", mail.body_html)
        self.assertIn("Échéance", mail.body_html)
        self.assertIn("100,00", mail.body_html)
        self.assertIn("rappel", mail.subject.lower())

    def test_nothing_leaves_before_go_live(self):
        self.company._adv_dunning_set_facts({"adv_dunning_live": False})
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        with self.assertRaisesRegex(UserError, "not live"):
            run.action_send()
        with self.assertRaisesRegex(UserError, "not live"):
            run.notice_ids.action_send()
        self.env["adv.dunning.run"]._cron_send()
        self.assertEqual(run.notice_ids.state, "ready")
        self.assertFalse(run.notice_ids.mail_ids)

    def test_formal_notice_waits_for_a_person(self):
        self.policy.progression = "catch_up"
        self._invoice(100, date(2026, 1, 5))
        run = self._compute()
        notice = run.notice_ids
        self.assertEqual(notice.state, "waiting")
        run.action_send()
        self.assertEqual(notice.state, "waiting")
        with self.assertRaisesRegex(UserError, "released"):
            notice.action_send()
        notice.action_release()
        self.assertEqual(notice.released_by, self.env.user)
        run.action_send()
        self.assertEqual(notice.state, "sent")

    def test_hold_begins_when_sent_and_ends_when_paid(self):
        self.policy.progression = "catch_up"
        invoice = self._invoice(100, date(2026, 1, 5))
        run = self._compute()
        run.notice_ids.action_release()
        self.assertFalse(self.partner.adv_on_hold)
        run.action_send()
        self.assertTrue(self.partner.adv_on_hold)
        self._pay(invoice, 60, date(2026, 3, 3))
        self.assertTrue(self.partner.adv_on_hold, "40 are still open")
        self._pay(invoice, 40, date(2026, 3, 4))
        self.assertFalse(self.partner.adv_on_hold)
        self.assertFalse(run.notice_ids.is_holding)

    def test_hold_is_of_one_company(self):
        self.partner._adv_set_on_hold(True, self.company)
        other = self._make_company("Another")
        self.assertFalse(self.partner.with_company(other).adv_on_hold)
        self.partner.action_adv_release_hold()
        self.assertFalse(self.partner.adv_on_hold)

    def test_one_failure_leaves_the_others(self):
        broken = self._make_partner("Broken")
        first = self._invoice(100, date(2026, 2, 20))
        second = self._invoice(100, date(2026, 2, 20), partner=broken)
        run = self._compute()
        render = type(run.notice_ids)._letter_html

        def fail_for_broken(notice):
            if notice.partner_id == broken:
                raise ValueError("no document today")
            return render(notice)

        with patch.object(type(run.notice_ids), "_letter_html", fail_for_broken):
            run.action_send()
        states = {notice.partner_id: notice.state for notice in run.notice_ids}
        self.assertEqual(states, {self.partner: "sent", broken: "failed"})
        failed = run.notice_ids.filtered(lambda notice: notice.state == "failed")
        self.assertIn("no document today", failed.error)
        items = self.env["adv.dunning.item"].search([("move_id", "in", (first | second).ids)])
        self.assertEqual({item.move_id: item.outcome for item in items}, {first: "chased", second: "error"})
        run.action_compute()
        run.action_send()
        self.assertEqual(
            run.notice_ids.filtered(lambda notice: notice.state == "sent").partner_id, self.partner | broken
        )

    def test_call_level_makes_an_activity(self):
        self.one.write({"channel": "phone", "script": "Ask for a date"})
        user = self._make_user("dun_caller", "adv_dunning.group_collector")
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)]).user_id = user
        run.action_send()
        self.assertFalse(run.notice_ids.mail_ids)
        activity = run.notice_ids.activity_ids
        self.assertEqual(activity.user_id, user)
        self.assertIn("Ask for a date", activity.note)

    def test_nothing_is_told_to_the_job_or_to_who_left(self):
        """No collector looks after the customer, or one who has left: calls by night are the manager's."""
        manager = self._make_user("dun_night_manager", "adv_dunning.group_collection_manager")
        left = self._make_user("dun_left", "adv_dunning.group_collector")
        self.one.channel = "phone"
        self._invoice(100, date(2026, 2, 20))
        run = self._compute().with_user(SUPERUSER_ID)
        self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)]).user_id = left
        left.active = False
        self.assertEqual(self.company._adv_collection_manager(), manager)
        run.action_send()
        self.assertEqual(run.notice_ids.activity_ids.user_id, manager)

    def test_letter_level_makes_a_document(self):
        self.one.channel = "letter"
        self.partner.street = "1 rue de la Paix"
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        run.action_send()
        self.assertEqual(run.notice_ids.state, "sent")
        self.assertTrue(run.notice_ids.message_ids.attachment_ids)

    def test_without_wkhtmltopdf_an_html_page_says_so(self):
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        report = type(self.env["ir.actions.report"])
        with patch.object(report, "get_wkhtmltopdf_state", lambda self: "install"):
            run.action_send()
        attachment = run.notice_ids.mail_ids.attachment_ids
        self.assertTrue(attachment.name.endswith(".html"))
        self.assertIn("stands in for the PDF", base64.b64decode(attachment.datas).decode())

    def test_pdf(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            self.skipTest("wkhtmltopdf is not here")
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        name, content = run.notice_ids._render_document()
        self.assertTrue(name.endswith(".pdf"))
        self.assertEqual(PdfFileReader(io.BytesIO(content)).getNumPages(), 1, "no empty page follows")
        self.assertEqual(content[:4], b"%PDF")

    def test_notices_are_not_deleted(self):
        self._invoice(100, date(2026, 2, 20))
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            self._compute().notice_ids.unlink()

    def test_send_window(self):
        self.policy.write({"weekday_from": "2", "weekday_to": "4", "hour_from": 9, "hour_to": 11})
        zone = self.company._adv_timezone()
        for day, hour, minute, expected in (
            (2, 10, 0, False),  # Monday
            (3, 8, 59, False),
            (3, 9, 0, True),
            (5, 10, 59, True),  # Thursday
            (5, 11, 0, False),
            (6, 10, 0, False),
        ):
            moment = self.company._adv_now_local().replace(
                year=2026, month=3, day=day, hour=hour, minute=minute, tzinfo=zone
            )
            self.assertEqual(self.policy._is_send_time(moment), expected, moment)

    def test_cron(self):
        self._invoice(100, date(2026, 2, 20))
        with patch.object(type(self.company), "_adv_today", lambda self: TODAY):
            self.env["adv.dunning.run"]._cron_compute()
        run = self.env["adv.dunning.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(run.notice_ids.state, "ready")
        with patch.object(type(self.policy), "_is_send_time", lambda self, moment: False):
            self.env["adv.dunning.run"]._cron_send()
        self.assertEqual(run.notice_ids.state, "ready")
        with patch.object(type(self.policy), "_is_send_time", lambda self, moment: True):
            self.env["adv.dunning.run"]._cron_send()
        self.assertEqual(run.notice_ids.state, "sent")


@tagged("post_install", "-at_install")
class TestPromises(DunningCommon):
    def test_kept_promise(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        promise = self._promise(invoice, 100, date(2026, 3, 10))
        self.assertEqual(promise.amount_open_made, 100.0)
        self._pay(invoice, 100, date(2026, 3, 9))
        self._compute(date(2026, 3, 9))
        self.assertRecordValues(
            promise, [{"state": "kept", "amount_received": 100.0, "date_judged": date(2026, 3, 9)}]
        )

    def test_broken_and_partly_kept(self):
        first, second = self._invoice(100, date(2026, 2, 1)), self._invoice(100, date(2026, 2, 1))
        broken = self._promise(first, 100, date(2026, 3, 10))
        partly = self._promise(second, 100, date(2026, 3, 10))
        self._pay(second, 30, date(2026, 3, 5))
        self._compute(date(2026, 3, 13))
        self.assertEqual((broken | partly).mapped("state"), ["open", "open"], "three days of grace")
        self._compute(date(2026, 3, 14))
        self.assertRecordValues(
            broken | partly,
            [{"state": "broken", "amount_received": 0.0}, {"state": "partly_kept", "amount_received": 30.0}],
        )
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(stats.broken_promises, 1)
        self.assertTrue(broken.activity_ids)

    def test_a_broken_promise_raises_the_level_and_the_count(self):
        """The next level at once, before its delay; the customer counts one more, and comes up first."""
        invoice = self._invoice(100, date(2026, 2, 23))
        punctual = self._make_partner("Punctual")
        same_day = self._invoice(100, date(2026, 2, 23), partner=punctual)
        self._chase()  # both at the first level, seven days after they were due
        promise = self._promise(invoice, 100, date(2026, 3, 4), made=TODAY)
        run = self._compute(date(2026, 3, 9))  # 14 days: a day before the second level
        self.assertEqual(promise.state, "broken")
        items = self.env["adv.dunning.item"].search([("company_id", "=", self.company.id)])
        found = {item.move_id: (item.outcome, item.level_id) for item in items}
        self.assertEqual(found[invoice], ("chased", self.two))
        self.assertEqual(found[same_day], ("no_level", self.one))
        self.assertEqual(run.notice_ids.level_id, self.two)
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            {row.partner_id: row.broken_promises for row in stats}, {self.partner: 1, punctual: 0}
        )
        self.assertEqual(stats[0].partner_id, self.partner, "twice the priority for one broken promise")

    def test_payment_made_before_the_promise_does_not_keep_it(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self._pay(invoice, 60, date(2026, 2, 20))
        promise = self._promise(invoice, 40, date(2026, 3, 10))
        self.assertEqual(promise.amount_open_made, 40.0)
        self._compute(date(2026, 3, 14))
        self.assertEqual(promise.state, "broken")

    def test_instalment_plan(self):
        invoice = self._invoice(900, date(2026, 2, 1))
        plan = [self._promise(invoice, 300, date(2026, month, 15)) for month in (3, 4, 5)]
        self.assertEqual(self._code(invoice), "promised")
        self._pay(invoice, 300, date(2026, 3, 15))
        self._compute(date(2026, 3, 19))
        self.assertEqual([promise.state for promise in plan], ["kept", "open", "open"])
        self.assertEqual(self._code(invoice, date(2026, 3, 19)), "promised")
        self._compute(date(2026, 4, 20))
        self.assertEqual([promise.state for promise in plan], ["kept", "broken", "open"])
        self.assertEqual(self._preview(date(2026, 4, 20))[invoice, 1][2], 300.0)

    def test_promise_without_invoices_is_about_all_due_by_then(self):
        due = self._invoice(100, date(2026, 2, 1))
        self._invoice(100, date(2026, 6, 1))
        promise = self.env["adv.payment.promise"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "amount": 100,
                "date": date(2026, 3, 10),
                "date_made": date(2026, 2, 25),
            }
        )
        self.assertEqual(promise.move_ids, due)

    def test_judged_promise_stays(self):
        promise = self._promise(self._invoice(100, date(2026, 2, 1)), 100, date(2026, 3, 1))
        self._compute(date(2026, 3, 14))
        with self.assertRaises(UserError):
            promise.amount = 10
        with self.assertRaises(UserError):
            promise.unlink()


@tagged("post_install", "-at_install")
class TestDisputes(DunningCommon):
    def test_accept_and_reject(self):
        disputes = [self._dispute(self._invoice(100, date(2026, 2, 1)), 100) for _number in range(2)]
        disputes[0].action_accept()
        disputes[1].action_reject()
        self.assertEqual([dispute.state for dispute in disputes], ["accepted", "rejected"])
        self.assertEqual(disputes[0].closed_by, self.env.user)
        disputes[0].action_reject()
        self.assertEqual(disputes[0].state, "accepted", "a closed dispute stays closed")
        with self.assertRaises(UserError):
            disputes[0].amount = 10

    def test_amount_is_the_open_amount_by_default(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        dispute = self.env["adv.dispute"].create(
            {"move_id": invoice.id, "reason_id": self.env.ref("adv_dunning.dispute_reason_price").id}
        )
        self.assertEqual(dispute.amount, 100.0)
