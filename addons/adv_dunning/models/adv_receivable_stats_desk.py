from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, html2plaintext
from odoo.tools.misc import format_amount

from ..tools.asked import asked_ids, asked_text, only_one

TIMELINE_LENGTH = 60
RECEIPT_DAYS = 365


class AdvReceivableStats(models.Model):
    """The screen a collector calls from: what is open, what happened, what to do."""

    _inherit = "adv.receivable.stats"

    # === WHAT THE SCREEN SHOWS ===#

    @api.readonly
    def get_desk(self):
        """Return what a collector sees of one customer, as of now.

        :return: dict with `items` (open journal items, oldest due first), `timeline` (what happened, newest
            first), `script` and `phone`; amounts are formatted
        """
        only_one(self)
        self.check_access("read")
        today = self.company_id._adv_today()
        return {
            "items": self._desk_items(today),
            "timeline": self._desk_timeline(today),
            "script": self.script or "",
            "phone": self.phone or "",
        }

    def _desk_items(self, today):
        rules = self.env["adv.dunning.run"]
        rules = rules._classification(self.company_id, today, partner_ids=self.partner_id.ids)
        self.env.flush_all()
        query = SQL("SELECT line_id, outcome, level_id, claim FROM (%s) AS work", rules.select())
        known = {row[0]: row[1:] for row in self.env.execute_query(query)}
        labels = dict(self.env["adv.dunning.item"]._fields["outcome"]._description_selection(self.env))
        levels = self.env["adv.dunning.level"].browse({row[1] for row in known.values() if row[1]})
        names = {level.id: level.name for level in levels}
        items = []
        for line in self._statement_lines(self.company_id, self.partner_id, today):
            outcome, level_id, claim = known.get(line["line_id"], (False, False, 0))
            currency = line["currency"]
            items.append(
                {
                    "id": line["line_id"],
                    "move_id": line["move"].id,
                    "name": line["name"],
                    "ref": line["ref"],
                    "date_due": fields.Date.to_string(line["date_due"]),
                    "days": line["days"],
                    "amount": format_amount(self.env, line["amount"], currency),
                    "claim": format_amount(self.env, float(claim or 0), currency),
                    "claimable": bool(claim and claim > 0),
                    "level": names.get(level_id, ""),
                    "outcome": outcome,
                    "outcome_label": labels.get(outcome, ""),
                    "expected": fields.Date.to_string(self._expected_date(line["date_due"], today)),
                }
            )
        return items

    def _expected_date(self, date_due, today):
        """Return the day a payment is to be expected: due plus what the customer usually takes, not past."""
        return max(today, fields.Date.add(date_due, days=round(self.expected_days)))

    def _desk_timeline(self, today):
        events = [
            *self._notice_events(),
            *self._promise_events(),
            *self._dispute_events(),
            *self._receipt_events(today),
            *self._message_events(),
        ]
        return sorted(events, key=lambda event: event["date"], reverse=True)[:TIMELINE_LENGTH]

    def _event(self, date, kind, title, detail="", record=None):
        return {
            "key": f"{kind}-{record.id if record else title}-{date}",
            "date": fields.Date.to_string(date),
            "kind": kind,
            "title": title,
            "detail": detail or "",
            "model": record._name if record else False,
            "res_id": record.id if record else False,
        }

    def _notice_events(self):
        states = dict(self.env["adv.dunning.notice"]._fields["state"]._description_selection(self.env))
        return [
            self._event(
                notice.date,
                "notice",
                self.env._("Reminder: %(level)s", level=notice.level_id.name),
                f"{format_amount(self.env, notice.amount, notice.currency_id)}, {states[notice.state]}",
                notice,
            )
            for notice in self.notice_ids
            if notice.state != "cancelled"
        ]

    def _promise_events(self):
        states = dict(self.env["adv.payment.promise"]._fields["state"]._description_selection(self.env))
        return [
            self._event(
                promise.date_made,
                "promise",
                self._promise_title(promise),
                ", ".join(filter(None, (states[promise.state], promise.note))),
                promise,
            )
            for promise in self.promise_ids
        ]

    def _promise_title(self, promise):
        amount = format_amount(self.env, promise.amount, promise.currency_id)
        if promise.kind == "announced":
            day = self._day(promise.paid_on or promise.date_made)
            return self.env._("Says paid: %(amount)s on %(day)s", amount=amount, day=day)
        return self.env._("Promise: %(amount)s for %(day)s", amount=amount, day=self._day(promise.date))

    def _dispute_events(self):
        states = dict(self.env["adv.dispute"]._fields["state"]._description_selection(self.env))
        return [
            self._event(
                dispute.date,
                "dispute",
                self.env._(
                    "Dispute: %(reason)s, %(amount)s",
                    reason=dispute.reason_id.name,
                    amount=format_amount(self.env, dispute.amount, dispute.currency_id),
                ),
                ", ".join(filter(None, (dispute.move_id.name, states[dispute.state]))),
                dispute,
            )
            for dispute in self.dispute_ids
        ]

    def _receipt_events(self, today):
        """What was matched with the customer's invoices, by day."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.max_date, SUM(part.amount) FROM account_partial_reconcile part
                  JOIN account_move_line line ON line.id = part.debit_move_id
                  JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %s AND partner.commercial_partner_id = %s AND part.max_date >= %s
                 GROUP BY part.max_date
                """,
                self.company_id.id,
                self.partner_id.id,
                fields.Date.subtract(today, days=RECEIPT_DAYS),
            )
        )
        return [
            self._event(
                day,
                "receipt",
                self.env._("Settled: %(amount)s", amount=format_amount(self.env, amount, self.currency_id)),
            )
            for day, amount in rows
        ]

    def _message_events(self):
        own = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        replies = Domain("model", "=", "adv.dunning.notice") & Domain("res_id", "in", self.notice_ids.ids)
        kinds = Domain("message_type", "in", ("comment", "email"))
        messages = self.env["mail.message"].search((own | replies) & kinds, limit=TIMELINE_LENGTH)
        return [
            self._event(
                self.company_id._adv_date(message.date),
                "message",
                message.author_id.name or message.email_from or "",
                html2plaintext(message.body or "")[:300],
                message,
            )
            for message in messages
        ]

    def _day(self, date):
        return self.env["ir.qweb.field.date"].value_to_html(date, {})

    # === WHAT THE BUTTONS DO ===#

    def action_call(self):
        """Open what is written down of a telephone call."""
        return self._desk_form(
            "adv.call.log",
            self.env._("Call %(who)s", who=self.partner_id.name),
            {"default_stats_id": self.id},
        )

    def action_note(self, body):
        """Write a note on the customer's screen.

        :param str body: plain text
        """
        only_one(self)
        self.check_access("write")
        self.message_post(
            body=asked_text(self.env, body), message_type="comment", subtype_xmlid="mail.mt_note"
        )
        return True

    def action_email(self, line_ids=None):
        """Open an e-mail to the customer: their statement attached, and where to pay what is overdue.

        :param line_ids: ids of journal items that were ticked, else all overdue ones
        """
        only_one(self)
        self.check_access("write")
        name, content = self._statement_file()
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": "mail.compose.message", "res_id": 0}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("E-mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": self._in_customer_language()._email_subject(),
                "default_body": self._in_customer_language()._email_body(line_ids),
                "default_attachment_ids": [Command.set(attachment.ids)],
            },
        }

    def action_promise(self, line_ids=None):
        """Open the form of a promise about the chosen items, else about all that can be claimed.

        :param line_ids: ids of journal items that were ticked
        """
        moves, currency, amount = self._chosen(line_ids)
        return self._desk_form(
            "adv.payment.promise",
            self.env._("Promise to Pay"),
            {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": currency.id,
                "default_amount": amount,
                "default_move_ids": [Command.set(moves.ids)],
            },
            "adv_dunning.adv_payment_promise_view_form_desk",
        )

    def action_plan(self, line_ids=None):
        """Open the wizard of a plan about the chosen items, else about all that can be claimed."""
        moves, currency, amount = self._chosen(line_ids)
        return self._desk_form(
            "adv.payment.plan",
            self.env._("Instalment Plan"),
            {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": currency.id,
                "default_amount": amount,
                "default_move_ids": [Command.set(moves.ids)],
            },
        )

    def action_announce(self, line_ids=None):
        """Open the form of what the customer says to have paid already."""
        action = self.action_promise(line_ids)
        today = self.company_id._adv_today()  # the last day of the pause takes its place
        context = {**action["context"], "default_kind": "announced", "default_date": today}
        return {**action, "name": self.env._("Says It Is Paid"), "context": context}

    def action_pause(self):
        """Open the form of a pause of this customer's reminders."""
        return self._desk_form(
            "adv.dunning.pause",
            self.env._("Pause Reminders"),
            {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
            "adv_dunning.adv_dunning_pause_view_form_desk",
        )

    def action_dispute(self, line_ids=None):
        """Open the form of a dispute about the first chosen invoice, else about the oldest."""
        moves, _currency, _amount = self._chosen(line_ids)
        invoice = moves.filtered(lambda move: move.move_type == "out_invoice")[:1]
        return self._desk_form(
            "adv.dispute",
            self.env._("Dispute"),
            {"default_move_id": invoice.id, "adv_partner_id": self.partner_id.id},
            "adv_dunning.adv_dispute_view_form_desk",
        )

    def get_pay_links(self, line_ids=None):
        """Return where the customer pays the ticked invoices online, else all overdue ones.

        :param line_ids: ids of journal items that were ticked
        :return: list of dicts: name, url, amount (formatted); each link opens its own invoice only
        """
        only_one(self)
        self.check_access("write")
        today = self.company_id._adv_today()
        amounts = {}
        for line in self._statement_lines(self.company_id, self.partner_id, today):
            move = line["move"]
            wanted = line["line_id"] in line_ids if line_ids else line["days"] > 0
            if wanted and line["amount"] > 0 and move.is_sale_document():
                amounts[move] = amounts.get(move, 0.0) + line["amount"]
        return [
            {
                "name": move.name,
                "url": move.get_base_url() + move.get_portal_url(query_string="&payment=True"),
                "amount": format_amount(self.env, amount, move.currency_id),
            }
            for move, amount in amounts.items()
        ]

    def _email_subject(self):
        return self.env._("Your account with %(company)s", company=self.company_id.name)

    def _email_body(self, line_ids):
        values = {"links": self.get_pay_links(line_ids), "company": self.company_id}
        return self.env["ir.qweb"]._render("adv_dunning.statement_email", values)

    def _chosen(self, line_ids):
        """Return the entries, the currency and the amount that can be claimed of the ticked items.

        Only items of one currency: that of the first.
        """
        only_one(self)
        self.check_access("read")
        today = self.company_id._adv_today()
        rules = self.env["adv.dunning.run"]
        rules = rules._classification(self.company_id, today, partner_ids=self.partner_id.ids)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT line_id, move_id, currency_id, claim, days FROM (%s) AS work"
                " WHERE claim > 0 ORDER BY date_due, line_id",
                rules.select(),
            )
        )
        line_ids = asked_ids(self.env, line_ids)
        if line_ids:
            rows = [row for row in rows if row[0] in line_ids]
        else:
            rows = [row for row in rows if row[4] > 0] or rows
        if not rows:
            raise UserError(self.env._("Nothing of this can be claimed now: it is disputed or promised."))
        currency = self.env["res.currency"].browse(rows[0][2])
        rows = [row for row in rows if row[2] == currency.id]
        moves = self.env["account.move"].browse(dict.fromkeys(row[1] for row in rows))
        return moves, currency, currency.round(sum(float(row[3]) for row in rows))

    def _desk_form(self, model, name, context, view=None):
        only_one(self)
        self.check_access("read")
        return self._open_form(model, name, context, view)
