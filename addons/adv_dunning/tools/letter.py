"""HTML pages that need nothing from the network, as PDF."""

import io
import re
import tempfile
from pathlib import Path

from odoo.tools.pdf import PdfReader, PdfWriter

from odoo.addons.base.models import ir_actions_report

MARGINS = (
    "--margin-top",
    "15mm",
    "--margin-bottom",
    "15mm",
    "--margin-left",
    "15mm",
    "--margin-right",
    "15mm",
)


def html_to_pdf(page):
    """Return a page as PDF by wkhtmltopdf, which runs without network, scripts and local files.

    :param str page: a whole HTML page with its styles and images inside
    :return: bytes
    :raise OSError: wkhtmltopdf could not be run, or made nothing
    """
    with tempfile.TemporaryDirectory(prefix="adv.letter.") as folder:
        source, target = Path(folder, "letter.html"), Path(folder, "letter.pdf")
        source.write_text(page, encoding="utf-8")
        arguments = ["--quiet", "--disable-local-file-access", "--disable-javascript", "--page-size", "A4"]
        done = ir_actions_report._run_wkhtmltopdf(
            [*arguments, *MARGINS, "--encoding", "utf-8", str(source), str(target)]
        )
        if not target.exists() or not target.stat().st_size:
            raise OSError(f"wkhtmltopdf made no document: {(done.stderr or '')[-500:]}")
        return target.read_bytes()


def split_pages(content, marks):
    """Cut a PDF of several letters into one PDF a letter.

    :param bytes content: the PDF
    :param list marks: for each letter, in their order, a text that stands on its first page only
    :return: list of bytes in the order of the marks; None when a letter's first page was not found
    """
    pages = PdfReader(io.BytesIO(content)).pages
    starts, position = [], 0
    texts = [re.sub(r"\s", "", page.extract_text() or "") for page in pages]
    for mark in marks:
        wanted = re.sub(r"\s", "", mark)
        position = next((number for number in range(position, len(texts)) if wanted in texts[number]), None)
        if position is None or (starts and position == starts[-1]):
            return None
        starts.append(position)
    return [_cut(pages, start, end) for start, end in zip(starts, [*starts[1:], len(texts)], strict=True)]


def _cut(pages, start, end):
    writer, target = PdfWriter(), io.BytesIO()
    for number in range(start, end):
        writer.add_page(pages[number])
    writer.write(target)
    return target.getvalue()
