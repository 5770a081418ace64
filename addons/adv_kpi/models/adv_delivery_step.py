from odoo import api, fields, models
from odoo.tools import SQL

from .adv_delivery_span import FIRST_DAY, of_orders


class AdvDeliveryStep(models.Model):
    """Entries of orders that had something to invoice at the end of a month, or still have.

    These are the orders that whoever looks at months reads again and again. Kept as `adv.delivery.span` is:
    of orders that `adv.delivery.change` names they are not used, but worked out anew.
    """

    _name = "adv.delivery.step"
    _description = "Delivered and not invoiced, kept"
    _log_access = False

    order_id = fields.Many2one("sale.order", string="Order", required=True, ondelete="cascade", index=True)
    order_line_id = fields.Many2one("sale.order.line", string="Order line", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date(required=True)
    closed_date = fields.Date(help="The last day of the order's span.")
    amount = fields.Float(digits=0, help="Added to what is delivered and not invoiced.")

    _day_index = models.UniqueIndex("(order_line_id, date)")

    @api.model
    def _adv_sql_kept(self, alias):
        """Return the condition that the entries of the order of a span are kept here."""
        return SQL(
            """(%(alias)s.date_from > %(first)s AND (%(alias)s.date_to IS NULL
                OR DATE_TRUNC('month', %(alias)s.date_from) != DATE_TRUNC('month', %(alias)s.date_to)))""",
            alias=SQL.identifier(alias),
            first=FIRST_DAY,
        )

    @api.model
    def _adv_sql_make(self, ids):
        """Return the statement that puts kept entries right and gives a row for each that was not.

        :param ids: of orders that are not noted, whose spans are right by now
        """
        kept = self.env.execute_query(
            SQL(
                "SELECT order_id FROM adv_delivery_span line WHERE %s AND %s",
                of_orders(ids),
                self._adv_sql_kept("line"),
            )
        )
        return SQL(
            """WITH found AS (%(entries)s),
                    gone AS (DELETE FROM adv_delivery_step line
                              WHERE %(condition)s
                                AND NOT EXISTS (
                                    SELECT FROM found
                                     WHERE found.line_id = line.order_line_id AND found.date = line.date)
                          RETURNING line.id),
                    made AS (INSERT INTO adv_delivery_step AS known (
                                    order_id, order_line_id, company_id, date, closed_date, amount)
                             SELECT found.order_id, found.line_id, found.company_id, found.date,
                                    span.date_to, found.amount
                               FROM found JOIN adv_delivery_span span ON span.order_id = found.order_id
                                 ON CONFLICT (order_line_id, date) DO UPDATE
                                SET order_id = EXCLUDED.order_id, company_id = EXCLUDED.company_id,
                                    closed_date = EXCLUDED.closed_date, amount = EXCLUDED.amount
                              WHERE (known.order_id, known.company_id, known.closed_date, known.amount)
                                    IS DISTINCT FROM (EXCLUDED.order_id, EXCLUDED.company_id,
                                                      EXCLUDED.closed_date, EXCLUDED.amount)
                          RETURNING id)
               SELECT id FROM gone UNION ALL SELECT id FROM made""",
            entries=self.env["adv.delivery.entry"]._query_entries(of_orders(row[0] for row in kept)),
            condition=of_orders(ids),
        )
