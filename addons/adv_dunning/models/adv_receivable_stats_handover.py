import io
import logging
import zipfile
from functools import partial

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.asked import only_one

_logger = logging.getLogger(__name__)


class AdvReceivableStats(models.Model):
    """Handing a customer over to an agency or a lawyer."""

    _inherit = "adv.receivable.stats"

    def action_handover(self):
        """Put what proves the claim into a ZIP: invoices, notices as sent, statement.

        It is kept with the customer; by a collection manager.

        :return: the action that downloads it; before it, which documents could not be made
        """
        only_one(self)
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager hands customers over."))
        self.check_access("write")
        today = self.company_id._adv_today()
        files = self._handover_files(self._handover_moves(today), today)
        name = self.env._(
            "Handover %(customer)s %(day)s.zip",
            customer=self.partner_id.name,
            day=fields.Date.to_string(today),
        ).replace("/", "-")
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": self._zip(files), "res_model": self._name, "res_id": self.id}
        )
        told = self.env._("Documents put together for an agency or a lawyer.")
        missing = [path for path, content in files if content is None]
        if missing:
            missing = self.env._("These could not be made and are not among them: %s", ", ".join(missing))
            told = f"{told} {missing}"
        self.message_post(body=told, attachment_ids=attachment.ids, message_type="comment")
        download = {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }
        return self._handover_warning(missing, download) if missing else download

    def _handover_warning(self, message, then):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning", "sticky": True, "message": message, "next": then},
        }

    def _handover_moves(self, today):
        lines = self._statement_lines(self.company_id, self.partner_id, today)
        moves = self.env["account.move"].browse(
            dict.fromkeys(line["move"].id for line in lines if line["days"] > 0)
        )
        if not moves:
            raise UserError(self.env._("%(customer)s owes nothing overdue.", customer=self.partner_id.name))
        return moves

    def _handover_files(self, moves, date):
        """Return the documents of a handover; other addons add theirs (delivery proofs).

        :param moves: overdue entries (account.move)
        :param date date: the day of the handover
        :return: [(path in the archive, content)]; content is None when the document could not be made
        """
        # to be read and to be worked with: one and the same where no PDF can be made
        statements = [self._statement_file(), self._in_customer_language()._statement_workbook(date)]
        files = list(dict(statements).items())
        for move in moves.filtered(lambda move: move.is_invoice()):
            files += self._handover_part(f"invoices/{move.name}", partial(self._handover_invoice, move))
        notices = self.notice_ids.filtered(
            lambda notice: notice.state == "sent" and notice.line_ids.move_id & moves
        )
        for notice in notices:
            name = f"notices/{notice.name}"
            found = self._handover_part(name, notice._documents_as_sent)
            files += [(path if content is None else f"notices/{path}", content) for path, content in found]
        return files

    def _handover_invoice(self, move):
        document = move._get_invoice_legal_documents("pdf", allow_fallback=True)
        return [(f"invoices/{document['filename']}", document["content"])] if document else []

    def _handover_part(self, name, make):
        """Return what ``make`` returns; [(name, None)] when one of its documents could not be made."""
        try:
            return make()
        except AccessError:
            raise
        except (OSError, UserError) as error:  # what Odoo's reports and ours say when wkhtmltopdf fails
            _logger.warning("%s is left out of a handover: %s", name, error)
            return [(name, None)]

    def _zip(self, files):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            taken = set()
            for path, content in files:
                if content is None:
                    continue
                path = path.replace("\\", "-").replace("..", "-").lstrip("/")
                while path in taken:
                    path = path.replace(".", "-2.", 1) if "." in path else f"{path}-2"
                taken.add(path)
                archive.writestr(path, content)
        return stream.getvalue()


class AdvDunningNotice(models.Model):
    _inherit = "adv.dunning.notice"

    def _documents_as_sent(self):
        """Return the documents of a notice as the customer got them: [(file name, content)].

        What was attached to its e-mail or kept as a letter; rendered again where nothing was kept.
        """
        self.ensure_one()
        number = (self.name or "").replace("/", "-")
        # sudo: a notice's reader may have what was sent with it; mails are the administrator's
        kept = self.sudo().mail_ids.attachment_ids
        # sudo: for the same reason; attachments of the notice itself
        kept |= (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "=", self.id)])
        )
        if kept:
            return [(f"{number} {attachment.name}", attachment.raw) for attachment in kept]
        name, content = self._render_document()
        return [(name, content)]
