import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.adv_kpi.engine.catalogue import FORMULAS


def compared(tree):
    """Yield the codes that a test compares with a value written in it, other than None and 0."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "assertFigures":
            continue
        if isinstance(node.args[0], ast.Dict):
            for key, value in zip(node.args[0].keys, node.args[0].values, strict=True):
                if isinstance(key, ast.Constant) and not is_nothing(value):
                    yield key.value


def is_nothing(value):
    return isinstance(value, ast.Constant) and not value.value


@tagged("post_install", "-at_install")
class TestEveryCode(BaseCase):
    def test_every_code_has_figures_by_hand(self):
        """A figure that is added to the catalogue is worked out by hand in a test as well."""
        found = set()
        for path in Path(__file__).parent.glob("test_*.py"):
            found.update(compared(ast.parse(path.read_text(encoding="utf-8"))))
        self.assertEqual(FORMULAS.keys() - found, set())
