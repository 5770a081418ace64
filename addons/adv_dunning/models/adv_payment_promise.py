from odoo import api, fields, models


class AdvPaymentPromise(models.Model):
    _name = "adv.payment.promise"
    _description = "Promise to Pay"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "date, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", "Company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, check_company=True)
    move_ids = fields.Many2many("account.move", string="Invoices", check_company=True)
    currency_id = fields.Many2one(
        "res.currency", "Currency", required=True, default=lambda self: self.env.company.currency_id
    )
    amount = fields.Monetary("Promised Amount", required=True)
    date = fields.Date("Promised Date", required=True, index=True)
    date_made = fields.Date("Made On", required=True, default=lambda self: self.env.company._adv_today())
    origin = fields.Selection(
        [("phone", "Telephone"), ("email", "E-mail"), ("portal", "Portal"), ("other", "Other")],
        required=True,
        default="phone",
    )
    note = fields.Text()
    user_id = fields.Many2one("res.users", "Collector", default=lambda self: self.env.user)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly_kept", "Partly kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        default="open",
        index=True,
    )
    amount_open_made = fields.Monetary("Open When Made", readonly=True, copy=False)
    amount_received = fields.Monetary("Received Since", readonly=True, copy=False)
    date_judged = fields.Date("Judged On", readonly=True, copy=False)

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A promise is about a positive amount.")
    _open_idx = models.Index("(company_id, date) WHERE state = 'open'")

    @api.depends("partner_id.name", "date")
    def _compute_name(self):
        for promise in self:
            promise.name = self.env._(
                "Promise of %(partner)s for %(date)s",
                partner=promise.partner_id.name or "",
                date=fields.Date.to_string(promise.date) or "",
            )

    @api.model
    def _adv_protected_fields(self):
        return frozenset({"state", "amount_open_made", "amount_received", "date_judged"})
