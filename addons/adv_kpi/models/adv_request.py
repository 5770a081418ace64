from odoo import api, fields, models


class AdvRequest(models.Model):
    _inherit = "adv.request"

    answer_hours = fields.Float(
        string="Hours to answer",
        compute="_compute_answer_hours",
        store=True,
        copy=False,
        aggregator="avg",
        help="Working hours from reception to the first answer.",
    )
    is_answered_on_time = fields.Boolean(
        string="Answered on time", compute="_compute_is_answered_on_time", store=True, copy=False
    )

    _due_index = models.Index("(company_id, date_due)")

    @api.depends("received_date", "date_first_answer", "company_id")
    def _compute_answer_hours(self):
        for company, requests in self.grouped("company_id").items():
            hours = company._adv_working_hours(
                [(request.received_date, request.date_first_answer) for request in requests]
            )
            for request, value in zip(requests, hours, strict=True):
                request.answer_hours = value

    @api.depends("date_due", "date_first_answer")
    def _compute_is_answered_on_time(self):
        for request in self:
            answered, due = request.date_first_answer, request.date_due
            request.is_answered_on_time = bool(answered and due) and answered <= due

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"answer_hours", "is_answered_on_time"}
