from odoo import api, fields, models


class AdvLateCharge(models.Model):
    _name = "adv.late.charge"
    _description = "Late Charge"
    _inherit = ["adv.dunning.facts", "mail.thread"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, copy=False, required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", store=True, index=True, string="Customer"
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    kind = fields.Selection(
        [("interest", "Late interest"), ("compensation", "Fixed compensation")],
        readonly=True,
        copy=False,
        required=True,
    )
    date_from = fields.Date("From", readonly=True, copy=False, required=True)
    date_to = fields.Date("To", readonly=True, copy=False, required=True)
    amount = fields.Monetary(readonly=True, copy=False)
    detail = fields.Json("Calculation", readonly=True, copy=False)
    state = fields.Selection(
        [("proposed", "Proposed"), ("billed", "Billed"), ("waived", "Waived")],
        readonly=True,
        copy=False,
        default="proposed",
        index=True,
    )
    waive_reason = fields.Char(readonly=True, copy=False)

    _compensation_once = models.UniqueIndex(
        "(move_id) WHERE kind = 'compensation'", "The fixed compensation is due once per invoice."
    )
    _interest_once = models.UniqueIndex(
        "(move_id, date_from) WHERE kind = 'interest'", "The interest of these days is already there."
    )

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {"move_id", "kind", "date_from", "date_to", "amount", "detail", "state", "waive_reason"}
        )
