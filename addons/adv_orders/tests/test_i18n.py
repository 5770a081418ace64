from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import PoFileReader, TranslationModuleReader


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_french_and_spanish_are_complete(self):
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, modules=["adv_orders"])}
        for language in ("fr", "es"):
            with file_open(f"adv_orders/i18n/{language}.po", "rb") as source:
                translated = {row["src"] for row in PoFileReader(source) if row["value"]}
            # the data of a demonstration is not in every database, and the names of companies are not ours
            self.assertFalse(sorted(terms - translated), language)
