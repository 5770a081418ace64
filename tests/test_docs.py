"""The documents say what is so: terms, menus, links, pictures, jobs and rights are compared."""

import html
import os
import re
from pathlib import Path

from odoo.modules import get_manifest
from odoo.tests import TransactionCase, tagged

from engine.pictures import PICTURES

from . import documents
from .documents import DOCS, GUIDE, LANGUAGES
from .processes import ADDONS, ROOT

ROLES = ("assistant", "manager", "salesperson", "collector", "accountant", "warehouse", "customer")
GROUPS = {
    "Salesperson": "sales_team.group_sale_salesman",
    "Warehouse": "stock.group_stock_user",
    "ADV assistant": "adv_orders.group_adv_assistant",
    "ADV manager": "adv_orders.group_adv_manager",
    "Collector": "adv_dunning.group_collector",
    "Collection Manager": "adv_dunning.group_collection_manager",
    "Invoicing": "account.group_account_invoice",
    "Reader of figures": "adv_kpi.group_kpi_user",
    "Manager of figures": "adv_kpi.group_kpi_manager",
    "Portal": "base.group_portal",
}
RIGHTS_HEAD = """# The table of rights

What each role may do with the addons' own records; a role that includes another has its rights too. The test
of the documents compares it with the database, and writes it anew with
`ADV_WRITE_DOCS=1 ./adv test tests/test_docs.py`.

r = read, w = change, c = create, d = delete. Record rules narrow it further: to the companies of the person,
and for salespeople to their own customers. What is recorded by the system (decisions, results, ledgers, sent
notices) has no right to create, change or delete for anybody.

"""
PICTURES_AT_MOST = 4_500_000  # bytes of all pictures together


@tagged("post_install", "-at_install")
class TestDocuments(TransactionCase):
    def test_links_and_pictures_resolve(self):
        broken = {str(path): documents.broken_links(path) for path in documents.markdown()}
        self.assertEqual({path: links for path, links in broken.items() if links}, {})

    def test_every_picture_is_shown_somewhere_and_all_are_small(self):
        texts = "\n".join(documents.text_of(path) for path in documents.markdown())
        pictures = list((DOCS / "images").rglob("*.png"))
        unused = [path for path in pictures if path.relative_to(DOCS).as_posix() not in texts]
        self.assertEqual(unused, [])
        self.assertLess(sum(path.stat().st_size for path in pictures), PICTURES_AT_MOST)

    def test_the_pictures_shown_are_those_that_the_command_takes(self):
        taken = {picture.name for picture in PICTURES}
        for language in LANGUAGES:
            guide = "\n".join(documents.text_of(path) for path in (GUIDE / language).glob("*.md"))
            with self.subTest(language=language):
                self.assertEqual(set(re.findall(rf"images/{language}/([\w-]+)\.png", guide)), taken)
        copies = {copy for picture in PICTURES for copy in picture.copies}
        images = {f"addons/{addon}/{image}" for addon in ADDONS for image in get_manifest(addon)["images"]}
        self.assertEqual(copies, images)

    def test_description_pages_are_whole(self):
        menus = self._menus()["en"]
        for addon in ADDONS:
            folder = ROOT / "addons" / addon / "static" / "description"
            page = documents.text_of(folder / "index.html")
            shown = documents.SOURCE.findall(page)
            pictures = [Path(name).name for name in get_manifest(addon)["images"]]
            with self.subTest(addon=addon):
                self.assertEqual(sorted(shown), sorted(pictures))
                self.assertEqual([name for name in shown if not (folder / name).is_file()], [])
                self.assertTrue((folder / "icon.png").is_file())
                self.assertNotRegex(page, r"https?://")  # a page that would need the internet
                roads = {html.unescape(road) for road in documents.STRONG.findall(page)}
                self.assertLessEqual(roads, menus)

    # WORDS OF THE SCREENS

    def _unknown(self, path, language, menus):
        known = documents.sources(language)
        return [
            term
            for term in documents.terms(path)
            if term not in menus and not self._stands(term, known, language)
        ]

    def _stands(self, term, known, language):
        """Whether a term is in the catalogue; an English one of ours in the sources too."""
        if language != "en" or term in documents.native_sources():
            return term in known
        return term in known and term in documents.source_text()

    def _menus(self):
        """Return {language: full names of all menus}, from the menus and the catalogues."""
        menus = self.env["ir.ui.menu"].with_context(lang="en_US", **{"ir.ui.menu.full_list": True}).search([])
        names = dict.fromkeys(LANGUAGES)
        names["en"] = {menu.id: menu.name for menu in menus}
        keys = menus._get_external_ids()
        for language in ("fr", "es"):
            translated = documents.menu_names(language)
            names[language] = {
                menu.id: next((translated[key] for key in keys[menu.id] if key in translated), menu.name)
                for menu in menus
            }
        return {language: {self._road(menu, names[language]) for menu in menus} for language in LANGUAGES}

    def _road(self, menu, names):
        return (f"{self._road(menu.parent_id, names)} > " if menu.parent_id else "") + names[menu.id]

    def test_terms_and_menus_of_the_documents_are_those_of_the_screens(self):
        menus = self._menus()
        papers = [(path, path.parent.name) for path in sorted(GUIDE.rglob("*.md"))]
        papers += [(DOCS / "administrator.md", "en")]
        papers += [(path, "en") for path in documents.markdown() if path.parent.name == "readme"]
        for path, language in papers:
            with self.subTest(document=str(path.relative_to(ROOT))):
                self.assertEqual(self._unknown(path, language, menus[language]), [])

    def test_the_guides_of_the_three_languages_speak_of_the_same(self):
        menus = self._menus()["en"]
        for role in ROLES:
            english = set(documents.terms(GUIDE / "en" / f"{role}.md")) - menus
            for language in ("fr", "es"):
                named = documents.sources(language)
                path = GUIDE / language / f"{role}.md"
                terms = [named.get(term, set()) for term in documents.terms(path) if " > " not in term]
                with self.subTest(role=role, language=language):
                    self.assertFalse([term for term in terms if not term & english])
                    self.assertFalse(english - set().union(*terms))
                    self.assertEqual(self._shape(path), self._shape(GUIDE / "en" / f"{role}.md"))

    def _shape(self, path):
        """Headings, steps, rows, pictures and roads through the menus, counted."""
        lines = documents.text_of(path).splitlines()
        starts = ("#", "- ", "1.", "2.", "3.", "4.", "5.", "|", "![")
        counts = [sum(line.startswith(start) for line in lines) for start in starts]
        return [*counts, sum(" > " in term for term in documents.terms(path))]

    def test_the_glossary_is_that_of_the_catalogues(self):
        """Most texts that have the English term have its French and Spanish one in their translations."""
        rows = documents.table(DOCS / "glossary.md", "English")
        self.assertGreater(len(rows), 40)
        for position, language in ((1, "fr"), (2, "es")):
            shares = {row[0]: self._share(row[0], row[position], language) for row in rows}
            with self.subTest(language=language):
                self.assertEqual({term: share for term, share in shares.items() if share < 0.6}, {})

    def _share(self, english, term, language):
        texts = [
            documents.has_word(text, term)
            for addon in ADDONS
            for source, text in documents.small_letters(addon, language)
            if documents.has_word(source, english)
        ]
        return sum(texts) / len(texts) if texts else 0.0

    # THE ADMINISTRATOR'S TABLES

    def test_the_scheduled_actions_are_those_that_run(self):
        told = [tuple(row[:2]) for row in documents.table(DOCS / "administrator.md", "Action")]
        jobs = self.env["ir.cron"].with_context(active_test=False, lang="en_US").search([])
        keys = jobs._get_external_ids()
        ours = jobs.filtered(lambda job: any(key.split(".")[0] in ADDONS for key in keys[job.id]))
        self.assertCountEqual(
            told, [(job.name, f"{job.interval_number} {job.interval_type}") for job in ours]
        )

    def test_the_table_of_rights_is_that_of_the_database(self):
        text = RIGHTS_HEAD + "\n".join(self._rights()) + "\n"
        path = DOCS / "rights.md"
        if os.environ.get("ADV_WRITE_DOCS"):
            path.write_text(text, encoding="utf-8")
        self.assertEqual(documents.text_of(path), text)

    def _rights(self):
        """The lines of the table: a row a model, a column a role."""
        yield f"| Records | Model | {' | '.join(GROUPS)} |"
        yield "| --- " * (len(GROUPS) + 2) + "|"
        groups = {name: self.env.ref(key) for name, key in GROUPS.items()}
        everything = [("model", "=like", "adv.%"), ("abstract", "=", False), ("transient", "=", False)]
        models = self.env["ir.model"].with_context(lang="en_US").search(everything, order="model")
        rows = self.env["ir.model.access"].search([("model_id", "in", models.ids)])
        for model in models:
            own = rows.filtered(lambda row, model=model: row.model_id == model)
            cells = [self._letters(own, group) for group in groups.values()]
            yield f"| {model.name} | `{model.model}` | {' | '.join(cells)} |"

    def _letters(self, rows, group):
        mine = rows.filtered(lambda row: row.group_id in group.all_implied_ids | group)
        return "".join(
            letter
            for letter, right in zip("rwcd", ("read", "write", "create", "unlink"), strict=True)
            if any(mine.mapped(f"perm_{right}"))
        )
