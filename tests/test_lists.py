"""Lists leave room for their amounts: a group of some customers, or a bill, is soon more than a million."""

from lxml import etree
from odoo.tests import TransactionCase, tagged

from .processes import ADDONS

# of "999,999,999.00 €" in bold, as a group and the last line show it; Odoo's own width holds one million
ROOM = 140
# limits and prices, which nobody adds up
LIMITS = {"amount_max", "approval_amount", "fixed_price", "minimum_amount", "price_reduce_taxexcl"}


@tagged("post_install", "-at_install")
class TestLists(TransactionCase):
    def test_sums_of_millions_can_be_read(self):
        views = self._views([("type", "=", "list"), ("mode", "=", "primary")])
        narrow = [
            (view.xml_id, field.get("name"))
            for view in views
            for field in etree.fromstring(view.arch).iter("field")
            if self._is_added_up(view.model, field.get("name")) and self._is_narrow(field)
        ]
        self.assertEqual(narrow, [])

    def test_amounts_in_forms_can_be_read(self):
        lists = [
            (view.xml_id, *embedded)
            for view in self._views([("type", "=", "form")])
            for embedded in self._embedded_lists(view)
        ]
        self.assertIn(("adv_dunning.adv_payment_plan_view_form", "line_ids"), [found[:2] for found in lists])
        narrow = [
            (xml_id, name, field.get("name"))
            for xml_id, name, model, arch in lists
            for field in arch.iter("field")
            if self._is_amount(model, field.get("name")) and self._is_narrow(field)
        ]
        self.assertEqual(narrow, [])

    def _views(self, domain):
        views = self.env["ir.ui.view"].search(domain)
        return views.filtered(lambda view: view.xml_id.partition(".")[0] in ADDONS)

    def _embedded_lists(self, view):
        """Return [(name of the field, model of its records, arch)] of the lists within a form."""
        found = []
        for arch in etree.fromstring(view.arch).iter("list"):
            fields = [
                parent.getparent().get("name")
                for parent in (arch, *arch.iterancestors())
                if parent.tag in ("list", "form", "kanban") and parent.getparent() is not None
            ]
            model = self.env[view.model]
            for name in reversed(fields):
                model = self.env[model._fields[name].comodel_name]
            found.append((fields[0], model._name, arch))
        return found

    def _is_narrow(self, field):
        width = int(field.get("width", "0").removesuffix("px"))
        return not field.get("column_invisible") and width < ROOM

    def _is_amount(self, model, name):
        field = self.env[model]._fields.get(name)
        return field and field.type == "monetary" and name not in LIMITS

    def _is_added_up(self, model, name):
        field = self.env[model]._fields.get(name)
        return self._is_amount(model, name) and field.store and field.aggregator == "sum"
