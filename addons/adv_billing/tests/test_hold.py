from ast import literal_eval
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestHold(AdvBillingCommon):
    """A customer on hold: new orders stop, confirmed ones are not shipped, one order can be released."""

    def setUp(self):
        super().setUp()
        self.company.adv_check_mode = "enforce"

    def _hold(self, on_hold=True):
        return self.acme._adv_set_on_hold(on_hold, self.company)

    def _result(self, order):
        return order.adv_check_result_ids.filtered(
            lambda result: result.check_id.code == "customer_on_hold"
        ).state

    def test_new_order_waits_and_goes_on_when_the_hold_ends(self):
        self._hold()
        order = self._order(confirm=False)
        order.action_confirm()
        self.assertNotEqual(order.state, "sale")
        self.assertEqual(self._result(order), "failed")
        self.assertTrue(order.adv_blocked)
        self._hold(False)
        self.assertEqual(self._result(order), "passed")
        self.assertFalse(order.adv_blocked)

    def test_two_customers_become_one(self):
        """Both have statistics and a billing rule, one is on hold: who stays is on hold, by its own rule."""
        for partner, mode in ((self.acme, "weekly"), (self.globex, "order")):
            self._rule(mode, partner=partner)
            stats = {"partner_id": partner.id, "company_id": self.company.id}
            self.env["adv.partner.stats"].sudo().create(stats)
        order = self._order()
        self._hold()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.acme | self.globex).ids, self.globex, extra_checks=False)
        self.assertTrue(self.globex.adv_on_hold)
        self.assertEqual(self.globex.adv_billing_rule_ids.mapped("mode"), ["order"])
        self.assertEqual(order.adv_commercial_partner_id, self.globex)
        self.assertTrue(order._adv_is_held_for_payment())
        with self.assertRaises(AccessError):
            self.globex.adv_on_hold = False

    def test_from_the_reminder_that_holds_to_the_money_that_releases(self):
        """120 are overdue: a formal notice holds ACME; once the bank has the money everything goes on."""
        anna = self._user("hold_anna", "adv_orders.group_adv_assistant")
        desk = self.env["adv.assistant"].create({"user_id": anna.id})
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids[:1].payment_account_id = bank.default_account_id
        confirmed = self._order(adv_assistant_id=desk.id)
        invoice = self._create_invoice_one_line(
            partner_id=self.acme, price_unit=120, invoice_date="2026-01-05", post=True
        )
        self._formal_notice(invoice)._put_on_hold()
        waiting = self._order([(self.lamp, 4)], adv_assistant_id=desk.id, confirm=False)
        waiting.action_confirm()
        self.assertEqual((self._result(waiting), bool(waiting.adv_blocked)), ("failed", True))
        with self.assertRaisesRegex(UserError, "on hold"):
            self._deliver(confirmed)
        part = self._pay(invoice, amount=50, day="2026-02-20")
        self.assertTrue(self.acme.with_company(self.company).adv_on_hold, "70 are open")
        self._pay(invoice, day="2026-02-25")
        self.assertEqual((len(part), invoice.amount_residual), (1, 0.0))
        self.assertFalse(self.acme.with_company(self.company).adv_on_hold)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["sale.order"].sudo()._adv_cron_confirm_ready()
        self.assertEqual((self._result(waiting), waiting.state), ("passed", "sale"))
        for order in (confirmed, waiting):
            self.assertEqual(self._deliver(order).state, "done")
        begun, ended = self._messages(anna)
        self.assertEqual((begun.subject, ended.subject), ("ACME is on hold", "ACME is no longer on hold"))
        self.assertIn(confirmed.name, begun.body)
        for order in (confirmed, waiting):
            self.assertIn(order.name, ended.body)

    def _formal_notice(self, invoice):
        [item] = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        level = self.env["adv.dunning.level"].search([("hold", "=", True)], limit=1)
        vals = {
            "partner_id": self.acme.id,
            "company_id": self.company.id,
            "currency_id": item.currency_id.id,
            "level_id": level.id,
            "date": "2026-02-16",
            "amount": item.amount_residual,
        }
        notice = self.env["adv.dunning.notice"]._adv_create([vals])
        self.env["adv.dunning.notice.line"]._adv_create(
            [{"notice_id": notice.id, "move_line_id": item.id, "move_id": invoice.id, "level_id": level.id}]
        )
        return notice

    def test_address_of_a_held_customer_is_held_too(self):
        self._hold()
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.acme.id})
        order = self._order(confirm=False, partner=contact)
        order.action_confirm()
        self.assertEqual(self._result(order), "failed")

    def test_confirmed_order_is_not_shipped(self):
        order = self._order()
        self._hold()
        picking = order.picking_ids
        self.assertIn("ACME", picking.adv_hold_message)
        with self.assertRaisesRegex(UserError, "on hold"):
            self._deliver(order)
        self._hold(False)
        self._deliver(order)
        self.assertEqual(picking.state, "done")

    def test_observe_stops_nothing(self):
        self.company.adv_check_mode = "observe"
        self._hold()
        order = self._order()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.adv_payer_on_hold)
        self.assertFalse(order.picking_ids.adv_hold_message)
        self._deliver(order)

    def test_release_of_one_order(self):
        held, released = self._order(), self._order([(self.lamp, 5)])
        self._hold()
        with self.assertRaises(UserError):
            released.action_adv_release_hold("  ")
        with Form(self.env["adv.hold.release"].with_context(default_order_id=released.id)) as wizard:
            wizard.reason = "Transfer seen"
        wizard.record.action_release()
        self.assertRecordValues(
            released,
            [{"adv_hold_release_reason": "Transfer seen", "adv_hold_released_by": self.env.uid}],
        )
        self._deliver(released)
        with self.assertRaises(UserError):
            self._deliver(held)
        # the release ends with the hold: a later hold stops this customer's orders again
        self._hold(False)
        self.assertFalse(released.adv_hold_released_date)

    def test_release_of_a_waiting_order(self):
        self._hold()
        order = self._order(confirm=False)
        order.action_confirm()
        order.action_adv_release_hold("Agreed with finance")
        self.assertEqual(self._result(order), "passed")

    def test_an_override_ends_with_its_hold(self):
        """Overridden once, the order ships; the next hold stops what is left of it again."""
        self._hold()
        order = self._order(confirm=False)
        order.action_confirm()
        order.adv_check_result_ids.filtered(
            lambda result: result.check_id.code == "customer_on_hold"
        ).action_override("paid by tomorrow")
        if order.state != "sale":
            order.action_confirm()
        self.assertEqual((order.state, self._result(order)), ("sale", "overridden"))
        self._deliver(order, {self.chair: 4})
        self._hold(False)
        self.assertEqual(self._result(order), "passed")
        self._hold()
        with self.assertRaisesRegex(UserError, "on hold"):
            self._deliver(order)
        kept = self.env["adv.check.override"].search([("document_name", "=", order.name)])
        self.assertEqual(kept.mapped("reason"), ["paid by tomorrow"], "the ledger forgets nothing")

    def test_release_needs_a_manager(self):
        order = self._order()
        self._hold()
        assistant = self._user("assistant_hold", "adv_orders.group_adv_assistant")
        with self.assertRaises(AccessError):
            order.with_user(assistant).action_adv_release_hold("please")

    def _messages(self, user):
        return self.env["mail.message"].search(
            [("partner_ids", "in", user.partner_id.ids), ("model", "=", "res.partner")], order="id"
        )

    def test_people_are_told_when_it_begins_and_when_it_ends(self):
        """One message for each assistant, about the orders they look after."""
        anna = self._user("hold_anna", "adv_orders.group_adv_assistant")
        bert = self._user("hold_bert", "sales_team.group_sale_salesman")
        desk = self.env["adv.assistant"].create({"user_id": anna.id})
        confirmed = self._order(adv_assistant_id=desk.id)
        second = self._order([(self.lamp, 1)], adv_assistant_id=desk.id)
        berts = self._order([(self.lamp, 2)], adv_assistant_id=False, user_id=bert.id)
        delivered = self._order([(self.lamp, 3)], adv_assistant_id=desk.id)
        self._deliver(delivered)
        self._hold()
        [told] = self._messages(anna)
        self.assertEqual(told.subject, "ACME is on hold")
        self.assertIn(confirmed.name, told.body)
        self.assertIn(second.name, told.body)
        self.assertNotIn(delivered.name, told.body)
        self.assertNotIn(berts.name, told.body)
        self.assertIn(berts.name, self._messages(bert).body)
        waiting = self._order([(self.lamp, 4)], adv_assistant_id=desk.id, confirm=False)
        waiting.action_confirm()
        self.assertTrue(waiting.adv_blocked)
        self._hold(False)
        freed = self._messages(anna) - told
        self.assertEqual(freed.mapped("subject"), ["ACME is no longer on hold"])
        self.assertFalse(waiting.adv_blocked)
        for order in (confirmed, second, waiting):
            self.assertIn(order.name, freed.body)
        self.assertNotIn("still wait", freed.body)

    def test_an_order_that_still_waits_is_named_apart(self):
        anna = self._user("hold_anna", "adv_orders.group_adv_assistant")
        desk = self.env["adv.assistant"].create({"user_id": anna.id})
        self.env.ref("adv_orders.check_credit_limit").severity = "blocking"
        limit = self.env["adv.credit.limit"].create(
            {
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "amount": 10,
                "date_from": "2020-01-01",
            }
        )
        self._hold()
        order = self._order(confirm=False, adv_assistant_id=desk.id)
        order.action_confirm()
        self._hold(False)
        self.assertTrue(order.adv_blocked)
        self.assertIn("still wait", self._messages(anna)[-1].body)
        limit.amount = 5000
        order._adv_reevaluate()
        self.assertFalse(order.adv_blocked)

    def test_observe_tells_nobody(self):
        self.company.adv_check_mode = "observe"
        anna = self._user("hold_anna", "adv_orders.group_adv_assistant")
        self._order(adv_assistant_id=self.env["adv.assistant"].create({"user_id": anna.id}).id)
        self._hold()
        self._hold(False)
        self.assertFalse(self._messages(anna))

    def test_list_of_orders_on_hold_with_the_reason(self):
        order, delivered = self._order(), self._order([(self.lamp, 1)])
        other = self._order(partner=self.globex)
        self._deliver(delivered)
        self._hold()
        domain = literal_eval(self.env.ref("adv_billing.action_orders_on_hold").domain)
        self.assertEqual(self.env["sale.order"].search(domain), order)
        self.assertEqual(order.adv_hold_reason, "Put on hold by a collection manager")
        self.assertEqual((order.adv_hold_state, other.adv_hold_state), ("held", False))
        order.action_adv_release_hold("Transfer seen")
        self.assertEqual(order.adv_hold_state, "released")
        invoice = self._create_invoice_one_line(partner_id=self.acme, price_unit=120, post=True)
        notice = (
            self.env["adv.dunning.notice"]
            .sudo()
            ._adv_create(
                [
                    {
                        "partner_id": self.acme.id,
                        "company_id": self.company.id,
                        "currency_id": invoice.currency_id.id,
                        "level_id": self.env["adv.dunning.level"].search([("hold", "=", True)], limit=1).id
                        or self.env["adv.dunning.level"].search([], limit=1).id,
                        "date": "2026-10-05",
                        "amount": 120.0,
                        "is_holding": True,
                    }
                ]
            )
        )
        order.invalidate_recordset(["adv_hold_reason"])
        self.assertEqual(
            order.adv_hold_reason, f"{notice.level_id.name} of 10/05/2026: $\N{NO-BREAK SPACE}120.00 overdue"
        )
        self._hold(False)
        self.assertFalse(self.env["sale.order"].search(domain))
