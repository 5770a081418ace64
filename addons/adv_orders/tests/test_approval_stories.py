from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestApprovalStories(AdvOrdersCommon):
    """Twelve stories of a wholesaler: who is asked, when, and what happens then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricing_manager = cls.person("adv_pricing_manager_test")
        cls.colleague = new_test_user(
            cls.env, login="adv_colleague_test", groups="adv_orders.group_adv_assistant", tz="Europe/Paris"
        )

    @classmethod
    def person(cls, login):
        return new_test_user(cls.env, login=login, groups="base.group_user", tz="Europe/Paris")

    def pending(self, orders, user=None):
        questions = orders.adv_approval_ids.filtered(lambda approval: approval.state == "pending")
        return questions.with_user(user) if user else questions

    def live(self, order):
        """Return {department: state} of what still counts."""
        rows = order.adv_approval_ids.filtered(lambda approval: approval.state != "obsolete")
        return {row.department_id.name: row.state for row in rows}

    def send(self, order, user=None):
        return order.with_user(user or self.salesperson).action_quotation_send()

    def compose(self, order, user=None):
        """Send the quotation as the composer does."""
        order.with_user(user or self.salesperson).with_context(mark_so_as_sent=True).message_post(
            body="Offer"
        )

    def remind(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["adv.approval"].sudo()._adv_cron_remind()

    def mails_to(self, user):
        return self.env["mail.message"].search(
            [("message_type", "=", "user_notification"), ("partner_ids", "in", user.partner_id.ids)]
        )

    # 1

    def test_01_a_generous_discount_is_approved_before_the_quotation_leaves(self):
        """Julie gives 30 %. The customer sees nothing until pricing has agreed, then she sends it."""
        self.rule("Pricing", members=self.financier, discount_min=25.0)
        order = self.order((self.chair, 10, {"discount": 30.0}), require_signature=True)

        action = self.send(order)
        self.assertEqual(action["params"]["title"], "Not sent yet")
        self.assertIn("Pricing has to approve", action["params"]["message"])
        self.assertEqual((order.state, order.adv_state), ("draft", "to_approve"))
        with self.assertRaises(UserError):
            self.compose(order)
        with self.assertRaises(UserError):
            order.with_user(self.salesperson).write({"state": "sent"})
        with self.assertRaises(UserError):
            self.env["ir.actions.report"].with_user(self.salesperson)._pre_render_qweb_pdf(
                "sale.action_report_saleorder", order.ids
            )

        self.pending(order, self.financier).action_approve()
        self.assertEqual((order.state, order.adv_blocked, order.adv_ready), ("draft", False, False))
        todo = order.activity_ids.filtered(lambda activity: activity.user_id == self.salesperson)
        self.assertEqual(todo.summary, "Send the quotation")
        self.assertEqual(self.send(order)["res_model"], "mail.compose.message")
        self.compose(order)
        self.assertEqual((order.state, order.adv_state), ("sent", "quoted"))

        order.with_user(self.assistant).action_confirm()
        self.assertEqual(order.state, "sale", "what was approved before is not asked again")
        self.assertEqual(self.live(order), {"Pricing": "approved"})

    # 2

    def test_02_what_was_sent_binds_us_only_credit_asks_afterwards(self):
        """The cost of the chair rises after the offer: margin is not asked again, credit is."""
        self.rule("Pricing", members=self.manager, use_margin=True, margin_max=35.0)
        self.rule("Credit", members=self.financier, amount_min=900.0)
        order = self.order((self.chair, 10))  # 1,000 sold, 600 of cost: 40 %
        self.compose(order)
        self.assertFalse(order.adv_approval_ids)

        self.chair.standard_price = 95.0
        order.order_line.purchase_price = 95.0
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(self.live(order), {"Credit": "pending"})
        self.pending(order, self.financier).action_approve()
        self.run_job()
        self.assertEqual(order.state, "sale")

    # 3

    def test_03_the_customer_wants_more_discount_after_the_offer(self):
        """Within a point of what was sent nobody is asked; beyond it pricing is, and the offer stops."""
        self.rule("Pricing", members=self.financier, discount_min=10.0, tolerance=100.0)
        order = self.order((self.chair, 10, {"discount": 15.0}))
        self.send(order)
        self.pending(order, self.financier).action_approve()
        self.compose(order)

        order.with_user(self.salesperson).order_line.discount = 15.5
        self.assertEqual(self.live(order), {"Pricing": "approved"})
        order.with_user(self.salesperson).order_line.discount = 20.0
        self.assertEqual(self.live(order), {"Pricing": "pending"})
        question = self.pending(order)
        self.assertIn("Discount 15.0 %", question.changes)
        self.assertIn("20.0 %", question.changes)
        self.assertTrue(order._adv_not_to_send(), "the customer does not see it meanwhile")
        question.with_user(self.financier).action_refuse("15 % is the end")
        self.assertEqual(order.adv_state, "to_correct")
        order.with_user(self.salesperson).order_line.discount = 15.0
        self.assertFalse(order.adv_blocked, "back to what was sent and approved: nobody is asked")
        self.assertFalse(order._adv_not_to_send())

    # 4

    def test_04_two_departments_at_once_then_the_board(self):
        """Finance and logistics look at the same time; the board waits for both."""
        self.rule("Finance", members=self.financier, amount_min=1000.0)
        self.rule("Logistics", members=self.pricing_manager, amount_min=1000.0)
        self.rule("Board", members=self.manager, amount_min=1500.0, sequence=20)
        order = self.order((self.chair, 20))
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(self.live(order), {"Finance": "pending", "Logistics": "pending", "Board": "waiting"})
        board = order.adv_approval_ids.filtered(lambda row: row.department_id.name == "Board")
        self.assertFalse(board.deadline, "the clock of the board has not started")
        self.pending(order).filtered(lambda row: row.department_id.name == "Finance").with_user(
            self.financier
        ).action_approve()
        self.assertEqual(board.state, "waiting")
        self.pending(order, self.pricing_manager).action_approve()
        self.assertEqual(board.state, "pending")
        self.assertTrue(board.deadline)
        board.with_user(self.manager).action_approve()
        self.run_job()
        self.assertEqual(order.state, "sale")

    # 5

    def test_05_four_eyes(self):
        """Who asks, who deputises for themselves and who rewrites the order cannot approve it."""
        rule = self.rule("Finance", members=self.colleague + self.financier, amount_min=1000.0)
        rule.department_id.deputy_id = self.assistant
        order = self.order((self.chair, 100))
        order.with_user(self.assistant).action_confirm()
        with self.assertRaises(AccessError):
            self.pending(order, self.assistant).action_approve()  # asked, and is the deputy
        order.with_user(self.colleague).order_line.product_uom_qty = 101  # within 2 %: not asked again
        self.assertEqual(len(order.adv_approval_ids), 1)
        with self.assertRaises(AccessError):
            self.pending(order, self.colleague).action_approve()
        order.with_user(self.colleague).order_line.product_uom_qty = 150  # asked again, by somebody else
        with self.assertRaises(AccessError):
            self.pending(order, self.assistant).action_approve()
        self.assertEqual(self.pending(order)._adv_approvers(), self.financier)
        self.pending(order, self.financier).action_approve()
        self.assertTrue(order.adv_ready)

    # 6

    def test_06_a_question_asked_on_friday_evening(self):
        """Eight working hours from Friday 16:00 end on Monday; a reminder before, the manager after."""
        rule = self.rule("Finance", members=self.financier, amount_min=1000.0, deadline_hours=8)
        rule.reminder_hours = 2
        rule.department_id.manager_id = self.pricing_manager
        self.env.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Paris"}  # 8 to 12 and 13 to 17, Monday to Friday
        )
        order = self.order((self.chair, 20))
        friday = self.at(2026, 11, 20, 15)  # 16:00 in Paris
        order.with_user(self.assistant).with_context(adv_at=friday).action_confirm()
        question = order.adv_approval_ids
        self.assertEqual(question.deadline, self.moment(2026, 11, 23, 15))  # Monday 16:00
        self.assertEqual(question.remind_at, self.moment(2026, 11, 23, 13))

        def later(*parts):
            with patch("odoo.addons.adv_orders.models.adv_approval_activity.event_now") as now:
                now.return_value = self.moment(*parts)
                self.remind()

        later(2026, 11, 23, 12, 59)
        self.assertFalse(self.mails_to(self.financier))
        later(2026, 11, 23, 13, 1)
        later(2026, 11, 23, 14, 1)
        self.assertEqual(len(self.mails_to(self.financier)), 1)
        self.assertIn("11/23/26, 4:00", self.mails_to(self.financier).body)
        self.assertEqual(len(self.mails_to(self.pricing_manager)), 1, "the manager may decide too: reminded")
        later(2026, 11, 23, 15, 1)
        later(2026, 11, 24, 9)
        self.assertEqual(len(self.mails_to(self.pricing_manager)), 2)
        question.with_user(self.pricing_manager).action_approve()
        self.assertTrue(order.adv_ready)
        self.assertFalse(question._adv_activities())

    # 7

    def test_07_the_finance_manager_is_on_leave(self):
        """Her deputy decides during the leave, not after it, and gets the activity."""
        rule = self.rule("Finance", members=self.env["res.users"], amount_min=1000.0)
        today = self.env.company._adv_today()
        rule.department_id.write(
            {
                "manager_id": self.pricing_manager.id,
                "deputy_id": self.manager.id,
                "deputy_from": today,
                "deputy_to": today,
            }
        )
        first, second = self.order((self.chair, 20)), self.order((self.chair, 30))
        first.with_user(self.assistant).action_confirm()
        task = first.activity_ids.filtered("adv_approval_id")
        self.assertEqual(task.user_id, self.manager)
        self.assertTrue(task.with_user(self.manager).adv_can_decide)
        task.with_user(self.manager).action_adv_approve()
        self.assertTrue(first.adv_ready)
        self.assertFalse(task.active, "the activity is done")
        rule.department_id.write(
            {"deputy_from": today - timedelta(days=9), "deputy_to": today - timedelta(days=1)}
        )
        second.with_user(self.assistant).action_confirm()
        with self.assertRaises(AccessError):
            self.pending(second, self.manager).action_approve()
        self.pending(second, self.pricing_manager).action_approve()

    # 8

    def test_08_a_refusal_is_corrected(self):
        """Finance refuses with a reason; the assistant corrects; finance sees what changed and agrees."""
        self.rule("Finance", members=self.financier, amount_min=1000.0)
        order = self.order((self.chair, 20))
        order.with_user(self.assistant).action_confirm()
        question = self.pending(order, self.financier)
        with self.assertRaises(UserError):
            question.action_refuse("   ")
        question.action_refuse("1,500 at most")
        self.assertIn("1,500 at most", order.adv_todo)
        back = order.activity_ids.filtered(lambda activity: activity.user_id == self.assistant)
        self.assertEqual(back.summary, "Correct the order")
        self.assertEqual(len(self.mails_to(self.salesperson)), 1)
        order.with_user(self.assistant).order_line.product_uom_qty = 15
        again = self.pending(order)
        self.assertEqual(again.changes.count("Amount"), 1)
        again.with_user(self.financier).action_approve("Fine now")
        self.assertEqual(question.decision, "refused", "the first answer stays")
        self.assertEqual((again.decision, again.reason), ("approved", "Fine now"))
        self.run_job()
        self.assertEqual(order.state, "sale")

    # 9

    def test_09_forty_orders_on_monday_morning(self):
        """The manager approves forty orders at once; each tells its result, her own is not among them."""
        self.rule("Finance", members=self.manager, amount_min=1000.0)
        orders = self.env["sale.order"].browse()
        for number in range(39):
            orders |= self.order((self.chair, 11 + number))
        orders.with_user(self.assistant).action_confirm()
        own = self.order((self.chair, 60))
        own.with_user(self.manager).action_confirm()
        action = self.pending(orders | own, self.manager).action_approve()
        self.assertEqual(action["params"]["title"], "39 approved, 1 not")
        self.assertIn(f"{own.name}: who asked for it", action["params"]["message"])
        self.assertIn(f"{orders[0].name}: Approved", action["params"]["message"])
        self.assertEqual(self.live(own), {"Finance": "pending"})
        self.assertEqual(len(orders.filtered("adv_ready")), 39)

    # 10

    def test_10_cancelled_taken_up_again_and_copied(self):
        """A decision survives cancel and reset; a copy starts anew; history stays readable."""
        self.rule("Pricing", members=self.financier, discount_min=25.0)
        order = self.order((self.chair, 10, {"discount": 30.0}))
        order.with_user(self.assistant).action_confirm()
        self.pending(order, self.financier).action_approve()
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.adv_ready)
        self.assertFalse(order._adv_not_to_send())
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(order.adv_approval_ids), 1)
        twin = order.copy()
        self.assertFalse(twin.adv_approval_ids)
        twin.with_user(self.assistant).action_confirm()
        self.assertEqual(self.live(twin), {"Pricing": "pending"})
        history = twin.adv_approval_ids
        twin.with_user(self.assistant).action_cancel()
        twin.unlink()
        self.assertRecordValues(history, [{"order_id": False, "state": "obsolete"}])
        self.assertTrue(history.order_name)

    # 11

    def test_11_a_confirmed_order_is_changed(self):
        """The customer doubles a confirmed order: finance is asked, the order stays confirmed."""
        self.rule("Finance", members=self.financier, amount_min=1000.0)
        self.rule("Pricing", members=self.manager, discount_min=10.0)
        order = self.order((self.chair, 20))
        order.with_user(self.assistant).action_confirm()
        self.pending(order, self.financier).action_approve()
        self.run_job()
        line = order.order_line.with_user(self.assistant)
        line.product_uom_qty = 20.2
        self.assertEqual(self.live(order), {"Finance": "approved"})
        line.product_uom_qty = 40
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.live(order), {"Finance": "pending"})
        self.assertIn("Finance has to approve", order.adv_todo)
        self.pending(order, self.financier).action_refuse("Twenty were agreed")
        self.assertEqual(order.state, "sale")
        self.assertIn("Twenty were agreed", order.adv_todo)
        line.product_uom_qty = 20
        self.assertFalse(order.adv_todo, "back to what was confirmed")

    # 12

    def test_12_the_company_learns_then_warns_then_enforces(self):
        """Observing records, warning says, enforcing stops: the same order three times."""
        self.rule("Pricing", members=self.financier, discount_min=25.0)
        company = self.env.company
        line = (self.chair, 10, {"discount": 30.0})

        company.adv_approval_mode = "observe"
        order = self.order(line)
        self.assertEqual(self.send(order)["res_model"], "mail.compose.message")
        self.compose(order)
        self.assertRecordValues(order.adv_approval_ids, [{"mode": "observe", "state": "obsolete"}])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(order.adv_approval_ids), 1)
        self.assertFalse(order.adv_todo)

        company.adv_approval_mode = "warn"
        order = self.order(line)
        action = self.send(order)
        self.assertEqual(action["params"]["title"], "Sent before it is approved")
        self.assertEqual(action["params"]["next"]["res_model"], "mail.compose.message")
        self.compose(order)
        self.assertEqual((order.state, order.adv_state), ("sent", "quoted"))
        self.assertIn("Pricing has to approve", order.adv_todo)
        self.assertFalse(order.activity_ids.filtered("adv_approval_id"))

        company.adv_approval_mode = "enforce"
        order = self.order(line)
        self.send(order)
        self.assertEqual(order.adv_state, "to_approve")

    # roads by which a line is written

    def test_every_road_by_which_a_line_is_written(self):
        self.rule("Finance", members=self.financier, amount_min=1000.0)

        def by_form(order, line):
            order.write({"order_line": [Command.update(line.id, {"product_uom_qty": 30})]})

        def by_line(order, line):
            line.write({"product_uom_qty": 30})

        def by_new_command(order, line):
            order.write(
                {"order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 10})]}
            )

        def by_new_line(order, line):
            line.create({"order_id": order.id, "product_id": self.chair.id, "product_uom_qty": 10})

        def by_removed_command(order, line):
            order.write({"order_line": [Command.delete(order.order_line[1].id)]})

        def by_removed_line(order, line):
            order.order_line[1].unlink()

        def by_import(order, line):
            result = order.load(
                ["id", "order_line/.id", "order_line/product_uom_qty"],
                [[order.get_external_id()[order.id], str(line.id), "30"]],
            )
            self.assertFalse(result["messages"])

        def by_portal(order, line):
            line.sudo().with_user(self.env.ref("base.public_user")).sudo().product_uom_qty = 30

        for road in (
            by_form,
            by_line,
            by_new_command,
            by_new_line,
            by_removed_command,
            by_removed_line,
            by_import,
            by_portal,
        ):
            with self.subTest(road=road.__name__):
                order = self.order((self.chair, 20), (self.table, 5))
                self.env["ir.model.data"].create(
                    {"module": "x", "name": road.__name__, "model": "sale.order", "res_id": order.id}
                )
                order.with_user(self.assistant).action_confirm()
                self.pending(order, self.financier).action_approve()
                approved = order.adv_approval_ids
                order._adv_set_facts({"adv_ready": False, "adv_blocked": "held"})
                order = order.with_user(self.colleague)
                road(order, order.order_line[0])
                self.assertEqual(approved.state, "obsolete")
                self.assertEqual(self.live(order.sudo()), {"Finance": "pending"})
                self.assertNotIn(self.colleague, self.pending(order.sudo())._adv_approvers())

    def test_a_change_of_something_else_asks_nobody(self):
        self.rule("Finance", members=self.financier, amount_min=1000.0)
        order = self.order((self.chair, 20))
        order.with_user(self.assistant).action_confirm()
        other = self.env["res.partner"].create({"name": "Other dock", "parent_id": self.customer.id})
        order.with_user(self.assistant).write(
            {"client_order_ref": "BC 12", "commitment_date": "2100-01-01", "partner_shipping_id": other.id}
        )
        self.assertEqual(len(order.adv_approval_ids), 1)
        self.assertEqual(self.live(order), {"Finance": "pending"})

    def test_a_department_that_watches_dates_and_address(self):
        rule = self.rule("Logistics", members=self.financier, amount_min=1000.0)
        rule.write({"watch_amount": False, "watch_dates": True, "watch_address": True, "tolerance_days": 3})
        order = self.order((self.chair, 20), commitment_date="2099-01-10 10:00:00")
        order.with_user(self.assistant).action_confirm()
        self.pending(order, self.financier).action_approve()
        self.run_job()
        editor = order.with_user(self.assistant)
        editor.order_line.product_uom_qty = 40
        editor.commitment_date = "2099-01-13 10:00:00"
        self.assertEqual(self.live(order), {"Logistics": "approved"})
        editor.commitment_date = "2099-01-14 10:00:00"
        self.assertEqual(self.live(order), {"Logistics": "pending"})
