from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import only_one


class AdvRequestError(models.TransientModel):
    """A complaint that is our fault becomes a row of the error ledger."""

    _name = "adv.request.error"
    _description = "Record our error"

    request_id = fields.Many2one("adv.request", required=True)
    type_id = fields.Many2one("adv.error.type", string="What went wrong", required=True)
    minutes = fields.Integer(
        string="Minutes of rework", compute="_compute_minutes", store=True, readonly=False
    )
    cost = fields.Monetary()
    currency_id = fields.Many2one(related="request_id.company_id.currency_id")

    @api.depends("type_id")
    def _compute_minutes(self):
        for wizard in self:
            wizard.minutes = wizard.type_id.standard_minutes

    def action_record(self):
        """Record the error, found by the customer.

        :raise AccessError: for those who may not write the request
        """
        only_one(self)
        self.request_id.check_access("write")
        if self.minutes < 0 or self.cost < 0:
            raise UserError(self.env._("Minutes and cost cannot be negative."))
        self.request_id._adv_log_error(self.type_id, self.minutes, self.cost)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
