from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.asked import only_one


class AdvDunningNotice(models.Model):
    _name = "adv.dunning.notice"
    _description = "Reminder Notice"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, amount_company desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"  # who reads a notice may write to its customer; the notice itself is a fact

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    run_id = fields.Many2one(
        "adv.dunning.run", "Run", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one("res.partner", "Sent To", readonly=True, copy=False, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, copy=False, required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True, copy=False, required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    level_id = fields.Many2one(
        "adv.dunning.level", "Level", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    channel = fields.Selection(
        lambda self: self.env["adv.dunning.level"]._channels(), readonly=True, copy=False
    )
    is_fallback = fields.Boolean(
        "Other Channel",
        readonly=True,
        copy=False,
        help="The customer has no address for the level's channel, or its e-mail bounced.",
    )
    date = fields.Date(readonly=True, copy=False, index=True)
    amount = fields.Monetary("Claimed", readonly=True, copy=False)
    amount_company = fields.Monetary(
        "Claimed (Company Currency)", readonly=True, copy=False, currency_field="company_currency_id"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "To release"),
            ("ready", "Ready"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True, copy=False)
    salesperson_id = fields.Many2one("res.users", "Salesperson", readonly=True, copy=False)
    warned_at = fields.Datetime("Salesperson Told On", readonly=True, copy=False)
    release_from = fields.Datetime("Release From", compute="_compute_release_from")
    replied_on = fields.Date("Customer Replied On", readonly=True, copy=False)
    answered_on = fields.Date("Answered On", readonly=True, copy=False)
    released_by = fields.Many2one("res.users", "Released By", readonly=True, copy=False)
    is_holding = fields.Boolean("Holds the Customer", readonly=True, copy=False)
    is_taken_over = fields.Boolean(
        "Taken Over",
        readonly=True,
        copy=False,
        help="Sent by the software used before; its text is kept there.",
    )
    error = fields.Text("Problem", readonly=True, copy=False)
    line_ids = fields.One2many(
        "adv.dunning.notice.line", "notice_id", "Instalments", readonly=True, copy=False
    )
    # whoever reads notices need not read the queue of outgoing mails
    mail_ids = fields.Many2many(
        "mail.mail", string="E-mails", readonly=True, copy=False, groups="base.group_system"
    )
    email = fields.Char("E-mail Address", compute="_compute_email")
    body = fields.Html("Text", compute="_compute_body", sanitize=False)
    script = fields.Text(related="level_id.script", string="What to Say")

    _to_send_idx = models.Index("(company_id, run_id) WHERE state = 'ready'")
    _holding_idx = models.Index("(company_id, partner_id) WHERE is_holding")
    _replied_idx = models.Index("(company_id, partner_id) WHERE replied_on IS NOT NULL")
    _last_notice_idx = models.Index("(company_id, partner_id, currency_id, date)")

    # === COMPUTE METHODS ===#

    @api.depends("contact_id.email_formatted", "partner_id.email_formatted")
    def _compute_email(self):
        for notice in self:
            contact = notice.contact_id if notice.contact_id.email else notice.partner_id
            notice.email = contact.email_formatted

    @api.depends("level_id.template_id.body_html", "line_ids", "state")
    def _compute_body(self):
        for notice in self:
            notice.body = notice._render_text() if notice.id else False

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "name",
                "run_id",
                "partner_id",
                "contact_id",
                "company_id",
                "currency_id",
                "level_id",
                "date",
                "amount",
                "amount_company",
                "state",
                "channel",
                "is_fallback",
                "salesperson_id",
                "warned_at",
                "replied_on",
                "answered_on",
                "sent_at",
                "released_by",
                "is_holding",
                "is_taken_over",
                "error",
                "line_ids",
                "mail_ids",
                "document_id",
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_forgotten(self):
        if not self._adv_is_forgotten():
            raise UserError(
                self.env._("Notices are kept: they say what a customer was told, and when. Cancel them.")
            )

    # === ACTION METHODS ===#

    def action_release(self):
        """Release notices that wait for a person; the next sending takes them."""
        self._check_manager()
        waiting = self.filtered(lambda notice: notice.state == "waiting")
        waiting._check_salesperson_told()
        waiting._adv_set_facts({"state": "ready", "released_by": self.env.uid})
        return True

    def action_open_release(self):
        """Ask before these notices are released; the answer names how many, to whom, how much."""
        self._check_manager()
        return self._open_release("release", self.env._("Release Notices"))

    def action_open_send(self):
        """Ask before these notices are sent; the answer names how many, to whom, how much."""
        self._check_collector()
        return self._open_release("send", self.env._("Send Notices"))

    def _open_release(self, operation, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "adv.dunning.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_operation": operation, "default_notice_ids": self.ids},
        }

    def action_cancel(self):
        """Withdraw notices that were not sent; their instalments may be reminded again."""
        self._check_collector()
        if any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("A notice that was sent cannot be cancelled."))
        self._withdraw({"state": "cancelled"})
        return True

    def action_send(self):
        """Send these notices now, those that are ready."""
        self._check_collector()
        if any(notice.state == "waiting" for notice in self):
            raise UserError(
                self.env._("Formal notices are released by a collection manager before they are sent.")
            )
        for run in self.run_id:
            run._check_live()
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.filtered(lambda notice: notice.state == "ready")._send_batch()
        for run in self.run_id:
            run._close_if_done()
        return True

    def action_print(self):
        return self.env.ref("adv_dunning.report_notice").report_action(self)

    def action_open_customer(self):
        only_one(self)
        return self.env["adv.receivable.stats"]._open_customer(self.partner_id, self.company_id)

    def _check_collector(self):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collector"):
            raise AccessError(self.env._("Only collectors handle notices."))
        self.check_access("read")

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager releases notices."))
        self.check_access("read")

    # === BUSINESS METHODS ===#

    def _withdraw(self, vals):
        self.line_ids._adv_set_facts({"is_live": False})
        self._adv_set_facts(vals)
