import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine.periods import Period, add_months

_logger = logging.getLogger(__name__)

# amounts from here on are written without decimals
WITHOUT_CENTS = 1000


class AdvKpiAlert(models.Model):
    """A figure outside of its band: one activity, once, until it is inside again."""

    _name = "adv.kpi.alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Alert on a figure"
    _order = "state desc, date_from desc, id desc"
    _rec_name = "kpi_id"

    target_id = fields.Many2one(
        "adv.kpi.target", required=True, readonly=True, index=True, ondelete="cascade", string="Target"
    )
    kpi_id = fields.Many2one(related="target_id.kpi_id", store=True, index=True, string="Figure")
    company_id = fields.Many2one(related="target_id.company_id", store=True, index=True)
    unit = fields.Selection(related="kpi_id.unit")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    value = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    shown = fields.Char(string="Found", compute="_compute_shown")
    wanted = fields.Char(string="Wanted value", readonly=True)
    state = fields.Selection(
        [("open", "Outside"), ("closed", "Inside again")], readonly=True, default="open", required=True
    )
    closed_date = fields.Date(string="Inside again on", readonly=True)

    _one_open = models.UniqueIndex("(target_id) WHERE state = 'open'", "This alert is already open.")

    @api.depends("value", "kpi_id", "company_id")
    @api.depends_context("lang")
    def _compute_shown(self):
        for alert in self:
            alert.shown = alert.kpi_id._format_value(alert.value, alert.company_id)

    @api.model
    def _adv_cron_check(self):
        """Compare the month up to yesterday with the targets of every company; what fails is logged."""
        # sudo: the job looks at the figures of all companies
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            try:
                with self.env.cr.savepoint():
                    self._adv_check(company, company._adv_today() - timedelta(days=1))
            except Exception:
                _logger.exception("The figures of company %s could not be watched", company.id)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _adv_check(self, company, day):
        """Open alerts for the figures that miss their targets in the month up to ``day``, close the others.

        :return: the alerts opened
        """
        # sudo: the company's whole figures; the alert is shown to its readers
        alerts = self.sudo().with_company(company)
        targets = alerts.env["adv.kpi.target"]._get_watched(company, day)
        known = {
            alert.target_id: alert
            for alert in alerts.search([("company_id", "=", company.id), ("state", "=", "open")])
        }
        first = day.replace(day=1)
        month = Period(first, add_months(first, 1) - timedelta(days=1), day, day)
        opened = []
        for team, group in targets.grouped("team_id").items():
            values = alerts._get_watched_values(company, group, team, day)
            for target in group:
                value = values[target.kpi_id.code]["value"]
                is_met = target._is_met(value, month)
                if is_met is False and target not in known:
                    opened.append(target._prepare_alert_vals(value, month))
                elif is_met and target in known:
                    known[target]._adv_close(day)
        # a target that no longer holds closes its alert too
        for target in known.keys() - set(targets):
            known[target]._adv_close(day)
        created = alerts.create(opened)
        created._adv_tell()
        return created

    @api.model
    def _get_watched_values(self, company, targets, team, day):
        kpi = self.env["adv.kpi"].with_context(allowed_company_ids=company.ids)
        filters = {"team_ids": team.ids} if team else None
        return kpi.get_values(targets.kpi_id.mapped("code"), day.replace(day=1), day, filters)

    def _adv_close(self, day):
        self.write({"state": "closed", "closed_date": day})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _adv_tell(self):
        for alert in self:
            target = alert.target_id._in_reader_language()
            told = alert.with_env(target.env)
            alert.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=target.alert_user_id.id,
                summary=told.env._(
                    "%(figure)s: %(value)s, wanted %(wanted)s",
                    figure=told.kpi_id.name,
                    value=told.shown,
                    wanted=told.wanted,
                ),
            )


class AdvKpi(models.Model):
    _inherit = "adv.kpi"

    def _format_value(self, value, company):
        """Return a value with its unit as a text in the user's language; a dash when there is none."""
        self.ensure_one()
        if value is None:
            return "–"
        if self.unit == "currency":
            is_round = not value or (abs(value) >= WITHOUT_CENTS and not self.decimals)
            return formatLang(
                self.env,
                value,
                currency_obj=company.currency_id,
                rounding_unit="units" if is_round else "decimals",
            )
        number = formatLang(self.env, value, digits=max(self.decimals, 0))
        suffixes = {
            "percent": self.env._("%(number)s %%", number=number),
            "days": self.env._("%(number)s days", number=number),
            "hours": self.env._("%(number)s h", number=number),
        }
        return suffixes.get(self.unit, number)
