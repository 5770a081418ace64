"""Installing, updating and uninstalling the addons, alone and together, in processes of their own."""

from contextlib import contextmanager

from odoo.tests import BaseCase, tagged

from .processes import ADDONS, base_database, complaints, database, full_database, odoo


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
