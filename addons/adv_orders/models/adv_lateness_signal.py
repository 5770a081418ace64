from odoo import api, fields, models
from odoo.tools import SQL

PENDING = "adv_orders.lateness"


class AdvLatenessSignal(models.Model):
    """Products whose open lines are to be looked at again; the lateness job takes them away.

    Only added to, never updated: people who confirm and ship at the same time do not wait for each other.
    """

    _name = "adv.lateness.signal"
    _description = "Product whose lateness is to be computed"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")

    _company_product_index = models.Index("(company_id, product_id)")

    @api.model
    def _adv_note(self, pairs):
        """Note (company id, product id) pairs: one statement at the end of the transaction, however many."""
        precommit = self.env.cr.precommit
        noted = precommit.data.get(PENDING)
        if noted is None:
            noted = precommit.data[PENDING] = set()
            precommit.add(self._adv_flush)
        noted.update(pairs)

    @api.model
    def _adv_flush(self):
        pairs = sorted(self.env.cr.precommit.data.pop(PENDING, ()))
        if pairs:
            companies, products = (list(ids) for ids in zip(*pairs, strict=True))
            self.env.cr.execute(
                SQL(
                    """INSERT INTO adv_lateness_signal (company_id, product_id)
                       SELECT pair.company_id, product.id
                         FROM unnest(%s, %s) AS pair(company_id, product_id)
                         JOIN product_product product ON product.id = pair.product_id""",
                    companies,
                    products,
                )
            )

    @api.model
    def _adv_note_all(self):
        """Note every product of an open line, and of lines whose lateness is still shown."""
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO adv_lateness_signal (company_id, product_id)
                   SELECT DISTINCT line.company_id, line.product_id
                     FROM sale_order_line line
                     JOIN sale_order so ON so.id = line.order_id
                    WHERE line.product_id IS NOT NULL
                      AND ((so.state = 'sale' AND so.adv_delivered_date IS NULL)
                           OR line.adv_lateness IS NOT NULL)"""
            )
        )

    @api.model
    def _adv_last(self):
        """Return the number of the newest signal."""
        return self.env.execute_query(SQL("SELECT COALESCE(max(id), 0) FROM adv_lateness_signal"))[0][0]

    @api.model
    def _adv_next(self, limit, last):
        """Return (company id, product ids) of the next products of one company, up to signal ``last``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT company_id, product_id FROM adv_lateness_signal WHERE id <= %s
                   ORDER BY company_id, product_id LIMIT %s""",
                last,
                limit,
            )
        )
        company = rows[0][0] if rows else False
        return company, [product for owner, product in rows if owner == company]

    @api.model
    def _adv_done(self, company, products, last):
        self.env.cr.execute(
            SQL(
                "DELETE FROM adv_lateness_signal WHERE company_id = %s AND product_id = ANY(%s) AND id <= %s",
                company,
                products,
                last,
            )
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_signal(self):
        """Let the lateness of the products' open lines be computed again."""
        pairs = {(move.company_id.id, move.product_id.id) for move in self}
        if pairs:
            self.env["adv.lateness.signal"]._adv_note(pairs)

    def write(self, vals):
        result = super().write(vals)
        if {"date", "date_deadline", "state", "product_uom_qty"} & vals.keys():
            self._adv_signal()
        return result
