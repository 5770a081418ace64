from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import HttpCase, tagged


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
