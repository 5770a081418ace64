"""French and Spanish are complete: every term that Odoo exports from an addon has a text in both."""

import re

import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

from .processes import ADDONS, ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\{.*?\}\}|\$\{.*?\}")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def _exported(self, addon):
        return {row[4] for row in TranslationModuleReader(self.env.cr, modules=[addon]) if row[4].strip()}

    def _catalogue(self, addon, lang):
        return polib.pofile(str(ROOT / "addons" / addon / "i18n" / f"{lang}.po"))

    def test_every_exported_term_is_translated(self):
        for addon in ADDONS:
            exported = self._exported(addon)
            self.assertTrue(exported, f"{addon} exports no term")
            for lang in ("fr", "es"):
                with self.subTest(addon=addon, lang=lang):
                    texts = {entry.msgid for entry in self._catalogue(addon, lang) if entry.msgstr.strip()}
                    self.assertEqual(sorted(exported - texts), [])

    def test_placeholders_survive_translation(self):
        for addon in ADDONS:
            for lang in ("fr", "es"):
                wrong = [
                    entry.msgid
                    for entry in self._catalogue(addon, lang)
                    if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
                ]
                self.assertEqual(wrong, [], f"{addon} {lang}")
