import io
from datetime import date

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

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
        self.assertEqual(
            self._found(self._pack(JANUARY)),
            {
                ("delivered", self.order_a): (6.0, 600.0, 11),  # since the 20th
                ("invoiced", self.order_b): (5.0, 180.0, 6),  # since the 25th, 36 each
            },
        )
        self.assertEqual(
            self._found(self._pack(FEBRUARY)),
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
        sheet = openpyxl.load_workbook(io.BytesIO(pack._adv_workbook())).active
        rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
        self.assertEqual(sorted(row[-1] for row in rows), [72.0, 400.0])
        names = {cell.value: cell.data_type for cell in sheet["B"] if cell.value}
        self.assertEqual(names["=1+1"], "s")
        self.assertEqual(sheet["H6"].value, "=SUM(H4:H5)")

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
