from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    adv_credit_reason_id = fields.Many2one("adv.credit.reason", string="Reason of the Credit Note")
    adv_dispute_id = fields.Many2one(
        "adv.dispute",
        string="Dispute Settled",
        compute="_compute_adv_dispute_id",
        store=True,
        readonly=False,
        help="Posting the credit note settles this dispute.",
    )
    adv_reason_required = fields.Boolean(string="Reason Required", compute="_compute_adv_reason_required")
    adv_is_customer = fields.Boolean(string="Customer Invoice", compute="_compute_adv_reason_required")

    # === COMPUTE METHODS ===#

    @api.depends("move_ids")
    def _compute_adv_dispute_id(self):
        disputes = self.env["adv.dispute"]
        if disputes.has_access("read"):
            disputes = disputes.search(
                [("move_id", "in", self.move_ids.ids), *disputes._adv_uncredited_domain()]
            )
        by_move = disputes.grouped("move_id")
        for wizard in self:
            found = by_move.get(wizard.move_ids._origin, disputes.browse())
            wizard.adv_dispute_id = found if len(found) == 1 else False

    @api.depends("move_ids", "company_id")
    def _compute_adv_reason_required(self):
        for wizard in self:
            customer = any(move.move_type == "out_invoice" for move in wizard.move_ids)
            wizard.adv_is_customer = customer
            wizard.adv_reason_required = customer and wizard.company_id.adv_billing_mode == "enforce"

    # === BUSINESS METHODS ===#

    def reverse_moves(self, is_modify=False):
        if self.adv_reason_required and not self.adv_credit_reason_id and not self.env.su:
            raise UserError(self.env._("Say why this credit note is made: choose its reason."))
        return super().reverse_moves(is_modify=is_modify)

    def _prepare_default_reversal(self, move):
        vals = super()._prepare_default_reversal(move)
        if move.move_type == "out_invoice":
            vals["adv_credit_reason_id"] = self.adv_credit_reason_id.id
            vals["adv_dispute_id"] = self.adv_dispute_id.id if self.adv_dispute_id.move_id == move else False
        return vals
