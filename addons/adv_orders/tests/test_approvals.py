from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from psycopg2.errors import SerializationFailure

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestApprovals(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.rule(amount_min=1000.0)

    def submitted(self, quantity=20, **values):
        order = self.order((self.chair, quantity), **values)
        order.with_user(self.assistant).action_confirm()
        return order

    def pending(self, order):
        return order.adv_approval_ids.filtered(lambda approval: approval.state == "pending")

    def test_under_the_amount_nobody_is_asked(self):
        order = self.submitted(9)
        self.assertFalse(order.adv_approval_ids)
        self.assertEqual(order.state, "sale")

    def test_blocked_until_approved_then_confirmed_by_the_job(self):
        order = self.submitted()
        self.assertEqual((order.state, order.adv_state), ("draft", "to_approve"))
        approval = self.pending(order)
        self.assertRecordValues(
            approval,
            [
                {
                    "requested_by": self.assistant.id,
                    "amount": 2000.0,
                    "department_id": self.finance.department_id.id,
                }
            ],
        )
        self.assertIn("Finance", order.adv_todo)
        self.assertIn(self.financier.name, order.adv_todo)
        approval.with_user(self.financier).action_approve()
        self.assertEqual((order.state, order.adv_ready), ("draft", True))
        self.run_job()
        self.assertEqual((order.state, order.adv_ready, order.adv_blocked), ("sale", False, False))
        self.assertEqual((approval.state, approval.decided_by), ("approved", self.financier))
        self.assertEqual(approval.fingerprint["amount"], 2000.0)
        self.run_job()
        self.assertEqual(len(order.picking_ids), 1)

    def test_the_job_takes_an_order_again_that_somebody_else_was_writing(self):
        """A concurrent change of the stock is no failure of the job: the next order is confirmed too."""
        first, second = self.submitted(client_order_ref="A"), self.submitted(30, client_order_ref="B")
        for order in first | second:
            self.pending(order).with_user(self.financier).action_approve()
        confirm, taken = type(first)._adv_confirm_ready, []

        def disturbed(order):
            taken.append(order.id)
            if len(taken) == 1:
                raise SerializationFailure("could not serialize access due to concurrent update")
            return confirm(order)

        with (
            patch.object(type(first), "_adv_confirm_ready", disturbed),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            self.run_job()
        self.assertEqual(taken, [first.id, first.id, second.id])
        self.assertEqual((first | second).mapped("state"), ["sale", "sale"])

    def test_only_the_department_and_never_the_asker(self):
        order = self.submitted()
        approval = self.pending(order)
        for user in (self.manager, self.assistant):
            with self.assertRaises(AccessError):
                approval.with_user(user).action_approve()
        self.finance.department_id.member_ids += self.assistant
        with self.assertRaises(AccessError):
            approval.with_user(self.assistant).action_approve()

    def test_deputy_only_within_the_dates(self):
        department = self.finance.department_id
        department.write(
            {"deputy_id": self.manager.id, "deputy_from": "2020-01-01", "deputy_to": "2020-01-31"}
        )
        approval = self.pending(self.submitted())
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).action_approve()
        department.deputy_to = "2100-01-01"
        approval.with_user(self.manager).action_approve()
        self.assertEqual(approval.state, "approved")

    def test_refusal_needs_a_reason_and_goes_back(self):
        order = self.submitted()
        approval = self.pending(order)
        with self.assertRaises(UserError):
            approval.with_user(self.financier).action_refuse("")
        approval.with_user(self.financier).action_refuse("Too much credit")
        self.assertEqual((order.adv_state, approval.reason), ("to_correct", "Too much credit"))
        self.assertIn("Too much credit", order.adv_todo)
        self.assertTrue(order.activity_ids.filtered(lambda activity: activity.user_id == self.assistant))
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(order.adv_state, "to_correct", "asking again without a change is no answer")
        order.order_line.product_uom_qty = 19
        self.assertEqual(order.adv_state, "to_approve")
        self.assertEqual(approval.state, "obsolete")
        self.assertEqual(approval.reason, "Too much credit")

    def test_change_within_tolerance_keeps_the_approval(self):
        other = self.rule(name="Sales", members=self.manager, sequence=20, amount_min=1000.0)
        order = self.submitted(100)
        self.pending(order).with_user(self.financier).action_approve()
        self.assertEqual(self.pending(order).rule_id, other)
        order.order_line.product_uom_qty = 101
        self.assertEqual(order.adv_approval_ids.sorted("sequence").mapped("state"), ["approved", "pending"])
        order.order_line.product_uom_qty = 110
        live = order.adv_approval_ids.filtered(lambda approval: approval.state != "obsolete")
        self.assertEqual(sorted(live.mapped("state")), ["pending", "waiting"])

    def test_only_the_department_concerned_is_asked_again(self):
        """Ten more chairs are within the tolerance of one rule and beyond that of the other."""
        discount = self.rule(
            name="Sales", members=self.manager, discount_min=10.0, amount_min=0, tolerance=50.0
        )
        order = self.order((self.chair, 100, {"discount": 15.0}))
        order.with_user(self.assistant).action_confirm()
        for approval in self.pending(order):
            person = self.manager if approval.rule_id == discount else self.financier
            approval.with_user(person).action_approve()
        order.adv_ready or self.fail("cleared")
        order.with_user(self.assistant).order_line.product_uom_qty = 110
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(self.pending(order).rule_id, self.finance)
        kept = order.adv_approval_ids.filtered(lambda approval: approval.rule_id == discount)
        self.assertEqual(kept.mapped("state"), ["approved"])

    def test_cost_moving_by_itself_asks_nobody_again(self):
        margin = self.rule(name="Pricing", members=self.manager, use_margin=True, margin_max=50.0)
        order = self.submitted(5)
        self.assertEqual(self.pending(order).rule_id, margin)
        self.pending(order).with_user(self.manager).action_approve()
        self.chair.standard_price = 75.0
        order.order_line.purchase_price = 75.0
        order._adv_submit()
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["approved"])

    def test_sequence(self):
        self.rule(name="Board", members=self.manager, sequence=20, amount_min=1500.0)
        order = self.submitted()
        by_department = {approval.department_id.name: approval for approval in order.adv_approval_ids}
        self.assertEqual(by_department["Board"].state, "waiting")
        with self.assertRaises(UserError):
            by_department["Board"].with_user(self.manager).action_approve()
        by_department["Finance"].with_user(self.financier).action_approve()
        self.assertEqual(by_department["Board"].state, "pending")
        self.assertFalse(order.adv_ready)
        by_department["Board"].with_user(self.manager).action_approve()
        self.assertTrue(order.adv_ready)

    def test_decisions_survive_cancel_and_are_not_copied(self):
        order = self.submitted()
        self.pending(order).with_user(self.financier).action_approve()
        order._action_cancel()
        self.assertEqual(order.adv_state, "cancelled")
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["approved"])
        self.assertFalse(order.copy().adv_approval_ids)
        order.action_draft()
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaises(UserError):
            order.adv_approval_ids.unlink()

    def test_in_bulk(self):
        orders = self.submitted(20) | self.submitted(30, client_order_ref="B")
        self.pending(orders).with_user(self.financier).action_approve()
        self.run_job()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_observe_records_whom_a_change_would_have_asked(self):
        """20 chairs confirmed, then 30: once Finance at confirmation, once for the change, 1 percent not."""
        self.env.company.adv_approval_mode = "observe"
        order = self.submitted()
        self.assertEqual(order.state, "sale")
        for quantity in (30, 30.2):
            order.order_line.with_user(self.salesperson).product_uom_qty = quantity
        self.assertRecordValues(
            order.adv_approval_ids.sorted("id"),
            [
                {"mode": "observe", "state": "obsolete", "amount": 2000.0, "after_confirmation": False},
                {"mode": "observe", "state": "obsolete", "amount": 3000.0, "after_confirmation": True},
            ],
        )
        self.assertFalse(order.adv_todo or order.activity_ids)
        (row,) = self.env["adv.check"].with_user(self.assistant).get_observation(14)["rules"]
        self.assertEqual((row["department"], row["orders"], row["amount"]), ("Finance", 1, 2000.0))
        self.assertEqual(row["changes"], 1)
        action = self.finance.with_user(self.assistant).action_open_observed(14, True)
        listed = self.env["adv.approval"].with_user(self.assistant).search(action["domain"])
        self.assertEqual(listed.amount, 3000.0)
        with self.assertRaises(AccessError):
            self.finance.with_user(self.salesperson).action_open_observed(14, True)

    def test_what_was_observed_is_not_asked_once_enforced(self):
        """20 chairs confirmed and 30 now: later another date asks nobody about the ten, forty chairs do."""
        self.env.company.adv_approval_mode = "observe"
        order = self.submitted()
        order.order_line.with_user(self.salesperson).product_uom_qty = 30
        self.env.company.adv_approval_mode = "enforce"
        order.with_user(self.salesperson).commitment_date = "2100-01-01 10:00:00"
        self.env.flush_all()
        self.assertFalse(self.pending(order))
        order.order_line.with_user(self.salesperson).product_uom_qty = 40
        self.env.flush_all()
        self.assertEqual(self.pending(order).amount, 4000.0)

    def test_observe_changes_nothing(self):
        self.env.company.adv_approval_mode = "observe"
        order = self.submitted()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["obsolete"])

    def test_failed_confirmation_becomes_an_activity(self):
        order = self.submitted()
        self.pending(order).with_user(self.financier).action_approve()
        order.order_line = [Command.create({"name": "nothing", "product_uom_qty": 1})]
        order.env.flush_all()
        self.run_job()
        self.assertEqual((order.state, order.adv_ready), ("draft", False))
        self.assertEqual(order.adv_approval_ids.mapped("state"), ["approved"])
        self.assertIn("could not be confirmed", "".join(order.activity_ids.mapped("note")))
