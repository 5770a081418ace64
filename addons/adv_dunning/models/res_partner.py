from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.asked import only_one


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_dunning_policy_id = fields.Many2one(
        "adv.dunning.policy",
        string="Reminder Policy",
        company_dependent=True,
        help="Empty: the company's default policy.",
        groups="base.group_user",
    )
    adv_dunning_excluded = fields.Boolean(
        "No Reminders",
        company_dependent=True,
        help="This customer is never reminded automatically.",
        groups="base.group_user",
    )
    adv_direct_debit = fields.Boolean(
        "Pays by Direct Debit",
        company_dependent=True,
        help="We collect what is due ourselves: reminders wait until some bank days after the due date.",
    )
    adv_dunning_contact_id = fields.Many2one(
        "res.partner",
        string="Reminders Go To",
        company_dependent=True,
        domain="[('id', 'child_of', commercial_partner_id)]",
        help="Empty: the invoice contact, else the customer.",
    )
    adv_on_hold = fields.Boolean(
        "On Hold",
        company_dependent=True,
        readonly=True,
        copy=False,
        help="Set by a reminder level or a collection manager; ends by itself when its cause is paid.",
        groups="base.group_user",
    )

    # === CRUD METHODS ===#

    @api.model
    def _adv_dunning_protected_fields(self):
        return frozenset({"adv_on_hold"})

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context if name.startswith("default_")}
        self._adv_dunning_refuse_facts(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.cr.cache.get("adv_dunning.merging"):  # Odoo copies all values; the merge sees to these
            facts = self._adv_dunning_protected_fields()
            vals = {name: value for name, value in vals.items() if name not in facts}
        self._adv_dunning_refuse_facts(vals)
        return super().write(vals)

    def _adv_dunning_refuse_facts(self, names):
        if self._adv_dunning_protected_fields().intersection(names):
            raise AccessError(
                self.env._("A customer is put on hold by a reminder level or by its action only.")
            )

    # === BUSINESS METHODS ===#

    def _adv_dunning_policy(self, company):
        """Return the policy by which a customer is reminded in a company: its own, else the company's."""
        self.ensure_one()
        # sudo: which policy holds decides charges and reminders, whoever has them worked out
        own = self.sudo().commercial_partner_id.with_company(company).adv_dunning_policy_id
        return own.filtered("active") or company._adv_dunning_policy()

    def _adv_set_on_hold(self, on_hold, company):
        """Put these customers on hold in a company, or release them.

        Private, hence out of reach of RPC. The hold is kept on the commercial partner.

        :param bool on_hold: the new state
        :param company: the company (res.company record) it is valid in
        :return: the commercial partners that changed
        """
        partners = self.commercial_partner_id.with_company(company)
        changed = partners.filtered(lambda partner: partner.adv_on_hold != on_hold)
        # the guard of this class is passed by on purpose: this is the one place where the fact is written
        super(ResPartner, changed).write({"adv_on_hold": on_hold})
        return changed

    def _adv_log_hold(self, body):
        for partner in self:
            partner.message_post(body=body)

    def action_adv_release_hold(self):
        """Release customers from hold in the current company, by a collection manager."""
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager releases a customer from hold."))
        self.check_access("read")
        company = self.env.company
        notices = self.env["adv.dunning.notice"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("is_holding", "=", True),
            ]
        )
        notices._adv_set_facts({"is_holding": False})
        # sudo: the manager need not have the right to write customers
        freed = self.sudo()._adv_set_on_hold(False, company)
        freed._adv_log_hold(self.env._("Released from hold by %(user)s.", user=self.env.user.name))
        return True

    def action_adv_put_on_hold(self):
        """Put customers on hold in the current company, by a collection manager."""
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager puts a customer on hold."))
        self.check_access("read")
        # sudo: the manager need not have the right to write customers
        held = self.sudo()._adv_set_on_hold(True, self.env.company)
        held._adv_log_hold(self.env._("Put on hold by %(user)s.", user=self.env.user.name))
        return True

    def action_adv_open_receivables(self):
        only_one(self)
        return self.env["adv.receivable.stats"]._open_customer(self.commercial_partner_id, self.env.company)
