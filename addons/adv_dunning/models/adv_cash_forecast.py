from odoo import fields, models
from odoo.tools import SQL


class AdvCashForecast(models.Model):
    """When open instalments are expected to be paid, as of the last computation.

    What is promised comes on the promised day; the rest on its due date plus what the customer usually takes;
    neither before the day of the computation. Disputed amounts and those covered by credits are left out.
    """

    _name = "adv.cash.forecast"
    _description = "Expected Payment"
    _auto = False
    _order = "date, id"
    _rec_name = "move_id"
    _depends = {
        "adv.dunning.item": ["balance_open", "amount_open", "amount_promised", "date_due", "active"],
        "adv.receivable.stats": ["expected_days"],
        "adv.payment.promise": ["date", "state"],
    }

    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    date = fields.Date("Expected On", readonly=True)
    amount = fields.Monetary("Expected", readonly=True)
    basis = fields.Selection(
        [("promise", "Promised"), ("habit", "By habit"), ("late", "By habit, already past")], readonly=True
    )

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._promised(), self._usual())

    def _promised(self):
        return SQL(
            """
            SELECT item.id * 2 AS id, item.company_id, item.partner_id, item.move_id, stats.user_id,
                   item.date_due, GREATEST(item.date_checked, promise.date) AS date, 'promise' AS basis,
                   item.balance_open * item.amount_promised / NULLIF(item.amount_open, 0) AS amount
              %s
              JOIN LATERAL (
                   SELECT MIN(promise.date) AS date FROM adv_payment_promise promise
                     JOIN account_move_adv_payment_promise_rel rel
                          ON rel.adv_payment_promise_id = promise.id AND rel.account_move_id = item.move_id
                    WHERE promise.state = 'open'
              ) AS promise ON promise.date IS NOT NULL
             WHERE %s AND item.amount_promised > 0
            """,
            self._from(),
            self._where(),
        )

    def _usual(self):
        rest = SQL("item.amount_open - item.amount_promised - item.amount_disputed - item.amount_credit")
        day = SQL("item.date_due + ROUND(COALESCE(stats.expected_days, 0))::int")
        return SQL(
            """
            SELECT item.id * 2 + 1, item.company_id, item.partner_id, item.move_id, stats.user_id,
                   item.date_due, GREATEST(item.date_checked, %(day)s),
                   CASE WHEN %(day)s < item.date_checked THEN 'late' ELSE 'habit' END,
                   item.balance_open * (%(rest)s) / NULLIF(item.amount_open, 0)
              %(source)s
             WHERE %(where)s AND %(rest)s > 0
            """,
            day=day,
            rest=rest,
            source=self._from(),
            where=self._where(),
        )

    def _from(self):
        return SQL(
            """
            FROM adv_dunning_item item
            LEFT JOIN adv_receivable_stats stats
                 ON stats.partner_id = item.partner_id AND stats.company_id = item.company_id
            """
        )

    def _where(self):
        return SQL("item.active AND item.outcome NOT IN ('out_of_scope', 'insolvency')")
