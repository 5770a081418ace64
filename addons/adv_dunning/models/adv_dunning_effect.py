from odoo import fields, models
from odoo.tools import SQL


class AdvDunningEffect(models.Model):
    """What each level and channel brings: days from a sent notice to the payment of what it claimed.

    A payment counts for the last notice sent before it; what another notice had to follow counts as unpaid
    for the earlier one.
    """

    _name = "adv.dunning.effect"
    _description = "Effect of Reminders"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "notice_id"
    _depends = {
        "adv.dunning.notice": ["state", "date", "level_id", "channel"],
        "adv.dunning.notice.line": ["move_line_id", "amount"],
        "account.partial.reconcile": ["max_date", "debit_move_id"],
    }

    notice_id = fields.Many2one("adv.dunning.notice", "Notice", readonly=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    level_id = fields.Many2one("adv.dunning.level", "Level", readonly=True)
    channel = fields.Selection(lambda self: self.env["adv.dunning.level"]._channels(), readonly=True)
    date = fields.Date("Sent On", readonly=True)
    amount = fields.Monetary("Claimed", readonly=True)
    date_paid = fields.Date("Paid On", readonly=True)
    days_to_pay = fields.Integer("Days to Payment", readonly=True, aggregator="avg")
    paid_share = fields.Float("Paid After It (%)", readonly=True, aggregator="avg")

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT line.id, line.notice_id, notice.company_id, notice.currency_id, notice.partner_id,
                   line.move_id, line.level_id, notice.channel, notice.date, line.amount,
                   paid.date AS date_paid, paid.date - notice.date AS days_to_pay,
                   CASE WHEN paid.date IS NULL THEN 0 ELSE 100 END::float AS paid_share
            """
        )

    def _from(self):
        return SQL(
            """
            FROM adv_dunning_notice_line line
            JOIN adv_dunning_notice notice ON notice.id = line.notice_id
            LEFT JOIN account_move_line item ON item.id = line.move_line_id
            LEFT JOIN LATERAL (
                 SELECT MAX(part.max_date) AS date FROM account_partial_reconcile part
                  WHERE part.debit_move_id = item.id AND item.reconciled
                 HAVING MAX(part.max_date) >= notice.date
                    AND NOT EXISTS (
                        SELECT FROM adv_dunning_notice_line later
                          JOIN adv_dunning_notice next ON next.id = later.notice_id AND next.state = 'sent'
                         WHERE later.move_line_id = item.id AND next.date > notice.date
                           AND next.date <= MAX(part.max_date))
            ) AS paid ON TRUE
            """
        )

    def _where(self):
        return SQL("WHERE notice.state = 'sent'")
