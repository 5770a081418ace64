from datetime import timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestMoneyTours(AdvBillingCommon, HttpCase):
    """What a person does with month ends, receipts, limits, holds and disputes."""

    def setUp(self):
        super().setUp()
        self._user(
            "money_accountant",
            "account.group_account_manager",
            "adv_orders.group_adv_manager",
            "adv_dunning.group_collection_manager",
            "stock.group_stock_user",
        )

    def _tour(self, path, name):
        self.start_tour(path, name, login="money_accountant")

    def test_month_end(self):
        last = self.company._adv_today().replace(day=1) - timedelta(days=3)
        moment = (last.year, last.month, last.day, 9)
        order = self._order(at=moment)
        self._deliver(order, {self.chair: 6}, at=moment)
        self._tour("/odoo/month-end", "adv_money_month_end")
        pack = self.env["adv.month.end"].search([("company_id", "=", self.company.id)])
        self.assertEqual((pack.delivered_amount, pack.line_ids.order_id), (600.0, order))

    def test_receipt(self):
        self.company.write({"adv_receipts": "all", "adv_receipts_since": "2020-01-01"})
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids[:1].payment_account_id = bank.default_account_id
        self.acme.email = False
        self._pay(self._create_invoice_one_line(partner_id=self.acme, price_unit=100, post=True))
        self.env["adv.receipt"].sudo()._cron_receipts()
        self.acme.email = "acme@example.com"
        state = "odoo.addons.base.models.ir_actions_report.IrActionsReport.get_wkhtmltopdf_state"
        with patch(state, lambda report: "install"):
            self._tour("/odoo/payment-receipts", "adv_money_receipt")
        receipt = self.env["adv.receipt"].search([("company_id", "=", self.company.id)])
        self.assertEqual(receipt.state, "sent")

    def test_settings(self):
        """The block of the settings: what a person switches on there is so for the company, from today."""
        company = self.env.ref("base.main_company")
        self.env["product.pricelist"].search([]).active = False  # else Odoo warns of them on each change
        company.write({"adv_billing_mode": "observe", "adv_receipts": "off", "adv_receipts_since": False})
        before = company._adv_today()
        self.start_tour("/odoo/action-account.action_account_config", "adv_money_settings", login="admin")
        self.assertRecordValues(
            company, [{"adv_billing_mode": "warn", "adv_billing_nightly": True, "adv_receipts": "all"}]
        )
        self.assertIn(company.adv_receipts_since, (before, company._adv_today()))

    def test_limit_and_exposure(self):
        self._order()
        self._tour("/odoo/credit-limits", "adv_money_limit")
        limit = self.env["adv.credit.limit"].search([("partner_id", "=", self.acme.id)])
        self.assertEqual((limit.amount, limit.kind), (800.0, "own"))
        self._tour(f"/odoo/action-base.action_partner_form/{self.acme.id}", "adv_money_exposure")

    def test_on_hold(self):
        self.company.adv_check_mode = "enforce"
        order = self._order()
        self.acme._adv_set_on_hold(True, self.company)
        self._tour("/odoo/orders-on-hold", "adv_money_on_hold")
        self.assertEqual(order.adv_hold_release_reason, "Transfer seen")

    def test_dispute(self):
        logistics = self.env["adv.department"].create({"name": "Logistics"})
        order = self._order()
        picking = self._deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        dispute = self.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": 100.0,
                "reason_id": self.env.ref("adv_dunning.dispute_reason_delivery").id,
            }
        )
        self._tour(f"/odoo/disputes/{dispute.id}", "adv_money_dispute")
        self.assertEqual((dispute.adv_picking_id, dispute.adv_department_id), (picking, logistics))
