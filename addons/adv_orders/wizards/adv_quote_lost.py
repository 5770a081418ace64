from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import only_one


class AdvQuoteLost(models.TransientModel):
    """Why the customer did not order: asked when a quotation that was sent is cancelled."""

    _name = "adv.quote.lost"
    _description = "Quotation lost"

    order_ids = fields.Many2many("sale.order", required=True)
    count = fields.Integer(compute="_compute_count")
    reason_id = fields.Many2one("adv.lost.reason", string="Reason")
    note = fields.Char(string="What the customer said")
    is_required = fields.Boolean(compute="_compute_count")

    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.order_ids)
            wizard.is_required = "enforce" in wizard.order_ids.company_id.mapped("adv_check_mode")

    def action_lose(self):
        """Cancel the quotations and keep the reason."""
        only_one(self)
        if self.is_required and not self.reason_id:
            raise UserError(self.env._("Say why: the reason tells what to do better."))
        self.order_ids._adv_lose(self.reason_id, (self.note or "").strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
