from odoo import fields, models


class ResCompany(models.Model):
    """Settings of the inbox, the requests and the quotations."""

    _inherit = "res.company"

    adv_touchless = fields.Boolean(
        string="Clean electronic orders confirm themselves",
        help="Orders that arrive by EDI and that no check or approval stops are confirmed without a click.",
    )
    adv_request_rating = fields.Boolean(
        string="Ask how it went", help="Customers get a mail with three smileys when their request is closed."
    )
    adv_hours_question = fields.Float(
        string="Questions", default=8.0, help="Working hours to answer a question."
    )
    adv_hours_change = fields.Float(
        string="Changes", default=4.0, help="Working hours to answer who wants an order changed."
    )
    adv_hours_document = fields.Float(
        string="Documents wanted", default=8.0, help="Working hours to send a document."
    )
    adv_hours_complaint = fields.Float(
        string="Complaints", default=4.0, help="Working hours to answer a complaint."
    )
    adv_hours_other = fields.Float(
        string="Other requests", default=16.0, help="Working hours to answer anything else."
    )
    adv_quote_follow_days = fields.Integer(
        string="Follow quotations up after", default=5, help="Days without an answer of the customer."
    )
    adv_quote_expiry_days = fields.Integer(
        string="Quotations expire soon", default=3, help="Days before the end of their validity."
    )

    _adv_hours_positive = models.Constraint(
        "CHECK (adv_hours_question >= 0 AND adv_hours_change >= 0 AND adv_hours_document >= 0"
        " AND adv_hours_complaint >= 0 AND adv_hours_other >= 0)",
        "The hours to answer cannot be negative.",
    )
    _adv_quote_days_positive = models.Constraint(
        "CHECK (adv_quote_follow_days >= 0 AND adv_quote_expiry_days >= 0)",
        "The days of the quotations' follow-up cannot be negative.",
    )

    def _adv_request_hours(self, kind):
        """Return the working hours within which a request of ``kind`` is to be answered."""
        self.ensure_one()
        # sudo: a setting, read also when a customer asks
        return self.sudo()[f"adv_hours_{kind or 'other'}"]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_touchless = fields.Boolean(related="company_id.adv_touchless", readonly=False)
    adv_request_rating = fields.Boolean(related="company_id.adv_request_rating", readonly=False)
    adv_hours_question = fields.Float(related="company_id.adv_hours_question", readonly=False)
    adv_hours_change = fields.Float(related="company_id.adv_hours_change", readonly=False)
    adv_hours_document = fields.Float(related="company_id.adv_hours_document", readonly=False)
    adv_hours_complaint = fields.Float(related="company_id.adv_hours_complaint", readonly=False)
    adv_hours_other = fields.Float(related="company_id.adv_hours_other", readonly=False)
    adv_quote_follow_days = fields.Integer(related="company_id.adv_quote_follow_days", readonly=False)
    adv_quote_expiry_days = fields.Integer(related="company_id.adv_quote_expiry_days", readonly=False)
