from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import parse_contact_from_email

from ..tools import asked_ids, only_one


class AdvDocument(models.Model):
    """Triage: somebody says who an unknown sender is, and it is remembered."""

    _inherit = "adv.document"

    def action_remember_sender(self):
        """Keep the sender's address with the customer chosen, and give them what else they sent.

        :raise UserError: when no customer is chosen or the mail has no address
        """
        for document in self:
            if not document.partner_id:
                raise UserError(self.env._("%s: choose the customer first.", document.name))
            document._adv_identify(document.partner_id)
        return True

    def _adv_identify(self, partner):
        """Remember whose the sender is: as the address of a customer that has none, else as a contact."""
        self.ensure_one()
        self.check_access("write")
        name, address = parse_contact_from_email(self.email_from or "")
        if not address:
            raise UserError(self.env._("%s has no sender address to remember.", self.name))
        entity = partner.commercial_partner_id
        known = self._adv_partners_by_address(address, self.company_id)
        contact = known.filtered(lambda contact: contact.commercial_partner_id == entity)[:1]
        # sudo: an assistant may complete a customer with the address that just wrote, nothing else
        entity_sudo = entity.sudo()
        if contact:
            contact = contact.sudo(False)
        elif not entity_sudo.email:
            entity_sudo.email = address
            contact = entity
        else:
            # sudo: as above
            contact = (
                self.env["res.partner"]
                .sudo()
                .create(
                    {
                        "name": name or address,
                        "email": address,
                        "parent_id": entity.id,
                        "company_id": entity_sudo.company_id.id,
                    }
                )
                .sudo(False)
            )
        mates = self.search(
            self._adv_triage_domain(self.company_id) & Domain("email_normalized", "=", self.email_normalized)
        )
        (self | mates).write({"partner_id": contact.id})
        # sudo: why the document waited is a fact
        (self | mates).sudo()._adv_set_facts({"wait_reason": False})
        return contact


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_adv_is_sender(self):
        """Say that this is the customer who sent the document named in the context (one click in triage).

        :raise AccessError: for those who may not write the document
        """
        only_one(self)
        self.check_access("read")
        document = (
            self.env["adv.document"]
            .browse(asked_ids(self.env, self.env.context.get("adv_document_id")))
            .exists()
        )
        if document:
            document._adv_identify(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
