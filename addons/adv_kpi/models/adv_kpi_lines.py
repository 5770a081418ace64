from odoo import api, models

from ..engine.lines import LINES

# the figures are worked out line by line: only so can product categories cut them
BY_LINE = "adv_kpi_by_line"
LINE_DIMENSIONS = ("categ", "product")


class AdvKpi(models.Model):
    """Product categories: where they are asked for, amounts are added up line by line."""

    _inherit = "adv.kpi"

    @api.model
    def _get_line_formulas(self):
        """Return {code: formula over lines}. Override to let categories cut more figures."""
        return LINES

    def _by_line(self):
        """Return the same figures, those that can be so counted line by line: same values, more rows."""
        return self.with_context(**{BY_LINE: True})

    def _formula(self):
        self.ensure_one()
        by_line = self._get_line_formulas() if self.env.context.get(BY_LINE) else {}
        return by_line.get(self.code) or super()._formula()

    @api.model
    def _prepare(self, codes, date_from, date_to, filters=None, as_of=None):
        kpis, scope, period = super()._prepare(codes, date_from, date_to, filters, as_of)
        return kpis._by_line() if "categ" in scope.filters else kpis, scope, period

    @api.model
    @api.readonly
    def get_breakdown(self, codes, date_from, date_to, dimension, filters=None):
        figures = self._by_line() if dimension in LINE_DIMENSIONS else self
        return super(AdvKpi, figures).get_breakdown(codes, date_from, date_to, dimension, filters)
