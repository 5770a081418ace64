import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..hooks import HAS_DAYS, counted_lines, days_of_orders, fill_invoices_statement, fulfilled_date

_logger = logging.getLogger(__name__)

INVOICES = 1000


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_kpi_history = fields.Boolean(
        string="Figures to be filled from history",
        readonly=True,
        copy=False,
        help="The order was there before the addon was installed and the job has not reached it yet.",
    )

    _adv_kpi_history_index = models.Index("(id) WHERE adv_kpi_history")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_kpi_history"}


class AccountMove(models.Model):
    _inherit = "account.move"

    # what the job has still to do: posting stores whether the cost is known
    _adv_kpi_history_index = models.Index(
        "(id) WHERE adv_is_costed IS NULL AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )


class AdvKpiBackfill(models.AbstractModel):
    """Fills what the figures read of the orders, errors, requests and invoices that were there before.

    Orders come once their deliveries and their billing are filled, invoices once all orders are: their
    margin is made of the costs that the orders gave to their lines.
    """

    _name = "adv.kpi.backfill"
    _inherit = "adv.history.job"
    _description = "Figures of earlier documents"

    _adv_mark = "adv_kpi_history"
    _adv_cron = "adv_kpi.cron_backfill"

    @api.model
    def _adv_remaining(self):
        return (
            super()._adv_remaining()
            + self.env.execute_query(
                SQL("SELECT count(*) FROM account_move WHERE %s", self._adv_sql_invoices_left())
            )[0][0]
        )

    @api.model
    def _adv_ready(self):
        return SQL("adv_history IS NOT TRUE AND adv_billing_history IS NOT TRUE")

    @api.model
    def _adv_fill_batch(self, batch):
        if self._adv_is_left():
            return super()._adv_fill_batch(batch)
        return self._adv_fill_invoices(batch)

    @api.model
    def _adv_fill(self, ids):
        """Each order is written once: each writing goes through all indexes of its table."""
        # sudo: the job fills the orders of all companies
        orders = self.env["sale.order"].sudo().browse(ids)
        days = days_of_orders()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order
                   SET adv_kpi_history = NULL, %(days)s,
                       adv_lines_shipped = COALESCE(counted.shipped, sale_order.adv_lines_shipped),
                       adv_lines_filled = COALESCE(counted.filled, sale_order.adv_lines_filled),
                       adv_fulfilled_date = %(fulfilled)s,
                       adv_entry_hours = hours.entry,
                       adv_blocked_hours = hours.blocked
                  FROM unnest(%(orders)s, %(entry)s, %(blocked)s) AS hours (order_id, entry, blocked)
                  JOIN sale_order known ON known.id = hours.order_id
                  JOIN res_company company ON company.id = known.company_id
                  LEFT JOIN LATERAL (%(counted)s) AS counted ON TRUE
                 WHERE known.id = sale_order.id AND sale_order.id IN %(ids)s
                """,
                days=SQL(", ").join(
                    SQL(
                        "%(name)s = CASE WHEN %(known)s THEN %(day)s ELSE %(column)s END",
                        name=SQL.identifier(name),
                        known=HAS_DAYS,
                        day=day,
                        column=SQL.identifier("sale_order", name),
                    )
                    for name, day in days.items()
                ),
                counted=counted_lines(
                    SQL("sale_order.id = known.id"), self.env["adv.backfill"]._adv_sql_sold("line")
                ),
                fulfilled=fulfilled_date(self.env["adv.backfill"]._adv_sql_sold("line")),
                ids=ids,
                **self._adv_sql_hours(orders),
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE adv_order_error fault SET order_date = sale_order.adv_received_date
                     FROM sale_order WHERE sale_order.id = fault.order_id AND fault.order_id IN %s""",
                ids,
            )
        )
        self.env["adv.order.error"].invalidate_model(["order_date"], flush=False)

    @api.model
    def _adv_sql_hours(self, orders):
        """Return arrays of the orders and their working hours, which follow the companies' calendars.

        :return: {'orders': ids, 'entry': hours to confirm, 'blocked': hours blocked} as SQL
        """
        fields_read = ["company_id", "adv_received_date", "adv_confirmed_date"]
        orders.fetch([*fields_read, "adv_submitted_date", "adv_clean_date"])
        ids, entry, blocked = [], [], []
        for company, group in orders.grouped("company_id").items():
            ids += group.ids
            entry += company._adv_working_hours(
                [(order.adv_received_date, order.adv_confirmed_date) for order in group]
            )
            blocked += company._adv_working_hours(
                [(order.adv_submitted_date, order.adv_clean_date) for order in group]
            )
        return {
            "orders": SQL("%s::int[]", ids),
            "entry": SQL("%s::float8[]", entry),
            "blocked": SQL("%s::float8[]", blocked),
        }

    @api.model
    def _adv_fill_left(self, batch=INVOICES):
        """Fill invoices that came in posted, by an import or a script: the costs of their lines too.

        Their costs are those of their orders; what no order tells stays unknown.

        :return: how many; 0 as long as the history of orders is still to be filled
        """
        self.env.flush_all()
        if self._adv_is_left():
            return 0
        orders = self.env.execute_query(
            SQL(
                """SELECT DISTINCT sold.order_id
                     FROM (SELECT id FROM account_move WHERE %s ORDER BY id DESC LIMIT %s
                              FOR UPDATE SKIP LOCKED) AS invoice
                     JOIN account_move_line line ON line.move_id = invoice.id
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                     JOIN sale_order_line sold ON sold.id = rel.order_line_id""",
                self._adv_sql_invoices_left(),
                batch,
            )
        )
        if orders:
            self.env["adv.billing.backfill"]._adv_fill_costs(
                tuple(row[0] for row in orders), SQL("move.adv_is_costed IS NULL")
            )
            self.env["account.move.line"].invalidate_model(["adv_cost"], flush=False)
        filled = self._adv_fill_invoices(batch)
        if filled:
            _logger.info("Figures: %s invoices came in without being posted here and were filled", filled)
        return filled

    @api.model
    def _adv_sql_invoices_left(self):
        return SQL(
            "adv_is_costed IS NULL AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
        )

    @api.model
    def _adv_fill_invoices(self, batch):
        """Fill margin and settlement of up to ``batch`` invoices, the latest first; return how many."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM account_move WHERE %s ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED",
                self._adv_sql_invoices_left(),
                batch,
            )
        )
        ids = tuple(row[0] for row in rows)
        if ids:
            self.env.cr.execute(fill_invoices_statement(ids))
            self.env["account.move"].browse(ids).invalidate_recordset(flush=False)
        return len(ids)

    @api.model
    def _adv_finish(self, batch):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE adv_request SET is_answered_on_time = COALESCE(date_first_answer <= date_due, FALSE)
                    WHERE is_answered_on_time IS NULL"""
            )
        )
        self.env["adv.request"].invalidate_model(["is_answered_on_time"], flush=False)
