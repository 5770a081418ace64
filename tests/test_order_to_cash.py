"""One order followed from its reception to the bank, through all the addons, by the people who do it."""

from datetime import date

from freezegun import freeze_time
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestOrderToCash(AdvBillingCommon):
    """ACME orders 10 chairs at 95 and 20 lamps at 40 on 1 September 2026: 950 + 800 = 1750."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "adv_check_mode": "enforce",
                "adv_approval_mode": "enforce",
                "adv_billing_mode": "enforce",
            }
        )

        def user(login, groups):
            return new_test_user(
                cls.env,
                login,
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

        cls.assistant = user("o2c_assistant", "adv_orders.group_adv_assistant")
        cls.financier = user("o2c_financier", "base.group_user")
        cls.storekeeper = user("o2c_storekeeper", "stock.group_stock_user")
        cls.accountant = user("o2c_accountant", "account.group_account_invoice")
        cls.manager = user("o2c_manager", "adv_orders.group_adv_manager")
        cls.collector = user("o2c_collector", "adv_dunning.group_collection_manager")
        finance = cls.env["adv.department"].create(
            {
                "name": "Finance",
                "company_id": cls.company.id,
                "member_ids": [Command.set(cls.financier.ids)],
            }
        )
        cls.env["adv.approval.rule"].search([("company_id", "=", cls.company.id)]).active = False
        cls.env["adv.approval.rule"].create(
            {
                "name": "Finance above 1,000",
                "department_id": finance.id,
                "company_id": cls.company.id,
                "amount_min": 1000.0,
            }
        )
        cls._rule("delivery", partner=cls.acme)

    def test_from_reception_to_cash(self):
        with freeze_time("2026-09-01 09:00:00"):
            order = self._receive()
            self._submit_and_correct(order)
            self._approve_and_confirm(order)
        self._deliver_in_two_parts(order)
        first, second = self._bill(order)
        note = self._credit_in_part(order, first)
        self._remind(first, second)
        payments = self._collect(order, first, second)
        self._bank(payments)
        self._assert_trace(order, note)
        self._assert_figures(order)

    # THE STORY

    def _receive(self):
        """The assistant enters what came by e-mail, with one lamp line typed without its price."""
        order = (
            self.env["sale.order"]
            .with_user(self.assistant)
            .create(
                {
                    "partner_id": self.acme.id,
                    "company_id": self.company.id,
                    "client_order_ref": "PO-4711",
                    "adv_channel": "email",
                    "adv_received_date": "2026-09-01 08:31:00",
                    "commitment_date": "2026-09-20 10:00:00",
                    "order_line": [
                        Command.create(
                            {"product_id": self.chair.id, "product_uom_qty": 10, "price_unit": 95}
                        ),
                        Command.create({"product_id": self.lamp.id, "product_uom_qty": 20, "price_unit": 0}),
                    ],
                }
            )
        )
        self.assertEqual(order.adv_state, "draft")
        return order

    def _submit_and_correct(self, order):
        """The checks find the missing price; it is an entry error caught before the customer saw it."""
        order.with_context(**self._at(2026, 9, 1, 9)).action_confirm()
        self.assertEqual(order.adv_state, "to_correct")
        states = {result.check_id.code: result.state for result in order.sudo().adv_check_result_ids}
        self.assertEqual(states["zero_price"], "failed")
        for code in ("duplicate_order", "incomplete_customer", "tax_mismatch", "customer_on_hold"):
            self.assertEqual(states[code], "passed", code)
        errors = order.sudo().adv_error_ids
        self.assertEqual(set(errors.mapped("type_id.code")), {"price"})
        for error in errors:
            self.assertRecordValues(error, [{"step": "entry", "found_by": "check", "escaped": False}])
        order.order_line[1].price_unit = 40
        self.assertEqual(order.amount_untaxed, 1750.0)

    def _approve_and_confirm(self, order):
        """1,750 needs Finance; nobody confirms past the gate, the approval lets the job confirm."""
        order.with_context(**self._at(2026, 9, 1, 10)).action_confirm()
        self.assertEqual(order.adv_state, "to_approve")
        approval = order.sudo().adv_approval_ids
        approval.with_user(self.financier).action_approve()
        order.sudo().with_context(**self._at(2026, 9, 1, 15))._adv_confirm_ready()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.adv_state, "confirmed")
        self.assertEqual(self._day(order.adv_confirmed_date), date(2026, 9, 1))
        self.assertEqual(self.acme.adv_exposure(self.company), 1750.0)

    def _deliver_in_two_parts(self, order):
        """10 chairs and 5 lamps on 8 September, 15 lamps on 16 September."""
        order = order.with_user(self.env.user)
        self._ship(order, {self.chair: 10, self.lamp: 5}, (2026, 9, 8, 9))
        self.assertEqual(order.adv_state, "in_delivery")
        self._ship(order, None, (2026, 9, 16, 9))
        self.assertEqual(order.adv_state, "delivered")
        self.assertEqual(self._day(order.adv_delivered_date), date(2026, 9, 16))
        self.assertTrue(order.adv_is_on_time)
        self.assertTrue(order.adv_is_in_full)

    def _ship(self, order, quantities, at):
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking = picking.with_user(self.storekeeper)
        for move in picking.move_ids:
            quantity = move.product_uom_qty if quantities is None else quantities.get(move.product_id, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True, **self._at(*at)).button_validate()
        self.assertEqual(picking.state, "done")

    def _bill(self, order):
        """Each delivery at its date: 10 x 95 + 5 x 40 = 1,150 on the 9th, 15 x 40 = 600 on the 17th."""
        runs = self.env["adv.billing.run"].with_user(self.accountant)
        invoices = self.env["account.move"]
        for day, amount in ((date(2026, 9, 9), 1150.0), (date(2026, 9, 17), 600.0)):
            run = runs.create({"company_id": self.company.id, "date": day})
            self.assertEqual([group["amount"] for group in run.preview()], [amount])
            run.action_run()
            run.action_run()
            self.assertEqual(run.line_ids.mapped("state"), ["done"])
            invoice = run.line_ids.move_id
            self.assertEqual(invoice.amount_untaxed, amount)
            invoice.action_post()
            invoices |= invoice
        self.assertEqual(self._day(order.adv_invoiced_date), date(2026, 9, 17))
        # 10 x 60 + 5 x 25 and 15 x 25
        costs = [sum(invoice.invoice_line_ids.mapped("adv_cost")) for invoice in invoices]
        self.assertEqual(costs, [725.0, 375.0])
        return invoices

    def _credit_in_part(self, order, invoice):
        """The chairs were agreed at 90: 10 x 5 = 50 credited; the error lands in the order's ledger."""
        note = self._credit(
            invoice.with_user(self.accountant),
            "price",
            quantity=10,
            price=5,
            day=date(2026, 9, 22),
            post=False,
        )
        note.invoice_line_ids.filtered(lambda line: line.product_id == self.lamp).unlink()
        note.action_post()
        self.assertEqual(note.amount_untaxed, 50.0)
        self.assertEqual(invoice.amount_residual, 1100.0)
        error = order.sudo().adv_error_ids.filtered(lambda error: error.found_by == "credit_note")
        self.assertRecordValues(error, [{"step": "entry", "escaped": True, "cost": 50.0}])
        self.assertEqual(error.type_id.code, "price")
        return note

    def _remind(self, first, second):
        """Due on 9 and 17 October; on 15 October the first is 6 days late and is reminded, by e-mail."""
        self.assertEqual(first.invoice_date_due, date(2026, 10, 9))
        runs = self.env["adv.dunning.run"].with_user(self.collector)
        self.company.with_user(self.collector)._adv_dunning_go_live()
        run = runs.create({"company_id": self.company.id, "date": date(2026, 10, 15)})
        run.action_compute()
        run.action_send()
        notice = self.env["adv.dunning.notice"].search([("run_id", "=", run.id)])
        self.assertRecordValues(notice, [{"partner_id": self.acme.id, "state": "sent", "amount": 1100.0}])
        self.assertEqual(notice.line_ids.move_id, first)
        self.assertNotIn(second, notice.line_ids.move_id)
        self.assertEqual(len(notice.mail_ids), 1)
        self.assertTrue(notice.mail_ids.attachment_ids)
        self.assertIn(first.name, notice.mail_ids.body_html)

    def _collect(self, order, first, second):
        """The customer pays 1,100 on 20 October and 600 on 2 November: settled."""
        payments = self._pay(first.with_user(self.accountant), day=date(2026, 10, 20))
        self.assertFalse(order.adv_settled_date)
        payments |= self._pay(second.with_user(self.accountant), day=date(2026, 11, 2))
        self.assertEqual(self._day(order.adv_settled_date), date(2026, 11, 2))
        self.assertEqual(order.adv_state, "settled")
        return payments.with_env(self.env)

    def _bank(self, payments):
        """Both payments are on their way, 1,100 + 600, until the bank statement brings them one by one."""
        for payment, before, after in zip(payments, (1700.0, 600.0), (600.0, 0.0), strict=True):
            self.assertEqual(self.acme.adv_exposure(self.company), before)
            statement = self.env["account.bank.statement.line"].create(
                {
                    "journal_id": payment.journal_id.id,
                    "amount": payment.amount,
                    "payment_ref": payment.memo,
                    "date": payment.date,
                }
            )
            _liquidity, suspense, _other = statement._seek_for_lines()
            sent = payment.move_id.line_ids.filtered(
                lambda line, payment=payment: line.account_id == payment.outstanding_account_id
            )
            suspense.account_id = sent.account_id
            (suspense | sent).reconcile()
            self.assertEqual(self.acme.adv_exposure(self.company), after)

    def _assert_trace(self, order, note):
        """Nothing is owed, nothing is left to bill, both errors are on the order."""
        self.assertEqual(self.acme.adv_exposure(self.company), 0.0)
        self.assertEqual((order.invoice_ids | note).mapped("amount_residual"), [0.0, 0.0, 0.0])
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        self.assertEqual(run.preview(), [])
        self.assertEqual(set(order.sudo().adv_error_ids.mapped("found_by")), {"check", "credit_note"})

    def _assert_figures(self, order):
        """The manager's dashboard tells the story in figures, and each figure opens its records.

        September: one order of 1,750, its price error escaped, shipped on the 16th for a promise on the 20th,
        15 days after it came in; billed 1,150 + 600 - 50. On 15 October 1,100 + 600 are open; October has no
        sales yet (15 days), the balance is September's whole revenue (30 days): a DSO of 45 days.
        """
        figures = self.env["adv.kpi"].with_user(self.manager).with_company(self.company)
        expected = {
            "order_count": 1,
            "order_intake": 1750.0,
            "entry_error_rate": 100.0,
            "on_time_rate": 100.0,
            "processing_time": 15,
            "revenue": 1700.0,
        }
        scope = {"company_ids": self.company.ids}
        values = figures.get_values(list(expected), date(2026, 9, 1), date(2026, 9, 30), scope)
        self.assertEqual({code: values[code]["value"] for code in expected}, expected)
        october = figures.get_values(
            ["receivable_balance", "dso"], date(2026, 10, 1), date(2026, 10, 15), scope
        )
        self.assertEqual(october["receivable_balance"]["value"], 1700.0)
        self.assertAlmostEqual(october["dso"]["value"], 45.0)
        paid = figures.get_values(["receivable_balance"], date(2026, 11, 1), date(2026, 11, 2), scope)
        self.assertEqual(paid["receivable_balance"]["value"], 0.0)
        for code in expected:
            behind = values[code]["numerator"]
            records = self.env[behind["model"]].with_user(self.manager).search(behind["domain"])
            wanted = order.invoice_ids if code == "revenue" else order
            self.assertEqual(records.sudo(), wanted.sudo(), code)
