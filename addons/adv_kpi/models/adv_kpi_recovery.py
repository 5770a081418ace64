from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import periods
from ..engine.catalogue_cash import claimed
from ..engine.recovery import seen_curve, usual_curve
from ..engine.sources import INVOICE, INVOICED
from .adv_dunning_notice import RECOVERY_DAYS


class AdvKpi(models.Model):
    """What notices bring in, beside what the same customers pay without them."""

    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_recovery_curve(self, date_from, date_to, filters=None):
        """Return what came in in 15 days after the notices of a period, beside the customers' usual curve.

        Only notices whose 15 days are over count. The usual curve is what the same customers settled, in the
        twelve months before the period, of what was then as late as the claims.

        :return: {'days': [0..15], 'claimed': part, 'seen': percents by day or None, 'usual': same or None,
            'known': percent of the claims whose customers have such a past}; {} for people who may not
            read notices
        """
        kpis, scope, period = self._prepare(["dunning_recovery_rate"], date_from, date_to, filters)
        if not kpis._is_applicable(scope):
            return {}
        last = fields.Date.subtract(self.env.company._adv_today(), days=RECOVERY_DAYS)
        judged = [*scope.domain(claimed, period), ("date", "<=", fields.Date.to_string(last))]
        claims, received = self._read_claims(judged)
        amount = sum(row[2] for row in claims)
        usual, known = usual_curve(claims, self._read_past(scope, period, claims), RECOVERY_DAYS)
        return {
            "days": list(range(RECOVERY_DAYS + 1)),
            "claimed": {
                "value": amount,
                "model": claimed.source.model,
                "domain": judged,
                "aggregate": claimed.aggregate,
            },
            "seen": seen_curve(amount, received, RECOVERY_DAYS),
            "usual": usual,
            "known": known,
        }

    @api.model
    def _read_claims(self, domain):
        """Return ([(customer id, days late, amount)], {day after the notice: amount received})."""
        query = self.env["adv.dunning.notice"]._search(Domain(domain), order="id")
        if query.is_empty():
            return [], {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["adv.dunning.notice.line"].flush_model()
        claim = SQL(
            """SELECT claim.id, claim.move_line_id, notice.date,
                      customer.commercial_partner_id AS customer_id,
                      GREATEST(notice.date - COALESCE(item.date_maturity, item.date), 0) AS late,
                      claim.amount * notice.amount_company / NULLIF(notice.amount, 0) AS amount
                 FROM adv_dunning_notice notice
                 JOIN adv_dunning_notice_line claim ON claim.notice_id = notice.id
                 JOIN res_partner customer ON customer.id = notice.partner_id
                 JOIN account_move_line item ON item.id = claim.move_line_id
                WHERE notice.id IN %s""",
            query.subselect(),
        )
        claims = self.env.execute_query(
            SQL(
                """SELECT claim.customer_id, claim.late, SUM(claim.amount)::float FROM (%s) AS claim
                    WHERE claim.amount > 0 GROUP BY claim.customer_id, claim.late ORDER BY 1, 2""",
                claim,
            )
        )
        received = self.env.execute_query(
            SQL(
                """SELECT paid.day,
                          SUM(LEAST(paid.reached, paid.amount) - LEAST(paid.before, paid.amount))::float
                     FROM (
                           SELECT claim.amount, matching.max_date - claim.date AS day,
                                  SUM(matching.amount) OVER claims AS reached,
                                  SUM(matching.amount) OVER claims - matching.amount AS before
                             FROM (%(claim)s) AS claim
                             JOIN account_partial_reconcile matching
                                  ON matching.debit_move_id = claim.move_line_id
                                 AND matching.max_date BETWEEN claim.date AND claim.date + %(days)s
                           WINDOW claims AS (PARTITION BY claim.id ORDER BY matching.max_date, matching.id)
                          ) AS paid
                    WHERE paid.amount > 0
                    GROUP BY paid.day ORDER BY paid.day""",
                claim=claim,
                days=RECOVERY_DAYS,
            )
        )
        return claims, dict(received)

    @api.model
    def _read_past(self, scope, period, claims):
        """Return [(customer id, days late at settlement, amount)] of the twelve months before the period."""
        domain = (
            Domain(list(INVOICED.domain))
            & Domain(list(INVOICE))
            & Domain("company_id", "in", scope.companies.ids)
            & Domain("commercial_partner_id", "in", [row[0] for row in claims])
            & Domain("adv_paid_date", ">=", periods.add_months(period.date_from, -12))
            & Domain("adv_paid_date", "<", period.date_from)
        )
        query = self.env["account.move"]._search(domain, order="id")
        if query.is_empty():
            return []
        return self.env.execute_query(
            SQL(
                """SELECT commercial_partner_id, adv_paid_date - COALESCE(invoice_date_due, invoice_date),
                          SUM(amount_total_signed)::float
                     FROM account_move WHERE id IN %s GROUP BY 1, 2 ORDER BY 1, 2""",
                query.subselect(),
            )
        )
