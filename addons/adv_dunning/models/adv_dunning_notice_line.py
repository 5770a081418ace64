from odoo import api, fields, models


class AdvDunningNoticeLine(models.Model):
    _name = "adv.dunning.notice.line"
    _description = "Reminded Instalment"
    _inherit = ["adv.dunning.facts"]
    _order = "notice_id, date_due, id"

    notice_id = fields.Many2one(
        "adv.dunning.notice",
        "Notice",
        readonly=True,
        copy=False,
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="notice_id.company_id")
    partner_id = fields.Many2one(related="notice_id.partner_id")
    currency_id = fields.Many2one(related="notice_id.currency_id")
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal Item",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    move_name = fields.Char("Number", readonly=True, copy=False)
    rank = fields.Integer("Instalment", readonly=True, copy=False)
    level_id = fields.Many2one(
        "adv.dunning.level",
        "Level",
        readonly=True,
        copy=False,
        required=True,
        index=True,
        ondelete="restrict",
    )
    cycle = fields.Integer(readonly=True, copy=False, default=1)
    date_due = fields.Date("Due Date", readonly=True, copy=False)
    days_overdue = fields.Integer("Days Late", readonly=True, copy=False, aggregator="max")
    amount_open = fields.Monetary("Open", readonly=True, copy=False)
    amount = fields.Monetary("Claimed", readonly=True, copy=False)
    is_live = fields.Boolean("Live", readonly=True, copy=False, default=True)

    _once = models.UniqueIndex(
        "(move_id, rank, level_id, cycle) WHERE is_live",
        "This instalment was already reminded at this level.",
    )

    @api.model
    def _adv_protected_fields(self):
        return frozenset(name for name in self._fields if name not in models.MAGIC_COLUMNS)
