from odoo.tests import Form, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestCoded(AdvOrdersCommon):
    """A company adds types of errors and reasons of returns by their names alone."""

    def test_code_is_made_from_the_name(self):
        manager = self.env["adv.return.reason"].with_user(self.manager)
        first, second, given = manager.create(
            [
                {"name": "Mauvaise qualité"},
                {"name": "Mauvaise qualité"},
                {"name": "Wrong colour", "code": "colour"},
            ]
        )
        self.assertEqual(first.code, "own_mauvaise_qualite")
        self.assertEqual(second.code, "own_mauvaise_qualite_2")
        self.assertEqual(given.code, "colour")

    def test_code_stays_when_the_name_changes(self):
        kind = self.env["adv.error.type"].with_user(self.manager).create({"name": "Label"})
        kind.name = "Label or barcode"
        self.assertEqual(kind.code, "own_label")
        self.assertEqual(self.env.ref("adv_orders.error_type_price").code, "price")

    def test_an_archived_row_keeps_its_code(self):
        types = self.env["adv.error.type"].with_user(self.manager)
        types.create({"name": "Label"}).active = False
        self.assertEqual(types.create({"name": "Label"}).code, "own_label_2")

    def test_form_asks_for_the_name_only(self):
        with Form(self.env["adv.error.type"].with_user(self.manager)) as form:
            form.name = "Customs papers"
        self.assertEqual(form.record.code, "own_customs_papers")
