from odoo import api, fields, models

from ..models.adv_dunning_item import OUTCOMES


class AdvDunningPreview(models.TransientModel):
    _name = "adv.dunning.preview"
    _description = "Preview of a Reminder Run"

    company_id = fields.Many2one(
        "res.company", "Company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._adv_today())
    summary = fields.Html(compute="_compute_summary", sanitize=False)

    @api.depends("date", "company_id")
    def _compute_summary(self):
        for preview in self:
            preview.summary = preview._render_summary() if preview.date and preview.company_id else False

    def _render_summary(self):
        self.ensure_one()
        rows = self.env["adv.dunning.run"].preview(self.date, self.company_id.id)
        return self.env["ir.qweb"]._render(
            "adv_dunning.preview_summary",
            {
                "rows": self._outcome_rows(rows),
                "levels": self._level_rows(rows),
                "currency": self.company_id.currency_id,
                "is_past": self.date < self.company_id._adv_today(),
            },
        )

    def _amount(self, row, rates):
        """Return the amount of a preview row in company currency."""
        return row["amount"] / rates[row["currency_id"]] * rates[self.company_id.currency_id.id]

    def _outcome_rows(self, rows):
        """Return [(label, instalments now, instalments in this preview, amount)] in order of precedence."""
        items = self.env["adv.dunning.item"]
        labels = dict(items._fields["outcome"]._description_selection(self.env))
        before = dict(items._read_group([("company_id", "=", self.company_id.id)], ["outcome"], ["__count"]))
        rates = self.env["adv.dunning.run"]._rates(self.company_id, self.date)
        counts, amounts = {}, {}
        for row in rows:
            counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
            amounts[row["outcome"]] = amounts.get(row["outcome"], 0.0) + self._amount(row, rates)
        return [
            (labels[code], before.get(code, 0), counts.get(code, 0), amounts.get(code, 0.0))
            for code, _label in OUTCOMES
            if code in before or code in counts
        ]

    def _level_rows(self, rows):
        """Return [(level, customers, instalments, amount)] of what would be sent or wait for release."""
        rates = self.env["adv.dunning.run"]._rates(self.company_id, self.date)
        found = {}
        for row in rows:
            if row["outcome"] in ("chased", "awaiting_release") and row["level"]:
                found.setdefault(row["level"], []).append(row)
        levels = self.env["adv.dunning.level"].browse(found).sorted("delay")
        return [
            (
                level.name,
                len({row["partner_id"] for row in found[level.id]}),
                len(found[level.id]),
                sum(self._amount(row, rates) for row in found[level.id]),
            )
            for level in levels
        ]
