"""The nightly clean-up of each addon runs, and deletes in batches."""

import inspect

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum


@tagged("post_install", "-at_install")
class TestCleaners(TransactionCase):
    def test_each_cleaner_runs(self):
        done = set()
        for name in self.env.registry:
            if not name.startswith("adv.") or self.env[name]._abstract or self.env[name]._transient:
                continue
            for method, _function in inspect.getmembers(type(self.env[name]), is_autovacuum):
                with self.subTest(model=name, method=method):
                    result = getattr(self.env[name], method)()
                    self.assertIsInstance(result, tuple, "how many, and whether more are left")
                    done.add(name)
        self.assertGreaterEqual(
            done,
            {
                "adv.customer.message",
                "adv.order.error",
                "adv.dunning.notice",
                "adv.dunning.run",
                "adv.billing.run",
                "adv.receipt",
            },
        )
