from odoo import api, fields, models
from odoo.tools import SQL

from .adv_billing_run_retention import BATCH


class AdvReceipt(models.Model):
    _inherit = "adv.receipt"

    @api.autovacuum
    def _gc_receipts(self, limit=BATCH):
        """Delete receipts that were sent and are past their company's retention.

        Money that came in before the retention gets no receipt again: see ``_adv_settlements``.

        :param int limit: how many at most, the oldest first
        :return: how many were deleted, and whether more are left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT receipt.id
                  FROM adv_receipt receipt
                  JOIN res_company company ON company.id = receipt.company_id
                 WHERE receipt.state = 'sent'
                   AND company.adv_billing_retention_months > 0
                   AND receipt.date < %(today)s
                       - make_interval(months => company.adv_billing_retention_months)
                 ORDER BY receipt.date, receipt.id
                 LIMIT %(limit)s
                   FOR UPDATE OF receipt SKIP LOCKED
                """,
                today=fields.Date.today(),
                limit=limit,
            )
        )
        self.browse(receipt_id for (receipt_id,) in rows).unlink()
        return len(rows), len(rows) == limit
