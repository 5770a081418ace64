import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open, file_path
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

    def test_no_term_is_too_short_to_be_exported(self):
        """Odoo leaves out what has one letter: a "%s:" stayed without the space that French writes there."""
        sources = Path(file_path("adv_orders/static/src")).rglob("*.js")
        terms = [term for source in sources for term in re.findall(r'_t\(\s*"([^"]*)"', source.read_text())]
        self.assertGreater(len(terms), 20)
        self.assertFalse([term for term in terms if len(re.sub(r"\W+", "", term)) <= 1])
