from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import only_one


class AdvErrorAdjust(models.TransientModel):
    """What an error cost, and what was done so that it does not come back."""

    _name = "adv.error.adjust"
    _description = "Minutes, cost and corrective action"

    error_ids = fields.Many2many("adv.order.error", string="Errors", required=True)
    error_count = fields.Integer(compute="_compute_error_count")
    minutes = fields.Integer(
        string="Minutes of rework", compute="_compute_figures", store=True, readonly=False
    )
    cost = fields.Monetary(compute="_compute_figures", store=True, readonly=False)
    currency_id = fields.Many2one("res.currency", compute="_compute_error_count")
    corrective_action = fields.Char(
        string="Corrective action", compute="_compute_figures", store=True, readonly=False
    )

    @api.depends("error_ids")
    def _compute_error_count(self):
        for wizard in self:
            wizard.error_count = len(wizard.error_ids)
            wizard.currency_id = (
                wizard.error_ids.currency_id if len(wizard.error_ids.currency_id) == 1 else False
            )

    @api.depends("error_ids")
    def _compute_figures(self):
        for wizard in self:
            error = wizard.error_ids if len(wizard.error_ids) == 1 else wizard.error_ids.browse()
            wizard.minutes = error.minutes
            wizard.cost = error.cost
            wizard.corrective_action = error.corrective_action

    def action_apply(self):
        """Write what was given; for several errors only the corrective action.

        :raise AccessError: for others than ADV assistants, and on errors that they may not read
        """
        only_one(self)
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only ADV assistants correct the figures of an error."))
        self.error_ids.check_access("read")
        vals = {"corrective_action": self.corrective_action}
        if len(self.error_ids) == 1:
            vals |= {"minutes": self.minutes, "cost": self.cost}
        self.error_ids._adv_adjust(vals)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
