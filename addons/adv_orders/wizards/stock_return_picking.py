from odoo import api, fields, models
from odoo.exceptions import UserError


class StockReturnPicking(models.TransientModel):
    """The native return asks why."""

    _inherit = "stock.return.picking"

    adv_return_reason_id = fields.Many2one("adv.return.reason", string="Why it comes back")
    adv_is_customer_return = fields.Boolean(compute="_compute_adv_reason_required")
    adv_reason_required = fields.Boolean(compute="_compute_adv_reason_required")

    @api.depends("picking_id")
    def _compute_adv_reason_required(self):
        for wizard in self:
            picking = wizard.picking_id
            returned = picking.picking_type_code in ("outgoing", "dropship") and bool(picking.sale_id)
            wizard.adv_is_customer_return = returned
            # sudo: a setting, read by people of the warehouse
            wizard.adv_reason_required = returned and wizard.company_id.sudo().adv_check_mode == "enforce"

    def _create_return(self):
        if self.adv_reason_required and not self.adv_return_reason_id and not self.env.su:
            raise UserError(self.env._("Say why the goods come back: choose the reason."))
        picking = super()._create_return()
        if self.adv_is_customer_return and self.adv_return_reason_id:
            picking.adv_return_reason_id = self.adv_return_reason_id
        return picking
