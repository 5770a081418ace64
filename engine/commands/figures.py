"""./adv figures: the definitions of the figures, from their catalogue."""

import subprocess
import sys

from .. import odoo_tree, paths, proc, python_env
from ..ui import Problem

HELP = "write docs/figures.md from the catalogue of adv_kpi"
EXAMPLES = """examples:
  ./adv figures            write docs/figures.md
  ./adv figures --check    write nothing; fail when the document is not that of the catalogue
"""
SCRIPT = """
import sys
import odoo.addons
odoo.addons.__path__.append(sys.argv[1])
from odoo.addons.adv_kpi.engine.catalogue import FORMULAS
from odoo.addons.adv_kpi.engine.explain import read_records, write
sys.stdout.write(write(read_records(sys.argv[1] + "/adv_kpi/data/adv_kpi_data.xml"), FORMULAS))
"""


def arguments(parser):
    parser.add_argument("--check", action="store_true", help="write nothing; fail when it differs")


def run(options):
    python_env.ensure(odoo_tree.find(install=False))
    command = [paths.venv_python(), "-c", SCRIPT, str(paths.ADDONS)]
    text = subprocess.run(command, env=proc.child_env(), check=True, capture_output=True, text=True).stdout
    target = paths.ROOT / "docs" / "figures.md"
    if options.check:
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            raise Problem("docs/figures.md is not that of the catalogue: ./adv figures writes it")
        return
    target.write_text(text, encoding="utf-8")
    print(f"{target.relative_to(paths.ROOT)}: written", file=sys.stderr)
