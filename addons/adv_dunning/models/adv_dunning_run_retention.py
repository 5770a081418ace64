from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Notices that were sent are evidence: the limitation of claims between merchants is five years in France
# (Code de commerce L110-4) and in Spain (Codigo Civil art. 1964).
DEFAULT_MONTHS = 60
SHORTEST_MONTHS = 12
BATCH = 1000  # deleted between two commits


class AdvDunningNotice(models.Model):
    _inherit = "adv.dunning.notice"

    @api.autovacuum
    def _gc_notices(self, limit=BATCH):
        """Delete notices past their company's retention, once everything they claimed is settled.

        :param int limit: how many at most, the oldest first
        :return: how many were deleted, and whether more are left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT notice.id
                  FROM adv_dunning_notice notice
                  JOIN res_company company ON company.id = notice.company_id
                 WHERE notice.state IN ('sent', 'cancelled')
                   AND notice.is_holding IS NOT TRUE
                   AND company.adv_dunning_retention_months > 0
                   AND notice.date < %(today)s - make_interval(months => company.adv_dunning_retention_months)
                   AND NOT EXISTS (
                        SELECT
                          FROM adv_dunning_notice_line line
                          JOIN account_move_line item ON item.move_id = line.move_id
                          JOIN account_account account ON account.id = item.account_id
                         WHERE line.notice_id = notice.id
                           AND account.account_type = 'asset_receivable'
                           AND item.reconciled IS NOT TRUE
                       )
                 ORDER BY notice.date, notice.id
                 LIMIT %(limit)s
                   FOR UPDATE OF notice SKIP LOCKED
                """,
                today=fields.Date.today(),
                limit=limit,
            )
        )
        self.browse(notice_id for (notice_id,) in rows)._adv_forget()
        return len(rows), len(rows) == limit


class AdvDunningRun(models.Model):
    _inherit = "adv.dunning.run"

    @api.autovacuum
    def _gc_runs(self, limit=BATCH):
        """Delete runs past their company's retention, whose notices are gone.

        :param int limit: how many at most, the oldest first
        :return: how many were deleted, and whether more are left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT run.id
                  FROM adv_dunning_run run
                  JOIN res_company company ON company.id = run.company_id
                 WHERE run.state IN ('computed', 'done')
                   AND company.adv_dunning_retention_months > 0
                   AND run.date < %(today)s - make_interval(months => company.adv_dunning_retention_months)
                   AND NOT EXISTS (SELECT FROM adv_dunning_notice notice WHERE notice.run_id = run.id)
                 ORDER BY run.date, run.id
                 LIMIT %(limit)s
                   FOR UPDATE OF run SKIP LOCKED
                """,
                today=fields.Date.today(),
                limit=limit,
            )
        )
        self.browse(run_id for (run_id,) in rows)._adv_forget()
        return len(rows), len(rows) == limit


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_dunning_retention_months = fields.Integer(
        "Keep Reminders (Months)",
        default=DEFAULT_MONTHS,
        required=True,
        help="Runs and notices are deleted after these months, once what they claimed is settled. "
        "0 keeps them for ever.",
    )

    @api.constrains("adv_dunning_retention_months")
    def _check_adv_dunning_retention_months(self):
        if any(0 != company.adv_dunning_retention_months < SHORTEST_MONTHS for company in self):
            raise ValidationError(
                self.env._(
                    "Reminders are kept for %s months at least; 0 keeps them for ever.", SHORTEST_MONTHS
                )
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_dunning_retention_months = fields.Integer(
        related="company_id.adv_dunning_retention_months", readonly=False
    )
