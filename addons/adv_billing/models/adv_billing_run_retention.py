from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Invoices and entries are the evidence, kept by native accounting; a run only tells how they were made.
DEFAULT_MONTHS = 36
SHORTEST_MONTHS = 6
LONGEST_MONTHS = 1200  # beyond, 0 says the same and the calendar ends
BATCH = 1000  # deleted between two commits


class AdvBillingRun(models.Model):
    _inherit = "adv.billing.run"

    @api.autovacuum
    def _gc_runs(self, limit=BATCH):
        """Delete finished or unused runs past their company's retention, with their results.

        :param int limit: how many results (or runs) at most, the oldest first
        :return: how many were deleted, and whether more are left
        """
        self.env.flush_all()
        results = self._adv_delete_old("adv.billing.run.line", SQL("old.run_id"), limit)
        if results == limit:
            return results, True
        runs = self._adv_delete_old("adv.billing.run", SQL("old.id"), limit - results)
        self.env.invalidate_all(flush=False)
        return results + runs, results + runs == limit

    @api.model
    def _adv_delete_old(self, model, run_id, limit):
        """Delete rows of old runs straight from their table; results and previews of a run go with it.

        :param SQL run_id: the run of a row
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT old.id
                      FROM %(table)s old
                      JOIN adv_billing_run run ON run.id = %(run_id)s
                      JOIN res_company company ON company.id = run.company_id
                     WHERE run.state IN ('draft', 'done')
                       AND company.adv_billing_retention_months > 0
                       AND run.date < %(today)s
                           - make_interval(months => company.adv_billing_retention_months)
                     ORDER BY run.date, old.id
                     LIMIT %(limit)s
                       FOR UPDATE OF old SKIP LOCKED
                )
                DELETE FROM %(table)s gone
                 USING chosen
                 WHERE chosen.id = gone.id
                RETURNING gone.id
                """,
                table=SQL.identifier(self.env[model]._table),
                run_id=run_id,
                today=fields.Date.today(),
                limit=limit,
            )
        )
        return len(rows)


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_billing_retention_months = fields.Integer(
        "Keep Billing Runs (Months)",
        default=DEFAULT_MONTHS,
        required=True,
        help="Billing runs with their results, and receipts that were sent, are deleted after these months. "
        "0 keeps them for ever.",
    )

    @api.constrains("adv_billing_retention_months")
    def _check_adv_billing_retention_months(self):
        kept = self.mapped("adv_billing_retention_months")
        if any(months and not SHORTEST_MONTHS <= months <= LONGEST_MONTHS for months in kept):
            raise ValidationError(
                self.env._(
                    "Billing runs are kept for %(least)s to %(most)s months; 0 keeps them for ever.",
                    least=SHORTEST_MONTHS,
                    most=LONGEST_MONTHS,
                )
            )

    def _adv_billing_kept_from(self, day):
        """Return the first day whose runs and receipts are kept on ``day``; None: all are kept."""
        self.ensure_one()
        months = self.adv_billing_retention_months
        return fields.Date.subtract(day, months=months) if months else None
