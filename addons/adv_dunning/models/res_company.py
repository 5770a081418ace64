from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_partner import _tz_get


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_tz = fields.Selection(
        _tz_get,
        string="Company Timezone",
        compute="_compute_adv_tz",
        store=True,
        readonly=False,
        precompute=True,
        help="Days, deadlines and figures of sales administration are counted in this timezone.",
    )
    adv_dunning_live = fields.Boolean(
        "Reminders Are Live",
        readonly=True,
        copy=False,
        help="Set by Go live. Before it, reminders are computed and shown, and nothing is sent.",
    )
    adv_dunning_live_date = fields.Datetime("Reminders Live Since", readonly=True, copy=False)
    adv_dunning_policy_id = fields.Many2one(
        "adv.dunning.policy",
        string="Default Reminder Policy",
        help="Applies to every customer without a policy of their own. Empty: the shipped policy.",
    )

    def _compute_adv_tz(self):
        for company in self:
            company.adv_tz = company.partner_id.tz or self.env.user.tz or "Europe/Paris"

    # === CRUD METHODS ===#

    @api.model
    def _adv_dunning_protected_fields(self):
        return frozenset({"adv_dunning_live", "adv_dunning_live_date"})

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix("default_") for name in self.env.context if name.startswith("default_")}
        self._adv_dunning_refuse_facts(defaults.union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._adv_dunning_refuse_facts(vals)
        return super().write(vals)

    def _adv_dunning_refuse_facts(self, names):
        if self._adv_dunning_protected_fields().intersection(names):
            raise AccessError(self.env._("Reminders are switched on by Go live only."))

    def _adv_dunning_set_facts(self, vals):
        """Write facts of this addon; private, hence out of reach of RPC."""
        return super().write(vals)

    # === BUSINESS METHODS ===#

    def _adv_timezone(self):
        self.ensure_one()
        return ZoneInfo(self.adv_tz or "Europe/Paris")

    def _adv_day_bounds(self, date_from, date_to):
        """Return the bounds of some days of the company as naive UTC datetimes.

        :param date date_from: first day
        :param date date_to: last day, included
        :return: (start, end): `start` included, `end` excluded
        """
        zone = self._adv_timezone()
        start = datetime.combine(fields.Date.to_date(date_from), time.min, zone)
        end = datetime.combine(fields.Date.to_date(date_to) + timedelta(days=1), time.min, zone)
        return tuple(bound.astimezone(timezone.utc).replace(tzinfo=None) for bound in (start, end))

    def _adv_date(self, moment):
        """Return the company's calendar day of a naive UTC datetime."""
        if not moment:
            return False
        return moment.replace(tzinfo=timezone.utc).astimezone(self._adv_timezone()).date()

    def _adv_today(self):
        """Return today's date in the company's timezone."""
        return self._adv_date(fields.Datetime.now())
