from odoo import api, fields, models


class AdvDunningPause(models.Model):
    _name = "adv.dunning.pause"
    _description = "Reminder Pause"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char("Reason", required=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: every customer of the company.",
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date("From", required=True, default=lambda self: self.env.company._adv_today())
    date_to = fields.Date("To", required=True)

    _dates_in_order = models.Constraint("CHECK(date_to >= date_from)", "A pause ends after it began.")

    @api.model_create_multi
    def create(self, vals_list):
        pauses = super().create(vals_list)
        pauses._keep_on_customer()
        return pauses

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._keep_on_customer()
        return result

    def _keep_on_customer(self):
        """A pause of a contact is one of the whole customer: reminders are theirs."""
        for pause in self:
            customer = pause.partner_id.commercial_partner_id
            if pause.partner_id != customer:
                pause.partner_id = customer
