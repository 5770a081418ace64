from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.adv_dunning.tests.test_tours import ScreenCommon


@tagged("post_install", "-at_install")
class TestPortalPayment(ScreenCommon):
    """A customer pays from their account in the portal, with Odoo's own demo provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param("account_payment.enable_portal_payment", "True")
        cls.env.ref("payment_demo.payment_method_demo").sudo().active = True
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        cls.demo = demo.copy({"company_id": cls.company.id, "name": "Demo"})
        cls.demo.journal_id = cls.bank_journal
        cls.company.transfer_account_id = cls.env["account.account"].create(
            {
                "name": "Receipts on the way",
                "code": "DUN511",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.demo.write({"state": "test", "is_published": True})
        cls.customer = cls._make_user("dun_customer", "base.group_portal")
        cls.customer.partner_id = cls.partner
        cls.other = cls._invoice(200, cls.today - timedelta(days=9), day=cls.today - timedelta(days=40))

    def _transactions(self):
        self.env.invalidate_all()
        return self.env["payment.transaction"].search([("provider_id", "=", self.demo.id)])

    def test_one_invoice(self):
        self.start_tour("/my/statement", "adv_dunning_portal_pay_one", login="dun_customer")
        transaction = self._transactions()
        self.assertRecordValues(transaction, [{"amount": 300.0, "state": "done"}])
        self.assertEqual(transaction.invoice_ids, self.invoice)

    def test_all_at_once(self):
        self.start_tour("/my/statement", "adv_dunning_portal_pay_all", login="dun_customer")
        transaction = self._transactions()
        self.assertRecordValues(transaction, [{"amount": 500.0, "state": "done"}])
        self.assertEqual(transaction.invoice_ids, self.invoice | self.other)
