from ast import literal_eval
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestCreditNotes(AdvBillingCommon):
    """Why a credit note is made, and what that does to the order."""

    def setUp(self):
        super().setUp()
        self.chair.invoice_policy = "order"
        self._rule("order", auto_post=True)
        self.order = self._order()
        self._run()
        self.invoice = self.order.invoice_ids

    def test_reason_lands_in_the_error_ledger_once(self):
        # 10 chairs billed at 100; 4 off a piece agreed too late: 40 credited
        note = self._credit(self.invoice, "price", price=4)
        error = self.order.adv_error_ids.filtered(lambda error: error.found_by == "credit_note")
        self.assertRecordValues(
            error,
            [{"step": "entry", "found_step": "billing", "escaped": True, "cost": 40.0, "state": "open"}],
        )
        self.assertEqual(error.type_id.code, "price")
        self.assertEqual(error.order_id, self.order)
        note.button_draft()
        note.action_post()
        self.assertEqual(self.order.adv_error_ids.filtered(lambda e: e.found_by == "credit_note"), error)

    def test_each_shipped_reason_counts_what_it_says(self):
        """(error type, made in, seen by the customer) of each reason; None: nobody's mistake."""
        expected = {
            "price": ("price", "entry", True),
            "quantity": ("billing", "billing", True),
            "wrong_product": ("product", "entry", True),
            "delivery": ("delivery", "delivery", True),
            "damaged": ("delivery", "delivery", True),
            "late": ("deadline", "delivery", True),
            "wrong_customer": ("customer", "billing", True),
            "duplicate": ("duplicate", "billing", True),
            "tax": ("tax", "billing", True),
            "terms": ("payment_terms", "billing", True),
            "return": None,
            "goodwill": None,
            "rebate": None,
        }
        reasons = self.env["adv.credit.reason"].search([("code", "in", list(expected))])
        self.assertEqual(len(reasons), len(expected))
        for reason in reasons:
            with self.subTest(reason=reason.code):
                note = self._credit(self.invoice, post=False, quantity=1)
                note.adv_credit_reason_id = reason
                note.action_post()
                error = self.env["adv.order.error"].search(
                    [("res_model", "=", "account.move"), ("res_id", "=", note.id)]
                )
                found = (error.type_id.code, error.step, error.escaped) if error else None
                self.assertEqual(found, expected[reason.code])
                self.assertFalse(error and (error.order_id, error.found_step) != (self.order, "billing"))

    def test_a_mistake_caught_before_the_customer_saw_it(self):
        reason = self.env.ref("adv_billing.credit_reason_duplicate")
        reason.escaped = False
        self._credit(self.invoice, "duplicate", quantity=1)
        error = self.order.adv_error_ids.filtered(lambda error: error.found_by == "credit_note")
        self.assertFalse(error.escaped)

    def test_another_reason_is_another_mistake(self):
        note = self._credit(self.invoice, "price", price=4)
        note.button_draft()
        note.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_tax")
        note.action_post()
        errors = self.order.adv_error_ids.filtered(lambda error: error.found_by == "credit_note")
        self.assertEqual(
            {error.type_id.code: error.state for error in errors}, {"price": "dismissed", "tax": "open"}
        )
        note.button_draft()
        note.button_cancel()
        self.assertEqual(set(errors.mapped("state")), {"dismissed"})
        note.button_draft()
        note.action_post()
        self.assertEqual(
            {error.type_id.code: error.state for error in errors}, {"price": "dismissed", "tax": "open"}
        )

    def test_wherever_a_person_makes_one_it_has_a_reason(self):
        """By hand, from the order, from a negative invoice, by reverse-and-modify."""
        self.company.adv_billing_mode = "enforce"
        accountant = self._user("maker", "account.group_account_manager", "sales_team.group_sale_manager")
        accounting = self.env(user=accountant)
        by_hand = accounting["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.acme.id,
                "invoice_date": "2026-03-01",
                "invoice_line_ids": [(0, 0, {"product_id": self.chair.id, "price_unit": 5})],
            }
        )
        self.order.order_line.product_uom_qty = 8
        from_order = self.order._create_invoices(final=True).with_user(accountant)
        self.assertEqual((from_order.move_type, from_order.amount_untaxed), ("out_refund", 200.0))
        negative = accounting["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.acme.id,
                "invoice_date": "2026-03-01",
                "invoice_line_ids": [(0, 0, {"product_id": self.chair.id, "quantity": -1, "price_unit": 5})],
            }
        )
        negative.action_switch_move_type()
        self.assertEqual(negative.move_type, "out_refund")
        for note in (by_hand, from_order, negative):
            with self.assertRaisesRegex(UserError, "reason"):
                note.action_post()
            note.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_rebate")
            note.action_post()
            self.assertEqual(note.state, "posted")
        wizard = accounting["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        wizard = wizard.create({"journal_id": self.invoice.journal_id.id, "date": self.invoice.date})
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.modify_moves()
        wizard.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_tax")
        wizard.modify_moves()
        self.assertEqual(self.invoice.reversal_move_ids.adv_credit_reason_id.code, "tax")

    def test_a_copy_says_its_reason_again(self):
        note = self._credit(self.invoice, "price", price=4)
        self.assertFalse(note.copy().adv_credit_reason_id)

    def test_reason_without_error_type_counts_no_error(self):
        self._credit(self.invoice, "rebate", price=4)
        self.assertFalse(self.order.adv_error_ids.filtered(lambda e: e.found_by == "credit_note"))

    def test_price_only_keeps_the_quantity_billed(self):
        self._credit(self.invoice, "price", price=4)
        self.assertEqual(self.order.order_line.qty_invoiced, 10)
        self.assertEqual(self.order.order_line.qty_to_invoice, 0)
        self.assertFalse(self._run().line_ids)

    def test_quantity_credited_is_due_again(self):
        # 3 billed in excess are credited and may be billed again
        self._credit(self.invoice, "quantity", quantity=3)
        self.assertEqual(self.order.order_line.qty_invoiced, 7)
        self._run()
        self.assertEqual(sorted(self.order.invoice_ids.mapped("amount_untaxed")), [300.0, 300.0, 1000.0])

    def test_without_reason_native_behaviour_is_unchanged(self):
        note = self._credit(self.invoice, quantity=3)
        self.assertEqual(note.state, "posted")
        self.assertEqual(self.order.order_line.qty_invoiced, 7)
        self.assertTrue(note.adv_to_qualify)
        self.assertIn(note, self.env["account.move"].search([("adv_to_qualify", "=", True)]))
        self.assertNotIn(note, self.env["account.move"].search([("adv_to_qualify", "=", False)]))

    def test_enforced_for_people_only(self):
        self.company.adv_billing_mode = "enforce"
        with self.assertRaisesRegex(UserError, "reason"):
            self._credit(self.invoice, quantity=3)
        draft = self.invoice._reverse_moves([{"invoice_date": self.invoice.invoice_date}])
        with self.assertRaisesRegex(UserError, "reason"):
            draft.action_post()
        # an interface posts, the note waits for its reason
        draft.sudo().action_post()
        self.assertTrue(draft.adv_to_qualify)
        draft.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_duplicate")
        self.assertFalse(draft.adv_to_qualify)
        self.assertEqual(self.order.adv_error_ids.mapped("type_id.code"), ["duplicate"])
        with self.assertRaises(UserError):
            draft.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_tax")

    def test_native_wizard_asks_in_enforce(self):
        self.company.adv_billing_mode = "enforce"
        context = {"active_model": "account.move", "active_ids": self.invoice.ids}
        with Form(self.env["account.move.reversal"].with_context(**context)) as wizard:
            self.assertTrue(wizard.adv_reason_required)
            wizard.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_goodwill")
        note = self.env["account.move"].browse(wizard.record.refund_moves()["res_id"])
        self.assertEqual(note.adv_credit_reason_id.code, "goodwill")

    def test_approval_above_the_limit(self):
        """Commercial gestures above 500: a clerk asks, a manager of ADV approves, the clerk posts."""
        self.company.adv_billing_mode = "enforce"
        clerk = self._user("clerk", "account.group_account_invoice")
        manager = self._user("approver", "adv_orders.group_adv_manager")
        note = self._credit(self.invoice, "goodwill", price=60, post=False).with_user(clerk)
        waiting = self.env["account.move"].search([("adv_needs_approval", "=", True)])
        self.assertEqual((waiting, note.adv_needs_approval), (note, True))
        with self.assertRaisesRegex(UserError, "approval"):
            note.action_post()
        note.action_adv_ask_approval()
        note.action_adv_ask_approval()
        asked = note.activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertEqual(len(asked), 1, "once")
        self.assertIn("600.00", asked.summary)
        with self.assertRaises(AccessError):
            note.action_adv_approve_credit()
        with self.assertRaises(AccessError):
            note.sudo().adv_credit_approved_by = clerk
        with self.assertRaises(UserError):
            note.write({"state": "posted"})  # as a client may
        note.with_user(manager).action_adv_approve_credit()
        self.assertRecordValues(
            note, [{"adv_credit_approved_by": manager.id, "adv_credit_approved_amount": 600.0}]
        )
        self.assertFalse(note.activity_ids)
        told = self.env["mail.message"].sudo().search([("partner_ids", "in", clerk.partner_id.ids)])
        self.assertIn("is approved", told[:1].body)
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_a_written_state_posts_as_the_button_does(self):
        note = self._credit(self.invoice, "price", price=4, post=False)
        note.write({"state": "posted"})
        self.assertRecordValues(
            self.order.adv_error_ids.filtered(lambda error: error.found_by == "credit_note"),
            [{"cost": 40.0, "escaped": True}],
        )

    def test_an_approval_is_for_what_was_shown(self):
        """600 is asked for and shown; before the manager clicks, the clerk makes it 610."""
        self.company.adv_billing_mode = "enforce"
        clerk = self._user("clerk", "account.group_account_invoice")
        manager = self._user("approver", "adv_orders.group_adv_manager")
        note = self._credit(self.invoice, "goodwill", price=60, post=False).with_user(clerk)
        note.action_adv_ask_approval()
        seen = {"adv_shown_amount": -600.0, "adv_shown_reason": note.adv_credit_reason_id.id}
        note.invoice_line_ids.price_unit = 61
        approver = note.with_user(manager)
        for context in (seen, {}, {"adv_shown_amount": 0}, {"adv_shown_amount": "610"}):
            with self.subTest(context), self.assertRaises(UserError):
                approver.with_context(**context).action_adv_approve_credit()
        self.assertFalse(note.adv_credit_approved_by)
        note.action_adv_ask_approval()
        [question] = note.activity_ids.filtered(lambda activity: activity.user_id == manager)
        self.assertIn("610.00", question.summary, "asked again, not twice")
        rebate = self.env.ref("adv_billing.credit_reason_rebate")
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            approver.with_context(
                adv_shown_amount=-610.0, adv_shown_reason=rebate.id
            ).action_adv_approve_credit()
        approver.with_context(**{**seen, "adv_shown_amount": -610.0}).action_adv_approve_credit()
        self.assertEqual(note.adv_credit_approved_amount, 610.0)
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_an_update_brings_a_reason_whose_code_is_taken(self):
        """Our new reason is loaded beside theirs, under the next free code; an import is refused."""
        reasons = self.env["adv.credit.reason"]
        for code in ("fair", "fair_2"):
            reasons.create({"name": code, "code": code})
        data = {"xml_id": "adv_billing.test_fair", "values": {"name": "Fair", "code": "fair"}}
        with patch.object(self.env.registry, "ready", False):
            brought = reasons._load_records([data])
            self.assertEqual((brought.name, brought.code), ("Fair", "fair_3"))
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.cr.savepoint():
            reasons._load_records(
                [{"xml_id": "adv_billing.test_fair_too", "values": {"name": "Fair", "code": "fair"}}]
            )

    def test_what_is_put_off_to_another_day_is_approved_before(self):
        self.company.adv_billing_mode = "enforce"
        clerk = self._user("clerk", "account.group_account_invoice")
        note = self._credit(self.invoice, "goodwill", price=60, post=False)
        note.with_user(clerk).auto_post = "at_date"
        with self.assertRaisesRegex(UserError, "approval"):
            note.sudo()._post()  # as Odoo's nightly job
        note.adv_credit_reason_id = False
        with self.assertRaisesRegex(UserError, "reason"):
            note.sudo()._post()
        note.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_goodwill")
        note.action_adv_approve_credit()
        note.sudo()._post()
        self.assertEqual(note.state, "posted")

    def test_an_approval_is_for_its_amount_reason_and_customer(self):
        self.company.adv_billing_mode = "enforce"
        note = self._credit(self.invoice, "goodwill", price=60, post=False)
        self.assertTrue(note.adv_needs_approval)
        note.action_adv_approve_credit()
        self.assertFalse(note.adv_needs_approval)
        note.invoice_line_ids.price_unit = 61
        self.assertTrue(note.adv_needs_approval, "610 were not approved")
        note.invoice_line_ids.price_unit = 55
        self.assertFalse(note.adv_needs_approval)
        note.partner_id = self.globex
        self.assertTrue(note.adv_needs_approval)
        note.action_adv_approve_credit()
        late = self.env.ref("adv_billing.credit_reason_late")
        late.approval_amount = 100
        note.adv_credit_reason_id = late
        self.assertTrue(note.adv_needs_approval)
        self.assertFalse(note.copy().adv_credit_approved_by)
        note.invoice_line_ids.price_unit = 10  # 100
        self.assertFalse(note.adv_needs_approval)
        with self.assertRaises(UserError):
            note.action_adv_approve_credit()

    def test_credit_note_settles_its_dispute(self):
        reason = self.env["adv.dispute.reason"].create({"name": "Price", "code": "test_price"})
        dispute = self.env["adv.dispute"].create(
            {"move_id": self.invoice.id, "amount": 40, "reason_id": reason.id}
        )
        note = self._credit(self.invoice, "price", price=4)
        self.assertEqual(note.adv_dispute_id, dispute)
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(dispute.adv_credit_move_ids, note)

    def test_the_wizard_proposes_the_only_dispute_to_credit(self):
        reason = self.env["adv.dispute.reason"].create({"name": "Price", "code": "test_price"})
        vals = {"move_id": self.invoice.id, "amount": 40, "reason_id": reason.id}
        dispute = self.env["adv.dispute"].create(vals)
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        self.assertEqual(Form(wizard).adv_dispute_id, dispute)
        dispute.action_accept()
        self.assertEqual(Form(wizard).adv_dispute_id, dispute, "granted, and not credited")
        other = self.env["adv.dispute"].create(vals)
        self.assertFalse(Form(wizard).adv_dispute_id, "a person chooses between two")
        context = other.action_adv_credit()["context"]
        self.assertEqual(Form(wizard.with_context(**context)).adv_dispute_id, other)
        other.action_reject()
        self._credit(self.invoice, "price", price=4)
        self.assertFalse(Form(wizard).adv_dispute_id, "credited, or rejected")

    # COST

    def test_cost_is_stored_at_posting(self):
        # 10 x 60 from the order; the product's cost changes afterwards
        line = self.invoice.invoice_line_ids
        self.assertEqual(line.adv_cost, 600.0)
        self.chair.standard_price = 90
        self.assertEqual(line.adv_cost, 600.0)
        # 3 taken back: -180; price only: nothing; without an order: the product's cost, 2 x 90
        self.assertEqual(self._credit(self.invoice, "quantity", quantity=3).invoice_line_ids.adv_cost, -180.0)
        self.assertEqual(self._credit(self.invoice, "price", price=4).invoice_line_ids.adv_cost, 0.0)
        direct = self._create_invoice_one_line(product_id=self.chair, quantity=2, price_unit=100)
        self.assertEqual(direct.invoice_line_ids.adv_cost, 0.0)
        direct.action_post()
        self.assertEqual(direct.invoice_line_ids.adv_cost, 180.0)

    def test_cost_cannot_be_set(self):
        draft = self._create_invoice_one_line(product_id=self.chair, quantity=2, price_unit=100)
        for line in (draft.invoice_line_ids, self.invoice.invoice_line_ids):
            with self.assertRaises(AccessError):
                line.sudo().write({"adv_cost": 1})
        with self.assertRaises(AccessError):
            draft.sudo().write({"invoice_line_ids": [(1, draft.invoice_line_ids.id, {"adv_cost": 1})]})
        with self.assertRaises(AccessError):
            self.env["account.move.line"].with_context(default_adv_cost=1).create(
                {"move_id": draft.id, "name": "x"}
            )


@tagged("post_install", "-at_install")
class TestCreditNotesToIssue(AdvBillingCommon):
    """Goods that came back after they were billed."""

    def _returned(self, quantity, *more):
        """An order of 10 chairs, delivered, billed, of which some came back."""
        order = self._order([(self.chair, 10), *more])
        picking = self._deliver(order, {self.chair: 10})
        invoice = order._create_invoices()
        invoice.action_post()
        wizard_return = self._return(picking, quantity)
        self.assertEqual(wizard_return.state, "done")
        return order

    def test_one_draft_for_each_order(self):
        first, second = self._returned(3), self._returned(2)
        lines = (first | second).order_line
        self.assertEqual(lines.mapped("qty_to_invoice"), [-3, -2])
        lines.action_adv_issue_credit()
        notes = (first | second).invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(notes.mapped("state"), ["draft", "draft"])
        self.assertEqual(sorted(notes.mapped("amount_untaxed")), [200.0, 300.0])
        self.assertEqual(notes.adv_credit_reason_id, self.env.ref("adv_billing.credit_reason_return"))
        self.assertFalse(any(lines.mapped("qty_to_invoice")))
        with self.assertRaises(UserError):
            lines.action_adv_issue_credit()

    def _to_credit(self):
        """{order: quantity} of the list of credit notes to issue."""
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_credit_notes_to_issue")
        domain = [*literal_eval(action["domain"]), ("company_id", "=", self.company.id)]
        lines = self.env["sale.order.line"].search(domain)
        return {line.order_id: line.adv_qty_to_credit for line in lines}

    def test_what_came_back_of_an_order_billed_in_advance(self):
        """10 billed at once, 6 delivered, 2 back: 2 to credit, 4 to come. Credited, none is billed again."""
        self._rule("order", auto_post=True)
        order = self._order()
        self._run()
        picking = self._deliver(order, {self.chair: 6})
        self.assertEqual(self._to_credit(), {})
        self._return(picking, 2)
        self.assertEqual(self._to_credit(), {order: 2.0})
        order.order_line.action_adv_issue_credit()
        [note] = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(note.amount_untaxed, 200.0)
        self.assertEqual(self._to_credit(), {})
        note.action_post()
        self.assertFalse(self._run().line_ids)
        # the other 4 leave: the customer has 8, as billed
        self._deliver(order)
        self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_invoiced), (8, 8))
        self.assertEqual((self._to_credit(), len(self._run().line_ids)), ({}, 0))

    def test_returns_of_products_billed_when_ordered(self):
        """Natively 10 ordered and 10 billed are in balance, whatever came back."""
        self.chair.invoice_policy = "order"
        order = self._returned(3)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(self._to_credit(), {order: 3.0})
        order.order_line.action_adv_issue_credit()
        note = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((note.amount_untaxed, self._to_credit()), (300.0, {}))
        note.action_post()
        self.assertFalse(self._run().line_ids)

    def test_a_short_delivery_of_an_order_billed_in_advance(self):
        """10 billed at once, 8 delivered and the rest cancelled: 2 to credit, and not to bill again."""
        self._rule("order", auto_post=True)
        order = self._order()
        self._run()
        self._deliver(order, {self.chair: 8})
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(self._to_credit(), {order: 2.0})
        order.order_line.action_adv_issue_credit()
        order.invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        self.assertEqual((self._to_credit(), len(self._run().line_ids)), ({}, 0))

    def test_goods_being_exchanged_are_not_to_be_credited(self):
        """3 of 10 come back and 3 others are to leave for them; when these are cancelled, 3 to credit."""
        order = self._order([(self.chair, 10)])
        picking = self._deliver(order)
        order._create_invoices().action_post()
        wizard = self.env["stock.return.picking"].with_context(
            active_model="stock.picking", active_id=picking.id, active_ids=picking.ids
        )
        wizard = wizard.create({})
        wizard.product_return_moves.write({"quantity": 3, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_exchanges()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        coming = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        self.assertEqual(sum(coming.move_ids.mapped("product_uom_qty")), 3.0)
        self.assertEqual(order.order_line._adv_replacing_quantity(), 3.0)
        self.assertEqual(self._to_credit(), {})
        coming.action_cancel()
        self.assertEqual(order.order_line._adv_replacing_quantity(), 0.0)
        self.assertEqual(self._to_credit(), {order: 3.0})

    def test_what_is_to_be_billed_is_left_to_the_next_run(self):
        order = self._returned(3, (self.hour, 4))
        hours = order.order_line.filtered(lambda line: line.product_id == self.hour)
        chairs = order.order_line - hours
        extra = order.order_line.create(
            {"order_id": order.id, "product_id": self.hour.id, "product_uom_qty": 2, "price_unit": 50}
        )
        self.assertEqual(extra.qty_to_invoice, 2)
        chairs.action_adv_issue_credit()
        note = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual(note.amount_untaxed, 300.0)
        self.assertEqual(extra.qty_to_invoice, 2)

    def test_billing_only(self):
        lines = self._returned(3).order_line
        seller = self._user("credit_seller", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            lines.with_user(seller).action_adv_issue_credit()
