from odoo import fields, models
from odoo.tools import formatLang


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_history = fields.Text(string="Earlier documents", compute="_compute_adv_history")
    adv_tz = fields.Selection(related="company_id.adv_tz", readonly=False)
    adv_check_mode = fields.Selection(related="company_id.adv_check_mode", readonly=False)
    adv_approval_mode = fields.Selection(related="company_id.adv_approval_mode", readonly=False)
    adv_error_authors = fields.Boolean(related="company_id.adv_error_authors", readonly=False)
    adv_discount_limit = fields.Float(related="company_id.adv_discount_limit", readonly=False)
    adv_margin_floor = fields.Float(related="company_id.adv_margin_floor", readonly=False)
    adv_order_minimum = fields.Monetary(
        related="company_id.adv_order_minimum", readonly=False, currency_field="adv_currency_id"
    )
    adv_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the limits")
    adv_answer_hours = fields.Integer(related="company_id.adv_answer_hours", readonly=False)
    adv_risk_days = fields.Integer(related="company_id.adv_risk_days", readonly=False)
    adv_tell_buyers = fields.Boolean(related="company_id.adv_tell_buyers", readonly=False)
    adv_acknowledgement_mode = fields.Selection(related="company_id.adv_acknowledgement_mode", readonly=False)
    adv_dispatch_mode = fields.Selection(related="company_id.adv_dispatch_mode", readonly=False)
    adv_delay_mode = fields.Selection(related="company_id.adv_delay_mode", readonly=False)

    def _compute_adv_history(self):
        """How far the jobs are that fill history, of all companies together."""
        env = self.env
        told = [
            env._(
                "%(job)s: %(count)s still to be filled",
                job=job,
                count=formatLang(env, left, digits=0),
            )
            if left
            else env._("%(job)s: all filled", job=job)
            for job, left in env["adv.history.job"]._adv_all_remaining().items()
        ]
        self.adv_history = "\n".join(told)
