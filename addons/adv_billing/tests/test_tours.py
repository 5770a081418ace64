from odoo.tests import HttpCase, tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestTours(AdvBillingCommon, HttpCase):
    """What a person does on each screen."""

    def setUp(self):
        super().setUp()
        self.accountant = self._user(
            "tour_accountant",
            "account.group_account_manager",
            "adv_orders.group_adv_manager",
            "adv_dunning.group_collection_manager",
        )

    def _tour(self, path, name):
        self.start_tour(path, name, login="tour_accountant")

    def _posted(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        return order, invoice

    def test_run(self):
        order = self._order()
        self._deliver(order, {self.chair: 6})
        self._tour("/odoo/billing-runs", "adv_billing_run")
        self.assertEqual(order.invoice_ids.amount_untaxed, 600.0)

    def test_rule(self):
        self._tour("/odoo/billing-rules", "adv_billing_rule")
        rule = self.env["adv.billing.rule"].search([("partner_id", "=", self.globex.id)])
        self.assertEqual(rule.mode, "monthly")

    def test_credit_note(self):
        self.company.adv_billing_mode = "enforce"
        order, invoice = self._posted()
        self._tour(
            f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}", "adv_billing_credit_note"
        )
        self.assertEqual(invoice.reversal_move_ids.state, "posted")
        self.assertEqual(order.adv_error_ids.type_id.code, "price")

    def test_qualify(self):
        _order, invoice = self._posted()
        note = self._credit(invoice, quantity=1)
        self._tour("/odoo/credit-notes-to-qualify", "adv_billing_qualify")
        self.assertEqual(note.adv_credit_reason_id.code, "duplicate")

    def test_hold(self):
        self.company.adv_check_mode = "enforce"
        order = self._order()
        self.acme._adv_set_on_hold(True, self.company)
        self._tour(f"/odoo/action-sale.action_orders/{order.id}", "adv_billing_hold")
        self.assertEqual(order.adv_hold_release_reason, "Transfer seen this morning")

    def test_exposure(self):
        self._order()
        self._tour(f"/odoo/action-base.action_partner_form/{self.acme.id}", "adv_billing_exposure")

    def test_to_issue(self):
        order = self._order()
        picking = self._deliver(order)
        order._create_invoices().action_post()
        self._return(picking, 2)
        self._tour("/odoo/credit-notes-to-issue", "adv_billing_to_issue")

    def test_checks(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 110
        invoice.action_adv_check()
        self._tour(f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}", "adv_billing_checks")
