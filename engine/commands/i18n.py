"""./adv i18n: the addons' terms and their translations."""

import os

from .. import database, locks, paths, proc, settings, setup, ui
from ..ui import Problem

HELP = "export the addons' terms and merge them into the French and Spanish translations"
EXAMPLES = """examples:
  ./adv i18n              write i18n/ADDON.pot, merge it into fr.po and es.po, tell what is untranslated
  ./adv i18n --check      write nothing; fail when a term is missing or untranslated
"""
LANGUAGES = ("fr", "es")


def arguments(parser):
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is missing")


def run(options):
    with setup.databases() as databases:
        exported = export(databases)
    import polib

    trouble = []
    for addon, text in exported.items():
        fresh = polib.pofile(text)
        for language in LANGUAGES:
            missing = merge(addon, language, fresh, options.check)
            print(f"{addon:<16}{language}  {f'{len(missing)} untranslated' if missing else 'complete'}")
            for term in missing:
                print(f"    {term!r}")
            trouble += missing
        if not options.check and fresh:
            folder(addon).mkdir(exist_ok=True)
            (folder(addon) / f"{addon}.pot").write_text(text, encoding="utf-8")
    if trouble and options.check:
        raise Problem(
            f"{len(trouble)} terms lack a translation: ./adv i18n adds them to the files, to be filled in"
        )


def folder(addon):
    return paths.ADDONS / addon / "i18n"


def export(databases):
    """The terms of each addon, from a copy of the test template."""
    name = f"adv_test_{paths.checkout_key()[:4]}_i18n{os.getpid()}"
    with locks.Lock(name) as lock:
        lock.acquire()
        databases.clone(databases.locked_template(), name)
        try:
            return {addon: _export(databases, name, addon) for addon in paths.addon_names()}
        finally:
            databases.drop(name)


def _export(databases, name, addon):
    target = paths.state_dir("run") / f"{addon}.pot"
    conf = settings.write("i18n", databases.tree, databases.server)
    command = [
        paths.venv_python(),
        "-m",
        "odoo",
        "i18n",
        "export",
        "-c",
        conf,
        "-d",
        name,
        "-o",
        target,
        addon,
    ]
    with ui.step(f"terms of {addon}"):
        target.unlink(missing_ok=True)
        done = proc.run(
            command,
            log=paths.log_file("i18n"),
            env=database.odoo_env(databases.server),
            pass_fds=databases.server.fds(),
            cwd=paths.ROOT,
        )
        if not done.ok or not target.exists():
            raise Problem(
                f"the terms of {addon} could not be exported ({done.last()}). Log: {paths.log_file('i18n')}"
            )
    text = target.read_text(encoding="utf-8")
    target.unlink()
    return text


def merge(addon, language, fresh, check):
    """Bring one language up to date; returns its terms without a translation."""
    import polib

    file = folder(addon) / f"{language}.po"
    known = polib.pofile(str(file)) if file.exists() else polib.POFile()
    before = {(entry.msgctxt, entry.msgid) for entry in known if entry.translated() and not entry.obsolete}
    missing = [entry.msgid for entry in fresh if entry.msgid and (entry.msgctxt, entry.msgid) not in before]
    if not check and fresh:
        known.metadata = known.metadata or dict(fresh.metadata, Language=language)
        known.merge(fresh)
        known[:] = [entry for entry in known if not entry.obsolete]
        folder(addon).mkdir(exist_ok=True)
        known.save(str(file))
    return missing
