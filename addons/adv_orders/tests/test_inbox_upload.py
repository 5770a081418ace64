import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import OdooPdfFileWriter

from .mails import order_xml
from .test_inbox import InboxCommon


@tagged("post_install", "-at_install")
class TestInboxUpload(InboxCommon):
    """Files dropped on the inbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_catalogue()

    def upload(self, name, raw, user=None):
        user = user or self.assistant
        attachment = self.env["ir.attachment"].with_user(user).create({"name": name, "raw": raw})
        inbox = self.env["adv.document"].with_user(user)
        action = inbox.create_document_from_attachment(attachment.ids)
        return inbox.browse(action["res_id"])

    def test_a_scan_waits_to_be_filed(self):
        document = self.upload("fax.png", b"\x89PNG an order by hand")
        self.assertRecordValues(
            document, [{"name": "fax.png", "state": "to_file", "partner_id": False, "wait_reason": False}]
        )
        self.assertEqual(document._adv_attachments().name, "fax.png")
        document.partner_id = self.customer
        document.action_file_order()
        self.assertEqual(document.order_id.partner_id, self.customer)

    def test_an_electronic_order_is_read_at_once(self):
        document = self.upload("order.xml", order_xml())
        self.assertRecordValues(document, [{"state": "filed", "kind": "order"}])
        self.assertRecordValues(
            document.order_id, [{"partner_id": self.customer.id, "client_order_ref": "BC-2026-0815"}]
        )
        self.assertEqual(self.upload("again.xml", order_xml()), document)

    def test_an_order_inside_a_pdf(self):
        writer, pdf = OdooPdfFileWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        writer.addAttachment("order.xml", order_xml())
        writer.write(pdf)
        document = self.upload("order.pdf", pdf.getvalue())
        self.assertEqual(document.order_id.client_order_ref, "BC-2026-0815")

    def test_nothing_confirms_itself_that_a_person_uploaded(self):
        self.env.company.adv_touchless = True
        self.assertEqual(self.upload("order.xml", order_xml()).order_id.state, "draft")

    def test_what_cannot_be_read_says_why(self):
        document = self.upload("order.xml", b"<Order")
        self.assertEqual(document.wait_reason, "order.xml: no valid XML.")

    def test_who_may_upload_what(self):
        for user in (self.salesperson, self.nobody):
            with self.assertRaises(AccessError):
                self.upload("order.xml", order_xml(), user)
        order = self.order()
        theirs = self.env["ir.attachment"].create(
            {"name": "kept.pdf", "raw": b"x", "res_model": "sale.order", "res_id": order.id}
        )
        with self.assertRaises(UserError):
            self.env["adv.document"].with_user(self.assistant).create_document_from_attachment(theirs.ids)
        with self.assertRaises(UserError):
            self.env["adv.document"].with_user(self.assistant).create_document_from_attachment([])
