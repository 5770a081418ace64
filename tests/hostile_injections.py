"""Names and texts that want to be code stay text: in mails, pages, letters and workbooks."""

import io
from datetime import timedelta

import openpyxl
from markupsafe import escape
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

SCRIPT = "<script>alert('adv')</script>"
# what a template engine would make of one of these is 987654322
CODE = '{{ 987654321 + 1 }}${987654321 + 1}<t t-out="987654321 + 1"/>#{987654321 + 1}%(987654321)s'
NASTY = f"{SCRIPT}{CODE}"
EVALUATED = "987654322"
FORMULA = "=cmd|' /C calc'!A0"
FORMULAS = (FORMULA, "@SUM(1+1)", "+1+1", "-2+3", '=HYPERLINK("http://example.com")', "\t=1+1")


class Injections:
    """Tests of a class that has the world and an HTTP client."""

    def _nasty_customer(self):
        """Plant the words wherever a customer or one of us can type some; return the customer."""
        customer = self._plant(self.company, NASTY, 300.0)
        self.env.flush_all()
        return customer

    def assertHarmless(self, text, where):
        text = str(text)
        self.assertNotIn(SCRIPT, text, where)
        self.assertNotIn(EVALUATED, text, where)

    def test_mails_and_letters(self):
        customer = self._nasty_customer()
        order = self.env["sale.order"].search([("partner_id", "=", customer.id)], limit=1)
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", customer.id)])
        records = {
            "sale.order": order,
            "adv.dunning.notice": self._notice(customer),
            "adv.receipt": self._receipt(customer),
            "adv.receivable.stats": stats,
            "adv.satisfaction": self._satisfaction(order),
            "adv.request": self.env["adv.request"].search([("partner_id", "=", customer.id)], limit=1),
        }
        seen = self._check_templates(records)
        self.assertGreaterEqual(seen, 10)
        self._check_reports(records)

    def _customer_message(self, order, kind):
        vals = {
            "kind": kind,
            "source_key": f"hostile-{kind}-{order.id}",
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "date": self.env.cr.now(),
            "order_ids": [Command.set(order.ids)],
        }
        return self.env["adv.customer.message"].sudo().create(vals)

    def _notice(self, customer):
        """A notice over the customer's invoice, whatever the policy would make of it today."""
        move = self.env["account.move"].search(
            [("partner_id", "=", customer.id), ("state", "=", "posted")], limit=1
        )
        entry = move.line_ids.filtered(lambda line: line.display_type == "payment_term")[:1]
        level = self.env["adv.dunning.level"].search([], limit=1, order="delay desc")
        common = {"amount": entry.balance, "level_id": level.id}
        notice = (
            self.env["adv.dunning.notice"]
            .sudo()
            ._adv_create(
                [
                    {
                        **common,
                        "name": "Hostile",
                        "run_id": self.env["adv.dunning.run"].search([], limit=1).id,
                        "company_id": self.company.id,
                        "partner_id": customer.id,
                        "contact_id": customer.id,
                        "currency_id": self.company.currency_id.id,
                        "channel": "email",
                        "date": self.company._adv_today(),
                        "state": "ready",
                    }
                ]
            )
        )
        self.env["adv.dunning.notice.line"].sudo()._adv_create(
            [
                {
                    **common,
                    "notice_id": notice.id,
                    "move_id": move.id,
                    "move_line_id": entry.id,
                    "move_name": move.name,
                    "rank": 1,
                    "cycle": 1,
                    "date_due": entry.date_maturity,
                    "days_overdue": 60,
                    "amount_open": entry.balance,
                }
            ]
        )
        return notice

    def _satisfaction(self, order):
        survey = self.env.ref("adv_kpi.survey_satisfaction")
        vals = {
            "order_id": order.id,
            "company_id": self.company.id,
            "partner_id": order.partner_id.id,
            "date": self.env.cr.now(),
            "input_id": self.env["survey.user_input"].sudo().create({"survey_id": survey.id}).id,
        }
        return self.env["adv.satisfaction"].sudo().create(vals)

    def _receipt(self, customer):
        vals = {
            "partner_id": customer.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "source_key": f"hostile-{customer.id}",
            "date": self.company._adv_today(),
        }
        return self.env["adv.receipt"].sudo().create(vals)

    def _own(self, model):
        own = self.env["ir.model.data"].search([("model", "=", model), ("module", "=like", "adv\\_%")])
        return self.env[model].browse(own.mapped("res_id")).exists()

    def _message_of(self, template, order):
        """A message of the kind that a template is written for."""
        name = template.get_external_id()[template.id]
        return self._customer_message(order, name.removeprefix("adv_orders.mail_template_"))

    def _check_templates(self, records):
        """Render all our mail templates; return their number."""
        templates = self._own("mail.template")
        for template in templates:
            record = records.get(template.model) or self._message_of(template, records["sale.order"])
            record = record[:1]
            for field in ("body_html", "subject", "email_to", "partner_to", "reply_to", "email_from"):
                text = template._render_field(field, record.ids)[record.id]
                with self.subTest(template.display_name, field=field):
                    if field == "body_html":
                        self.assertHarmless(text, field)
                    self.assertNotIn(EVALUATED, str(text))
        return len(templates)

    def _check_reports(self, records):
        for report in self._own("ir.actions.report"):
            record = records.get(report.model)
            if not record:
                continue
            with self.subTest(report.report_name):
                html, _kind = report._render_qweb_html(report.report_name, record[:1].ids)
                self.assertIn(str(escape(SCRIPT)), html.decode())
                self.assertHarmless(html.decode(), report.report_name)

    def test_what_is_written_on_records(self):
        """Of all that our code says in the chatter, in activities and in notes, nothing is markup."""
        self._nasty_customer()
        for table, column in (("mail_message", "body"), ("mail_activity", "note")):
            self.env.cr.execute(
                SQL(
                    "SELECT %(column)s FROM %(table)s WHERE position(%(script)s IN %(column)s) > 0",
                    column=SQL.identifier(column),
                    table=SQL.identifier(table),
                    script=SCRIPT,
                )
            )
            self.assertEqual(self.env.cr.fetchall(), [], table)

    def test_pages_of_the_portal(self):
        customer = self._nasty_customer()
        login = "hostile_nasty"
        values = {"company_id": self.company.id, "name": NASTY, "email": "n@example.com"}
        user = new_test_user(self.env, login, "base.group_portal", **values)
        user.partner_id.parent_id = customer
        self.env.flush_all()
        self.authenticate(login, login)
        move = self.env["account.move"].search([("partner_id", "=", customer.id)], limit=1)
        request = self.env["adv.request"].search([("partner_id", "=", customer.id)], limit=1)
        order = self.env["sale.order"].search([("partner_id", "=", customer.id)], limit=1)
        currency = f"?company_id={self.company.id}&currency_id={self.company.currency_id.id}"
        for address in (
            "/my/statement",
            f"/my/statement/paid{currency}",
            f"/my/statement/contest/{move.id}",
            "/my/requests",
            f"/my/requests/{request.id}",
            "/my/requests/new",
            f"/my/orders/{order.id}",
            f"/my/orders/{order.id}/ask",
        ):
            with self.subTest(address), mute_logger("odoo.http"):
                page = self.url_open(address)
                self.assertEqual(page.status_code, 200)
                self.assertHarmless(page.text, address)
        with mute_logger("odoo.http"):
            form = {"kind": "question", "subject": NASTY, "text": "", "csrf_token": Request.csrf_token(self)}
            self.assertHarmless(self.url_open("/my/requests/ask", data=form).text, "the form again")

    def test_workbooks_hold_no_formula_of_others(self):
        """Names that begin like formulas are cells of text in each workbook."""
        for number, formula in enumerate(FORMULAS):
            customer = self._plant(self.company, f"{formula} {number}", 100.0)
        self.env.flush_all()
        today = self.company._adv_today()
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", customer.id)])
        pack = self.env["adv.month.end"].create(
            {"company_id": self.company.id, "date": today - timedelta(days=1)}
        )
        pack.action_compute()
        balance = self.env["adv.aged.balance"].create({"company_id": self.company.id})
        balance._fill()
        books = {
            "statement": stats._statement_workbook(today)[1],
            "month end": pack._adv_workbook(),
            "aged balance": balance._workbook()[1],
            "figures": self.env["adv.kpi"]._get_workbook(str(today.replace(day=1)), str(today)),
        }
        for name, content in books.items():
            with self.subTest(name):
                self._check_workbook(content)

    def _check_workbook(self, content):
        cells = [
            cell
            for sheet in openpyxl.load_workbook(io.BytesIO(content))
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str)
        ]
        self.assertTrue(cells)
        for cell in cells:
            planted = any(formula.strip() in cell.value for formula in FORMULAS)
            self.assertFalse(planted and cell.data_type == "f", cell.value)
            self.assertIsNone(cell.hyperlink, cell.value)
