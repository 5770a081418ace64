from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestBillingModes(AdvBillingCommon):
    """What each agreed condition bills, and on which documents."""

    def test_on_order_bills_before_delivery(self):
        # 10 chairs at 100 billed at once although the product is billed on delivery natively
        self._rule("order")
        order = self._order()
        run = self._run()
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)
        self.assertEqual(run.line_ids.mapped("state"), ["done"])
        # its delivery afterwards bills nothing more
        self._deliver(order)
        self._run()
        self.assertEqual(len(order.invoice_ids), 1)

    def test_on_delivery_bills_each_part(self):
        order = self._order()
        self.assertFalse(self._run().line_ids)
        self._deliver(order, {self.chair: 6})
        self._run()
        self._deliver(order)
        self._run()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [600.0, 400.0])

    def test_on_delivery_waits_for_products_billed_on_order_too(self):
        # natively this chair would be billed as soon as the order is confirmed
        self.chair.invoice_policy = "order"
        order = self._order([(self.chair, 10), (self.hour, 2)])
        self.assertFalse(self._run().line_ids)
        self._deliver(order, {self.chair: 3})
        self._run()
        # 3 chairs at 100, 2 hours at 50 with the first delivery
        self.assertEqual(order.invoice_ids.amount_untaxed, 400.0)
        self.assertEqual(order.order_line[0].qty_to_invoice, 7.0)  # native figure is back

    def test_services_do_not_wait_for_goods_that_were_given_up(self):
        """The 10 chairs are set to nothing before any left; 2 hours at 50 stay, whatever the mode."""
        self.hour.invoice_policy = "order"
        for mode in ("delivery", "full_delivery"):
            rule = self._rule(mode, partner=self.acme)
            order = self._order([(self.chair, 10), (self.hour, 2)])
            self.assertFalse(self._run().line_ids)
            order.order_line[0].product_uom_qty = 0
            self._run()
            self.assertEqual(order.invoice_ids.mapped("amount_untaxed"), [100.0], mode)
            rule.unlink()

    def test_on_full_delivery_waits_for_the_last_part(self):
        self._rule("full_delivery", partner=self.acme)
        order = self._order()
        self._deliver(order, {self.chair: 6})
        self.assertFalse(self._run().line_ids)
        self._deliver(order)
        self._run()
        self.assertEqual(order.invoice_ids.mapped("amount_untaxed"), [1000.0])

    def test_weekly_bills_deliveries_up_to_friday(self):
        # Friday is 13 November 2026; deliveries on Thursday 12 (6) and Monday 16 (4)
        self._rule("weekly", "customer", self.acme, weekday="4")
        order = self._order(at=(2026, 11, 10, 9))
        self._deliver(order, {self.chair: 6}, at=(2026, 11, 12, 9))
        self._deliver(order, at=(2026, 11, 16, 9))
        self._run(date(2026, 11, 18))
        self.assertEqual(order.invoice_ids.amount_untaxed, 600.0)
        self.assertEqual(order.invoice_ids.invoice_date, date(2026, 11, 18))
        self._run(date(2026, 11, 20))
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [600.0, 400.0])

    def test_weekly_bills_services_done_up_to_friday(self):
        """Of 10 hours 4 were done on Thursday, 7 by Monday; none of another order before Monday."""
        self._rule("weekly", "customer", self.acme, weekday="4")
        study = self._product("Study", 80.0, 0.0, type="service", invoice_policy="delivery")
        order, later = (self._order([(study, 10)], at=(2026, 11, 10, 9)) for _number in range(2))
        for day, quantity, done in ((12, 4, order), (16, 7, order), (16, 2, later)):
            done.order_line.with_context(**self._at(2026, 11, day, 9)).qty_delivered = quantity
        self._run(date(2026, 11, 18))
        self.assertEqual((order.invoice_ids.amount_untaxed, len(later.invoice_ids)), (320.0, 0))
        self._run(date(2026, 11, 20))
        self.assertEqual((order | later).invoice_ids.sorted("id").mapped("amount_untaxed"), [320.0, 400.0])

    def test_weekly_takes_off_what_came_back_by_friday(self):
        """10 left on Wednesday; 3 came back on Thursday and 1 on Monday; 2 for a repair, sent again since."""
        self._rule("weekly", partner=self.acme, weekday="4")
        order = self._order(at=(2026, 11, 10, 9))
        picking = self._deliver(order, at=(2026, 11, 11, 9))
        repaired = self._return(picking, 2, at=(2026, 11, 12, 8), to_refund=False)
        self._return(repaired, 2, at=(2026, 11, 12, 12), to_refund=False)
        self._return(picking, 3, at=(2026, 11, 12, 15))
        self._return(picking, 1, at=(2026, 11, 16, 9))
        self.assertEqual(order.order_line.qty_delivered, 6)
        self._run(date(2026, 11, 18))
        self.assertEqual(order.invoice_ids.amount_untaxed, 700.0)

    def test_monthly_puts_the_month_on_one_invoice(self):
        # October: 6 chairs and 5 lamps = 600 + 200; November: nothing before its end
        self._rule("monthly", "customer", self.acme)
        chairs, lamps = self._order(at=(2026, 10, 1, 9)), self._order([(self.lamp, 5)], at=(2026, 10, 5, 9))
        self._deliver(chairs, {self.chair: 6}, at=(2026, 10, 31, 20))
        self._deliver(lamps, at=(2026, 10, 15, 9))
        # 31 October 23:30 in UTC is already 1 November in Paris
        self._deliver(chairs, at=(2026, 10, 31, 23, 30))
        self._run(date(2026, 11, 18))
        invoice = (chairs | lamps).invoice_ids
        self.assertEqual(invoice.mapped("amount_untaxed"), [800.0])

    def test_by_hand_is_left_alone(self):
        self._rule("manual", partner=self.acme)
        order = self._order()
        self._deliver(order)
        self.assertFalse(self._run().line_ids)
        self.assertEqual(order.invoice_status, "to invoice")

    def test_the_customer_s_rule_comes_before_the_company_s(self):
        self._rule("manual")
        self._rule("order", partner=self.globex)
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.globex.id})
        ours, theirs = self._order(), self._order(partner=contact)
        run = self._run()
        self.assertEqual(run.line_ids.order_ids, theirs)
        self.assertFalse(ours.invoice_ids)

    def test_the_agreement_s_rule_comes_before_all(self):
        # agreement > payer > the company a contact belongs to > the company
        agreement = self.env["adv.agreement"].create(
            {"name": "Frame", "partner_id": self.globex.id, "date_from": "2020-01-01"}
        )
        agreement.action_activate()
        branch = self._partner("Branch", parent_id=self.globex.id)
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": branch.id})
        company, customer, own, framed = (
            self._rule("manual"),
            self._rule("weekly", partner=self.globex),
            self._rule("monthly", partner=branch),
            self._rule("order", agreement_id=agreement.id),
        )
        self.assertEqual(framed.partner_id, self.globex)
        order = self._order(partner=buyer)
        self.assertEqual(order.adv_agreement_id, agreement)
        rules = self.env["adv.billing.rule"]
        for expected in (framed, own, customer, company):
            found = rules._adv_rule_of(order, rules._adv_rules_of(self.company))
            self.assertEqual(found, expected)
            expected.active = False
        self.assertFalse(rules._adv_rule_of(order, rules._adv_rules_of(self.company)))

    def test_returns_before_billing_are_not_billed(self):
        # 10 delivered, 3 back before the first invoice: 7 chairs at 100
        order = self._order()
        self._return(self._deliver(order), 3)
        self._run()
        self.assertEqual(order.invoice_ids.amount_untaxed, 700.0)

    def test_services_on_full_delivery_are_billed_when_done(self):
        self._rule("full_delivery")
        study = self._product("Study", 80.0, 0.0, type="service", invoice_policy="delivery")
        order = self._order([(study, 2)])
        self.assertFalse(self._run().line_ids)
        order.order_line.qty_delivered = 1
        self.assertFalse(self._run().line_ids)
        order.order_line.qty_delivered = 2
        self._run()
        self.assertEqual(order.invoice_ids.amount_untaxed, 160.0)

    def test_full_delivery_looks_at_the_day_of_the_run(self):
        self._rule("full_delivery")
        order = self._order(at=(2026, 11, 2, 9))
        self._deliver(order, at=(2026, 11, 10, 9))
        self.assertFalse(self._run(date(2026, 11, 9)).line_ids)
        self._run(date(2026, 11, 10))
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)

    def test_posted_invoices_are_handed_to_native_sending(self):
        self._rule("order", auto_post=True, auto_send=True)
        sent = self._order()
        self._run()
        self.assertEqual(sent.invoice_ids.state, "posted")
        self.assertEqual(
            sent.invoice_ids.sending_data["author_user_id"], self.env.user.id, "waits for the sending job"
        )

    # GROUPING

    def test_grouping_by_order(self):
        self._rule("order", "order")
        orders = self._order() | self._order([(self.lamp, 1)])
        self._run()
        self.assertEqual(sorted(orders.invoice_ids.mapped("amount_untaxed")), [40.0, 1000.0])

    def test_grouping_by_purchase_order(self):
        self._rule("order", "customer_reference")
        self._order([(self.lamp, 1)], client_order_ref="PO-7")
        self._order([(self.lamp, 2)], client_order_ref="PO-7")
        self._order([(self.lamp, 4)], client_order_ref="PO-8")
        run = self._run()
        self.assertEqual(sorted(run.line_ids.mapped("amount")), [120.0, 160.0])

    def test_grouping_by_delivery_address_and_by_customer(self):
        depot = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.acme.id}
        )
        rule = self._rule("order", "delivery_address")

        def bill():
            self._order([(self.lamp, 1)], partner_shipping_id=self.acme.id)
            self._order([(self.lamp, 2)], partner_shipping_id=self.acme.id)
            self._order([(self.lamp, 4)], partner_shipping_id=depot.id)
            return sorted(self._run().line_ids.move_id.mapped("amount_untaxed"))

        self.assertEqual(bill(), [120.0, 160.0])
        rule.grouping = "customer"
        self.assertEqual(bill(), [280.0])

    def test_never_across_terms_fiscal_position_or_currency(self):
        self._rule("order", "customer")
        other_terms = self.env.ref("account.account_payment_term_45days")
        position = self.env["account.fiscal.position"].create(
            {"name": "Export", "company_id": self.company.id}
        )
        other_currency = self.setup_other_currency("GBP")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Other", "currency_id": other_currency.id, "company_id": self.company.id}
        )
        self._order([(self.lamp, 1)])
        self._order([(self.lamp, 1)])
        self._order([(self.lamp, 1)], payment_term_id=other_terms.id)
        self._order([(self.lamp, 1)], fiscal_position_id=position.id)
        self._order([(self.lamp, 1, 80)], pricelist_id=pricelist.id)
        run = self._run()
        self.assertEqual(sorted(run.line_ids.mapped("amount")), [40.0, 40.0, 80.0, 80.0])
        self.assertEqual(sorted(len(line.order_ids) for line in run.line_ids), [1, 1, 1, 2])

    def test_native_billing_keeps_terms_apart_too(self):
        orders = self._order() | self._order(
            payment_term_id=self.env.ref("account.account_payment_term_45days").id
        )
        for order in orders:
            self._deliver(order)
        self.assertEqual(len(orders._create_invoices()), 2)

    def test_two_rules_are_never_on_one_invoice(self):
        # the same payer: one order by its agreement, one by the customer's rule, both grouped by customer
        self._rule("order", "customer", self.acme)
        plain = self._order([(self.lamp, 1)])
        agreement = self.env["adv.agreement"].create(
            {"name": "Frame", "partner_id": self.acme.id, "date_from": "2020-01-01"}
        )
        agreement.action_activate()
        self._rule("order", "customer", agreement_id=agreement.id)
        framed = self._order([(self.lamp, 2)])
        run = self._run()
        self.assertEqual(len(run.line_ids), 2)
        self.assertEqual((plain.invoice_ids & framed.invoice_ids).ids, [])

    def test_companies_are_never_mixed(self):
        self._rule("order", "customer")
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        shared = self.env["res.partner"].create({"name": "Shared"})
        ours = self._order([(self.lamp, 1)], partner=shared)
        theirs = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": shared.id,
                    "company_id": other.id,
                    "order_line": [Command.create({"product_id": self.lamp.id, "product_uom_qty": 3})],
                }
            )
        )
        theirs.action_confirm()
        run = self._run()
        self.assertEqual(run.line_ids.order_ids, ours)
        self.assertFalse(theirs.invoice_ids)
        self.env["adv.billing.rule"].create({"company_id": other.id, "mode": "order"})
        # the run works in its own company whatever the user's current one
        run = self.env["adv.billing.run"].create({"company_id": other.id})
        self.assertEqual([row["order_ids"] for row in run.preview()], [theirs.ids])
        run.action_run()
        self.assertEqual(run.line_ids.mapped("state"), ["done"], run.line_ids.mapped("message"))
        self.assertEqual(theirs.invoice_ids.company_id, other)

    def test_amounts_shown_are_those_billed(self):
        # 3 at 33.333 less 7 %, tax included 20 %: 99.999 * 0.93 = 93.00 with tax, 77.50 without;
        # and a deposit of 10 % of another order of 1,000
        tax = self.company_data["default_tax_sale"].copy(
            {"name": "Included 20", "amount": 20, "price_include_override": "tax_included"}
        )
        self._rule("order", "customer")
        odd = self._order([(self.chair, 3, 33.333)], confirm=False)
        odd.order_line.write({"discount": 7, "tax_ids": [Command.set(tax.ids)]})
        odd.action_confirm()
        deposited = self._order(partner=self.globex)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(deposited.ids)],
                "advance_payment_method": "percentage",
                "amount": 10,
            }
        )
        wizard._create_invoices(deposited)
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        shown = [row["amount"] for row in run.preview()]
        run.action_run()
        self.assertEqual(shown, [77.5, 900.0])
        self.assertEqual(run.line_ids.sorted("id").mapped("amount"), shown)
        self.assertEqual(run.line_ids.move_id.sorted("id").mapped("amount_untaxed"), shown)

    # DEPOSITS

    def _advance(self, order, percent):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": percent,
            }
        )
        deposit = wizard._create_invoices(order)
        deposit.action_post()
        return deposit

    def test_deposit_is_taken_off_when_what_is_billed_covers_it(self):
        # order 1000, deposit 30 % = 300; deliveries of 2 (200, does not cover) then 8 (800 - 300 = 500)
        order = self._order()
        deposit = self._advance(order, 30)
        self.assertEqual(deposit.amount_untaxed, 300.0)
        self._deliver(order, {self.chair: 2})
        self._run()
        self._deliver(order)
        self._run()
        invoices = (order.invoice_ids - deposit).sorted("id")
        self.assertEqual(invoices.mapped("amount_untaxed"), [200.0, 500.0])

    def test_deposit_is_taken_off_when_the_order_is_closed_short(self):
        # order 1000, deposit 90 % = 900; 8 delivered and the rest cancelled: 800 - 900 = 100 to give back
        order = self._order()
        self._advance(order, 90)
        self._deliver(order, {self.chair: 8})
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.assertTrue(order.adv_delivered_date)
        note = self._run().line_ids.move_id
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 100.0))

    def test_deposit_of_a_closed_order_with_nothing_left_to_bill_is_given_back(self):
        # order 1000, deposit 30 % = 300; 8 delivered, billed by hand without it, the rest cancelled
        order = self._order()
        deposit = self._advance(order, 30)
        self._deliver(order, {self.chair: 8})
        order._create_invoices(final=False).action_post()
        self.assertEqual(order.order_line[0].qty_invoiced, 8)
        self.assertFalse(self._run().line_ids, "more may be delivered: the deposit waits for it")
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        deposit.button_draft()
        self.assertFalse(self._run().line_ids, "what was not billed is not given back")
        deposit.action_post()
        submitted = order.adv_submitted_date
        order._adv_set_facts({"adv_submitted_date": False})
        self.assertFalse(self._run().line_ids, "an order older than the addons may be settled elsewhere")
        order._adv_set_facts({"adv_submitted_date": submitted})
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        self.assertEqual([row["amount"] for row in run.preview()], [-300.0])
        run.action_run()
        note = run.line_ids.move_id
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 300.0))
        self.assertEqual(note.adv_credit_reason_id.code, "settlement")
        self.assertFalse(self._run().line_ids, "once")

    def test_what_is_given_back_is_posted_where_reasons_are_enforced(self):
        # deposit 90 % = 900, 8 of 10 delivered: 100 to give back, posted by a person's run
        self.company.adv_billing_mode = "enforce"
        rule = self._rule("delivery", auto_post=True)
        order = self._order()
        self._advance(order, 90)
        self._deliver(order, {self.chair: 8})
        order.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        reason = self.env.ref("adv_billing.credit_reason_settlement")
        reason.approval_amount = 50  # beyond it a manager approves
        clerk = self._user("deposit_clerk", "account.group_account_invoice")
        run = self.env["adv.billing.run"].with_user(clerk).create({"company_id": self.company.id})
        run.action_run()
        self.assertEqual((run.line_ids.state, run.line_ids.move_id.state), ("done", "draft"))
        self.assertIn("a manager approves", run.line_ids.message)
        run.line_ids.move_id.unlink()
        reason.approval_amount = 0
        run.action_run()
        note = run.line_ids.move_id
        self.assertEqual((note.state, note.amount_untaxed, rule.auto_post), ("posted", 100.0, True))

    def test_preview_of_everything_at_once_is_what_is_done(self):
        """Parts, deposits, groups, pounds and two companies: shown first, then billed to the cent."""
        tax = self.company_data["default_tax_sale"].copy({"name": "VAT 20", "amount": 20})
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Pounds",
                "currency_id": self.setup_other_currency("GBP").id,
                "company_id": self.company.id,
            }
        )
        initech, hooli = self._partner("Initech"), self._partner("Hooli")
        self._rule("order", "customer", self.globex)
        parts = [{"name": "A", "percent": 30}, {"name": "B", "percent": 70, "trigger": "full_delivery"}]
        self._rule("milestone", partner=initech, milestone_ids=[Command.create(part) for part in parts])
        self._rule("delivery", "customer_reference", hooli)
        # two orders of Globex together: 3 lamps at 33.33 less 7 % = 92.99, and 40 = 132.99; its pounds apart
        odd = self._order([(self.lamp, 3, 33.33)], partner=self.globex, confirm=False)
        odd.order_line.write({"discount": 7, "tax_ids": [Command.set(tax.ids)]})
        odd.action_confirm()
        self._order([(self.lamp, 1)], partner=self.globex)
        self._order([(self.lamp, 1, 17.77)], partner=self.globex, pricelist_id=pricelist.id)
        # 30 % of 1000 by Initech; 1000 delivered to ACME less 10 % deposit; 2 chairs of PO-1
        self._order(partner=initech)
        deposited = self._order()
        self._advance(deposited, 10)
        self._deliver(deposited)
        for count in (1, 2):
            part = self._order([(self.chair, count)], partner=hooli, client_order_ref="PO-1")
            self._deliver(part, {self.chair: 1})
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        theirs = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.globex.id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.hour.id, "product_uom_qty": 2, "price_unit": 12.34}
                        )
                    ],
                }
            )
        )
        theirs.action_confirm()
        expected = {self.company: [17.77, 132.99, 200.0, 300.0, 900.0], other: [24.68]}
        for company, amounts in expected.items():
            run = self.env["adv.billing.run"].create({"company_id": company.id})
            shown = run.preview()
            self.assertEqual(sorted(row["amount"] for row in shown), amounts)
            run.action_run()
            self.assertFalse(run.line_ids.filtered(lambda line: line.state != "done").mapped("message"))
            self.assertEqual(
                [(row["order_ids"], row["partner_id"], row["amount"], row["grouping"]) for row in shown],
                [
                    (line.order_ids.sorted("id").ids, line.partner_id.id, line.amount, line.grouping)
                    for line in run.line_ids.sorted("id")
                ],
            )
            self.assertEqual(sorted(run.line_ids.move_id.mapped("amount_untaxed")), amounts)
            self.assertEqual(run.line_ids.move_id.company_id, company)
            self.assertEqual(run.preview(), [])

    def test_trade_in_is_billed_with_the_rest(self):
        # 10 chairs at 100 less an old one taken back at 40: 960
        self._rule("order")
        order = self._order([(self.chair, 10), (self.hour, -1, 40)])
        run = self._run()
        self.assertEqual(run.line_ids.mapped("amount"), [960.0])
        run.line_ids.move_id.action_post()
        self.assertTrue(order.adv_invoiced_date)
        self.assertFalse(self._run().line_ids)
