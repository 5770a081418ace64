from odoo.tests import TransactionCase, tagged

PEERS = {
    "account_credit_control",
    "account_financial_risk",
    "mis_builder",
    "partner_statement",
    "sale_exception",
    "sale_tier_validation",
}


@tagged("post_install", "-at_install")
class TestInstalled(TransactionCase):
    def test_peers_are_installed(self):
        """What the tests of this folder count on is really there, beside our addons."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        self.assertLessEqual({*PEERS, "adv_orders", "adv_dunning", "adv_billing", "adv_kpi"}, set(installed))
