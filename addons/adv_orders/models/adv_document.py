from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools import check_facts, event_now

KINDS = [
    ("order", "Order"),
    ("request", "Request"),
    ("payment_advice", "Payment advice"),
    ("junk", "Junk"),
]


class AdvDocument(models.Model):
    """A received mail or file, until somebody says what it is. How it comes in and what becomes of it:
    the adv_document_*.py files beside this one."""

    _name = "adv.document"
    _inherit = ["mail.thread.main.attachment", "mail.activity.mixin"]
    _description = "Received document"
    _order = "received_date desc, id desc"
    _check_company_auto = True
    _primary_email = "email_from"

    name = fields.Char(string="Subject", required=True, default=lambda self: self.env._("No subject"))
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda self: self.env.company
    )
    mailbox_id = fields.Many2one(
        "adv.mailbox",
        string="Received at",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    received_date = fields.Datetime(
        string="Received on",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        default=lambda self: event_now(self.env),
    )
    email_from = fields.Char(string="From")
    email_normalized = fields.Char(
        string="Sender's address", compute="_compute_email_normalized", store=True, index="btree_not_null"
    )
    message_id = fields.Char(string="Message-ID", readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
    )
    assistant_id = fields.Many2one(
        "adv.assistant",
        string="ADV assistant",
        compute="_compute_assistant_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    wait_reason = fields.Text(string="Why it waits", readonly=True, copy=False, translate=True)
    state = fields.Selection(
        [("to_file", "To file"), ("filed", "Filed"), ("junk", "Junk")],
        string="Status",
        required=True,
        readonly=True,
        default="to_file",
        copy=False,
        index=True,
    )
    kind = fields.Selection(KINDS, readonly=True, copy=False, index="btree_not_null")
    order_id = fields.Many2one(
        "sale.order", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    order_created = fields.Boolean(
        string="The order was made of it",
        readonly=True,
        copy=False,
        help="Otherwise the document was added to an order that existed.",
    )
    request_id = fields.Many2one(
        "adv.request", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    filed_by = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    filed_date = fields.Datetime(string="Filed on", readonly=True, copy=False)
    is_automatic = fields.Boolean(
        string="Filed by itself", readonly=True, copy=False, help="Nobody had to touch it."
    )
    existing_order_id = fields.Many2one(
        "sale.order",
        string="Existing order",
        compute="_compute_existing_order_id",
        help="An order whose number or customer's reference the document names.",
    )
    is_sender_new = fields.Boolean(
        compute="_compute_is_sender_new",
        help="The customer is chosen, but does not have the sender's address yet.",
    )
    candidate_ids = fields.Many2many(
        "res.partner", string="Perhaps", compute="_compute_candidate_ids", help="Who may have sent this."
    )

    _message_id_unique = models.UniqueIndex("(company_id, message_id) WHERE message_id IS NOT NULL")
    _to_file_index = models.Index("(company_id, received_date) WHERE state = 'to_file'")

    # COMPUTE

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for document in self:
            document.email_normalized = email_normalize(document.email_from, strict=False) or False

    @api.depends("partner_id", "company_id")
    def _compute_assistant_id(self):
        self.env["adv.assistant"]._adv_assign(self, "assistant_id")

    @api.depends("name", "partner_id", "state")
    def _compute_existing_order_id(self):
        found = self.filtered(lambda document: document.state == "to_file")._adv_find_existing_orders()
        for document in self:
            document.existing_order_id = found.get(document.id, False)

    @api.depends("email_normalized", "partner_id")
    def _compute_is_sender_new(self):
        for document in self:
            address = document.email_normalized
            document.is_sender_new = bool(
                address and document.partner_id and document.partner_id.email_normalized != address
            )

    @api.depends("email_from", "partner_id")
    def _compute_candidate_ids(self):
        for document in self:
            document.candidate_ids = False if document.partner_id else document._adv_candidates()

    # CRUD

    def _adv_protected_fields(self):
        """Return the names of the facts that only server code may write."""
        return frozenset(
            {
                "state",
                "kind",
                "message_id",
                "mailbox_id",
                "received_date",
                "wait_reason",
                "order_id",
                "order_created",
                "request_id",
                "filed_by",
                "filed_date",
                "is_automatic",
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    @api.model
    def _adv_create(self, vals_list):
        """Create documents with their facts; server code only.

        Why one waits may be a function of an environment: it is kept in every installed language.
        """
        told = [vals.get("wait_reason") for vals in vals_list]
        documents = super().create(
            [
                {**vals, "wait_reason": self._adv_tell_in(vals.get("wait_reason"), "en_US") or False}
                for vals in vals_list
            ]
        )
        documents._adv_keep_told(
            "wait_reason",
            {document.id: why for document, why in zip(documents, told, strict=True) if callable(why)},
        )
        return documents

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_junk(self):
        if any(document.state != "junk" for document in self):
            raise UserError(self.env._("A received document is kept: file it as junk instead."))

    # DOMAINS

    @api.model
    def _adv_to_file_domain(self, company):
        """Return the domain of what waits to be filed in ``company``."""
        return Domain("company_id", "=", company.id) & Domain("state", "=", "to_file")

    @api.model
    def _adv_triage_domain(self, company):
        """Return the domain of what waits for somebody to say who sent it."""
        return self._adv_to_file_domain(company) & Domain("partner_id", "=", False)
