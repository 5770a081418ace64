from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Settings of the morning page, the process page and the habits of customers."""

    _inherit = "res.company"

    adv_cutoff_time = fields.Float(
        string="Shipping cut-off", default=14.0, help="Orders of the day leave before this time."
    )
    adv_habit_tolerance = fields.Integer(
        string="Tolerance of habits",
        default=25,
        help="An order is overdue when it is late by this part of the usual interval, in % "
        "(two days at least).",
    )
    adv_shipping_department_id = fields.Many2one(
        "adv.department",
        string="Ships",
        ondelete="set null",
        help="Has the orders from confirmation to delivery; empty: the ADV assistants.",
    )
    adv_invoicing_department_id = fields.Many2one(
        "adv.department",
        string="Invoices",
        ondelete="set null",
        help="Has the orders from delivery to payment; empty: the ADV assistants.",
    )

    @api.constrains("adv_cutoff_time", "adv_habit_tolerance")
    def _check_adv_desk(self):
        for company in self:
            if not 0 <= company.adv_cutoff_time < 24:
                raise ValidationError(self.env._("The shipping cut-off is a time of the day."))
            if not 0 <= company.adv_habit_tolerance <= 1000:
                raise ValidationError(self.env._("The tolerance of habits is between 0 and 1000 %."))

    # DAYS

    def _adv_cutoff(self, day):
        """Return the naive UTC datetime of the shipping cut-off on ``day``."""
        minutes = round(self.adv_cutoff_time * 60)
        local = datetime.combine(day, time(minutes // 60, minutes % 60))
        return self._adv_timezone().localize(local).astimezone(pytz.utc).replace(tzinfo=None)

    def _adv_last_working_day(self, day):
        """Return the last day before ``day`` on which the company works, by its working hours."""
        worked = set(self.resource_calendar_id.attendance_ids.mapped("dayofweek"))
        days = [day - timedelta(days=count) for count in range(1, 8)]
        return next((past for past in days if str(past.weekday()) in worked), days[0])
