from odoo.tests import TransactionCase, tagged

from ..test_companions import COMPANIONS


@tagged("post_install", "-at_install")
class TestInstalled(TransactionCase):
    def test_companions_are_installed(self):
        """What the tests of this folder count on is really there, beside our addons."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")]).mapped("name")
        self.assertLessEqual({*COMPANIONS, "adv_orders"}, set(installed))
