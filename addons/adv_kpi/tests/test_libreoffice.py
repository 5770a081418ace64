import io
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

from odoo.tests import tagged

from .common import FEBRUARY, KpiCommon
from .test_report import Book

# the result of a formula as the workbook brings it along
KNOWN_RESULT = re.compile(rb"(</f>)<v>[^<]*</v>")


def without_results(content):
    """Return a workbook whose formulas come without their results: who shows some has worked them out."""
    emptied = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(emptied, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, KNOWN_RESULT.sub(rb"\1", data) if "/worksheets/" in name else data)
    return emptied.getvalue()


@tagged("post_install", "-at_install")
@unittest.skipUnless(shutil.which("soffice"), "LibreOffice is not installed")
class TestLibreOffice(KpiCommon):
    """The workbook in a spreadsheet program that knows nothing of how it was made."""

    def _through_libreoffice(self, content):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.xlsx"
            file.write_bytes(content)
            done = subprocess.run(
                [
                    "soffice",
                    f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
                    "--headless",
                    "--convert-to",
                    "xlsx:Calc MS Excel 2007 XML",
                    "--outdir",
                    str(Path(folder) / "saved"),
                    str(file),
                ],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            saved = Path(folder) / "saved" / "report.xlsx"
            self.assertTrue(saved.exists(), f"it could not be opened: {done.stdout} {done.stderr}")
            return Book(saved.read_bytes())

    def test_opened_and_worked_out_again(self):
        self._confirmed(
            100,
            "2026-02-02 09:00:00",
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            on_time=True,
        )
        self._confirmed(50, "2026-02-05 09:00:00", "2026-02-05 10:00:00", "2026-02-10 11:00:00")
        self._bill(120, "2026-02-10", "2026-02-20")
        self.env.ref("adv_kpi.kpi_revenue").name = "=1+1"
        self.env.flush_all()
        content = self.kpi._get_workbook(*FEBRUARY)
        book, ours = self._through_libreoffice(without_results(content)), Book(content)
        self.assertEqual(list(book.sheets), list(ours.sheets))
        self.assertEqual(len(book.charts), len(ours.charts))
        worked_out = 0
        for sheet in ("Data", "Figures"):
            for cell, (formula, value) in ours.sheets[sheet].items():
                if formula is None:
                    continue
                found_formula, found = book.sheets[sheet][cell]
                with self.subTest(sheet=sheet, cell=cell):
                    self.assertTrue(found_formula)
                    if isinstance(value, float):
                        self.assertAlmostEqual(found, value, 6)
                        worked_out += 1
                    else:
                        self.assertFalse(found)
        self.assertGreater(worked_out, 20)
        row = book.row_of("Data", "On time (shipped)")
        self.assertEqual(book.sheets["Data"][f"E{row}"][1], 50)
        # the text that looks like a formula is a text there too
        row = book.row_of("Data", "=1+1")
        self.assertIsNone(book.sheets["Data"][f"A{row}"][0])
