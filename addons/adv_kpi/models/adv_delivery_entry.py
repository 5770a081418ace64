from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .adv_delivery_span import NOT_NOTED, not_noted, of_orders

# context key: the days asked for, so that orders with nothing to invoice on any of them are not read
DAYS = "adv_kpi_delivery_days"


class Days(dict):
    """Arguments of `adv.delivery.span._adv_get_orders`. What comes from outside in a context is none."""


class AdvDeliveryEntry(models.Model):
    """What is delivered and not invoiced as dated entries whose sum is its value at the end of any day.

    One entry per order line and day on which it changes: what left, came back or was billed moves the
    quantity delivered beyond what is billed, at the untaxed price of the line, in company currency at the
    order's rate. The same rules as the month-end pack: kits, services and down payments are left out.
    """

    _name = "adv.delivery.entry"
    _inherit = "adv.assistant.individual"
    _description = "Delivered and not invoiced entry"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "stock.move": [
            "company_id",
            "date",
            "origin_returned_move_id",
            "product_id",
            "quantity",
            "sale_line_id",
            "state",
            "to_refund",
        ],
        "account.move": ["adv_credit_reason_id", "date", "move_type", "state"],
        "account.move.line": ["product_uom_id", "quantity"],
        "res.company": ["adv_tz"],
        "sale.order": [
            "adv_commercial_partner_id",
            "adv_assistant_id",
            "currency_rate",
            "team_id",
            "user_id",
        ],
        "sale.order.line": ["discount", "invoice_lines", "price_subtotal", "price_unit", "product_uom_qty"],
    }

    date = fields.Date(readonly=True)
    closed_date = fields.Date(
        string="All invoiced",
        readonly=True,
        help="Nothing of the order is to be invoiced from this day on; empty: something may be.",
    )
    amount = fields.Monetary(readonly=True, help="Added to what is delivered and not invoiced.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", string="Order line", readonly=True)
    product_id = fields.Many2one("product.product", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    assistant_id = fields.Many2one("adv.assistant", string="ADV assistant", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)

    # === CONDENSED === #

    @api.model
    def _adv_condensed(self, edges):
        """Return the model without the orders that had nothing to invoice at any of the edges.

        The sums up to each of the edges are the same: what such an order adds, it has taken back by then.

        :param edges: sorted days (texts)
        """
        return self.with_context(**{DAYS: Days(edges=tuple(edges))})

    @api.model
    def _search(self, domain, *args, **kwargs):
        model = self
        if not isinstance(self.env.context.get(DAYS), Days) and (days := self._adv_days(Domain(domain))):
            model = self.with_context(**{DAYS: days})
        return super(AdvDeliveryEntry, model)._search(domain, *args, **kwargs)

    @api.model
    def _adv_days(self, domain):
        """Return the days that the domain of a figure leaves (see `not_until`), or None."""
        days = Days()
        for part in domain.children if getattr(domain, "OPERATOR", None) == "&" else (domain,):
            for condition in part.iter_conditions():
                name, operator = condition.field_expr, condition.operator
                limit = Domain(name, operator, condition.value)
                day = self._adv_day(condition.value)
                if not day:
                    continue
                if (name, operator) == ("closed_date", ">=") and part == Domain(name, "=", False) | limit:
                    days["since"] = day
                elif (name, operator) == ("date", "<") and part == limit:
                    days["before"] = day
        return days if "since" in days else None

    @api.model
    def _adv_day(self, value):
        """Return the day of a value in a domain; None where it is worked out later ('today')."""
        try:
            return fields.Date.to_date(value) if isinstance(value, (str, date)) else None
        except ValueError:
            return None

    # === QUERY === #

    @property
    def _table_query(self):
        days, worked_out, kept = self.env.context.get(DAYS), SQL("TRUE"), SQL("FALSE")
        if isinstance(days, Days):
            # what is not written yet changes which orders are noted
            for name in ("account.move", "account.move.line", "sale.order", "sale.order.line", "stock.move"):
                self.env[name].flush_model()
            # read first, so that the planner sees how few they are
            ids = self.env["adv.delivery.span"]._adv_get_orders(**days)
            if ids is not None:
                worked_out = of_orders(ids)
                kept = self._where_kept(days)
        companies = tuple(self.env.companies.ids) or (0,)
        return SQL(
            "%s UNION ALL %s",
            self._query_all(
                SQL(
                    """SELECT entry.*, CASE WHEN %s THEN span.date_to END AS closed_date
                         FROM (%s) AS entry
                    LEFT JOIN adv_delivery_span span ON span.order_id = entry.order_id""",
                    not_noted("entry"),
                    self._query_entries(worked_out, SQL("company_id IN %s", companies)),
                )
            ),
            self._query_all(
                SQL(
                    """SELECT line.order_id, line.order_line_id AS line_id, line.company_id, line.date,
                              line.amount, line.closed_date
                         FROM adv_delivery_step line WHERE line.company_id IN %s AND %s""",
                    companies,
                    kept,
                )
            ),
        )

    def _where_kept(self, days):
        """Return the condition on kept entries: of orders not changed since, open on one of the days."""
        first = days.get("since") or min(days["edges"])
        return SQL("(line.closed_date IS NULL OR line.closed_date >= %s) AND %s", first, NOT_NOTED)

    def _query_all(self, entries):
        """Outer joins: PostgreSQL leaves out those that nothing is asked of."""
        return SQL(
            """SELECT entry.line_id::bigint * 100000 + (entry.date - DATE '2000-01-01') AS id,
                      entry.date, entry.closed_date, entry.amount, entry.order_id,
                      entry.line_id AS order_line_id, line.product_id, template.categ_id,
                      sale.adv_commercial_partner_id AS partner_id, sale.team_id, sale.user_id,
                      sale.adv_assistant_id AS assistant_id, entry.company_id
                 FROM (%s) AS entry
            LEFT JOIN sale_order sale ON sale.id = entry.order_id
            LEFT JOIN sale_order_line line ON line.id = entry.line_id
            LEFT JOIN product_product product ON product.id = line.product_id
            LEFT JOIN product_template template ON template.id = product.product_tmpl_id""",
            entries,
        )

    def _query_entries(self, condition, companies=None):
        """Return the query that works out entries from what was moved and billed.

        :param condition: on the order's `line`
        :param companies: on the `company_id` of what was moved or billed; all without
        """
        companies = companies or SQL("TRUE")
        return SQL(
            """
            SELECT open.order_id, open.line_id, open.company_id, open.date,
                   open.after - open.before AS amount
              FROM (
                    SELECT line.order_id, summed.line_id, sale.company_id, summed.date,
                           GREATEST(summed.quantity, 0) * price.net AS after,
                           GREATEST(COALESCE(LAG(summed.quantity) OVER (
                               PARTITION BY summed.line_id ORDER BY summed.date), 0), 0) * price.net AS before
                      FROM (
                            SELECT event.line_id, event.date,
                                   SUM(SUM(event.quantity)) OVER (
                                       PARTITION BY event.line_id ORDER BY event.date) AS quantity
                              FROM (%(moved)s UNION ALL %(billed)s) AS event
                             WHERE %(companies)s
                             GROUP BY event.line_id, event.date
                           ) AS summed
                      JOIN sale_order_line line ON line.id = summed.line_id
                      JOIN sale_order sale ON sale.id = line.order_id
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN LATERAL (
                           SELECT CASE WHEN line.product_uom_qty != 0
                                       THEN line.price_subtotal / line.product_uom_qty
                                       ELSE line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                                       END::numeric
                                  / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric AS net
                           ) AS price ON TRUE
                     WHERE template.type = 'consu' AND NOT COALESCE(line.is_downpayment, FALSE)
                   ) AS open
             WHERE open.after != open.before
            """,
            moved=self._query_moved(condition),
            billed=self._query_billed(condition),
            companies=companies,
        )

    def _query_moved(self, condition):
        """What left for the customer and came back, in the line's unit, on the company's days.

        What came back for a repair stays sold, and is not sold again when it leaves again.

        :param condition: on the order's `line`
        """
        is_customers = self.env["adv.backfill"]._adv_sql_is_customers
        return SQL(
            """SELECT move.sale_line_id AS line_id,
                      (move.date AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date AS date,
                      CASE WHEN NOT %(target)s THEN CASE WHEN move.to_refund THEN -1 ELSE 0 END
                           WHEN move.to_refund OR move.origin_returned_move_id IS NULL THEN 1 ELSE 0 END
                      * move.quantity::numeric * done_unit.factor::numeric
                      / line_unit.factor::numeric AS quantity,
                      move.company_id
                 FROM stock_move move
                 JOIN res_company company ON company.id = move.company_id
                 JOIN stock_location source ON source.id = move.location_id
                 JOIN stock_location target ON target.id = move.location_dest_id
                 JOIN sale_order_line line
                      ON line.id = move.sale_line_id AND line.product_id = move.product_id
                 JOIN uom_uom done_unit ON done_unit.id = move.product_uom
                 JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                WHERE move.state = 'done' AND %(condition)s AND %(source)s != %(target)s""",
            condition=condition,
            source=is_customers("source"),
            target=is_customers("target"),
        )

    def _query_billed(self, condition):
        """What was billed, negative; credit notes on the price only leave the quantity.

        :param condition: on the order's `line`
        """
        return SQL(
            """SELECT rel.order_line_id AS line_id, invoice.date,
                      CASE WHEN invoice.move_type = 'out_invoice' THEN -1
                           WHEN reason.keeps_quantity THEN 0 ELSE 1 END
                      * item.quantity::numeric * item_unit.factor::numeric
                      / line_unit.factor::numeric AS quantity,
                      invoice.company_id
                 FROM sale_order_line_invoice_rel rel
                 JOIN account_move_line item ON item.id = rel.invoice_line_id
                 JOIN account_move invoice ON invoice.id = item.move_id
            LEFT JOIN adv_credit_reason reason ON reason.id = invoice.adv_credit_reason_id
                 JOIN sale_order_line line ON line.id = rel.order_line_id
                 JOIN uom_uom item_unit ON item_unit.id = item.product_uom_id
                 JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                WHERE invoice.state = 'posted' AND %s
                  AND invoice.move_type IN ('out_invoice', 'out_refund')""",
            condition,
        )
