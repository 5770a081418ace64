from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .test_lateness import LatenessCommon


@tagged("post_install", "-at_install")
class TestScreenTours(HttpCase, LatenessCommon):
    """The screens that no other story passes by: each list leads to the order it is about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "enforce", "adv_approval_mode": "enforce"})
        cls.env["sale.order"].search([("state", "in", ("draft", "sent"))])._action_cancel()
        cls.blocked = cls.order((cls.chair, 1, {"price_unit": 0.0}), client_order_ref="SCREEN-1")
        cls.blocked.with_user(cls.assistant).action_confirm()

    def test_desk_to_order(self):
        """The desk as calendar, pivot and graph; a late line leads to its order and back to its lines."""
        self.receive(10, 12)
        late = self.sell(6, 5)
        self.look()
        self.assertEqual(late.adv_lateness, "late")
        self.start_tour("/odoo/adv-desk", "adv_screens_desk", login="adv_assistant_test")

    def test_history(self):
        """Outcomes of checks, decisions of departments and payment advices are found again."""
        self.rule("Finance", members=self.manager, amount_min=1000.0)
        order = self.order((self.table, 5), client_order_ref="SCREEN-3")
        order.with_user(self.assistant).action_confirm()
        order.adv_approval_ids.with_user(self.manager).action_refuse("Too much at once")
        document = self.env["adv.document"].create(
            {"name": "Remittance 311", "partner_id": self.customer.id, "company_id": self.env.company.id}
        )
        document.with_user(self.assistant).action_file_payment_advice()
        self.start_tour("/odoo/adv-check-results", "adv_screens_history", login="adv_manager_test")

    def test_settings(self):
        """An administrator adds a reason of returns and a type of error, and changes a setting."""
        self.manager.group_ids = [Command.link(self.env.ref("base.group_system").id)]
        self.start_tour("/odoo/adv-return-reasons", "adv_screens_settings", login="adv_manager_test")
        reason = self.env["adv.return.reason"].search([("name", "=", "Wrong colour")])
        self.assertEqual(reason.error_type_id.code, "product")
        self.assertTrue(self.env["adv.error.type"].search([("name", "=", "Packaging")]))
        self.assertEqual(self.env.company.adv_answer_hours, 6)
