"""The month-end pack as a workbook, without a database."""

import io

import xlsxwriter

AMOUNT, DAY = "#,##0.00", "yyyy-mm-dd"
WIDTHS = (24, 32, 16, 40, 12, 12, 12, 16)


def month_end_sheet(title, headers, rows):
    """Return the bytes of an XLSX workbook with one sheet: headers, rows, the sum of the last column.

    :param rows: lists in the order of ``headers``; texts are written as texts, never as formulas
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": AMOUNT})
    day = book.add_format({"num_format": DAY})
    total = book.add_format({"num_format": AMOUNT, "bold": True, "top": 1})
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, title, bold)
    for column, (header, width) in enumerate(zip(headers, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, header, bold)
    for number, row in enumerate(rows, start=3):
        _write_row(sheet, number, row, amount, day)
    last, column = 2 + len(rows), len(headers) - 1
    if rows:
        letter = chr(ord("A") + column)
        sheet.write_formula(
            last + 1, column, f"=SUM({letter}4:{letter}{last + 1})", total, sum(row[-1] for row in rows)
        )
        sheet.autofilter(2, 0, last, column)
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def _write_row(sheet, number, row, amount, day):
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif hasattr(value, "year"):
            sheet.write_datetime(number, column, value, day)
        elif isinstance(value, (int, float)) and value is not False:
            sheet.write_number(number, column, value, amount if isinstance(value, float) else None)
