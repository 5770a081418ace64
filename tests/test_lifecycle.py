"""Installing, updating and uninstalling the addons, alone and together, in processes of their own."""

import re
import textwrap
from contextlib import contextmanager

from odoo.tests import BaseCase, tagged

from .processes import ADDONS, base_database, complaints, database, full_database, odoo, odoo_killed, shell

# what Odoo tells of its own work on a table that may be large
CHANGED = re.compile(
    r"odoo\.schema: (Table '(?:account_move|account_move_line|account_partial_reconcile|payment_transaction"
    r"|sale_order|sale_order_line|stock_move|stock_picking)': .*)"
)
TELL = ("--log-handler", "odoo.schema:DEBUG")


@tagged("post_install", "-at_install", "lifecycle")
class TestLifecycle(BaseCase):
    def _run(self, *arguments, name):
        code, log = odoo(*arguments, name=name)
        self.assertEqual(complaints(log), [])
        self.assertEqual(code, 0, log[-2000:])
        return log

    @contextmanager
    def _installed(self, name, *addons):
        """A database with ``addons``; with all of them it is a copy of the one made for all tests."""
        full = full_database() if addons == ADDONS else None
        with database(name, full or base_database()):
            if not full:
                self._run("server", "-i", ",".join(addons), "--stop-after-init", "--without-demo", name=name)
            yield

    def _check(self, *addons, after=()):
        """Install, update and uninstall ``addons``; a database that starts without a complaint stays."""
        name = f"adv_lifecycle_{'_'.join(addon[4:] for addon in addons)}"
        with self._installed(name, *addons):
            self._run("server", "-u", ",".join(addons), "--stop-after-init", name=name)
            self._run("module uninstall", *addons, name=name)
            self._run("server", *after, "--stop-after-init", name=name)

    def test_orders_alone(self):
        self._check("adv_orders")

    def test_dunning_alone(self):
        self._check("adv_dunning")

    def test_billing(self):
        self._check("adv_billing")

    def test_all_together_are_uninstalled_at_once(self):
        """Odoo's own addons can be updated afterwards: nothing of ours is left in their views."""
        self._check(*ADDONS, after=("-u", "sale,account"))

    def test_kpi_leaves_the_others_working(self):
        name = "adv_lifecycle_kpi_only"
        with self._installed(name, *ADDONS):
            self._run("module uninstall", "adv_kpi", name=name)
            self._run("server", "-u", "adv_billing", "--stop-after-init", name=name)

    def test_killed_while_installing(self):
        """Its tables stand, its data not yet: the company works on, and a second start ends it.

        Odoo tells at each start that an installation was not ended; nothing else is wrong.
        """
        name = "adv_lifecycle_killed"
        install = ("-i", "adv_kpi", "--stop-after-init", "--without-demo", *TELL)
        with database(name, base_database()):
            log = odoo_killed("loading adv_orders/views/sale_order_views.xml", *install, name=name)
            self.assertEqual(complaints(log), [])
            self.assertEqual(self._work_on_orders(name), "sale")
            log += self._run("server", *install, name=name)
            self.assertEqual(CHANGED.findall(log), [], "locks of the installing transaction")
            self.assertEqual(self._work_on_orders(name), "sale")

    def _work_on_orders(self, name):
        """Return the state of an order that somebody has taken and confirmed, whatever is installed."""
        code = """
            partner = env["res.partner"].create({"name": "Customer"})
            product = env["product.product"].create({"name": "Goods", "type": "consu"})
            order = env["sale.order"].create(
                {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": product.id})]}
            )
            order.action_confirm()
            print(order.state)
            env.cr.commit()
        """
        with shell(textwrap.dedent(code), name) as process:
            return process.communicate(timeout=300)[0].splitlines()[-1]
