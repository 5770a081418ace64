from odoo import fields, models
from odoo.tools import SQL


class AdvStockEntry(models.Model):
    """The value of the stock as dated entries whose sum is its value at the end of any day.

    One entry per valued move, and one per change of a product's cost, which revalues what was in stock then.
    Moves count with the value recorded on them; with a standard cost, at the cost of their day.
    """

    _name = "adv.stock.entry"
    _description = "Stock value entry"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "product_id"
    _depends = {
        "stock.move": ["company_id", "date", "is_in", "is_out", "product_id", "quantity", "state", "value"],
        "product.value": ["company_id", "date", "lot_id", "move_id", "product_id", "value"],
        "product.template": ["categ_id"],
        "product.product": ["standard_price"],
        "product.category": ["property_cost_method"],
    }

    kind = fields.Selection([("move", "Move"), ("revaluation", "Change of cost")], readonly=True)
    date = fields.Datetime(readonly=True)
    amount = fields.Monetary(readonly=True, help="Added to the value of the stock.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    move_id = fields.Many2one("stock.move", string="Stock move", readonly=True)

    @property
    def _table_query(self):
        companies = tuple(self.env.companies.ids) or (0,)
        prices = self._query_prices(companies)
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._query_moves(companies, prices),
            self._query_changes_of_standard(prices),
            self._query_changes_of_average(prices),
        )

    def _query_prices(self, companies):
        """The costs of products over time; the first one known holds from the beginning."""
        return SQL(
            """SELECT cost.id, cost.product_id, cost.company_id, cost.value, cost.date,
                      LAG(cost.value) OVER of_product AS before,
                      CASE WHEN ROW_NUMBER() OVER of_product = 1 THEN '-infinity'::timestamp
                           ELSE cost.date END AS date_from,
                      COALESCE(LEAD(cost.date) OVER of_product, 'infinity'::timestamp) AS date_to
                 FROM product_value cost
                WHERE cost.move_id IS NULL AND cost.lot_id IS NULL AND cost.company_id IN %s
               WINDOW of_product AS (
                      PARTITION BY cost.company_id, cost.product_id ORDER BY cost.date, cost.id)""",
            companies,
        )

    def _query_moves(self, companies, prices):
        """Standard cost: at the cost of the day; the value recorded is rewritten when the cost changes."""
        return SQL(
            """SELECT entry.id::bigint * 4 AS id, 'move' AS kind, entry.date,
                      CASE WHEN entry.is_in THEN 1 ELSE -1 END
                      * CASE WHEN %(method)s = 'standard'
                             THEN %(quantity)s * COALESCE(price.value, %(current)s, 0)
                             ELSE entry.value END AS amount,
                      entry.product_id, template.categ_id, entry.company_id, entry.id AS move_id
                 FROM stock_move entry %(joins)s
            LEFT JOIN (%(prices)s) AS price
                      ON price.product_id = entry.product_id AND price.company_id = entry.company_id
                      AND entry.date >= price.date_from AND entry.date < price.date_to
                WHERE entry.state = 'done' AND (entry.is_in OR entry.is_out)
                  AND entry.company_id IN %(companies)s""",
            method=self._method(),
            quantity=self._quantity(),
            current=SQL("(product.standard_price ->> company.id::text)::numeric"),
            joins=self._joins(),
            prices=prices,
            companies=companies,
        )

    def _query_changes_of_standard(self, prices):
        return SQL(
            """SELECT entry.id::bigint * 4 + 1 AS id, 'revaluation' AS kind, entry.date,
                      COALESCE(held.quantity, 0)
                      * (entry.value - COALESCE(entry.before, entry.value)) AS amount,
                      entry.product_id, template.categ_id, entry.company_id, NULL::int AS move_id
                 FROM (%(prices)s) AS entry %(joins)s %(held)s
                WHERE %(method)s = 'standard'""",
            prices=prices,
            joins=self._joins(),
            held=self._held(),
            method=self._method(),
        )

    def _query_changes_of_average(self, prices):
        """Average cost: what was worth the recorded moves becomes quantity x new cost."""
        return SQL(
            """SELECT changed.id::bigint * 4 + 2 AS id, 'revaluation' AS kind, changed.date,
                      changed.worth - COALESCE(LAG(changed.worth) OVER (
                            PARTITION BY changed.company_id, changed.product_id
                            ORDER BY changed.date, changed.id), 0) AS amount,
                      changed.product_id, changed.categ_id, changed.company_id, NULL::int AS move_id
                 FROM (
                       SELECT entry.id, entry.date, entry.product_id, entry.company_id, template.categ_id,
                              entry.value * COALESCE(held.quantity, 0) - COALESCE(held.amount, 0) AS worth
                         FROM (%(prices)s) AS entry %(joins)s %(held)s
                        WHERE %(method)s = 'average'
                      ) AS changed""",
            prices=prices,
            joins=self._joins(),
            held=self._held(),
            method=self._method(),
        )

    # === PARTS === #

    def _joins(self):
        return SQL(
            """JOIN product_product product ON product.id = entry.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN res_company company ON company.id = entry.company_id
          LEFT JOIN product_category category ON category.id = template.categ_id
               JOIN uom_uom own_unit ON own_unit.id = template.uom_id"""
        )

    def _method(self):
        return SQL("COALESCE(category.property_cost_method ->> company.id::text, company.cost_method)")

    def _quantity(self):
        """The quantity of a move in the unit of its product."""
        return SQL(
            """entry.quantity::numeric * (SELECT unit.factor FROM uom_uom unit
                                          WHERE unit.id = entry.product_uom)::numeric
               / own_unit.factor::numeric"""
        )

    def _held(self):
        """What was in stock just before a change of cost, and what the moves before it are worth."""
        return SQL(
            """LEFT JOIN LATERAL (
                   SELECT SUM(CASE WHEN done.is_in THEN 1 ELSE -1 END
                              * done.quantity::numeric * unit.factor::numeric
                              / own_unit.factor::numeric) AS quantity,
                          SUM(CASE WHEN done.is_in THEN done.value ELSE -done.value END) AS amount
                     FROM stock_move done
                     JOIN uom_uom unit ON unit.id = done.product_uom
                    WHERE done.product_id = entry.product_id AND done.company_id = entry.company_id
                      AND done.state = 'done' AND (done.is_in OR done.is_out) AND done.date < entry.date
               ) AS held ON TRUE"""
        )
