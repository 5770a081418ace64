from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestHold(AdvBillingCommon):
    """A customer on hold: new orders stop, confirmed ones are not shipped, one order can be released."""

    def setUp(self):
        super().setUp()
        self.company.adv_check_mode = "enforce"

    def _hold(self, on_hold=True):
        return self.acme._adv_set_on_hold(on_hold, self.company)

    def _result(self, order):
        return order.adv_check_result_ids.filtered(
            lambda result: result.check_id.code == "customer_on_hold"
        ).state

    def test_new_order_waits_and_goes_on_when_the_hold_ends(self):
        self._hold()
        order = self._order(confirm=False)
        order.action_confirm()
        self.assertNotEqual(order.state, "sale")
        self.assertEqual(self._result(order), "failed")
        self.assertTrue(order.adv_blocked)
        self._hold(False)
        self.assertEqual(self._result(order), "passed")
        self.assertFalse(order.adv_blocked)

    def test_address_of_a_held_customer_is_held_too(self):
        self._hold()
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.acme.id})
        order = self._order(confirm=False, partner=contact)
        order.action_confirm()
        self.assertEqual(self._result(order), "failed")

    def test_confirmed_order_is_not_shipped(self):
        order = self._order()
        self._hold()
        picking = order.picking_ids
        self.assertIn("ACME", picking.adv_hold_message)
        with self.assertRaisesRegex(UserError, "on hold"):
            self._deliver(order)
        self._hold(False)
        self._deliver(order)
        self.assertEqual(picking.state, "done")

    def test_observe_stops_nothing(self):
        self.company.adv_check_mode = "observe"
        self._hold()
        order = self._order()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.adv_payer_on_hold)
        self.assertFalse(order.picking_ids.adv_hold_message)
        self._deliver(order)

    def test_release_of_one_order(self):
        held, released = self._order(), self._order([(self.lamp, 5)])
        self._hold()
        with self.assertRaises(UserError):
            released.action_adv_release_hold("  ")
        with Form(self.env["adv.hold.release"].with_context(default_order_id=released.id)) as wizard:
            wizard.reason = "Transfer seen"
        wizard.record.action_release()
        self.assertRecordValues(
            released,
            [{"adv_hold_release_reason": "Transfer seen", "adv_hold_released_by": self.env.uid}],
        )
        self._deliver(released)
        with self.assertRaises(UserError):
            self._deliver(held)
        # the release ends with the hold: a later hold stops this customer's orders again
        self._hold(False)
        self.assertFalse(released.adv_hold_released_date)

    def test_release_of_a_waiting_order(self):
        self._hold()
        order = self._order(confirm=False)
        order.action_confirm()
        order.action_adv_release_hold("Agreed with finance")
        self.assertEqual(self._result(order), "passed")

    def test_release_needs_a_manager(self):
        order = self._order()
        self._hold()
        assistant = self._user("assistant_hold", "adv_orders.group_adv_assistant")
        with self.assertRaises(AccessError):
            order.with_user(assistant).action_adv_release_hold("please")
