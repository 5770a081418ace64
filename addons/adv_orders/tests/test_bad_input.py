from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestBadInput(AdvOrdersCommon):
    """Input that cannot be meant gets a sentence and changes nothing."""

    def refused(self, error, action):
        with self.assertRaises(error):
            action()

    def test_absurd_dates(self):
        order = self.order()
        for name in ("commitment_date", "adv_requested_date", "date_order", "adv_received_date"):
            for value in ("0001-01-01 00:00:00", "9999-12-31 23:59:59"):
                if name == "adv_received_date" and value.startswith("9999"):
                    continue  # the future is refused by a rule of its own, see below
                before = order[name]
                with self.subTest(name=name, value=value):
                    self.refused(ValidationError, lambda n=name, v=value: order.write({n: v}))
                    self.assertEqual(order[name], before)
        self.refused(ValidationError, lambda: order.write({"adv_received_date": "9999-12-31 00:00:00"}))
        line = order.order_line
        self.refused(ValidationError, lambda: line.write({"adv_requested_date": "0001-01-01 00:00:00"}))
        self.refused(ValidationError, lambda: self.order(commitment_date="0001-01-01 00:00:00"))

    def test_huge_and_impossible_figures(self):
        line = self.order().order_line
        for values in (
            {"product_uom_qty": 1e15},
            {"product_uom_qty": -1e15},
            {"price_unit": 1e20},
            {"price_unit": float("nan")},
            {"discount": -1e12},
            {"product_uom_qty": float("inf")},
            {"discount": float("-inf")},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                line.write(values)
            self.assertEqual((line.product_uom_qty, line.price_unit, line.discount), (5.0, 100.0, 0.0))

    def test_infinity_in_a_new_line(self):
        order = self.order()
        command = Command.create({"product_id": self.table.id, "price_unit": float("inf")})
        self.refused(ValidationError, lambda: order.write({"order_line": [command]}))
        self.assertEqual(len(order.order_line), 1)

    def test_taking_back_stays_possible(self):
        order = self.order((self.chair, 5), (self.chair, -1))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_archived_customer_and_product(self):
        archived = self.customer.copy({"name": "Gone", "active": False})
        self.refused(ValidationError, lambda: self.order(partner_id=archived.id))
        self.table.active = False
        self.refused(ValidationError, lambda: self.order((self.table, 1)))
        order = self.order()
        self.refused(
            ValidationError,
            lambda: order.write({"order_line": [Command.create({"product_id": self.table.id})]}),
        )
        self.assertEqual(len(order.order_line), 1)

    def test_observing_leaves_native_orders_alone(self):
        self.env.company.adv_check_mode = "observe"
        self.table.active = False
        order = self.order((self.table, 1), (self.chair, -2))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_missing_exchange_rate(self):
        pounds = self.setup_other_currency("GBP")
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": pounds.id})
        self.refused(ValidationError, lambda: self.order(pricelist_id=pricelist.id))
        self.env["res.currency.rate"].create({"currency_id": pounds.id, "name": "2020-01-01", "rate": 0.5})
        self.assertEqual(self.order((self.chair, 1), pricelist_id=pricelist.id).adv_amount_company, 100.0)

    def test_records_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": company.id})
        theirs._adv_submit()
        result = theirs.adv_check_result_ids[:1]
        self.assertTrue(result)
        mine = self.order()
        partner = self.env["res.partner"].create({"name": "Theirs", "company_id": company.id})
        product = self.env["product.product"].create({"name": "Theirs", "company_id": company.id})
        user = self.assistant
        for error, action in (
            (AccessError, lambda: theirs.with_user(user).action_confirm()),
            (AccessError, lambda: theirs.with_user(user).action_open_adv_override()),
            (AccessError, lambda: result.with_user(self.manager).action_override("mine")),
            (UserError, lambda: mine.with_user(user).write({"partner_id": partner.id})),
            (
                UserError,
                lambda: mine.with_user(user).write(
                    {"order_line": [Command.create({"product_id": product.id})]}
                ),
            ),
        ):
            self.refused(error, action)
        self.assertEqual(theirs.state, "draft")
        self.assertEqual(mine.partner_id, self.customer)
