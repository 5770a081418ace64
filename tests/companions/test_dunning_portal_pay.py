"""A customer pays what is overdue in the portal, with Odoo's demonstration provider."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.adv_dunning.tests.test_tours import ScreenCommon


@tagged("post_install", "-at_install")
class TestPayInThePortal(ScreenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_user("dun_customer", "base.group_portal")
        cls.demo = cls.env.ref("payment.payment_provider_demo").copy(
            {"company_id": cls.company.id, "is_published": True}
        )
        cls.demo.journal_id = cls.bank_journal
        cls.demo.state = "test"
        cls.demo.payment_method_ids.active = True
        outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding receipts",
                "code": "DUN511",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.bank_journal.inbound_payment_method_line_ids.payment_account_id = outstanding
        cls.own = cls._invoice(
            120,
            cls.today - timedelta(days=4),
            day=cls.today - timedelta(days=30),
            partner=cls.customer.partner_id,
        )

    def test_pay_all_at_once(self):
        self.authenticate("dun_customer", "dun_customer")
        page = self.url_open("/my/statement").text
        self.assertIn('href="/my/invoices/overdue"', page)
        self.assertIn("120.00", self.url_open("/my/invoices/overdue").text)
        method = self.demo.payment_method_ids[:1]
        result = self.make_jsonrpc_request(
            "/invoice/transaction/overdue",
            {
                "payment_reference": self.own.name,
                "amount": 120.0,
                "provider_id": self.demo.id,
                "payment_method_id": method.id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/my/invoices/",
            },
        )
        self.env.invalidate_all()
        transaction = self.env["payment.transaction"].search([("reference", "=", result["reference"])])
        self.assertRecordValues(transaction, [{"amount": 120.0, "invoice_ids": self.own.ids}])
        transaction._set_done()
        transaction._post_process()
        self.assertIn(self.own.payment_state, ("paid", "in_payment"))
        self.assertNotIn('btn-primary" href="/my/invoices/overdue', self.url_open("/my/statement").text)

    def test_a_contact_of_the_company_pays_invoice_by_invoice(self):
        self.customer.partner_id.parent_id = self.partner
        self.authenticate("dun_customer", "dun_customer")
        page = self.url_open("/my/statement").text
        link = f"/my/statement/pay/{self.invoice.id}"
        self.assertIn(link, page)
        response = self.url_open(link)
        self.assertEqual(response.status_code, 200)
        self.assertIn(f"/my/invoices/{self.invoice.id}", response.url)
