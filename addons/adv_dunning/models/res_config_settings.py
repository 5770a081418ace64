from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_dunning_policy_id = fields.Many2one(related="company_id.adv_dunning_policy_id", readonly=False)
    adv_late_charge_account_id = fields.Many2one(
        related="company_id.adv_late_charge_account_id", readonly=False
    )
    adv_release_rule = fields.Selection(related="company_id.adv_release_rule", readonly=False)
    adv_write_off_account_id = fields.Many2one(related="company_id.adv_write_off_account_id", readonly=False)
    adv_write_off_amount = fields.Monetary(related="company_id.adv_write_off_amount", readonly=False)
    adv_write_off_days = fields.Integer(related="company_id.adv_write_off_days", readonly=False)
    adv_allowance_91 = fields.Float(related="company_id.adv_allowance_91", readonly=False)
    adv_allowance_181 = fields.Float(related="company_id.adv_allowance_181", readonly=False)
    adv_allowance_361 = fields.Float(related="company_id.adv_allowance_361", readonly=False)
