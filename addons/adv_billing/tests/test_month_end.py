import io
from datetime import date, datetime

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AdvBillingCommon

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


@tagged("post_install", "-at_install")
class TestMonthEnd(AdvBillingCommon):
    """A small trade over two months, whose packs are worked out by hand.

    Chairs cost 100 each, lamps 40. Order A: 10 chairs, 6 delivered on 20 January, 4 on 10 February; 6 billed
    on 5 February. Order B: 5 lamps at 10 % off billed in advance on 25 January, delivered on 3 February, 2 of
    them returned on 20 February. Order C: 3 chairs delivered at 23:30 UTC on 31 January - in Paris it is
    February - and billed the next day.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_lock_date = False

    def _bill(self, order, day):
        invoice = order._create_invoices()
        invoice.invoice_date = day
        invoice.date = day
        invoice.action_post()
        return invoice

    def _trade(self):
        self.lamp.invoice_policy = "order"
        self.order_a = self._order([(self.chair, 10)], at=(2026, 1, 10, 9))
        self._deliver(self.order_a, {self.chair: 6}, at=(2026, 1, 20, 9))
        self.order_b = self._order([(self.lamp, 5)], partner=self.globex, at=(2026, 1, 12, 9), confirm=False)
        self.order_b.order_line.discount = 10
        self.order_b.with_context(**self._at(2026, 1, 12, 9)).action_confirm()
        self._bill(self.order_b, "2026-01-25")
        self.order_c = self._order([(self.chair, 3)], partner=self.globex, at=(2026, 1, 15, 9))
        self._deliver(self.order_c, at=(2026, 1, 31, 23, 30))
        self._bill(self.order_c, "2026-02-01")
        picking = self._deliver(self.order_b, at=(2026, 2, 3, 9))
        self._bill(self.order_a, "2026-02-05")
        self._deliver(self.order_a, at=(2026, 2, 10, 9))
        back = self._return(picking, 2)
        back.move_ids.date = "2026-02-20 09:00:00"

    def _pack(self, day):
        pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": day})
        pack.action_compute()
        return pack

    def _found(self, pack):
        return {(line.kind, line.order_id): (line.quantity, line.balance, line.age) for line in pack.line_ids}

    def test_two_month_ends(self):
        self._trade()
        january, february = self._pack(JANUARY), self._pack(FEBRUARY)
        sums = {"deposit_amount": 0.0, "unknown_amount": 0.0}
        self.assertRecordValues(
            january | february,
            [
                {"delivered_amount": 600.0, "invoiced_amount": 180.0, "credit_amount": 0.0, **sums},
                {"delivered_amount": 400.0, "invoiced_amount": 0.0, "credit_amount": 72.0, **sums},
            ],
        )
        self.assertEqual(
            self._found(january),
            {
                ("delivered", self.order_a): (6.0, 600.0, 11),  # since the 20th
                ("invoiced", self.order_b): (5.0, 180.0, 6),  # since the 25th, 36 each
            },
        )
        self.assertEqual(
            self._found(february),
            {
                ("delivered", self.order_a): (4.0, 400.0, 18),  # since the 10th
                ("credit", self.order_b): (2.0, 72.0, 8),  # since the 20th
            },
        )

    def test_same_figures_by_other_means(self):
        """Delivered and billed at that day as the native fields say, valued here."""
        self._trade()
        for day in (JANUARY, FEBRUARY):
            pack = self._pack(day)
            lines = (self.order_a | self.order_b).order_line.with_context(accrual_entry_date=day)
            expected = 0
            for line in lines:
                net = {self.chair: 100, self.lamp: 36}[line.product_id]
                expected += (line.qty_delivered_at_date - line.qty_invoiced_at_date) * net
            ours = pack.delivered_amount - pack.invoiced_amount - pack.credit_amount
            self.assertEqual(ours, expected)

    def test_what_is_posted_later_changes_nothing(self):
        self._trade()
        before = self._found(self._pack(JANUARY))
        self._bill(self.order_a, "2026-03-01")
        pack = self.env["adv.month.end"].search([("date", "=", JANUARY)])
        pack.action_compute()
        self.assertEqual(self._found(pack), before)

    def test_what_leaves_again_after_a_repair_is_not_sold_again(self):
        """6 delivered and billed; 2 come back to be mended on 25 January and leave again on the 28th."""
        order = self._order([(self.chair, 6)], at=(2026, 1, 10, 9))
        picking = self._deliver(order, at=(2026, 1, 20, 9))
        self._bill(order, "2026-01-21")
        back = self._return(picking, 2, at=(2026, 1, 25, 9), to_refund=False)
        self._return(back, 2, at=(2026, 1, 28, 9), to_refund=False)
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertFalse(self._pack(date(2026, 1, 26)).line_ids)
        self.assertFalse(self._pack(JANUARY).line_ids)

    def test_returns_of_an_order_billed_in_advance(self):
        """10 billed on 12 January, 6 delivered on the 20th, 2 back on the 25th and credited on the 28th."""
        order = self._order(at=(2026, 1, 10, 9))
        self.chair.invoice_policy = "order"
        invoice = self._bill(order, "2026-01-12")
        picking = self._deliver(order, {self.chair: 6}, at=(2026, 1, 20, 9))
        self._return(picking, 2, at=(2026, 1, 25, 9))
        self._credit(invoice, "return", quantity=2, day="2026-01-28")
        self.assertEqual(
            self._found(self._pack(date(2026, 1, 26))),
            {("credit", order): (2.0, 200.0, 1), ("invoiced", order): (4.0, 400.0, 14)},
        )
        self.assertEqual(self._found(self._pack(JANUARY)), {("invoiced", order): (4.0, 400.0, 3)})

    def test_what_is_on_its_way_to_a_sister_company_has_left_us(self):
        """6 chairs leave for the transit between companies on 20 January; they are billed in February."""
        transit = self.env.ref("stock.stock_location_inter_company")
        transit.active = True
        order = self._order([(self.chair, 6)], at=(2026, 1, 10, 9))
        order.picking_ids.location_dest_id = transit
        order.picking_ids.move_ids.location_dest_id = transit
        self._deliver(order, at=(2026, 1, 20, 9))
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertEqual(self._found(self._pack(JANUARY)), {("delivered", order): (6.0, 600.0, 11)})
        self._bill(order, "2026-02-05")
        self.assertFalse(self._pack(FEBRUARY).line_ids)

    def test_a_rest_that_was_cancelled_is_to_be_credited(self):
        """10 billed in January, 8 delivered; the other 2 cancelled: to be credited, as the list says.

        As long as they were to leave they were billed and not delivered; of a past day, when they were.
        """
        self.chair.invoice_policy = "order"
        order = self._order(at=(2026, 1, 10, 9))
        self._bill(order, "2026-01-15")
        self._deliver(order, {self.chair: 8}, at=(2026, 1, 20, 9))
        pack = self._pack(JANUARY)
        self.assertEqual(self._found(pack), {("invoiced", order): (2.0, 200.0, 16)})
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.env.flush_all()
        pack.action_compute()
        self.assertEqual(self._found(pack), {("invoiced", order): (2.0, 200.0, 16)}, "cancelled since")
        rest = order.order_line.move_ids.filtered(lambda move: move.state == "cancel")
        self.env.cr.execute(
            SQL("UPDATE stock_move SET write_date = '2026-01-25 09:00:00' WHERE id = %s", rest.id)
        )
        pack.action_compute()
        self.assertEqual(self._found(pack), {("credit", order): (2.0, 200.0, 11)}, "since the 20th")
        self.assertEqual(order.order_line.adv_qty_to_credit, 2.0)

    def test_a_bill_made_anew_before_a_return(self):
        """10 billed, credited and billed again; 6 delivered, 2 of them come back: 2 to credit, 4 to come."""
        self.chair.invoice_policy = "order"
        order = self._order(at=(2026, 1, 5, 9))
        first = self._bill(order, "2026-01-06")
        self._credit(first, "quantity", day=date(2026, 1, 7))
        self._bill(order, "2026-01-08")
        picking = self._deliver(order, {self.chair: 6}, at=(2026, 1, 20, 9))
        self._return(picking, 2).move_ids.date = "2026-01-25 09:00:00"
        self.assertEqual(
            self._found(self._pack(JANUARY)),
            {("credit", order): (2.0, 200.0, 6), ("invoiced", order): (4.0, 400.0, 23)},
        )
        self.assertEqual(order.order_line.adv_qty_to_credit, 2.0)

    def test_dozens(self):
        """A line sold by the dozen, moved by the unit: 24 units are two dozens of 1,200."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order([(self.chair, 2)], at=(2026, 1, 10, 9), confirm=False)
        order.order_line.write({"product_uom_id": dozen.id, "price_unit": 1200})
        order.with_context(**self._at(2026, 1, 10, 9)).action_confirm()
        self._deliver(order, at=(2026, 1, 20, 9))
        self.assertEqual(self._found(self._pack(JANUARY)), {("delivered", order): (2.0, 2400.0, 11)})

    def test_foreign_currency_at_the_orders_rate(self):
        """100 in a currency of which two make one of ours."""
        currency = self.setup_other_currency("GBP", rates=[("2026-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self._order(
            [(self.chair, 1, 100.0)], at=(2026, 1, 10, 9), pricelist_id=pricelist.id, date_order="2026-01-10"
        )
        self._deliver(order, at=(2026, 1, 20, 9))
        line = self._pack(JANUARY).line_ids
        self.assertEqual((line.amount, line.balance, line.currency_id), (100.0, 50.0, currency))

    def test_dispute_granted_and_not_credited(self):
        invoice = self._create_invoice_one_line(
            partner_id=self.acme, product_id=self.chair, quantity=1, price_unit=100, post=True,
            invoice_date="2026-01-10",
        )  # fmt: skip
        dispute = self.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": 30,
                "date": "2026-01-15",
                "reason_id": self.env["adv.dispute.reason"].search([], limit=1).id,
            }
        )
        dispute.sudo()._close("accepted", date(2026, 1, 20))
        line = self._pack(JANUARY).line_ids
        self.assertRecordValues(
            line, [{"kind": "credit", "dispute_id": dispute.id, "balance": 30.0, "age": 11}]
        )
        note = self._credit(invoice, day=date(2026, 2, 5), price=30, post=False)
        note.adv_dispute_id = dispute
        note.action_post()
        self.assertFalse(self._pack(FEBRUARY).line_ids)

    def test_entry_and_its_reversal(self):
        self._trade()
        pack = self._pack(FEBRUARY)
        account = self.company_data["default_account_assets"].copy
        pack.write(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "accrued_account_id": account({"account_type": "asset_current", "name": "4181"}).id,
                "credit_account_id": account({"account_type": "liability_current", "name": "4198"}).id,
            }
        )
        pack.action_propose_entry()
        revenue = self.company_data["default_account_revenue"]
        balances = {
            account: sum(lines.mapped("balance"))
            for account, lines in pack.move_id.line_ids.grouped("account_id").items()
        }
        self.assertEqual(
            balances, {pack.accrued_account_id: 400.0, revenue: -328.0, pack.credit_account_id: -72.0}
        )
        self.assertEqual(pack.move_id.date, FEBRUARY)
        self.assertEqual(pack.reversal_id.date, date(2026, 3, 1))
        self.assertEqual(pack.move_id.state, "draft")
        (pack.move_id | pack.reversal_id).action_post()
        both = (pack.move_id | pack.reversal_id).line_ids
        for lines in both.grouped("account_id").values():
            self.assertEqual(sum(lines.mapped("balance")), 0.0)
        with self.assertRaises(UserError):
            pack.action_propose_entry()
        with self.assertRaises(UserError):
            pack.action_compute()

    def test_entry_wants_its_accounts(self):
        self._trade()
        with self.assertRaisesRegex(UserError, "Delivered, not invoiced"):
            self._pack(FEBRUARY).action_propose_entry()

    def test_a_day_to_come(self):
        with self.assertRaises(UserError):
            self._pack(self.company._adv_today())

    def test_workbook(self):
        self._trade()
        self.globex.name = "=1+1"
        pack = self._pack(FEBRUARY)
        book = openpyxl.load_workbook(io.BytesIO(pack._adv_workbook()))
        summary, sheet = book["Summary"], book["Lines"]
        rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
        self.assertEqual(sorted(row[-1] for row in rows), [72.0, 400.0])
        names = {cell.value: cell.data_type for cell in sheet["B"] if cell.value}
        self.assertEqual(names["=1+1"], "s")
        self.assertEqual(sheet["H6"].value, "=SUBTOTAL(109,H4:H5)")
        self.assertEqual(summary["A4"].value, "Delivered, not invoiced")
        self.assertEqual(summary["B4"].value, "=SUMIF('Lines'!A:A,A4,'Lines'!H:H)")
        values = openpyxl.load_workbook(io.BytesIO(pack._adv_workbook()), data_only=True)["Summary"]
        self.assertEqual([values.cell(row, 2).value for row in range(4, 9)], [400, 0, 0, 72, 0])

    # SERVICES

    def _service(self, quantity, day=(2026, 1, 10, 9), policy="delivery"):
        service = self._product("Training", 50.0, 0.0, type="service", invoice_policy=policy)
        return self._order([(service, quantity)], at=day, date_order="2026-01-10 09:00:00")

    def _done(self, order, quantity, *moment):
        order.order_line.with_context(**self._at(*moment)).qty_delivered = quantity

    def test_services_at_a_past_day(self):
        """10 hours sold: 4 done on 15 January, 7 on 10 February. 6 billed on 5 February."""
        self.company.adv_services_since = "2026-01-01"
        order = self._service(10)
        self._done(order, 4, 2026, 1, 15, 9)
        self.assertEqual(self._found(self._pack(JANUARY)), {("delivered", order): (4.0, 200.0, 16)})
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 6
        invoice.write({"invoice_date": "2026-02-05", "date": "2026-02-05"})
        invoice.action_post()
        self.assertEqual(self._found(self._pack(date(2026, 2, 5))), {("invoiced", order): (2.0, 100.0, 0)})
        self._done(order, 7, 2026, 2, 10, 9)
        self.assertEqual(self._found(self._pack(FEBRUARY)), {("delivered", order): (1.0, 50.0, 18)})
        # in Paris 23:30 on the last day of February is March
        self._done(order, 9, 2026, 2, 28, 23, 30)
        pack = self.env["adv.month.end"].search([("date", "=", FEBRUARY)])
        pack.action_compute()
        self.assertEqual(self._found(pack), {("delivered", order): (1.0, 50.0, 18)})

    def test_services_entered_before_entries_were_kept_stand_apart(self):
        """5 hours known today only; entries are kept since 10 February. Nothing done is known."""
        order, nothing = self._service(10), self._service(3)
        self._done(order, 5, 2026, 1, 15, 9)
        self.env["adv.service.delivery"].sudo().search([("order_id", "=", order.id)]).unlink()
        self.company.adv_services_since = "2026-02-10"
        pack = self._pack(JANUARY)
        self.assertEqual(self._found(pack), {("unknown", order): (5.0, 250.0, 21)})
        self.assertEqual((pack.delivered_amount, pack.unknown_amount), (0.0, 250.0))
        with self.assertRaisesRegex(UserError, "nothing to book"):
            pack.action_propose_entry()
        self.assertEqual(self._found(self._pack(FEBRUARY)), {("delivered", order): (5.0, 250.0, 49)})
        # changed in March, from 5 to 8: it was 5 at the end of February, and is not known before the 10th
        self._done(order, 8, 2026, 3, 2, 9)
        self.env["adv.month.end"].search([]).action_compute()
        self.assertEqual(self._found(pack), {("unknown", order): (5.0, 250.0, 21)})
        february = self.env["adv.month.end"].search([("date", "=", FEBRUARY)])
        self.assertEqual(self._found(february), {("delivered", order): (5.0, 250.0, 49)})
        self.assertFalse(nothing.order_line.qty_delivered)

    def test_services_billed_when_ordered_have_nothing_to_deliver(self):
        order = self._service(2, policy="order")
        self._bill(order, "2026-01-20")
        self.assertFalse(self._pack(JANUARY).line_ids)

    def test_expenses_reinvoiced_by_their_analytic_lines(self):
        """A trip of 3 days on 20 January and of 2 on 3 February, on analytic lines."""
        order = self._service(0)
        line = order.order_line
        line.write({"is_expense": True, "product_uom_qty": 5})
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        account = self.env["account.analytic.account"].create({"name": "Trip", "plan_id": plan.id})
        for day, quantity in (("2026-01-20", 3), ("2026-02-03", 2)):
            self.env["account.analytic.line"].create(
                {
                    "name": "Trip",
                    "account_id": account.id,
                    "date": day,
                    "unit_amount": quantity,
                    "amount": -10 * quantity,
                    "so_line": line.id,
                    "product_id": line.product_id.id,
                    "product_uom_id": line.product_uom_id.id,
                }
            )
        self.assertEqual((line.qty_delivered_method, line.qty_delivered), ("analytic", 5.0))
        self.assertEqual(self._found(self._pack(JANUARY)), {("delivered", order): (3.0, 150.0, 11)})
        # billing by delivery up to the end of January as well, though more was done since
        self.assertEqual(line._adv_done_until(JANUARY, datetime(2026, 1, 31, 23)), {line.id: 3.0})
        self._rule("delivery")
        self.env.cr.execute(
            SQL("UPDATE sale_order SET adv_confirmed_date = '2026-01-10' WHERE id = %s", order.id)
        )
        self.env.invalidate_all()
        self.assertEqual(self._run(JANUARY).line_ids.mapped("amount"), [150.0])
        self.assertEqual(self._found(self._pack(FEBRUARY)), {("delivered", order): (5.0, 250.0, 25)})

    def test_nobody_writes_what_was_done(self):
        self._done(self._service(1), 1, 2026, 1, 15, 9)
        entry = self.env["adv.service.delivery"].search([("company_id", "=", self.company.id)])
        clerk = self._user("service_clerk", "account.group_account_invoice")
        self.assertEqual(entry.with_user(clerk).quantity, 1)
        with self.assertRaises(AccessError):
            entry.with_user(clerk).quantity = 2

    # DEPOSITS

    def _deposit(self, order, percent, day):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [(6, 0, order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.write({"invoice_date": day, "date": day})
        invoice.action_post()
        return invoice

    def test_deposit_until_it_is_taken_off(self):
        """1,000 ordered, 30 % billed on 12 January, delivered on 20 February, 700 billed on 5 March."""
        order = self._order(at=(2026, 1, 10, 9))
        deposit = self._deposit(order, 30, "2026-01-12")
        self._deliver(order, at=(2026, 2, 20, 9))
        final = order._create_invoices(final=True)
        final.write({"invoice_date": "2026-03-05", "date": "2026-03-05"})
        final.action_post()
        self.assertEqual(final.amount_untaxed, 700.0)
        january = self._pack(JANUARY)
        line = january.line_ids
        self.assertRecordValues(line, [{"kind": "deposit", "balance": 300.0, "amount": 300.0, "age": 19}])
        self.assertEqual((line.order_id, line.move_id), (order, deposit))
        february = self._pack(FEBRUARY)
        self.assertEqual((february.delivered_amount, february.deposit_amount), (1000.0, 300.0))
        self.assertFalse(self._pack(date(2026, 3, 31)).line_ids)

    def test_deposit_in_another_currency(self):
        """30 % of 1,000 pounds at two for one of ours: 300 pounds, 150 in the books; taken off in March."""
        currency = self.setup_other_currency("GBP", rates=[("2026-01-01", 2.0), ("2026-03-01", 4.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": currency.id, "company_id": self.company.id}
        )
        order = self._order(
            [(self.chair, 10, 100.0)], at=(2026, 1, 10, 9), pricelist_id=pricelist.id, date_order="2026-01-10"
        )
        self._deposit(order, 30, "2026-01-12")
        line = self._pack(JANUARY).line_ids
        self.assertRecordValues(
            line, [{"kind": "deposit", "amount": 300.0, "balance": 150.0, "currency_id": currency.id}]
        )
        self._deliver(order, at=(2026, 3, 2, 9))
        final = order._create_invoices(final=True)
        final.write({"invoice_date": "2026-03-05", "date": "2026-03-05"})
        final.action_post()
        # 300 pounds were booked at 150 and taken off at 75: nothing is left of the deposit in pounds
        self.assertFalse(self._pack(date(2026, 3, 31)).line_ids)

    def test_entry_of_a_deposit_booked_as_revenue_or_as_a_debt(self):
        order = self._order(at=(2026, 1, 10, 9))
        deposit = self._deposit(order, 30, "2026-01-12")
        pack = self._pack(JANUARY)
        account = self.company_data["default_account_assets"].copy
        received = account({"account_type": "liability_current", "name": "4191"})
        line = deposit.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        line.account_id.account_type = "income"
        pack.write(
            {"journal_id": self.company_data["default_journal_misc"].id, "deposit_account_id": received.id}
        )
        pack.action_propose_entry()
        balances = {item.account_id: item.balance for item in pack.move_id.line_ids}
        self.assertEqual(balances, {line.account_id: 300.0, received: -300.0})
        line.account_id.account_type = "liability_current"
        self.assertFalse(self._pack(date(2026, 2, 15))._adv_balances_by_account(), "a debt already")

    # INDEPENDENT

    def test_agrees_with_sql_of_its_own(self):
        """Goods, services and deposits at both ends against statements that share nothing with the pack's."""
        self.company.adv_services_since = "2026-01-01"
        self._trade()
        service = self._service(10)
        self._done(service, 4, 2026, 1, 15, 9)
        self._deposit(self._order([(self.lamp, 50)], at=(2026, 1, 10, 9)), 30, "2026-01-12")
        self.env.flush_all()
        for day, midnight in ((JANUARY, "2026-01-31 23:00"), (FEBRUARY, "2026-02-28 23:00")):
            pack = self._pack(day)
            goods = self._sum(
                """SELECT SUM(CASE WHEN l.usage = 'customer' THEN 1 ELSE -1 END * m.quantity
                              * s.price_subtotal / s.product_uom_qty)
                     FROM stock_move m JOIN stock_location l ON l.id = m.location_dest_id
                     JOIN sale_order_line s ON s.id = m.sale_line_id
                    WHERE m.state = 'done' AND m.date < %s AND m.company_id = %s""",
                midnight,
            )
            billed = self._sum(
                """SELECT SUM(-i.balance) FROM account_move_line i JOIN account_move m ON m.id = i.move_id
                     JOIN product_product p ON p.id = i.product_id
                     JOIN product_template t ON t.id = p.product_tmpl_id AND t.type = 'consu'
                    WHERE m.state = 'posted' AND m.date <= %s AND m.company_id = %s
                      AND m.move_type IN ('out_invoice', 'out_refund') AND i.display_type = 'product'""",
                day,
            )
            deposits = self._sum(
                """SELECT SUM(amount_untaxed_signed) FROM account_move
                    WHERE state = 'posted' AND date <= %s AND company_id = %s AND id IN (
                          SELECT move_id FROM account_move_line WHERE is_downpayment)""",
                day,
            )
            self.assertAlmostEqual(
                pack.delivered_amount - pack.invoiced_amount - pack.credit_amount - pack.deposit_amount,
                goods + 200 - billed - deposits,  # 4 hours at 50
            )
            self.assertEqual(pack.deposit_amount, 600.0)

    def _sum(self, query, day):
        self.cr.execute(query, [day, self.company.id])
        return float(self.cr.fetchone()[0] or 0)

    def test_statements_do_not_depend_on_how_many(self):
        counts = []
        for number in (1, 8):
            for _each in range(number):
                self._deliver(self._order([(self.chair, 1)], at=(2026, 1, 10, 9)), at=(2026, 1, 20, 9))
            pack = self.env["adv.month.end"].search([]) or self._pack(JANUARY)
            pack.action_compute()
            self.env.flush_all()
            before = self.cr.sql_log_count
            pack.action_compute()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(len(pack.line_ids), 9)
        self.assertEqual(*counts)

    def test_rights(self):
        pack = self._pack(JANUARY)
        reader = self._user("month_reader", "account.group_account_readonly")
        clerk = self._user("month_clerk", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            pack.with_user(reader).action_compute()
        pack.with_user(clerk).action_compute()
        with self.assertRaises(AccessError):
            pack.with_user(clerk).write({"computed_at": "2026-01-01"})
        other = self.env["res.company"].create({"name": "Other"})
        clerk.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            pack.with_user(clerk).with_company(other).action_compute()
