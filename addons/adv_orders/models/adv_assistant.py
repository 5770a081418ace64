from odoo import fields, models


class AdvAssistant(models.Model):
    _name = "adv.assistant"
    _description = "ADV assistant"
    _order = "name, id"

    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    name = fields.Char(related="user_id.name", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        default=lambda self: self.env.company.resource_calendar_id,
        ondelete="set null",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers")
    absence_ids = fields.One2many("adv.assistant.absence", "assistant_id", string="Absences")

    _user_company_unique = models.Constraint(
        "UNIQUE (user_id, company_id)", "This person is already an ADV assistant of the company."
    )

    # BUSINESS

    def _adv_present(self):
        """Return the assistants who are not absent today, in their company's time zone."""
        days = {company.id: company._adv_today() for company in self.company_id}
        absent = {
            absence.assistant_id
            for absence in self.absence_ids
            if absence.date_from <= days[absence.assistant_id.company_id.id] <= absence.date_to
        }
        return self.filtered(lambda assistant: assistant not in absent)

    def _adv_loads(self):
        """Return {assistant id: number of orders not yet delivered}."""
        groups = self.env["sale.order"]._read_group(
            [
                ("adv_assistant_id", "in", self.ids),
                ("adv_state", "not in", ["delivered", "invoiced", "settled", "cancelled"]),
            ],
            ["adv_assistant_id"],
            ["__count"],
        )
        return {assistant.id: count for assistant, count in groups}


class AdvAssistantAbsence(models.Model):
    _name = "adv.assistant.absence"
    _description = "Absence of an ADV assistant"
    _order = "date_from desc, id"

    assistant_id = fields.Many2one("adv.assistant", required=True, index=True, ondelete="cascade")
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)

    _dates_in_order = models.Constraint("CHECK (date_to >= date_from)", "An absence ends after it begins.")
