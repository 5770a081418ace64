from odoo import api, fields, models

from ..models.adv_habit_action import KINDS
from ..tools import only_one


class AdvHabitAnswer(models.TransientModel):
    _name = "adv.habit.answer"
    _description = "Contact about an overdue order"

    kind = fields.Selection(KINDS, string="What", required=True)
    stats_ids = fields.Many2many("adv.partner.stats", string="Customers", required=True)
    until = fields.Date(
        string="Ask again on",
        compute="_compute_until",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    note = fields.Char(string="What they said")

    @api.depends("kind", "stats_ids")
    def _compute_until(self):
        for answer in self:
            days = [stats._adv_quiet_until(answer.kind) for stats in answer.stats_ids if answer.kind]
            answer.until = min(days, default=False)

    def action_apply(self):
        """Keep it in the log; the records' own method checks the rights."""
        only_one(self)
        self.stats_ids._adv_answer(self.kind, self.until, self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
