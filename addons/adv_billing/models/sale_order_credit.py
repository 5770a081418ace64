from odoo import models
from odoo.tools import format_amount, format_date


class SaleOrder(models.Model):
    """The credit check reads the exposure, and compares it with our own limit and the insurer's."""

    _inherit = "sale.order"

    def _adv_check_credit_limit(self):
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            payers = self.env["res.partner"].union(*[order._adv_payer() for order in orders])
            day = orders[0]._adv_check_day()
            limits = self.env["adv.credit.limit"]._adv_limits(payers, company, day)
            limited = payers.filtered(lambda payer, limits=limits: limits[payer.id].own is not None
                                      or limits[payer.id].insured is not None)  # fmt: skip
            exposures = limited._adv_exposures(company)
            for order in orders:
                payer = order._adv_payer()
                outcomes[order.id] = (
                    order._adv_credit_outcome(exposures[payer.id].total, limits[payer.id])
                    if payer in limited
                    else ("not_applicable", "")
                )
        return outcomes

    def _adv_credit_outcome(self, exposure, limits):
        """Outcome of the credit check of one order.

        :param float exposure: of its payer, in company currency; a confirmed order is part of it
        :param limits: Limits of the payer
        """
        self.ensure_one()
        compare = self.company_id.currency_id.compare_amounts
        amount = self.amount_total / (self.currency_rate or 1.0)
        total = exposure if self.state == "sale" else exposure + amount
        if limits.own is not None and compare(total, limits.own) > 0:
            return "failed", self._adv_over_limit(total, total - amount, limits.own)
        if limits.insured is not None and compare(total, limits.insured) > 0:
            return "failed", self._adv_over_cover(total, total - amount, limits)
        return "passed", ""

    def _adv_over_limit(self, total, before, limit):
        currency = self.company_id.currency_id
        return lambda env: env._(
            "%(total)s with this order (%(owed)s before), the credit limit is %(limit)s.",
            total=format_amount(env, total, currency),
            owed=format_amount(env, before, currency),
            limit=format_amount(env, limit, currency),
        )

    def _adv_over_cover(self, total, before, limits):
        currency = self.company_id.currency_id
        if limits.insured_until:
            return lambda env: env._(
                "%(total)s with this order (%(owed)s before), and the insurer's cover ended on %(day)s.",
                total=format_amount(env, total, currency),
                owed=format_amount(env, before, currency),
                day=format_date(env, limits.insured_until),
            )
        return lambda env: env._(
            "%(total)s with this order (%(owed)s before), the insurer covers %(limit)s.",
            total=format_amount(env, total, currency),
            owed=format_amount(env, before, currency),
            limit=format_amount(env, limits.insured, currency),
        )
