from contextlib import contextmanager
from functools import cache

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import format_amount, format_date

from ..tools.receivable import open_lines

AT_HAND = "adv_dunning.statements"  # statements of the notices being sent, by notice, in the cursor's cache


class AdvDunningNotice(models.Model):
    """What the customer reads: the text of the level around the statement of open items."""

    _inherit = "adv.dunning.notice"

    def _render_text(self):
        """Return the text of the notice in the customer's language, from the template of its level."""
        self.ensure_one()
        if self.is_taken_over:  # its words were others
            return self._statement_html()
        # sudo: reading a notice is enough to read its text
        template = self.level_id.template_id.sudo()
        if not template:
            return self._statement_html()
        return template._render_field("body_html", self.ids, compute_lang=True)[self.id]

    def _statement_html(self):
        """Return the table of the customer's open items, credits and promises, for texts and letters."""
        self.ensure_one()
        notice = self.with_context(lang=self._lang())
        return notice.env["ir.qweb"]._render("adv_dunning.statement_table", notice._statement_values())

    def _lang(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang or "en_US"

    def _statement_values(self):
        """Return what the statement shows, its dates and amounts as text in the language of the context."""
        self.ensure_one()
        statement = self.env.cr.cache.get(AT_HAND, {}).get(self.id) or self._statements()[self.id]

        @cache  # an amount is often there twice
        def money(amount):
            return format_amount(self.env, amount, self.currency_id)

        day = self._day_format()
        return {
            "lines": [
                {
                    "name": name,
                    "is_credit": amount < 0,
                    "date": day(date),
                    "date_due": day(date_due),
                    "days": (self.date - date_due).days if amount > 0 and date_due < self.date else "",
                    "amount": money(amount),
                }
                for name, date, date_due, amount in statement["lines"]
            ],
            "total": money(sum(amount for _name, _date, _due, amount in statement["lines"])),
            "claimed": money(self.amount),
            "promises": [(money(amount), day(date)) for amount, date in statement["promises"]],
        }

    def _day_format(self):
        """Return the function that writes a date in the language of the context.

        The statements of a batch have many dates and few different ones: each is written once.
        """
        days = self.env.cr.cache.get(AT_HAND, {}).get("days", {})

        def day(date):
            key = (self.env.lang, date)
            if key not in days:
                days[key] = format_date(self.env, date)
            return days[key]

        return day

    @contextmanager
    def _statements_at_hand(self):
        """Read the statements of all these notices at once, for the texts rendered within."""
        self.env.cr.cache[AT_HAND] = {**self._statements(), "days": {}}
        try:
            yield
        finally:
            self.env.cr.cache.pop(AT_HAND, None)

    @contextmanager
    def _sample_at_hand(self, statement):
        """Take a made-up statement for this notice, for the texts rendered within."""
        self.env.cr.cache[AT_HAND] = {self.id: statement}
        try:
            yield
        finally:
            self.env.cr.cache.pop(AT_HAND, None)

    def _statements(self):
        """Return {notice id: {lines: [(number, date, due date, amount)], promises: [(amount, date)]}}."""
        found = {notice.id: {"lines": [], "promises": []} for notice in self}
        self.env.flush_all()
        for (company, date), notices in self.grouped(lambda n: (n.company_id, n.date)).items():
            of = {(n.partner_id.id, n.currency_id.id): found[n.id] for n in notices}
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT item.partner_id, item.currency_id, move.name,
                           COALESCE(move.invoice_date, move.date), item.date_due, item.amount
                      FROM (%s) AS item JOIN account_move move ON move.id = item.move_id
                     ORDER BY item.date_due, item.line_id
                    """,
                    open_lines(company.id, date, notices.partner_id.ids),
                )
            )
            for partner_id, currency_id, name, day, due, amount in rows:
                if (partner_id, currency_id) in of:
                    of[partner_id, currency_id]["lines"].append((name, day, due, float(amount)))
            # sudo: reading a notice is enough to read what it says, promises of its customer included
            promises = self.env["adv.payment.promise"].sudo()
            for promise in promises.search(
                [
                    ("partner_id", "in", notices.partner_id.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                ]
            ):
                if (promise.partner_id.id, promise.currency_id.id) in of:
                    of[promise.partner_id.id, promise.currency_id.id]["promises"].append(
                        (promise.amount, promise.date)
                    )
        return found
