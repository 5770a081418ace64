import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_every_term_is_translated(self):
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, modules=["adv_kpi"])}
        self.assertIn("Order intake", terms)
        for language in ("fr", "es"):
            entries = polib.pofile(file_path(f"adv_kpi/i18n/{language}.po"))
            translated = {entry.msgid for entry in entries if entry.msgstr and not entry.fuzzy}
            with self.subTest(language=language):
                self.assertEqual(terms - translated, set())
