from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..engine.figures import Figures
from ..engine.formulas import DaysOfSales, Ratio
from ..engine.workbook import Row, Workbook


class AdvKpi(models.Model):
    """The report: every figure with its months and its definition, as a workbook."""

    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_report_rows(self, date_from, date_to, comparison="previous_year", filters=None):
        """Return what the print view and the workbook show of every figure that the reader may see.

        :return: [{'code', 'name', 'category', 'unit', 'decimals', 'value', 'base', 'target', 'explanation'}]
        """
        return [
            {
                "code": kpi.code,
                "name": kpi.name,
                "category": row.category,
                "unit": kpi.unit,
                "decimals": kpi.decimals,
                "value": row.value,
                "base": row.base,
                "target": row.target,
                "explanation": row.explanation,
            }
            for kpi, row in self._get_report(date_from, date_to, comparison, filters)[0]
        ]

    @api.model
    def _get_workbook(self, date_from, date_to, comparison="previous_year", filters=None):
        """Return the bytes of the workbook, with what the user may read.

        :raise AccessError: for people who are no readers of figures
        """
        rows, period, compared, scope = self._get_report(date_from, date_to, comparison, filters)
        subtitle = self._get_report_subtitle(period, compared, scope)
        book = Workbook(self._get_report_labels())
        return book.compose(self.env._("ADV figures"), subtitle, [row for _kpi, row in rows])

    @api.model
    def _get_report(self, date_from, date_to, comparison, filters):
        """Return ([(figure, row)], period, period compared with or None, scope)."""
        kpis, scope, period = self._prepare(
            self.search([("code", "!=", False)]).mapped("code"), date_from, date_to, filters
        )
        kpis = kpis.filtered(lambda kpi: kpi._is_applicable(scope))
        compared = self._get_compared(period, comparison) if comparison else None
        months = self._get_months(period)
        figures = Figures(scope)
        for kpi in kpis:
            figures.want(kpi._formula(), [period, *months, *([compared] if compared else [])])
            kpi._want_precision(figures, period)
        figures.load()
        targets = self._get_shown_targets(kpis, scope, period)
        rows = [
            (kpi, kpi._get_report_row(figures, period, compared, months, targets.get(kpi))) for kpi in kpis
        ]
        return rows, period, compared, scope

    def _get_report_row(self, figures, period, compared, months, target):
        formula = self._formula()
        result = formula.evaluate(figures, period)
        return Row(
            name=self.name,
            category=dict(self._fields["category"]._description_selection(self.env))[self.category],
            unit=self.unit,
            unit_label=self._get_unit_label(figures.scope),
            explanation=self.explanation or "",
            value=result.value,
            numerator=result.numerator,
            denominator=result.denominator,
            factor=self._get_report_factor(formula, period),
            base=formula.evaluate(figures, compared).value if compared else None,
            target=target._get_wanted(period) if target else "",
            interval=self._get_precision(figures, period)["interval"],
            months=[self._get_report_month(formula, figures, month) for month in months],
            is_charted=self.first_page,
        )

    def _get_report_month(self, formula, figures, month):
        result = formula.evaluate(figures, month)
        label = format_date(self.env, month.date_from, date_format="LLL yyyy")
        return label, result.value, result.numerator, result.denominator, None

    def _get_unit_label(self, scope):
        if self.unit == "currency":
            return scope.currency.name
        return dict(self._fields["unit"]._description_selection(self.env))[self.unit]

    @api.model
    def _get_report_factor(self, formula, period):
        """Return what a quotient is multiplied with, or None where the figure is no quotient."""
        if type(formula) is Ratio:
            return formula.factor
        return float(period.elapsed().days) if type(formula) is DaysOfSales else None

    @api.model
    def _get_report_subtitle(self, period, compared, scope):
        def span(one):
            return f"{format_date(self.env, one.date_from)} - {format_date(self.env, one.date_to)}"

        parts = [", ".join(scope.companies.mapped("name")), span(period)]
        if compared:
            parts.append(self.env._("compared with %(span)s", span=span(compared)))
        parts.append(self.env._("as known on %(day)s", day=format_date(self.env, fields.Date.today())))
        return " | ".join(parts)

    @api.model
    def _get_report_labels(self):
        return {
            "figures": self.env._("Figures"),
            "data": self.env._("Data"),
            "months": self.env._("Months"),
            "charts": self.env._("Charts"),
            "definitions": self.env._("Definitions"),
            "figure": self.env._("Figure"),
            "category": self.env._("Category"),
            "unit": self.env._("Unit"),
            "value": self.env._("Value"),
            "compared": self.env._("Compared with"),
            "target": self.env._("Target"),
            "cases": self.env._("Cases, where few"),
            "low": self.env._("95 % interval from"),
            "high": self.env._("95 % interval to"),
            "numerator": self.env._("Numerator"),
            "denominator": self.env._("Denominator"),
            "factor": self.env._("Factor"),
            "definition": self.env._("Definition"),
        }
