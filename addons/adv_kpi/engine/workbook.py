"""The workbook of a report: plain Python over the figures already worked out.

Text is written as text, whatever it begins with: a customer called "=1+1" stays one. Values are live
formulas over the sheet of data wherever a figure is a quotient, with the value known now beside them.
"""

from dataclasses import dataclass, field
from io import BytesIO

import xlsxwriter

CHARTS = 12
# formats of units
FORMATS = {
    "count": "#,##0",
    "currency": "#,##0.00",
    "percent": '0.0" %"',
    "days": "0.0",
    "hours": "0.0",
    "ratio": "#,##0.00",
    "score": "0.00",
}


@dataclass
class Row:
    """One figure of the report.

    :ivar factor: value = numerator / denominator x factor; None: no quotient
    :ivar interval: {'n', 'low', 'high'} where the value stands on few cases
    :ivar months: [(label, value or None, numerator, denominator or None, factor or None)]
    """

    name: str
    category: str
    unit: str
    unit_label: str
    explanation: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    factor: float | None = None
    base: float | None = None
    target: str = ""
    interval: dict | None = None
    months: list = field(default_factory=list)
    is_charted: bool = False


class Workbook:
    """Writes the sheets.

    :param labels: {key: text} of titles and headers, in the reader's language
    """

    def __init__(self, labels):
        self._labels = labels
        self._stream = BytesIO()
        self._book = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._bold = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {unit: self._book.add_format({"num_format": text}) for unit, text in FORMATS.items()}

    def compose(self, title, subtitle, rows):
        """Return the bytes of the workbook.

        :param rows: list of `Row`, in the order of the report
        """
        figures = self._sheet("figures", [34, 14, 10, 14, 14, 14, 10, 14, 14])
        data = self._sheet("data", [34, 16, 16, 10, 16])
        months = self._sheet("months", [34, *[13] * 14])
        definitions = self._sheet("definitions", [34, 14, 14, 90])
        self._write_data(data, rows)
        self._write_figures(figures, title, subtitle, rows)
        self._write_months(months, rows)
        self._write_definitions(definitions, rows)
        self._write_charts(rows)
        figures.activate()
        self._book.close()
        return self._stream.getvalue()

    # --- SHEETS ---

    def _sheet(self, key, widths):
        sheet = self._book.add_worksheet(self._labels[key][:31])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _head(self, sheet, row, keys):
        for column, key in enumerate(keys):
            sheet.write_string(row, column, self._labels[key], self._bold)

    def _ref(self, key):
        return "'%s'" % self._labels[key][:31].replace("'", "''")

    @staticmethod
    def _number(sheet, row, column, value, style=None):
        if value is None:
            sheet.write_blank(row, column, None, style)
        else:
            sheet.write_number(row, column, value, style)

    def _write_data(self, sheet, rows):
        self._head(sheet, 0, ("figure", "numerator", "denominator", "factor", "value"))
        sheet.freeze_panes(1, 1)
        for rank, row in enumerate(rows, 1):
            sheet.write_string(rank, 0, row.name)
            self._number(sheet, rank, 1, row.numerator)
            self._number(sheet, rank, 2, row.denominator)
            self._number(sheet, rank, 3, row.factor)
            if row.factor is None:
                self._number(sheet, rank, 4, row.value)
            else:
                self._quotient(sheet, rank, 4, f"B{rank + 1}", f"C{rank + 1}", f"D{rank + 1}", row.value)

    @staticmethod
    def _quotient(sheet, row, column, above, below, factor, value, style=None):
        formula = f'=IF({below}=0,"",{above}/{below}*{factor})'
        sheet.write_formula(row, column, formula, style, "" if value is None else value)

    def _write_figures(self, sheet, title, subtitle, rows):
        sheet.write_string(0, 0, title, self._title)
        sheet.write_string(1, 0, subtitle)
        heads = ("figure", "category", "unit", "value", "compared", "target", "cases", "low", "high")
        self._head(sheet, 3, heads)
        sheet.freeze_panes(4, 1)
        for rank, row in enumerate(rows):
            line, style = 4 + rank, self._formats[row.unit]
            sheet.write_string(line, 0, row.name)
            sheet.write_string(line, 1, row.category)
            sheet.write_string(line, 2, row.unit_label)
            cell = f"{self._ref('data')}!E{rank + 2}"
            sheet.write_formula(
                line, 3, f'=IF({cell}="","",{cell})', style, "" if row.value is None else row.value
            )
            self._number(sheet, line, 4, row.base, style)
            sheet.write_string(line, 5, row.target)
            interval = row.interval or {}
            self._number(sheet, line, 6, interval.get("n"), self._formats["count"])
            self._number(sheet, line, 7, interval.get("low"), style)
            self._number(sheet, line, 8, interval.get("high"), style)

    def _write_months(self, sheet, rows):
        labels = next((row.months for row in rows if row.months), [])
        sheet.write_string(0, 0, self._labels["figure"], self._bold)
        for column, month in enumerate(labels, 1):
            sheet.write_string(0, column, month[0], self._bold)
        sheet.freeze_panes(1, 1)
        for rank, row in enumerate(rows, 1):
            sheet.write_string(rank, 0, row.name)
            for column, (_label, value, _above, _below, _factor) in enumerate(row.months, 1):
                self._number(sheet, rank, column, value, self._formats[row.unit])

    def _write_definitions(self, sheet, rows):
        self._head(sheet, 0, ("figure", "category", "unit", "definition"))
        sheet.freeze_panes(1, 1)
        for rank, row in enumerate(rows, 1):
            for column, text in enumerate((row.name, row.category, row.unit_label, row.explanation)):
                sheet.write_string(rank, column, text, self._wrap)

    def _write_charts(self, rows):
        sheet = self._book.add_worksheet(self._labels["charts"][:31])
        sheet.hide_gridlines(2)
        charted = [(rank, row) for rank, row in enumerate(rows, 1) if row.is_charted and len(row.months) > 1][
            :CHARTS
        ]
        months = self._labels["months"][:31]
        for place, (rank, row) in enumerate(charted):
            chart = self._book.add_chart({"type": "column" if row.unit in ("count", "currency") else "line"})
            last = len(row.months)
            chart.add_series(
                {
                    "name": [months, rank, 0],
                    "categories": [months, 0, 1, 0, last],
                    "values": [months, rank, 1, rank, last],
                }
            )
            chart.set_title({"name": [months, rank, 0], "name_font": {"size": 11}})
            chart.set_legend({"none": True})
            chart.show_blanks_as("gap")
            sheet.insert_chart(place // 2 * 16, place % 2 * 8, chart, {"x_scale": 0.98, "y_scale": 1.0})
