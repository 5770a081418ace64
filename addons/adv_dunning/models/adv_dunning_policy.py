from odoo import fields, models

WEEKDAYS = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
]


class AdvDunningPolicy(models.Model):
    _name = "adv.dunning.policy"
    _description = "Reminder Policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", string="Company", index=True, help="Empty: every company.")
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Currency of the minimum amounts; converted to the notice's currency.",
    )

    source_key = fields.Char(
        "Taken Over From",
        readonly=True,
        copy=False,
        help="The record of another reminder software it stands for.",
    )

    # What is followed
    account_ids = fields.Many2many(
        "account.account",
        string="Receivable Accounts",
        domain="[('account_type', '=', 'asset_receivable')]",
        help="Empty: the customers' receivable accounts, without bills of exchange and doubtful accounts.",
    )

    # When
    level_ids = fields.One2many("adv.dunning.level", "policy_id", string="Levels", copy=True)
    progression = fields.Selection(
        [("step", "One level at a time"), ("catch_up", "Directly to the level of the delay")],
        required=True,
        default="step",
    )
    gap_days = fields.Integer(
        "Days Between Notices", default=7, help="Least number of days between two notices to one customer."
    )
    minimum_amount = fields.Monetary("Minimum Amount", default=50.0)
    tone_rule = fields.Selection(
        [("amount", "Where most is claimed"), ("highest", "Highest level")],
        string="Tone",
        required=True,
        default="amount",
    )
    weekday_from = fields.Selection(WEEKDAYS, string="Send From", required=True, default="2")
    weekday_to = fields.Selection(WEEKDAYS, string="Send To", required=True, default="4")
    hour_from = fields.Float("From Hour", default=9.0)
    hour_to = fields.Float("To Hour", default=11.0)
    day_kind = fields.Selection(
        [("calendar", "Calendar days"), ("working", "Working days")],
        string="Days Counted",
        required=True,
        default="calendar",
        help="Working days: Monday to Friday without the company's public holidays.",
    )

    # What makes it wait
    collection_days = fields.Integer(
        "Bank Days After Maturity",
        default=3,
        help="Working days after the maturity of a direct debit or bill until it counts as unpaid.",
    )
    answer_days = fields.Integer(
        "Days to Answer",
        default=5,
        help="Working days for which a customer's reply, or word that it has paid, stops reminders.",
    )
    release_notice_hours = fields.Integer(
        "Hours for the Salesperson",
        default=48,
        help="Hours between telling the salesperson and the release of a notice that waits for a person.",
    )
    freshness = fields.Selection(
        [("off", "Do not look"), ("warn", "Warn"), ("stop", "Stop reminders")],
        string="Bank Not Up to Date",
        required=True,
        default="warn",
        help="When nothing was posted in a bank or cash journal for some days, or a receipt that is not "
        "matched covers what a customer owes.",
    )
    freshness_days = fields.Integer("Days Without Bank Posting", default=5)
    promise_grace_days = fields.Integer(
        "Promise Grace Days", default=3, help="Days after a promised date before the promise is judged."
    )

    # Late charges
    compensation_amount = fields.Monetary(
        "Fixed Compensation (EUR)",
        currency_field="compensation_currency_id",
        default=40.0,
        help="Once per invoice a business pays late. Directive 2011/7/EU art. 6: at least 40 EUR.",
    )
    compensation_currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.ref("base.EUR", raise_if_not_found=False)
    )
    compensation_scope = fields.Selection(
        [
            ("law", "Where the law grants it"),
            ("agreed", "From every business (agreed with them)"),
        ],
        "Fixed Compensation Due",
        required=True,
        default="law",
        help="The law grants it to creditors in the European Economic Area, whose law governs their sales "
        "where nothing else was agreed, wherever the customer is.",
    )
    day_count = fields.Selection(
        [("365", "365 days"), ("actual", "Actual days of the year"), ("360", "360 days")],
        required=True,
        default="365",
    )

    _source_once = models.UniqueIndex(
        "(company_id, source_key) WHERE source_key IS NOT NULL", "This policy was taken over already."
    )
    _gap_not_negative = models.Constraint(
        "CHECK(gap_days >= 0)", "The days between two notices cannot be negative."
    )
    _days_not_negative = models.Constraint(
        "CHECK(collection_days >= 0 AND answer_days >= 0 AND release_notice_hours >= 0"
        " AND freshness_days >= 0 AND promise_grace_days >= 0)",
        "Days and hours cannot be negative.",
    )
    _minimum_not_negative = models.Constraint(
        "CHECK(minimum_amount >= 0)", "The minimum amount cannot be negative."
    )

    def _is_send_time(self, moment):
        """Tell whether a moment of the company's day is within the send window.

        :param datetime moment: aware datetime in the company's timezone
        """
        self.ensure_one()
        day = int(self.weekday_from) <= moment.isoweekday() <= int(self.weekday_to)
        return day and self.hour_from <= moment.hour + moment.minute / 60 < self.hour_to
