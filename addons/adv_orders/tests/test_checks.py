from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestChecks(AdvOrdersCommon):
    def outcome(self, order, code):
        self.env["adv.check"]._run(order)
        result = self.result(order, code)
        return result.state, result.message

    def assertFails(self, order, code, *words):
        state, message = self.outcome(order, code)
        self.assertEqual(state, "failed", f"{code}: {state} {message}")
        for word in words:
            self.assertIn(word, message)

    def test_clean_order_passes_everything(self):
        order = self.order(commitment_date="2100-01-01 10:00:00")
        self.env["adv.check"]._run(order)
        self.assertFalse(order.adv_check_result_ids.filtered(lambda result: result.state == "failed"))

    def test_duplicate_by_reference(self):
        first = self.order(client_order_ref="PO-7")
        second = self.order((self.table, 1), client_order_ref=" po-7 ")
        self.assertFails(second, "duplicate_order", first.name, "PO-7")
        self.assertEqual(self.outcome(first, "duplicate_order")[0], "passed")

    def test_duplicate_by_contents_within_a_day(self):
        first, second, other = self.order(), self.order(), self.order((self.chair, 6))
        self.assertFails(second, "duplicate_order", first.name)
        self.assertEqual(self.outcome(other, "duplicate_order")[0], "passed")
        first.adv_received_date = "2020-01-01 10:00:00"
        self.assertEqual(self.outcome(second, "duplicate_order")[0], "passed")

    def test_duplicate_of_a_cancelled_order_is_none(self):
        first = self.order(client_order_ref="PO-8")
        first._action_cancel()
        self.assertEqual(self.outcome(self.order(client_order_ref="PO-8"), "duplicate_order")[0], "passed")

    def test_incomplete_customer(self):
        self.customer.write({"zip": False, "email": False})
        self.assertFails(self.order(), "incomplete_customer", "Dupont", "Zip", "Email")

    def test_zero_price(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}), (self.table, 1))
        self.assertFails(order, "zero_price", "Chair", "lines: 1")

    def test_discount_above_limit(self):
        order = self.order((self.chair, 1, {"discount": 25.0}))
        self.assertFails(order, "discount_above_limit", "25.0", "20.0", "Chair")
        order.order_line.discount = 20.0
        self.assertEqual(self.outcome(order, "discount_above_limit")[0], "passed")

    def test_low_margin(self):
        """Cost 60, price 65: (65 - 60) / 65 = 7.7 %, under the floor of 10 %."""
        self.assertFails(
            self.order((self.chair, 1, {"price_unit": 65.0})), "low_margin", "7.7", "10.0", "Chair"
        )
        self.assertEqual(self.outcome(self.order((self.chair, 1)), "low_margin")[0], "passed")

    def test_below_minimum_order(self):
        order = self.order((self.chair, 2))
        self.assertEqual(self.outcome(order, "below_minimum_order")[0], "not_applicable")
        self.env.company.adv_order_minimum = 250.0
        self.assertFails(order, "below_minimum_order", "200.00", "250.00")

    def test_missing_customer_reference(self):
        order = self.order()
        self.assertEqual(self.outcome(order, "missing_customer_reference")[0], "not_applicable")
        self.customer.adv_reference_required = True
        self.assertFails(order, "missing_customer_reference", "Dupont")
        order.client_order_ref = "PO-9"
        self.assertEqual(self.outcome(order, "missing_customer_reference")[0], "passed")

    def test_promises(self):
        self.chair.sale_delay = 5
        order = self.order()
        self.assertFails(order, "promise_missing")
        self.assertEqual(self.outcome(order, "promise_too_early")[0], "not_applicable")
        order.commitment_date = "2020-01-01 10:00:00"
        self.assertFails(order, "promise_too_early", "01/01/2020")
        self.assertEqual(self.outcome(self.order((self.service, 1)), "promise_missing")[0], "not_applicable")

    def test_payment_terms_deviation(self):
        usual, other = self.env["account.payment.term"].create([{"name": "30 days"}, {"name": "90 days"}])
        self.customer.property_payment_term_id = usual
        order = self.order()
        self.assertEqual(self.outcome(order, "payment_terms_deviation")[0], "passed")
        order.payment_term_id = other
        self.assertFails(order, "payment_terms_deviation", "90 days", "30 days")

    def test_unavailable_stock_adds_the_lines_up(self):
        order = self.order((self.chair, 60), (self.chair, 50))
        self.assertFails(order, "unavailable_stock", "Chair", "110.00", "100.00")
        self.assertEqual(
            self.outcome(self.order((self.service, 9)), "unavailable_stock")[0], "not_applicable"
        )

    def test_credit_limit(self):
        order = self.order((self.chair, 5))
        self.assertEqual(self.outcome(order, "credit_limit")[0], "not_applicable")
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 450.0
        self.assertFails(order, "credit_limit", "500.00", "450.00")
        self.customer.credit_limit = 500.0
        self.assertEqual(self.outcome(order, "credit_limit")[0], "passed")
        order.action_confirm()
        self.assertEqual(self.customer.credit_to_invoice, 500.0)  # nothing stale left by the check
        self.assertFails(self.order((self.chair, 1)), "credit_limit", "600.00", "500.00")

    def test_currency_mismatch(self):
        currency = self.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": currency.id})
        order = self.order(pricelist_id=pricelist.id)
        self.assertFails(order, "currency_mismatch", "GBP", self.env.company.currency_id.name)

    def test_tax_mismatch(self):
        group = self.env["account.tax.group"].create({"name": "VAT"})
        tax = self.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20.0,
                "type_tax_use": "sale",
                "tax_group_id": group.id,
                "country_id": self.env.company.account_fiscal_country_id.id or self.env.ref("base.us").id,
            }
        )
        self.chair.taxes_id = tax
        order = self.order()
        self.assertEqual(self.outcome(order, "tax_mismatch")[0], "passed")
        order.order_line.tax_ids = False
        self.assertFails(order, "tax_mismatch", "Chair", "VAT 20", "no tax")

    def test_message_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["adv_orders"], ["fr_FR"], overwrite=True)
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        self.env["adv.check"]._run(order)
        result = self.result(order, "zero_price")
        self.assertIn("no price", result.message)
        self.assertIn("sans prix", result.with_context(lang="fr_FR").message)

    def test_domain_check_of_an_administrator(self):
        check = self.env["adv.check"].create(
            {
                "name": "Too big",
                "code": "too_big",
                "domain": "[('amount_total', '>', 400)]",
                "severity": "blocking",
            }
        )
        order = self.order()
        self.assertFails(order, "too_big", "Too big")
        order.action_confirm()
        self.assertEqual(order.adv_state, "held")
        with self.assertRaises(ValidationError):
            check.domain = "[('nothing', '=', 1)]"

    def test_unknown_code_is_not_applicable(self):
        self.env["adv.check"].create({"name": "Gone", "code": "gone_with_its_module"})
        self.assertEqual(self.outcome(self.order(), "gone_with_its_module")[0], "not_applicable")

    def test_statements_do_not_depend_on_the_number_of_orders(self):
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "client_order_ref": f"PO-{number}",
                    "order_line": [
                        Command.create({"product_id": self.chair.id, "product_uom_qty": number + 1})
                    ],
                }
                for number in range(55)
            ]
        )
        few, many = orders[:5], orders[5:]
        self.env["adv.check"]._run(orders[:1])  # caches of settings, languages and checks
        counts = []
        for batch in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["adv.check"]._run(batch)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLess(counts[1], 80)

    # OVERRIDE

    def blocked_order(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        order.with_user(self.assistant).action_confirm()
        return order

    def test_override_needs_reason_and_right(self):
        order = self.blocked_order()
        self.assertEqual(order.adv_state, "to_correct")
        result = self.result(order, "zero_price")
        with self.assertRaises(AccessError):
            result.with_user(self.assistant).action_override("a gift")
        with self.assertRaises(UserError):
            result.with_user(self.manager).action_override("  ")
        result.with_user(self.manager).action_override("a gift")
        self.assertRecordValues(
            result, [{"state": "overridden", "overridden_by": self.manager.id, "override_reason": "a gift"}]
        )
        self.assertTrue(order.adv_ready)
        self.run_job()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.adv_error_ids.state, "dismissed")

    def test_override_stays_while_the_figures_are_the_same(self):
        self.env.company.adv_check_mode = "observe"
        order = self.order((self.chair, 1, {"discount": 30.0}))
        self.env["adv.check"]._run(order)
        result = self.result(order, "discount_above_limit")
        result.with_user(self.manager).action_override("fair")
        self.env["adv.check"]._run(order)
        self.assertEqual(result.state, "overridden")
        order.order_line.discount = 40.0
        self.env["adv.check"]._run(order)
        self.assertEqual(result.state, "failed")
        self.assertEqual(result.override_ids.mapped("reason"), ["fair"])
        self.assertIn("30.0", result.override_ids.message)

    def test_nothing_to_override(self):
        order = self.order()
        self.env["adv.check"]._run(order)
        with self.assertRaises(UserError):
            self.result(order, "zero_price").with_user(self.manager).action_override("why not")

    def test_wizard_overrides(self):
        order = self.blocked_order()
        action = order.with_user(self.manager).action_open_adv_override()
        wizard = (
            self.env["adv.reason"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "a gift"})
        )
        self.assertIn("no price", wizard.summary)
        wizard.action_apply()
        self.assertEqual(self.result(order, "zero_price").state, "overridden")

    # LEDGER

    def test_typed_failures_are_entry_errors_once(self):
        order = self.blocked_order()
        order.with_user(self.assistant).action_confirm()
        self.assertRecordValues(
            order.adv_error_ids,
            [
                {
                    "step": "entry",
                    "found_by": "check",
                    "escaped": False,
                    "order_name": order.name,
                    "state": "open",
                }
            ],
        )
        self.assertEqual(order.adv_error_ids.type_id.code, "price")

    def test_stock_and_credit_are_no_entry_errors(self):
        order = self.order((self.chair, 500))
        order.action_confirm()
        self.assertEqual(self.result(order, "unavailable_stock").state, "failed")
        self.assertFalse(order.adv_error_ids)

    def ledger(self, *lines):
        order = self.order(*lines, client_order_ref=str(lines))
        order.action_confirm()
        return [(error.type_id.code, error.state) for error in order.adv_error_ids]

    def test_a_price_typed_over_is_an_entry_error_a_discount_is_a_decision(self):
        self.assertEqual(self.ledger((self.chair, 1, {"price_unit": 90.0})), [("price", "open")])
        self.assertEqual(self.ledger((self.chair, 2, {"discount": 10.0})), [])
        self.assertEqual(self.ledger((self.chair, 3, {"discount": 35.0})), [])
        agreement = self.env["adv.agreement"].create(
            {
                "name": "Contract",
                "partner_id": self.customer.id,
                "date_from": "2020-01-01",
                "line_ids": [(0, 0, {"product_id": self.chair.id, "kind": "price", "fixed_price": 80.0})],
            }
        )
        agreement.action_activate()
        self.assertEqual(self.ledger((self.chair, 4)), [])
        self.assertEqual(self.ledger((self.chair, 5, {"discount": 10.0})), [("price", "open")])

    def test_a_check_that_breaks_is_told(self):
        def broken(orders):
            raise ValueError("broken")

        with (
            patch.object(type(self.env["sale.order"]), "_adv_check_zero_price", broken),
            self.assertRaises(ValueError),
        ):
            self.env["adv.check"]._run(self.order())
