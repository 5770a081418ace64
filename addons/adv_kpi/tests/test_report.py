import io
import zipfile
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree, html
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FEBRUARY, KpiCommon

NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Book:
    """A workbook read back: sheets of {cell: (formula or None, value)}."""

    def __init__(self, content):
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        strings = self._parse("xl/sharedStrings.xml").findall("s:si", NS)
        self.strings = ["".join(item.itertext()) for item in strings]
        names = [sheet.get("name") for sheet in self._parse("xl/workbook.xml").find("s:sheets", NS)]
        self.sheets = {name: self._read(rank) for rank, name in enumerate(names, 1)}

    def _parse(self, path):
        return etree.fromstring(self.archive.read(path))

    def _read(self, rank):
        cells = {}
        for cell in self._parse(f"xl/worksheets/sheet{rank}.xml").iterfind(".//s:c", NS):
            formula, value = cell.find("s:f", NS), cell.find("s:v", NS)
            text = value.text if value is not None else None
            if cell.get("t") == "s":
                text = self.strings[int(text)]
            elif text and cell.get("t") != "str":
                text = float(text)
            cells[cell.get("r")] = (formula.text if formula is not None else None, text)
        return cells

    def row_of(self, sheet, name):
        return next(
            int(cell[1:])
            for cell, (_formula, value) in self.sheets[sheet].items()
            if cell[0] == "A" and value == name
        )

    @property
    def charts(self):
        return [name for name in self.archive.namelist() if name.startswith("xl/charts/chart")]


@tagged("post_install", "-at_install")
class TestReport(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._confirmed(
            100,
            "2026-02-02 09:00:00",
            "2026-02-02 10:00:00",
            "2026-02-10 11:00:00",
            "2026-02-09 16:00:00",
            on_time=True,
        )
        cls._confirmed(50, "2026-02-05 09:00:00", "2026-02-05 10:00:00", "2026-02-10 11:00:00")
        cls._bill(120, "2026-02-10", "2026-02-20")
        cls.company.name = "=1+1"
        cls.env.ref("adv_kpi.kpi_revenue").name = "=HYPERLINK(1)"
        cls.env.flush_all()
        cls.book = Book(cls.kpi._get_workbook(*FEBRUARY))

    def test_sheets_and_charts(self):
        self.assertEqual(list(self.book.sheets), ["Figures", "Data", "Months", "Definitions", "Charts"])
        self.assertEqual(len(self.book.charts), 12)
        chart = self.book.archive.read("xl/charts/chart1.xml").decode()
        self.assertIn("Months!$B$", chart)

    def test_formulas_are_live(self):
        row = self.book.row_of("Data", "On time (shipped)")
        data = self.book.sheets["Data"]
        above, below, factor = (data[f"{column}{row}"][1] for column in "BCD")
        self.assertEqual((above, below, factor), (1, 2, 100))
        formula, value = data[f"E{row}"]
        self.assertEqual(formula, f'IF(C{row}=0,"",B{row}/C{row}*D{row})')
        self.assertEqual(value, above / below * factor)
        line = self.book.row_of("Figures", "On time (shipped)")
        formula, value = self.book.sheets["Figures"][f"D{line}"]
        self.assertEqual((formula, value), (f"IF('Data'!E{row}=\"\",\"\",'Data'!E{row})", 50))

    def test_every_quotient_is_what_its_parts_give(self):
        values = self.kpi.get_values(self.kpi.search([]).mapped("code"), *FEBRUARY)
        names = {kpi.code: kpi.name for kpi in self.kpi.search([])}
        data = self.book.sheets["Data"]
        for code, value in values.items():
            row = self.book.row_of("Data", names[code])
            with self.subTest(code=code):
                if data.get(f"D{row}", (None, None))[1] is not None and data[f"C{row}"][1]:
                    found = data[f"B{row}"][1] / data[f"C{row}"][1] * data[f"D{row}"][1]
                    self.assertAlmostEqual(found, value["value"], 6)
                else:
                    found = data.get(f"E{row}", (None, None))[1]
                    self.assertAlmostEqual(found or 0.0, value["value"] or 0.0, 6)

    def test_text_is_never_a_formula(self):
        texts = {value: formula for sheet in self.book.sheets.values() for formula, value in sheet.values()}
        self.assertIn("=HYPERLINK(1)", texts)
        self.assertIsNone(texts["=HYPERLINK(1)"])
        self.assertTrue(any(str(value).startswith("=1+1 | ") for value in texts))
        formulas = {
            formula for sheet in self.book.sheets.values() for formula, _value in sheet.values() if formula
        }
        self.assertTrue(all(formula.startswith("IF(") for formula in formulas))

    def test_months_and_definitions(self):
        months = self.book.sheets["Months"]
        self.assertEqual((months["N1"][1], months["B1"][1]), ("Feb 2026", "Feb 2025"))
        row = self.book.row_of("Months", "Order intake")
        self.assertEqual((months[f"N{row}"][1], months[f"M{row}"][1]), (150, 0))
        definitions = self.book.sheets["Definitions"]
        row = self.book.row_of("Definitions", "Order intake")
        self.assertEqual(definitions[f"D{row}"][1], self.env.ref("adv_kpi.kpi_order_intake").explanation)
        self.assertEqual(definitions[f"C{row}"][1], self.company.currency_id.name)

    def test_rows_of_the_print_view(self):
        rows = {row["code"]: row for row in self.kpi.get_report_rows(*FEBRUARY, "previous_period")}
        self.assertEqual((rows["order_intake"]["value"], rows["order_intake"]["base"]), (150, 0))

    def test_subscription(self):
        reader = new_test_user(
            self.env,
            "kpi_mail_reader",
            groups="adv_orders.group_adv_manager",
            email="reader@example.com",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        stranger = new_test_user(self.env, "kpi_mail_stranger", email="stranger@example.com")
        subscription = self.env["adv.kpi.subscription"].create(
            {"user_ids": (reader | stranger).ids, "next_date": "2026-03-01", "company_id": self.company.id}
        )
        self.env["adv.kpi.target"].create(
            {
                "kpi_id": self.env.ref("adv_kpi.kpi_order_intake").id,
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "value": 2000,
            }
        )
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        self.env["adv.kpi.subscription"]._adv_cron_send()
        mail = mails.search([]) - before
        self.assertEqual(mail.recipient_ids, reader.partner_id)
        self.assertEqual(mail.subject, "ADV figures, 02/01/2026 to 02/28/2026")
        self._check_body(mail.body_html)
        book = Book(mail.attachment_ids.raw)
        self.assertEqual(book.sheets["Data"][f"B{book.row_of('Data', 'Order intake')}"][1], 150)
        self.assertEqual(str(subscription.next_date), "2026-04-01")
        self.env["adv.kpi.subscription"]._adv_cron_send()
        self.assertEqual(mails.search([]) - before, mail, "once a month")
        subscription.frequency = "weekly"
        with patch.object(type(self.kpi), "_get_workbook", return_value=b"x") as made:
            subscription.action_send()
        self.assertEqual([str(day) for day in made.call_args.args], ["2026-03-09", "2026-03-15"])

    def _check_body(self, body):
        """The first page beside the year before and what is wanted; a figure that misses it is marked."""
        rows = {
            row[0].text_content().strip(): [cell.text_content().strip() for cell in row[1:]]
            for row in html.fromstring(body).iterfind(".//tbody/tr")
        }
        names = self.kpi.search([("first_page", "=", True)]).mapped("name")
        self.assertEqual(list(rows), names)
        self.assertEqual(rows["Order intake"], ["$\xa0150.00", "$\xa00", "✗ $\xa02,000"])
        self.assertEqual(rows["On time (shipped)"], ["50.0 %", "–", ""])
        self.assertIn("/odoo/adv-dashboard", body)

    def _due(self, name):
        return self.env["adv.kpi.subscription"].create(
            {
                "name": name,
                "user_ids": self.env.user.ids,
                "next_date": "2026-03-01",
                "company_id": self.company.id,
            }
        )

    def test_not_before_the_day_of_the_company(self):
        subscription = self._due("West")
        self.company.adv_tz = "America/Los_Angeles"
        with patch.object(type(subscription), "_adv_send") as sent:
            # the last evening of February there
            with freeze_time("2026-03-01 03:00:00"):
                subscription._adv_cron_send()
            sent.assert_not_called()
            with freeze_time("2026-03-01 12:00:00"):
                subscription._adv_cron_send()
                subscription._adv_cron_send()
            sent.assert_called_once()
        self.assertEqual(str(subscription.next_date), "2026-04-01")

    def test_a_report_that_fails_does_not_stop_the_others(self):
        broken, ready = self._due("Broken"), self._due("Ready")
        sent = []

        def send(subscription, today):
            if subscription == broken:
                raise ValueError("broken")
            sent.append(subscription)

        with (
            patch.object(type(broken), "_adv_send", send),
            self.assertLogs("odoo.addons.adv_kpi.models.adv_kpi_subscription", "ERROR"),
        ):
            broken._adv_cron_send()
        self.assertEqual(sent, [ready])
        self.assertEqual((str(broken.next_date), str(ready.next_date)), ("2026-03-01", "2026-04-01"))


@tagged("post_install", "-at_install", "security")
class TestReportRoute(HttpCase):
    def test_the_workbook_is_for_readers(self):
        new_test_user(self.env, "kpi_route_reader", groups="adv_orders.group_adv_manager")
        new_test_user(self.env, "kpi_route_nobody", groups="base.group_user")
        address = "/adv_kpi/report.xlsx?date_from=2026-02-01&date_to=2026-02-28"
        self.authenticate("kpi_route_reader", "kpi_route_reader")
        response = self.url_open(address)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Definitions", Book(response.content).sheets)
        with self.assertRaises(AccessError):
            self.env["adv.kpi"].with_user(
                self.env["res.users"].search([("login", "=", "kpi_route_nobody")])
            )._get_workbook("2026-02-01", "2026-02-28")
