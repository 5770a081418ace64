from odoo import api, models
from odoo.tools import SQL

from ..hooks import fill_lines_statement, fill_statement


class AdvBackfill(models.AbstractModel):
    _inherit = "adv.backfill"

    @api.model
    def _adv_fill_more(self, ids):
        """The delivery dates of earlier orders came by SQL: so do the figures made of them."""
        super()._adv_fill_more(ids)
        condition = SQL("sale_order.id IN %s", ids)
        self.env.cr.execute(fill_statement(condition))
        self.env.cr.execute(fill_lines_statement(condition))
