from datetime import datetime

from odoo.tests import HttpCase, tagged

from ..tools import EventTime
from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestCustomerTours(HttpCase, AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()

    def history(self):
        for month in (1, 2, 3):
            at = (2026, month, 1, 9)
            order = self.order((self.chair, month), adv_received_date=datetime(*at))
            order.with_context(adv_at=EventTime(*at)).action_confirm()
        other = self.env["res.partner"].create({"name": "Not mine"})
        self.order((self.table, 1), partner_id=other.id).action_confirm()
        self.env["adv.partner.stats"]._adv_recompute(self.env.company)

    def test_morning(self):
        """The manager reads the page, opens what is blocked and the backlog, and comes back."""
        self.order((self.chair, 1, {"price_unit": 0.0})).action_confirm()
        self.order((self.table, 1)).action_confirm()
        self.start_tour("/odoo/adv-morning", "adv_orders_morning", login="adv_manager_test")

    def test_process(self):
        self.rule("Finance", amount_min=1000.0)
        self.order((self.table, 5)).action_confirm()
        self.start_tour("/odoo/adv-process", "adv_orders_process", login="adv_assistant_test")

    def test_habits(self):
        """An assistant calls a customer whose order did not come, then writes a quotation."""
        self.history()
        self.start_tour("/odoo/adv-overdue-habits", "adv_orders_habits", login="adv_assistant_test")
        action = self.env["adv.habit.action"].search([("partner_id", "=", self.customer.id)])
        self.assertRecordValues(action, [{"kind": "called", "user_id": self.assistant.id}])

    def test_glance(self):
        self.history()
        recent = self.order((self.table, 2))
        recent.action_confirm()
        self.start_tour(f"/odoo/adv-desk/{recent.id}", "adv_orders_glance", login="adv_assistant_test")

    def test_my_customers(self):
        self.history()
        self.start_tour("/odoo/adv-my-customers", "adv_orders_my_customers", login="adv_salesperson_test")

    def test_status(self):
        order = self.order((self.chair, 1), client_order_ref="TOUR-S")
        self.start_tour(f"/odoo/adv-desk/{order.id}", "adv_orders_status", login="adv_assistant_test")
        self.assertEqual(order.state, "sale")
