from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the morning page, the process page and the habits of customers."""

    _inherit = "res.config.settings"

    adv_cutoff_time = fields.Float(related="company_id.adv_cutoff_time", readonly=False)
    adv_habit_tolerance = fields.Integer(related="company_id.adv_habit_tolerance", readonly=False)
    adv_shipping_department_id = fields.Many2one(
        related="company_id.adv_shipping_department_id", readonly=False
    )
    adv_invoicing_department_id = fields.Many2one(
        related="company_id.adv_invoicing_department_id", readonly=False
    )
