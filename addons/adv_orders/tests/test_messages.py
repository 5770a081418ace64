from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import format_date, mute_logger
from psycopg2 import IntegrityError

from odoo.addons.mail.tests.common import MockEmail

from .common import AdvOrdersCommon


class MessagesCommon(MockEmail, AdvOrdersCommon):
    """A company that tells its customers everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "adv_check_mode": "observe",
                "adv_approval_mode": "observe",
                "email": "adv@wholesaler.example.com",
                "adv_acknowledgement_mode": "send",
                "adv_dispatch_mode": "send",
                "adv_delay_mode": "send",
            }
        )
        cls.env.company.adv_messages_since = fields.Datetime.now() - timedelta(days=1)
        cls.env["sale.order"].search([("state", "=", "sale")]).adv_confirmed_date = False
        cls.promise = fields.Datetime.now().replace(microsecond=0) + timedelta(days=5)

    @classmethod
    def confirm(cls, *lines, **values):
        order = cls.order(*lines, **{"commitment_date": cls.promise, **values})
        order.action_confirm()
        return order

    def run_messages(self):
        """Run the job on a mail server that takes everything; a test cannot commit."""
        with self.mock_mail_gateway(), self.no_commit():
            self.env["adv.customer.message"]._adv_cron_run()
        return self.left()

    def no_commit(self):
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600)

    def left(self):
        """Return the mails that left, of our customers."""
        return [mail for mail in self._mails if "dupont" in str(mail["email_to"])]

    def day(self, moment):

        return format_date(self.env, self.env.company._adv_date(moment))

    def messages(self, order, kind):
        return order.adv_message_ids.filtered(lambda message: message.kind == kind)


@tagged("post_install", "-at_install")
class TestMessages(MessagesCommon):
    # ACKNOWLEDGEMENT

    def test_an_acknowledgement_leaves_once(self):
        order = self.confirm((self.chair, 5), (self.service, 1), client_order_ref="BC-1")
        mails = self.run_messages()
        self.assertEqual(len(mails), 1)
        self.assertIn(order.name, mails[0]["subject"])
        for words in ("Chair", "5 Units", "Assembly", "BC-1", self.day(self.promise)):
            self.assertIn(words, mails[0]["body"])
        self.assertNotIn("differ", mails[0]["body"])
        self.assertRecordValues(
            self.messages(order, "acknowledgement"),
            [{"state": "sent", "partner_id": self.customer.id, "error": False, "attempts": 1}],
        )
        self.assertEqual(self.messages(order, "acknowledgement").mail_id.state, "sent")
        self.assertEqual(self.run_messages(), [])

    def test_differences_from_the_purchase_order(self):
        order = self.order(
            (self.chair, 8, {"adv_requested_qty": 10, "adv_requested_price": 90}),
            (self.table, 2, {"adv_requested_date": self.promise}),
            commitment_date=self.promise,
            adv_requested_date=self.promise - timedelta(days=2),
        )
        order.action_confirm()
        asked = self.day(self.promise - timedelta(days=2))
        self.assertEqual(
            order._adv_differences(),
            [
                "Chair: you ordered 10, we confirm 8.",
                "Chair: your price is $\xa090.00, ours is $\xa0100.00.",
                f"Chair: you asked for {asked}, we deliver on {self.day(self.promise)}.",
            ],
        )
        (mail,) = self.run_messages()
        self.assertIn("where we differ", mail["body"])
        self.assertIn("you ordered 10, we confirm 8", mail["body"])

    def test_what_a_decoded_order_said_is_kept(self):
        order = self.order((self.chair, 1))
        line = (
            self.env["sale.order.line"]
            .with_context(adv_channel="edi")
            .create(
                {"order_id": order.id, "product_id": self.table.id, "product_uom_qty": 3, "price_unit": 380.0}
            )
        )
        line.write({"product_uom_qty": 2, "price_unit": 400.0})
        self.assertEqual((line.adv_requested_qty, line.adv_requested_price), (3, 380))
        self.assertEqual(len(line._adv_differences()), 2)
        self.assertFalse(order.order_line[0].adv_requested_qty)

    def test_odoos_own_confirmation_mail_is_not_sent_besides(self):
        order = self.order((self.chair, 5), commitment_date=self.promise)
        with self.mock_mail_gateway():
            order.with_context(send_email=True).action_confirm()
        self.assertEqual(self.left(), [])
        self.env.company.adv_acknowledgement_mode = "observe"
        other = self.order((self.chair, 5), commitment_date=self.promise)
        with self.mock_mail_gateway():
            other.with_context(send_email=True).action_confirm()
        self.assertEqual(len(self.left()), 1, "observing changes nothing of what Odoo does")

    # DISPATCH

    def test_dispatch_and_the_rest(self):
        order = self.confirm((self.chair, 5), (self.table, 2))
        self.run_messages()
        picking = self.ship(order, {self.chair: 5})
        (mail,) = self.run_messages()
        self.assertIn("is on its way", mail["subject"])
        for words in (picking.name, "5 Units", "Chair", "The rest follows", "2 Units", "Table"):
            self.assertIn(words, mail["body"])
        self.assertEqual(self.run_messages(), [])
        self.ship(order)
        (mail,) = self.run_messages()
        self.assertNotIn("The rest follows", mail["body"])
        self.assertEqual(len(self.messages(order, "dispatch")), 2)

    # DELAY

    def test_one_delay_message_a_customer_and_change(self):
        """Two orders of one customer: one mail that lists both; told again only when it changes again."""
        orders = self.confirm((self.chair, 5)) | self.confirm((self.table, 1))
        self.run_messages()
        new = self.promise + timedelta(days=9)
        wizard = (
            self.env["adv.promise.change.wizard"]
            .with_context(adv_line_ids=orders.order_line.ids)
            .create({"origin": "supplier", "reason": "<b>secret</b> strike", "new_date": new})
        )
        wizard.action_change()
        (mail,) = self.run_messages()
        for words in (*orders.mapped("name"), self.day(self.promise), self.day(new), "Chair", "Table"):
            self.assertIn(words, mail["body"])
        self.assertNotIn("strike", mail["body"], "our reasons stay in the house")
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(orders.adv_promise_change_ids.message_id.order_ids, orders)

    def test_a_customers_own_wish_is_no_delay(self):
        order = self.confirm((self.chair, 5))
        wizard = self.env["adv.promise.change.wizard"].create(
            {
                "order_id": order.id,
                "origin": "customer",
                "reason": "Holidays",
                "new_date": self.promise + timedelta(days=9),
            }
        )
        wizard.action_change()
        self.assertFalse(self.messages(order, "delay"))

    # OPTIONS

    def test_observing_lists_and_never_sends(self):
        self.env.company.adv_acknowledgement_mode = "observe"
        order = self.confirm()
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(self.messages(order, "acknowledgement").state, "not_wanted")

    def test_off_lists_nothing(self):
        self.env.company.adv_acknowledgement_mode = "off"
        order = self.confirm()
        self.assertEqual(self.run_messages(), [])
        self.assertFalse(order.adv_message_ids)

    def test_a_new_company_sends_nothing(self):
        company = self.env["res.company"].create({"name": "New"})
        modes = {company._adv_message_mode(kind) for kind in ("acknowledgement", "dispatch", "delay")}
        self.assertEqual(modes, {"observe"})

    def test_switching_on_tells_nothing_of_before(self):
        self.env.company.adv_acknowledgement_mode = "off"
        order = self.confirm()
        self.env.company.with_context(
            adv_at=self.at(*(fields.Datetime.now() + timedelta(minutes=1)).timetuple()[:6])
        ).adv_acknowledgement_mode = "send"
        self.assertEqual(self.run_messages(), [])
        self.assertFalse(order.adv_message_ids)

    def test_a_customer_who_wants_none(self):
        self.customer.adv_refuses_acknowledgement = True
        order = self.confirm()
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(self.messages(order, "acknowledgement").error, "The customer does not want these")
        self.ship(order)
        self.assertEqual(len(self.run_messages()), 1)

    # FAILURES

    def test_a_failing_mail_server_is_listed_and_retried(self):
        order = self.confirm()

        def fail(*args, **kwargs):
            raise OSError("connection refused")

        with (
            self.mock_mail_gateway(),
            self.no_commit(),
            patch.object(type(self.env["ir.mail_server"]), "send_email", fail),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            self.env["adv.customer.message"]._adv_cron_run()
        message = self.messages(order, "acknowledgement")
        self.assertEqual(message.state, "failed")
        self.assertIn("connection refused", message.error)
        self.assertEqual(self.run_messages(), [], "nothing is tried again by itself")
        message.with_user(self.assistant).action_retry()
        self.assertEqual(len(self.run_messages()), 1)
        self.assertRecordValues(message, [{"state": "sent", "attempts": 2, "error": False}])

    def test_killed_while_sending(self):
        """The process dies after the mail was written and before its end: nothing leaves twice by itself."""
        order = self.confirm()

        class KilledError(BaseException):
            """What ends a process in the middle of its work."""

        def die(*args, **kwargs):
            raise KilledError

        with (
            self.mock_mail_gateway(),
            self.no_commit(),
            patch.object(type(self.env["mail.mail"]), "send", die),
            suppress(KilledError),
        ):
            self.env["adv.customer.message"]._adv_cron_run()
        message = self.messages(order, "acknowledgement")
        # what the process had not committed is lost: the mail is held back as it was
        message.mail_id.state = "exception"
        self.assertEqual((message.state, bool(message.mail_id)), ("to_send", True))
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(self.left(), [], "Odoo's queue does not send it either")
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(message.state, "failed")
        self.assertIn("Interrupted", message.error)

    def test_no_address(self):
        self.customer.email = False
        order = self.confirm()
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(self.messages(order, "acknowledgement").error, "The customer has no e-mail address.")

    def test_one_failure_does_not_stop_the_others(self):
        nameless = self.env["res.partner"].create({"name": "No address"})
        first = self.confirm(partner_id=nameless.id)
        second = self.confirm()
        self.assertEqual(len(self.run_messages()), 1)
        self.assertEqual((first | second).adv_message_ids.sorted("id").mapped("state"), ["failed", "sent"])

    def test_the_database_refuses_a_second_one(self):
        order = self.confirm()
        self.run_messages()
        message = self.messages(order, "acknowledgement")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            message.copy({"source_key": message.source_key})

    def test_texts_are_escaped(self):
        self.chair.name = "Chair <script>alert(1)</script>"
        self.confirm()
        (mail,) = self.run_messages()
        self.assertNotIn("<script>", mail["body"])
        self.assertIn("&lt;script&gt;", mail["body"])

    def test_do_not_send(self):
        order = self.confirm()
        self.env["adv.customer.message"]._adv_collect()
        message = self.messages(order, "acknowledgement").with_user(self.assistant)
        message.action_not_wanted()
        self.assertEqual(self.run_messages(), [])
        self.assertEqual(message.state, "not_wanted")
        with self.assertRaises(UserError):
            self.messages(self.confirm(), "delay").with_user(self.assistant).action_retry()

    def test_collecting_costs_the_same_for_many(self):
        def count(number):
            orders = self.env["sale.order"].create(
                [
                    {
                        "partner_id": self.customer.id,
                        "order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 1})],
                    }
                    for _number in range(number)
                ]
            )
            orders.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["adv.customer.message"]._adv_collect()
            self.env.flush_all()
            self.assertEqual(len(orders.adv_message_ids), number)
            return self.env.cr.sql_log_count - before

        count(2)
        few, many = count(5), count(50)
        self.assertLessEqual(many, few + 2)


@tagged("post_install", "-at_install", "security")
class TestMessagesSecurity(MessagesCommon):
    def test_roles(self):
        mine, other = self.confirm(), self.confirm(user_id=self.manager.id)
        messages = self.env["adv.customer.message"]
        messages._adv_collect()
        self.assertEqual(messages.with_user(self.salesperson).search([]).order_ids, mine)
        self.assertEqual(messages.with_user(self.assistant).search([]).order_ids, mine | other)
        for user in (self.nobody, self.portal):
            self.assertFalse(messages.with_user(user).has_access("read"))
        for user in (self.assistant, self.manager, self.salesperson):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(messages.with_user(user).has_access(operation))
        for action in ("action_retry", "action_not_wanted"):
            with self.assertRaises(AccessError):
                getattr(mine.adv_message_ids.with_user(self.salesperson), action)()
        with self.assertRaises(AccessError):
            mine.with_user(self.manager).write({"adv_message_ids": [Command.clear()]})

    def test_other_company(self):
        order = self.confirm()
        self.env["adv.customer.message"]._adv_collect()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="adv_message_stranger",
            groups="adv_orders.group_adv_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.env["adv.customer.message"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            order.adv_message_ids.with_user(stranger).action_retry()
