"""HTML pages that need nothing from the network, as PDF."""

import tempfile
from pathlib import Path

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
