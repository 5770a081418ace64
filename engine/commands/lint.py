"""./adv lint: all linters, pinned."""

import subprocess
from xml.etree import ElementTree

from .. import node, odoo_tree, paths, proc, python_env, ui
from ..ui import Problem

HELP = "check the code: ruff, pylint-odoo, eslint, prettier, well-formed XML"
EXAMPLES = """examples:
  ./adv lint          check everything
  ./adv lint --fix    let ruff and prettier put right what they can, then check
"""


def arguments(parser):
    parser.add_argument("--fix", action="store_true", help="put right what can be put right")


def run(options):
    python_env.ensure(odoo_tree.find(install=False))
    checks = (ruff, format_python, pylint, xml, eslint, prettier)
    failed = [check.__name__ for check in checks if not check(options.fix)]
    if failed:
        raise Problem(f"lint found something in: {', '.join(failed)}")
    ui.say("lint: all is well")


def ruff(fix):
    return _python("ruff", "check", *(["--fix"] if fix else []), ".", "adv")


def format_python(fix):
    return _python("ruff", "format", *([] if fix else ["--check"]), ".", "adv")


def pylint(_fix):
    """The readme/ fragments stand for README.rst; a manifest may say what is the default anyway."""
    left_out = "--disable=missing-readme,manifest-superfluous-key"
    return _python("pylint", left_out, *[str(paths.ADDONS / name) for name in paths.addon_names()])


def _python(module, *arguments):
    return _shown(module, [paths.venv_python(), "-m", module, *arguments], proc.child_env())


def xml(_fix):
    """Every XML file of the addons can be parsed."""
    broken = []
    for file in sorted(paths.ADDONS.rglob("*.xml")):
        broken += _xml_error(file)
    for line in broken:
        print(line)
    return not broken


def _xml_error(file):
    try:
        ElementTree.parse(file)  # noqa: S314 - our own files
    except ElementTree.ParseError as error:
        return [f"{file.relative_to(paths.ROOT)}: {error}"]
    return []


def scripts():
    found = sorted(paths.ADDONS.glob("*/static/**/*.js"))
    return [str(file.relative_to(paths.ROOT)) for file in found if "lib" not in file.parts]


def eslint(_fix):
    return _node("eslint", "bin/eslint.js", "--no-warn-ignored", "-c", "eslint.config.mjs")


def prettier(fix):
    return _node("prettier", "bin/prettier.cjs", "--write" if fix else "--check", "--log-level", "warn")


def _node(package, program, *arguments):
    files = scripts()
    if not files:
        return True
    folder, executable = node.ensure()
    command = [executable, folder / "node_modules" / package / program, *arguments, *files]
    return _shown(package, command, proc.child_env())


def _shown(name, command, env):
    """Run a linter; what it says is shown when it finds something."""
    with ui.step(name) as step:
        done = subprocess.run(
            [str(word) for word in command], cwd=paths.ROOT, env=env, capture_output=True, text=True
        )
        step.result = "" if done.returncode == 0 else "something found"
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0
