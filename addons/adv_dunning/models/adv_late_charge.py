from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools.asked import asked_day, asked_ids
from ..tools.interest import FIRST_DAY, Segment, interest_segments, not_yet_charged


class AdvLateCharge(models.Model):
    _name = "adv.late.charge"
    _description = "Late Charge"
    _inherit = ["adv.dunning.facts", "mail.thread"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, copy=False, required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", store=True, index=True, string="Customer"
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    kind = fields.Selection(
        [("interest", "Late interest"), ("compensation", "Fixed compensation")],
        readonly=True,
        copy=False,
        required=True,
    )
    date_from = fields.Date("From", readonly=True, copy=False, required=True)
    date_to = fields.Date("To", readonly=True, copy=False, required=True)
    amount = fields.Monetary(readonly=True, copy=False)
    detail = fields.Json("Calculation", readonly=True, copy=False)
    part = fields.Integer(readonly=True, copy=False, help="1 for the first interest of an invoice, then on.")
    state = fields.Selection(
        [("proposed", "Proposed"), ("billed", "Billed"), ("waived", "Waived")],
        readonly=True,
        copy=False,
        default="proposed",
        index=True,
    )
    waive_reason = fields.Char(readonly=True, copy=False)

    _compensation_once = models.UniqueIndex(
        "(move_id) WHERE kind = 'compensation'", "The fixed compensation is due once per invoice."
    )
    _interest_once = models.UniqueIndex(
        "(move_id, part) WHERE kind = 'interest'", "The interest of these days is already there."
    )

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {"move_id", "kind", "date_from", "date_to", "amount", "detail", "part", "state", "waive_reason"}
        )

    # === BUSINESS METHODS ===#

    @api.model
    def accrue(self, moves, date):
        """Propose what late payment of customer invoices has cost up to a day.

        Simple interest on the gross unpaid amount of each instalment, from the day after its due date, split
        wherever the rate changes and wherever a payment came in, also on invoices paid late; and the fixed
        compensation once per invoice (Directive 2011/7/EU art. 3 and 6; France: Code de commerce L441-10,
        D441-5; Spain: Ley 3/2004 art. 7, 8). What a day was charged for is not charged again, billed or
        waived; days whose rate is not known are left for later, however many days after them were charged
        meanwhile, and so is what a payment taken back leaves owed. Business customers only; nothing on late
        charges themselves, and none from the day insolvency was opened. What a credit note took off its own
        invoice was never owed; any other credit counts from its day like a payment.

        :param moves: posted customer invoices (account.move records, or their ids)
        :param date: last day of interest
        :return: the charges proposed now (adv.late.charge records), amounts in the invoice's currency
        """
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collector"):
            raise AccessError(self.env._("Only collectors propose late charges."))
        chosen = moves.ids if isinstance(moves, models.BaseModel) else asked_ids(self.env, moves)
        moves = self.env["account.move"].browse(chosen)
        moves.check_access("read")
        date = asked_day(self.env, date)
        invoices = moves.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and (move.commercial_partner_id.is_company or move.commercial_partner_id.vat)
                and not move._adv_is_late_charge()
            )
        )
        vals_list = []
        for company, batch in invoices.grouped("company_id").items():
            vals_list += self._prepare_charges(company, batch, date)
        return self._adv_create(vals_list)

    def _prepare_charges(self, company, invoices, date):
        policies = {
            partner: partner._adv_dunning_policy(company) for partner in invoices.commercial_partner_id
        }
        before = self.search([("move_id", "in", invoices.ids), ("kind", "=", "interest")])
        charged = before._charged()
        parts = {move: max(charges.mapped("part")) for move, charges in before.grouped("move_id").items()}
        compensated = {
            move.id
            for [move] in self._read_group(
                [("move_id", "in", invoices.ids), ("kind", "=", "compensation")], ["move_id"]
            )
        }
        vals_list = []
        periods = dict.fromkeys(invoices, (FIRST_DAY, date))
        for move, segments in self._segments(company, periods, charged):
            amount = self._interest(company, move, segments)
            if amount > 0:
                vals = self._prepare_interest_vals(move, segments, amount)
                vals_list.append({**vals, "part": parts.get(move, 0) + 1})
            policy = policies[move.commercial_partner_id]
            is_due = self.env["adv.interest.rate"]._grants_compensation(company, policy)
            if segments and is_due and move.id not in compensated:
                vals_list.append(self._prepare_compensation_vals(move, segments, policy, date))
        return vals_list

    def _charged_parts(self):
        """Return [(Segment, whether its rate was an agreed one)] of these charges' calculations."""
        day = fields.Date.to_date
        return [
            (Segment(day(start), day(end), unpaid, rate), bool(agreed))
            for charge in self
            for start, end, _days, unpaid, rate, *agreed in charge.detail or []
        ]

    def _charged(self):
        """Return {invoice: [(first day, last day, unpaid amount)]} that these charges bear interest on."""
        return {
            move: [(part.start, part.end, part.unpaid) for part, _is_agreed in charges._charged_parts()]
            for move, charges in self.grouped("move_id").items()
        }

    @api.model
    def _segments(self, company, periods, charged):
        """Split the late days of invoices, as far as they were not charged.

        :param company: company record
        :param periods: {invoice: (first day, last day of interest)}
        :param charged: {invoice: [(first day, last day, unpaid amount)]} charged otherwise
        :return: [(invoice, [Segment])]
        """
        invoices = self.env["account.move"].union(*periods)
        instalments = self._instalments(invoices)
        payments = self._payments(invoices, max((end for _start, end in periods.values()), default=None))
        rates = self.env["adv.interest.rate"]._rates_of(company, invoices.commercial_partner_id)
        found = []
        for move, (first, end) in periods.items():
            insolvent = move.commercial_partner_id._adv_insolvent_since()
            last = min(end, insolvent - timedelta(days=1)) if insolvent else end
            segments = []
            for line_id, due, amount in instalments.get(move.id, ()):
                start = max(due + timedelta(days=1), first)
                if start <= last:
                    paid = [(day, part) for day, part in payments.get(line_id, []) if day <= last]
                    segments += interest_segments(
                        start, last, amount, paid, rates[move.commercial_partner_id]
                    )
            found.append((move, not_yet_charged(segments, charged.get(move, []))))
        return found

    @api.model
    def _interest(self, company, move, segments):
        day_count = move.commercial_partner_id._adv_dunning_policy(company).day_count or "365"
        return move.currency_id.round(sum(part.interest(day_count) for part in segments))

    def _interest_between(self, company):
        """Return {charge: (amount, detail)} of proposed interest of different invoices, as of now.

        What other charges of the invoice bear interest on stays with these.
        """
        others = self.search([("move_id", "in", self.move_id.ids), ("kind", "=", "interest")]) - self
        periods = {charge.move_id: (charge.date_from, charge.date_to) for charge in self}
        segments = dict(self._segments(company, periods, others._charged()))
        return {
            charge: (
                self._interest(company, charge.move_id, segments[charge.move_id]),
                self._interest_detail(charge.move_id, segments[charge.move_id]),
            )
            for charge in self
        }

    @api.model
    def _interest_detail(self, move, segments):
        """Return rows of first and last day, days, unpaid amount, rate, and "agreed" if it was."""
        currency = move.currency_id
        is_own = self.env["adv.interest.rate"]._agreed_rate(move.company_id, move.commercial_partner_id)
        agreed = ["agreed"] if is_own else []
        return [
            [str(part.start), str(part.end), part.days, currency.round(part.unpaid), part.rate, *agreed]
            for part in segments
        ]

    @api.model
    def _prepare_interest_vals(self, move, segments, amount):
        return {
            "move_id": move.id,
            "kind": "interest",
            "date_from": min(part.start for part in segments),
            "date_to": max(part.end for part in segments),
            "amount": amount,
            "detail": self._interest_detail(move, segments),
            "state": "proposed",
        }

    @api.model
    def _prepare_compensation_vals(self, move, segments, policy, date):
        first = min(part.start for part in segments)
        amount = policy.compensation_currency_id._convert(
            policy.compensation_amount, move.currency_id, move.company_id, date
        )
        return {
            "move_id": move.id,
            "kind": "compensation",
            "date_from": first,
            "date_to": first,
            "amount": amount,
            "state": "proposed",
        }

    @api.model
    def _instalments(self, invoices):
        """Return {invoice id: [(journal item id, due date, amount)]}.

        What the invoice's own credit notes took off was never owed.
        """
        self.env.flush_all()
        found = {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.move_id, line.id, COALESCE(line.date_maturity, line.date),
                       line.amount_currency - COALESCE(corrected.amount, 0)
                  FROM account_move_line line JOIN account_account account ON account.id = line.account_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(part.debit_amount_currency) AS amount FROM account_partial_reconcile part
                         JOIN account_move_line credit ON credit.id = part.credit_move_id
                         JOIN account_move note ON note.id = credit.move_id
                        WHERE part.debit_move_id = line.id AND note.reversed_entry_id = line.move_id
                  ) AS corrected ON TRUE
                 WHERE line.move_id = ANY(%s) AND account.account_type = 'asset_receivable'
                   AND line.amount_currency > 0
                 ORDER BY 3, 2
                """,
                invoices.ids,
            )
        )
        for move_id, line_id, due, amount in rows:
            found.setdefault(move_id, []).append((line_id, due, float(amount)))
        return found

    @api.model
    def _payments(self, invoices, date):
        """Return {journal item id: [(day, amount)]} of what was reconciled up to a day, but for the invoices'
        own credit notes."""
        found = {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.debit_move_id, part.max_date, SUM(part.debit_amount_currency)
                  FROM account_partial_reconcile part
                  JOIN account_move_line line ON line.id = part.debit_move_id
                  JOIN account_move_line credit ON credit.id = part.credit_move_id
                  JOIN account_move note ON note.id = credit.move_id
                 WHERE line.move_id = ANY(%s) AND part.max_date <= %s
                   AND note.reversed_entry_id IS DISTINCT FROM line.move_id
                 GROUP BY part.debit_move_id, part.max_date
                """,
                invoices.ids,
                date,
            )
        )
        for line_id, day, amount in rows:
            found.setdefault(line_id, []).append((day, float(amount)))
        return found
