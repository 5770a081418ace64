"""The month-end pack as a workbook, without a database."""

import io

import xlsxwriter

AMOUNT, DAY = "#,##0.00", "yyyy-mm-dd"
WIDTHS = (24, 32, 16, 40, 12, 12, 12, 16)


def month_end_sheet(title, headers, rows, kinds, names):
    """Return the bytes of an XLSX workbook: the value of each kind, then the lines.

    Values of the first sheet are live sums over the second.

    :param rows: lists in the order of ``headers``, the kind first, the value last; texts are written as
        texts, never as formulas
    :param kinds: the kinds in the order of the summary
    :param names: names of the two sheets
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": AMOUNT})
    day = book.add_format({"num_format": DAY})
    total = book.add_format({"num_format": AMOUNT, "bold": True, "top": 1})
    summary, sheet = (book.add_worksheet(name[:31]) for name in names)
    last, column = 2 + len(rows), len(headers) - 1
    _write_summary(summary, title, headers, rows, kinds, names[1][:31], bold, amount)
    sheet.write_string(0, 0, title, bold)
    for number, (header, width) in enumerate(zip(headers, WIDTHS, strict=True)):
        sheet.set_column(number, number, width)
        sheet.write_string(2, number, header, bold)
    for number, row in enumerate(rows, start=3):
        _write_row(sheet, number, row, amount, day)
    if rows:
        letter = chr(ord("A") + column)
        sheet.write_formula(
            last + 1,
            column,
            f"=SUBTOTAL(109,{letter}4:{letter}{last + 1})",
            total,
            sum(row[-1] for row in rows),
        )
        sheet.autofilter(2, 0, last, column)
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def _write_summary(sheet, title, headers, rows, kinds, lines, bold, amount):
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 16)
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(2, 0, headers[0], bold)
    sheet.write_string(2, 1, headers[-1], bold)
    letter, quoted = chr(ord("A") + len(headers) - 1), lines.replace("'", "''")
    for number, kind in enumerate(kinds, start=3):
        value = sum(row[-1] for row in rows if row[0] == kind)
        formula = f"=SUMIF('{quoted}'!A:A,A{number + 1},'{quoted}'!{letter}:{letter})"
        sheet.write_string(number, 0, kind)
        sheet.write_formula(number, 1, formula, amount, value)


def _write_row(sheet, number, row, amount, day):
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value)
        elif hasattr(value, "year"):
            sheet.write_datetime(number, column, value, day)
        elif isinstance(value, (int, float)) and value is not False:
            sheet.write_number(number, column, value, amount if isinstance(value, float) else None)
