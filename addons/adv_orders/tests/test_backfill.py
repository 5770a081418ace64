from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ..hooks import COLUMNS, MARK
from ..tools import commit_step
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
class TestCommitStep(AdvOrdersCommon):
    """Somebody else may be quicker: two jobs at once, or a person at the same order."""

    def run_step(self, failures):
        """Run a step that fails so many times; return (what came of it, attempts, rollbacks)."""
        attempts = []

        def step():
            attempts.append(1)
            if len(attempts) <= failures:
                raise SerializationFailure
            return 7

        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, processed=0: processed),
            patch.object(self.env.cr, "rollback") as rollback,
        ):
            return commit_step(self.env, step), len(attempts), rollback.call_count

    def test_taken_again(self):
        self.assertEqual(self.run_step(0), ((7, 7), 1, 0))
        self.assertEqual(self.run_step(2), ((7, 7), 3, 2))

    def test_gives_up(self):
        with self.assertRaises(SerializationFailure):
            self.run_step(20)


@tagged("post_install", "-at_install")
class TestBackfill(AdvOrdersCommon):
    def forget(self, orders):
        """Put the orders in the state that an installation on history finds."""
        self.env.flush_all()
        empty = SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in FACTS)
        self.env.cr.execute(
            SQL("UPDATE sale_order SET adv_history = TRUE, %s WHERE id IN %s", empty, tuple(orders.ids))
        )
        self.env.cr.execute(
            SQL("UPDATE sale_order_line SET adv_qty_confirmed = NULL WHERE order_id IN %s", tuple(orders.ids))
        )
        self.env.invalidate_all()

    def fill(self, batch=4):
        """Run the job; a test cannot commit."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["adv.backfill"]._adv_cron_run(batch)
        self.env.invalidate_all()

    def history(self):
        """Return orders of every kind: drafts, cancelled, whole, in parts, short, late, brought back."""
        promised = {"commitment_date": "2026-03-05 15:00:00"}
        dozen = {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}
        orders = self.env["sale.order"].union(
            *[
                self.order((self.chair, 5), (self.service, 1), client_order_ref=str(i), **promised)
                for i in range(10)
            ],
            self.order((self.chair, 1, dozen), client_order_ref="dozen", **promised),
            self.order((self.service, 1), client_order_ref="service", **promised),
        )
        full, half, short, late, returned, early, _draft, cancelled, sent, unpromised, dozen, only = orders
        unpromised.commitment_date = False
        confirmed = orders - _draft - cancelled - sent
        confirmed.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.ship(full, at=self.at(2026, 3, 5, 10))
        self.ship(half, {self.chair: 2}, at=self.at(2026, 3, 3, 10))
        self.ship(short, {self.chair: 2}, backorder=False, at=self.at(2026, 3, 3, 10))
        self.ship(late, at=self.at(2026, 3, 5, 23, 30))
        self.come_back(self.ship(returned, at=self.at(2026, 3, 4, 10)), self.at(2026, 3, 9, 10))
        self.come_back(self.ship(early, {self.chair: 3}, at=self.at(2026, 3, 3, 10)), self.at(2026, 3, 4, 10))
        self.ship(early, at=self.at(2026, 3, 5, 10))
        self.ship(dozen, {self.chair: 12}, at=self.at(2026, 3, 4, 10))
        cancelled._action_cancel()
        sent.action_quotation_sent()
        self.assertEqual(set(confirmed.mapped("state")), {"sale"})
        self.assertEqual((full | late | returned | dozen).mapped("adv_is_in_full"), [True] * 4)
        self.assertEqual((half | short | early | only).mapped("adv_is_in_full"), [False] * 4)
        return orders

    def come_back(self, picking, at):
        """One chair of ``picking`` comes back."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        )
        reason = self.env.ref("adv_orders.return_reason_changed_mind")
        wizard = wizard.create({"adv_return_reason_id": reason.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.picked = True
        back.with_context(adv_at=at)._action_done()

    def test_history_gets_what_living_orders_have(self):
        """Apart from what Odoo keeps nowhere: promises without a delivery date, when a quotation was sent."""
        orders = self.history()
        unpromised = orders.filtered(lambda order: not order.commitment_date)
        names = [name for name in FACTS if name != "adv_received_date"]
        before = orders.read(names)
        self.forget(orders)
        self.assertEqual(self.env["adv.backfill"]._adv_remaining(), 12)
        settings = self.env["res.config.settings"]
        told = settings.create({}).adv_history.split("\n")
        self.assertIn("Milestones of earlier orders: 12 still to be filled", told)
        self.fill()
        self.assertIn("Milestones of earlier orders: all filled", settings.create({}).adv_history.split("\n"))
        self.assertEqual(self.env["adv.backfill"]._adv_remaining(), 0)
        after = orders.read(names)
        for values in before:
            if values["id"] == unpromised.id:
                values |= {"adv_promise_initial": False, "adv_promise_date": False}
        self.assertEqual(after, before)
        self.assertEqual(orders[0].adv_received_date, orders[0].create_date)
        self.assertFalse(self.env.ref("adv_orders.cron_backfill").active)

    def test_what_people_wrote_meanwhile_is_kept(self):
        """An old quotation is confirmed and an old promise changed before the job comes to them."""
        promised = {"commitment_date": "2026-03-05 15:00:00"}
        draft, old = (self.order(**promised, client_order_ref=reference) for reference in ("new", "old"))
        old.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.forget(draft | old)
        draft.with_context(adv_at=self.at(2026, 3, 3, 9)).action_confirm()
        old._adv_set_facts({"adv_promise_date": self.moment(2026, 3, 9, 15)})
        self.fill()
        self.assertEqual(old.adv_promise_date, self.moment(2026, 3, 9, 15))
        self.assertEqual(draft.adv_confirmed_date, self.moment(2026, 3, 3, 9))
        self.assertEqual((old.adv_is_first_order, draft.adv_is_first_order), (True, False))

    def test_a_batch_costs_the_same_statements_for_any_number(self):
        promised = {"commitment_date": "2026-03-05 15:00:00"}
        few = self.env["sale.order"].union(
            *[self.order(client_order_ref=f"F{i}", **promised) for i in range(3)]
        )
        many = self.env["sale.order"].union(
            *[self.order(client_order_ref=f"M{i}", **promised) for i in range(30)]
        )
        (few | many).with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        counts = []
        for orders in (few, many):
            self.forget(orders)
            start = self.env.cr.sql_log_count
            self.assertEqual(self.env["adv.backfill"]._adv_fill_batch(100), len(orders))
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    def test_every_stored_default_or_computation_is_a_bare_column(self):
        """Else an installation on history would compute a million orders in its own transaction."""
        known = {(table, name) for table, columns in COLUMNS.items() for name in columns}
        known.add(("sale_order", MARK))
        for model in ("sale.order", "sale.order.line", "stock.move", "stock.picking", "res.partner"):
            for name, field in self.env[model]._fields.items():
                if field._module != "adv_orders" or not (field.store and field.column_type):
                    continue  # what other addons add is theirs to make bare
                if not name.startswith("adv_"):
                    continue
                if field.compute or field.default:
                    self.assertIn((self.env[model]._table, name), known)
