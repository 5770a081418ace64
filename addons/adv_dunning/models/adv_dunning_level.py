from odoo import api, fields, models

from ..tools.asked import only_one


class AdvDunningLevel(models.Model):
    _name = "adv.dunning.level"
    _description = "Reminder Level"
    _order = "policy_id, delay, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    policy_id = fields.Many2one(
        "adv.dunning.policy", string="Policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one(related="policy_id.currency_id")
    delay = fields.Integer(
        "Days After Due", required=True, help="Days from the due date; negative: before it."
    )
    day_kind = fields.Selection(related="policy_id.day_kind")
    tone = fields.Selection(
        [
            ("information", "Information"),
            ("friendly", "Friendly"),
            ("firm", "Firm"),
            ("call", "Call"),
            ("formal", "Formal notice"),
        ],
        required=True,
        default="friendly",
    )
    channel = fields.Selection("_channels", required=True, default="email")
    fallback_channel = fields.Selection(
        "_channels",
        string="Otherwise By",
        help="Takes over when the customer has no address for the channel, or its e-mail came back; the "
        "collector is told.",
    )
    template_id = fields.Many2one(
        "mail.template", string="E-mail Template", domain="[('model', '=', 'adv.dunning.notice')]"
    )
    attach_document = fields.Boolean(
        "Attach the Notice", default=True, help="The notice goes with its e-mail as a PDF document."
    )
    attach_invoices = fields.Boolean("Attach the Invoices", help="Their documents go with the e-mail.")
    copy_salesperson = fields.Boolean(
        "Salesperson in Copy", help="The customer's salesperson gets a copy of the e-mail."
    )
    sms_text = fields.Text(
        "Text Message",
        translate=True,
        help="{company}, {amount} and {link} are replaced. Empty: a short text with the three.",
    )
    script = fields.Text("What to Say", translate=True, help="Shown to the collector at the telephone.")
    minimum_amount = fields.Monetary("Minimum", help="0: the policy's minimum.")
    release_by_hand = fields.Boolean(help="Notices of this level wait until a person releases them.")
    hold = fields.Boolean(
        "Puts on Hold", help="The customer is on hold as soon as a notice of this level is sent."
    )

    source_key = fields.Char("Taken Over From", readonly=True, copy=False)

    _source_once = models.UniqueIndex(
        "(company_id, source_key) WHERE source_key IS NOT NULL", "This level was taken over already."
    )
    _delay_unique = models.Constraint(
        "UNIQUE(policy_id, delay)", "A policy has one level for a number of days."
    )

    @api.model
    def _channels(self):
        """Return the channels there are; text messages where the native addon is installed."""
        channels = [
            ("email", self.env._("E-mail")),
            ("letter", self.env._("Letter")),
            ("phone", self.env._("Telephone")),
        ]
        return [*channels, ("sms", self.env._("SMS"))] if self._has_sms() else channels

    @api.model
    def _has_sms(self):
        return "sms.sms" in self.env

    def _latest_due(self, company, date):
        """Return the latest due date that has reached this level at a day, in the days of its policy."""
        self.ensure_one()
        if self.policy_id.day_kind == "working":
            return company._adv_calendar().latest_due(date, self.delay)
        return fields.Date.subtract(date, days=self.delay)

    def action_preview_text(self):
        """Show the text of this level with a made-up customer, in each language; nothing has to exist yet."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview: %(level)s", level=self.name),
            "res_model": "adv.dunning.level.preview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_level_id": self.id},
        }
