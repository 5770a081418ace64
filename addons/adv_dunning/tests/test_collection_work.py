from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestHold(DunningCommon):
    """A hold ends by itself when the money is in, not when somebody says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one.hold = True
        cls.salesperson = cls._make_user("dun_sales", "base.group_user")
        cls.collector = cls._make_user("dun_collector", "adv_dunning.group_collector")
        cls.partner.user_id = cls.salesperson
        cls.invoice = cls._invoice(1000, date(2026, 2, 20))
        cls.outstanding = cls.env["account.account"].create(
            {
                "name": "Outstanding receipts",
                "code": "DUN511",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.bank_journal.suspense_account_id = cls.env["account.account"].create(
            {"name": "Suspense", "code": "DUN471", "account_type": "asset_current"}
        )
        cls.method_line = cls.bank_journal.inbound_payment_method_line_ids[:1]
        cls.method_line.payment_account_id = cls.outstanding

    def setUp(self):
        super().setUp()
        self._chase()
        self.stats = self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])
        self.stats.user_id = self.collector
        self.assertTrue(self._held())

    def _held(self):
        self.env.invalidate_all()
        return self.partner.with_company(self.company).adv_on_hold

    def _register(self):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"payment_date": date(2026, 3, 1), "payment_method_line_id": self.method_line.id})
        )
        return wizard._create_payments()

    def _bank(self, amount):
        """A line of the bank's statement, matched with the outstanding receipts."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "date": date(2026, 3, 2),
                "payment_ref": "Transfer",
                "amount": amount,
                "partner_id": self.partner.id,
            }
        )
        suspense = line.line_ids.filtered(lambda item: item.account_id != self.bank_account)
        line.move_id.button_draft()
        suspense.account_id = self.outstanding
        line.move_id.action_post()
        return suspense

    def test_a_registered_payment_does_not_free_before_the_bank_has_it(self):
        payment = self._register()
        self.assertIn(self.invoice.payment_state, ("in_payment", "paid"))
        self.assertTrue(self._held(), "registered, not cashed")
        receipt = payment.move_id.line_ids.filtered(lambda item: item.account_id == self.outstanding)
        (receipt | self._bank(1000)).reconcile()
        self.assertTrue(payment.is_matched)
        self.assertFalse(self._held())

    def test_a_registered_payment_frees_where_the_company_says_so(self):
        self.company.adv_release_rule = "registered"
        self._register()
        self.assertFalse(self._held())

    def test_a_partial_payment_does_not_free(self):
        self._pay(self.invoice, 999, TODAY)
        self.assertTrue(self._held())
        self._pay(self.invoice, 1, TODAY)
        self.assertFalse(self._held())

    def test_salesperson_and_collector_are_told_once(self):
        self._pay(self.invoice, 1000, TODAY)
        self.assertFalse(self._held())
        told = self.env["mail.message"].search([("subject", "ilike", "no longer on hold")])
        self.assertEqual(len(told), 1)
        self.assertEqual(told.partner_ids, (self.salesperson | self.collector).partner_id)

    def test_a_kept_part_of_a_plan_frees_and_the_rest_is_still_promised(self):
        self._promise(self.invoice, 400, date(2026, 3, 10), made=TODAY)
        self._promise(self.invoice, 600, date(2026, 4, 10), made=TODAY)
        self._pay(self.invoice, 400, date(2026, 3, 9))
        self.assertTrue(self._held())
        self.env["adv.payment.promise"]._judge(self.company, date(2026, 3, 9))
        self.assertFalse(self._held())


@tagged("post_install", "-at_install")
class TestPlan(DunningCommon):
    """An instalment plan is several promises, each judged for itself."""

    def _plan(self, invoice, **vals):
        return self.env["adv.payment.plan"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "move_ids": [Command.set(invoice.ids)],
                "date_first": date(2026, 12, 31),
                **vals,
            }
        )

    def test_equal_parts_the_last_takes_the_rounding(self):
        plan = self._plan(self._invoice(1000, date(2026, 2, 20)), part_count=3)
        self.assertEqual(plan.amount, 1000)
        self.assertRecordValues(
            plan.line_ids.sorted("date"),
            [
                {"date": date(2026, 12, 31), "amount": 333.33},
                {"date": date(2027, 1, 31), "amount": 333.33},
                {"date": date(2027, 2, 28), "amount": 333.34},
            ],
        )
        plan.action_confirm()
        promises = self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(promises.mapped("amount"), [333.33, 333.33, 333.34])
        self.assertEqual(len(set(promises.mapped("plan"))), 1)
        self.assertIn("Plan of 3", promises[0].plan)

    def test_parts_that_do_not_add_up_are_refused(self):
        plan = self._plan(self._invoice(1000, date(2026, 2, 20)), part_count=2)
        plan.line_ids[0].amount = 400
        with self.assertRaisesRegex(UserError, "do not add up"):
            plan.action_confirm()

    def test_each_part_is_kept_or_broken_for_itself(self):
        invoice = self._invoice(900, date(2026, 2, 20))
        days = (date(2026, 3, 5), date(2026, 3, 15), date(2026, 3, 25))
        promises = [self._promise(invoice, 300, day, made=TODAY) for day in days]
        judge = self.env["adv.payment.promise"]._judge
        self._pay(invoice, 300, date(2026, 3, 4))
        judge(self.company, date(2026, 3, 9))
        self.assertEqual([promise.state for promise in promises], ["kept", "open", "open"])
        judge(self.company, date(2026, 3, 19))
        self.assertEqual([promise.state for promise in promises], ["kept", "broken", "open"])
        self._pay(invoice, 600, date(2026, 3, 24))
        judge(self.company, date(2026, 3, 29))
        self.assertEqual(promises[2].state, "kept")

    def test_a_broken_promise_counts(self):
        invoice = self._invoice(900, date(2026, 2, 20))
        self._promise(invoice, 300, date(2026, 3, 5), made=TODAY)
        self._compute(date(2026, 3, 9))
        stats = self.env["adv.receivable.stats"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(stats.broken_promises, 1)


@tagged("post_install", "-at_install")
class TestDispute(DunningCommon):
    def test_deadline_activity_and_time_open(self):
        invoice = self._invoice(1000, date(2026, 2, 20))
        dispute = self._dispute(invoice, 200, day=date(2026, 2, 20))
        self.assertEqual(dispute.deadline, date(2026, 3, 2))
        self.assertEqual(dispute.activity_ids.date_deadline, date(2026, 3, 2))
        dispute.deadline = date(2026, 3, 6)
        self.assertEqual(dispute.activity_ids.date_deadline, date(2026, 3, 6))
        dispute._close("accepted", date(2026, 2, 25))
        self.assertEqual(dispute.days_open, 5)
        self.assertFalse(dispute.activity_ids)


@tagged("post_install", "-at_install")
class TestCall(DunningCommon):
    def test_who_calls_names_an_invoice(self):
        """Found by the number of an invoice or by the customer's own reference, by who collects."""
        invoice = self._invoice(1000, date(2026, 2, 20))
        invoice.ref = "PO-77-ACME"
        self._compute()
        collector = self._make_user("dun_collector", "adv_dunning.group_collector")
        stats = self.env["adv.receivable.stats"].with_user(collector)
        for text in (invoice.name, "77-acme"):
            self.assertEqual(stats.search([("invoice", "ilike", text)]).partner_id, self.partner)
        self.assertFalse(stats.search([("invoice", "ilike", "PO-78")]))

    def test_a_call_is_written_down_and_the_next_one_planned(self):
        self._invoice(1000, date(2026, 2, 20))
        self._compute()
        collector = self._make_user("dun_collector", "adv_dunning.group_collector")
        stats = self.env["adv.receivable.stats"].with_user(collector)
        stats = stats.search([("partner_id", "=", self.partner.id)])
        with Form(
            self.env["adv.call.log"].with_user(collector).with_context(default_stats_id=stats.id)
        ) as form:
            form.result = "absent"
        call = form.record
        self.assertEqual((call.date_next - self.company._adv_today()).days, 1)
        call.action_save()
        self.assertIn("Nobody answered", stats.message_ids[:1].body)
        self.assertEqual(stats.activity_ids.date_deadline, call.date_next)
        with self.assertRaises(AccessError):
            call.with_user(self._make_user("dun_acc", "account.group_account_user")).action_save()
