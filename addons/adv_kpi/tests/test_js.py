from odoo.tests import tagged

from odoo.addons.adv_orders.tests.common import HootCase


@tagged("post_install", "-at_install")
class TestJavascript(HootCase):
    def test_hoot(self):
        self.run_hoot("adv_kpi")
