from odoo import api, fields, models


class AdvDunningRun(models.Model):
    _name = "adv.dunning.run"
    _description = "Reminder Run"
    _inherit = ["adv.dunning.facts", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, string="Company"
    )
    date = fields.Date(required=True, index=True, default=lambda self: self.env.company._adv_today())
    kind = fields.Selection([("reminder", "Reminders")], required=True, default="reminder")
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("draft", "To compute"),
            ("computed", "Computed"),
            ("sending", "Sending"),
            ("done", "Done"),
        ],
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    notice_ids = fields.One2many("adv.dunning.notice", "run_id", string="Notices", readonly=True)
    item_count = fields.Integer("Open Items", readonly=True, copy=False)
    notice_count = fields.Integer("Notices Made", readonly=True, copy=False)
    sent_count = fields.Integer("Sent", readonly=True, copy=False)
    failed_count = fields.Integer("Failed", readonly=True, copy=False)
    outcome_counts = fields.Json("Outcomes", readonly=True, copy=False)
    computed_at = fields.Datetime(readonly=True, copy=False)
    log = fields.Text(readonly=True, copy=False)

    _unique_run = models.Constraint(
        "UNIQUE(company_id, date, kind)", "There is already a run of this company for this day."
    )

    @api.depends("date", "company_id.name")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Reminders of %(date)s", date=fields.Date.to_string(run.date))

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "state",
                "item_count",
                "notice_count",
                "sent_count",
                "failed_count",
                "outcome_counts",
                "computed_at",
                "log",
                "notice_ids",
            }
        )
