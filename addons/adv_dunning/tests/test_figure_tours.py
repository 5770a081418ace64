from datetime import timedelta

from odoo.tests import tagged

from .test_tours import ScreenCommon


@tagged("post_install", "-at_install")
class TestFigureTours(ScreenCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        loss = cls.env["account.account"].create(
            {"name": "Losses", "code": "DUN654", "account_type": "expense"}
        )
        cls.env["account.account"].create(
            {"name": "Late interest", "code": "DUN763", "account_type": "income_other"}
        )
        cls.company.adv_write_off_account_id = loss
        cls.old = cls._invoice(
            400,
            cls.today - timedelta(days=800),
            day=cls.today - timedelta(days=830),
            partner=cls._make_partner("Beta"),
        )

    def setUp(self):
        super().setUp()
        self._compute_today()

    def test_figures_and_write_off(self):
        self.start_tour("/odoo/collections", "adv_dunning_figures", login="dun_manager")
        self.start_tour("/odoo/collections", "adv_dunning_write_off", login="dun_manager")
        self.env.invalidate_all()
        self.assertEqual(self.old.amount_residual, 0)

    def test_bill(self):
        self.env["adv.interest.rate"].create(
            {"kind": "late", "date_from": "2026-07-01", "date_to": "2099-12-31", "rate": 10}
        )
        charges = self.env["adv.late.charge"].accrue(self.invoice, self.today)
        self.start_tour("/odoo/late-charges", "adv_dunning_bill", login="dun_manager")
        fixed = charges.filtered(lambda charge: charge.kind == "compensation")
        self.env.invalidate_all()
        self.assertEqual((fixed.state, fixed.bill_id.state), ("billed", "draft"))
