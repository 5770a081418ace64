from datetime import timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .test_inbox import InboxCommon


@tagged("post_install", "-at_install")
class TestInboxTours(HttpCase, InboxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()
        cls.env["adv.document"].search([]).sudo()._adv_set_facts({"state": "junk", "kind": "junk"})
        cls.env["adv.request"].search([]).action_close()
        cls.clara, cls.eva = cls.env["adv.assistant"].create(
            [
                {"user_id": cls.assistant.id, "partner_ids": [Command.link(cls.customer.id)]},
                {"user_id": cls.manager.id},
            ]
        )

    def test_triage_and_file(self):
        marceau = self.env["res.partner"].create(
            {"name": "Marceau SARL", "is_company": True, "email": "a@b.fr"}
        )
        document = self.mail(sender="Luc Marceau <luc@perso.example>", subject="Forty chairs")
        self.start_tour("/odoo/adv-inbox", "adv_inbox_triage", login="adv_assistant_test")
        self.assertEqual(document.partner_id.parent_id, marceau)
        self.assertEqual(document.state, "to_file")

    def test_file_from_the_list(self):
        self.mail(subject="Remittance of May")
        documents = self.mail(sender="x@stranger.example", subject="Win a car", message_id="<2@x>")
        self.start_tour("/odoo/adv-inbox", "adv_inbox_list", login="adv_assistant_test")
        self.assertEqual(documents.mapped("kind"), ["payment_advice", False])

    def test_requests(self):
        order = self.order()
        request = self.env["adv.request"].create(
            {"name": "Wrong colour", "kind": "complaint", "order_id": order.id}
        )
        self.start_tour("/odoo/adv-requests", "adv_requests", login="adv_assistant_test")
        self.assertEqual(request.error_id, order.adv_error_ids)
        self.assertEqual(request.state, "closed")

    def test_find_an_order_and_log(self):
        order = self.order(client_order_ref="FIND-ME-1")
        order.action_confirm()
        self.start_tour("/odoo/adv-find", "adv_find_order", login="adv_assistant_test")
        requests = self.env["adv.request"].search([("order_id", "=", order.id)], order="id")
        self.assertEqual(requests.mapped("state"), ["closed", "open"])
        self.assertEqual(requests[1].name, "Can it come on Friday?")

    def quotes(self):
        quotes = self.order((self.chair, 1)) | self.order((self.chair, 2))
        quotes.action_quotation_sent()
        today = self.env.company._adv_today()
        quotes[0].validity_date = today + timedelta(days=30)
        quotes[0]._adv_set_facts({"adv_quoted_date": quotes[0].adv_quoted_date - timedelta(days=9)})
        quotes[1].validity_date = today - timedelta(days=1)
        return quotes

    def test_quotes(self):
        silent, expired = self.quotes()
        self.start_tour("/odoo/adv-quotes", "adv_quotes", login="adv_assistant_test")
        self.assertTrue(silent.adv_followed_date)
        self.assertEqual(expired.adv_lost_reason_id, self.env.ref("adv_orders.lost_reason_price"))
        self.assertEqual(expired.state, "cancel")
        self.start_tour("/odoo/adv-lost", "adv_quotes_lost", login="adv_assistant_test")

    def test_quotes_by_mail(self):
        quotes = self.quotes()
        quotes[1].validity_date = False
        quotes[1]._adv_set_facts({"adv_quoted_date": quotes[0].adv_quoted_date})
        self.start_tour("/odoo/adv-quotes", "adv_quotes_mail", login="adv_assistant_test")
        self.assertTrue(all(quotes.mapped("adv_followed_date")))

    def test_people(self):
        order = self.order()
        lonely = self.env["res.partner"].create({"name": "Lonely", "is_company": True})
        self.order(partner_id=lonely.id, adv_assistant_id=False)
        self.start_tour("/odoo/adv-assistants", "adv_people", login="adv_manager_test")
        self.assertEqual(order.adv_assistant_id, self.clara)
        self.assertEqual(len(lonely.adv_assistant_ids), 1)

    def test_mailboxes(self):
        self.start_tour("/odoo/adv-mailboxes", "adv_mailboxes", login="adv_manager_test")
        mailbox = self.env["adv.mailbox"].search([("name", "=", "Customer service")])
        self.assertEqual(mailbox.alias_email, "service@adv.example.org")
        self.assertEqual(mailbox.alias_id.alias_model_id.model, "adv.request")

    # PORTAL

    def test_a_customer_asks_about_an_order(self):
        self.portal.partner_id.parent_id = self.customer
        order = self.order()
        order.action_confirm()
        self.start_tour(f"/my/orders/{order.id}", "adv_portal_ask", login="adv_portal_test")
        request = self.env["adv.request"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            request,
            [
                {
                    "name": "Two more chairs",
                    "kind": "change",
                    "channel": "portal",
                    "partner_id": self.portal.partner_id.id,
                    "description": "Please add two chairs.",
                    "state": "open",
                }
            ],
        )

    def test_portal_pages_are_the_customers_own(self):
        self.portal.partner_id.parent_id = self.customer
        stranger = self.customer.copy({"name": "Other"})
        mine = self.env["adv.request"].create({"name": "Mine only", "partner_id": self.customer.id})
        others = self.env["adv.request"].create({"name": "Secret matter", "partner_id": stranger.id})
        strange_order = self.order(partner_id=stranger.id)
        strange_order.action_quotation_sent()
        self.authenticate("adv_portal_test", "adv_portal_test")
        page = self.url_open("/my/requests").text
        self.assertIn("Mine only", page)
        self.assertNotIn("Secret matter", page)
        self.assertIn("Mine only", self.url_open(f"/my/requests/{mine.id}").text)
        self.assertNotIn("Secret matter", self.url_open(f"/my/requests/{others.id}").text)
        self.assertNotIn("Secret matter", self.url_open(f"/my/requests/{others.id}?access_token=wrong").text)
        self.assertEqual(self.url_open(f"/my/orders/{strange_order.id}/ask").status_code, 404)
        token = others._portal_ensure_token()
        self.env.flush_all()
        self.authenticate(None, None)
        self.assertIn("Secret matter", self.url_open(f"/my/requests/{others.id}?access_token={token}").text)
        self.assertNotIn("Mine only", self.url_open(f"/my/requests/{mine.id}?access_token={token}").text)

    def test_a_visitor_asks_with_the_link_of_the_order_only(self):
        order = self.order()
        order.action_quotation_sent()
        token = order._portal_ensure_token()
        self.env.flush_all()
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/my/orders/{order.id}/ask").status_code, 404)
        form = self.url_open(f"/my/orders/{order.id}/ask?access_token={token}")
        self.assertEqual(form.status_code, 200)
        csrf = form.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        data = {"csrf_token": csrf, "kind": "question", "text": "When?", "subject": ""}
        without = self.url_open("/my/requests/ask", data=data)
        self.assertEqual(without.status_code, 404)
        answer = self.url_open("/my/requests/ask", data={**data, "order_id": order.id, "access_token": token})
        self.assertEqual(answer.status_code, 200)
        request = self.env["adv.request"].search([("order_id", "=", order.id)])
        self.assertRecordValues(
            request, [{"partner_id": self.customer.id, "name": f"About {order.name}", "channel": "portal"}]
        )
        wrong = self.url_open(
            "/my/requests/ask",
            data={**data, "kind": "hack", "order_id": order.id, "access_token": token},
        )
        self.assertIn("Please write what you would like to know", wrong.text)
        self.assertEqual(self.env["adv.request"].search_count([("order_id", "=", order.id)]), 1)
