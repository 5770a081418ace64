from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestReturns(AdvOrdersCommon):
    """5 chairs were delivered, 2 come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stockman = new_test_user(cls.env, login="adv_stockman_test", groups="stock.group_stock_user")
        cls.sold = cls.order((cls.chair, 5), commitment_date="2100-01-01 10:00:00")
        cls.sold.action_confirm()
        cls.delivery = cls.sold.picking_ids
        cls.delivery.move_ids.picked = True
        cls.delivery._action_done()
        cls.changed_mind = cls.env.ref("adv_orders.return_reason_changed_mind")
        cls.wrong_product = cls.env.ref("adv_orders.return_reason_wrong_product")

    def wizard(self, reason=None, user=None):
        wizard = self.env["stock.return.picking"].with_user(user or self.stockman)
        wizard = wizard.with_context(
            active_id=self.delivery.id, active_ids=self.delivery.ids, active_model="stock.picking"
        )
        wizard = wizard.create({"adv_return_reason_id": reason.id if reason else False})
        wizard.product_return_moves.quantity = 2
        return wizard

    def bring_back(self, reason=None):
        return self.env["stock.picking"].browse(self.wizard(reason).action_create_returns()["res_id"])

    def to_qualify(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_orders.action_returns")
        domain = [("adv_is_return", "=", True), ("adv_return_reason_id", "=", False)]
        self.assertEqual(action["domain"], "[('adv_is_return', '=', True)]")
        return self.env["stock.picking"].with_user(self.assistant).search(domain)

    def test_enforced_the_reason_is_needed(self):
        """Return, return all and exchange ask; nothing is created without an answer."""
        before = len(self.sold.picking_ids)
        for button in ("action_create_returns", "action_create_returns_all", "action_create_exchanges"):
            with self.assertRaisesRegex(UserError, "choose the reason"):
                getattr(self.wizard(), button)()
        self.assertEqual(len(self.sold.picking_ids), before)

    def test_observed_it_is_not(self):
        self.env.company.adv_check_mode = "observe"
        back = self.bring_back()
        self.assertFalse(self.sold.adv_error_ids)
        self.assertEqual(self.to_qualify(), back)

    def test_our_mistake_goes_to_the_ledger(self):
        back = self.bring_back(self.wrong_product)
        self.assertEqual(back.adv_return_reason_id, self.wrong_product)
        error = self.sold.adv_error_ids
        self.assertRecordValues(
            error,
            [
                {
                    "step": "delivery",
                    "found_step": "delivery",
                    "found_by": "return",
                    "escaped": True,
                    "outcome": "escaped",
                    "state": "open",
                    "minutes": 25,
                    "product_id": self.chair.id,
                    "line_id": self.sold.order_line.id,
                    "name": f"{back.name}: We shipped another product",
                }
            ],
        )
        self.assertEqual(error.type_id.code, "product")
        self.assertFalse(self.to_qualify())

    def test_entered_wrongly_is_an_error_of_entry(self):
        self.bring_back(self.env.ref("adv_orders.return_reason_entered_wrongly"))
        self.assertEqual(self.sold.adv_error_ids.step, "entry")

    def test_changed_their_mind_is_no_error(self):
        self.bring_back(self.changed_mind)
        self.assertFalse(self.sold.adv_error_ids)
        self.assertFalse(self.to_qualify())

    def test_every_reason_presets_its_type(self):
        types = {
            reason.code: reason.error_type_id.code for reason in self.env["adv.return.reason"].search([])
        }
        self.assertEqual(
            types,
            {
                "wrong_product": "product",
                "wrong_quantity": "quantity",
                "entered_wrongly": "product",
                "damaged": "delivery",
                "too_late": "deadline",
                "wrong_address": "address",
                "changed_mind": False,
                "ordered_wrongly": False,
            },
        )

    def test_exchange_is_one_error(self):
        self.wizard(self.env.ref("adv_orders.return_reason_damaged")).action_create_exchanges()
        self.assertEqual(self.sold.adv_error_ids.type_id.code, "delivery")

    def test_second_thoughts(self):
        """Too late, no: damaged; no: they changed their mind; no: damaged after all. One error is open."""
        back = self.bring_back(self.env.ref("adv_orders.return_reason_too_late"))
        damaged = self.env.ref("adv_orders.return_reason_damaged")
        for reason, opened in ((damaged, "delivery"), (self.changed_mind, False), (damaged, "delivery")):
            back.with_user(self.assistant).adv_return_reason_id = reason
            errors = self.sold.adv_error_ids
            self.assertEqual(errors.filtered(lambda error: error.state == "open").type_id.code, opened)
        self.assertEqual(sorted(errors.type_id.mapped("code")), ["deadline", "delivery"])

    def test_a_cancelled_return_is_no_error(self):
        back = self.bring_back(self.wrong_product)
        back.action_cancel()
        self.assertRecordValues(
            self.sold.adv_error_ids,
            [{"state": "dismissed", "dismiss_reason": "The return was cancelled"}],
        )

    def test_returns_made_elsewhere_are_listed(self):
        """By a program, without the wizard: the assistants say in bulk why."""
        wizard = self.wizard(user=self.env.user).sudo()
        program = wizard._create_return() | wizard._create_return()
        self.assertEqual(self.to_qualify(), program)
        program.with_user(self.assistant).action_qualify_return("wrong_product")
        self.assertEqual(len(self.sold.adv_error_ids), 2)
        self.assertFalse(self.to_qualify())

    def test_only_returns_of_customers_have_a_reason(self):
        with self.assertRaisesRegex(UserError, "only a return of a customer"):
            self.delivery.with_user(self.assistant).action_qualify_return("damaged")

    def test_other_transfers_do_not_read_the_ledger(self):
        with patch.object(self.registry["adv.order.error"], "_adv_replace") as asked:
            order = self.order((self.chair, 1), commitment_date="2100-01-01 10:00:00")
            order.action_confirm()
        self.assertTrue(order.picking_ids)
        asked.assert_not_called()

    def test_who_may_qualify(self):
        self.env.company.adv_check_mode = "observe"
        back = self.bring_back()
        for user in (self.salesperson, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                back.with_user(user).action_qualify_return("damaged")
        self.assertFalse(self.sold.adv_error_ids)

    def test_returning_a_receipt_asks_nothing(self):
        """Only what customers send back has a reason."""
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.chair.id,
                            "product_uom_qty": 3,
                            "location_id": self.env.ref("stock.stock_location_suppliers").id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                        },
                    )
                ],
            }
        )
        receipt.action_confirm()
        receipt.move_ids.quantity = 3
        receipt.move_ids.picked = True
        receipt._action_done()
        self.delivery = receipt
        self.assertFalse(self.wizard().adv_reason_required)
        self.assertFalse(self.bring_back().adv_return_reason_id)

    def test_the_form_asks(self):
        wizard = self.wizard()
        with self.assertRaisesRegex(AssertionError, "adv_return_reason_id is a required field"):
            Form(wizard).save()
