from contextlib import contextmanager
from datetime import date, timedelta

from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .common import AdvOrdersCommon

FUTURE = "2100-01-01 10:00:00"

# what a failed check has to say: the figures compared, worked out by hand from the orders below
SAYS = {
    "duplicate_order": ("PO-7",),
    "zero_price": ("Chair", "lines: 1"),
    "tax_mismatch": ("Chair", "VAT 20", "no tax"),
    "incomplete_customer": ("Dupont", "Zip"),
    "missing_customer_reference": ("Dupont",),
    "price_deviation": ("Chair", "90.00", "100.00", "10.0 %", "under the price list", "lines: 1"),
    "unusual_quantity": ("Chair", "100.00", "10.00", "3 earlier"),
    "unusual_price": ("Chair", "10.00", "100.00", "3 earlier"),
    "discount_above_limit": ("Chair", "25.0 %", "20.0 %"),
    "low_margin": ("Chair", "7.7 %", "10.0 %"),
    "below_minimum_order": ("200.00", "250.00"),
    "payment_terms_deviation": ("90 days", "30 days"),
    "agreement_expired": ("Frame of last year", "ended on"),
    "currency_mismatch": ("GBP",),
    "credit_limit": ("500.00", "450.00"),
    "overdue_receivables": ("600.00", "1,000.00", "30 days", "by 40"),
    "unavailable_stock": ("Chair", "110.00", "100.00"),
    "promise_too_early": ("01/01/2020",),
    "promise_missing": ("No delivery date",),
}
BLOCKING = {"duplicate_order", "zero_price", "tax_mismatch"}
INFORMATION = {"promise_missing"}


@tagged("post_install", "-at_install")
class TestCheckCodes(AdvOrdersCommon):
    """Each check on an order that passes, one that fails and one it does not concern, in every mode.

    ``passes_<code>``, ``fails_<code>``, ``spares_<code>`` make these orders; the tests at the end run them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = cls.env["adv.check"].search([("model", "=", "sale.order")])
        cls.terms_30, cls.terms_90 = cls.env["account.payment.term"].create(
            [{"name": "30 days"}, {"name": "90 days"}]
        )
        cls.pounds = cls.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])

    # DUPLICATE

    def passes_duplicate_order(self):
        self.order(client_order_ref="PO-7")
        return self.order(client_order_ref="PO-8")

    def fails_duplicate_order(self):
        self.order(client_order_ref="PO-7")
        return self.order((self.table, 1), client_order_ref=" po-7 ")

    def spares_duplicate_order(self):
        return self.order((self.chair, 0))

    # PRICES

    def passes_zero_price(self):
        return self.order()

    def fails_zero_price(self):
        return self.order((self.chair, 1, {"price_unit": 0.0}), (self.table, 1))

    def spares_zero_price(self):
        """What comes back on the same order has no price of its own."""
        return self.order((self.chair, -1, {"price_unit": 0.0}))

    def passes_price_deviation(self):
        """0.5 % under the list price of 100 is within the tolerance of 1 %."""
        return self.order((self.chair, 5, {"price_unit": 99.5}))

    def fails_price_deviation(self):
        return self.order((self.chair, 5, {"price_unit": 90.0}), (self.table, 1))

    def spares_price_deviation(self):
        return self.order((self.chair, 5, {"price_unit": 0.0}))

    def passes_discount_above_limit(self):
        return self.order((self.chair, 1, {"discount": 20.0}))

    def fails_discount_above_limit(self):
        return self.order((self.chair, 1, {"discount": 25.0}))

    def spares_discount_above_limit(self):
        return self.order((self.chair, 1, {"price_unit": 0.0}))

    def passes_low_margin(self):
        """Cost 60, price 100: 40 %."""
        return self.order((self.chair, 1))

    def fails_low_margin(self):
        """Cost 60, price 65: 5 / 65 = 7.7 %."""
        return self.order((self.chair, 1, {"price_unit": 65.0}))

    def spares_low_margin(self):
        return self.order((self.service, 1))

    def passes_below_minimum_order(self):
        self.env.company.adv_order_minimum = 250.0
        return self.order((self.chair, 3))

    def fails_below_minimum_order(self):
        self.env.company.adv_order_minimum = 250.0
        return self.order((self.chair, 2))

    def spares_below_minimum_order(self):
        return self.order((self.chair, 2))

    # HABITS

    def habit(self, *lines):
        """Confirm earlier orders, one a line: (quantity, price)."""
        for quantity, price in lines:
            self.order((self.chair, quantity, {"price_unit": price})).action_confirm()

    def passes_unusual_quantity(self):
        self.habit((8, 100), (10, 100), (12, 100))
        return self.order((self.chair, 20))

    def fails_unusual_quantity(self):
        """100 typed for 10."""
        self.habit((8, 100), (10, 100), (12, 100))
        return self.order((self.chair, 100))

    def spares_unusual_quantity(self):
        self.habit((10, 100), (10, 100))
        return self.order((self.chair, 100))

    def passes_unusual_price(self):
        self.habit((5, 95), (5, 100), (5, 105))
        return self.order((self.chair, 5, {"price_unit": 90.0}))

    def fails_unusual_price(self):
        """10 typed for 100."""
        self.habit((5, 95), (5, 100), (5, 105))
        return self.order((self.chair, 5, {"price_unit": 10.0}))

    def spares_unusual_price(self):
        self.habit((5, 100), (5, 100))
        return self.order((self.chair, 5, {"price_unit": 10.0}))

    # CUSTOMER

    def passes_incomplete_customer(self):
        return self.order()

    def fails_incomplete_customer(self):
        self.customer.zip = False
        return self.order()

    def spares_incomplete_customer(self):
        """A sale to one of our own companies."""
        return self.order((self.service, 1), partner_id=self.env.company.partner_id.id)

    def passes_missing_customer_reference(self):
        self.customer.adv_reference_required = True
        return self.order(client_order_ref="PO-9")

    def fails_missing_customer_reference(self):
        self.customer.adv_reference_required = True
        return self.order(client_order_ref="  ")

    def spares_missing_customer_reference(self):
        return self.order()

    # CONDITIONS

    def passes_payment_terms_deviation(self):
        self.customer.property_payment_term_id = self.terms_30
        return self.order()

    def fails_payment_terms_deviation(self):
        self.customer.property_payment_term_id = self.terms_30
        return self.order(payment_term_id=self.terms_90.id)

    def spares_payment_terms_deviation(self):
        return self.order(payment_term_id=False)

    def agreement(self, name, start, end):
        agreement = self.env["adv.agreement"].create(
            {"name": name, "partner_id": self.customer.id, "date_from": start, "date_to": end}
        )
        agreement.action_activate()
        return agreement

    def passes_agreement_expired(self):
        yesterday = self.env.company._adv_today() - timedelta(days=1)
        self.agreement("Frame of last year", yesterday - timedelta(days=364), yesterday)
        self.agreement("Frame of this year", yesterday + timedelta(days=1), False)
        return self.order()

    def fails_agreement_expired(self):
        yesterday = self.env.company._adv_today() - timedelta(days=1)
        self.agreement("Frame of last year", yesterday - timedelta(days=364), yesterday)
        return self.order()

    def spares_agreement_expired(self):
        return self.order()

    def pounds_pricelist(self):
        return self.env["product.pricelist"].create({"name": "Pounds", "currency_id": self.pounds.id})

    def passes_currency_mismatch(self):
        self.customer.property_product_pricelist = self.pounds_pricelist()
        return self.order()

    def fails_currency_mismatch(self):
        usual = self.env["product.pricelist"].create({"name": "Usual"})
        self.customer.property_product_pricelist = usual
        return self.order(pricelist_id=self.pounds_pricelist().id)

    def spares_currency_mismatch(self):
        self.env["product.pricelist"].search([]).active = False
        self.env.invalidate_all()
        return self.order()

    # DEBTS

    def passes_credit_limit(self):
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 500.0
        return self.order((self.chair, 5))

    def fails_credit_limit(self):
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 450.0
        return self.order((self.chair, 5))

    def spares_credit_limit(self):
        return self.order((self.chair, 5))

    def owes(self, *debts):
        """Post what the customer owes, one item each: (amount, days past due)."""
        company = self.env.company
        receivable, income = self.env["account.account"].create(
            [
                {"name": "R", "code": "ADV411", "account_type": "asset_receivable", "reconcile": True},
                {"name": "I", "code": "ADV701", "account_type": "income"},
            ]
        )
        journal = self.env["account.journal"].create({"name": "Misc", "code": "ADVM", "type": "general"})
        today = company._adv_today()
        contact = self.env["res.partner"].create({"name": "Accounting", "parent_id": self.customer.id})
        moves = self.env["account.move"].create(
            [
                {
                    "journal_id": journal.id,
                    "date": today - timedelta(days=60),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": contact.id,
                                "balance": sign * amount,
                                "date_maturity": today - timedelta(days=days),
                            }
                        )
                        for account, sign in ((receivable, 1), (income, -1))
                    ],
                }
                for amount, days in debts
            ]
        )
        moves.action_post()

    def passes_overdue_receivables(self):
        """Overdue by 40 days: 500, no more than the amount from which it counts."""
        self.owes((500, 40), (400, 10))
        return self.order()

    def fails_overdue_receivables(self):
        """600 overdue by 40 days (60 %), 400 by 10 days only."""
        self.owes((600, 40), (400, 10))
        return self.order()

    def spares_overdue_receivables(self):
        return self.order()

    # STOCK AND DATES

    def passes_unavailable_stock(self):
        return self.order((self.chair, 60), (self.chair, 40))

    def fails_unavailable_stock(self):
        return self.order((self.chair, 60), (self.chair, 50))

    def spares_unavailable_stock(self):
        return self.order((self.service, 900))

    def passes_promise_too_early(self):
        return self.order(commitment_date=FUTURE)

    def fails_promise_too_early(self):
        return self.order(commitment_date="2020-01-01 10:00:00")

    def spares_promise_too_early(self):
        return self.order()

    def passes_promise_missing(self):
        return self.order(commitment_date=FUTURE)

    def fails_promise_missing(self):
        return self.order()

    def spares_promise_missing(self):
        return self.order((self.service, 1))

    # TAXES

    def vat(self):
        group = self.env["account.tax.group"].create({"name": "VAT"})
        return self.env["account.tax"].create(
            {
                "name": "VAT 20",
                "amount": 20.0,
                "type_tax_use": "sale",
                "tax_group_id": group.id,
                "country_id": self.env.company.account_fiscal_country_id.id or self.env.ref("base.us").id,
            }
        )

    def passes_tax_mismatch(self):
        self.chair.taxes_id = self.vat()
        return self.order()

    def fails_tax_mismatch(self):
        self.chair.taxes_id = self.vat()
        order = self.order()
        order.order_line.tax_ids = False
        return order

    def spares_tax_mismatch(self):
        return self.order((self.service, 1, {"is_downpayment": True}))

    # RUNNING THEM

    @contextmanager
    def case(self, code, kind, mode, severity=None):
        """Make the order of ``kind`` with this check alone in its company, then leave no trace."""
        with self.subTest(code=code, kind=kind, mode=mode), self.env.cr.savepoint(flush=False) as savepoint:
            check = self.checks.filtered(lambda check: check.code == code)
            (self.checks - check).active = False
            if severity:
                check.severity = severity
            self.env.company.adv_check_mode = "observe"
            order = getattr(self, f"{kind}_{code}")()
            self.env.company.adv_check_mode = mode
            yield order
            self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all()

    def assertOutcome(self, order, code, state):
        result = self.result(order, code)
        self.assertEqual(result.state, state, f"{code}: {result.state} {result.message}")
        for word in SAYS[code] if state == "failed" else ():
            self.assertIn(word, result.message)
        return result

    def test_every_code_of_the_specification_is_here(self):
        self.assertEqual(set(self.checks.mapped("code")) & set(SAYS), set(SAYS))
        for check in self.checks.filtered(lambda check: check.code in SAYS):
            expected = "blocking" if check.code in BLOCKING else "warning"
            expected = "information" if check.code in INFORMATION else expected
            self.assertEqual(check.severity, expected, check.code)
            self.assertTrue(check.has_rule, check.code)

    def test_passing(self):
        for code in SAYS:
            for mode in ("observe", "warn", "enforce"):
                with self.case(code, "passes", mode, "blocking") as order:
                    order.action_confirm()
                    self.assertOutcome(order, code, "passed")
                    self.assertEqual(order.state, "sale")

    def test_not_applicable(self):
        for code in SAYS:
            for mode in ("observe", "warn", "enforce"):
                with self.case(code, "spares", mode, "blocking") as order:
                    order.action_confirm()
                    self.assertOutcome(order, code, "not_applicable")
                    self.assertEqual(order.state, "sale")

    def test_failing_is_only_recorded_in_observe(self):
        for code in SAYS:
            with self.case(code, "fails", "observe", "blocking") as order:
                order._adv_submit()
                self.assertOutcome(order, code, "failed")
                self.assertFalse(order.adv_todo)
                self.assertIs(order.action_confirm(), True)
                self.assertEqual(order.state, "sale")

    def test_failing_is_shown_in_warn(self):
        for code in SAYS:
            with self.case(code, "fails", "warn", "blocking") as order:
                order._adv_submit()
                result = self.assertOutcome(order, code, "failed")
                self.assertIn(result.message, order.adv_todo)
                self.assertIs(order.action_confirm(), True)
                self.assertEqual(order.state, "sale")

    def test_failing_stops_in_enforce_until_overridden(self):
        for code in SAYS:
            with self.case(code, "fails", "enforce", "blocking") as order:
                order.with_user(self.assistant).action_confirm()
                result = self.assertOutcome(order, code, "failed")
                self.assertEqual(order.state, "draft")
                self.assertEqual(order.adv_state, "to_correct" if result.check_id.error_type_id else "held")
                result.with_user(self.manager).action_override("Agreed on the phone")
                self.assertEqual(result.state, "overridden")
                self.run_job()
                self.assertEqual(order.state, "sale")
                self.assertOutcome(order, code, "overridden")

    def test_a_warning_does_not_stop_in_enforce(self):
        for code in SAYS.keys() - BLOCKING:
            with self.case(code, "fails", "enforce", "warning") as order:
                self.assertIs(order.action_confirm(), True)
                self.assertEqual(order.state, "sale")
                self.assertOutcome(order, code, "failed")


@tagged("post_install", "-at_install")
class TestCheckFigures(AdvOrdersCommon):
    """Figures of the checks that compare with more than the order."""

    def outcome(self, order, code):
        self.env["adv.check"]._run(order)
        result = self.result(order, code)
        return result.state, result.message

    # PRICE

    def test_price_of_the_price_list_in_force(self):
        """A rule of 10 % from 10 units, for this year only: 90 each; one of last year is over."""
        self.chair.categ_id = self.env["product.category"].create({"name": "Seats"})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Wholesale",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "min_quantity": 10,
                            "applied_on": "2_product_category",
                            "categ_id": self.chair.categ_id.id,
                        }
                    ),
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 50,
                            "applied_on": "0_product_variant",
                            "product_id": self.chair.id,
                            "date_end": "2020-12-31 23:00:00",
                        }
                    ),
                ],
            }
        )
        order = self.order((self.chair, 10, {"price_unit": 90.0}), pricelist_id=pricelist.id)
        self.assertEqual(self.outcome(order, "price_deviation")[0], "passed")
        order.order_line.price_unit = 100.0
        state, message = self.outcome(order, "price_deviation")
        self.assertEqual(state, "failed")
        self.assertIn("11.1 % over the price list", message)

    def test_price_in_another_unit(self):
        """A dozen of chairs at 100 each is 1,200."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.order((self.chair, 1, {"product_uom_id": dozen.id, "price_unit": 1200.0}))
        self.assertEqual(self.outcome(order, "price_deviation")[0], "passed")
        order.order_line.price_unit = 100.0
        self.assertEqual(self.outcome(order, "price_deviation")[0], "failed")

    def test_price_in_another_currency(self):
        """At 0.5 pounds for one, a chair of 100 is 50 pounds."""
        pounds = self.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": pounds.id})
        order = self.order((self.chair, 1, {"price_unit": 50.0}), pricelist_id=pricelist.id)
        self.assertEqual(self.outcome(order, "price_deviation")[0], "passed")
        order.order_line.price_unit = 100.0
        self.assertIn("100.0 % over", self.outcome(order, "price_deviation")[1])

    # HABIT

    def habit(self, *quantities, **values):
        for number, quantity in enumerate(quantities):
            order = self.order((self.chair, quantity), client_order_ref=f"PAST-{number}", **values)
            order.action_confirm()
            self.assertEqual(order.state, "sale")

    def test_ten_typed_for_a_hundred_too(self):
        self.stock(self.chair, 1000)
        self.habit(100, 100, 120, 90)
        state, message = self.outcome(self.order((self.chair, 10)), "unusual_quantity")
        self.assertEqual(state, "failed")
        self.assertIn("usually 100.00", message)

    def test_a_customer_who_varies_is_not_disturbed(self):
        """2, 10, 50: the usual is 10, and five times more or less is nothing unusual for them."""
        self.habit(2, 10, 50, 10, 3)
        self.assertEqual(self.outcome(self.order((self.chair, 40)), "unusual_quantity")[0], "passed")

    def test_habit_is_counted_in_the_unit_of_the_product(self):
        """Three dozens a time are 36; 36 pieces are no surprise."""
        dozen = self.env.ref("uom.product_uom_dozen")
        for reference in ("A", "B", "C"):
            self.order(
                (self.chair, 3, {"product_uom_id": dozen.id}), client_order_ref=reference
            ).action_confirm()
        self.assertEqual(self.outcome(self.order((self.chair, 36)), "unusual_quantity")[0], "passed")
        self.assertEqual(self.outcome(self.order((self.chair, 3)), "unusual_quantity")[0], "failed")

    def test_habit_of_others_does_not_count(self):
        other = self.customer.copy({"name": "Somebody else", "email": "else@example.com"})
        self.habit(10, 10, 10, partner_id=other.id)
        self.assertEqual(self.outcome(self.order((self.chair, 100)), "unusual_quantity")[0], "not_applicable")

    def test_old_habits_are_forgotten(self):
        self.habit(10, 10, 10)
        self.env["sale.order"].search([("state", "=", "sale")])._adv_set_facts(
            {"adv_confirmed_date": Datetime.subtract(Datetime.now(), years=3)}
        )
        self.assertEqual(self.outcome(self.order((self.chair, 100)), "unusual_quantity")[0], "not_applicable")

    # DEBTS

    owes = TestCheckCodes.owes

    def test_overdue_by_thirty_days_is_not_beyond_thirty_days(self):
        self.owes((5000, 30))
        self.assertEqual(self.outcome(self.order(), "overdue_receivables")[0], "passed")

    def test_overdue_share_of_the_balance(self):
        """600 of 20,600 is 2.9 %, under 5 %."""
        self.owes((600, 40), (20000, 0))
        self.assertEqual(self.outcome(self.order(), "overdue_receivables")[0], "passed")
        self.env.company.adv_overdue_percent = 2.0
        self.assertEqual(self.outcome(self.order(), "overdue_receivables")[0], "failed")

    def test_a_credit_not_yet_matched_counts(self):
        """600 overdue less a credit of 200 is 400, under 500."""
        self.owes((600, 40), (-200, 5))
        self.assertEqual(self.outcome(self.order(), "overdue_receivables")[0], "passed")

    def test_overdue_settings(self):
        self.owes((300, 10))
        self.env.company.write({"adv_overdue_days": 5, "adv_overdue_amount": 100.0})
        state, message = self.outcome(self.order(), "overdue_receivables")
        self.assertEqual(state, "failed")
        self.assertIn("300.00 of $ 300.00".replace("$ ", "$"), message.replace("\xa0", ""))

    # DUPLICATE

    def test_duplicate_by_contents_within_a_day(self):
        first, second, other = self.order(), self.order(), self.order((self.chair, 6))
        state, message = self.outcome(second, "duplicate_order")
        self.assertEqual(state, "failed")
        self.assertIn(first.name, message)
        self.assertEqual(self.outcome(first, "duplicate_order")[0], "passed")
        self.assertEqual(self.outcome(other, "duplicate_order")[0], "passed")
        first.adv_received_date = "2020-01-01 10:00:00"
        self.assertEqual(self.outcome(second, "duplicate_order")[0], "passed")

    def test_duplicate_of_a_cancelled_order_is_none(self):
        first = self.order(client_order_ref="PO-8")
        first._action_cancel()
        self.assertEqual(self.outcome(self.order(client_order_ref="PO-8"), "duplicate_order")[0], "passed")

    def test_credit_limit_counts_what_is_confirmed(self):
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 500.0
        order = self.order((self.chair, 5))
        order.action_confirm()
        self.assertEqual(self.customer.credit_to_invoice, 500.0)  # nothing stale left by the check
        state, message = self.outcome(self.order((self.chair, 1)), "credit_limit")
        self.assertEqual(state, "failed")
        self.assertIn("600.00", message)

    def test_lead_times_and_promise(self):
        self.chair.sale_delay = 5
        company = self.env.company
        tomorrow = Datetime.add(Datetime.now(), days=1)
        order = self.order(commitment_date=tomorrow)
        self.assertEqual(self.outcome(order, "promise_too_early")[0], "failed")
        order.commitment_date = Datetime.add(Datetime.now(), days=6)
        self.assertEqual(self.outcome(order, "promise_too_early")[0], "passed")
        self.assertIsInstance(company._adv_today(), date)
