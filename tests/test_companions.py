"""The addons beside native apps that they do not need but meet in most companies.

The tests lie in ``companions/`` and run in a process of their own, on a database that has those apps.
"""

from odoo.tests import BaseCase, tagged

from .processes import ADDONS, base_database, complaints, database, odoo, pytest

COMPANIONS = ("purchase_stock", "sale_purchase_stock", "sale_mrp", "payment_demo", "stock_delivery")


@tagged("post_install", "-at_install", "companions")
class TestCompanions(BaseCase):
    def test_beside_purchase_manufacturing_delivery_and_payment(self):
        with database("adv_companions", base_database(), files=True) as name:
            apps = ",".join(COMPANIONS + ADDONS)
            code, log = odoo("server", "-i", apps, "--stop-after-init", "--without-demo", name=name)
            self.assertEqual((code, complaints(log)), (0, []), log[-2000:])
            code, output = pytest("tests/companions", "-q", name=name, ADV_COMPANIONS="1")
            self.assertEqual(code, 0, output[-20000:])
