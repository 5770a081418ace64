import re

from markupsafe import Markup
from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools import event_now, only_one

REFERENCE = re.compile(r"[^\W_][\w/.\-]{2,}")


class AdvDocument(models.Model):
    """Filing: one click says what a document is; another one takes it back."""

    _inherit = "adv.document"

    # ACTIONS

    def action_file_order(self):
        """Make a quotation of each document for its customer, with the attachments.

        :return: the action that opens the quotations
        :raise UserError: when a customer is missing or a document is filed already
        """
        self._adv_check_to_file()
        unknown = self.filtered(lambda document: not document.partner_id)
        if unknown:
            raise UserError(
                self.env._("Say first which customer sent: %s", ", ".join(unknown[:5].mapped("name")))
            )
        orders = self.env["sale.order"]
        plain = self.browse()
        for document in self:
            if document._adv_file_electronic():
                orders |= document.order_id
            else:
                plain |= document
        return (orders | plain._adv_file_plain())._adv_open_records(self.env._("Quotations"))

    def action_attach_order(self):
        """Add each document to the order whose number or customer's reference it names."""
        self._adv_check_to_file()
        for document in self:
            order = document.existing_order_id
            if not order:
                raise UserError(self.env._("%s names no order of this customer.", document.name))
            document._adv_attach_to(order)
            document._adv_set_filed("order", order)
        return self.order_id._adv_open_records(self.env._("Orders"))

    def action_file_request(self):
        """Make a request of each document."""
        self._adv_check_to_file()
        requests = self.env["adv.request"].create([document._adv_prepare_request_vals() for document in self])
        for document, request in zip(self, requests, strict=True):
            document._adv_attach_to(request)
            document._adv_set_filed("request", request)
        return requests._adv_open_records(self.env._("Requests"))

    def action_file_payment_advice(self):
        """File the documents as payment advice, where accounting finds them."""
        self._adv_check_to_file()
        self._adv_set_filed("payment_advice")
        return self._adv_done()

    def action_file_junk(self):
        """File the documents as junk."""
        self._adv_check_to_file()
        self._adv_set_filed("junk")
        return self._adv_done()

    def action_unfile(self):
        """Take the filing back: what was made of the document is cancelled, if nobody worked on it yet.

        :raise UserError: when the order or request has gone on
        """
        for document in self.filtered(lambda document: document.state != "to_file"):
            document._adv_check_rights()
            document._adv_undo_order()
            document._adv_undo_request()
        # sudo: facts; rights were checked above
        self.sudo()._adv_set_facts(
            {
                "state": "to_file",
                "kind": False,
                "order_id": False,
                "order_created": False,
                "request_id": False,
                "filed_by": False,
                "filed_date": False,
                "is_automatic": False,
            }
        )
        return self._adv_done()

    def action_open_filed(self):
        """Open what the document became."""
        only_one(self)
        return (self.order_id or self.request_id or self)._adv_open_records(self.name)

    # RIGHTS

    def _adv_check_rights(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only the sales administration files documents."))

    def _adv_check_to_file(self):
        self._adv_check_rights()
        filed = self.filtered(lambda document: document.state != "to_file")
        if filed:
            raise UserError(self.env._("Filed already: %s", ", ".join(filed[:5].mapped("name"))))

    # ORDERS

    def _adv_file_electronic(self):
        """Import the electronic order among the attachments, if there is one; return whether it was."""
        self.ensure_one()
        for attachment in self._adv_attachments():
            file_data, _why = self._adv_read_attachment(attachment)
            if file_data:
                # sudo: the reading sets facts; filing rights were checked by the action
                why = self.sudo()._adv_import(file_data, by_hand=True)
                if why:
                    reason = self._adv_tell_in(why, self.env.lang)
                    raise UserError(self.env._("%(file)s: %(why)s", file=attachment.name, why=reason))
                return True
        return False

    def _adv_file_plain(self):
        orders = self.env["sale.order"].create([document._adv_prepare_order_vals() for document in self])
        for document, order in zip(self, orders, strict=True):
            document._adv_attach_to(order)
            document._adv_set_filed("order", order, created=True)
        return orders

    def _adv_prepare_order_vals(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "adv_channel": "email",
            "adv_received_date": min(self.received_date, event_now(self.env)),
        }

    def _adv_find_existing_orders(self):
        """Return {document id: order} by number or customer's reference named in the subject; one query."""
        words = {document.id: document._adv_words() for document in self if document.partner_id}
        wanted = set().union(*words.values())
        if not wanted:
            return {}
        orders = self.env["sale.order"].search(
            Domain("company_id", "in", self.company_id.ids)
            & Domain("adv_commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids)
            & Domain("state", "!=", "cancel")
            & (Domain("name", "in", sorted(wanted)) | Domain("client_order_ref", "in", sorted(wanted))),
            order="id desc",
        )
        found = {}
        for document in self:
            for order in orders:
                names = {(order.name or "").upper(), (order.client_order_ref or "").upper()}
                if (
                    order.company_id == document.company_id
                    and order.adv_commercial_partner_id == document.partner_id.commercial_partner_id
                    and names & words.get(document.id, set())
                ):
                    found.setdefault(document.id, order)
        return found

    def _adv_words(self):
        """Return the words of the subject that may be a number or reference, also in upper case."""
        words = {word.strip("./-") for word in REFERENCE.findall(self.name or "")}
        words = {word for word in words if any(character.isdigit() for character in word)}
        return words | {word.upper() for word in words}

    # REQUESTS

    def _adv_prepare_request_vals(self):
        return {
            "name": self.name,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
            "company_id": self.company_id.id,
            "order_id": self.existing_order_id.id,
            "channel": "email",
            "received_date": min(self.received_date, event_now(self.env)),
            "description": self._adv_body(),
        }

    # WHAT IS KEPT

    def _adv_attachments(self):
        """Return the attachments of the received mails, oldest first."""
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "=", False)]
        return self.env["ir.attachment"].search(domain, order="id")

    def _adv_first_message(self):
        return self.message_ids.filtered(lambda message: message.message_type == "email").sorted("id")[:1]

    def _adv_body(self):
        return html2plaintext(self._adv_first_message().body or "").strip()

    def _adv_attach_to(self, record):
        """Give ``record`` (order or request) copies of the attachments and the text of the mail."""
        self.ensure_one()
        copies = self.env["ir.attachment"]
        for attachment in self._adv_attachments():
            copies |= attachment.copy(
                {"res_model": record._name, "res_id": record.id, "name": attachment.name}
            )
        body = Markup("<p>%s</p>%s") % (
            self.env._(
                "Received from %(sender)s: %(subject)s", sender=self.email_from or "", subject=self.name
            ),
            self._adv_first_message().body or "",
        )
        record.message_post(body=body, attachment_ids=copies.ids, subtype_xmlid="mail.mt_note")

    def _adv_set_filed(self, kind, record=None, created=False, automatic=False):
        """Write what the documents are; rights are the caller's matter."""
        vals = {
            "state": "junk" if kind == "junk" else "filed",
            "kind": kind,
            "filed_by": False if automatic else self.env.uid,
            "filed_date": event_now(self.env),
            "is_automatic": automatic,
        }
        if record is not None:
            vals["order_id" if record._name == "sale.order" else "request_id"] = record.id
            vals["order_created"] = created
            if automatic:
                vals["wait_reason"] = False
                if not self.partner_id:
                    vals["partner_id"] = record.partner_id.id
        # sudo: facts have no other writer; rights were checked by the action
        self.sudo()._adv_set_facts(vals)

    # UNDO

    def _adv_undo_order(self):
        order = self.order_id
        if not order or not self.order_created or order.state == "cancel":
            return
        if order.state != "draft":
            raise UserError(
                self.env._("%s went on since: cancel the order itself if it is wrong.", order.name)
            )
        order.message_post(body=self.env._("The document it was made of was filed wrongly."))
        order._action_cancel()

    def _adv_undo_request(self):
        request = self.request_id
        if not request:
            return
        if request.state != "open":
            raise UserError(self.env._("%s was answered already.", request.display_name))
        # sudo: nobody deletes requests but who filed a mail wrongly; it has no answer yet
        request.sudo().unlink()

    def _adv_done(self):
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class Base(models.AbstractModel):
    _inherit = "base"

    def _adv_open_records(self, title):
        """Return the action that shows ``self``: the form of one record, else a list."""
        action = {"type": "ir.actions.act_window", "name": title, "res_model": self._name}
        if len(self) == 1:
            return {**action, "view_mode": "form", "views": [(False, "form")], "res_id": self.id}
        return {**action, "view_mode": "list,form", "domain": [("id", "in", self.ids)]}
