from odoo import fields, models

from ..tools.billing_plan import GROUPINGS, MODES


class AdvBillingPreview(models.TransientModel):
    _name = "adv.billing.preview"
    _description = "What a Billing Run Would Bill"
    _order = "partner_id, id"

    run_id = fields.Many2one("adv.billing.run", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Untaxed Amount", readonly=True)
    mode = fields.Selection(MODES, string="Billing", readonly=True)
    grouping = fields.Selection(GROUPINGS, readonly=True)
