from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestLedger(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.confirmed = cls.order((cls.chair, 5), commitment_date="2100-01-01 10:00:00")
        cls.confirmed.action_confirm()

    def test_log_is_idempotent_by_source(self):
        vals = {
            "type": "billing",
            "order_id": self.confirmed.id,
            "step": "billing",
            "found_by": "credit_note",
            "escaped": True,
            "cost": 12.5,
            "res_model": "sale.order",
            "res_id": self.confirmed.id,
        }
        ledger = self.env["adv.order.error"]
        first = ledger._adv_log([vals])
        self.assertEqual(ledger._adv_log([vals, vals]), first)
        self.assertRecordValues(
            first,
            [
                {
                    "step": "billing",
                    "found_by": "credit_note",
                    "escaped": True,
                    "cost": 12.5,
                    "minutes": first.type_id.standard_minutes,
                    "order_name": self.confirmed.name,
                    "partner_id": self.customer.id,
                    "company_id": self.env.company.id,
                }
            ],
        )
        self.assertEqual(len(ledger._adv_log([{"type": "other", "order_id": self.confirmed.id}] * 2)), 2)

    def test_never_deleted_and_survives_its_order(self):
        order = self.order()
        error = self.env["adv.order.error"]._adv_log([{"type": "price", "order_id": order.id}])
        with self.assertRaises(UserError):
            error.unlink()
        name = order.name
        order.unlink()
        self.assertEqual((error.order_id.id, error.order_name), (False, name))

    def test_dismiss(self):
        error = self.env["adv.order.error"]._adv_log([{"type": "price", "order_id": self.confirmed.id}])
        with self.assertRaises(AccessError):
            error.with_user(self.assistant).action_dismiss("no error")
        with self.assertRaises(UserError):
            error.with_user(self.manager).action_dismiss(" ")
        error.with_user(self.manager).action_dismiss("no error")
        self.assertEqual((error.state, error.dismiss_reason), ("dismissed", "no error"))

    def test_authors_are_hidden_by_default(self):
        vals = {"type": "price", "order_id": self.confirmed.id, "author_id": self.assistant.id}
        ledger = self.env["adv.order.error"].with_user(self.assistant)
        hidden = ledger._adv_log([vals])
        self.assertFalse(hidden.sudo().author_id)
        self.assertEqual(hidden.sudo().create_uid, self.env.ref("base.user_root"))
        self.env.company.adv_error_authors = True
        shown = ledger._adv_log([vals])
        self.assertEqual(shown.with_user(self.manager).author_id, self.assistant)
        with self.assertRaises(AccessError):
            shown.with_user(self.assistant).read(["author_id"])

    def test_report_an_error(self):
        self.confirmed.with_user(self.assistant)
        action = self.confirmed.action_open_error_report()
        wizard = Form(
            self.env["adv.error.report"].with_user(self.assistant).with_context(**action["context"])
        )
        wizard.type_id = self.env.ref("adv_orders.error_type_address")
        wizard.found_by = "customer"
        wizard.name = "Wrong dock"
        wizard.save().action_report()
        self.assertRecordValues(
            self.confirmed.adv_error_ids,
            [{"name": "Wrong dock", "step": "entry", "found_by": "customer", "escaped": True, "minutes": 20}],
        )

    # AMENDMENTS

    def test_changes_after_confirmation_are_amendments(self):
        line = self.confirmed.order_line
        self.confirmed.with_user(self.assistant).write(
            {"order_line": [(1, line.id, {"product_uom_qty": 6, "price_unit": 95.0})]}
        )
        self.assertRecordValues(
            self.confirmed.adv_amendment_ids.sorted("field"),
            [
                {
                    "field": "price_unit",
                    "old_value": "100.00",
                    "new_value": "95.00",
                    "user_id": self.assistant.id,
                },
                {
                    "field": "product_uom_qty",
                    "old_value": "5.00",
                    "new_value": "6.00",
                    "user_id": self.assistant.id,
                },
            ],
        )
        self.assertEqual(set(self.confirmed.adv_amendment_ids.mapped("qualification")), {"customer"})
        self.assertFalse(self.confirmed.adv_error_ids)

    def test_same_value_is_no_amendment(self):
        self.confirmed.order_line.write({"product_uom_qty": 5, "price_unit": 100.0})
        self.confirmed.write({"partner_shipping_id": self.customer.id})
        self.assertFalse(self.confirmed.adv_amendment_ids)

    def test_before_confirmation_there_are_none(self):
        order = self.order()
        order.order_line.product_uom_qty = 9
        self.assertFalse(order.adv_amendment_ids)

    def test_address_terms_and_new_lines(self):
        dock = self.env["res.partner"].create(
            {"name": "Dock", "parent_id": self.customer.id, "type": "delivery"}
        )
        self.confirmed.write({"partner_shipping_id": dock.id})
        self.confirmed.write({"order_line": [(0, 0, {"product_id": self.table.id, "product_uom_qty": 1})]})
        self.assertEqual(
            sorted(self.confirmed.adv_amendment_ids.mapped("field")),
            ["partner_shipping_id", "product_uom_qty"],
        )

    def test_unit_and_invoice_address_too(self):
        line = self.confirmed.order_line
        line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.confirmed.partner_invoice_id = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id, "type": "invoice"}
        )
        self.confirmed.adv_amendment_ids.with_user(self.assistant).action_qualify("error")
        self.assertEqual(
            {(error.type_id.code, error.name.split(":")[0]) for error in self.confirmed.adv_error_ids},
            {("quantity", "Unit"), ("price", "Unit Price"), ("address", "Invoice Address")},
        )

    def test_what_was_changed_and_overridden_survives_the_order(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        order.action_confirm()
        self.result(order, "zero_price").with_user(self.manager).action_override("a gift")
        order.action_confirm()
        order.write({"commitment_date": "2100-03-01 10:00:00"})
        name, amendment, change = order.name, order.adv_amendment_ids, order.adv_promise_change_ids
        override = self.result(order, "zero_price").override_ids
        order._action_cancel()
        order.with_user(self.manager).unlink()
        self.env.invalidate_all()
        for kept in (amendment, change):
            self.assertRecordValues(kept, [{"order_name": name, "order_id": False}])
        self.assertRecordValues(
            override, [{"document_name": name, "reason": "a gift", "user_id": self.manager.id}]
        )
        self.assertEqual(override.check_id.code, "zero_price")
        self.assertFalse(
            self.env["adv.order.amendment"].with_user(self.salesperson).search([("id", "=", amendment.id)])
        )
        with self.assertRaises(UserError):
            override.check_id.with_user(self.manager).unlink()

    def test_unknown_type_of_error(self):
        self.confirmed.order_line.product_uom_qty = 6
        with self.assertRaises(UserError):
            self.confirmed.adv_amendment_ids.with_user(self.assistant).action_qualify("error", "nonsense")

    def test_qualify(self):
        self.confirmed.order_line.product_uom_qty = 6
        amendment = self.confirmed.adv_amendment_ids
        with self.assertRaises(AccessError):
            amendment.with_user(self.salesperson).action_qualify("error")
        amendment.with_user(self.assistant).action_qualify("error")
        self.assertRecordValues(
            amendment.error_id, [{"step": "entry", "found_by": "amendment", "escaped": True, "state": "open"}]
        )
        self.assertEqual(amendment.error_id.type_id.code, "quantity")
        amendment.with_user(self.assistant).action_qualify("error", "product")
        self.assertEqual(amendment.error_id.type_id.code, "product")
        amendment.with_user(self.assistant).action_qualify("customer")
        self.assertEqual(amendment.error_id.state, "dismissed")
        with self.assertRaises(UserError):
            amendment.with_user(self.assistant).action_qualify("nonsense")

    def test_qualify_in_bulk_with_the_wizard(self):
        self.confirmed.order_line.write({"product_uom_qty": 6, "price_unit": 90.0})
        action = self.confirmed.adv_amendment_ids.action_open_qualify_error()
        wizard = self.env["adv.amendment.qualify"].with_user(self.assistant).with_context(**action["context"])
        wizard.create({}).action_apply()
        self.assertEqual(sorted(self.confirmed.adv_error_ids.type_id.mapped("code")), ["price", "quantity"])

    # PROMISES

    def change(self, origin):
        wizard = self.env["adv.promise.change.wizard"].with_user(self.assistant)
        wizard.create(
            {
                "order_id": self.confirmed.id,
                "new_date": "2100-02-01 10:00:00",
                "origin": origin,
                "reason": "Works at the dock",
            }
        ).action_change()
        return self.confirmed.adv_promise_change_ids

    def test_the_customers_change_moves_the_base(self):
        change = self.change("customer")
        self.assertRecordValues(
            change,
            [
                {
                    "old_date": self.moment(2100, 1, 1, 10),
                    "new_date": self.moment(2100, 2, 1, 10),
                    "moves_base": True,
                    "user_id": self.assistant.id,
                }
            ],
        )
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 2, 1, 10))
        self.assertEqual(self.confirmed.adv_promise_initial, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.confirmed.order_line.adv_promise_date, self.moment(2100, 2, 1, 10))
        self.assertFalse(self.confirmed.adv_amendment_ids)

    def test_ours_does_not(self):
        self.change("us")
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.confirmed.commitment_date, self.moment(2100, 2, 1, 10))
        self.assertEqual(self.confirmed.order_line.adv_expected_date, self.moment(2100, 2, 1, 10))

    def test_a_date_changed_by_hand_is_recorded(self):
        self.confirmed.commitment_date = "2100-03-01 10:00:00"
        self.assertEqual(self.confirmed.adv_promise_change_ids.origin, "unknown")
        self.assertEqual(self.confirmed.adv_amendment_ids.field, "commitment_date")
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 1, 1, 10))

    def test_reason_and_state(self):
        with self.assertRaises(UserError):
            self.confirmed._adv_change_promise(self.moment(2100, 2, 1), "us", " ")
        with self.assertRaises(UserError):
            self.order()._adv_change_promise(self.moment(2100, 2, 1), "us", "late")
