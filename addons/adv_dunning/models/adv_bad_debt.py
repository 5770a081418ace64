from odoo import fields, models
from odoo.tools import SQL


class AdvBadDebt(models.Model):
    """Open instalments with the allowance that their age asks for, as of the last computation."""

    _name = "adv.bad.debt"
    _description = "Bad Debt"
    _inherit = ["adv.dunning.ranked"]
    _auto = False
    _adv_ranked_field = "age"
    _order = "allowance desc, days_overdue desc, id"
    _rec_name = "move_id"
    _depends = {
        "adv.dunning.item": ["balance_open", "date_due", "date_checked", "active"],
        "res.partner": ["adv_doubtful", "adv_insolvency_date", "adv_insolvency_deadline"],
        "res.company": ["adv_allowance_91", "adv_allowance_181", "adv_allowance_361"],
    }

    company_id = fields.Many2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer("Days Late", readonly=True, aggregator="max")
    age = fields.Selection(
        [("0", "Up to 90 days"), ("91", "91 to 180 days"), ("181", "181 to 360 days"), ("361", "Older")],
        readonly=True,
    )
    amount = fields.Monetary("Open", readonly=True)
    percent = fields.Float("Allowance (%)", readonly=True, aggregator="avg")
    allowance = fields.Monetary(readonly=True)
    reason = fields.Selection(
        [("insolvent", "Insolvent"), ("doubtful", "Doubtful"), ("old", "Old"), ("none", "Not doubtful")],
        readonly=True,
    )
    insolvency_date = fields.Date("Insolvent Since", readonly=True)
    claims_deadline = fields.Date("File Claims By", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT aged.*, ROUND((amount * percent / 100)::numeric, 2) AS allowance
              FROM (SELECT known.*,
                           CASE age WHEN '361' THEN company.adv_allowance_361
                                    WHEN '181' THEN company.adv_allowance_181
                                    WHEN '91' THEN company.adv_allowance_91 ELSE 0 END AS percent,
                           CASE WHEN insolvency_date IS NOT NULL THEN 'insolvent'
                                WHEN is_doubtful THEN 'doubtful'
                                WHEN age != '0' THEN 'old' ELSE 'none' END AS reason
                      FROM (%s %s %s) AS known
                      JOIN res_company company ON company.id = known.company_id) AS aged
            """,
            self._select(),
            self._from(),
            self._where(),
        )

    def _select(self):
        days = SQL("(item.date_checked - item.date_due)")
        return SQL(
            """
            SELECT item.id, item.company_id, item.partner_id, item.move_id, item.date_due,
                   item.balance_open AS amount, GREATEST(0, %(days)s) AS days_overdue,
                   CASE WHEN %(days)s > 360 THEN '361' WHEN %(days)s > 180 THEN '181'
                        WHEN %(days)s > 90 THEN '91' ELSE '0' END AS age,
                   partner.adv_insolvency_date AS insolvency_date,
                   partner.adv_insolvency_deadline AS claims_deadline,
                   COALESCE((partner.adv_doubtful ->> item.company_id::text)::boolean, FALSE) AS is_doubtful
            """,
            days=days,
        )

    def _from(self):
        return SQL("FROM adv_dunning_item item JOIN res_partner partner ON partner.id = item.partner_id")

    def _where(self):
        return SQL("WHERE item.active")
