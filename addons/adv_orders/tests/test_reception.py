from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestReception(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.assistant"].search([]).active = False
        cls.clara, cls.luis = cls.env["adv.assistant"].create(
            [
                {"user_id": cls.assistant.id, "partner_ids": [Command.link(cls.customer.id)]},
                {"user_id": cls.manager.id},
            ]
        )

    def test_customers_own_assistant(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self.assertEqual(self.order().adv_assistant_id, self.clara)
        self.assertEqual(self.order(partner_id=contact.id).adv_assistant_id, self.clara)

    def test_in_absence_the_least_loaded_present_one(self):
        today = self.env.company._adv_today()
        self.clara.absence_ids = [
            Command.create({"date_from": today - timedelta(days=1), "date_to": today + timedelta(days=1)})
        ]
        self.assertEqual(self.order().adv_assistant_id, self.luis)

    def test_unknown_customer_goes_to_the_least_loaded(self):
        other = self.customer.copy({"name": "New"})
        self.assertEqual(self.order(partner_id=other.id).adv_assistant_id, self.clara)
        self.assertEqual(self.order(partner_id=other.id).adv_assistant_id, self.luis)

    def test_nobody(self):
        (self.clara | self.luis).active = False
        self.assertFalse(self.order().adv_assistant_id)

    def test_channel(self):
        orders = self.env["sale.order"]
        vals = {"partner_id": self.customer.id}
        self.assertEqual(orders.with_user(self.salesperson).create(vals).adv_channel, "salesperson")
        self.assertEqual(orders.with_user(self.assistant).create(vals).adv_channel, "other")
        self.assertEqual(orders.create({**vals, "adv_channel": "phone"}).adv_channel, "phone")
        self.assertEqual(orders.with_user(self.portal).sudo().create(vals).adv_channel, "portal")

    def test_received_with_the_time_of_the_event(self):
        orders = self.env["sale.order"].with_context(adv_at=self.at(2013, 6, 1, 9))
        self.assertEqual(
            orders.create({"partner_id": self.customer.id}).adv_received_date, self.moment(2013, 6, 1, 9)
        )
