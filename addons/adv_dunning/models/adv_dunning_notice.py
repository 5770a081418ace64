from odoo import api, fields, models


class AdvDunningNotice(models.Model):
    _name = "adv.dunning.notice"
    _description = "Reminder Notice"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, amount_company desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    run_id = fields.Many2one(
        "adv.dunning.run", "Run", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one("res.partner", "Sent To", readonly=True, copy=False, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, copy=False, required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True, copy=False, required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    level_id = fields.Many2one(
        "adv.dunning.level", "Level", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    channel = fields.Selection(related="level_id.channel")
    date = fields.Date(readonly=True, copy=False, index=True)
    amount = fields.Monetary("Claimed", readonly=True, copy=False)
    amount_company = fields.Monetary(
        "Claimed (Company Currency)", readonly=True, copy=False, currency_field="company_currency_id"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "To release"),
            ("ready", "Ready"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True, copy=False)
    released_by = fields.Many2one("res.users", "Released By", readonly=True, copy=False)
    is_holding = fields.Boolean("Holds the Customer", readonly=True, copy=False)
    error = fields.Text("Problem", readonly=True, copy=False)
    line_ids = fields.One2many(
        "adv.dunning.notice.line", "notice_id", "Instalments", readonly=True, copy=False
    )
    mail_ids = fields.Many2many("mail.mail", string="E-mails", readonly=True, copy=False)

    _to_send_idx = models.Index("(company_id, run_id) WHERE state = 'ready'")
    _holding_idx = models.Index("(company_id, partner_id) WHERE is_holding")
    _last_notice_idx = models.Index("(company_id, partner_id, currency_id, date)")

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "name",
                "run_id",
                "partner_id",
                "contact_id",
                "company_id",
                "currency_id",
                "level_id",
                "date",
                "amount",
                "amount_company",
                "state",
                "sent_at",
                "released_by",
                "is_holding",
                "error",
                "line_ids",
                "mail_ids",
            }
        )
