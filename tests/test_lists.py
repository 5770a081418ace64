"""Lists leave room for what they add up: a group of some customers is soon more than a million."""

from lxml import etree
from odoo.tests import TransactionCase, tagged

from .processes import ADDONS

# of "999,999,999.00 €" in bold, as a group and the last line show it; Odoo's own width holds one million
ROOM = 140
# limits and prices, which nobody adds up
LIMITS = {"amount_max", "approval_amount", "price_reduce_taxexcl"}


@tagged("post_install", "-at_install")
class TestLists(TransactionCase):
    def test_sums_of_millions_can_be_read(self):
        narrow = [
            (view.xml_id, field.get("name"))
            for view in self.env["ir.ui.view"].search([("type", "=", "list"), ("mode", "=", "primary")])
            if view.xml_id.partition(".")[0] in ADDONS
            for field in etree.fromstring(view.arch).iter("field")
            if self._is_added_up(view.model, field.get("name"))
            and not field.get("column_invisible")
            and int(field.get("width", "0").removesuffix("px")) < ROOM
        ]
        self.assertEqual(narrow, [])

    def _is_added_up(self, model, name):
        field = self.env[model]._fields.get(name)
        is_sum = field and field.type == "monetary" and field.store and field.aggregator == "sum"
        return is_sum and name not in LIMITS
