from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from ..tools.asked import asked_text, only_one
from ..tools.shown import shown_rate

TERMS = (
    "adv_dunning_policy_id",
    "adv_dunning_excluded",
    "adv_dunning_contact_id",
    "adv_direct_debit",
    "adv_contract_rate",
    "adv_doubtful",
    "adv_insolvency_date",
    "adv_insolvency_deadline",
    "adv_insolvency_end",
)
# filled from the customer when the wizard is opened, then changed by the manager
SHOWN = {"compute": "_compute_terms", "store": True, "readonly": False, "precompute": True}


class AdvCollectionTerms(models.TransientModel):
    """How a customer is collected from, set by a collection manager, who need not have the right on contacts.

    What changed and why is kept on the customer.
    """

    _name = "adv.collection.terms"
    _description = "Terms of Collection"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True)
    company_id = fields.Many2one(
        "res.company", "Company", required=True, default=lambda self: self.env.company
    )
    adv_dunning_policy_id = fields.Many2one(
        "adv.dunning.policy",
        "Reminder Policy",
        **SHOWN,
        check_company=True,
        help="Empty: the company's default policy.",
    )
    adv_dunning_excluded = fields.Boolean(
        "No Reminders",
        **SHOWN,
        help="This customer is never reminded automatically.",
    )
    adv_dunning_contact_id = fields.Many2one(
        "res.partner",
        "Reminders Go To",
        **SHOWN,
        domain="[('id', 'child_of', partner_id)]",
        help="Empty: the invoice contact, else the customer.",
    )
    adv_direct_debit = fields.Boolean(
        "Pays by Direct Debit",
        **SHOWN,
        help="We collect what is due ourselves: reminders wait until some bank days after the due date.",
    )
    adv_contract_rate = fields.Float(
        "Agreed Late-Interest Rate (% a Year)",
        **SHOWN,
        help="Empty: the rate of the law. In France an agreed rate is at least three times the legal rate.",
    )
    adv_doubtful = fields.Boolean(
        "Doubtful",
        **SHOWN,
        help="Shown among bad debts, with an allowance by age.",
    )
    adv_insolvency_date = fields.Date(
        "Insolvency Opened On",
        **SHOWN,
        help="No reminders and no late interest from this day on.",
    )
    adv_insolvency_deadline = fields.Date("Claims To Be Filed By", **SHOWN)
    adv_insolvency_end = fields.Date("Insolvency Ended On", **SHOWN)
    reason = fields.Char(required=True)

    known = fields.Json(
        "Terms When Opened", help="What holds no longer is not what the manager decided upon.", **SHOWN
    )

    @api.depends("partner_id", "company_id")
    def _compute_terms(self):
        for wizard in self:
            customer = wizard._customer()
            for name in TERMS:
                wizard[name] = customer[name]
            wizard.known = wizard._known_now()

    def action_apply(self):
        """Write what was changed on the customer, in the company chosen, and note it there with its reason.

        :raise AccessError: the user is no collection manager, or not of this company
        :raise UserError: no reason, or somebody changed the terms since they were shown
        """
        only_one(self)
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager changes the terms of collection."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        if not (reason := asked_text(self.env, self.reason)):
            raise UserError(self.env._("Say why this is changed."))
        customer = self._customer()
        customer.check_access("read")
        if self.known != self._known_now():
            raise UserError(self.env._("Somebody changed these terms meanwhile: open them again."))
        if self.adv_dunning_contact_id.commercial_partner_id not in (customer, customer.browse()):
            raise UserError(self.env._("Reminders go to a contact of this customer."))
        names = [name for name in TERMS if self[name] != customer[name]]
        if names:
            before = {name: self._shown(customer, name) for name in names}
            # sudo: the manager, checked above, need not have the right to write contacts; only these fields
            vals = {name: self._fields[name].convert_to_write(self[name], self) for name in names}
            customer.sudo().write(vals)
            customer.sudo().message_post(  # sudo: see above; the author stays the manager
                body=self._note(before, reason), author_id=self.env.user.partner_id.id
            )
        return {"type": "ir.actions.act_window_close"}

    def _customer(self):
        """Return the commercial partner, in the company of the terms."""
        return self.partner_id.commercial_partner_id.with_company(self.company_id)

    def _known_now(self):
        """Return {field: text} of the terms that hold, to be compared and nothing else."""
        customer = self._customer()
        return {name: str(self._fields[name].convert_to_write(customer[name], customer)) for name in TERMS}

    def _note(self, before, reason):
        changes = Markup().join(
            Markup("<li>%s</li>") % self._changed(name, old) for name, old in before.items()
        )
        title = self.env._(
            "Terms of collection changed in %(company)s: %(reason)s",
            company=self.company_id.name,
            reason=reason,
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (title, changes)

    def _changed(self, name, old):
        return self.env._(
            "%(label)s: %(old)s → %(new)s",
            label=self._fields[name]._description_string(self.env),
            old=old,
            new=self._shown(self, name),
        )

    def _shown(self, record, name):
        value, kind = record[name], self._fields[name].type
        if kind == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if not value:
            return self.env._("none")
        if kind == "many2one":
            return value.display_name
        return format_date(self.env, value) if kind == "date" else f"{shown_rate(self.env, value)} %"
