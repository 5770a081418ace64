from odoo import fields, models

from ..tools.asked import only_one


class ResPartner(models.Model):
    """What is agreed with a customer about late payment, and what became of one who cannot pay."""

    _inherit = "res.partner"

    adv_contract_rate = fields.Float(
        "Agreed Late-Interest Rate (% a Year)",
        company_dependent=True,
        help="Empty: the rate of the law. In France an agreed rate is at least three times the legal rate.",
        groups="base.group_user",
    )
    adv_doubtful = fields.Boolean(
        "Doubtful",
        company_dependent=True,
        help="Shown among bad debts, with an allowance by age.",
        groups="base.group_user",
    )

    adv_insolvency_date = fields.Date(
        "Insolvency Opened On",
        help="No reminders and no late interest from this day on.",
        groups="base.group_user",
    )
    adv_insolvency_deadline = fields.Date(
        "Claims To Be Filed By",
        help="Last day to file claims with the administrator.",
        groups="base.group_user",
    )

    adv_insolvency_end = fields.Date(
        "Insolvency Ended On", help="Reminders go on from this day.", groups="base.group_user"
    )

    _adv_insolvency_dates = models.Constraint(
        "CHECK(adv_insolvency_end IS NULL OR adv_insolvency_end >= adv_insolvency_date)",
        "An insolvency ends after it began.",
    )

    def action_adv_open_terms(self):
        """Ask a collection manager how this customer is collected from, in the current company, and why."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Terms of Collection"),
            "res_model": "adv.collection.terms",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.env.company.id,
            },
        }

    def _adv_insolvent_since(self):
        """Return the day insolvency proceedings of this customer were opened, or False."""
        self.ensure_one()
        return self.commercial_partner_id.adv_insolvency_date

    def _adv_tell_free(self, company):
        """Write on customers that they are free again, and tell salesperson and collector once.

        :param company: company record in which the hold ended
        """
        # sudo: who collects is told to whoever freed the customer
        stats = self.env["adv.receivable.stats"].sudo()
        stats = stats.search([("partner_id", "in", self.ids), ("company_id", "=", company.id)])
        collectors = {record.partner_id.id: record.user_id for record in stats}
        for partner in self:
            body = self.env._("No longer on hold in %(company)s: paid.", company=company.name)
            partner.message_post(body=body)
            people = partner.user_id | collectors.get(partner.id, self.env["res.users"])
            if people:
                partner.message_notify(
                    partner_ids=people.partner_id.ids,
                    subject=self.env._("%(customer)s is no longer on hold", customer=partner.name),
                    body=body,
                )
