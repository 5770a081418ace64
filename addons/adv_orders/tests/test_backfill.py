from odoo.tests import tagged
from odoo.tools import SQL

from .. import BARE_COLUMNS, _pre_init_hook
from .common import AdvOrdersCommon

FACTS = [
    "adv_commercial_partner_id",
    "adv_amount_company",
    "adv_received_date",
    "adv_confirmed_date",
    "adv_promise_initial",
    "adv_promise_date",
    "adv_line_count",
    "adv_first_delivery_date",
    "adv_delivered_date",
    "adv_is_on_time",
    "adv_is_in_full",
    "adv_is_first_order",
    "adv_state",
    "adv_desk_rank",
]


@tagged("post_install", "-at_install")
class TestBackfill(AdvOrdersCommon):
    def forget(self, orders):
        """Put the orders in the state that an installation on history finds."""
        self.env.flush_all()
        empty = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in FACTS)
        self.env.cr.execute(SQL("UPDATE sale_order SET %s WHERE id IN %s", empty, tuple(orders.ids)))
        self.env.cr.execute(
            SQL("UPDATE sale_order_line SET adv_qty_confirmed = NULL WHERE order_id IN %s", tuple(orders.ids))
        )
        self.env.invalidate_all()

    def test_history_gets_what_living_orders_have(self):
        promised = {"commitment_date": "2026-03-05 15:00:00"}
        orders = self.env["sale.order"].union(
            *[
                self.order((self.chair, 5), (self.service, 1), client_order_ref=str(i), **promised)
                for i in range(6)
            ]
        )
        full, half, short, late, _draft, cancelled = orders
        (full | half | short | late).with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.ship(full, at=self.at(2026, 3, 5, 10))
        self.ship(half, {self.chair: 2}, at=self.at(2026, 3, 3, 10))
        self.ship(short, {self.chair: 2}, backorder=False, at=self.at(2026, 3, 3, 10))
        self.ship(late, at=self.at(2026, 3, 5, 23, 30))
        cancelled._action_cancel()
        names = [name for name in FACTS if name != "adv_received_date"]
        before = orders.read(names)
        self.forget(orders)
        self.assertEqual(self.env["adv.backfill"]._adv_remaining(), 6)
        self.env["adv.backfill"]._adv_fill_batch(4)
        self.assertEqual(self.env["adv.backfill"]._adv_remaining(), 2)
        self.env["adv.backfill"]._adv_fill_batch(4)
        self.assertEqual(self.env["adv.backfill"]._adv_fill_batch(4), 0)
        self.env["adv.backfill"]._adv_mark_first_orders()
        self.env.invalidate_all()
        self.assertEqual(orders.read(names), before)
        self.assertEqual(full.adv_received_date, full.create_date)

    def test_bare_columns_exist_and_the_hook_is_harmless(self):
        _pre_init_hook(self.env)
        for name in BARE_COLUMNS:
            self.assertTrue(self.env["sale.order"]._fields[name].store, name)
