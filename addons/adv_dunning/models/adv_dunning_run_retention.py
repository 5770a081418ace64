from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Notices that were sent are evidence: the limitation of claims between merchants is five years in France
# (Code de commerce L110-4) and in Spain (Codigo Civil art. 1964).
DEFAULT_MONTHS = 60
SHORTEST_MONTHS = 12
LONGEST_MONTHS = 1200  # beyond, 0 says the same and the calendar ends
BATCH = 1000  # deleted between two commits


class AdvDunningFacts(models.AbstractModel):
    _inherit = "adv.dunning.facts"

    @api.model
    def _adv_forget_old(self, condition, limit):
        """Delete the records past their company's retention, the oldest first.

        :param SQL condition: which of them may go, of `record`
        :param int limit: how many at most
        :return: how many were deleted, and whether more are left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record.id
                  FROM %(table)s record JOIN res_company company ON company.id = record.company_id
                 WHERE company.adv_dunning_retention_months > 0
                   AND record.date < %(today)s - make_interval(months => company.adv_dunning_retention_months)
                   AND %(condition)s
                 ORDER BY record.date, record.id
                 LIMIT %(limit)s
                   FOR UPDATE OF record SKIP LOCKED
                """,
                table=SQL.identifier(self._table),
                today=fields.Date.today(),
                condition=condition,
                limit=limit,
            )
        )
        self.browse(record_id for (record_id,) in rows)._adv_forget()
        return len(rows), len(rows) == limit


class AdvDunningNotice(models.Model):
    _inherit = "adv.dunning.notice"

    @api.autovacuum
    def _gc_notices(self, limit=BATCH):
        """Delete old notices, once everything they claimed is settled and nobody is on hold for them."""
        return self._adv_forget_old(
            SQL(
                """
                record.state IN ('sent', 'failed', 'cancelled') AND record.is_holding IS NOT TRUE
                AND NOT EXISTS (
                    SELECT FROM adv_dunning_notice_line line
                      JOIN account_move_line item ON item.move_id = line.move_id
                      JOIN account_account account ON account.id = item.account_id
                     WHERE line.notice_id = record.id AND account.account_type = 'asset_receivable'
                       AND item.reconciled IS NOT TRUE)
                """
            ),
            limit,
        )


class AdvDunningRun(models.Model):
    _inherit = "adv.dunning.run"

    @api.autovacuum
    def _gc_runs(self, limit=BATCH):
        """Delete old runs whose notices are gone."""
        return self._adv_forget_old(
            SQL(
                """
                record.state IN ('computed', 'done')
                AND NOT EXISTS (SELECT FROM adv_dunning_notice notice WHERE notice.run_id = record.id)
                """
            ),
            limit,
        )


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
        kept = self.mapped("adv_dunning_retention_months")
        if any(months and not SHORTEST_MONTHS <= months <= LONGEST_MONTHS for months in kept):
            raise ValidationError(
                self.env._(
                    "Reminders are kept for %(least)s to %(most)s months; 0 keeps them for ever.",
                    least=SHORTEST_MONTHS,
                    most=LONGEST_MONTHS,
                )
            )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_dunning_retention_months = fields.Integer(
        related="company_id.adv_dunning_retention_months", readonly=False
    )
