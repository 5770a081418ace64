from odoo.tests import BaseCase, tagged

from ..tools.invoice_deliveries import deliveries_in
from .common import AdvBillingCommon


class TestDeliveriesIn(BaseCase):
    """Three deliveries of 6, 4 and 5: the first delivered is the first billed."""

    def test_windows(self):
        made = [("a", 6), ("b", 4), ("c", 5)]
        self.assertEqual(deliveries_in(0, 6, made), ["a"])
        self.assertEqual(deliveries_in(6, 4, made), ["b"])
        self.assertEqual(deliveries_in(5, 6, made), ["a", "b", "c"])
        self.assertEqual(deliveries_in(0, 15, made), ["a", "b", "c"])
        self.assertEqual(deliveries_in(15, 3, made), [])


@tagged("post_install", "-at_install")
class TestInvoiceDocument(AdvBillingCommon):
    """The printed invoice says what was ordered, what was delivered and what was agreed."""

    def _page(self, move):
        page = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", move.ids)[0]
        return page.decode()

    def test_each_invoice_lists_its_own_deliveries(self):
        order = self._order(client_order_ref="PO-77", adv_received_date="2026-01-08 09:00:00")
        first = self._deliver(order, {self.chair: 6}, at=(2026, 1, 20, 23, 30))
        one = order._create_invoices()
        one.invoice_date = "2026-01-21"
        one.action_post()
        second = self._deliver(order, at=(2026, 1, 28, 9))
        two = order._create_invoices()
        two.invoice_date = "2026-01-29"
        two.action_post()
        [line] = one._adv_report_orders()
        self.assertEqual((line["order"], line["reference"]), (order.name, "PO-77"))
        self.assertEqual(str(line["date"]), "2026-01-08")
        self.assertEqual([item["name"] for item in line["deliveries"]], [first.name])
        # half past eleven in the evening in UTC is the next day in Paris
        self.assertEqual(str(line["deliveries"][0]["date"]), "2026-01-21")
        [line] = two._adv_report_orders()
        self.assertEqual([item["name"] for item in line["deliveries"]], [second.name])
        page = self._page(two)
        for text in (order.name, "PO-77", second.name, "01/28/2026"):
            self.assertIn(text, page)
        self.assertNotIn(first.name, page)

    def _names(self, invoice):
        return [item["name"] for line in invoice._adv_report_orders() for item in line["deliveries"]]

    def _billed(self, order, day, reason=None):
        invoice = order._create_invoices(final=True)
        invoice.write({"invoice_date": day, "adv_credit_reason_id": reason})
        invoice.action_post()
        return invoice

    def test_what_came_back_before_the_invoice_is_not_on_it(self):
        """7 of 10 left on the 20th and 3 came back: 4 billed. The other 3 leave on the 28th."""
        order = self._order(at=(2026, 1, 10, 9))
        first = self._deliver(order, {self.chair: 7}, at=(2026, 1, 20, 9))
        self._return(first, 3, at=(2026, 1, 21, 9))
        one = self._billed(order, "2026-01-22")
        second = self._deliver(order, {self.chair: 3}, at=(2026, 1, 28, 9))
        two = self._billed(order, "2026-01-29")
        self.assertEqual((one.amount_untaxed, self._names(one)), (400.0, [first.name]))
        self.assertEqual((two.amount_untaxed, self._names(two)), (300.0, [second.name]))

    def test_credited_and_billed_again_it_is_the_same_delivery(self):
        order = self._order(at=(2026, 1, 10, 9))
        delivery = self._deliver(order, at=(2026, 1, 20, 9))
        wrong = self._billed(order, "2026-01-22")
        self._credit(wrong, "tax", day="2026-01-23")
        again = self._billed(order, "2026-01-24")
        self.assertEqual((again.amount_untaxed, self._names(again)), (1000.0, [delivery.name]))
        self._credit(again, "price", price=4, day="2026-01-25")
        order.order_line.product_uom_qty = 12
        more = self._deliver(order, at=(2026, 1, 27, 9))
        last = self._billed(order, "2026-01-28")
        self.assertEqual((last.amount_untaxed, self._names(last)), (200.0, [more.name]))

    def test_a_deposit_that_was_given_back_is_not_listed(self):
        """30 % billed and credited, 20 % billed: the invoice takes 200 off."""
        order = self._order()
        amounts = []
        for percent in (30, 20):
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": [(6, 0, order.ids)],
                    "advance_payment_method": "percentage",
                    "amount": percent,
                }
            )
            deposit = wizard._create_invoices(order)
            deposit.action_post()
            amounts.append(deposit.amount_untaxed)
            if percent == 30:
                self._credit(deposit, "goodwill")
        self.assertEqual(amounts, [300.0, 200.0])
        self._deliver(order)
        final = order._create_invoices(final=True)
        self.assertEqual(final.amount_untaxed, 800.0)
        self.assertEqual(
            [(taken["name"], taken["amount"]) for taken in final._adv_report_deposits()],
            [(deposit.name, 200.0)],
        )

    def test_a_grouped_invoice_lists_each_order(self):
        self._rule("order", "customer")
        orders = self._order(client_order_ref="PO-1") | self._order([(self.lamp, 5)], client_order_ref="PO-2")
        for order in orders:
            self._deliver(order)
        invoice = self._run().line_ids.move_id
        self.assertEqual([line["reference"] for line in invoice._adv_report_orders()], ["PO-1", "PO-2"])
        self.assertEqual([len(line["deliveries"]) for line in invoice._adv_report_orders()], [1, 1])

    def test_a_credit_note_lists_the_return(self):
        order = self._order()
        picking = self._deliver(order)
        order._create_invoices().action_post()
        back = self._return(picking, 2)
        order.order_line.action_adv_issue_credit()
        note = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        [line] = note._adv_report_orders()
        self.assertEqual([item["name"] for item in line["deliveries"]], [back.name])
        self.assertIn("Returns", self._page(note))

    def test_deposits_and_conditions(self):
        agreement = self.env["adv.agreement"].create(
            {
                "name": "Framework 2026",
                "partner_id": self.acme.id,
                "company_id": self.company.id,
                "date_from": "2020-01-01",
                "free_freight_from": 500,
            }
        )
        agreement.action_activate()
        order = self._order()
        self.assertEqual(order.adv_agreement_id, agreement)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [(6, 0, order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        deposit = wizard._create_invoices(order)
        deposit.action_post()
        self.assertEqual(deposit._adv_report_deposits(), [])
        self._deliver(order)
        final = order._create_invoices(final=True)
        [taken] = final._adv_report_deposits()
        self.assertEqual((taken["name"], taken["amount"]), (deposit.name, 300.0))
        sentences = final._adv_report_conditions()
        self.assertEqual(sentences[0], "Conditions agreed: Framework 2026")
        self.assertIn("500.00", sentences[1])
        self.assertEqual(len(sentences), 2, "the note of the payment terms is printed anyway")
        final.invoice_payment_term_id.note = False
        self.assertEqual(final._adv_report_conditions()[2], "Payment terms: 30 Days")
        page = self._page(final)
        for text in ("Framework 2026", "Deposits taken off", deposit.name, "300.00"):
            self.assertIn(text, page)

    def test_an_invoice_without_orders_is_as_before(self):
        invoice = self._create_invoice_one_line(product_id=self.chair, price_unit=100, post=True)
        self.assertEqual(
            (invoice._adv_report_orders(), invoice._adv_report_deposits(), invoice._adv_report_conditions()),
            ([], [], []),
        )
        self.assertNotIn("adv_orders", self._page(invoice))

    def test_whoever_reads_the_invoice_prints_it(self):
        order = self._order()
        self._deliver(order)
        invoice = order._create_invoices()
        reader = self._user("document_reader", "account.group_account_readonly")
        self.assertEqual(len(invoice.with_user(reader)._adv_report_orders()), 1)
