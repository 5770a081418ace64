from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        service = cls.env["product.product"].create({"name": "Work", "type": "service", "taxes_id": False})
        customer = cls.env["res.partner"].create({"name": "Acme"})
        last_month = datetime.now().replace(day=1, hour=10, minute=0, second=0, microsecond=0)
        last_month = (last_month - timedelta(days=1)).replace(day=1)
        for delivered, on_time in ((False, False), (last_month.replace(day=9), True)):
            order = cls.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "order_line": [Command.create({"product_id": service.id, "price_unit": 100})],
                }
            )
            order._adv_set_facts(
                {
                    "state": "sale",
                    "adv_received_date": last_month.replace(day=2),
                    "adv_submitted_date": last_month.replace(day=2),
                    "adv_confirmed_date": last_month.replace(day=2),
                    "adv_promise_date": last_month.replace(day=10),
                }
            )
            order.flush_recordset()
            order._adv_set_facts({"adv_delivered_date": delivered, "adv_is_on_time": on_time})
        cls.env.flush_all()

    def test_dashboard(self):
        self.start_tour("/odoo/adv-dashboard", "adv_kpi_dashboard", login="admin")

    def test_manager_day(self):
        """The tour that shows a manager the day ends, also without the right to set targets."""
        new_test_user(self.env, "kpi_day_manager", groups="adv_orders.group_adv_manager")
        self.start_tour("/odoo", "adv_kpi_manager_day", login="kpi_day_manager")

    def test_figures(self):
        figure = self.env.ref("adv_kpi.kpi_order_line_count")
        self.assertFalse(figure.first_page)
        self.start_tour("/odoo/adv-figures", "adv_kpi_figures", login="admin")
        self.assertTrue(figure.first_page)
        self.assertEqual(figure.target_ids.mapped("value"), [250])

    def test_follow_up(self):
        """A report by e-mail, the alert of a missed target, the month closed."""
        reader = new_test_user(
            self.env,
            "kpi_tour_reader",
            name="Figure reader",
            email="reader@example.com",
            groups="adv_orders.group_adv_manager",
        )
        company = self.env.company
        self.env["adv.kpi.subscription"].search([]).unlink()
        self.env["adv.kpi.target"].search([]).unlink()
        self.env["adv.kpi.target"].create(
            {
                "kpi_id": self.env.ref("adv_kpi.kpi_order_intake").id,
                "date_from": "2020-01-01",
                "value": 1000000,
                "alert_user_id": self.env.ref("base.user_admin").id,
            }
        )
        today = company._adv_today()
        self.assertEqual(len(self.env["adv.kpi.alert"]._adv_check(company, today)), 1)
        self.env["adv.kpi.snapshot"]._adv_take(company, today)
        # sudo: mails are nobody's
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        self.start_tour("/odoo/adv-figure-reports", "adv_kpi_follow_up", login="admin")
        self.assertEqual((mails.search([]) - before).recipient_ids, reader.partner_id)

    def test_targets(self):
        self.env["adv.kpi.target"].search([]).unlink()
        self.start_tour("/odoo/adv-targets", "adv_kpi_targets", login="admin")
        target = self.env["adv.kpi.target"].search([])
        self.assertEqual((target.kpi_id.code, target.value), ("on_time_rate", 95.5))
        self.assertEqual(target.date_from, self.env.company._adv_today().replace(day=1))


@tagged("post_install", "-at_install")
class TestSurveyTour(HttpCase):
    def test_a_customer_answers(self):
        """From the delivery to the figure: asked once, answered by the letter's link, tied to the order."""
        company = self.env.company
        company.adv_survey_sends = True
        company.adv_survey_since = datetime.now() - timedelta(days=2)
        service = self.env["product.product"].create({"name": "Work", "type": "service", "taxes_id": False})
        customer = self.env["res.partner"].create({"name": "Acme", "email": "acme@example.com"})
        order = self.env["sale.order"].create(
            {"partner_id": customer.id, "order_line": [Command.create({"product_id": service.id})]}
        )
        order._adv_set_facts({"state": "sale", "adv_confirmed_date": datetime.now() - timedelta(days=1)})
        order.flush_recordset()
        order._adv_set_facts({"adv_delivered_date": datetime.now() - timedelta(hours=1)})
        order.flush_recordset()
        surveys = self.env["adv.satisfaction"].sudo()
        survey = surveys._adv_send(company).filtered(lambda sent: sent.order_id == order)
        self.assertTrue(survey)
        self.start_tour(survey.input_id.get_start_url(), "adv_kpi_survey", login=None)
        self.assertEqual((survey.csat, survey.nps, survey.nps_point), (4, 9, 1))
        self.assertEqual(survey.comment, "Nobody answered the phone on Monday")
        self.assertEqual(survey.score_ids.mapped("score"), [2])
        self.assertEqual(survey.score_ids.question_id, self.env.ref("adv_kpi.survey_question_phone"))
        today = company._adv_today()
        details = self.env["adv.kpi"].sudo().get_survey_details(today - timedelta(days=1), today)
        self.assertIn("To sort", [theme["label"] for theme in details["themes"]])


@tagged("post_install", "-at_install")
class TestReceivablesTour(AccountTestInvoicingCommon, HttpCase):
    def test_receivables(self):
        user = new_test_user(
            self.env,
            "tour_receivables",
            groups="account.group_account_invoice,adv_kpi.group_kpi_user",
            company_id=self.env.company.id,
            company_ids=[Command.set(self.env.company.ids)],
        )
        today = self.env.company._adv_today()
        customer = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        invoice = self.init_invoice(
            "out_invoice", partner=customer, invoice_date=today, post=True, amounts=[1000]
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"payment_date": today, "amount": 300, "payment_difference_handling": "open"}
        )._create_payments()
        self.start_tour("/odoo/adv-dashboard", "adv_kpi_receivables", login="tour_receivables")
        # what the tour has read is what the ledger holds
        entries = self.env["adv.receivable.entry"].with_user(user).search([])
        self.assertEqual(sum(entries.mapped("amount")), 700)
        self.assertEqual(invoice.amount_residual, 700)
        self.assertEqual(entries[:1].action_open()["res_model"], "account.move")
