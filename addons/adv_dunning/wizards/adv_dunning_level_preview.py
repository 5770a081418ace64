from lxml import html
from odoo import api, fields, models
from odoo.tools.rendering_tools import parse_inline_template, render_inline_template

from ..tools.asked import only_one

# Made up: days late beyond the level's delay, and amounts.
SAMPLE_INVOICES = ((0, 1250.0), (-3, 480.0))
SAMPLE_TERM = 30


class AdvDunningLevelPreview(models.TransientModel):
    _name = "adv.dunning.level.preview"
    _description = "Preview of a Reminder's Text"

    level_id = fields.Many2one("adv.dunning.level", "Level", required=True, readonly=True)
    template_id = fields.Many2one(related="level_id.template_id")
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        required=True,
        default=lambda self: self.env.lang or self.env.user.lang or "en_US",
    )
    subject = fields.Char(compute="_compute_text")
    body = fields.Html("Text", compute="_compute_text", sanitize=False)
    script = fields.Text("What to Say", compute="_compute_text")

    @api.depends("level_id", "lang")
    def _compute_text(self):
        for preview in self:
            preview.level_id.check_access("read")
            here = preview.with_context(lang=preview.lang)
            notice = here._sample_notice()
            with notice._sample_at_hand(here._sample_statement(notice)):
                preview.subject = here._render_subject(notice)
                preview.body = here._render_body(notice)
            preview.script = here.level_id.script

    def action_edit(self):
        """Open the template, to change its words."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.template",
            "res_id": self.template_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS ===#

    def _sample_notice(self):
        """Return a notice that is not stored, of a customer who does not exist."""
        self.ensure_one()
        company = self.env.company
        customer = self.env["res.partner"].new({"name": self.env._("Sample Customer"), "lang": self.lang})
        return self.env["adv.dunning.notice"].new(
            {
                "name": self.env._("SAMPLE"),
                "partner_id": customer,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "level_id": self.level_id.id,
                "date": company._adv_today(),
                "amount": sum(amount for _days, amount in SAMPLE_INVOICES),
            }
        )

    def _sample_statement(self, notice):
        lines = []
        for rank, (days, amount) in enumerate(SAMPLE_INVOICES, start=1):
            due = fields.Date.subtract(notice.date, days=self.level_id.delay + days)
            name = f"{self.env._('SAMPLE')}/{rank}"
            lines.append((name, fields.Date.subtract(due, days=SAMPLE_TERM), due, amount))
        return {"lines": lines, "promises": []}

    def _render_subject(self, notice):
        values = {**self.template_id._render_eval_context(), "object": notice}
        # sudo: who sees the level sees its text; templates are written by their editors
        subject = self.template_id.sudo().subject or ""
        return render_inline_template(parse_inline_template(subject), values)

    def _render_body(self, notice):
        values = {**self.template_id._render_eval_context(), "object": notice}
        source = self.template_id.sudo().body_html  # sudo: as above
        if not source:
            return notice._statement_html()
        return self.env["ir.qweb"]._render(html.fragment_fromstring(source, create_parent="div"), values)
