from datetime import date

from odoo.tests import tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon


@tagged("post_install", "-at_install")
class TestBillingKits(AdvBillingCommon):
    """Kits leave as their components: the month end counts kits, as the order does."""

    def _kit(self, name="Corner set", price=150.0, parts=()):
        """A set at 150 of a chair and two lamps, or of other parts: (product, quantity)."""
        kit = self.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": price,
                "taxes_id": [(5, 0, 0)],
            }
        )
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "company_id": self.company.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts or ((self.chair, 1), (self.lamp, 2))
                ],
            }
        )
        return kit

    def _lines(self, day):
        pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": day})
        pack.action_compute()
        return pack.line_ids

    def test_month_end_of_a_kit(self):
        """3 sets delivered on 20 January, 2 billed on 5 February."""
        kit = self._kit()
        order = self._order([(kit, 3)], at=(2026, 1, 10, 9))
        self._deliver(order, at=(2026, 1, 20, 9))
        self.assertEqual(order.order_line.qty_delivered, 3)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        invoice.write({"invoice_date": "2026-02-05", "date": "2026-02-05"})
        invoice.action_post()
        for day, quantity, age in ((date(2026, 1, 31), 3, 11), (date(2026, 2, 28), 1, 39)):
            self.assertRecordValues(
                self._lines(day),
                [{"kind": "delivered", "quantity": quantity, "balance": quantity * 150.0, "age": age}],
            )

    def test_a_kit_that_came_back_is_to_be_credited(self):
        """2 sets delivered and billed; one comes back on 28 February at 23:30 in Paris."""
        kit = self._kit()
        order = self._order([(kit, 2)], at=(2026, 1, 10, 9))
        picking = self._deliver(order, at=(2026, 1, 20, 9))
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-01-25", "date": "2026-01-25"})
        invoice.action_post()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=picking.id, active_ids=picking.ids)
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = 1 if line.product_id == self.chair else 2
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.with_context(**self._at(2026, 2, 28, 22, 30)).button_validate()
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFalse(self._lines(date(2026, 1, 31)))
        self.assertFalse(self._lines(date(2026, 2, 27)))
        self.assertRecordValues(
            self._lines(date(2026, 2, 28)),
            [{"kind": "credit", "quantity": 1.0, "balance": 150.0, "age": 0, "since": date(2026, 2, 28)}],
        )

    def test_kits_made_of_kits_with_services_and_a_deposit(self):
        """3 rooms of two sets at 300 and 10 hours at 50: 1,400, of which 30 % (420) billed on 12 January.

        2 rooms leave on 20 January, 4 hours are done on the 25th; both are billed on 5 February, less the
        deposit. The third room leaves on 10 February without one of its four lamps.
        """
        self.company.adv_services_since = "2026-01-01"
        room = self._kit("Room", 300.0, [(self._kit(), 2)])
        hours = self._product("Training", 50.0, 0.0, type="service", invoice_policy="delivery")
        order = self._order([(room, 3), (hours, 10)], at=(2026, 1, 10, 9), date_order="2026-01-10 09:00:00")
        rooms, service = order.order_line
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [(6, 0, order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        deposit = wizard._create_invoices(order)
        deposit.write({"invoice_date": "2026-01-12", "date": "2026-01-12"})
        deposit.action_post()
        self._deliver(order, {self.chair: 4, self.lamp: 8}, at=(2026, 1, 20, 9))
        service.with_context(**self._at(2026, 1, 25, 9)).qty_delivered = 4
        self.assertEqual((rooms.qty_delivered, service.qty_delivered), (2, 4))

        def found(day):
            return {
                (line.kind, line.product_id): (line.quantity, line.balance)
                for line in self._lines(day)
                if line.order_id == order
            }

        advance = order.order_line.filtered("is_downpayment").product_id
        self.assertEqual(
            found(date(2026, 1, 31)),
            {
                ("delivered", room): (2.0, 600.0),
                ("delivered", hours): (4.0, 200.0),
                ("deposit", advance): (0.0, 420.0),
            },
        )
        invoice = order._create_invoices(final=True)
        invoice.write({"invoice_date": "2026-02-05", "date": "2026-02-05"})
        invoice.action_post()
        self.assertEqual(invoice.amount_untaxed, 380.0)
        self.assertFalse(found(date(2026, 2, 6)))
        self._deliver(order, {self.chair: 2, self.lamp: 3}, at=(2026, 2, 10, 9))
        self.assertEqual(rooms.qty_delivered, 2)
        self.assertFalse(found(date(2026, 2, 28)), "a room without a lamp is no room")
        self._deliver(order, at=(2026, 3, 2, 9))
        self.assertEqual(found(date(2026, 3, 31)), {("delivered", room): (1.0, 300.0)})

    def test_weekly_bills_kits_delivered_up_to_friday(self):
        """A set on Thursday 12 November 2026, two on Monday 16."""
        self._rule("weekly", partner=self.acme, weekday="4")
        kit = self._kit()
        order = self._order([(kit, 3)], at=(2026, 11, 10, 9))
        self._deliver(order, {self.chair: 1, self.lamp: 2}, at=(2026, 11, 12, 9))
        self._deliver(order, at=(2026, 11, 16, 9))
        self._run(date(2026, 11, 18))
        self.assertEqual(order.invoice_ids.amount_untaxed, 150.0)
        self._run(date(2026, 11, 20))
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [150.0, 300.0])

    def test_the_invoice_lists_the_deliveries_of_its_kits(self):
        """3 sets with 2 kg of screws: one on the 20th, one in two parts on the 21st and 22nd, one later."""
        kit = self._kit()
        screws = self._product("Screws", 3.0, 1.0, uom_id=self.env.ref("uom.product_uom_kgm").id)
        bom = self.env["mrp.bom"].search([("product_tmpl_id", "=", kit.product_tmpl_id.id)])
        bom.bom_line_ids = [(0, 0, {"product_id": screws.id, "product_qty": 2})]
        order = self._order([(kit, 3)], at=(2026, 1, 10, 9))
        whole = {self.chair: 1, self.lamp: 2, screws: 2}
        first = self._deliver(order, whole, at=(2026, 1, 20, 9))
        one = order._create_invoices()
        one.invoice_date = "2026-01-20"
        one.action_post()
        chair = self._deliver(order, {self.chair: 1}, at=(2026, 1, 21, 9))
        rest = self._deliver(order, {self.lamp: 2, screws: 2}, at=(2026, 1, 22, 9))
        two = order._create_invoices()
        two.invoice_date = "2026-01-23"
        two.action_post()
        self._deliver(order, at=(2026, 1, 25, 9))

        def names(invoice):
            return [item["name"] for item in invoice._adv_report_orders()[0]["deliveries"]]

        self.assertEqual((one.amount_untaxed, names(one)), (150.0, [first.name]))
        self.assertEqual((two.amount_untaxed, names(two)), (150.0, [chair.name, rest.name]))

    def test_a_month_ends_at_midnight_in_the_companys_zone(self):
        """A set on 31 January 23:30 in UTC: in Paris it left in February."""
        order = self._order([(self._kit(), 2)], at=(2026, 1, 10, 9))
        moves = order.picking_ids.move_ids
        for move in moves:
            move.write({"quantity": move.product_uom_qty / 2, "picked": True})
        order.picking_ids.with_context(skip_backorder=True, **self._at(2026, 1, 20, 9)).button_validate()
        self._deliver(order, at=(2026, 1, 31, 23, 30))
        self.assertEqual(self._lines(date(2026, 1, 31)).mapped("quantity"), [1.0])
        self.assertEqual(self._lines(date(2026, 2, 1)).mapped("quantity"), [2.0])
