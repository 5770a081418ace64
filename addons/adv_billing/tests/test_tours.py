from ast import literal_eval
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
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

    def test_to_issue(self):
        order = self._order()
        picking = self._deliver(order)
        order._create_invoices().action_post()
        self._return(picking, 2)
        self._tour("/odoo/credit-notes-to-issue", "adv_billing_to_issue")
        note = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.amount_untaxed, note.state), (200.0, "draft"))

    def test_approve(self):
        self.company.adv_billing_mode = "enforce"
        _order, invoice = self._posted()
        note = self._credit(invoice, "goodwill", price=60, post=False)  # 10 x 60, a manager above 500
        self._tour("/odoo/credit-notes-to-approve", "adv_billing_approve")
        self.assertEqual(note.adv_credit_approved_by, self.accountant)

    def test_instalments_and_proof(self):
        parts = [{"name": "A", "percent": 30}, {"name": "B", "percent": 70, "trigger": "full_delivery"}]
        self._rule("milestone", milestone_ids=[Command.create(part) for part in parts])
        order = self._order()
        self._run()
        self.accountant.group_ids |= self.env.ref("stock.group_stock_user")
        self._tour(f"/odoo/action-sale.action_orders/{order.id}", "adv_billing_instalments")
        self.assertEqual(order.picking_ids.adv_proof_ids.mapped("name"), ["signed.txt"])

    def test_checks(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 110
        invoice.action_adv_check()
        self._tour(f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}", "adv_billing_checks")
        failed = invoice.adv_check_result_ids.filtered(lambda result: result.state == "failed")
        # the second: the customer of these tests has no identification for an electronic invoice
        self.assertEqual(failed.check_id.mapped("code"), ["invoice_price_deviation", "invoice_address"])

    def test_failed(self):
        self._rule("order")
        order = self._order()
        native = type(self.env["sale.order"])._create_invoices

        def failing(orders, *args, **kwargs):
            if order in orders:
                raise UserError("The journal is locked")
            return native(orders, *args, **kwargs)

        with patch.object(type(self.env["sale.order"]), "_create_invoices", failing):
            run = self._run()
        self.assertEqual(run.line_ids.mapped("state"), ["failed"])
        self._tour("/odoo/billing-results", "adv_billing_failed")
        self.assertEqual(run.line_ids.mapped("state"), ["done"])
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)

    def test_disputes_to_credit(self):
        self.company.adv_billing_mode = "enforce"
        _order, invoice = self._posted()
        dispute = self.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": 100.0,
                "reason_id": self.env["adv.dispute.reason"].search([], limit=1).id,
            }
        )
        dispute.action_accept()
        self._tour("/odoo/disputes-to-credit", "adv_billing_disputes")
        self.assertEqual(dispute.adv_credit_move_ids, invoice.reversal_move_ids)
        self.assertEqual(dispute.adv_credit_move_ids.state, "posted")
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_disputes_to_credit")
        waiting = self.env["adv.dispute"].search(literal_eval(action["domain"]))
        self.assertNotIn(dispute, waiting)
