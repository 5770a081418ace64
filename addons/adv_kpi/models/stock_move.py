from odoo import api, models

# what the value of the stock is worked out from
VALUED = frozenset(
    {
        "company_id",
        "date",
        "is_in",
        "is_out",
        "product_id",
        "product_uom",
        "quantity",
        "state",
        "value",
    }
)


class StockMove(models.Model):
    """Tells which days' moves have changed, so that their totals are not used any more."""

    _inherit = "stock.move"

    # what stock entries read of a valued move
    _adv_kpi_valued_index = models.Index(
        "(company_id, date) INCLUDE (product_id, quantity, value, is_in, is_out, product_uom)"
        " WHERE state = 'done' AND (is_in OR is_out)"
    )

    # what was in stock of a product when its cost changed
    _adv_kpi_held_index = models.Index(
        "(product_id, date) INCLUDE (company_id, quantity, value, is_in, is_out, product_uom)"
        " WHERE state = 'done' AND (is_in OR is_out)"
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("state") == "done" for vals in vals_list):
            self.env["adv.stock.change"]._adv_note_moves(moves.ids)
        return moves

    def _write_multi(self, vals_list):
        """What is written, and what is computed: where it was counted, and where it is now."""
        if VALUED.isdisjoint(name for vals in vals_list for name in vals):
            return super()._write_multi(vals_list)
        changes = self.env["adv.stock.change"]
        changes._adv_note_moves(self.ids)
        result = super()._write_multi(vals_list)
        changes._adv_note_moves(self.ids)
        return result

    def unlink(self):
        self.env["adv.stock.change"]._adv_note_moves(self.ids)
        return super().unlink()
