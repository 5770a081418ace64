"""Installing on a company with history: what large native tables are given is there before Odoo looks."""

import importlib

from odoo.tests import BaseCase, TransactionCase, tagged

from .processes import base_database, database, shell

ADDONS = ("adv_orders", "adv_dunning", "adv_billing", "adv_kpi")
# the tables of a wholesaler that have a row or more for each order
LARGE = (
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "payment.transaction",
    "sale.order",
    "sale.order.line",
    "stock.move",
    "stock.move.line",
    "stock.picking",
)


@tagged("post_install", "-at_install")
class TestColumns(TransactionCase):
    """A column that the hook forgets is added, and looked through for its foreign key, under lock."""

    def wanted(self, addon):
        """Return {(table, column): its declaration} of what the addon adds to large tables."""
        found = {}
        for model in LARGE:
            for name, field in self.env[model]._fields.items():
                if field._modules[:1] == (addon,) and field.store and field.column_type:
                    kind = field.column_type[0]
                    if field.type == "many2one":
                        rule = (field.ondelete or "set null").upper()
                        kind += f" REFERENCES {self.env[field.comodel_name]._table} ON DELETE {rule}"
                    found[self.env[model]._table, name] = kind
        return found

    def test_every_column_is_in_the_hook(self):
        for addon in ADDONS:
            with self.subTest(addon=addon):
                hooks = importlib.import_module(f"odoo.addons.{addon}.hooks")
                known = {
                    (table, name): kind
                    for table, columns in hooks.COLUMNS.items()
                    for name, kind in columns.items()
                }
                marked = {("sale_order", hooks.MARK): "bool"} if hasattr(hooks, "MARK") else {}
                self.assertEqual({**known, **marked}, self.wanted(addon))

    def test_every_table_with_an_index_is_in_the_hook(self):
        for addon in ADDONS:
            hooks = importlib.import_module(f"odoo.addons.{addon}.hooks")
            for model in LARGE:
                indexes = [
                    index for index in self.env[model]._table_objects.values() if index._module == addon
                ]
                table = self.env[model]._table
                with self.subTest(addon=addon, model=model):
                    if hasattr(hooks, "INDEXES"):  # they are spelled there
                        names = {index.full_name(self.env[model]) for index in indexes}
                        self.assertLessEqual(names, set(hooks.INDEXES))
                    else:
                        self.assertTrue(not indexes or table in hooks.COLUMNS)


SOMEBODY_AT_WORK = """
from odoo.addons.{addon} import hooks
from odoo.addons.{addon}.{patience} import PATIENCE
import sys

sys.modules["odoo.addons.{addon}.{patience}"].PATIENCE = "200ms"

def valid():
    env.cr.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", ["{index}"])
    found = env.cr.fetchone()
    env.cr.commit()
    return found and found[0]

def build():
    hooks.pre_init_hook(env)
    print("whole", valid())

build()
env.cr.execute('DROP INDEX "{index}"')
env.cr.commit()
with env.registry.cursor() as somebody:
    somebody.execute("SELECT name FROM res_company")
    build()
    env.cr._cnx.autocommit = True
    env.cr.execute("SET lock_timeout = '200ms'")
    try:
        env.cr.execute('CREATE INDEX CONCURRENTLY "{index}" ON {table} (id)', log_exceptions=False)
    except Exception as error:
        print(type(error).__name__)
    env.cr.execute("RESET lock_timeout")
    env.cr._cnx.autocommit = False
    print("killed", valid())
build()
env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", ["{index}"])
print(env.cr.fetchone()[0].partition("USING ")[2])
"""


@tagged("post_install", "-at_install")
class TestSomebodyAtWork(BaseCase):
    def said(self, **names):
        code, name = SOMEBODY_AT_WORK.format(**names), "adv_installing"
        with database(name, base_database()), shell(code, name) as process:
            return process.communicate(timeout=300)[0].splitlines()[-6:]

    def test_an_index_that_must_wait_is_left_out(self):
        """Somebody reads something for long. Nothing half-built stays, nor what a kill left behind."""
        outcome = ["whole True", "whole None", "LockNotAvailable", "killed False", "whole True"]
        of_orders = self.said(
            addon="adv_orders",
            patience="tools.native_tables",
            table="sale_order",
            index="sale_order__adv_state_index",
        )
        self.assertEqual(of_orders, [*outcome, "btree (adv_state)"])
        of_dunning = self.said(
            addon="adv_dunning",
            patience="hooks",
            table="account_partial_reconcile",
            index="account_partial_reconcile_adv_max_date_idx",
        )
        self.assertEqual(of_dunning, [*outcome, "btree (max_date)"])
