from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


class PromisesCommon(AdvOrdersCommon):
    """Two-line orders promised for the first of January 2100."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.confirmed = cls.order(
            (cls.chair, 5), (cls.table, 2), (cls.service, 1), commitment_date="2100-01-01 10:00:00"
        )
        cls.confirmed.action_confirm()
        cls.chairs, cls.tables = cls.confirmed.order_line[:2]

    def wizard(self, records, user=None, **values):
        action = records.with_user(user or self.assistant).action_open_promise_change()
        values = {"origin": "us", "reason": "The machine broke", **values}
        return (
            self.env["adv.promise.change.wizard"]
            .with_user(user or self.assistant)
            .with_context(**action["context"])
            .create(values)
        )


@tagged("post_install", "-at_install")
class TestPromises(PromisesCommon):
    def test_confirmation_freezes_the_promise_of_each_line(self):
        self.assertRecordValues(
            self.chairs | self.tables,
            [
                {
                    "adv_promise_initial": self.moment(2100, 1, 1, 10),
                    "adv_promise_date": self.moment(2100, 1, 1, 10),
                    "adv_expected_date": self.moment(2100, 1, 1, 10),
                }
            ]
            * 2,
        )

    def test_without_a_delivery_date_the_order_promises_its_slowest_line(self):
        order = self.order((self.chair, 1, {"customer_lead": 3}), (self.table, 1, {"customer_lead": 9}))
        order.action_confirm()
        self.assertEqual(order.order_line[0].adv_promise_date, order.date_order + timedelta(days=3))
        self.assertEqual(order.order_line[1].adv_promise_date, order.date_order + timedelta(days=9))
        self.assertEqual(order.adv_promise_date, order.date_order + timedelta(days=9))

    def test_some_lines_asked_by_the_customer(self):
        """The customer wants the tables on the 20th: only their promise moves, and the order's with it."""
        self.wizard(self.tables, origin="customer", new_date="2100-01-20 10:00:00").action_change()
        self.assertRecordValues(
            self.confirmed.adv_promise_change_ids,
            [
                {
                    "line_id": self.tables.id,
                    "product_id": self.table.id,
                    "old_date": self.moment(2100, 1, 1, 10),
                    "new_date": self.moment(2100, 1, 20, 10),
                    "origin": "customer",
                    "reason": "The machine broke",
                    "moves_base": True,
                    "user_id": self.assistant.id,
                }
            ],
        )
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.tables.adv_promise_date, self.moment(2100, 1, 20, 10))
        self.assertEqual(self.tables.adv_promise_initial, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 1, 20, 10))
        self.assertEqual(self.confirmed.commitment_date, self.moment(2100, 1, 20, 10))
        self.assertEqual(self.tables.move_ids.date_deadline, self.moment(2100, 1, 20, 10))
        self.assertFalse(self.confirmed.adv_amendment_ids)

    def test_some_lines_by_our_fault_do_not_move_the_base(self):
        self.wizard(self.chairs, new_date="2100-02-01 10:00:00").action_change()
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.chairs.adv_told_date, self.moment(2100, 2, 1, 10))
        self.assertEqual(self.chairs.adv_expected_date, self.moment(2100, 2, 1, 10))
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.confirmed.commitment_date, self.moment(2100, 2, 1, 10))

    def test_the_wizard_shifts_and_takes_the_expected_date(self):
        wizard = self.wizard(self.confirmed, method="shift", shift_days=14)
        self.assertEqual(wizard.line_ids.line_id, self.chairs | self.tables)
        self.assertEqual(set(wizard.line_ids.mapped("new_date")), {self.moment(2100, 1, 15, 10)})
        wizard.line_ids.filtered(lambda choice: choice.line_id == self.tables).chosen = False
        self.assertIn("Lines: 1, orders: 1", wizard.summary)
        wizard.action_change()
        self.assertEqual(self.chairs.adv_told_date, self.moment(2100, 1, 15, 10))
        self.assertFalse(self.tables.adv_told_date)
        expected = self.wizard(self.confirmed, method="expected")
        self.assertEqual(
            expected.line_ids.mapped("new_date"), [self.moment(2100, 1, 15, 10), self.moment(2100, 1, 1, 10)]
        )

    def test_a_date_changed_on_the_form_is_recorded_and_qualified_later(self):
        """By hand nobody says who wanted it: the promise stays until somebody does."""
        self.confirmed.with_user(self.assistant).commitment_date = "2100-03-01 10:00:00"
        changes = self.confirmed.adv_promise_change_ids
        self.assertEqual(changes.line_id, self.chairs | self.tables)
        self.assertEqual(set(changes.mapped("origin")), {"unknown"})
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.chairs.adv_told_date, self.moment(2100, 3, 1, 10))
        amendment = self.confirmed.adv_amendment_ids
        amendment.with_user(self.assistant).action_qualify("customer")
        self.assertEqual(set(changes.mapped("origin")), {"customer"})
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 3, 1, 10))
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 3, 1, 10))
        amendment.with_user(self.assistant).action_qualify("error")
        self.assertEqual(set(changes.mapped("origin")), {"us"})
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(self.confirmed.adv_promise_date, self.moment(2100, 1, 1, 10))

    def test_a_change_by_hand_is_qualified_once_in_the_ledger(self):
        self.confirmed.commitment_date = "2100-03-01 10:00:00"
        changes = self.confirmed.adv_promise_change_ids.with_user(self.assistant)
        changes.action_qualify("supplier", "Container late")
        self.assertEqual(set(changes.mapped("reason")), {"Container late"})
        self.assertEqual(changes.qualified_by, self.assistant)
        with self.assertRaises(UserError):
            changes.action_qualify("customer")

    def test_the_promise_is_the_customers_last_wish(self):
        self.wizard(self.chairs, origin="customer", new_date="2100-01-10 10:00:00").action_change()
        self.wizard(self.chairs, origin="supplier", new_date="2100-01-30 10:00:00").action_change()
        self.wizard(self.chairs, origin="customer", new_date="2100-01-05 10:00:00").action_change()
        self.assertEqual(self.chairs.adv_promise_date, self.moment(2100, 1, 5, 10))
        self.assertEqual(
            [change.old_date for change in self.chairs.order_id.adv_promise_change_ids.sorted("id")],
            [self.moment(2100, 1, 1, 10), self.moment(2100, 1, 10, 10), self.moment(2100, 1, 30, 10)],
        )

    def test_a_line_added_after_confirmation_promises_too(self):
        self.confirmed.write({"order_line": [Command.create({"product_id": self.chair.id})]})
        added = self.confirmed.order_line - self.chairs - self.tables
        added = added.filtered(lambda line: line.product_id == self.chair)
        self.assertEqual(added.adv_promise_date, self.moment(2100, 1, 1, 10))
        self.assertEqual(added.adv_promise_initial, self.moment(2100, 1, 1, 10))

    def test_shipped_lines_keep_their_promise(self):
        self.ship(self.confirmed, {self.chair: 5})
        self.wizard(self.confirmed, new_date="2100-02-01 10:00:00").action_change()
        self.assertEqual(self.confirmed.adv_promise_change_ids.line_id, self.tables)
        with self.assertRaisesRegex(UserError, "left already"):
            self.chairs._adv_change_promises({self.chairs: self.moment(2100, 2, 1)}, "us", "late")

    def test_absurd_dates_and_missing_reasons(self):
        for date in ("1999-01-01 10:00:00", "9999-01-01 10:00:00", False):
            with self.assertRaises(UserError):
                self.wizard(self.chairs, new_date=date).action_change()
        with self.assertRaises(UserError):
            self.wizard(self.chairs, new_date="2100-02-01", reason="  ").action_change()
        with self.assertRaises(UserError):
            self.chairs._adv_change_promises({self.chairs: self.moment(2100, 2, 1)}, "unknown", "late")
        self.assertFalse(self.confirmed.adv_promise_change_ids)

    def test_the_ledger_keeps_everything(self):
        self.wizard(self.chairs, new_date="2100-02-01").action_change()
        with self.assertRaises(UserError):
            self.confirmed.adv_promise_change_ids.unlink()


@tagged("post_install", "-at_install")
class TestMassPromise(PromisesCommon):
    """A late container moves eighty orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Shop {number}", "email": f"shop{number}@example.com"} for number in range(20)]
        )
        cls.stock(cls.chair, 1000)
        cls.orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.customers[number % 20].id,
                    "commitment_date": "2100-01-01 10:00:00",
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 1})
                        for product in (cls.chair, cls.table)
                    ],
                }
                for number in range(80)
            ]
        )
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        cls.orders.action_confirm()
        cls.env.company.adv_delay_mode = "send"

    def test_eighty_orders_one_message_a_customer(self):
        lines = self.orders.order_line.filtered(lambda line: line.product_id == self.chair)
        self.wizard(lines, origin="supplier", method="shift", shift_days=10).action_change()
        changes = self.orders.adv_promise_change_ids
        self.assertEqual(len(changes), 80)
        self.assertEqual(len(set(changes.mapped("change_key"))), 1)
        self.assertEqual(set(lines.mapped("adv_told_date")), {self.moment(2100, 1, 11, 10)})
        messages = self.env["adv.customer.message"].search([("kind", "=", "delay")])
        self.assertEqual(len(messages), 20)
        self.assertEqual(set(messages.mapped("state")), {"to_send"})
        for message in messages:
            self.assertEqual(len(message.order_ids), 4)
            self.assertEqual(len(message.promise_change_ids), 4)
            self.assertEqual(message.order_ids.partner_id, message.partner_id)

    def count(self, orders):
        lines = orders.order_line.filtered("product_id")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        date = fields.Datetime.to_datetime("2100-01-11 10:00:00")
        dates = {line: date + timedelta(days=line.order_id.id % 7) for line in lines}
        lines = lines.with_user(self.assistant)
        lines._adv_change_promises(dates, "supplier", "Container late")._adv_tell_delay()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_number_of_statements_does_not_depend_on_the_orders(self):
        self.count(self.orders[:2])
        few, many = self.count(self.orders[2:12]), self.count(self.orders[12:80])
        self.assertLessEqual(many, few + 5, f"{few} statements for 10 orders, {many} for 68")


@tagged("post_install", "-at_install", "security")
class TestPromisesSecurity(PromisesCommon):
    def test_a_salesperson_changes_the_own_orders_only(self):
        self.wizard(self.chairs, user=self.salesperson, new_date="2100-02-01").action_change()
        self.assertEqual(self.confirmed.adv_promise_change_ids.user_id, self.salesperson)
        other = self.order((self.chair, 1), user_id=self.manager.id, commitment_date="2100-01-01 10:00:00")
        other.action_confirm()
        wizard = self.env["adv.promise.change.wizard"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            wizard.create(
                {"order_id": other.id, "new_date": "2100-02-01", "origin": "us", "reason": "late"}
            ).action_change()
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "new_date": "2100-02-01",
                    "origin": "us",
                    "reason": "late",
                    "line_ids": [Command.create({"line_id": other.order_line.id})],
                }
            ).action_change()
        self.assertFalse(other.adv_promise_change_ids)

    def test_facts_cannot_be_written(self):
        for name in ("adv_promise_initial", "adv_promise_date", "adv_told_date", "adv_expected_date"):
            with self.assertRaises(AccessError):
                self.chairs.with_user(self.manager).write({name: "2100-05-05 10:00:00"})
        for name in ("adv_lateness", "adv_backorder_choice", "adv_short_qty", "adv_buyer_id"):
            with self.assertRaises(AccessError):
                self.chairs.with_user(self.manager).write({name: False})
        with self.assertRaises(AccessError):
            self.confirmed.with_user(self.manager).write({"adv_lateness": "on_track"})

    def test_only_assistants_qualify(self):
        self.confirmed.commitment_date = "2100-03-01 10:00:00"
        changes = self.confirmed.adv_promise_change_ids
        for user in (self.salesperson, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                changes.with_user(user).action_qualify("customer")

    def test_another_companys_lines(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.nobody.copy({"login": "adv_promise_stranger", "name": "Stranger"})
        stranger.write(
            {
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
                "group_ids": [Command.link(self.env.ref("adv_orders.group_adv_manager").id)],
            }
        )
        with self.assertRaises(AccessError):
            self.chairs.with_user(stranger)._adv_change_promises(
                {self.chairs: self.moment(2100, 2, 1)}, "us", "late"
            )
        self.wizard(self.chairs, new_date="2100-02-01").action_change()
        self.assertFalse(self.env["adv.promise.change"].with_user(stranger).search([]))
