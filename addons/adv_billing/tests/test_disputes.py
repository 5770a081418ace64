import io
import zipfile
from base64 import b64encode

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AdvBillingCommon, date

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestDisputes(AdvBillingCommon):
    """From the delivery that went wrong to the credit note that settles it, and the proof of the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logistics = cls.env["adv.department"].create({"name": "Logistics"})
        cls.reason = cls.env.ref("adv_dunning.dispute_reason_delivery")
        cls.reason.adv_department_id = cls.logistics

    def setUp(self):
        super().setUp()
        self.order = self._order()
        self.picking = self._deliver(self.order)
        self.invoice = self.order._create_invoices()
        self.invoice.action_post()

    def _dispute(self, **vals):
        return self.env["adv.dispute"].create(
            {"move_id": self.invoice.id, "reason_id": self.reason.id, "amount": 200, **vals}
        )

    def test_delivery_return_dispute_credit_note(self):
        """Two chairs come back broken: the dispute points at the return, its credit note settles it."""
        back = self._return(self.picking, 2)
        other = self._deliver(self._order([(self.lamp, 1)]))
        with Form(self.env["adv.dispute"]) as form:
            form.move_id = self.invoice
            form.reason_id = self.reason
            form.amount = 200
            form.adv_picking_id = back
        dispute = form.record
        self.assertEqual(dispute.adv_picking_ids, self.picking | back)
        self.assertNotIn(other, dispute.adv_picking_ids)
        self.assertEqual(dispute.adv_department_id, self.logistics)
        self.assertEqual((back.adv_dispute_count, self.picking.adv_dispute_count), (1, 0))
        opened = back.action_adv_open_disputes()
        self.assertEqual(self.env["adv.dispute"].search(opened["domain"]), dispute)
        self.order.order_line.action_adv_issue_credit()
        note = self.order.invoice_ids - self.invoice
        self.assertEqual((note.adv_dispute_id, note.amount_untaxed), (dispute, 200.0))
        self.assertEqual(dispute.state, "open")
        note.action_post()
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(dispute.adv_credit_move_ids, note)

    def test_two_disputes_are_left_to_a_person(self):
        back = self._return(self.picking, 2)
        self._dispute(adv_picking_id=back.id)
        self._dispute(adv_picking_id=back.id)
        self.order.order_line.action_adv_issue_credit()
        self.assertFalse((self.order.invoice_ids - self.invoice).adv_dispute_id)

    def test_the_department_is_told_once(self):
        head = self._user("logistics_head", "base.group_user")
        self.logistics.manager_id = head
        dispute = self._dispute()
        told = self.env["mail.message"].search(
            [("partner_ids", "in", head.partner_id.ids), ("model", "=", "adv.dispute")]
        )
        self.assertEqual(len(told), 1)
        self.assertIn("Logistics", told.body)
        self.assertIn(self.invoice.name, told.body)
        dispute.note = "Broken on arrival"
        self.assertEqual(
            self.env["mail.message"].search_count(
                [("partner_ids", "in", head.partner_id.ids), ("model", "=", "adv.dispute")]
            ),
            1,
        )
        dispute.adv_department_id = self.env["adv.department"].create(
            {"name": "Quality", "manager_id": head.id}
        )
        self.assertEqual(dispute.adv_department_id.name, "Quality", "chosen by a person")

    def test_a_collector_names_the_delivery(self):
        collector = self._user("dispute_collector", "adv_dunning.group_collector")
        dispute = self._dispute().with_user(collector)
        dispute.adv_picking_id = self.picking
        self.assertEqual(dispute.adv_picking_ids.mapped("display_name"), [self.picking.name])

    # PROOFS

    def _attach(self, name, content=b"%PDF-1.4"):
        return self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": "stock.picking",
                "res_id": self.picking.id,
            }
        )

    def _signed(self):
        self.picking.adv_proof_ids = self._attach("signed.pdf", b"%PDF-1.4 signed")

    def test_proofs_are_what_is_put_down_as_such(self):
        self._attach("LabelShipping-UPS-1Z999.pdf")
        self.assertEqual(self.invoice._adv_delivery_proofs(), [], "a carrier's label proves nothing")
        self._signed()
        number = self.picking.name.replace("/", "-")
        self.assertEqual(self.invoice._adv_delivery_proofs(), [(f"{number} signed.pdf", b"%PDF-1.4 signed")])
        # what Odoo keeps when the note is signed on a screen
        slip = self._attach(f"{self.picking.name}_signed_delivery_slip.pdf", b"%PDF-1.4 slip")
        self.assertEqual(
            [name for name, _content in self.invoice._adv_delivery_proofs()],
            [f"{number} signed.pdf", f"{number} {slip.name}".replace("/", "-")],
        )
        self.assertFalse(self.picking.copy().adv_proof_ids)

    def test_nobody_puts_down_as_a_proof_what_they_may_not_read(self):
        self._signed()
        clerk = self._user("proof_clerk", "stock.group_stock_user")
        # a document of another person that belongs to no record: nobody else reads it
        private = self.env["ir.attachment"].create({"name": "salaries.pdf", "raw": b"%PDF-1.4 salaries"})
        for command in (Command.link(private.id), Command.set(private.ids)):
            with self.assertRaises(AccessError):
                self.picking.with_user(clerk).adv_proof_ids = [command]
        with self.assertRaises(AccessError):
            self.picking.with_user(clerk).with_context(default_adv_proof_ids=private.ids).copy()
        self.picking.with_user(clerk).adv_proof_ids = [Command.link(self._attach("photo.pdf").id)]
        names = self.picking.adv_proof_ids.mapped("name")
        self.assertEqual(sorted(names), ["photo.pdf", "signed.pdf"])

    def test_a_signed_note_whose_document_is_gone_is_printed_again(self):
        picking = self._deliver(self._order([(self.lamp, 1)]))
        picking.signature = PIXEL
        self.env["ir.attachment"].search(
            [("res_model", "=", "stock.picking"), ("res_id", "=", picking.id)]
        ).unlink()
        self.patch(type(self.env["ir.actions.report"]), "get_wkhtmltopdf_state", lambda report: "ok")
        self.patch(type(picking), "_adv_delivery_note", lambda self: b"printed again")
        self.assertEqual(
            picking._adv_delivery_proofs(), [(f"{picking.name.replace('/', '-')}.pdf", b"printed again")]
        )

    def test_proofs_go_with_handovers(self):
        self._signed()
        self.invoice.invoice_date_due = date(2026, 1, 1)
        stats = self.env["adv.receivable.stats"].search(
            [("partner_id", "=", self.acme.id), ("company_id", "=", self.company.id)]
        ) or self.env["adv.receivable.stats"].sudo()._adv_create(
            [{"partner_id": self.acme.id, "company_id": self.company.id}]
        )
        self.patch(
            type(self.invoice),
            "_get_invoice_legal_documents",
            lambda move, *args, **kwargs: {"filename": "invoice.pdf", "content": b"invoice"},
        )
        files = stats._handover_files(self.invoice, self.company._adv_today())
        archive = zipfile.ZipFile(io.BytesIO(stats._zip(files)))
        number = self.picking.name.replace("/", "-")
        self.assertIn("invoices/invoice.pdf", archive.namelist())
        self.assertEqual(archive.read(f"deliveries/{number} signed.pdf"), b"%PDF-1.4 signed")

    def test_proofs_go_with_notices_of_the_levels_that_say_so(self):
        self._signed()
        level = self.env["adv.dunning.level"].search([("channel", "=", "email")], limit=1)
        level.attach_document = False
        notice = (
            self.env["adv.dunning.notice"]
            .sudo()
            ._adv_create(
                [
                    {
                        "partner_id": self.acme.id,
                        "company_id": self.company.id,
                        "currency_id": self.invoice.currency_id.id,
                        "level_id": level.id,
                        "date": date(2026, 3, 1),
                        "amount": 1000.0,
                    }
                ]
            )
        )
        self.env["adv.dunning.notice.line"].sudo()._adv_create(
            [
                {
                    "notice_id": notice.id,
                    "company_id": self.company.id,
                    "move_id": self.invoice.id,
                    "rank": 1,
                    "level_id": level.id,
                    "amount": 1000.0,
                }
            ]
        )
        self.assertFalse(notice._process_attachments_for_template_post(level.template_id).get(notice.id))
        level.adv_attach_proofs = True
        found = notice._process_attachments_for_template_post(level.template_id)[notice.id]["attachments"]
        number = self.picking.name.replace("/", "-")
        self.assertEqual(found, [(f"{number} signed.pdf", b64encode(b"%PDF-1.4 signed"))])
