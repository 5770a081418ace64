from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    # what stock entries read of a valued move
    _adv_kpi_valued_index = models.Index(
        "(company_id, product_id, date) INCLUDE (quantity, value, is_in, is_out, product_uom)"
        " WHERE state = 'done' AND (is_in OR is_out)"
    )
