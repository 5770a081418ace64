from odoo import api, fields, models
from odoo.tools import format_date

KINDS = [
    ("called", "Called"),
    ("snoozed", "Asked for quiet"),
    ("elsewhere", "Ordered elsewhere"),
]


class AdvHabitAction(models.Model):
    """What was done about a customer whose usual order did not come: rows are only ever added."""

    _name = "adv.habit.action"
    _description = "Contact about an overdue order"
    _order = "date desc, id desc"
    _rec_name = "kind"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    date = fields.Datetime(required=True, readonly=True)
    expected_date = fields.Date(string="Order expected", readonly=True)
    until = fields.Date(string="Quiet until", readonly=True)
    note = fields.Char(readonly=True)

    @api.depends("kind", "date", "company_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for action in self:
            day = action.company_id._adv_date(action.date) if action.company_id else False
            action.display_name = f"{kinds.get(action.kind)} {format_date(self.env, day)}".strip()
