import io
from pathlib import Path

import polib
from odoo.tests import tagged
from odoo.tests.common import TransactionCase
from odoo.tools.translate import trans_export

FOLDER = Path(__file__).parents[1] / "i18n"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_french_and_spanish_are_complete(self):
        """Every term the addon exports now is in the template and translated in both languages."""
        exported = io.BytesIO()
        trans_export(False, ["adv_dunning"], exported, "po", self.env)
        terms = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
        self.assertTrue(terms)
        for name in ("adv_dunning.pot", "fr.po", "es.po"):
            known = {
                entry.msgid: entry.msgstr for entry in polib.pofile(str(FOLDER / name)) if not entry.obsolete
            }
            self.assertFalse(sorted(terms - known.keys()), name)
            if name.endswith(".po"):
                self.assertFalse(sorted(term for term, text in known.items() if not text), name)
                for term, text in known.items():
                    for placeholder in ("%(customer)s", "%(company)s", "%(date)s", "%(user)s", "%(count)s"):
                        self.assertEqual(placeholder in term, placeholder in text, term)
