import logging
from functools import partial
from itertools import pairwise

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import commit_step

from ..engine.periods import add_months

_logger = logging.getLogger(__name__)


class AdvStockTotal(models.Model):
    """The valued moves of a month that is over, added up by product, unit and cost.

    Totals of a month hold as long as none of its moves and costs changed: `adv.stock.change` tells. So what
    is read is the same with them and without, whatever has been edited since, and by whom at the same time.
    They know quantities and recorded values; costs, units and categories are applied when they are read.
    """

    _name = "adv.stock.total"
    _description = "Stock moves of a month"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date_from = fields.Datetime(required=True, help="First moment of the month.")
    date_to = fields.Datetime(required=True, help="First moment of the next month.")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)
    product_uom = fields.Many2one("uom.uom", string="Unit", required=True, ondelete="cascade")
    date = fields.Datetime(required=True, help="Of the first move: all cost the same.")
    quantity = fields.Float(digits=0, help="What came in minus what left.")
    value = fields.Float(digits=0, help="As recorded on the moves.")

    _month_index = models.UniqueIndex("(company_id, date_from, date_to, product_id, product_uom, date)")

    # === READING === #

    @api.model
    def _adv_get_covered(self, companies, edges):
        """Return {company id: sorted spans (from, to) of which the totals hold}, none with an edge inside.

        :param edges: moments that the sums are asked for
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT total.company_id, total.date_from, total.date_to
                     FROM (SELECT DISTINCT company_id, date_from, date_to FROM adv_stock_total
                            WHERE company_id IN %(companies)s) AS total
                    WHERE NOT EXISTS (SELECT FROM adv_stock_change change
                                       WHERE change.company_id = total.company_id
                                         AND change.date_from < total.date_to
                                         AND change.date_to >= total.date_from)
                      AND NOT EXISTS (SELECT FROM UNNEST(%(edges)s::timestamp[]) AS edge
                                       WHERE edge > total.date_from AND edge < total.date_to)
                    ORDER BY total.company_id, total.date_from, total.date_to""",
                companies=companies,
                edges=list(edges),
            )
        )
        covered = {company: [] for company in companies}
        for company, start, end in rows:
            spans = covered[company]
            # the months of another time zone may overlap: each moment is counted once
            if not spans or spans[-1][1] <= start:
                spans.append((start, end))
        return covered

    # === MAKING === #

    @api.model
    def _adv_cron_run(self):
        """Forget the totals that hold no more and make those that are missing, month by month."""
        for company in self.env["res.company"].search([], order="id"):  # pylint: disable=no-search-all
            commit_step(self.env, partial(self._adv_forget, company.id))
            for span in self._adv_get_missing(company):
                _done, left = commit_step(self.env, partial(self._adv_make, company.id, *span))
                if not left:
                    self.env["ir.cron"]._commit_progress(1, remaining=1)  # the others at the next call
                    return

    @api.model
    def _adv_forget(self, company_id):
        """Delete the totals of months that changed, with the notes of these changes.

        Changes that are not committed yet are not seen, and their notes stay: what is made of their months
        meanwhile is not used until the next run.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM adv_stock_total total USING adv_stock_change change
                    WHERE total.company_id = %(company)s AND change.company_id = %(company)s
                      AND change.date_from < total.date_to AND change.date_to >= total.date_from""",
                company=company_id,
            )
        )
        self.env.cr.execute(SQL("DELETE FROM adv_stock_change WHERE company_id = %s", company_id))

    @api.model
    def _adv_get_missing(self, company):
        """Return the spans of the company's months that are over and have no totals."""
        first = self.env.execute_query(
            SQL(
                """SELECT MIN(date) FROM stock_move
                    WHERE company_id = %s AND state = 'done' AND (is_in OR is_out)""",
                company.id,
            )
        )[0][0]
        if not first:
            return []
        months, last = [company._adv_date(first).replace(day=1)], company._adv_today().replace(day=1)
        while months[-1] < last:
            months.append(add_months(months[-1], 1))
        moments = [company._adv_day_bounds(month, month)[0] for month in months]
        known = set(
            self.env.execute_query(
                SQL(
                    "SELECT DISTINCT date_from, date_to FROM adv_stock_total WHERE company_id = %s",
                    company.id,
                )
            )
        )
        missing = [span for span in pairwise(moments) if span not in known]
        return [span for span in missing if self._adv_has_moves(company.id, *span)]

    @api.model
    def _adv_has_moves(self, company_id, start, end):
        """Tell whether anything moved in a month: where nothing did, there is nothing to add up."""
        return self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM stock_move
                    WHERE company_id = %s AND state = 'done' AND (is_in OR is_out)
                      AND date >= %s AND date < %s)""",
                company_id,
                start,
                end,
            )
        )[0][0]

    @api.model
    def _adv_make(self, company_id, start, end):
        """Add up the moves of a month; those of a product before and after a change of its cost apart."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO adv_stock_total (
                          company_id, date_from, date_to, product_id, product_uom, date, quantity, value)
                   SELECT %(company)s, %(start)s, %(end)s, done.product_id, done.product_uom, MIN(done.date),
                          SUM(CASE WHEN done.is_in THEN done.quantity ELSE -done.quantity END),
                          COALESCE(SUM(CASE WHEN done.is_in THEN done.value ELSE -done.value END), 0)
                     FROM stock_move done
                LEFT JOIN (
                          SELECT product_id, ARRAY_AGG(date ORDER BY date) AS dates FROM product_value
                           WHERE move_id IS NULL AND lot_id IS NULL AND product_id IS NOT NULL
                             AND company_id = %(company)s AND date >= %(start)s AND date < %(end)s
                           GROUP BY product_id
                          ) AS cost ON cost.product_id = done.product_id
                    WHERE done.state = 'done' AND (done.is_in OR done.is_out)
                      AND done.company_id = %(company)s AND done.date >= %(start)s AND done.date < %(end)s
                    GROUP BY done.product_id, done.product_uom, WIDTH_BUCKET(done.date, cost.dates)""",
                company=company_id,
                start=start,
                end=end,
            )
        )

    # === RECONCILIATION === #

    @api.model
    def _adv_reconcile(self):
        """Compare each month with its moves; forget those that differ and return how many these were.

        Months that are noted as changed are left to the next run.
        """
        self.env.flush_all()
        company_ids = tuple(self.env["res.company"].search([]).ids)  # pylint: disable=no-search-all
        wrong = 0
        for company_id, spans in self._adv_get_covered(company_ids, []).items():
            for start, end in spans:
                wrong += self._adv_compare(company_id, start, end)
        return wrong

    @api.model
    def _adv_compare(self, company_id, start, end):
        self.env.cr.execute(
            SQL(
                """WITH made AS (
                       SELECT product_id, product_uom, SUM(quantity) AS quantity, SUM(value) AS value
                         FROM adv_stock_total
                        WHERE company_id = %(company)s AND date_from = %(start)s AND date_to = %(end)s
                        GROUP BY product_id, product_uom
                   ), moved AS (
                       SELECT product_id, product_uom,
                              SUM(CASE WHEN is_in THEN quantity ELSE -quantity END) AS quantity,
                              COALESCE(SUM(CASE WHEN is_in THEN value ELSE -value END), 0) AS value
                         FROM stock_move
                        WHERE state = 'done' AND (is_in OR is_out) AND company_id = %(company)s
                          AND date >= %(start)s AND date < %(end)s
                        GROUP BY product_id, product_uom
                   )
                   DELETE FROM adv_stock_total
                    WHERE company_id = %(company)s AND date_from = %(start)s AND date_to = %(end)s
                      AND EXISTS (
                          SELECT FROM made FULL JOIN moved USING (product_id, product_uom)
                           WHERE made.quantity IS DISTINCT FROM moved.quantity
                              OR made.value IS DISTINCT FROM moved.value)""",
                company=company_id,
                start=start,
                end=end,
            )
        )
        return int(bool(self.env.cr.rowcount))
