from freezegun import freeze_time
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestExposure(AdvBillingCommon):
    """Exposure by payer: receivables, unmatured instruments, what is to be billed and delivered, deposits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.bank.inbound_payment_method_line_ids[:1].payment_account_id = cls.bank.default_account_id

    def _outstanding(self):
        """Payments registered from now on wait on an account of their own until the bank has them."""
        account = self.bank.default_account_id.copy({"name": "Cheques to cash", "reconcile": True})
        account.account_type = "asset_current"
        self.bank.inbound_payment_method_line_ids[:1].payment_account_id = account

    def _items(self, kind):
        items = self.env["adv.exposure.line"].search(
            [("partner_id", "=", self.acme.id), ("kind", "=", kind), ("company_id", "=", self.company.id)]
        )
        return [(item.payment_id or item.order_id or item.move_id, item.amount) for item in items]

    def _newest_order(self):
        return self.env["sale.order"].search([("company_id", "=", self.company.id)], order="id desc", limit=1)

    def _limit(self, amount, day, until=None, insurer=None, partner=None):
        return self.env["adv.credit.limit"].create(
            {
                "partner_id": (partner or self.acme).id,
                "company_id": self.company.id,
                "kind": "insurer" if insurer else "own",
                "insurer_id": insurer and insurer.id,
                "amount": amount,
                "date_from": day,
                "date_to": until,
            }
        )

    def _exposure(self, partner=None):
        partner = (partner or self.acme).with_company(self.company)
        partner.invalidate_recordset()
        return [
            partner.adv_exposure_receivable,
            partner.adv_exposure_not_invoiced,
            partner.adv_exposure_undelivered,
            partner.adv_exposure_deposits,
            partner.adv_exposure(self.company),
        ]

    def test_an_order_walks_through_its_parts(self):
        self.assertEqual(self._exposure(), [0, 0, 0, 0, 0])
        order = self._order()
        self.assertEqual(self._exposure(), [0, 0, 1000, 0, 1000])
        self._deliver(order, {self.chair: 6})
        self.assertEqual(self._exposure(), [0, 600, 400, 0, 1000])
        invoice = self._run().line_ids.move_id
        # a draft changes nothing: it is not owed yet
        self.assertEqual(self._exposure(), [0, 600, 400, 0, 1000])
        invoice.action_post()
        self.assertEqual(self._exposure(), [600, 0, 400, 0, 1000])
        self._pay(invoice, amount=250)
        self.assertEqual(self._exposure(), [350, 0, 400, 0, 750])
        self._credit(invoice, "price", price=5)  # 6 x 5 = 30
        self.assertEqual(self._exposure(), [320, 0, 400, 0, 720])
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertEqual(self._exposure(), [320, 0, 0, 0, 320])

    def test_an_order_that_grows_after_it_was_billed(self):
        """10 chairs delivered and billed, then 2 more and 5 lamps ordered: 1000 + 200 + 200."""
        order = self._order()
        self._deliver(order)
        self._run().line_ids.move_id.action_post()
        self.assertTrue(order.adv_invoiced_date)
        order.order_line.product_uom_qty = 12
        self.assertFalse(order.adv_invoiced_date)
        self.assertEqual(self._exposure(), [1000, 0, 200, 0, 1200])
        order.order_line.product_uom_qty = 10
        self.assertTrue(order.adv_invoiced_date)
        order.order_line = [Command.create({"product_id": self.lamp.id, "product_uom_qty": 5})]
        self.assertEqual(self._exposure(), [1000, 0, 200, 0, 1200])

    def test_a_cheque_is_exposure_until_the_bank_has_it(self):
        self._outstanding()
        order = self._order()
        self._deliver(order)
        invoice = self._run().line_ids.move_id
        invoice.action_post()
        payment = self._pay(invoice, amount=600)
        # 1000 billed, a cheque of 600 on its way to the bank
        self.assertEqual(self._exposure(), [400, 0, 0, 0, 1000])
        self.assertEqual(self.acme.with_company(self.company).adv_exposure_instrument, 600)
        self.assertEqual(self._items("instrument"), [(payment, 600.0)])
        statement = self.env["account.bank.statement.line"].create(
            {
                "journal_id": payment.journal_id.id,
                "amount": 600,
                "payment_ref": "cheques",
                "date": payment.date,
            }
        )
        _liquidity, suspense, _other = statement._seek_for_lines()
        handed = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.outstanding_account_id
        )
        suspense.account_id = handed.account_id
        (suspense | handed).reconcile()
        self.assertEqual(self._exposure(), [400, 0, 0, 0, 400])

    def test_a_bill_of_exchange_matures(self):
        """Handed over on 10 November, due on Monday 30 November: three bank days later nothing comes back."""
        self._outstanding()
        invoice = self._create_invoice_one_line(
            partner_id=self.acme, product_id=self.chair, price_unit=500, post=True, invoice_date="2026-11-02"
        )
        invoice.write(
            {
                "adv_collection_kind": "bill",
                "adv_collection_date": "2026-11-10",
                "adv_collection_maturity": "2026-11-30",
            }
        )
        self._pay(invoice, day="2026-11-10")
        for day, expected in (("2026-11-30", 500), ("2026-12-03", 500), ("2026-12-04", 0)):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                self.assertEqual(self._exposure(), [0, 0, 0, 0, expected])
        invoice.adv_collection_returned = "2026-12-03"
        with freeze_time("2026-12-20 10:00:00"):
            self.assertEqual(self._exposure()[-1], 500, "it came back unpaid")

    def test_where_payments_are_not_matched_with_the_bank(self):
        self._outstanding()
        self.company.adv_release_rule = "registered"
        invoice = self._create_invoice_one_line(
            partner_id=self.acme, product_id=self.chair, price_unit=500, post=True
        )
        self._pay(invoice)
        self.assertEqual(self._exposure()[-1], 0)

    def test_each_figure_is_the_sum_of_the_items_it_opens(self):
        order = self._order([(self.chair, 10), (self.lamp, 5)])
        self._deliver(order, {self.chair: 6})
        self._run().line_ids.move_id.action_post()
        self._order([(self.hour, 2)])
        partner = self.acme.with_company(self.company)
        figures = {
            "receivable": partner.adv_exposure_receivable,
            "undelivered": partner.adv_exposure_undelivered,
        }
        # 6 chairs billed; 4 chairs, 5 lamps and 2 hours to come
        self.assertEqual(figures, {"receivable": 600.0, "undelivered": 400.0 + 200.0 + 100.0})
        for kind, figure in figures.items():
            action = partner.with_context(adv_kind=kind).action_adv_open_exposure()
            items = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(items.mapped("amount")), figure)
        self.assertEqual(items.order_id, order | self._newest_order())
        self.assertEqual(items[:1].action_open()["res_model"], "sale.order")

    # LIMITS

    def test_limits_and_their_dates(self):
        """Ours: 1,000, 2,000 in December. The insurer: 1,500 until the end of the year."""
        insurer = self._partner("Insurer")
        self._limit(1000, "2026-01-01")
        self._limit(2000, "2026-12-01", "2026-12-31")
        self._limit(1500, "2026-06-01", "2026-12-31", insurer)
        expected = {
            date(2025, 12, 31): (None, None),
            date(2026, 5, 31): (1000.0, None),
            date(2026, 6, 1): (1000.0, 1500.0),
            date(2026, 12, 31): (2000.0, 1500.0),
            date(2027, 1, 1): (1000.0, 0.0),  # not covered any more
        }
        for day, limits in expected.items():
            found = self.env["adv.credit.limit"]._adv_limits(self.acme, self.company, day)[self.acme.id]
            self.assertEqual((found.own, found.insured), limits, day)
        top_up = self._limit(300, "2026-12-01", None, self._partner("Second insurer"))
        found = self.env["adv.credit.limit"]._adv_limits(self.acme, self.company, date(2026, 12, 1))
        self.assertEqual(found[self.acme.id].insured, 1800.0)
        top_up.active = False
        with self.assertRaises(ValidationError):
            self._limit(
                1, "2026-01-01", partner=self._partner("Branch", parent_id=self.acme.id, is_company=False)
            )

    def test_the_native_limit_where_none_is_dated(self):
        self.company.account_use_credit_limit = True
        self.acme.with_company(self.company).credit_limit = 700
        day = date(2026, 5, 1)
        limits = self.env["adv.credit.limit"]._adv_limits(self.acme | self.globex, self.company, day)
        self.assertEqual(limits[self.acme.id].own, 700.0)
        self.assertIsNone(limits[self.globex.id].own)
        self._limit(300, "2026-01-01")
        limits = self.env["adv.credit.limit"]._adv_limits(self.acme, self.company, day)
        self.assertEqual(limits[self.acme.id].own, 300.0)

    def _judged(self, order):
        state, message = order._adv_check_credit_limit()[order.id]
        return state, message and message(self.env(user=self.env.user))

    def test_the_credit_check_reads_the_exposure(self):
        """A cheque of 600 not yet in, 400 open, 1,000 confirmed: 2,000; another order of 100."""
        self._outstanding()
        billed = self._order()
        self._deliver(billed)
        invoice = self._run().line_ids.move_id
        invoice.action_post()
        self._pay(invoice, amount=600)
        self._order()
        order = self._order([(self.chair, 1)], confirm=False)
        self.assertEqual(self._judged(order)[0], "not_applicable")
        limit = self._limit(2099.99, "2020-01-01")
        state, message = self._judged(order)
        self.assertEqual(state, "failed")
        for figure in ("2,100.00", "2,000.00", "2,099.99"):
            self.assertIn(figure, message)
        limit.amount = 2100
        self.assertEqual(self._judged(order)[0], "passed")
        cover = self._limit(1500, "2020-01-01", insurer=self._partner("Insurer"))
        state, message = self._judged(order)
        self.assertEqual(state, "failed")
        self.assertIn("the insurer covers", message)
        self.assertIn("1,500.00", message)
        cover.date_to = "2020-12-31"
        state, message = self._judged(order)
        self.assertEqual(state, "failed")
        self.assertIn("12/31/2020", message)
        cover.write({"date_to": False, "amount": 5000})
        order.action_confirm()
        self.assertEqual(self._judged(order)[0], "passed", "the order is part of the exposure, once")

    def test_a_higher_limit_lets_waiting_orders_go(self):
        self.company.adv_check_mode = "enforce"
        self.env.ref("adv_orders.check_credit_limit").severity = "blocking"
        limit = self._limit(500, "2020-01-01")
        order = self._order(confirm=False)
        order.action_confirm()
        self.assertTrue(order.adv_blocked)
        triggers = self.env["ir.cron.trigger"]
        asked = [("cron_id", "=", self.env.ref("adv_orders.cron_recheck").id)]
        triggers.search(asked).unlink()
        limit.amount = 1000
        self.assertTrue(triggers.search_count(asked))
        order._adv_reevaluate()
        self.assertFalse(order.adv_blocked)

    def test_limits_are_set_by_finance_only(self):
        limit = self._limit(500, "2020-01-01")
        clerk = self._user("limit_clerk", "account.group_account_invoice", "adv_orders.group_adv_assistant")
        self.assertEqual(limit.with_user(clerk).amount, 500)
        with self.assertRaises(AccessError):
            limit.with_user(clerk).amount = 9000
        with self.assertRaises(AccessError):
            self.env["adv.exposure.line"].with_user(self._user("limit_nobody")).search([])
        head = self._user("limit_head", "adv_dunning.group_collection_manager")
        limit.with_user(head).amount = 600

    def test_items_of_another_company_are_hidden(self):
        self._order()
        clerk = self._user("exposure_clerk", "account.group_account_invoice")
        items = self.env["adv.exposure.line"].with_user(clerk)
        mine = [("partner_id", "=", self.acme.id)]
        self.assertEqual(sum(items.search(mine).mapped("amount")), 1000.0)
        other = self.env["res.company"].create({"name": "Other"})
        clerk.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(items.with_company(other).search(mine))

    def test_deposit_counts_once(self):
        order = self._order()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        deposit = wizard._create_invoices(order)
        deposit.action_post()
        # 300 owed as deposit, 1000 to come of which 300 are billed already
        self.assertEqual(self._exposure(), [300, 0, 1000, 300, 1000])
        self._pay(deposit)
        self.assertEqual(self._exposure(), [0, 0, 1000, 300, 700])
        self._deliver(order)
        self._run().line_ids.move_id.action_post()
        # the final invoice is 1000 - 300
        self.assertEqual(self._exposure(), [700, 0, 0, 0, 700])

    def test_a_trade_in_makes_the_order_smaller(self):
        # 10 chairs at 100 less an old one taken back at 40; nothing is owed twice once it is billed
        self._rule("order")
        order = self._order([(self.chair, 10), (self.hour, -1, 40)])
        self.assertEqual(self._exposure(), [0, 0, 960, 0, 960])
        self._run().line_ids.move_id.action_post()
        self.assertEqual(self._exposure(), [960, 0, 0, 0, 960])
        self._order([(self.chair, 1), (self.lamp, -1)])
        # another one: 100 to deliver, a lamp of 40 to come back
        self.assertEqual(self._exposure(), [960, 0, 60, 0, 1020])
        self.assertEqual(sum(amount for _order, amount in self._items("undelivered")), 60.0)
        self.assertTrue(order.adv_invoiced_date)

    def test_payer_and_its_addresses_taxes_included(self):
        tax = self.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "type_tax_use": "sale", "company_id": self.company.id}
        )
        self.chair.taxes_id = tax
        buyer = self.env["res.partner"].create(
            {"name": "Billing office", "type": "invoice", "parent_id": self.globex.id}
        )
        self._order([(self.chair, 1)], partner_invoice_id=buyer.id)
        self.assertEqual(self._exposure(self.globex)[-1], 120.0)
        self.assertEqual(self._exposure(buyer)[-1], 120.0)
        self.assertEqual(self._exposure(self.acme)[-1], 0.0)

    def test_orders_in_another_currency(self):
        # 3 units of the other currency are worth 1 since 2016, 2 since 2017
        currency = self.setup_other_currency("GBP")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Other", "currency_id": currency.id, "company_id": self.company.id}
        )
        self._order([(self.chair, 1, 200)], pricelist_id=pricelist.id)
        self.assertEqual(self._exposure()[-1], 100.0)

    def test_constant_number_of_statements(self):
        partners = self.acme | self.globex | self._partner("Initech") | self._partner("Umbrella")
        for partner in partners:
            self._order([(self.lamp, 1)], partner=partner)
        counts = []
        for payers in (self.acme, self.acme, partners):  # the first warms the caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(payers._adv_exposures(self.company)), len(payers))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_only_those_who_may(self):
        nobody = self._user("nobody_exposure")
        accountant = self._user("clerk_exposure", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.acme.with_user(nobody).adv_exposure(self.company)
        self.assertEqual(self.acme.with_user(accountant).adv_exposure(self.company), 0.0)
