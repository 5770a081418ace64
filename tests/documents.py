"""What the documents in docs/ name: terms of the screens, roads through the menus, links and pictures."""

import functools
import html
import re
from pathlib import Path

from odoo.modules.module import get_module_path

from .processes import ADDONS, ROOT

DOCS = ROOT / "docs"
GUIDE = DOCS / "guide"
LANGUAGES = ("en", "fr", "es")
# where a term that is not ours may stand
NATIVE = ("account", "portal", "sale", "stock", "web")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
SOURCE = re.compile(r"\bsrc=\"([^\"]+)\"")
STRONG = re.compile(r"<b>(.+?)</b>")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ENTRY = re.compile(r'((?:#.*\n)*)msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|\Z))+)')
MENU = re.compile(r"model:ir\.ui\.menu,name:([\w.]+)")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"<[^>]+>")


def text_of(path):
    return path.read_text(encoding="utf-8")


def markdown():
    """All documents for people: the entry, docs/ and the fragments of the addons."""
    return [
        ROOT / "README.md",
        *sorted(DOCS.rglob("*.md")),
        *sorted(path for addon in ADDONS for path in (ROOT / "addons" / addon / "readme").glob("*.md")),
    ]


def terms(path):
    """The terms that a document says to stand on a screen: what is bold outside of code, in order."""
    text = re.sub(r"```.*?```|`[^`]*`", "", text_of(path), flags=re.DOTALL)
    paragraphs = re.split(r"\n\s*\n", text)
    return [" ".join(term.split()) for paragraph in paragraphs for term in BOLD.findall(paragraph)]


def shown(text):
    """A term of a catalogue as a person sees it: without tags, what varies as three dots."""
    return " ".join(PLACEHOLDER.sub("…", TAG.sub("", text)).replace("%%", "%").replace("&amp;", "&").split())


@functools.cache
def catalogue(addon, language):
    """Return [(source, text, XML ids of the menus named so)] of an addon in French or Spanish."""
    folder = ROOT / "addons" / addon if addon in ADDONS else Path(get_module_path(addon))
    content = text_of(folder / "i18n" / f"{language}.po")
    return [
        (_value(source), _value(text), MENU.findall(comments))
        for comments, source, text in ENTRY.findall(content)
        if source != '""\n'
    ]


def _value(quoted):
    text = "".join(line[1:-1] for line in quoted.splitlines())
    if "\\" in text:
        text = text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
    return text


@functools.cache
def sources(language):
    """Return {term as shown in the language: English terms that it stands for}."""
    found = {}
    addons = (*ADDONS, *NATIVE, "base", "web_tour") if language == "en" else (*ADDONS, *NATIVE)
    for addon in addons:
        for source, text, _menus in catalogue(addon, "fr" if language == "en" else language):
            term = shown(source if language == "en" else text)
            found.setdefault(term, set()).add(shown(source))
    return found


@functools.cache
def source_text():
    """All texts of the addons' sources, as one line: what was renamed is not in it any more."""
    files = [
        path
        for addon in ADDONS
        for path in (ROOT / "addons" / addon).rglob("*")
        if path.suffix in (".py", ".xml", ".js") and "tests" not in path.parts
    ]
    joined = re.sub(r'"\s*\n\s*"', "", "\n".join(map(text_of, files)))
    plain = html.unescape(joined).replace("\\'", "'").replace('\\"', '"')
    return " ".join(PLACEHOLDER.sub("…", plain).replace("%%", "%").split())


@functools.cache
def native_sources():
    """The English terms that Odoo itself has."""
    addons = (*NATIVE, "base", "web_tour")
    return {shown(source) for addon in addons for source, _text, _menus in catalogue(addon, "fr")}


@functools.cache
def menu_names(language):
    """Return {XML id of a menu: its name in French or Spanish}."""
    return {
        menu: text
        for addon in (*NATIVE, *ADDONS)
        for _source, text, menus in catalogue(addon, language)
        for menu in menus
    }


def broken_links(path):
    """The links and pictures of a document that lead nowhere in the repository."""
    links = [link for link in LINK.findall(text_of(path)) if not link.startswith(("http", "mailto:", "#"))]
    return [link for link in links if not (path.parent / link.split("#")[0]).exists()]


def table(path, first_header):
    """Rows (lists of cells) of the table of a document whose first heading is ``first_header``."""
    rows = []
    for line in text_of(path).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and (rows or cells[0] == first_header):
            rows.append(cells)
        elif rows:
            break
    return rows[2:]


@functools.cache
def _pattern(terms):
    words = [r"\w*\s+".join(map(re.escape, term.lower().split())) for term in terms.split(" / ")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})")


def has_word(text, terms):
    """Whether a text (in small letters) has one of the terms (separated by slashes), singular or plural."""
    return bool(_pattern(terms).search(text))


@functools.cache
def small_letters(addon, language):
    """Return [(source, text)] of an addon's catalogue for looking words up."""
    return [(_plain(source), _plain(text)) for source, text, _menus in catalogue(addon, language)]


def _plain(text):
    return text.lower().replace("\u00a0", " ").replace("’", "'")
