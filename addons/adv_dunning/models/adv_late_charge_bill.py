from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.misc import format_date, formatLang

from ..tools.asked import asked_text
from ..tools.interest import interest_segments
from ..tools.shown import shown_rate


class AdvLateCharge(models.Model):
    """Billing and giving up, always by a person."""

    _inherit = "adv.late.charge"

    bill_id = fields.Many2one(
        "account.move", "Billed In", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"bill_id"}

    # === ACTION METHODS ===#

    def action_bill(self):
        """Make draft invoices of proposed charges, one per customer and currency, for somebody to post.

        They go to the journal of late charges, without tax (interest and compensation are out of the scope of
        VAT: BOI-TVA-BASE-10-10-10, art. 78 LIVA) and on an account of other income.

        :return: the action that shows the drafts
        """
        self._check_manager(self.env._("Only a collection manager bills late charges."))
        locked = self.try_lock_for_update(allow_referencing=True)
        charges = locked.filtered(lambda charge: charge.state == "proposed")
        charges = charges._brought_up_to_date()
        if not charges:
            raise UserError(self.env._("Nothing is left to bill in what you chose."))
        bills = self.env["account.move"]
        keys = charges.grouped(lambda charge: (charge.company_id, charge.partner_id, charge.currency_id))
        for (company, partner, currency), group in keys.items():
            bills |= group._make_bill(company, partner, currency)
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        if len(bills) == 1:
            return {**action, "views": [(False, "form")], "res_id": bills.id, "context": {}}
        return {**action, "domain": [("id", "in", bills.ids)], "context": {}}

    def action_open_waive(self):
        """Ask for the reason of giving these charges up."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive Late Charges"),
            "res_model": "adv.late.charge.waive",
            "view_mode": "form",
            "target": "new",
            "context": {"default_charge_ids": [Command.set(self.ids)]},
        }

    def action_waive(self, reason=""):
        """Give proposed charges up; by a collection manager.

        :param str reason: why, kept with the charges
        :raise UserError: no reason, or a charge is billed
        """
        self._check_manager(self.env._("Only a collection manager waives late charges."))
        if any(charge.state == "billed" for charge in self):
            raise UserError(self.env._("A billed charge is given up by a credit note."))
        reason = asked_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why these charges are given up."))
        self._adv_set_facts({"state": "waived", "waive_reason": reason})
        return True

    def _check_manager(self, message):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(message)
        self.check_access("read")

    # === BUSINESS METHODS ===#

    def _brought_up_to_date(self):
        """Work the proposed interest out again: payments and rates entered since may be of days before.

        :return: the charges that still stand; the others are dropped
        """
        for company, charges in self.grouped("company_id").items():
            interest = charges.filtered(lambda charge: charge.kind == "interest")
            while interest:  # of one invoice one after the other: what the first takes, the next leaves
                batch = self.browse().union(*(group[0] for group in interest.grouped("move_id").values()))
                for charge, (amount, detail) in batch._interest_between(company).items():
                    charge._adv_set_facts({"amount": amount, "detail": detail})
                interest -= batch
        gone = self.filtered(lambda charge: charge.kind == "interest" and charge.amount <= 0)
        gone.sudo().unlink()  # sudo: a proposal that fell to nothing; nobody has the right to delete ledgers
        return self - gone

    def _make_bill(self, company, partner, currency):
        journal, account = company._adv_late_charges_in()
        # sudo: the manager, checked above, has no right to make invoices; a draft, posted by an accountant
        bill = self.env["account.move"].sudo().with_company(company)
        bill = bill.create(
            {
                "move_type": "out_invoice",
                "journal_id": journal.id,
                "partner_id": self.move_id[:1].partner_id.id or partner.id,
                "currency_id": currency.id,
                "invoice_date": company._adv_today(),
                "invoice_payment_term_id": False,
                "invoice_date_due": company._adv_today(),
                "fiscal_position_id": False,
                "invoice_line_ids": [Command.create(charge._prepare_bill_line(account)) for charge in self],
            }
        )
        self._adv_set_facts({"state": "billed", "bill_id": bill.id})
        return bill.sudo(self.env.su)

    def _prepare_bill_line(self, account):
        self.ensure_one()
        charge = self.with_context(lang=self.move_id.partner_id.lang or self.env.lang)
        return {
            "name": charge._bill_text(),
            "quantity": 1,
            "price_unit": self.amount,
            "account_id": account.id,
            "tax_ids": [Command.clear()],
        }

    def _bill_text(self):
        self.ensure_one()
        if self.kind == "compensation":
            return self.env._(
                "Fixed compensation for recovery costs, invoice %(invoice)s", invoice=self.move_id.name
            )
        days = "\n".join(
            self.env._(
                "%(start)s to %(end)s: %(days)s days on %(amount)s at %(rate)s %% a year",
                start=format_date(self.env, part.start),
                end=format_date(self.env, part.end),
                days=part.days,
                amount=formatLang(self.env, part.unpaid, currency_obj=self.currency_id),
                rate=shown_rate(self.env, part.rate),
            )
            for part, _is_agreed in self._charged_parts()
        )
        return self.env._("Late interest, invoice %(invoice)s", invoice=self.move_id.name) + "\n" + days

    def _billed_short(self, spans, rates, is_agreed):
        """Return what days bear by what is known now, beyond what this charge has them bear.

        :param spans: [(first day, last day)]
        :param rates: [(date_from, date_to, percent a year)] for the customer; other days bear nothing
        :param bool is_agreed: look at days charged at a rate agreed with the customer, or at the others
        """
        self.ensure_one()
        day_count = self.partner_id._adv_dunning_policy(self.company_id).day_count or "365"
        short = 0.0
        for part, was_agreed in self._charged_parts():
            for first, last in spans if was_agreed == is_agreed else ():
                days = replace(part, start=max(part.start, first), end=min(part.end, last))
                if days.start <= days.end:
                    now = interest_segments(days.start, days.end, part.unpaid, [], rates)
                    short += sum(known.interest(day_count) for known in now) - days.interest(day_count)
        return self.currency_id.round(short)

    def _free(self):
        """Propose these charges again: the draft that billed them is gone."""
        self._adv_set_facts({"state": "proposed", "bill_id": False})
