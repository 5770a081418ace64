from datetime import date

from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..tools.legal_terms import Supply, is_period_too_long, latest_due
from .common import AdvBillingCommon


def supply(issued, first=None, last=None, deliveries=1, perishable=False):
    return Supply(issued, first or issued, last or first or issued, deliveries, perishable)


@tagged("post_install", "-at_install")
class TestLegalTerms(BaseCase):
    """Limits counted with a calendar."""

    def test_france_takes_the_longer_of_three_counts(self):
        # 10 January: 60 days = 11 March; 45 days = 24 February, its month ends the 28th; 31 January + 45 days
        # = 17 March
        self.assertEqual(latest_due("FR", supply(date(2026, 1, 10))), date(2026, 3, 17))
        # 28 February: 60 days = 29 April; 45 days = 14 April, its month ends the 30th
        self.assertEqual(latest_due("FR", supply(date(2026, 2, 28))), date(2026, 4, 30))

    def test_france_several_deliveries_on_one_invoice(self):
        billed = supply(date(2026, 1, 31), date(2026, 1, 5), date(2026, 1, 28), deliveries=3)
        self.assertEqual(latest_due("FR", billed), date(2026, 3, 17))
        self.assertFalse(is_period_too_long("FR", billed))

    def test_perishable_food_thirty_days_from_the_delivery(self):
        billed = supply(date(2026, 1, 31), date(2026, 1, 28), perishable=True)
        for country in ("FR", "ES"):
            self.assertEqual(latest_due(country, billed), date(2026, 2, 27))

    def test_spain_counts_from_the_delivery(self):
        self.assertEqual(latest_due("ES", supply(date(2026, 1, 31), date(2026, 1, 20))), date(2026, 3, 21))

    def test_spain_counts_from_the_middle_of_the_period(self):
        # the 5th to the 19th: 15 days, the middle is the 12th
        billed = supply(date(2026, 1, 31), date(2026, 1, 5), date(2026, 1, 19), deliveries=2)
        self.assertEqual(latest_due("ES", billed), date(2026, 3, 13))
        self.assertFalse(is_period_too_long("ES", billed))

    def test_spain_sixteen_days_are_too_many(self):
        billed = supply(date(2026, 1, 31), date(2026, 1, 5), date(2026, 1, 20), deliveries=2)
        self.assertTrue(is_period_too_long("ES", billed))

    def test_elsewhere_no_limit_is_known(self):
        self.assertIsNone(latest_due("US", supply(date(2026, 1, 10))))


@tagged("post_install", "-at_install")
class TestInvoiceContentChecks(AdvBillingCommon):
    """Checks of terms, taxes, amount and address, on native invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.company.account_fiscal_country_id = cls.france
        cls.terms = {
            days: cls.env["account.payment.term"].create(
                {
                    "name": f"{days} days",
                    "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": days})],
                }
            )
            for days in (30, 50, 61, 90)
        }

    def _direct(self, day="2026-01-10", days=30, price=100.0, partner=None, **vals):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.acme).id,
                "invoice_date": day,
                "invoice_payment_term_id": self.terms[days].id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.chair.id, "quantity": 1, "price_unit": price, "tax_ids": []}
                    )
                ],
                **vals,
            }
        )

    def _state(self, invoice, code):
        invoice.action_adv_check()
        result = invoice.adv_check_result_ids.filtered(lambda result: result.check_id.code == code)
        return result.state, result.message

    def _month(self, *days):
        """An invoice of 31 January for an order delivered on these days of January."""
        order = self._order([(self.chair, len(days))], at=(2026, 1, 2, 9))
        for day in days:
            self._deliver(order, {self.chair: 1}, at=(2026, 1, day, 9))
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-01-31"
        return invoice

    # TERMS

    def test_terms_within_the_law(self):
        self.assertEqual(self._state(self._direct(days=61), "invoice_legal_terms")[0], "passed")

    def test_terms_beyond_the_law(self):
        state, message = self._state(self._direct(days=90), "invoice_legal_terms")
        self.assertEqual(state, "failed")
        self.assertIn("03/17/2026", message)  # see test_france_takes_the_longer_of_three_counts
        self.assertIn("04/10/2026", message)

    def test_summary_invoice_has_45_days(self):
        once, twice = self._month(20), self._month(5, 20)
        for invoice in (once, twice):
            invoice.invoice_payment_term_id = self.terms[50]
        self.assertEqual(self._state(once, "invoice_legal_terms")[0], "passed")
        self.assertEqual(self._state(twice, "invoice_legal_terms")[0], "failed")

    def test_what_an_earlier_invoice_billed_does_not_count(self):
        order = self._order([(self.chair, 2)], at=(2026, 1, 2, 9))
        self._deliver(order, {self.chair: 1}, at=(2026, 1, 5, 9))
        first = order._create_invoices()
        first.invoice_date = "2026-01-06"
        first.action_post()
        self._deliver(order, {self.chair: 1}, at=(2026, 1, 20, 9))
        second = order._create_invoices()
        second.write({"invoice_date": "2026-01-31", "invoice_payment_term_id": self.terms[50].id})
        self.assertEqual(second._adv_deliveries_billed(), {second.id: (date(2026, 1, 20),) * 2 + (1,)})
        self.assertEqual(self._state(second, "invoice_legal_terms")[0], "passed")

    def test_spanish_month_on_one_invoice(self):
        self.company.account_fiscal_country_id = self.acme.country_id = self.env.ref("base.es")
        state, message = self._state(self._month(5, 20), "invoice_legal_terms")
        self.assertEqual(state, "failed")
        self.assertIn("16 days", message)

    def test_a_spanish_rule_for_a_month_warns(self):
        spain = self.env.ref("base.es")
        rule = self._rule("monthly", "customer")
        self.assertFalse(rule.legal_warning, "France has no such limit")
        self.company.account_fiscal_country_id = spain
        self.assertIn("15 days", rule.legal_warning)
        rule.mode = "weekly"
        self.assertFalse(rule.legal_warning)
        rule.mode, rule.partner_id = "monthly", self.acme
        self.assertFalse(rule.legal_warning, "a customer abroad")
        self.acme.country_id = spain
        self.assertIn("15 days", rule.legal_warning)

    def test_perishable_food_by_category(self):
        food = self.env["product.category"].create({"name": "Food", "adv_perishable": True})
        self.chair.categ_id = self.env["product.category"].create({"name": "Fish", "parent_id": food.id})
        self.assertEqual(self._state(self._direct(days=30), "invoice_legal_terms")[0], "passed")
        self.assertEqual(self._state(self._direct(days=50), "invoice_legal_terms")[0], "failed")

    def test_no_limit_abroad_nor_for_consumers(self):
        abroad = self._partner("Abroad", country_id=self.env.ref("base.de").id)
        person = self._partner("Person", is_company=False)
        for partner in (abroad, person):
            invoice = self._direct(days=90, partner=partner)
            self.assertEqual(self._state(invoice, "invoice_legal_terms")[0], "not_applicable")

    # TAXES

    def test_taxes(self):
        self.company.account_fiscal_country_id = self.company.country_id
        tax, reduced = (
            self.company_data["default_tax_sale"].copy({"name": f"Test {rate}", "amount": rate})
            for rate in (20, 5)
        )
        self.chair.taxes_id = tax
        invoice = self._direct(partner=self._partner("Home", country_id=self.company.country_id.id))
        state, message = self._state(invoice, "invoice_tax_mapping")
        self.assertEqual(state, "failed")
        self.assertIn("Test 20", message)
        invoice.invoice_line_ids.tax_ids = tax
        self.assertEqual(self._state(invoice, "invoice_tax_mapping")[0], "passed")
        reduced.write({"original_tax_ids": tax.ids})
        position = self.env["account.fiscal.position"].create(
            {"name": "Reduced", "tax_ids": [Command.link(reduced.id)]}
        )
        invoice.fiscal_position_id = position
        invoice.invoice_line_ids.tax_ids = tax  # as somebody who did not look at the position
        self.assertEqual(self._state(invoice, "invoice_tax_mapping")[0], "failed")
        invoice.invoice_line_ids.tax_ids = reduced
        self.assertEqual(self._state(invoice, "invoice_tax_mapping")[0], "passed")

    # AMOUNT

    def test_amount_far_from_the_customers_own(self):
        """Five invoices of 100, 110, 90, 105 and 95: median 100, spread 5, taken as 10: up to 174.13."""
        for number, price in enumerate((100, 110, 90, 105, 95), start=1):
            self._direct(f"2026-01-0{number}", price=price).action_post()
        self.assertEqual(self._state(self._direct(price=174), "invoice_unusual_amount")[0], "passed")
        state, message = self._state(self._direct(price=175), "invoice_unusual_amount")
        self.assertEqual(state, "failed")
        self.assertIn("100.00", message)

    def test_four_invoices_say_nothing(self):
        for number in range(1, 5):
            self._direct(f"2026-01-0{number}").action_post()
        self.assertEqual(self._state(self._direct(price=9000), "invoice_unusual_amount")[0], "not_applicable")

    # ADDRESS

    def test_address(self):
        state, message = self._state(self._direct(), "invoice_address")
        self.assertEqual(state, "failed")
        self.assertIn("Tax ID", message)
        self.acme.write({"vat": "FR23334175221", "company_registry": "33417522101010"})
        self.assertEqual(self._state(self._direct(), "invoice_address")[0], "passed")
        self.acme.zip = False
        self.assertEqual(self._state(self._direct(), "invoice_address")[0], "failed")

    def test_statements_do_not_depend_on_how_many(self):
        invoices = self.env["account.move"].union(*(self._direct() for _number in range(12)))
        counts = []
        for some in (invoices[:2], invoices):
            some._adv_run_checks()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._adv_run_checks()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
