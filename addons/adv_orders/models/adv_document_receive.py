import hashlib
import logging

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, mute_logger, parse_contact_from_email
from odoo.tools.sql import escape_psql
from psycopg2.errors import UniqueViolation

from ..tools import asked_values, event_now, sender_domain

_logger = logging.getLogger(__name__)

AUTO_REPLY_HEADERS = {
    "Auto-Submitted": ("auto-replied",),
    "X-Autoreply": ("yes",),
    "X-Autorespond": (),
    "Precedence": ("auto_reply",),
}


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Deliver each mail to the inbox once a company, and answers to filed mails where these went."""
        routes = self.env["adv.document"]._adv_routes(message, message_dict, routes or ())
        return super()._message_route_process(message, message_dict, routes)


class AdvDocument(models.Model):
    """How a mail becomes a document, exactly once, and who sent it."""

    _inherit = "adv.document"

    # ROUTES

    @api.model
    def _adv_routes(self, message, message_dict, routes):
        """Return ``routes`` (native tuples) without those that would file the same mail a second time."""
        kept, seen = [], set()
        for model, thread_id, values, user_id, alias in routes:
            if model not in ("adv.document", "adv.request"):
                kept.append((model, thread_id, values, user_id, alias))
                continue
            if thread_id:
                target = self._adv_filed_thread(model, thread_id)
                kept.append((target._name, target.id, values, user_id, alias))
                continue
            values = dict(values or {})
            values["company_id"] = values.get("company_id") or self.env.company.id
            if (model, values["company_id"]) in seen:
                continue
            seen.add((model, values["company_id"]))
            if model == "adv.document":
                document = self._adv_receive(message, message_dict, values)
                if not document:
                    _logger.info("Mail %s was received already.", message_dict.get("message_id"))
                    continue
                values = {"adv_document_id": document.id}
            kept.append((model, 0, values, user_id, alias))
        return kept

    @api.model
    def _adv_filed_thread(self, model, thread_id):
        """Return where an answer to the thread belongs: the order or request that the mail was filed as."""
        # sudo: the mail gateway delivers whoever wrote
        thread = self.env[model].sudo().browse(thread_id)
        if model == "adv.document" and thread.exists():
            return thread.order_id or thread.request_id or thread
        return thread

    @api.model
    def _adv_message_key(self, message, message_dict):
        """Return what identifies the mail: its Message-ID, or a digest of a mail that has none."""
        if message.get("Message-Id"):
            return message_dict["message_id"]
        digest = hashlib.sha256()
        for name in ("From", "To", "Date", "Subject"):
            digest.update(str(message.get(name, "")).encode())
        for part in message.walk():
            digest.update(part.get_payload(decode=True) or b"")
        return f"<{digest.hexdigest()}@no-message-id>"

    @api.model
    def _adv_receive(self, message, message_dict, values):
        """Create the document of a mail; return nothing when it is there already.

        The unique index decides, also between two servers that receive the same mail at once.
        """
        company = self.env["res.company"].browse(values["company_id"])
        documents = self.with_user(SUPERUSER_ID).with_company(company)
        key = self._adv_message_key(message, message_dict)
        if documents.search_count([("company_id", "=", company.id), ("message_id", "=", key)], limit=1):
            return documents
        vals = self._adv_prepare_received_vals(message, message_dict, {**values, "message_id": key})
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return documents.with_context(
                    mail_create_nosubscribe=True, mail_create_nolog=True
                )._adv_create([vals])
        except UniqueViolation:
            return documents

    @api.model
    def _adv_prepare_received_vals(self, message, message_dict, values):
        company = self.env["res.company"].browse(values["company_id"])
        email_from = message_dict.get("email_from") or ""
        partner, why = self._adv_recognise(email_from, company)
        vals = {
            "name": message_dict.get("subject") or self.env._("No subject"),
            "company_id": company.id,
            "mailbox_id": values.get("mailbox_id"),
            "message_id": values["message_id"],
            "email_from": email_from,
            "received_date": event_now(self.env),
            "partner_id": partner.id,
            "wait_reason": why,
        }
        if self._adv_is_auto_reply(message):
            vals.update(
                state="junk",
                kind="junk",
                is_automatic=True,
                filed_date=event_now(self.env),
                wait_reason=lambda env: env._("An automatic answer."),
            )
        return vals

    @api.model
    def _adv_is_auto_reply(self, message):
        """Return whether a machine answers: "out of office" asks for nothing."""
        for name, values in AUTO_REPLY_HEADERS.items():
            value = str(message.get(name) or "").strip().lower()
            if value and (not values or value.split(";")[0].strip() in values):
                return True
        return False

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Return the document that ``_adv_routes`` made for the mail.

        :raise AccessError: for those who may not create documents
        """
        self.check_access("create")
        values = asked_values(self.env, custom_values)
        msg_dict = asked_values(self.env, msg_dict)
        if values.get("adv_document_id"):
            return self.browse(values["adv_document_id"])
        values["company_id"] = values.get("company_id") or self.env.company.id
        vals = {
            "name": msg_dict.get("subject") or self.env._("No subject"),
            "company_id": values["company_id"],
        }
        return self.create({**vals, "email_from": msg_dict.get("email_from")})

    def message_update(self, msg_dict, update_vals=None):
        """An answer to a document that is not filed, or was thought junk, waits to be filed again."""
        self.check_access("write")
        # sudo: the mail gateway delivers whoever wrote
        self.sudo().filtered(lambda document: document.state != "to_file")._adv_set_facts(
            {"state": "to_file", "kind": False, "is_automatic": False}
        )
        return super().message_update(msg_dict, update_vals=update_vals)

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """A customer, or a service that delivers orders, may send many in an hour; anybody else loops."""
        # sudo: mailboxes and customers of all companies decide, whoever receives
        services = self.env["adv.mailbox"].sudo().search([("edi_senders", "!=", False)])
        known = any(mailbox._adv_is_edi_service(email_from_normalized) for mailbox in services)
        if known or self._adv_recognise(email_from_normalized, self.env.company)[0]:
            return False
        return super()._detect_loop_sender_domain(email_from_normalized)

    def _message_post_after_hook(self, message, msg_values):
        super()._message_post_after_hook(message, msg_values)
        if message.message_type == "email":
            for document in self.filtered(lambda document: document.state == "to_file"):
                document._adv_read_attachments(message.attachment_ids)

    # SENDERS

    @api.model
    def _adv_recognise(self, email_from, company):
        """Return (customer, why not) for a sender: known by address, else by the domain of a company.

        :return: a partner, or none with why somebody has to look (a function of an environment)
        """
        partners = self._adv_partners_by_address(email_from, company)
        entities = partners.commercial_partner_id
        if len(entities) == 1:
            return (partners if len(partners) == 1 else entities), False
        if len(entities) > 1:
            names = ", ".join(entities[:5].mapped("display_name"))
            return entities.browse(), lambda env: env._("Several customers have this address: %s", names)
        entities = self._adv_partners_by_domain(email_from, company)
        if len(entities) == 1:
            return entities, False
        if entities:
            names = ", ".join(entities[:5].mapped("display_name"))
            return entities.browse(), lambda env: env._("Several customers write from this domain: %s", names)
        return entities, lambda env: env._("We do not know this sender.")

    @api.model
    def _adv_customers_domain(self, company):
        """Return the domain of partners that may be customers: not our own people nor companies."""
        # sudo: our own companies and colleagues are left out whoever asks
        own = self.env["res.company"].sudo().search(Domain.TRUE).partner_id
        return (
            Domain("company_id", "in", (False, company.id))
            & Domain("id", "not in", own.ids)
            & Domain("partner_share", "=", True)
        )

    @api.model
    def _adv_partners_by_address(self, email_from, company):
        address = email_normalize(email_from, strict=False)
        if not address:
            return self.env["res.partner"]
        # sudo: whose mail this is does not depend on who looks
        partners = self.env["res.partner"].sudo()
        return partners.search(
            Domain("email_normalized", "=", address) & self._adv_customers_domain(company), order="id"
        )

    @api.model
    def _adv_partners_by_domain(self, email_from, company):
        own = self.env["adv.mailbox"]._adv_own_domains(company)
        domain = sender_domain(email_normalize(email_from, strict=False), own)
        # sudo: whose mail this is does not depend on who looks
        partners = self.env["res.partner"].sudo()
        if not domain:
            return partners
        found = partners.search(
            Domain("email_normalized", "=like", "%@" + domain.replace("_", r"\_"))
            & self._adv_customers_domain(company),
            order="id",
            limit=200,
        )
        return found.commercial_partner_id

    def _adv_candidates(self):
        """Return who may have sent the document: same address, same domain, or a like name."""
        self.ensure_one()
        company = self.company_id or self.env.company
        found = self._adv_partners_by_address(self.email_from, company)
        found = found.commercial_partner_id or self._adv_partners_by_domain(self.email_from, company)
        name = parse_contact_from_email(self.email_from or "")[0] or ""
        words = [word for word in name.split() if len(word) > 3]
        if not found and words:
            domain = Domain.OR(Domain("complete_name", "ilike", escape_psql(word)) for word in words)
            domain &= self._adv_customers_domain(company)
            # sudo: as for the address; only names are proposed
            found = self.env["res.partner"].sudo().search(domain, limit=5).commercial_partner_id
        return found[:5].sudo(False)
