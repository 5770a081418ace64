from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestTimeline(AdvOrdersCommon):
    """How much of an order has left: 5 chairs and 3 tables, and a service that nobody ships."""

    def setUp(self):
        super().setUp()
        self.sold = self.order((self.chair, 5), (self.table, 3), (self.service, 2))
        self.sold.action_confirm()

    def test_part(self):
        self.assertEqual(self.sold.adv_shipped_share, 0.0)
        self.ship(self.sold, {self.chair: 5})
        self.assertEqual(self.sold.adv_shipped_share, 0.625)
        self.ship(self.sold)
        self.assertEqual(self.sold.adv_shipped_share, 1.0)

    def test_more_than_ordered_counts_once(self):
        self.ship(self.sold, {self.chair: 9})
        self.assertEqual(self.sold.adv_shipped_share, 0.625)

    def test_nothing_to_ship(self):
        self.assertEqual(self.order((self.service, 2)).adv_shipped_share, 0.0)
