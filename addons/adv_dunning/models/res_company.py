from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.working_days import HOLIDAYS, WorkingCalendar

# Receivable accounts by type that are not open customer invoices: bills of exchange, factored and doubtful
# accounts of the French (PCG 413, 416) and Spanish (PGC 431, 432, 436) charts.
SPECIAL_ACCOUNTS = {"FR": ("413", "416"), "ES": ("431", "432", "436")}


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

    adv_holiday_country = fields.Selection(
        [("FR", "France"), ("ES", "Spain"), ("none", "None")],
        string="Public Holidays Of",
        compute="_compute_adv_holiday_country",
        store=True,
        readonly=False,
        help="More days, or days that are worked, stand in the list of local days.",
    )
    adv_dunning_history_date = fields.Date(
        "History Before",
        help="What fell due before this day is not reminded automatically: it was open when reminders were "
        "installed.",
    )

    @api.depends("country_id")
    def _compute_adv_holiday_country(self):
        for company in self:
            code = company.country_id.code
            company.adv_holiday_country = code if code in HOLIDAYS else "none"

    def _compute_adv_tz(self):
        for company in self:
            company.adv_tz = (
                company.adv_tz
                or company.partner_id.tz
                or company.create_uid.tz
                or self.env.user.tz
                or "Europe/Paris"
            )

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
        company = self or self.env.company  # a record whose company was emptied is refused for that
        company.ensure_one()
        return ZoneInfo(company.adv_tz or "Europe/Paris")

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

    def _adv_now_local(self):
        """Return the present moment in the company's timezone, aware."""
        return fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(self._adv_timezone())

    def _adv_today(self):
        """Return today's date in the company's timezone."""
        return self._adv_date(fields.Datetime.now())

    def _adv_calendar(self):
        """Return the company's working days (WorkingCalendar), with its public holidays and local days."""
        self.ensure_one()
        # sudo: which days are worked is no secret
        days = self.env["adv.dunning.day"].sudo().search([("company_id", "in", [self.id, False])])
        return WorkingCalendar(
            self.adv_holiday_country,
            closed=days.filtered(lambda day: not day.is_worked).mapped("date"),
            worked=days.filtered("is_worked").mapped("date"),
        )

    def _adv_last_bank_date(self, date):
        """Return the day of the last entry posted in a bank or cash journal up to a day, or None.

        A branch may book in the journals of the company it belongs to.
        """
        self.env.flush_all()
        [(last,)] = self.env.execute_query(
            SQL(
                """
                SELECT MAX(last.date) FROM account_journal journal
                  JOIN LATERAL (SELECT MAX(move.date) AS date FROM account_move move
                                 WHERE move.journal_id = journal.id AND move.company_id = %(company)s
                                   AND move.state = 'posted' AND move.date <= %(date)s) AS last ON TRUE
                 WHERE journal.type IN ('bank', 'cash') AND journal.company_id = ANY(%(owners)s)
                """,
                company=self.id,
                owners=self.sudo().parent_ids.ids,  # sudo: whose branch it is is no secret
                date=date,
            )
        )
        return last

    def _adv_dunning_policy(self):
        """Return the company's default policy: its own choice, else the shipped one."""
        self.ensure_one()
        shipped = self.env.ref("adv_dunning.policy_standard", raise_if_not_found=False)
        policy = self.adv_dunning_policy_id or shipped or self.env["adv.dunning.policy"]
        return policy.sudo().filtered("active")  # sudo: read by whoever may preview

    def _adv_dunning_accounts(self):
        """Return the receivable accounts followed by default: those of customers, no bills, no doubtful."""
        self.ensure_one()
        partner_model = self.env["res.partner"].with_company(self)
        field = partner_model._fields["property_account_receivable_id"]
        partner_model.flush_model([field.name])
        used = self.env.execute_query(
            SQL(
                "SELECT DISTINCT (property_account_receivable_id->>%(company)s)::int FROM res_partner"
                " WHERE property_account_receivable_id->>%(company)s IS NOT NULL",
                company=str(self.id),
            )
        )
        default = field.get_company_dependent_fallback(partner_model)
        # sudo: which accounts are followed is no secret, and salespeople's previews need no account rights
        account_model = self.env["account.account"].sudo().with_company(self)  # see above
        accounts = account_model.browse(row[0] for row in used) | default
        special = SPECIAL_ACCOUNTS.get(self.account_fiscal_country_id.code or self.country_id.code, ())
        return accounts.exists().filtered(
            lambda account: (
                account.account_type == "asset_receivable"
                and not account.non_trade
                and not (special and (account.code or "").startswith(special))
            )
        )

    def _adv_dunning_go_live(self):
        """Take reminders live; called by the Go-live wizard."""
        if not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager takes reminders live."))
        if not self._adv_dunning_policy().level_ids:
            raise UserError(self.env._("Choose a reminder policy with levels first."))
        # sudo: a collection manager, checked above, need not have the right to write companies
        self.sudo()._adv_dunning_set_facts(
            {"adv_dunning_live": True, "adv_dunning_live_date": fields.Datetime.now()}
        )
