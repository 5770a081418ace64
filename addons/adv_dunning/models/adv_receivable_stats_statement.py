import logging

from odoo import fields, models
from odoo.tools.image import image_data_uri

from ..tools.asked import only_one
from ..tools.letter import html_to_pdf
from ..tools.workbook import workbook

_logger = logging.getLogger(__name__)


class AdvReceivableStats(models.Model):
    """The statement of a customer's open items: a document and a workbook."""

    _inherit = "adv.receivable.stats"

    def action_statement_pdf(self):
        return self.env.ref("adv_dunning.report_statement").report_action(self)

    def action_statement_xlsx(self):
        only_one(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/adv_dunning/statement/{self.id}",
            "target": "download",
        }

    def _in_customer_language(self):
        return self.with_context(lang=self.partner_id.lang or self.env.lang)

    def _statement_file(self):
        """Return the statement as of today to be sent, in the customer's language: (file name, content).

        A PDF; a workbook where wkhtmltopdf is missing or fails.
        """
        self.ensure_one()
        stats = self._in_customer_language()
        today = self.company_id._adv_today()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            return stats._statement_workbook(today)
        title = stats._statement_title(today)
        letter = stats.env["ir.qweb"]._render(
            "adv_dunning.report_statement_page", {"o": stats, "image_data_uri": image_data_uri}
        )
        page = stats.env["ir.qweb"]._render("adv_dunning.letter_page", {"title": title, "letters": [letter]})
        try:
            return f"{title}.pdf", html_to_pdf(page)
        except OSError as error:
            _logger.warning("The statement goes as a workbook: %s", error)
            return stats._statement_workbook(today)

    def _statement_title(self, date):
        title = self.env._("Statement %(customer)s", customer=self.partner_id.name)
        return f"{title} {fields.Date.to_string(date)}".replace("/", "-")

    def _statement_workbook(self, date):
        """Return the statement of open items at a day as a workbook: (file name, content)."""
        self.ensure_one()
        rows = [
            (
                line["name"],
                line["ref"],
                line["date"],
                line["date_due"],
                line["days"] if line["days"] > 0 else "",
                line["currency"].name,
                line["amount"],
            )
            for line in self._statement_lines(self.company_id, self.partner_id, date)
        ]
        columns = (
            (self.env._("Document"), 22),
            (self.env._("Your Reference"), 22),
            (self.env._("Date"), 12),
            (self.env._("Due"), 12),
            (self.env._("Days Overdue"), 14),
            (self.env._("Currency"), 10),
            (self.env._("Open"), 14),
        )
        return f"{self._statement_title(date)}.xlsx", workbook([(self.env._("Open items"), columns, rows)])

    def _statement_groups(self):
        """Return the statement as of today by currency, for the document."""
        self.ensure_one()
        today = self.company_id._adv_today()
        lines = self._statement_lines(self.company_id, self.partner_id, today)
        groups = {}
        for line in lines:
            groups.setdefault(line["currency"], []).append(line)
        return [
            {
                "currency": currency,
                "lines": own,
                "total": sum(line["amount"] for line in own),
                "overdue": sum(line["amount"] for line in own if line["days"] > 0),
            }
            for currency, own in groups.items()
        ]
