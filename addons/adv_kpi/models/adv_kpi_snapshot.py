import logging

from odoo import api, fields, models

from ..engine import periods
from ..engine.version import version

_logger = logging.getLogger(__name__)

# a month is closed so many days after its end: late entries of the first days still belong to it
CLOSING_DAYS = 5


class AdvKpiSnapshot(models.Model):
    """A figure as it was when its month was closed. Taken by the system, shown by company, never changed."""

    _name = "adv.kpi.snapshot"
    _description = "Figure at month close"
    _order = "date_from desc, kpi_id"
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one(
        "adv.kpi", string="Figure", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    has_value = fields.Boolean(string="Could be measured", readonly=True)
    value = fields.Float(readonly=True, digits=(16, 6), aggregator=None)
    shown = fields.Char(string="As it was", compute="_compute_shown")
    numerator = fields.Float(readonly=True, digits=(16, 6), aggregator=None)
    denominator = fields.Float(readonly=True, digits=(16, 6), aggregator=None)
    unit = fields.Selection(related="kpi_id.unit")
    version = fields.Char(string="Version of the definition", readonly=True)
    taken_at = fields.Datetime(string="Taken on", readonly=True)

    _once_a_month = models.UniqueIndex("(kpi_id, company_id, date_from)")

    @api.depends("value", "has_value", "kpi_id", "company_id")
    @api.depends_context("lang")
    def _compute_shown(self):
        for snapshot in self:
            value = snapshot.value if snapshot.has_value else None
            # sudo: how an amount is written in the company's currency
            snapshot.shown = snapshot.kpi_id._format_value(value, snapshot.company_id.sudo())

    @api.model
    def _adv_cron_take(self):
        """Take the figures of the last closed month of every company that has none of them yet.

        What fails is logged and tried again the next day.
        """
        # sudo: the job takes the figures of all companies
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            try:
                with self.env.cr.savepoint():
                    self._adv_take(company, fields.Date.subtract(company._adv_today(), days=CLOSING_DAYS))
            except Exception:
                _logger.exception("The figures of company %s could not be recorded", company.id)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _adv_take(self, company, day):
        """Take the figures of the last month that ended before ``day``, once.

        Own figures are not taken: their makers would read here what they may not read themselves.

        :return: the snapshots taken
        """
        end = fields.Date.subtract(periods.interval_start(day, "month"), days=1)
        start = end.replace(day=1)
        # sudo: the whole company's figures, whoever asks; readers are those of the snapshots
        snapshots = self.sudo()
        known = snapshots.search([("company_id", "=", company.id), ("date_from", "=", start)]).kpi_id
        figures = self.env["adv.kpi"].sudo().with_context(allowed_company_ids=company.ids)
        kpis = figures.with_company(company).search([("active", "=", True), ("is_own", "=", False)]) - known
        values = kpis.get_values(kpis.mapped("code"), start, end)
        return snapshots.create(
            [
                kpi._prepare_snapshot_vals(values[kpi.code], company, start, end)
                for kpi in kpis
                if not values[kpi.code]["not_applicable"]
            ]
        )

    def _get_beside(self, restated):
        """Return what was recorded beside what is found today."""
        return {
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
            "as_was": self.value if self.has_value else None,
            "restated": restated,
            "same_definition": self.version == version(self.kpi_id._formula()),
        }


class AdvKpi(models.Model):
    _inherit = "adv.kpi"

    def _prepare_snapshot_vals(self, value, company, date_from, date_to):
        def part(name):
            return (value[name] or {}).get("value") or 0.0

        return {
            "kpi_id": self.id,
            "company_id": company.id,
            "date_from": date_from,
            "date_to": date_to,
            "has_value": value["value"] is not None,
            "value": value["value"] or 0.0,
            "numerator": part("numerator"),
            "denominator": part("denominator"),
            "version": version(self._formula()),
            "taken_at": fields.Datetime.now(),
        }

    @api.model
    @api.readonly
    def get_restated(self, codes, date_from, date_to):
        """Return the months closed, as they were then beside what they are today.

        :return: {code: [{'date_from', 'date_to', 'as_was', 'restated', 'same_definition'}, ...]} of the
            current company; only months that were recorded
        :raise AccessError: for people who may not read what was recorded
        """
        kpis, scope, period = self._prepare(codes, date_from, date_to)
        snapshots = self.env["adv.kpi.snapshot"].search(
            [
                ("kpi_id", "in", kpis.ids),
                ("company_id", "=", self.env.company.id),
                ("date_from", ">=", period.date_from),
                ("date_to", "<=", period.date_to),
            ],
            order="date_from",
        )
        scope.companies = self.env.company
        spans = {snapshot: self._get_period(snapshot.date_from, snapshot.date_to) for snapshot in snapshots}
        figures = self._load(scope, snapshots.kpi_id, list(dict.fromkeys(spans.values())))
        result = {kpi.code: [] for kpi in kpis}
        for snapshot, span in spans.items():
            kpi = snapshot.kpi_id
            if kpi._is_applicable(scope):
                result[kpi.code].append(snapshot._get_beside(kpi._formula().evaluate(figures, span).value))
        return result
