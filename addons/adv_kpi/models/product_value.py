from odoo import api, models


class ProductValue(models.Model):
    """A cost of another day divides that day's moves otherwise."""

    _inherit = "product.value"

    @api.model_create_multi
    def create(self, vals_list):
        values = super().create(vals_list)
        self.env["adv.stock.change"]._adv_note_costs(values.ids)
        return values

    def _write_multi(self, vals_list):
        if not any(
            {"date", "company_id", "product_id", "move_id", "lot_id"}.intersection(vals) for vals in vals_list
        ):
            return super()._write_multi(vals_list)
        changes = self.env["adv.stock.change"]
        changes._adv_note_costs(self.ids)
        result = super()._write_multi(vals_list)
        changes._adv_note_costs(self.ids)
        return result

    def unlink(self):
        self.env["adv.stock.change"]._adv_note_costs(self.ids)
        return super().unlink()
