from odoo import fields, models
from odoo.tools import SQL


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
        "stock.move": ["company_id", "date", "product_id", "quantity", "sale_line_id", "state", "to_refund"],
        "account.move": ["adv_credit_reason_id", "date", "move_type", "state"],
        "account.move.line": ["product_uom_id", "quantity"],
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

    @property
    def _table_query(self):
        companies = tuple(self.env.companies.ids) or (0,)
        return SQL(
            """
            SELECT open.line_id::bigint * 100000 + (open.date - DATE '2000-01-01') AS id,
                   open.date, open.after - open.before AS amount, sale.id AS order_id,
                   line.id AS order_line_id, line.product_id, template.categ_id,
                   sale.adv_commercial_partner_id AS partner_id, sale.team_id, sale.user_id,
                   sale.adv_assistant_id AS assistant_id, sale.company_id
              FROM (
                    SELECT summed.line_id, summed.date,
                           GREATEST(summed.quantity, 0) * price.net AS after,
                           GREATEST(COALESCE(LAG(summed.quantity) OVER (
                               PARTITION BY summed.line_id ORDER BY summed.date), 0), 0) * price.net AS before
                      FROM (
                            SELECT daily.line_id, daily.date,
                                   SUM(daily.quantity) OVER (
                                       PARTITION BY daily.line_id ORDER BY daily.date) AS quantity
                              FROM (
                                    SELECT event.line_id, event.date, SUM(event.quantity) AS quantity
                                      FROM (%(moved)s UNION ALL %(billed)s) AS event
                                     GROUP BY event.line_id, event.date
                                   ) AS daily
                           ) AS summed
                      JOIN sale_order_line line ON line.id = summed.line_id
                      JOIN sale_order sale ON sale.id = line.order_id
                      JOIN LATERAL (
                           SELECT CASE WHEN line.product_uom_qty != 0
                                       THEN line.price_subtotal / line.product_uom_qty
                                       ELSE line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                                       END::numeric
                                  / COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric AS net
                           ) AS price ON TRUE
                   ) AS open
              JOIN sale_order_line line ON line.id = open.line_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE open.after != open.before AND template.type = 'consu'
               AND NOT COALESCE(line.is_downpayment, FALSE)
            """,
            moved=self._query_moved(companies),
            billed=self._query_billed(companies),
        )

    def _query_moved(self, companies):
        """What left for the customer and came back, in the line's unit, on the company's days."""
        return SQL(
            """SELECT move.sale_line_id AS line_id,
                      (move.date AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date AS date,
                      CASE WHEN target.usage = 'customer' THEN 1 WHEN move.to_refund THEN -1 ELSE 0 END
                      * move.quantity::numeric * done_unit.factor::numeric
                      / line_unit.factor::numeric AS quantity
                 FROM stock_move move
                 JOIN res_company company ON company.id = move.company_id
                 JOIN stock_location source ON source.id = move.location_id
                 JOIN stock_location target ON target.id = move.location_dest_id
                 JOIN sale_order_line line
                      ON line.id = move.sale_line_id AND line.product_id = move.product_id
                 JOIN uom_uom done_unit ON done_unit.id = move.product_uom
                 JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                WHERE move.state = 'done' AND move.company_id IN %s
                  AND (source.usage = 'customer') != (target.usage = 'customer')""",
            companies,
        )

    def _query_billed(self, companies):
        """What was billed, negative; credit notes on the price only leave the quantity."""
        return SQL(
            """SELECT rel.order_line_id AS line_id, invoice.date,
                      CASE WHEN invoice.move_type = 'out_invoice' THEN -1
                           WHEN reason.keeps_quantity THEN 0 ELSE 1 END
                      * item.quantity::numeric * item_unit.factor::numeric
                      / line_unit.factor::numeric AS quantity
                 FROM sale_order_line_invoice_rel rel
                 JOIN account_move_line item ON item.id = rel.invoice_line_id
                 JOIN account_move invoice ON invoice.id = item.move_id
            LEFT JOIN adv_credit_reason reason ON reason.id = invoice.adv_credit_reason_id
                 JOIN sale_order_line line ON line.id = rel.order_line_id
                 JOIN uom_uom item_unit ON item_unit.id = item.product_uom_id
                 JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                WHERE invoice.state = 'posted' AND invoice.company_id IN %s
                  AND invoice.move_type IN ('out_invoice', 'out_refund')""",
            companies,
        )
