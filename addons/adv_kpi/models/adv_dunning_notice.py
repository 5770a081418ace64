from odoo import api, fields, models
from odoo.tools import SQL

RECOVERY_DAYS = 15


class AdvDunningNotice(models.Model):
    """What came in within 15 days of a notice, as a column."""

    _inherit = "adv.dunning.notice"

    amount_recovered = fields.Monetary(
        string="Paid within 15 days",
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="What was matched with the claimed instalments from the day of the notice to 15 days after.",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"amount_recovered"}

    def _adv_set_facts(self, vals):
        result = super()._adv_set_facts(vals)
        if vals.get("state") == "sent":
            self._adv_store_recovery()
        return result

    def _adv_store_recovery(self):
        """Store what these notices recovered: one statement."""
        if self:
            self.env.flush_all()
            self.env.execute_query(recovery_statement(SQL("notice.id IN %s", tuple(self.ids))))
            self.invalidate_recordset(["amount_recovered"], flush=False)

    @api.model
    def _adv_of_items(self, lines):
        """Return the notices sent that claim some journal items."""
        # sudo: a fact of the notice, whatever the rights of who matches
        claims = self.env["adv.dunning.notice.line"].sudo()
        return claims.search(
            [("move_line_id", "in", lines.ids), ("notice_id.state", "=", "sent")]
        ).notice_id.sudo()


def recovery_statement(condition):
    """Return the statement that stores what the notices for which ``condition`` holds recovered."""
    return SQL(
        """UPDATE adv_dunning_notice AS sent
              SET amount_recovered = found.amount
             FROM (
                   SELECT notice.id, COALESCE(SUM(LEAST(
                            claim.amount * notice.amount_company / NULLIF(notice.amount, 0),
                            COALESCE(paid.amount, 0)
                          )), 0) AS amount
                     FROM adv_dunning_notice notice
                LEFT JOIN adv_dunning_notice_line claim ON claim.notice_id = notice.id
                LEFT JOIN LATERAL (
                          SELECT SUM(matching.amount) AS amount FROM account_partial_reconcile matching
                           WHERE matching.debit_move_id = claim.move_line_id
                             AND matching.max_date BETWEEN notice.date AND notice.date + %(days)s
                          ) AS paid ON TRUE
                    WHERE notice.state = 'sent' AND %(condition)s
                    GROUP BY notice.id
                  ) AS found
            WHERE found.id = sent.id AND sent.amount_recovered IS DISTINCT FROM found.amount
        RETURNING sent.id""",
        days=RECOVERY_DAYS,
        condition=condition,
    )
