from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import asked_text, check_facts, event_now, only_one
from .res_company import MODES

PROFILES = [
    ("one_desk", "One desk"),
    ("team", "ADV team"),
    ("departments", "ADV with departments"),
]
# orders a month from which the next profile is recommended
FLOWS = {"team": 100, "departments": 1000}


class AdvSetup(models.Model):
    """How the company starts with the sales administration: one record a company.

    Choosing a profile creates departments and rules, never a setting that stops somebody: only the switch
    does, and it can be undone.
    """

    _name = "adv.setup"
    _inherit = "adv.figures"
    _description = "Start of the sales administration"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # PROFILE

    profile = fields.Selection(
        PROFILES, required=True, default=lambda self: self._adv_recommended(self.env.company)
    )
    applied_profile = fields.Selection(PROFILES, string="Profile in use", readonly=True, copy=False)
    flow = fields.Char(string="Size of the flow", compute="_compute_flow")
    preview = fields.Html(string="What it does", compute="_compute_preview", sanitize=False)

    # PAGE

    people = fields.Json(compute="_compute_cards")
    health = fields.Json(compute="_compute_cards")
    seen = fields.Json(compute="_compute_cards")

    # SWITCH

    check_mode = fields.Selection(MODES, string="Checks", compute="_compute_modes")
    approval_mode = fields.Selection(MODES, string="Approvals", compute="_compute_modes")
    is_live = fields.Boolean(compute="_compute_modes")
    effect = fields.Char(string="What enforcing means today", compute="_compute_effect")
    previous_check_mode = fields.Selection(MODES, readonly=True, copy=False)
    previous_approval_mode = fields.Selection(MODES, readonly=True, copy=False)
    switched_by = fields.Many2one(
        "res.users", string="Switched by", readonly=True, copy=False, ondelete="set null"
    )
    switched_date = fields.Datetime(string="Switched on", readonly=True, copy=False)

    _company_unique = models.UniqueIndex("(company_id)", "The company has this page already.")

    # COMPUTE

    @api.depends("company_id")
    def _compute_flow(self):
        labels = dict(self._fields["profile"]._description_selection(self.env))
        for setup in self:
            setup.flow = self.env._(
                "%(count)s orders a month: %(profile)s fits best.",
                count=self._adv_orders_a_month(setup.company_id),
                profile=labels[self._adv_recommended(setup.company_id)],
            )

    @api.depends("profile", "company_id")
    def _compute_preview(self):
        for setup in self:
            sentences = setup._adv_preview(setup.profile) if setup.profile else []
            items = Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences)
            setup.preview = Markup('<ul class="mb-0">%s</ul>') % items

    @api.depends("company_id.adv_check_mode", "company_id.adv_approval_mode")
    def _compute_modes(self):
        for setup in self:
            company = setup.company_id.sudo()  # sudo: two settings, shown to the ADV manager
            setup.check_mode, setup.approval_mode = company.adv_check_mode, company.adv_approval_mode
            setup.is_live = {company.adv_check_mode, company.adv_approval_mode} == {"enforce"}

    def _compute_cards(self):
        for setup in self:
            setup.people = setup._adv_cards_people()
            setup.health = setup._adv_cards_health()
            setup.seen = setup._adv_cards_seen()

    def _compute_effect(self):
        for setup in self:
            figures = setup._adv_all_figures()
            stopped = setup._adv_count_figure(figures["would_stop"])
            setup.effect = (
                self.env._("Open quotations that a blocking check stops now: %s.", stopped)
                if setup.is_live
                else self.env._(
                    "Open quotations that a blocking check would stop: %s. Confirmed orders stay as they "
                    "are.",
                    stopped,
                )
            )

    # CRUD

    def _adv_protected_fields(self):
        """Return the names of the facts that only server code may write."""
        return frozenset(
            {
                "applied_profile",
                "previous_check_mode",
                "previous_approval_mode",
                "switched_by",
                "switched_date",
            }
        )

    @api.model
    def name_create(self, name):
        """Refuse: its name is that of its company, which is there already."""
        raise UserError(self.env._("This is named by its company: choose it instead of a name."))

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        return super().write(vals)

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)

    # FLOW

    @api.model
    def _adv_orders_a_month(self, company):
        since = fields.Datetime.now() - relativedelta(months=3)
        count = self.env["sale.order"].search_count(
            [("company_id", "=", company.id), ("state", "=", "sale"), ("date_order", ">=", since)]
        )
        return round(count / 3)

    @api.model
    def _adv_recommended(self, company):
        """Return the profile that fits the size of the flow."""
        count = self._adv_orders_a_month(company)
        if count >= FLOWS["departments"]:
            return "departments"
        return "team" if count >= FLOWS["team"] else "one_desk"

    # ACTIONS

    @api.model
    def action_open_company(self):
        """Open the page of the current company; it is made at the first visit."""
        setup = self.search([("company_id", "=", self.env.company.id)]) or self.create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go live"),
            "res_model": self._name,
            "res_id": setup.id,
            "views": [(False, "form")],
        }

    def action_open_figure(self, key):
        """Open the records behind a number of the page.

        :param str key: name of the figure
        :raise UserError: when there is no such figure
        """
        only_one(self)
        self.check_access("read")
        figure = self._adv_all_figures().get(asked_text(self.env, key))
        if not figure:
            raise UserError(self.env._("There is no such figure."))
        return self._adv_open_figure(figure)

    def action_apply_profile(self):
        """Create what the profile needs and archive what another profile had created."""
        only_one(self)
        self.check_access("write")
        self._adv_apply_profile()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_switch_warn(self):
        """Show failed checks and missing approvals; nothing is stopped."""
        only_one(self)
        return self._adv_switch("warn", "warn")

    def action_switch_enforce(self):
        """Go live: blocking checks and missing approvals stop a confirmation.

        :raise UserError: when a rule would wait for a department without people
        """
        only_one(self)
        self._adv_check_can_enforce()
        return self._adv_switch("enforce", "enforce")

    def action_undo(self):
        """Go back to the modes from before the last switch."""
        only_one(self)
        if not self.previous_check_mode:
            raise UserError(self.env._("There is nothing to undo."))
        return self._adv_switch(self.previous_check_mode, self.previous_approval_mode, undo=True)

    # BUSINESS

    def _adv_switch(self, check_mode, approval_mode, undo=False):
        only_one(self)
        self.check_access("write")
        if not self.env.user.has_group("adv_orders.group_adv_manager"):
            raise AccessError(self.env._("Only an ADV manager switches the modes."))
        company = self.company_id.sudo()  # sudo: an ADV manager sets the two modes, nothing else
        before = {} if undo else self._adv_modes(company)
        company.write({"adv_check_mode": check_mode, "adv_approval_mode": approval_mode})
        self._adv_set_facts(
            {
                "previous_check_mode": before.get("adv_check_mode", False),
                "previous_approval_mode": before.get("adv_approval_mode", False),
                "switched_by": self.env.uid,
                "switched_date": event_now(self.env),
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _adv_modes(self, company):
        return {name: company[name] for name in ("adv_check_mode", "adv_approval_mode")}

    def _adv_check_can_enforce(self):
        """Refuse to enforce while an order could wait for a department in which nobody can answer."""
        today = self.company_id._adv_today()
        rules = self.env["adv.approval.rule"].search([("company_id", "=", self.company_id.id)])
        empty = rules.department_id.filtered(lambda department: not department._adv_approvers(today))
        if empty:
            raise UserError(
                self.env._(
                    "Nobody could approve in %s: name its people first, so that no order waits for ever.",
                    ", ".join(empty.mapped("name")),
                )
            )
