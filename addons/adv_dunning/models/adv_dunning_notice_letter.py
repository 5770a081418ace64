from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.image import image_data_uri
from odoo.tools.pdf import merge_pdf

from ..tools.letter import html_to_pdf, split_pages


class AdvDunningNotice(models.Model):
    """The notice on paper. wkhtmltopdf takes long to start, so many letters are one document."""

    _inherit = "adv.dunning.notice"

    document_id = fields.Many2one(
        "ir.attachment", "Letter", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    def action_print_letters(self):
        """Download the letters of these notices as one document, as they were made when sent."""
        self._check_collector()
        letters = self.filtered(lambda notice: notice.channel == "letter")
        if not letters:
            raise UserError(self.env._("None of these notices goes by letter."))
        try:
            name, content = letters._one_document()
        except OSError as error:
            raise UserError(
                self.env._("No letter could be made; the server's PDF program says: %s", error)
            ) from error
        attachment = self.env["ir.attachment"].create({"name": name, "raw": content})
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true"}

    def _one_document(self):
        """Return one document of these letters, from those that were made or made now."""
        # sudo: reading a notice is enough to read its letter
        stored = self.sudo().document_id
        if len(stored) == len(self) and all(file.mimetype == "application/pdf" for file in stored):
            return self._document_name() + ".pdf", merge_pdf([file.raw for file in stored])
        return self._render_documents()

    # --- Rendering

    def _without_pdf(self):
        return self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken")

    def _document_name(self):
        number = self.name if len(self) == 1 else self.run_id[:1].display_name
        return self.env._("Reminder %(number)s", number=number or "").replace("/", "-")

    def _letter_html(self):
        """Return the letter of one notice in the customer's language, without the page around it."""
        self.ensure_one()
        notice = self.with_context(lang=self._lang())
        values = {"o": notice, "no_pdf": self._without_pdf(), "image_data_uri": image_data_uri}
        return notice.env["ir.qweb"]._render("adv_dunning.letter", values)

    def _render_document(self):
        """Return the notice as a document: (file name, content)."""
        self.ensure_one()
        return self._render_documents()

    def _render_documents(self):
        """Return these notices as one document: (file name, content), each on a page of its own.

        A PDF; where wkhtmltopdf is missing, an HTML page that says so.
        """
        page = self.env["ir.qweb"]._render(
            "adv_dunning.letter_page",
            {"title": self._document_name(), "letters": [notice._letter_html() for notice in self]},
        )
        if self._without_pdf():
            return f"{self._document_name()}.html", str(page).encode()
        return f"{self._document_name()}.pdf", html_to_pdf(page)

    def _render_each(self):
        """Return {notice id: (file name, content)}: rendered as one document and cut into letters."""
        if len(self) > 1 and not self._without_pdf():
            _name, content = self._render_documents()
            parts = split_pages(content, self.mapped("name"))
            if parts:
                return {
                    notice.id: (f"{notice._document_name()}.pdf", part)
                    for notice, part in zip(self, parts, strict=True)
                }
        return {notice.id: notice._render_document() for notice in self}
