"""Workbooks for people: real numbers and dates, and text that no spreadsheet takes for a formula."""

import io
from datetime import date, datetime

import xlsxwriter

SAFE = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(sheets):
    """Return the content of an .xlsx file.

    :param sheets: [(name, [(column title, width)], [row of values])]
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, SAFE) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        for name, columns, rows in sheets:
            sheet = book.add_worksheet(_sheet_name(name))
            sheet.freeze_panes(1, 0)
            for position, (title, width) in enumerate(columns):
                sheet.set_column(position, position, width)
                sheet.write_string(0, position, title, formats["head"])
            for line, row in enumerate(rows, start=1):
                for position, value in enumerate(row):
                    _write(sheet, line, position, value, formats)
    return stream.getvalue()


def _sheet_name(name):
    """Excel refuses some characters and more than 31 of them."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in name)[:31].strip("'") or "-"


def _write(sheet, line, position, value, formats):
    if value is None or value is False or value == "":
        return
    if isinstance(value, (date, datetime)):
        sheet.write_datetime(line, position, datetime(value.year, value.month, value.day), formats["date"])
    elif isinstance(value, bool):
        sheet.write_boolean(line, position, value)
    elif isinstance(value, int):
        sheet.write_number(line, position, value)
    elif isinstance(value, float):
        sheet.write_number(line, position, value, formats["money"])
    else:
        sheet.write_string(line, position, str(value))
