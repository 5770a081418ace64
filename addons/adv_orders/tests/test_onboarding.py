from odoo.tests import HttpCase, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestOnboarding(HttpCase, AdvOrdersCommon):
    def test_assistant_day(self):
        """The tour that shows an assistant the day can be walked to its end, and is offered like Odoo's."""
        self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="ONBOARD").with_user(
            self.assistant
        ).action_confirm()
        tours = self.env["web_tour.tour"]
        self.assertEqual(tours.get_tour_json_by_name("adv_orders_assistant_day")["url"], "/odoo")
        self.start_tour("/odoo", "adv_orders_assistant_day", login="adv_assistant_test")
