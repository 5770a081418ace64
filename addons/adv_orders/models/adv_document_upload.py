from odoo import models
from odoo.exceptions import UserError

from ..tools import asked_ids, event_now


class AdvDocument(models.Model):
    """Files put into the inbox by hand become documents, as attachments of mails do."""

    _inherit = "adv.document"

    def create_document_from_attachment(self, attachment_ids):
        """Make a document of each uploaded file; an electronic order becomes a quotation at once.

        The same file again is the document that there is already. (The name is that of Odoo's uploader.)

        :param list attachment_ids: files that the user uploaded and that belong to no record yet
        :return: the action that opens the documents
        :raise AccessError: for others than ADV assistants
        :raise UserError: without a file, or for a file that belongs to a record
        """
        self.browse()._adv_check_rights()
        attachments = self.env["ir.attachment"].browse(asked_ids(self.env, attachment_ids)).exists()
        if not attachments:
            raise UserError(self.env._("Choose a file first."))
        attachments.check_access("write")
        if any(attachment.res_model or attachment.res_id for attachment in attachments):
            raise UserError(self.env._("This file belongs to a document already."))
        documents = self.browse()
        for attachment in attachments:
            documents |= self._adv_upload(attachment)
        return documents._adv_open_records(self.env._("Uploaded"))

    def _adv_upload(self, attachment):
        company = self.env.company
        key = f"<{attachment.checksum}@upload>"
        known = self.search([("company_id", "=", company.id), ("message_id", "=", key)], limit=1)
        if known:
            return known
        # sudo: facts have no other writer; rights were checked by the caller
        document = self.sudo()._adv_create([self._adv_prepare_upload_vals(attachment, company, key)])
        attachment.write({"res_model": self._name, "res_id": document.id})
        document._adv_read_attachments(attachment)
        return document.sudo(False)

    def _adv_prepare_upload_vals(self, attachment, company, key):
        return {
            "name": attachment.name or self.env._("No subject"),
            "company_id": company.id,
            "message_id": key,
            "received_date": event_now(self.env),
        }
