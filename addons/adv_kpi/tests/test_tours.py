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
        """The tour that shows a manager the day can be walked to its end."""
        self.start_tour("/odoo", "adv_kpi_manager_day", login="admin")

    def test_figures(self):
        figure = self.env.ref("adv_kpi.kpi_order_line_count")
        self.assertFalse(figure.first_page)
        self.start_tour("/odoo/adv-figures", "adv_kpi_figures", login="admin")
        self.assertTrue(figure.first_page)
        self.assertEqual(figure.target_ids.mapped("value"), [250])

    def test_targets(self):
        self.env["adv.kpi.target"].search([]).unlink()
        self.start_tour("/odoo/adv-targets", "adv_kpi_targets", login="admin")
        target = self.env["adv.kpi.target"].search([])
        self.assertEqual((target.kpi_id.code, target.value), ("on_time_rate", 95.5))
        self.assertEqual(target.date_from, self.env.company._adv_today().replace(day=1))


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
