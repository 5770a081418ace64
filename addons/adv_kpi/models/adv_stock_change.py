from odoo import api, fields, models
from odoo.tools import SQL


class AdvStockChange(models.Model):
    """Spans of days whose valued moves, or costs, have changed since their totals were made.

    Written in the transaction of the change, and only ever added: whoever sees the change sees this too. The
    job that makes the totals takes away those it has seen.
    """

    _name = "adv.stock.change"
    _description = "Change of past stock moves"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", index=True)
    date_from = fields.Datetime(required=True)
    date_to = fields.Datetime(required=True)

    @api.model
    def _adv_note_moves(self, ids):
        """Note the days of these moves, as the database has them by now."""
        self._adv_note("stock_move", ids, SQL("entry.state = 'done' AND (entry.is_in OR entry.is_out)"))

    @api.model
    def _adv_note_costs(self, ids):
        """Note the days of these costs of products."""
        self._adv_note("product_value", ids, SQL("entry.move_id IS NULL AND entry.lot_id IS NULL"))

    @api.model
    def _adv_note(self, table, ids, condition):
        if not ids:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO adv_stock_change (company_id, date_from, date_to)
                   SELECT entry.company_id, MIN(entry.date), MAX(entry.date) FROM %s entry
                    WHERE entry.id IN %s AND %s GROUP BY entry.company_id, DATE_TRUNC('month', entry.date)""",
                SQL.identifier(table),
                tuple(ids),
                condition,
            )
        )
