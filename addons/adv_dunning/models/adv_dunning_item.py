from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

OUTCOMES = [
    ("out_of_scope", "Not followed"),
    ("no_followup", "No follow-up"),
    ("partner_excluded", "Customer excluded"),
    ("insolvency", "Insolvency"),
    ("in_collection", "In collection"),
    ("blocked", "Blocked"),
    ("disputed", "Disputed"),
    ("promised", "Promised"),
    ("announced", "Payment announced"),
    ("answer_pending", "Answer pending"),
    ("covered_by_credit", "Covered by a credit"),
    ("stale_bank", "Bank not up to date"),
    ("not_due", "Not due"),
    ("no_level", "No further level reached"),
    ("too_soon", "Too soon, or paused"),
    ("below_minimum", "Below the minimum"),
    ("no_address", "No address"),
    ("awaiting_release", "Waiting for release"),
    ("chased", "Reminded"),
    ("error", "Error"),
]


class AdvDunningItem(models.Model):
    _name = "adv.dunning.item"
    _description = "Followed Instalment"
    _inherit = ["adv.dunning.facts"]
    _order = "days_overdue desc, id"
    _log_access = False  # rewritten every night; when an outcome changed stands in its history
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, copy=False, required=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        "Journal Item",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    rank = fields.Integer("Instalment", readonly=True, copy=False, required=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, copy=False, index=True)
    company_id = fields.Many2one("res.company", "Company", readonly=True, copy=False, required=True)
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True, copy=False, required=True)
    policy_id = fields.Many2one(
        "adv.dunning.policy", "Policy", readonly=True, copy=False, ondelete="set null"
    )
    level_id = fields.Many2one("adv.dunning.level", "Level", readonly=True, copy=False, ondelete="set null")
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, required=True)
    date = fields.Date(
        "Since", readonly=True, copy=False, required=True, help="Day since which this outcome holds."
    )
    date_checked = fields.Date(readonly=True, copy=False, help="Day of the last computation.")
    pass_id = fields.Integer("Computation", readonly=True, copy=False, help="The one that saw it last.")
    date_due = fields.Date("Due Date", readonly=True, copy=False)
    days_overdue = fields.Integer("Days Late", readonly=True, copy=False, aggregator="max")
    amount_open = fields.Monetary("Open", readonly=True, copy=False)
    amount_disputed = fields.Monetary("Disputed", readonly=True, copy=False)
    amount_promised = fields.Monetary("Promised", readonly=True, copy=False)
    amount_credit = fields.Monetary("Covered by Credits", readonly=True, copy=False)
    amount_claim = fields.Monetary("Claimable", readonly=True, copy=False)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    balance_open = fields.Monetary(
        "Open (Company Currency)", readonly=True, copy=False, currency_field="company_currency_id"
    )
    cycle = fields.Integer(readonly=True, copy=False, default=1)
    history = fields.Json("Transitions", readonly=True, copy=False)
    history_text = fields.Text("What Happened", compute="_compute_history_text")
    active = fields.Boolean(
        "Open Item", readonly=True, copy=False, default=True, help="Unset once the instalment is settled."
    )

    _instalment = models.Constraint("UNIQUE(move_id, rank)", "An instalment has one outcome.")
    _open_idx = models.Index("(company_id) WHERE active")  # on nothing that changes every night

    def init(self):
        """Leave room on each page: a night's new figures stand beside the old ones, no index changes."""
        super().init()
        options = SQL("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", self._table)
        if "fillfactor=40" not in (self.env.execute_query(options)[0][0] or []):
            self.env.cr.execute("ALTER TABLE adv_dunning_item SET (fillfactor = 40)")

    @api.depends("history")
    def _compute_history_text(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env), settled=self.env._("Settled"))
        levels = self.env["adv.dunning.level"].search_fetch([], ["name"])
        names = {level.id: level.name for level in levels}
        for item in self:
            item.history_text = "\n".join(
                " - ".join(
                    filter(None, (format_date(self.env, day), labels.get(outcome, outcome), names.get(level)))
                )
                for day, outcome, level in reversed(item.history or [])
            )

    @api.model
    def _adv_protected_fields(self):
        return frozenset(name for name in self._fields if name not in models.MAGIC_COLUMNS)
