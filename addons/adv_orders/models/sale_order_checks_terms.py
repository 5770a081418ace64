from dataclasses import dataclass
from datetime import timedelta

from odoo import models
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.misc import formatLang

CREDIT_FIELDS = ("credit", "debit", "credit_to_invoice")
# an agreement that ended longer ago is history, not something somebody forgot to renew
FORGOTTEN_DAYS = 90


@dataclass
class Debt:
    """What a customer owes one company, in its currency: positive is owed to us."""

    balance: float = 0.0
    overdue: float = 0.0
    items: int = 0
    oldest: int = 0


class SaleOrder(models.Model):
    """The checks of an order: negotiated conditions and what the customer owes."""

    _inherit = "sale.order"

    # CONDITIONS

    def _adv_check_below_minimum_order(self):
        """The untaxed amount against the agreement's minimum, else the company's."""
        agreements = self._adv_agreements_in_force({order: order._adv_check_day() for order in self})
        outcomes = {}
        for order in self:
            company = order.company_id
            agreement = agreements.get(order)
            minimum = (agreement and agreement.minimum_order) or company.adv_order_minimum
            if not minimum:
                outcomes[order.id] = ("not_applicable", "")
            elif company.currency_id.compare_amounts(order.adv_amount_company, minimum) < 0:
                outcomes[order.id] = (
                    "failed",
                    self._adv_minimum_message(company.currency_id, order.adv_amount_company, minimum),
                )
        return outcomes

    def _adv_minimum_message(self, currency, amount, minimum):
        return lambda env: env._(
            "%(amount)s ordered, the minimum is %(minimum)s.",
            amount=format_amount(env, amount, currency),
            minimum=format_amount(env, minimum, currency),
        )

    def _adv_check_payment_terms_deviation(self):
        """The terms of the agreement in force, else those of the customer."""
        agreements = self._adv_agreements_in_force({order: order._adv_check_day() for order in self})
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            for order in orders.with_company(company):
                agreed = agreements[order].payment_term_id if order in agreements else None
                usual = agreed or order.partner_id.property_payment_term_id
                if usual != order.payment_term_id:
                    outcomes[order.id] = (
                        "failed",
                        self._adv_terms_message(order.payment_term_id, usual, agreed),
                    )
                elif not usual:
                    outcomes[order.id] = ("not_applicable", "")
        return outcomes

    def _adv_terms_message(self, terms, usual, agreed):
        def message(env):
            names = {
                "terms": terms.with_env(env(su=True)).name or env._("immediate"),
                "usual": usual.with_env(env(su=True)).name or env._("immediate"),
            }
            if agreed:
                return env._("Payment terms %(terms)s, the agreement says %(usual)s.", **names)
            return env._("Payment terms %(terms)s, the customer's are %(usual)s.", **names)

        return message

    def _adv_check_agreement_expired(self):
        """An agreement that gave the conditions, or that nobody renewed, ended before the order's day."""
        days = {order: order._adv_check_day() for order in self}
        in_force = self._adv_agreements_in_force(days)
        ended = self._adv_ended_agreements(days)
        outcomes = {}
        for order in self:
            agreement = ended.get(order)
            if order in in_force:
                continue
            if not agreement:
                outcomes[order.id] = ("not_applicable", "")
            else:
                outcomes[order.id] = ("failed", self._adv_expired_message(agreement.name, agreement.date_to))
        return outcomes

    def _adv_ended_agreements(self, days):
        """Return {order: agreement (sudo)} that ended before the day of ``days`` and is still missed."""
        agreements = self.env["adv.agreement"]
        chains = {order: agreements._adv_partner_chain(order.partner_id) for order in self}
        known = agreements._adv_concluded({partner_id for chain in chains.values() for partner_id in chain})
        ended = {}
        for order in self:
            day, taken = days[order], order.adv_agreement_id
            candidates = [
                agreement
                for partner_id in chains[order]
                for agreement in known.get((partner_id, order.company_id.id), ())
                if agreement.date_to
                and agreement.date_to < day
                and (agreement == taken or agreement.date_to >= day - timedelta(days=FORGOTTEN_DAYS))
            ]
            if candidates:
                ended[order] = max(candidates, key=lambda agreement: (agreement == taken, agreement.date_to))
        return ended

    def _adv_expired_message(self, name, day):
        return lambda env: env._(
            "The agreement %(agreement)s ended on %(day)s: its conditions do not hold any more.",
            agreement=name,
            day=format_date(env, day),
        )

    # DEBTS

    def _adv_check_credit_limit(self):
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            orders = orders.with_company(company)
            limited = orders.filtered(
                lambda order, company=company: (
                    company.account_use_credit_limit
                    and order.partner_id.commercial_partner_id.credit_limit > 0
                )
            )
            outcomes.update(dict.fromkeys((orders - limited).ids, ("not_applicable", "")))
            partners = limited.partner_id.commercial_partner_id
            # Odoo computes these without dependencies: neither read nor leave what the order will change
            partners.invalidate_recordset(CREDIT_FIELDS, flush=False)
            for order in limited:
                partner = order.partner_id.commercial_partner_id
                owed = partner.credit + partner.credit_to_invoice
                total = owed + order.amount_total / (order.currency_rate or 1.0)
                if company.currency_id.compare_amounts(total, partner.credit_limit) > 0:
                    outcomes[order.id] = ("failed", self._adv_credit_message(company, partner, owed, total))
            partners.invalidate_recordset(CREDIT_FIELDS, flush=False)
        return outcomes

    def _adv_credit_message(self, company, partner, owed, total):
        currency, limit = company.currency_id, partner.credit_limit
        return lambda env: env._(
            "%(total)s with this order (%(owed)s before), the credit limit is %(limit)s.",
            total=format_amount(env, total, currency),
            owed=format_amount(env, owed, currency),
            limit=format_amount(env, limit, currency),
        )

    def _adv_check_overdue_receivables(self):
        """What the customer owes beyond its due date, when it is old, large and a share worth a word."""
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            debts = orders._adv_debts(company)
            for order in orders:
                debt = debts.get(order._adv_payer().id)
                if not debt:
                    outcomes[order.id] = ("not_applicable", "")
                elif company._adv_is_overdue(debt):
                    outcomes[order.id] = ("failed", self._adv_overdue_message(company, debt))
        return outcomes

    def _adv_payer(self):
        return (self.partner_invoice_id or self.partner_id).commercial_partner_id

    def _adv_debts(self, company):
        """Return {commercial partner id: Debt} of those with posted open receivables; one statement.

        Overdue is what is past due by more than the company's days, less credits not yet matched.
        """
        payers = self.env["res.partner"].union(*[order._adv_payer() for order in self])
        day = self[0]._adv_check_day()
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       SUM(line.amount_residual),
                       COALESCE(SUM(line.amount_residual) FILTER (WHERE %(late)s), 0)
                         + COALESCE(SUM(line.amount_residual) FILTER (WHERE line.amount_residual < 0), 0),
                       COUNT(*) FILTER (WHERE %(late)s),
                       COALESCE(%(day)s - MIN(line.date_maturity) FILTER (WHERE %(late)s), 0)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.reconciled IS NOT TRUE AND line.parent_state = 'posted'
                   AND line.company_id = %(company)s AND line.amount_residual <> 0
                   AND account.account_type = 'asset_receivable'
                   AND partner.commercial_partner_id IN %(payers)s
                 GROUP BY partner.commercial_partner_id
                """,
                day=day,
                late=SQL(
                    "line.amount_residual > 0 AND line.date_maturity < %s",
                    day - timedelta(days=company.adv_overdue_days),
                ),
                company=company.id,
                payers=tuple(payers.ids) or (0,),
            )
        )
        return {row[0]: Debt(*row[1:]) for row in rows}

    def _adv_overdue_message(self, company, debt):
        currency, days = company.currency_id, company.adv_overdue_days
        return lambda env: env._(
            "%(overdue)s of %(balance)s owed is overdue by more than %(days)s days, the oldest by %(oldest)s "
            "(%(count)s items).",
            overdue=format_amount(env, debt.overdue, currency),
            balance=format_amount(env, debt.balance, currency),
            days=days,
            oldest=formatLang(env, debt.oldest, digits=0),
            count=debt.items,
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _adv_is_overdue(self, debt):
        """Return whether a debt is beyond the company's amount and its share of the balance."""
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        return (
            compare(debt.overdue, 0.0) > 0
            and compare(debt.overdue, self.adv_overdue_amount) > 0
            and compare(debt.overdue, debt.balance * self.adv_overdue_percent / 100) > 0
        )
