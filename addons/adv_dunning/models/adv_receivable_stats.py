from odoo import api, fields, models


class AdvReceivableStats(models.Model):
    _name = "adv.receivable.stats"
    _description = "Customer to Collect From"
    _inherit = ["adv.dunning.facts", "mail.activity.mixin", "mail.thread"]
    _order = "score desc, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, copy=False, required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("As Of", readonly=True, copy=False)
    amount_open = fields.Monetary("Open", readonly=True, copy=False)
    amount_overdue = fields.Monetary("Overdue", readonly=True, copy=False)
    oldest_days = fields.Integer("Oldest (Days)", readonly=True, copy=False)
    item_count = fields.Integer("Open Items", readonly=True, copy=False)
    level_id = fields.Many2one("adv.dunning.level", "Level", readonly=True, copy=False, ondelete="set null")
    last_notice_date = fields.Date("Last Notice", readonly=True, copy=False)
    broken_promises = fields.Integer("Broken Promises", readonly=True, copy=False)
    mean_days_late = fields.Float("Mean Days Late", readonly=True, copy=False, digits=(16, 1))
    median_days_late = fields.Float("Median Days Late", readonly=True, copy=False, digits=(16, 1))
    paid_count = fields.Integer("Invoices Paid", readonly=True, copy=False)
    score = fields.Float(
        "Priority",
        readonly=True,
        copy=False,
        digits=(16, 0),
        index=True,
        help="Overdue amount x (1 + oldest days overdue / 30) x (1 + broken promises): whom to call first.",
    )
    user_id = fields.Many2one("res.users", "Collector", index=True)

    _partner_company = models.Constraint(
        "UNIQUE(partner_id, company_id)", "A customer has one line per company."
    )

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "partner_id",
                "company_id",
                "date",
                "amount_open",
                "amount_overdue",
                "oldest_days",
                "item_count",
                "level_id",
                "last_notice_date",
                "broken_promises",
                "mean_days_late",
                "median_days_late",
                "paid_count",
                "score",
            }
        )
