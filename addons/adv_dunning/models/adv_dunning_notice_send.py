import base64
import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)

# outcomes of what is not reminded whatever is claimed
STOPS = ("out_of_scope", "no_followup", "partner_excluded", "insolvency", "in_collection", "blocked")


class AdvDunningNotice(models.Model):
    """The sending: channels, failures, and what the customer reads."""

    _inherit = "adv.dunning.notice"

    # --- Channels

    def _send_batch(self):
        """Send these notices and mark them sent in the same transaction as their e-mails.

        When one of them cannot be rendered, the others still go: the batch is then taken one by one.
        """
        notices = self - self._withdraw_paid()
        notices -= notices._withdraw_settled()
        if not notices:
            return
        try:
            with self.env.cr.savepoint():
                notices._send_now()
        except OperationalError:  # the database, not the notice: tried again by the caller
            raise
        except Exception as error:  # a template may fail in any way
            notices.invalidate_recordset()
            if len(notices) > 1:
                for notice in notices:
                    notice._send_batch()
            else:
                notices._mark_failed(error)

    def _withdraw_paid(self):
        """Withdraw notices that claim more than is still open: a payment came in since they were computed.

        :return: the notices withdrawn
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.notice_id FROM adv_dunning_notice_line line
                  LEFT JOIN account_move_line item ON item.id = line.move_line_id
                 WHERE line.notice_id = ANY(%s)
                   AND (item.id IS NULL OR item.parent_state != 'posted'
                        OR item.amount_residual_currency < line.amount)
                """,
                self.ids,
            )
        )
        paid = self.browse(row[0] for row in rows)
        paid._withdraw(
            {"state": "cancelled", "error": self.env._("Something was paid since this was computed.")}
        )
        return paid

    def _withdraw_settled(self):
        """Withdraw notices that claim more than the rules would now: meanwhile something was contested,
        promised or credited, or is not to be reminded any more.

        :return: the notices withdrawn
        """
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")  # a large statement about few customers
        ids = []
        for company, notices in self.grouped("company_id").items():
            day = max(company._adv_today(), *notices.mapped("date"))
            rules = self.env["adv.dunning.run"]._classification(
                company, day, partner_ids=notices.partner_id.commercial_partner_id.ids
            )
            ids += [row[0] for row in self.env.execute_query(notices._overstated(rules))]
        settled = self.browse(ids)
        settled._withdraw(
            {
                "state": "cancelled",
                "error": self.env._(
                    "Since this was computed, something of it was contested, promised or credited, or is not"
                    " to be reminded any more."
                ),
            }
        )
        return settled

    def _overstated(self, rules):
        """SELECT of these notices that claim what the rules do not claim any more."""
        return SQL(
            """
            SELECT DISTINCT line.notice_id FROM adv_dunning_notice_line line
              JOIN adv_dunning_notice notice ON notice.id = line.notice_id
              JOIN res_currency currency ON currency.id = notice.currency_id
              LEFT JOIN (%(rules)s) AS work ON work.line_id = line.move_line_id
             WHERE line.notice_id = ANY(%(ids)s)
               AND (work.line_id IS NULL OR work.outcome = ANY(%(stops)s)
                    OR work.claim < line.amount - currency.rounding / 2)
            """,
            rules=rules.select(),
            ids=self.ids,
            stops=list(STOPS),
        )

    def _send_now(self):
        # sudo: whether there was an e-mail; collectors do not read the queue
        fallen = self.filtered(lambda notice: notice.is_fallback and not notice.sudo().mail_ids)
        for (level, channel), notices in self.grouped(lambda n: (n.level_id, n.channel)).items():
            if channel == "email":
                notices._send_mails(level)
            elif channel == "phone":
                notices._schedule_calls(level)
            elif channel == "letter":
                notices._attach_letters()
            elif channel == "sms":
                notices._send_texts()
        for notice in fallen:
            notice._tell_collector(notice._missing_address())
        self._adv_set_facts({"state": "sent", "sent_at": fields.Datetime.now(), "error": False})
        self._put_on_hold()

    def _missing_address(self):
        """Return why another channel than the level's was taken."""
        self.ensure_one()
        if self.level_id.channel == "letter":
            return self.env._("The postal address of this customer is missing.")
        if self.level_id.channel == "sms":
            return self.env._("The telephone number of this customer is missing or not valid.")
        return self.env._("The e-mail address of this customer is missing or not valid.")

    def _send_mails(self, level):
        if not level.template_id:
            raise UserError(self.env._("The level %(level)s has no e-mail template.", level=level.name))
        for notice in self:
            if not notice.email:
                raise UserError(
                    self.env._("%(customer)s has no e-mail address.", customer=notice.partner_id.name)
                )
        # sudo: a collector sends by the shipped templates without rights on mails
        template = level.template_id.sudo()
        # no layout around it: a letter to a customer, not a notification
        with self._statements_at_hand():
            mails = template.send_mail_batch(self.ids)
        self._link_mails(mails)
        if level.copy_salesperson:
            self._copy_salespeople(mails)

    def _copy_salespeople(self, mails):
        """Put each customer's salesperson in copy of its e-mail."""
        # sudo: who looks after a customer is known to whoever reminds it; their address may not be
        salespeople = {
            notice.id: notice.sudo().partner_id.user_id.filtered("active").email_formatted for notice in self
        }
        for (copied, address), own in mails.grouped(
            lambda mail: (mail.email_cc, salespeople[mail.res_id])
        ).items():
            if address:
                own.email_cc = ", ".join(filter(None, (copied, address)))

    def _link_mails(self, mails):
        """Note which e-mail each of these notices went out by, in one statement.

        :raise UserError: a notice has no e-mail
        """
        if set(mails.mapped("res_id")) != set(self.ids):
            raise UserError(self.env._("No e-mail was made for a notice."))
        field = self._fields["mail_ids"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES %s",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                SQL(", ").join(SQL("(%s, %s)", mail.res_id, mail.id) for mail in mails),
            )
        )
        self.invalidate_recordset(["mail_ids"])

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the notices and their invoices to their e-mails where the level says so.

        Hook of mail.template; other addons add theirs here (delivery proofs).

        :return: {notice id: {"attachments": [(file name, base64 content)]}}
        """
        documents = self.filtered("level_id.attach_document")._render_each()
        files = {notice_id: [document] for notice_id, document in documents.items()}
        for notice in self.filtered("level_id.attach_invoices"):
            files.setdefault(notice.id, []).extend(notice._invoice_documents())
        return {
            notice_id: {"attachments": [(name, base64.b64encode(content)) for name, content in found]}
            for notice_id, found in files.items()
            if found
        }

    def _invoice_documents(self):
        """Return the documents of the invoices that a notice claims: [(file name, content)]."""
        self.ensure_one()
        # sudo: a collector who sends a notice sends what it claims; the notice's lines tell which
        moves = self.sudo().line_ids.move_id.filtered(lambda move: move.is_invoice())
        return [document for move in moves if (document := self._invoice_document(move))]

    def _invoice_document(self, move):
        """Return an invoice as it was sent, else as it prints: (file name, content); None where none does."""
        sent = move._get_invoice_legal_documents("pdf")
        if sent:
            return sent["filename"], sent["content"]
        if self._without_pdf():
            return None
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf("account.account_invoices", move.ids)
        return move._get_invoice_report_filename(), content

    def _send_texts(self):
        """Write a text message for each notice, in the same transaction; the native queue delivers it."""
        for notice in self:
            contact = notice.contact_id if notice.contact_id.phone_sanitized else notice.partner_id
            if not contact.phone_sanitized:
                raise UserError(
                    self.env._("%(customer)s has no telephone number.", customer=notice.partner_id.name)
                )
            text = notice._text_message()
            notice._message_sms(
                text,
                partner_ids=contact.ids,
                sms_pid_to_number={contact.id: contact.phone_sanitized},
                sms_content=text,
                put_in_queue=True,
            )

    def _text_message(self):
        """Return the words of a text message, in the customer's language."""
        self.ensure_one()
        notice = self.with_context(lang=self.partner_id.lang or self.env.lang)
        text = notice.level_id.sms_text or notice.env._(
            "{company}: {amount} is overdue. Details and payment: {link}"
        )
        words = {
            "{company}": notice.company_id.name,
            "{amount}": format_amount(notice.env, notice.amount, notice.currency_id),
            "{link}": f"{notice.get_base_url()}/my/statement",
        }
        for mark, value in words.items():
            text = text.replace(mark, value)
        return text

    def _schedule_calls(self, level):
        for notice in self:
            notice.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=notice.company_id._adv_today(),
                summary=self.env._("Call about overdue invoices"),
                note=level.script or "",
                user_id=notice._collector().id,
            )

    def _attach_letters(self):
        with self._statements_at_hand():
            documents = self._render_each()
        for notice in self:
            message = notice.message_post(
                body=self.env._("Letter to print and post."),
                attachments=[documents[notice.id]],
                message_type="notification",
            )
            notice._adv_set_facts({"document_id": message.attachment_ids[:1].id})

    def _collector(self):
        self.ensure_one()
        return self.company_id._adv_collector(self.partner_id)

    def _mark_failed(self, error):
        self.ensure_one()
        _logger.info("Notice %s was not sent: %s", self.name, error)
        self._withdraw({"state": "failed", "error": str(error)})
        items = self.env["adv.dunning.item"].search(
            [("move_id", "in", self.line_ids.move_id.ids), ("currency_id", "=", self.currency_id.id)]
        )
        reminded = {(line.move_id.id, line.rank) for line in self.line_ids}
        failed = items.filtered(lambda item: (item.move_id.id, item.rank) in reminded)
        failed._adv_set_facts({"outcome": "error"})
