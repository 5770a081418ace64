import io
from datetime import date, timedelta
from unittest.mock import patch
from zipfile import ZipFile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.adv_orders.tests.common import HootCase

from .common import TODAY, DunningCommon
from .test_tours import ScreenCommon

STATEMENT = "odoo.addons.adv_dunning.models.adv_receivable_stats_statement"


@tagged("post_install", "-at_install")
class TestDesk(DunningCommon):
    """What a collector sees of one customer is right as of now, not as of last night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._adv_today()
        cls.oldest = cls._invoice(300, cls.today - timedelta(days=10), day=cls.today - timedelta(days=40))
        cls.newer = cls._invoice(200, cls.today - timedelta(days=6), day=cls.today - timedelta(days=30))
        cls.env["adv.dunning.run"]._get_or_create(cls.company, cls.today).action_compute()
        cls.stats = cls.env["adv.receivable.stats"].search([("partner_id", "=", cls.partner.id)])

    def test_items_are_as_of_now(self):
        items = self.stats.get_desk()["items"]
        self.assertEqual([item["name"] for item in items], [self.oldest.name, self.newer.name])
        self.assertEqual([item["days"] for item in items], [10, 6])
        self._promise(self.oldest, 300, self.today + timedelta(days=3), made=self.today)
        self._pay(self.newer, 150, self.today)
        first, second = self.stats.get_desk()["items"]
        self.assertEqual((first["outcome"], first["claimable"]), ("promised", False))
        self.assertIn("50", second["amount"])

    def test_timeline_has_it_all_newest_first(self):
        self._promise(self.oldest, 300, self.today + timedelta(days=3), made=self.today)
        self._dispute(self.newer, 20, day=self.today - timedelta(days=1))
        self._pay(self.newer, 150, self.today - timedelta(days=2))
        self.stats.message_post(body="They asked for a copy.", message_type="comment")
        timeline = self.stats.get_desk()["timeline"]
        self.assertEqual(
            {event["kind"] for event in timeline}, {"notice", "promise", "dispute", "receipt", "message"}
        )
        days = [event["date"] for event in timeline]
        self.assertEqual(days, sorted(days, reverse=True))

    def test_actions_are_about_what_is_ticked(self):
        line = self.newer.line_ids.filtered(lambda item: item.account_id == self.receivable)
        context = self.stats.action_promise(line.ids)["context"]
        self.assertEqual(context["default_amount"], 200)
        self.assertEqual(self.stats.action_promise([])["context"]["default_amount"], 500)
        self.assertEqual(self.stats.action_plan(line.ids)["context"]["default_amount"], 200)
        self.assertEqual(self.stats.action_dispute(line.ids)["context"]["default_move_id"], self.newer.id)
        self._dispute(self.newer, 200, day=self.today)
        with self.assertRaisesRegex(UserError, "disputed or promised"):
            self.stats.action_promise(line.ids)

    def test_expected_date(self):
        self.stats._adv_set_facts({"expected_days": 12.4})
        items = self.stats.get_desk()["items"]
        self.assertEqual(items[0]["expected"], str(self.today + timedelta(days=2)))
        self.stats._adv_set_facts({"expected_days": 3})
        self.assertEqual(self.stats.get_desk()["items"][0]["expected"], str(self.today), "never past")

    def test_worklist_says_when_to_expect_the_money(self):
        self.stats._adv_set_facts({"expected_days": 14})
        self.assertEqual(self.stats.date_expected, self.today + timedelta(days=4))
        self.stats._adv_set_facts({"expected_days": 2})
        self.assertEqual(self.stats.date_expected, self.today)

    def test_statement_workbook_takes_no_text_for_a_formula(self):
        self.oldest.ref = '=HYPERLINK("http://evil.example.com")'
        name, content = self.stats._statement_workbook(self.today)
        self.assertTrue(name.endswith(".xlsx"))
        with ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            strings = book.read("xl/sharedStrings.xml").decode()
        self.assertNotIn("<f>", sheet)
        self.assertIn("=HYPERLINK", strings)
        self.assertIn("<v>300</v>", sheet)

    def test_email_carries_the_statement(self):
        action = self.stats.with_user(self._make_user("dun_c", "adv_dunning.group_collector")).action_email()
        [command] = action["context"]["default_attachment_ids"]
        attachment = self.env["ir.attachment"].browse(command[2])
        self.assertIn("Statement Alpha", attachment.name)
        self.assertEqual(action["context"]["default_partner_ids"], self.partner.ids)
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade"):
            self.assertTrue(attachment.name.endswith(".pdf"))
            text = PdfFileReader(io.BytesIO(attachment.raw)).pages[0].extract_text()
            self.assertIn(self.oldest.name, text)
            self.assertIn("500.00", text)

    def test_email_carries_a_workbook_where_no_pdf_can_be_made(self):
        with patch.object(
            type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", lambda self: "install"
        ):
            name, content = self.stats._statement_file()
        self.assertTrue(name.endswith(".xlsx"))
        self.assertEqual(content[:2], b"PK")

    def test_email_carries_a_workbook_when_the_pdf_fails(self):
        failing = patch(f"{STATEMENT}.html_to_pdf", side_effect=OSError("out of memory"))
        able = patch.object(type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", lambda self: "ok")
        with failing, able, self.assertLogs(STATEMENT, "WARNING") as logs:
            attached = self.stats.action_email()["context"]["default_attachment_ids"]
        attachment = self.env["ir.attachment"].browse(attached[0][2])
        self.assertTrue(attachment.name.endswith(".xlsx"), attachment.name)
        self.assertIn("out of memory", logs.output[0])

    def test_email_says_where_to_pay_in_the_customer_s_language(self):
        stats = self.stats.with_user(self._make_user("dun_e", "adv_dunning.group_collector"))
        body = stats.action_email()["context"]["default_body"]
        for invoice in (self.oldest, self.newer):
            self.assertIn(f"/my/invoices/{invoice.id}?access_token={invoice.access_token}", body)
        line = self.newer.line_ids.filtered(lambda item: item.account_id == self.receivable)
        [link] = stats.get_pay_links(line.ids)
        self.assertEqual(link["name"], self.newer.name)
        self.assertIn("payment=True", link["url"])
        self.assertNotIn(self.oldest.name, stats.action_email(line.ids)["context"]["default_body"])

    def test_no_pay_link_for_what_is_not_overdue(self):
        self._pay(self.oldest, 300, self.today)
        self.newer.line_ids.filtered("date_maturity").date_maturity = self.today + timedelta(days=3)
        self.assertEqual(self.stats.get_pay_links(), [])

    def test_statement_document(self):
        page, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "adv_dunning.report_statement_document", self.stats.ids
        )
        page = page.decode()
        self.assertIn(self.oldest.name, page)
        self.assertIn("500.00", page)

    def test_same_number_of_statements_for_any_number_of_items(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.stats.get_desk()
            return self.env.cr.sql_log_count - before

        statements()
        few = statements()
        for number in range(20):
            self._invoice(10 + number, self.today - timedelta(days=7), day=self.today - timedelta(days=30))
        self.assertEqual(statements(), few)

    def test_worklist_reads_500_customers_in_as_many_statements_as_5(self):
        partners = self.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(500)])
        stats = self.env["adv.receivable.stats"]
        stats._adv_create(
            [
                {"partner_id": partner.id, "company_id": self.company.id, "amount_overdue": 10 + position}
                for position, partner in enumerate(partners)
            ]
        )
        view = self.env.ref("adv_dunning.adv_receivable_stats_view_list")
        spec = {name: {} for name in stats.get_view(view.id, "list")["models"][stats._name]}
        spec["partner_id"] = spec["user_id"] = {"fields": {"display_name": {}}}

        def statements(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = stats.web_search_read([("amount_overdue", ">", 0)], spec, limit=limit)
            return len(found["records"]), self.env.cr.sql_log_count - before

        statements(5)
        few, many = statements(5), statements(500)
        self.assertEqual((few[0], many[0]), (5, 500))
        self.assertEqual(few[1], many[1])


@tagged("post_install", "-at_install", "security")
class TestDeskSecurity(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(100, date(2026, 2, 20))
        cls.env["adv.dunning.run"]._get_or_create(cls.company, TODAY).action_compute()
        cls.stats = cls.env["adv.receivable.stats"].search([("partner_id", "=", cls.partner.id)])

    def test_others_see_nothing_and_do_nothing(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = self._make_user(groups.replace(".", "_"), groups)
            for name in (
                "get_desk",
                "get_pay_links",
                "action_email",
                "action_promise",
                "action_plan",
                "action_dispute",
            ):
                with self.assertRaises(AccessError, msg=name):
                    getattr(self.stats.with_user(user), name)()

    def test_accountants_read_and_do_not_write(self):
        user = self._make_user("dun_accountant", "account.group_account_user")
        self.assertTrue(self.stats.with_user(user).get_desk()["items"])
        with self.assertRaises(AccessError):
            self.stats.with_user(user).action_email()


@tagged("post_install", "-at_install")
class TestDeskTours(ScreenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._invoice(200, cls.today - timedelta(days=9), day=cls.today - timedelta(days=40))
        cls.beta = cls._make_partner("Beta")
        cls._invoice(70, cls.today - timedelta(days=8), day=cls.today - timedelta(days=40), partner=cls.beta)

    def setUp(self):
        super().setUp()
        self._compute_today()

    def test_customer(self):
        self.start_tour("/odoo/collections", "adv_dunning_customer", login="dun_collector")
        promise = self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(promise, [{"amount": 300.0, "state": "open", "user_id": self.collector.id}])
        self.assertEqual(promise.move_ids, self.invoice)
        dispute = self.env["adv.dispute"].search([("move_id", "=", self.other.id)])
        self.assertRecordValues(dispute, [{"amount": 200.0, "state": "open"}])

    def test_keyboard(self):
        self.start_tour("/odoo/collections", "adv_dunning_customer_keyboard", login="dun_collector")
        promise = self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(promise, [{"amount": 500.0, "kind": "promise", "date": date(2099, 12, 31)}])
        said = self.env["adv.payment.promise"].search([("partner_id", "=", self.beta.id)])
        self.assertRecordValues(said, [{"amount": 70.0, "kind": "announced", "paid_on": date(2026, 1, 5)}])
        pause = self.env["adv.dunning.pause"].search([("partner_id", "=", self.beta.id)])
        self.assertRecordValues(pause, [{"name": "Moving house", "date_to": date(2099, 12, 31)}])

    def test_plan(self):
        self.start_tour("/odoo/collections", "adv_dunning_plan", login="dun_collector")
        promises = self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(promises.mapped("amount"), [166.67, 166.67, 166.66])

    def test_statement_download(self):
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])
        self.authenticate("dun_collector", "dun_collector")
        response = self.url_open(f"/adv_dunning/statement/{stats.id}")
        self.assertEqual(response.content[:2], b"PK")
        self._make_user("dun_portal", "base.group_portal")
        self.authenticate("dun_portal", "dun_portal")
        self.assertEqual(self.url_open(f"/adv_dunning/statement/{stats.id}").status_code, 404)


@tagged("post_install", "-at_install")
class TestComponents(HootCase):
    def test_hoot(self):
        self.run_hoot("adv_dunning")
