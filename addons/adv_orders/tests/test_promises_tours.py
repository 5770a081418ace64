from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .test_lateness import LatenessCommon


@tagged("post_install", "-at_install")
class TestPromisesTours(HttpCase, LatenessCommon):
    def test_late_and_at_risk(self):
        """An assistant promises the expected date to the customers of a late container."""
        self.receive(10, 12)
        order = self.sell(6, 5)
        self.look()
        self.start_tour("/odoo/adv-late", "adv_promises_late", login="adv_assistant_test")
        self.assertRecordValues(
            order.adv_promise_change_ids,
            [{"origin": "supplier", "reason": "The container is late", "moves_base": False}],
        )
        told = self.env.company._adv_date(order.order_line.adv_told_date)
        self.assertEqual(told, self.day(12))
        self.assertEqual(order.adv_message_ids.kind, "delay")

    def test_backorders(self):
        """Stock is given to the order promised first, which then ships what is there."""
        first, second = self.sell(6, 5), self.sell(5, 9)
        self.look()
        self.start_tour("/odoo/adv-backorders", "adv_promises_backorders", login="adv_assistant_test")
        self.start_tour("/odoo/adv-backorders", "adv_promises_split", login="adv_assistant_test")
        self.assertEqual(first.order_line.adv_backorder_choice, "split")
        self.assertEqual(len(first.picking_ids), 2)
        self.assertFalse(second.order_line.adv_backorder_choice)

    def test_shortages(self):
        self.sell(6, 5)
        self.look()
        self.start_tour("/odoo/adv-shortages", "adv_promises_shortages", login="adv_assistant_test")
        self.assertTrue(self.env["mail.activity"].search([("user_id", "=", self.buyer.id)]))

    def test_unsent_messages(self):
        self.customer.email = False
        self.env.company.adv_acknowledgement_mode = "send"
        self.env.company.adv_messages_since = self.now - timedelta(days=1)
        order = self.sell(1, 5)
        messages = self.env["adv.customer.message"]
        messages._adv_collect()
        message = order.adv_message_ids
        (messages.search([]) - message).unlink()
        message._adv_send()
        self.start_tour("/odoo/adv-messages", "adv_promises_messages", login="adv_assistant_test")
        self.assertEqual(message.state, "not_wanted")

    def test_calendar(self):
        self.sell(4, 0)
        self.look()
        self.start_tour("/odoo/adv-promises", "adv_promises_calendar", login="adv_assistant_test")

    def test_changes_by_hand(self):
        order = self.sell(4, 5)
        order.commitment_date = self.now + timedelta(days=8)
        self.start_tour("/odoo/adv-promise-changes", "adv_promises_changes", login="adv_assistant_test")
        self.assertEqual(order.adv_promise_change_ids.origin, "customer")
        self.assertEqual(order.adv_promise_date, self.now + timedelta(days=8))
