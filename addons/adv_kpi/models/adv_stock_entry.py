from odoo import fields, models
from odoo.tools import SQL

# context key: moments between which the moves of a product are added up
EDGES = "adv_kpi_edges"


class Edges(tuple):
    """Sorted moments. What comes from outside in a context is never one of these."""

    __slots__ = ()


class AdvStockEntry(models.Model):
    """The value of the stock as dated entries whose sum is its value at the end of any day.

    One entry per valued move, and one per change of a product's cost, which revalues what was in stock then.
    Moves count with the value recorded on them; with a standard cost, at the cost of their day.
    """

    _name = "adv.stock.entry"
    _inherit = ["adv.dated.entry", "adv.assistant.individual"]
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

    # === CONDENSED === #

    def _adv_condensed(self, edges):
        """Return the model with the totals of whole months in the place of their moves, where these hold.

        The sums up to each of the edges are the same.

        :param edges: sorted moments (texts, UTC); what comes after the last one is left out
        """
        return self.with_context(**{EDGES: Edges(edges)})

    # === QUERY === #

    @property
    def _table_query(self):
        companies = tuple(self.env.companies.ids) or (0,)
        prices = self._query_prices(companies)
        edges = self.env.context.get(EDGES)
        if isinstance(edges, Edges) and edges:
            moves = self._query_condensed(companies, edges)
        else:
            moves = self._query_each(self._of(companies))
        return SQL(
            "%s UNION ALL %s UNION ALL %s",
            self._query_moves(moves, prices),
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

    def _query_moves(self, moves, prices):
        """Standard cost: at the cost of the day; the value recorded is rewritten when the cost changes."""
        return SQL(
            """SELECT entry.id::bigint * 4 AS id, 'move' AS kind, entry.date,
                      CASE WHEN goods.is_standard THEN %(quantity)s * goods.cost
                           ELSE entry.value END AS amount,
                      entry.product_id, goods.categ_id, entry.company_id, entry.id AS move_id
                 FROM (%(moves)s) AS entry
                 JOIN uom_uom unit ON unit.id = entry.product_uom
                 JOIN (%(goods)s) AS goods
                      ON goods.product_id = entry.product_id AND goods.company_id = entry.company_id
                      AND entry.date >= goods.date_from AND entry.date < goods.date_to""",
            quantity=self._quantity("entry", SQL("goods.uom_id"), SQL("goods.factor")),
            goods=self._query_goods(prices),
            moves=moves,
        )

    def _query_each(self, condition):
        """The valued moves for which a condition holds, what left with a minus."""
        return SQL(
            """SELECT done.id, done.company_id, done.product_id, done.product_uom, done.date,
                      CASE WHEN done.is_in THEN done.quantity ELSE -done.quantity END AS quantity,
                      CASE WHEN done.is_in THEN done.value ELSE -done.value END AS value
                 FROM stock_move done
                WHERE done.state = 'done' AND (done.is_in OR done.is_out) AND %s""",
            condition,
        )

    def _of(self, companies):
        return SQL("done.company_id IN %s", companies)

    def _query_condensed(self, companies, edges):
        """The totals of the months of which they hold, and the moves of all other days."""
        # which months hold is read before the query itself: what is not written yet changes it
        self.env["stock.move"].flush_model()
        self.env["product.value"].flush_model()
        last = fields.Datetime.to_datetime(edges[-1])
        covered = {
            company: [span for span in spans if span[1] <= last]
            for company, spans in self.env["adv.stock.total"]._adv_get_covered(companies, edges).items()
        }
        parts = []
        for company, spans in covered.items():
            moments = ["-infinity", *(moment for span in spans for moment in span), last]
            parts += [
                self._query_each(
                    SQL("done.company_id = %s AND done.date >= %s AND done.date < %s", company, start, end)
                )
                for start, end in zip(moments[::2], moments[1::2], strict=True)
                if start != end
            ]
        totals = [(company, *span) for company, spans in covered.items() for span in spans]
        if totals:
            parts.append(self._query_totals(totals))
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)

    def _query_totals(self, spans):
        return SQL(
            """SELECT NULL::int AS id, company_id, product_id, product_uom, date, quantity, value
                 FROM adv_stock_total WHERE (company_id, date_from, date_to) IN %s""",
            tuple(spans),
        )

    def _query_goods(self, prices):
        """What a move must know of its product, once for each cost it had: so moves need one join only.

        Worked out first and as a whole: the planner would look up each move's product anew.
        """
        return SQL(
            """WITH goods AS MATERIALIZED (
               SELECT entry.id AS product_id, company.id AS company_id, template.categ_id, template.uom_id,
                      own_unit.factor, %(method)s = 'standard' AS is_standard,
                      COALESCE(price.value, (entry.standard_price ->> company.id::text)::numeric, 0) AS cost,
                      COALESCE(price.date_from, '-infinity') AS date_from,
                      COALESCE(price.date_to, 'infinity') AS date_to
                 FROM product_product entry
                 JOIN product_template template ON template.id = entry.product_tmpl_id
                 JOIN uom_uom own_unit ON own_unit.id = template.uom_id
           CROSS JOIN res_company company
            LEFT JOIN product_category category ON category.id = template.categ_id
            LEFT JOIN (%(prices)s) AS price
                      ON price.product_id = entry.id AND price.company_id = company.id
                WHERE company.id IN %(companies)s
               ) SELECT * FROM goods""",
            method=self._method(),
            prices=prices,
            companies=tuple(self.env.companies.ids) or (0,),
        )

    def _query_changes_of_standard(self, prices):
        """Standard cost: what is held is worth more or less; the first cost known changes nothing."""
        return SQL(
            """SELECT entry.id::bigint * 4 + 1 AS id, 'revaluation' AS kind, entry.date,
                      COALESCE(held.quantity, 0) * (entry.value - entry.before) AS amount,
                      entry.product_id, template.categ_id, entry.company_id, NULL::int AS move_id
                 FROM (%(prices)s) AS entry %(joins)s %(held)s
                WHERE %(method)s = 'standard' AND entry.value != entry.before""",
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

    def _quantity(self, move, unit, factor):
        """The quantity of a move in the unit of its product: most are in it, and are not divided."""
        return SQL(
            """CASE WHEN %(move)s.product_uom = %(unit)s THEN %(move)s.quantity
                    ELSE %(move)s.quantity::numeric * unit.factor::numeric / %(factor)s::numeric END""",
            move=SQL.identifier(move),
            unit=unit,
            factor=factor,
        )

    def _held(self):
        """What was in stock just before a change of cost, and what the moves before it are worth."""
        return SQL(
            """LEFT JOIN LATERAL (
                   SELECT SUM(CASE WHEN done.is_in THEN 1 ELSE -1 END * %(quantity)s) AS quantity,
                          SUM(CASE WHEN done.is_in THEN done.value ELSE -done.value END) AS amount
                     FROM stock_move done
                     JOIN uom_uom unit ON unit.id = done.product_uom
                    WHERE done.product_id = entry.product_id AND done.company_id = entry.company_id
                      AND done.state = 'done' AND (done.is_in OR done.is_out) AND done.date < entry.date
               ) AS held ON TRUE""",
            quantity=self._quantity("done", SQL("template.uom_id"), SQL("own_unit.factor")),
        )
