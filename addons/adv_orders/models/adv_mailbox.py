from odoo import fields, models
from odoo.fields import Domain

TARGETS = {"documents": "adv.document", "requests": "adv.request"}


class AdvMailbox(models.Model):
    """An address to which customers write, and what becomes of their mails."""

    _name = "adv.mailbox"
    _inherit = ["mail.alias.mixin"]
    _description = "Mailbox of the sales administration"
    _order = "sequence, id"
    _mail_post_access = "read"

    name = fields.Char(required=True, default=lambda self: self.env._("Orders"))
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    target = fields.Selection(
        [("documents", "Documents to file"), ("requests", "Requests")],
        string="Mails become",
        required=True,
        default="documents",
    )
    edi_senders = fields.Char(
        string="EDI services",
        help="Addresses or domains, separated by commas, that deliver orders of several customers: "
        "the buyer named in the order counts, not the sender.",
    )

    # ALIAS

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        model = TARGETS[self.target or "documents"]
        values["alias_model_id"] = self.env["ir.model"]._get_id(model)
        if self.id:
            values["alias_defaults"] = {"company_id": self.company_id.id, "mailbox_id": self.id}
        return values

    def write(self, vals):
        result = super().write(vals)
        if {"target", "company_id"} & vals.keys():
            for mailbox in self:
                values = mailbox._alias_get_creation_values()
                # sudo: the alias belongs to the mailbox, whose rights were checked by the write
                mailbox.alias_id.sudo().write(
                    {name: values[name] for name in ("alias_model_id", "alias_defaults")}
                )
        return result

    # BUSINESS

    def _adv_is_edi_service(self, email):
        """Return whether ``email`` (normalized) is a service that delivers orders of several customers."""
        self.ensure_one()
        services = {part.strip().lower().lstrip("@") for part in (self.edi_senders or "").split(",")} - {""}
        return bool(email) and (email in services or email.partition("@")[2] in services)

    def _adv_own_domains(self, company):
        """Return the e-mail domains that are the company's own."""
        # sudo: aliases of all departments; only their domain names are used
        names = self.env["mail.alias.domain"].sudo().search(Domain.TRUE).mapped("name")
        own = (company.email or "").partition("@")[2].strip("> ").lower()
        return {name.lower() for name in names} | ({own} if own else set())
