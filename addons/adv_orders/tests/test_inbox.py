from datetime import datetime
from xmlrpc.client import Binary

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon
from .mails import order_xml, raw_mail

INBOX = "orders@adv.example.org"


class InboxCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alias_domain = cls.env["mail.alias.domain"].create({"name": "adv.example.org"})
        cls.env.company.alias_domain_id = cls.alias_domain
        cls.mailbox = cls.env["adv.mailbox"].create(
            {"name": "Orders", "alias_name": "orders", "edi_senders": "hub.example.net"}
        )
        cls.env["adv.assistant"].search([]).active = False
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True

    def mail(self, sender="commandes@dupont.example.com", subject="Order", message_id="<1@x>", **values):
        """Hand a raw mail over to the gateway; return the documents that the company then has."""
        raw = raw_mail(sender, values.pop("to", INBOX), subject, message_id, **values)
        self.env["mail.thread"].message_process(False, Binary(raw))
        return self.documents()

    def documents(self):
        return self.env["adv.document"].search([], order="id")

    @classmethod
    def set_up_catalogue(cls):
        """Products, price list and rate of the customer of the electronic order."""
        cls.customer.vat = "FR23334175221"
        cls.chair.default_code = "ADV-CHAIR-T"
        cls.table.default_code = "ADV-TABLE-T"
        cls.fabric = cls.env["product.product"].create(
            {
                "name": "Fabric",
                "default_code": "ADV-FABRIC-T",
                "list_price": 18.4,
                "uom_id": cls.env.ref("uom.product_uom_meter").id,
                "taxes_id": False,
            }
        )
        pricelist = cls.env["product.pricelist"].create({"name": "Euro", "currency_id": cls.euro.id})
        cls.customer.property_product_pricelist = pricelist
        cls.env["res.currency.rate"].search([]).unlink()
        cls.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "currency_id": cls.euro.id,
                "rate": 1.0,
                "company_id": cls.env.company.id,
            }
        )


@tagged("post_install", "-at_install")
class TestInbox(InboxCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_catalogue()

    # RECEIVING

    def test_a_mail_becomes_a_document_with_its_attachments(self):
        pdf = ("order.pdf", b"%PDF-1.4 an order", "application", "pdf")
        photo = ("photo.png", b"\x89PNG....", "image", "png")
        document = self.mail(subject="Our order 4711", files=[pdf, photo])
        self.assertRecordValues(
            document,
            [
                {
                    "name": "Our order 4711",
                    "state": "to_file",
                    "kind": False,
                    "partner_id": self.customer.id,
                    "mailbox_id": self.mailbox.id,
                    "company_id": self.env.company.id,
                    "message_id": "<1@x>",
                    "wait_reason": False,
                }
            ],
        )
        self.assertEqual(sorted(document._adv_attachments().mapped("name")), ["order.pdf", "photo.png"])
        self.assertEqual(document.message_main_attachment_id.name, "order.pdf")

    def test_the_same_mail_twice_is_one_document(self):
        first = self.mail()
        self.assertEqual(self.mail(), first)
        # the message may have been deleted since: the document itself remembers
        first.message_ids.sudo().unlink()
        self.assertEqual(self.mail(), first)
        self.assertEqual(len(self.mail(message_id="<2@x>")), 2)

    def test_one_mail_to_two_aliases_is_one_document(self):
        self.env["adv.mailbox"].create({"name": "Sales", "alias_name": "telesales"})
        document = self.mail(to="orders@adv.example.org, telesales@adv.example.org")
        self.assertEqual(len(document), 1)
        self.assertEqual(len(document.message_ids), 1)

    def test_two_companies_have_a_document_each(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "alias_domain_id": self.alias_domain.id})
        self.env["adv.mailbox"].create({"name": "Other", "alias_name": "others", "company_id": other.id})
        documents = self.mail(to="orders@adv.example.org, others@adv.example.org")
        self.assertEqual(documents.company_id, self.env.company | other)

    def test_the_database_refuses_a_second_document_of_a_mail(self):
        """Two servers receive one mail at once: neither sees the other's document before it commits."""
        document = self.mail()
        documents = self.env["adv.document"].sudo()
        unseen = documents.with_context(active_test=False)
        self.patch(type(documents), "search_count", lambda *args, **kwargs: 0)
        message = {"message_id": "<1@x>", "email_from": "commandes@dupont.example.com"}
        again = unseen._adv_receive({"Message-Id": "<1@x>"}, message, {"company_id": self.env.company.id})
        self.assertFalse(again)
        self.assertEqual(self.documents(), document)

    def test_a_mail_without_message_id_is_known_by_what_it_says(self):
        document = self.mail(message_id=None)
        self.assertEqual(self.mail(message_id=None), document)
        self.assertEqual(len(self.mail(message_id=None, body="Something else")), 2)

    def test_an_automatic_answer_is_junk(self):
        document = self.mail(subject="Out of office", Auto_Submitted="auto-replied")
        self.assertRecordValues(document, [{"state": "junk", "kind": "junk", "is_automatic": True}])

    def test_machines_that_send_orders_are_no_automatic_answer(self):
        document = self.mail(subject="Order", Auto_Submitted="auto-generated")
        self.assertEqual(document.state, "to_file")

    def test_a_good_customer_may_write_often_and_a_stranger_may_not_flood(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "2")
        for number in range(4):
            self.mail(message_id=f"<{number}@dupont>")
        self.assertEqual(len(self.documents()), 4)
        for number in range(4):
            self.mail(sender="spam@stranger.example", message_id=f"<{number}@stranger>")
        self.assertEqual(len(self.documents()), 6)

    # SENDERS

    def test_the_sender_is_recognised(self):
        buyer = self.env["res.partner"].create(
            {"name": "Anne", "parent_id": self.customer.id, "email": "Anne@dupont.example.com"}
        )
        self.assertEqual(self.mail(sender="Anne <anne@dupont.example.com>").partner_id, buyer)
        document = self.mail(sender="new@dupont.example.com", message_id="<2@x>")[-1]
        self.assertEqual(document.partner_id, self.customer)

    def test_a_free_mail_domain_says_nothing(self):
        self.customer.email = "dupont.freres@gmail.com"
        document = self.mail(sender="somebody.else@gmail.com")
        self.assertFalse(document.partner_id)
        self.assertEqual(document.wait_reason, "We do not know this sender.")
        known = self.mail(sender="Dupont.Freres@gmail.com", message_id="<2@x>")[-1]
        self.assertEqual(known.partner_id, self.customer)

    def test_an_ambiguous_domain_goes_to_triage(self):
        other = self.env["res.partner"].create(
            {"name": "Dupont Sud", "is_company": True, "email": "sud@dupont.example.com"}
        )
        document = self.mail(sender="x@dupont.example.com")
        self.assertFalse(document.partner_id)
        self.assertIn("Dupont Sud", document.wait_reason)
        self.assertEqual(document.candidate_ids, self.customer | other)
        triage = self.env["adv.document"].search(
            self.env["adv.document"]._adv_triage_domain(self.env.company)
        )
        self.assertEqual(triage, document)

    def test_our_own_people_are_no_customers(self):
        self.salesperson.email = "sales@house.example.com"
        self.assertFalse(self.mail(sender="sales@house.example.com").partner_id)

    def test_saying_who_it_is_once_is_enough(self):
        documents = self.mail(sender="Luc <luc@atelier.example.com>")
        documents = self.mail(sender="luc@atelier.example.com", message_id="<2@x>")
        self.assertFalse(documents.partner_id)
        self.customer.with_user(self.assistant).with_context(
            adv_document_id=documents[0].id
        ).action_adv_is_sender()
        contact = documents.partner_id
        self.assertRecordValues(
            contact, [{"name": "Luc", "parent_id": self.customer.id, "email": "luc@atelier.example.com"}]
        )
        self.assertEqual(documents.mapped("wait_reason"), [False, False])
        third = self.mail(sender="LUC@atelier.example.com", message_id="<3@x>")[-1]
        self.assertEqual(third.partner_id, contact)

    def test_a_customer_without_address_gets_the_senders(self):
        silent = self.env["res.partner"].create({"name": "Silent", "is_company": True})
        document = self.mail(sender="contact@silent.example.com")
        document.partner_id = silent
        document.with_user(self.assistant).action_remember_sender()
        self.assertEqual(silent.email, "contact@silent.example.com")
        self.assertEqual(document.partner_id, silent)
        self.assertFalse(silent.child_ids)

    # ELECTRONIC ORDERS

    def edi(self, content=None, **values):
        files = [("order.xml", content or order_xml(), "application", "xml")]
        return self.mail(subject="Order BC-2026-0815", files=files, **values)

    def assert_nothing_made(self, document, reason):
        self.assertEqual(document.state, "to_file")
        self.assertIn(reason, document.wait_reason)
        self.assertFalse(document.order_id)
        self.assertFalse(
            self.env["sale.order"].search([("adv_channel", "=", "edi")]), "a quotation was half made"
        )
        self.assertEqual(document._adv_attachments().name, "order.xml")

    def test_a_peppol_order_becomes_a_quotation(self):
        document = self.edi()
        order = document.order_id
        self.assertRecordValues(
            document,
            [{"state": "filed", "kind": "order", "is_automatic": True, "wait_reason": False}],
        )
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "client_order_ref": "BC-2026-0815",
                    "adv_channel": "edi",
                    "state": "draft",
                    "currency_id": self.euro.id,
                    "user_id": self.salesperson.id,
                    # noon in Paris
                    "adv_requested_date": datetime(2026, 12, 10, 11),
                }
            ],
        )
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.chair.id,
                    "product_uom_qty": 24.0,
                    "price_unit": 100.0,
                    "adv_requested_qty": 24.0,
                    "adv_requested_price": 95.0,
                    "adv_requested_date": datetime(2026, 12, 10, 11),
                },
                {
                    "product_id": self.table.id,
                    "product_uom_qty": 1.0,
                    "price_unit": 4800.0,
                    "adv_requested_qty": 1.0,
                    "adv_requested_price": 4680.0,
                    "adv_requested_date": datetime(2026, 12, 17, 11),
                },
                {
                    "product_id": self.fabric.id,
                    "product_uom_qty": 12.5,
                    "price_unit": 18.4,
                    "adv_requested_qty": 12.5,
                    "adv_requested_price": 18.4,
                    "adv_requested_date": False,
                },
            ],
        )
        self.assertEqual(order.order_line[1].product_uom_id, dozen)
        self.assertEqual(order.order_line[2].product_uom_id, self.env.ref("uom.product_uom_meter"))
        attached = self.env["ir.attachment"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(attached.name, "order.xml")
        self.assertEqual(attached.raw, order_xml())

    def test_the_buyer_counts_when_a_service_delivers(self):
        document = self.edi(sender="no-reply@hub.example.net")
        self.assertEqual(document.order_id.partner_id, self.customer)
        self.assertEqual(document.partner_id, self.customer)

    def test_an_order_of_another_customer_waits(self):
        self.env["res.partner"].create(
            {"name": "Rival", "is_company": True, "email": "boss@rival.example.com"}
        )
        document = self.edi(sender="boss@rival.example.com")
        self.assert_nothing_made(document, "Dupont Frères, but Rival sent it")

    def test_an_unknown_buyer_is_not_created(self):
        partners = self.env["res.partner"].search_count([])
        document = self.edi(order_xml(("FR23334175221", "FR40303265045")), sender="x@hub.example.net")
        self.assert_nothing_made(document, "the buyer Dupont Freres SARL is not known")
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_unknown_product(self):
        document = self.edi(order_xml(("ADV-CHAIR-T", "NO-SUCH"), ("<cbc:Name>Chair<", "<cbc:Name>Stool<")))
        self.assert_nothing_made(document, "these products are not known: Chair, as in our catalogue")
        # filed by a person, what is not known is noted on the order
        document.with_user(self.assistant).action_file_order()
        lines = document.order_id.order_line
        self.assertEqual(lines.product_id, self.table | self.fabric)
        note = lines.filtered("display_type")
        self.assertEqual(note.name, "To enter: 24 x Chair, as in our catalogue at 95")

    def test_a_likely_product_is_not_taken(self):
        """Odoo would take any product whose name holds "Chair" although the number is another one."""
        document = self.edi(order_xml(("ADV-CHAIR-T", "NO-SUCH")))
        self.assert_nothing_made(document, "not known")

    def test_malformed(self):
        self.assert_nothing_made(self.edi(order_xml()[:-200]), "no valid XML")

    def test_huge(self):
        padding = b"<!--" + b"x" * 5_000_001 + b"-->"
        self.assert_nothing_made(self.edi(order_xml() + padding), "too big")

    def test_too_many_lines(self):
        text = order_xml().decode()
        line = text[text.index("  <cac:OrderLine>") : text.index("</cac:OrderLine>") + 17]
        self.assert_nothing_made(self.edi(text.replace(line, line * 1001).encode()), "too many lines")

    def test_billion_laughs_and_stolen_files(self):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
        for position, (declaration, used) in enumerate(
            ((laughs, "&l9;"), ('<!ENTITY l9 SYSTEM "file:///etc/passwd">', "&l9;"))
        ):
            content = order_xml(
                ("<Order xmlns=", f"<!DOCTYPE Order [{declaration}]>\n<Order xmlns="),
                ("BC-2026-0815", used),
            )
            document = self.edi(content, message_id=f"<{position}@evil>")[-1]
            self.assert_nothing_made(document, "declares a document type")

    def test_absurd_quantities(self):
        for position, quantity in enumerate(("-3", "0", "1e12", "nan", "inf")):
            content = order_xml(('UNECERec20">24<', f'UNECERec20">{quantity}<'))
            document = self.edi(content, message_id=f"<{position}@absurd>")[-1]
            self.assert_nothing_made(document, "the quantity of Chair cannot be right")

    def test_absurd_prices(self):
        for position, price in enumerate(("1e15", "inf", "free")):
            content = order_xml(('currencyID="EUR">95.00<', f'currencyID="EUR">{price}<'))
            document = self.edi(content, message_id=f"<{position}@absurd>")[-1]
            self.assert_nothing_made(document, "the price of Chair cannot be right")

    def test_what_is_no_number_at_all(self):
        document = self.edi(order_xml(('UNECERec20">24<', 'UNECERec20">two dozen<')))
        self.assert_nothing_made(document, "the quantity of Chair cannot be right")

    def test_another_currency(self):
        content = order_xml(("DocumentCurrencyCode>EUR", "DocumentCurrencyCode>GBP"))
        self.assert_nothing_made(self.edi(content), "it is in GBP, but the customer's prices are in EUR")

    def test_another_supplier(self):
        self.env.company.vat = "FR40303265045"
        seller = "<cbc:Name>The wholesaler</cbc:Name>\n      </cac:PartyName>"
        scheme = "<cac:PartyTaxScheme><cbc:CompanyID>FR23334175221</cbc:CompanyID></cac:PartyTaxScheme>"
        self.assert_nothing_made(
            self.edi(order_xml((seller, seller + scheme))), "addressed to another company"
        )

    def test_an_order_that_we_have_is_not_made_twice(self):
        first = self.edi().order_id
        second = self.edi(message_id="<2@x>")[-1]
        self.assertEqual(second.state, "to_file")
        self.assertIn(f"{first.name} has the customer's reference BC-2026-0815", second.wait_reason)
        self.assertEqual(second.existing_order_id, first)
        second.with_user(self.assistant).action_attach_order()
        self.assertEqual(second.order_id, first)
        self.assertFalse(second.order_created)

    # TOUCHLESS

    def test_clean_orders_confirm_themselves_if_wanted(self):
        self.assertEqual(self.edi().order_id.state, "draft")
        self.env.company.adv_touchless = True
        content = order_xml(("BC-2026-0815", "BC-2"))
        self.assertEqual(self.edi(content, message_id="<2@x>")[-1].order_id.state, "sale")

    def test_a_blocked_order_waits_as_usual(self):
        self.env.company.adv_touchless = True
        self.rule(amount_min=100.0)
        order = self.edi().order_id
        self.assertRecordValues(order, [{"state": "draft", "adv_state": "to_approve"}])

    def test_what_observed_rules_would_stop_waits_too(self):
        self.env.company.write(
            {"adv_touchless": True, "adv_check_mode": "observe", "adv_approval_mode": "observe"}
        )
        contents = [order_xml(("BC-2026-0815", f"BC-{number}")) for number in range(3)]
        self.assertEqual(self.edi(contents[0]).order_id.state, "sale")
        rule = self.rule(amount_min=100.0)
        waiting = self.edi(contents[1], message_id="<2@x>")[-1].order_id
        rule.active = False
        self.env["adv.check"].create(
            {"name": "Electronic", "severity": "blocking", "domain": "[('adv_channel', '=', 'edi')]"}
        )
        waiting |= self.edi(contents[2], message_id="<3@x>")[-1].order_id
        self.assertEqual(waiting.mapped("adv_state"), ["draft", "draft"])
        for order in waiting:
            self.assertIn("only observe", order.message_ids[0].body)
        self.assertIs(waiting.with_user(self.assistant).action_confirm(), True)

    def test_a_stranger_never_confirms(self):
        self.env.company.adv_touchless = True
        order = self.edi(sender="x@stranger.example").order_id
        self.assertRecordValues(order, [{"state": "draft", "adv_submitted_date": False}])

    # FILING

    def test_file_as_order_and_back(self):
        document = self.mail(
            subject="Please send chairs", files=[("po.pdf", b"%PDF-1.4", "application", "pdf")]
        )
        action = document.with_user(self.assistant).action_file_order()
        order = document.order_id
        self.assertEqual(action["res_id"], order.id)
        self.assertRecordValues(
            order, [{"partner_id": self.customer.id, "adv_channel": "email", "state": "draft"}]
        )
        self.assertEqual(
            self.env["ir.attachment"]
            .search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])
            .name,
            "po.pdf",
        )
        self.assertRecordValues(document, [{"state": "filed", "filed_by": self.assistant.id}])
        document.with_user(self.assistant).action_unfile()
        self.assertRecordValues(
            document, [{"state": "to_file", "kind": False, "order_id": False, "filed_by": False}]
        )
        self.assertEqual(order.state, "cancel")

    def test_an_order_that_went_on_keeps_its_document(self):
        document = self.mail()
        document.action_file_order()
        document.order_id.action_quotation_sent()
        with self.assertRaisesRegex(UserError, "went on since"):
            document.action_unfile()
        self.assertEqual(document.state, "filed")

    def test_file_as_order_asks_for_the_customer(self):
        document = self.mail(sender="x@stranger.example")
        with self.assertRaisesRegex(UserError, "Say first which customer"):
            document.action_file_order()

    def test_the_order_named_in_the_subject_is_found(self):
        order = self.order(client_order_ref="bc-77/1")
        strange = self.customer.copy({"name": "Other", "email": "other@other.example.com"})
        self.order(partner_id=strange.id, client_order_ref="BC-99")
        document = self.mail(subject="Re: your order BC-77/1, delivery address")
        self.assertFalse(document.existing_order_id)
        document.name = f"About {order.name}."
        self.assertEqual(document.existing_order_id, order)
        document.name = "bc-77/1 wrong"
        self.assertEqual(document.existing_order_id, order)
        document.name = "BC-99"
        self.assertFalse(document.existing_order_id)

    def test_file_as_request_and_back(self):
        document = self.mail(subject="Where is it", body="We wait since Monday.")
        document.with_user(self.assistant).action_file_request()
        request = document.request_id
        self.assertRecordValues(
            request,
            [{"name": "Where is it", "partner_id": self.customer.id, "channel": "email", "state": "open"}],
        )
        self.assertEqual(request.description, "We wait since Monday.")
        document.with_user(self.assistant).action_unfile()
        self.assertFalse(request.exists())
        self.assertEqual(document.state, "to_file")

    def test_payment_advice_junk_and_bulk(self):
        self.mail()
        documents = self.mail(message_id="<2@x>", subject="Payment")
        documents[0].action_file_junk()
        documents[1].action_file_payment_advice()
        self.assertEqual(documents.mapped("state"), ["junk", "filed"])
        self.assertEqual(documents.mapped("kind"), ["junk", "payment_advice"])
        with self.assertRaisesRegex(UserError, "Filed already"):
            documents.action_file_junk()
        documents.action_unfile()
        documents.action_file_order()
        self.assertEqual(len(documents.order_id), 2)

    # ANSWERS

    def test_an_answer_to_an_orders_thread_goes_there(self):
        order = self.order()
        sent = order.message_post(
            body="Your quotation", message_type="comment", partner_ids=self.customer.ids
        )
        documents = self.mail(
            to="catchall@adv.example.org, orders@adv.example.org",
            message_id="<answer@x>",
            In_Reply_To=sent.message_id,
            References=sent.message_id,
        )
        # sent to the alias of the inbox: a forward, says Odoo; to the reply address: an answer
        self.assertEqual(len(documents), 1)
        self.mail(
            to="catchall@adv.example.org",
            message_id="<answer2@x>",
            In_Reply_To=sent.message_id,
            References=sent.message_id,
        )
        self.assertIn("<answer2@x>", order.message_ids.mapped("message_id"))
        self.assertEqual(self.documents(), documents)

    def test_an_answer_to_a_filed_mail_goes_to_what_it_became(self):
        document = self.mail()
        document.action_file_order()
        self.mail(message_id="<2@x>", References="<1@x>", In_Reply_To="<1@x>", subject="Re: Order")
        self.assertEqual(self.documents(), document)
        self.assertIn("<2@x>", document.order_id.message_ids.mapped("message_id"))

    def test_an_answer_to_junk_waits_again(self):
        document = self.mail()
        document.action_file_junk()
        self.mail(message_id="<2@x>", References="<1@x>", In_Reply_To="<1@x>")
        self.assertEqual(document.state, "to_file")


@tagged("post_install", "-at_install", "security")
class TestInboxSecurity(InboxCommon):
    def test_who_sees_the_inbox(self):
        document = self.mail()
        self.assertTrue(document.with_user(self.assistant).name)
        for user in (self.salesperson, self.nobody, self.portal):
            self.assertFalse(self.env["adv.document"].with_user(user).has_access("read"), user.login)
            with self.assertRaises(AccessError):
                document.with_user(user).action_file_junk()

    def test_accounting_sees_payment_advices_only(self):
        accountant = self.nobody.copy({"login": "adv_accountant", "name": "Accountant"})
        accountant.group_ids |= self.env.ref("account.group_account_invoice")
        self.mail()
        documents = self.mail(message_id="<2@x>")
        documents[1].action_file_payment_advice()
        self.assertEqual(self.env["adv.document"].with_user(accountant).search([]), documents[1])
        with self.assertRaises(AccessError):
            documents[1].with_user(accountant).action_unfile()

    def test_facts_are_not_written_by_rpc(self):
        document = self.mail().with_user(self.manager)
        for vals in (
            {"state": "filed"},
            {"kind": "order"},
            {"order_id": self.order().id},
            {"message_id": "<other@x>"},
            {"received_date": "2020-01-01"},
            {"wait_reason": "No"},
        ):
            with self.assertRaises(AccessError):
                document.write(vals)
        with self.assertRaises(AccessError):
            self.env["adv.document"].with_user(self.manager).create({"name": "x", "state": "filed"})

    def test_only_junk_is_deleted_and_by_the_manager_only(self):
        document = self.mail()
        with self.assertRaisesRegex(UserError, "kept"):
            document.with_user(self.manager).unlink()
        document.action_file_junk()
        with self.assertRaises(AccessError):
            document.with_user(self.assistant).unlink()
        document.with_user(self.manager).unlink()
        self.assertFalse(document.exists())

    def test_another_company(self):
        document = self.mail()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.assistant.copy(
            {
                "login": "adv_far",
                "name": "Far",
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
            }
        )
        self.assertFalse(self.env["adv.document"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            document.with_user(stranger).action_file_junk()

    def test_a_sender_is_not_named_through_a_document_one_may_not_write(self):
        document = self.mail(sender="x@stranger.example")
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesperson).with_context(
                adv_document_id=document.id
            ).action_adv_is_sender()
        self.assertEqual(self.customer.email, "commandes@dupont.example.com")
