from odoo import api, fields, models
from odoo.tools import SQL

from .adv_billing_run_retention import BATCH


class AdvReceipt(models.Model):
    _inherit = "adv.receipt"

    @api.autovacuum
    def _gc_receipts(self, limit=BATCH):
        """Delete receipts that were sent and are past their company's retention.

        Money that came in up to the last one forgotten gets no receipt again, also when the company keeps
        its receipts longer one day: its receipts begin after it.

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
        old = self.browse(receipt_id for (receipt_id,) in rows)
        for company, receipts in old.grouped("company_id").items():
            begin = fields.Date.add(max(receipts.mapped("date")), days=1)
            if company.adv_receipts_since and company.adv_receipts_since < begin:
                company.adv_receipts_since = begin
        old.unlink()
        return len(rows), len(rows) == limit
