from datetime import date, datetime, time, timedelta

import pytz
from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get

# whose midnights are moments in every time zone
FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 29)
MODES = [("observe", "Observe"), ("warn", "Warn"), ("enforce", "Enforce")]


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_tz = fields.Selection(
        _tz_get,
        string="ADV time zone",
        compute="_compute_adv_tz",
        store=True,
        readonly=False,
        help="Days begin and end in this time zone.",
    )
    adv_check_mode = fields.Selection(
        MODES,
        string="Checks",
        default="observe",
        required=True,
        help="Observe: failed checks are recorded and change nothing. Warn: they are shown. "
        "Enforce: a blocking check stops the confirmation until it is settled.",
    )
    adv_approval_mode = fields.Selection(
        MODES,
        string="Approvals",
        default="observe",
        required=True,
        help="Observe: approvals are recorded and change nothing. Warn: they are shown. "
        "Enforce: an order is confirmed once the departments concerned have approved it.",
    )
    adv_error_authors = fields.Boolean(
        string="Keep authors of errors",
        help="Record who made an error, for ADV managers only. Names are personal data: off by default.",
    )
    adv_discount_limit = fields.Float(
        string="Discount limit",
        default=20.0,
        help="Highest discount on a line without explanation, in %.",
        groups="base.group_user",
    )
    adv_margin_floor = fields.Float(
        string="Lowest margin",
        default=10.0,
        help="Lowest margin of a line without explanation, in %.",
        groups="base.group_user",
    )
    adv_order_minimum = fields.Monetary(
        string="Minimum order", default=0.0, help="Lowest untaxed amount of an order; zero means no minimum."
    )
    adv_answer_hours = fields.Integer(
        string="Answer within",
        default=8,
        help="Working hours after which a customer whose order we hold can expect our answer.",
    )

    adv_risk_days = fields.Integer(
        string="Safety days",
        default=2,
        help="An arrival that comes fewer days before the promise puts the line at risk.",
    )

    adv_tell_buyers = fields.Boolean(
        string="Tell the buyers about shortages",
        help="Each night the buyer of a product that orders wait for gets one activity, until it is there.",
    )

    @api.depends("partner_id")
    def _compute_adv_tz(self):
        for company in self:
            company.adv_tz = (
                company.adv_tz
                or company.partner_id.tz
                or company.create_uid.tz
                or self.env.user.tz
                or "Europe/Paris"
            )

    # DAYS

    def _adv_timezone(self):
        company = self or self.env.company  # a record whose company was emptied is refused for that
        company.ensure_one()
        return pytz.timezone(company.adv_tz or "Europe/Paris")

    def _adv_day_bounds(self, date_from, date_to):
        """Return the naive UTC datetimes [start, end) of ``date_from`` to ``date_to``, both included.

        Days at the ends of the calendar, which Odoo takes for dates, count as the last that have an end.
        """
        zone = self._adv_timezone()

        def midnight(day):
            local = datetime.combine(day, time.min)
            begin = zone.localize(local, is_dst=True)  # the first one, where it strikes twice (the Azores)
            if zone.normalize(begin).replace(tzinfo=None) != local:  # or never (Cairo)
                begin = zone.localize(local, is_dst=False)
            return begin.astimezone(pytz.utc).replace(tzinfo=None)

        first, last = (min(max(day, FIRST_DAY), LAST_DAY) for day in (date_from, date_to))
        return midnight(first), midnight(last + timedelta(days=1))

    def _adv_date(self, moment):
        """Return the company's local date of a naive UTC datetime, or False."""
        if not moment:
            return False
        return pytz.utc.localize(moment).astimezone(self._adv_timezone()).date()

    def _adv_today(self):
        """Return today's date in the company's time zone."""
        return self._adv_date(fields.Datetime.now())

    def _adv_plan_hours(self, moment, hours):
        """Return ``moment`` plus ``hours`` of the company's working time, its closing days left out.

        :param moment: naive UTC datetime
        :param hours: working hours, zero or more
        :return: naive UTC datetime; plain hours where the company has no working hours
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if calendar and hours > 0:
            planned = calendar.plan_hours(hours, pytz.utc.localize(moment), compute_leaves=True)
            if planned:
                return planned.astimezone(pytz.utc).replace(tzinfo=None)
        return moment + timedelta(hours=hours)
