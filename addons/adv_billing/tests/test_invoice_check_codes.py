from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import AdvBillingCommon

# what a failed check has to say: figures worked out by hand from the invoices below
SAYS = {
    "invoice_price_deviation": ("Assembly", "55.00", "50.00", "lines: 1"),
    "invoice_quantity_delivered": ("Study", "3.00 billed", "2.00 delivered", "lines: 1"),
    "invoice_reference_missing": ("ACME", "purchase order number"),
    "invoice_duplicate": ("same amount, date and reference",),
    "invoice_payment_terms": ("45 Days", "30 Days"),
    "invoice_legal_terms": ("03/17/2026", "04/10/2026"),
    "invoice_tax_mapping": ("Assembly", "no tax", "VAT 20", "lines: 1"),
    "invoice_unusual_amount": ("175.00", "100.00"),
    "invoice_address": ("ACME", "Tax ID"),
}
MODES = ("observe", "warn", "enforce")


@tagged("post_install", "-at_install")
class TestInvoiceCheckCodes(AdvBillingCommon):
    """Each check on an invoice that passes, one that fails and one it does not concern, in every mode.

    ``passes_<code>``, ``fails_<code>``, ``spares_<code>`` make the invoices; the tests at the end post them.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.checks = cls.env["adv.check"].search([("model", "=", "account.move")])
        cls.study = cls._product("Study", 50.0, 0.0, type="service", invoice_policy="delivery")
        cls.terms_90 = cls.env["account.payment.term"].create(
            {"name": "90 days", "line_ids": [Command.create({"value_amount": 100, "nb_days": 90})]}
        )
        cls.vat = cls.company_data["default_tax_sale"].copy({"name": "VAT 20", "amount": 20})
        cls.checks.active = False
        cls.regular = cls._partner("Regular")
        # median 100, spread 5, taken as 10: up to 174.13 is usual
        cls._history(100, 110, 90, 105, 95)

    @classmethod
    def _history(cls, *prices):
        moves = cls.env["account.move"].create(
            [cls._direct_vals(price, cls.regular, "2026-01-05") for price in prices]
        )
        moves.action_post()

    @classmethod
    def _direct_vals(cls, price, partner, day="2026-01-10", **vals):
        line = {"product_id": cls.hour.id, "quantity": 1, "price_unit": price, "tax_ids": []}
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_line_ids": [Command.create(line)],
            **vals,
        }

    def direct(self, price=100.0, partner=None, **vals):
        return self.env["account.move"].create(self._direct_vals(price, partner or self.acme, **vals))

    def billed(self, product=None, delivered=0, **vals):
        """The invoice of an order of 3."""
        order = self._order([(product or self.hour, 3)], **vals)
        if delivered:
            order.order_line.qty_delivered = delivered
        return order._create_invoices().sudo(False)

    # AGAINST THE ORDER

    def passes_invoice_price_deviation(self):
        return self.billed()

    def fails_invoice_price_deviation(self):
        invoice = self.billed()
        invoice.invoice_line_ids.price_unit = 55
        return invoice

    def spares_invoice_price_deviation(self):
        return self.direct()

    def passes_invoice_quantity_delivered(self):
        return self.billed(self.study, 3)

    def fails_invoice_quantity_delivered(self):
        """One of the three is taken back before the invoice is posted."""
        invoice = self.billed(self.study, 3)
        invoice.invoice_line_ids.sale_line_ids.qty_delivered = 2
        return invoice

    def spares_invoice_quantity_delivered(self):
        return self.billed()

    def passes_invoice_payment_terms(self):
        return self.billed()

    def fails_invoice_payment_terms(self):
        invoice = self.billed()
        invoice.invoice_payment_term_id = self.env.ref("account.account_payment_term_45days")
        return invoice

    def spares_invoice_payment_terms(self):
        return self.direct()

    # AGAINST THE CUSTOMER

    def passes_invoice_reference_missing(self):
        self.acme.adv_reference_required = True
        return self.billed(client_order_ref="PO-1")

    def fails_invoice_reference_missing(self):
        self.acme.adv_reference_required = True
        return self.billed()

    def spares_invoice_reference_missing(self):
        return self.billed()

    def passes_invoice_unusual_amount(self):
        return self.direct(174, self.regular)

    def fails_invoice_unusual_amount(self):
        return self.direct(175, self.regular)

    def spares_invoice_unusual_amount(self):
        return self.direct(9000)

    def passes_invoice_address(self):
        self.acme.write({"vat": "FR23334175221", "company_registry": "33417522101010"})
        return self.direct()

    def fails_invoice_address(self):
        return self.direct()

    def spares_invoice_address(self):
        return self.direct(partner=self._partner("Person", is_company=False))

    # AGAINST THE BOOKS AND THE LAW

    def passes_invoice_duplicate(self):
        self.direct(77).action_post()
        return self.direct(78)

    def fails_invoice_duplicate(self):
        self.direct(77).action_post()
        return self.direct(77)

    def spares_invoice_duplicate(self):
        return self.billed()

    def passes_invoice_legal_terms(self):
        return self.direct()

    def fails_invoice_legal_terms(self):
        """10 January: 31 January + 45 days = 17 March at the latest; 90 days = 10 April."""
        return self.direct(invoice_payment_term_id=self.terms_90.id)

    def spares_invoice_legal_terms(self):
        abroad = self._partner("Abroad", country_id=self.env.ref("base.de").id)
        return self.direct(partner=abroad, invoice_payment_term_id=self.terms_90.id)

    def passes_invoice_tax_mapping(self):
        self.hour.taxes_id = self.vat
        invoice = self.direct(fiscal_position_id=False)
        invoice.invoice_line_ids.tax_ids = self.vat
        return invoice

    def fails_invoice_tax_mapping(self):
        self.hour.taxes_id = self.vat
        return self.direct(fiscal_position_id=False)

    def spares_invoice_tax_mapping(self):
        line = {"name": "Carriage", "price_unit": 10, "tax_ids": []}
        return self.direct(invoice_line_ids=[Command.create(line)])

    # RUNNING THEM

    @contextmanager
    def undone(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def in_each_mode(self, kind, story, severity="blocking"):
        """Call ``story(invoice, code, mode)`` with that check alone; each is undone before the next."""
        for code in SAYS:
            with self.undone():
                check = self.checks.filtered(lambda check, code=code: check.code == code)
                check.write({"active": True, "severity": severity})
                invoice = getattr(self, f"{kind}_{code}")()
                self.env.flush_all()
                for mode in MODES:
                    with self.subTest(code=code, kind=kind, mode=mode), self.undone():
                        self.company.adv_billing_mode = mode
                        story(invoice, code, mode)

    def assertOutcome(self, invoice, code, state):
        result = invoice.adv_check_result_ids.filtered(lambda result: result.check_id.code == code)
        self.assertEqual(result.state, state, result.message)
        for word in SAYS[code] if state == "failed" else ():
            self.assertIn(word, result.message.replace("\N{NO-BREAK SPACE}", ""))
        return result

    def test_every_code_of_the_specification_is_here(self):
        self.assertEqual(set(self.checks.mapped("code")), set(SAYS))
        self.assertTrue(all(check.has_rule for check in self.checks))

    def test_passing(self):
        def story(invoice, code, mode):
            invoice.action_post()
            self.assertOutcome(invoice, code, "passed")
            self.assertEqual((invoice.state, invoice.adv_check_warning), ("posted", ""), mode)

        self.in_each_mode("passes", story)

    def test_not_applicable(self):
        def story(invoice, code, mode):
            invoice.action_post()
            self.assertOutcome(invoice, code, "not_applicable")
            self.assertEqual((invoice.state, invoice.adv_check_warning), ("posted", ""), mode)

        self.in_each_mode("spares", story)

    def test_failing_is_recorded_or_shown_or_stops(self):
        def story(invoice, code, mode):
            if mode == "enforce":
                with self.assertRaises(UserError):
                    invoice.action_post()
                invoice.action_adv_check()
                self.assertEqual(invoice.state, "draft")
            else:
                invoice.action_post()
                self.assertEqual(invoice.state, "posted")
            result = self.assertOutcome(invoice, code, "failed")
            self.assertEqual(invoice.adv_check_warning, "" if mode == "observe" else result.message)
            said = [html2plaintext(body).split() for body in invoice.message_ids.mapped("body")]
            self.assertEqual(result.message.split() in said, mode == "warn", said)

        self.in_each_mode("fails", story)

    def test_overridden(self):
        def story(invoice, code, mode):
            invoice.action_adv_check()
            result = self.assertOutcome(invoice, code, "failed")
            result.action_override("Agreed on the phone")
            invoice.action_post()
            self.assertOutcome(invoice, code, "overridden")
            self.assertEqual(result.override_ids.reason, "Agreed on the phone")
            self.assertEqual((invoice.state, invoice.adv_check_warning), ("posted", ""), mode)

        self.in_each_mode("fails", story)

    def test_a_warning_stops_nobody(self):
        def story(invoice, code, mode):
            invoice.action_post()
            self.assertOutcome(invoice, code, "failed")
            self.assertEqual(invoice.state, "posted", mode)

        self.in_each_mode("fails", story, "warning")
