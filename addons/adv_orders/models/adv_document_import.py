import logging

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger
from psycopg2 import OperationalError

from odoo.addons.account.models.account_document_import_mixin import extract_pdf_embedded_files

from ..tools import RefusedOrder, UnreadableOrder, event_now, parse_order_xml

_logger = logging.getLogger(__name__)

# a bigger PDF is no order with an XML file inside: a person reads it
MAX_PDF_BYTES = 20_000_000


class AdvDocument(models.Model):
    """Recognised electronic orders become quotations; what cannot be read wholly changes nothing."""

    _inherit = "adv.document"

    # READING

    def _adv_read_attachments(self, attachments):
        """Make a quotation of the first electronic order among ``attachments``, else say why not."""
        self.ensure_one()
        for attachment in attachments:
            file_data, why = self._adv_read_attachment(attachment)
            if file_data and not why:
                why = self._adv_import(file_data)
            if why:
                self._adv_keep_why(attachment, why)
            if file_data or why:
                return

    def _adv_keep_why(self, attachment, why):
        name = attachment.name
        told = {self.id: lambda env: self.with_env(env)._adv_titled(name, self._adv_tell_in(why, env.lang))}
        self._adv_keep_told("wait_reason", told)

    def _adv_read_attachment(self, attachment):
        """Return (file data for the native decoders, why it cannot be read); neither for other files.

        Why is told by a function of an environment.
        """
        for name, raw, mimetype in self._adv_files_of(attachment):
            file_data, why = self._adv_read_file(attachment, name, raw, mimetype)
            if file_data or why:
                return file_data, why
        return None, False

    def _adv_files_of(self, attachment):
        """Return [(name, bytes, type)] of the XML files: the attachment itself, or what a PDF carries."""
        name, raw = attachment.name or "", attachment.raw or b""
        if attachment.mimetype == "application/pdf" and len(raw) <= MAX_PDF_BYTES:
            files = [(inner, content, "") for inner, content in self._adv_embedded_files(attachment)]
        else:
            files = [(name, raw, attachment.mimetype or "")]
        return [file for file in files if file[0].lower().endswith(".xml") or file[2].endswith("xml")]

    def _adv_embedded_files(self, attachment):
        """Return [(name, bytes)] of the files that a PDF carries; a damaged one waits for a person."""
        try:
            with mute_logger("pypdf._reader"):
                found = extract_pdf_embedded_files(attachment.name or "", attachment.raw)
        except Exception:
            # whatever a stranger's file does to the library, the mail it came with is not lost
            _logger.info("The PDF of attachment %s could not be opened.", attachment.id, exc_info=True)
            return []
        return [(name, content) for name, content in found if isinstance(name, str)]

    def _adv_read_file(self, attachment, name, raw, mimetype):
        try:
            root = parse_order_xml(raw)
        except UnreadableOrder as error:
            return None, self._adv_unreadable(error.code)
        orders = self.env["sale.order"]
        file_data = {
            "name": name,
            "raw": raw,
            "mimetype": mimetype or "application/xml",
            "xml_tree": root,
            "attachment": attachment,
            "origin_attachment": attachment,
        }
        file_data["import_file_type"] = orders._get_import_file_type(file_data)
        file_data["origin_import_file_type"] = file_data["import_file_type"]
        file_data["decoder_info"] = orders._get_edi_decoder(file_data, new=True)
        return (file_data if file_data["decoder_info"] else None), False

    def _adv_unreadable(self, code):
        return {
            "huge": lambda env: env._("too big to be read by itself."),
            "too_many_lines": lambda env: env._("too many lines to be read by itself."),
            "unsafe": lambda env: env._("declares a document type, which an order never needs: not read."),
            "malformed": lambda env: env._("no valid XML."),
        }[code]

    # IMPORTING

    def _adv_import(self, file_data, by_hand=False):
        """Make the quotation; return why it was not made, in which case nothing was changed.

        Why is a function of an environment, or a sentence of Odoo's own.

        :param bool by_hand: a person files it: unknown products become notes instead of stopping
        """
        self.ensure_one()
        trusted = self._adv_is_trusted()
        try:
            with self.env.cr.savepoint():
                order = self._adv_import_order(file_data, by_hand)
        except OperationalError:
            raise  # a concurrent change: the mail is delivered again
        except RefusedOrder as refusal:
            return refusal.told
        except UserError as error:
            return str(error)
        except Exception as error:  # whatever is wrong with a file: it waits for a person
            _logger.info("Document %s could not be read: %s", self.id, error, exc_info=True)
            text = str(error)
            return lambda env: env._("not read: %s", text)
        self._adv_set_filed("order", order, created=True, automatic=not by_hand)
        if trusted and not by_hand and self.company_id.adv_touchless:
            self._adv_confirm_touchless(order)
        return False

    def _adv_is_trusted(self):
        """Return whether the sender is a customer or a service known to deliver orders."""
        service = bool(self.mailbox_id) and self.mailbox_id._adv_is_edi_service(self.email_normalized)
        return service or bool(self.partner_id)

    def _adv_import_order(self, file_data, by_hand):
        documents = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        root = file_data["xml_tree"]
        buyer = documents._adv_buyer(root, by_hand)
        documents._adv_check_seller(root)
        documents._adv_check_reference(root, buyer, by_hand)
        order = documents.env["sale.order"].create(
            {
                "partner_id": buyer.id,
                "company_id": self.company_id.id,
                "adv_channel": "edi",
                "adv_received_date": min(self.received_date, event_now(self.env)),
                **({} if buyer.user_id or buyer.commercial_partner_id.user_id else {"user_id": False}),
            }
        )
        reading = order.with_context(adv_inbox_buyer=buyer.id, adv_inbox_by_hand=by_hand)
        reading.env["sale.order"]._get_edi_decoder(file_data, new=True)["decoder"](reading, file_data, True)
        if not order.order_line.filtered(lambda line: not line.display_type) and not by_hand:
            raise RefusedOrder(lambda env: env._("it has no lines."))
        self.env.flush_all()
        documents._adv_attach_to(order)
        return order.with_env(self.env)

    def _adv_buyer(self, root, by_hand):
        """Return the customer who orders: named by VAT number or electronic address, or who wrote.

        :raise RefusedOrder: when nobody is known, or the order is another customer's than the sender's
        """
        builder = self.env["sale.edi.xml.ubl_bis3"]
        named = builder._import_retrieve_partner_vals(root, "BuyerCustomer")
        endpoint = [
            ("peppol_eas", "=", named.get("peppol_eas")),
            ("peppol_endpoint", "=", named.get("peppol_endpoint")),
        ]
        buyer = self.env["res.partner"]._retrieve_partner(
            vat=named.get("vat"),
            domain=endpoint if named.get("peppol_endpoint") else None,
            company=self.company_id,
        )
        sender = self.partner_id
        if by_hand or not buyer:
            buyer = sender or buyer
        if not buyer:
            name = named.get("name") or ""
            raise RefusedOrder(lambda env: env._("the buyer %s is not known.", name))
        if not by_hand and sender and sender.commercial_partner_id != buyer.commercial_partner_id:
            raise RefusedOrder(
                lambda env: env._(
                    "the order is of %(buyer)s, but %(sender)s sent it.",
                    buyer=buyer.commercial_partner_id.display_name,
                    sender=sender.display_name,
                )
            )
        return buyer

    def _adv_check_seller(self, root):
        """Refuse an order that is meant for another supplier."""
        builder = self.env["sale.edi.xml.ubl_bis3"]
        named = builder._import_retrieve_partner_vals(root, "SellerSupplier").get("vat")
        ours = self.company_id.vat
        if named and ours and self._adv_compact(named) != self._adv_compact(ours):
            raise RefusedOrder(lambda env: env._("it is addressed to another company (%s).", named))

    @staticmethod
    def _adv_compact(number):
        return "".join(character for character in number.upper() if character.isalnum())

    def _adv_check_reference(self, root, buyer, by_hand):
        """Refuse an order that we have already under the customer's reference."""
        reference = (root.findtext("{*}ID") or "").strip()
        if not reference or by_hand:
            return
        same = self.env["sale.order"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("adv_commercial_partner_id", "=", buyer.commercial_partner_id.id)
            & Domain("client_order_ref", "=", reference)
            & Domain("state", "!=", "cancel"),
            limit=1,
        )
        if same:
            raise RefusedOrder(
                lambda env: env._(
                    "order %(order)s has the customer's reference %(reference)s already.",
                    order=same.name,
                    reference=reference,
                )
            )

    # TOUCHLESS

    def _adv_confirm_touchless(self, order):
        """Confirm an order that arrived clean, where the company wants it; a blocked one waits as usual."""
        order = order.with_user(SUPERUSER_ID).with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                order._adv_confirm_clean()
        except OperationalError:
            raise
        except Exception as error:
            _logger.info("Order %s did not confirm itself: %s", order.name, error)
            order.message_post(body=self.env._("It did not confirm itself: %s", error))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _adv_confirm_clean(self):
        """Submit the order and confirm it, unless a rule stops it or would, were it not only observed."""
        self._adv_submit()
        if not self._adv_would_be_stopped():
            self.action_confirm()
            return
        self._adv_set_facts({"adv_to_confirm": False})
        self.message_post(
            body=self.env._("It did not confirm itself: rules that we only observe would stop it.")
        )
