import base64
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..engine import periods

_logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
INTERVALS = {"weekly": "week", "monthly": "month"}


class AdvKpiSubscription(models.Model):
    """The report by e-mail: each reader gets the workbook of what they may read."""

    _name = "adv.kpi.subscription"
    _description = "Report of figures by e-mail"
    _order = "next_date, id"

    name = fields.Char(required=True, default=lambda self: self.env._("ADV figures"))
    active = fields.Boolean(default=True)
    frequency = fields.Selection(
        [("weekly", "Every week"), ("monthly", "Every month")], required=True, default="monthly"
    )
    next_date = fields.Date(
        string="Next on", required=True, default=lambda self: self._get_next(self.env.company._adv_today())
    )
    user_ids = fields.Many2many("res.users", string="Readers", required=True, domain=[("share", "=", False)])
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    last_sent = fields.Datetime(string="Last sent", readonly=True, copy=False)

    # === ACTIONS === #

    def action_send(self):
        """Send the report of the last whole week or month now."""
        self.check_access("write")
        for subscription in self:
            subscription._adv_send(subscription.company_id._adv_today())
        return True

    # === BUSINESS === #

    @api.model
    def _adv_cron_send(self):
        """Send what is due, each committed; what fails is logged and tried again the next day."""
        cron = self.env["ir.cron"]
        # sudo: the job sends the reports of all companies, each with its reader's own rights
        for subscription in self.sudo().search([("next_date", "<=", fields.Date.today())]):
            today = subscription.company_id._adv_today()
            # west of UTC the company's day comes later
            if subscription.next_date > today:
                continue
            try:
                with self.env.cr.savepoint():
                    subscription._adv_send(today)
                    subscription.next_date = subscription._get_next(today)
            except Exception:
                _logger.exception("Report %s could not be sent", subscription.id)
            cron._commit_progress(1)

    @api.model
    def _get_next(self, day, frequency="monthly"):
        """Return the first day of the next interval."""
        interval = INTERVALS[self.frequency or frequency]
        return periods.next_start(periods.interval_start(day, interval), interval)

    def _adv_send(self, today):
        self.ensure_one()
        end = periods.interval_start(today, INTERVALS[self.frequency]) - timedelta(days=1)
        start = periods.interval_start(end, INTERVALS[self.frequency])
        for user in self.user_ids:
            if user.has_group("adv_kpi.group_kpi_user"):
                self._adv_send_to(user, start, end)
            else:
                _logger.info("Report %s: user %s is no reader of figures", self.id, user.id)
        # sudo: a fact of the subscription
        self.sudo().last_sent = fields.Datetime.now()

    def _adv_send_to(self, user, start, end):
        company = self.company_id
        if company not in user.company_ids or not user.email:
            return
        kpi = (
            self.env["adv.kpi"]
            .with_user(user)
            .with_company(company)
            .with_context(allowed_company_ids=company.ids, lang=user.lang, tz=user.tz)
        )
        workbook = kpi._get_workbook(start, end)
        name = f"adv-{fields.Date.to_string(start)}-{fields.Date.to_string(end)}.xlsx"
        # sudo: mails have no other writer here; the content was made with the reader's rights
        self.env["mail.mail"].sudo().create(
            {
                "subject": kpi.env._(
                    "%(name)s, %(start)s to %(end)s",
                    name=self.name,
                    start=format_date(kpi.env, start),
                    end=format_date(kpi.env, end),
                ),
                "body_html": kpi._render_report_mail(start, end),
                "email_from": company.email_formatted or user.email_formatted,
                "recipient_ids": [fields.Command.link(user.partner_id.id)],
                "attachment_ids": [
                    fields.Command.create(
                        {"name": name, "datas": base64.b64encode(workbook), "mimetype": XLSX}
                    )
                ],
                "auto_delete": True,
            }
        )


class AdvKpi(models.Model):
    _inherit = "adv.kpi"

    @api.model
    def _render_report_mail(self, start, end):
        """Return the first page as the body of the mail, beside the year before and what is wanted."""
        codes = self.search([("first_page", "=", True)]).mapped("code")
        kpis, scope, period = self._prepare(codes, start, end)
        compared = self._get_compared(period, "previous_year")
        figures = self._load(scope, kpis, [period, compared])
        targets = self._get_shown_targets(kpis, scope, period)
        values = {
            "title": self.env._("ADV figures"),
            "subtitle": self._get_report_subtitle(period, compared, scope),
            "labels": self._get_report_labels(),
            "lines": [
                kpi._get_mail_line(figures, period, compared, targets.get(kpi))
                for kpi in kpis
                if kpi._is_applicable(scope)
            ],
            "url": f"{self.get_base_url()}/odoo/adv-dashboard",
        }
        return self.env["ir.qweb"]._render("adv_kpi.report_mail", values)

    def _get_mail_line(self, figures, period, compared, target):
        formula, company = self._formula(), figures.scope.companies[:1]
        value = formula.evaluate(figures, period).value
        return {
            "name": self.name,
            "value": self._format_value(value, company),
            "base": self._format_value(formula.evaluate(figures, compared).value, company),
            "target": target._get_wanted(period) if target else "",
            "is_missed": bool(target) and target._is_met(value, period) is False,
        }
