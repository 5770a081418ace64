from collections import defaultdict
from datetime import datetime, time

from odoo import models
from odoo.tools import SQL

from ..tools import takeover

UNSENT = ("draft", "waiting", "ready", "failed")


class AdvDunningTakeover(models.TransientModel):
    """What credit control told about each open instalment, as notices that were sent.

    The next run finds the last level of each instalment and goes on with the one after it.
    """

    _inherit = "adv.dunning.takeover"

    def _lines_domain(self):
        return [
            ("company_id", "=", self.company_id.id),
            ("manually_overridden", "=", False),
            ("move_line_id.reconciled", "=", False),
            ("move_line_id.parent_state", "=", "posted"),
        ]

    def _told(self):
        """Return what was told about the items that are open (takeover.Told), the last word at each level."""
        lines = self._source("credit.control.line").search_fetch(
            [*self._lines_domain(), ("state", "in", takeover.TOLD_STATES)],
            ["move_line_id", "policy_level_id", "date", "date_sent", "balance_due", "channel"],
        )
        return takeover.latest(
            takeover.Told(
                line.id,
                line.move_line_id.id,
                line.policy_level_id.id,
                line.date_sent or line.date,
                line.balance_due,
                line.channel,
                line.communication_id.id or 0,
            )
            for line in lines
        )

    def _waiting_count(self):
        """Return how many lines of credit control wait to be sent, or could not be."""
        return self._source("credit.control.line").search_count(
            [*self._lines_domain(), ("state", "in", takeover.WAITING_STATES)]
        )

    def _instalments(self, told):
        """Return {journal item: (entry, its number, rank, cycle, customer, currency, due date, days)}."""
        if not told:
            return {}
        run = self.env["adv.dunning.run"]
        rules = run._classification(self.company_id, self.company_id._adv_today())
        self.env.flush_all()
        with run._adv_planned():
            rows = self.env.execute_query(
                SQL(
                    "SELECT line_id, move_id, move_name, rank, cycle, partner_id, currency_id, date_due"
                    "  FROM (%s) AS work WHERE line_id = ANY(%s)",
                    rules.select(),
                    [line.item for line in told],
                )
            )
        return {row[0]: row[1:] for row in rows}

    def _unknown(self, told):
        """Return what was told and is no notice here yet."""
        ours = self._taken("adv.dunning.level", self._source_level(told))
        self.env.flush_all()
        known = set(
            self.env.execute_query(
                SQL(
                    "SELECT move_line_id, level_id FROM adv_dunning_notice_line"
                    " WHERE is_live AND move_line_id = ANY(%s) AND notice_id IN ("
                    "       SELECT id FROM adv_dunning_notice WHERE state = 'sent')",
                    [line.item for line in told],
                )
            )
        )
        return [
            line for line in told if line.level not in ours or (line.item, ours[line.level].id) not in known
        ]

    def _take_told(self, plan, levels):
        """Record what was told as notices that were sent: one for each customer, currency, day and letter.

        What our own runs made for these customers and nobody sent is withdrawn: it knew nothing of this.
        """
        letters = defaultdict(list)
        for line in plan.told:
            _move, _name, _rank, _cycle, partner, currency, _due = plan.instalments[line.item]
            letters[partner, currency, line.date, line.channel, line.letter].append(line)
        self._withdraw_unsent({partner for partner, *_rest in letters})
        notices = (
            self.env["adv.dunning.notice"]
            .with_context(tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True)
            ._adv_create([self._prepare_notice_vals(key, lines, levels) for key, lines in letters.items()])
        )
        self.env["adv.dunning.notice.line"]._adv_create(
            [
                self._prepare_line_vals(notice, line, plan.instalments[line.item], levels[line.level])
                for notice, lines in zip(notices, letters.values(), strict=True)
                for line in lines
            ]
        )

    def _withdraw_unsent(self, partner_ids):
        # sudo: a collection manager, checked before; what is withdrawn was never sent
        unsent = (
            self.env["adv.dunning.notice"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "in", list(partner_ids)),
                    ("state", "in", UNSENT),
                ]
            )
        )
        unsent._withdraw({"state": "cancelled"})

    def _prepare_notice_vals(self, key, lines, levels):
        partner, currency_id, date, channel, letter = key
        currency = self.env["res.currency"].browse(currency_id)
        amount = sum(line.amount for line in lines)
        return {
            "name": f"CC/{letter or lines[0].key}",
            "company_id": self.company_id.id,
            "partner_id": partner,
            "currency_id": currency_id,
            "level_id": max((levels[line.level] for line in lines), key=lambda level: level.delay).id,
            "channel": channel,
            "date": date,
            "sent_at": datetime.combine(date, time(12)),
            "amount": amount,
            "amount_company": currency._convert(amount, self.company_id.currency_id, self.company_id, date),
            "state": "sent",
            "is_taken_over": True,
        }

    def _prepare_line_vals(self, notice, line, instalment, level):
        move, name, rank, cycle, _partner, _currency, due = instalment
        return {
            "notice_id": notice.id,
            "move_id": move,
            "move_line_id": line.item,
            "move_name": name,
            "rank": rank,
            "cycle": cycle,
            "level_id": level.id,
            "date_due": due,
            "days_overdue": (line.date - due).days,
            "amount_open": line.amount,
            "amount": line.amount,
        }

    # --- Preview

    def _summary_values(self, plan):
        """Return what the preview shows, before and after."""
        known = self._known()
        levels = plan.policies.level_ids
        days = {}
        for policy in plan.policies:
            days.update(self._shape(policy)[0])
        last = takeover.last_levels(plan.told, days)
        return {
            "policies": [
                (policy.name, policy.id in known, self._level_rows(policy, last)) for policy in plan.policies
            ],
            "customers": len(plan.customers),
            "excluded": len(plan.excluded),
            "stopped": len(plan.stopped),
            "instalments": len(last),
            "notices": len(plan.told),
            "waiting": self._waiting_count(),
            "own_policy": self._own_policy_count(plan.policies),
            "has_month_ends": "end_of_month" in levels.mapped("computation_mode"),
        }

    def _level_rows(self, policy, last):
        """Return [(name, days after due, channel, tone, instalments whose last level it is)]."""
        days, tone = self._shape(policy)
        ours = self._taken("adv.dunning.level", policy.level_ids)
        tones = dict(self.env["adv.dunning.level"]._fields["tone"]._description_selection(self.env))
        channels = dict(self.env["adv.dunning.level"]._fields["channel"]._description_selection(self.env))
        reached = list(last.values())
        return [
            (
                level.name,
                ours[level.id].delay if level.id in ours else days[level.id],
                channels[ours[level.id].channel if level.id in ours else level.channel],
                tones[ours[level.id].tone if level.id in ours else tone[level.id]],
                reached.count(level.id),
            )
            for level in policy.level_ids.sorted("level")
        ]

    def _own_policy_count(self, policies):
        """Return how many open invoices have a policy that is not their customer's: it ends here."""
        invoices = self._source("account.move").search(
            [
                ("credit_policy_id", "in", policies.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("payment_state", "not in", ("paid", "reversed")),
            ]
        )
        # sudo: one link
        default = self.company_id.sudo().credit_policy_id
        return sum(
            1
            for invoice in invoices
            if invoice.credit_policy_id != (invoice.commercial_partner_id.credit_policy_id or default)
        )
