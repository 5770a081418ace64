from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestMilestones(AdvBillingCommon):
    """Orders billed in parts that add up to the order, each part once."""

    def _parts(self, *parts, **vals):
        """A rule for ACME; parts: (percent, trigger) or (percent, trigger, further values)."""
        return self._rule(
            "milestone",
            partner=self.acme,
            milestone_ids=[
                Command.create(
                    {
                        "name": f"Part {number}",
                        "sequence": number,
                        "percent": part[0],
                        "trigger": part[1],
                        **(part[2] if len(part) > 2 else {}),
                    }
                )
                for number, part in enumerate(parts, start=1)
            ],
            **vals,
        )

    def _preview_and_run(self, day=None):
        run = self.env["adv.billing.run"].create(
            {"company_id": self.company.id, "date": day or self.company._adv_today()}
        )
        shown = [(row["order_ids"], row["amount"]) for row in run.preview()]
        run.action_run()
        self.assertFalse(run.line_ids.filtered(lambda line: line.state == "failed").mapped("message"))
        self.assertEqual(
            sorted(shown), sorted((line.order_ids.ids, line.amount) for line in run.line_ids), "preview"
        )
        return run

    def test_a_third_on_order_a_third_on_the_way_the_rest_at_the_end(self):
        # 10 chairs at 100.01 = 1,000.10: 33.33 % = 333.33 twice, the rest 333.44
        self._parts((33.33, "confirmation"), (33.33, "first_delivery"), (33.34, "full_delivery"))
        order = self._order([(self.chair, 10, 100.01)])
        self._preview_and_run()
        self._preview_and_run()
        self._deliver(order, {self.chair: 4})
        self._preview_and_run()
        self._deliver(order)
        run = self._preview_and_run()
        invoices = order.invoice_ids.sorted("id")
        self.assertEqual(invoices.mapped("amount_untaxed"), [333.33, 333.33, 333.44])
        self.assertAlmostEqual(sum(invoices.mapped("amount_total")), 1000.10)
        self.assertEqual(order.adv_instalment_ids.mapped("move_id"), invoices)
        self.assertEqual(order.adv_instalment_ids.mapped("state"), ["billed"] * 3)
        self.assertEqual((run.line_ids.mode, run.line_ids.grouping), ("milestone", "order"))
        self.assertFalse(self._preview_and_run().line_ids)

    def test_taxes_and_currency_add_up(self):
        # in pounds: 3 chairs at 33.33 = 99.99, 20 % = 20.00; 30 % down = 30.00 + 6.00, rest 69.99 + 14.00
        tax = self.company_data["default_tax_sale"].copy({"name": "VAT 20", "amount": 20})
        self.chair.taxes_id = tax
        pounds = self.setup_other_currency("GBP")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": pounds.id, "company_id": self.company.id}
        )
        self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order([(self.chair, 3, 33.33)], pricelist_id=pricelist.id)
        order.order_line.tax_ids = tax
        self._preview_and_run()
        self._deliver(order)
        self._preview_and_run()
        invoices = order.invoice_ids.sorted("id")
        self.assertEqual(invoices.currency_id, pounds)
        self.assertEqual(invoices.mapped("amount_untaxed"), [30.0, 69.99])
        self.assertEqual(invoices.mapped("amount_tax"), [6.0, 14.0])

    def test_parts_due_together_are_one_down_payment(self):
        # confirmed and shipped in part before the first run: 20 + 30 % of 1,000 at once
        self._parts((20, "confirmation"), (30, "first_delivery"), (50, "full_delivery"))
        order = self._order()
        self._deliver(order, {self.chair: 1})
        self._preview_and_run()
        self.assertEqual(order.invoice_ids.amount_untaxed, 500.0)
        self.assertEqual(order.adv_instalment_ids.mapped("state"), ["billed", "billed", "waiting"])

    def test_everything_due_is_one_plain_invoice(self):
        self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order()
        self._deliver(order)
        self._preview_and_run()
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)
        self.assertFalse(order.order_line.filtered("is_downpayment"))

    def test_days_and_dates(self):
        # confirmed on 2 November: 40 % ten days later, 60 % on 20 November; nothing is shipped
        self._parts((40, "confirmation", {"days": 10}), (60, "date", {"date": "2026-11-20"}))
        order = self._order(at=(2026, 11, 2, 9))
        self.assertFalse(self._preview_and_run(date(2026, 11, 11)).line_ids)
        self._preview_and_run(date(2026, 11, 12))
        self.assertEqual(order.invoice_ids.amount_untaxed, 400.0)
        self.assertEqual(order.invoice_ids.invoice_date, date(2026, 11, 12))
        self.assertFalse(self._preview_and_run(date(2026, 11, 19)).line_ids)
        self._preview_and_run(date(2026, 11, 20))
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [400.0, 600.0])

    def test_whatever_is_billed_last_settles(self):
        # the last part waits for a day to come, delivery ends before it with 8 of 10 chairs
        self._parts((50, "full_delivery"), (50, "date", {"date": "2026-11-20"}))
        order = self._order(at=(2026, 11, 2, 9))
        picking = order.picking_ids.with_context(**self._at(2026, 11, 18, 9))
        picking.move_ids.write({"quantity": 8, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self._preview_and_run(date(2026, 11, 19))
        self.assertEqual(order.invoice_ids.amount_untaxed, 500.0)
        self._preview_and_run(date(2026, 11, 20))
        # 8 chairs = 800, less 500
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [500.0, 300.0])

    def test_what_comes_after_the_last_part_is_billed_as_it_is_delivered(self):
        self._parts((100, "confirmation"))
        order = self._order()
        self._preview_and_run()
        self._deliver(order)
        self.assertFalse(self._preview_and_run().line_ids)
        order.order_line.product_uom_qty = 12
        self._deliver(order)
        self._preview_and_run()
        self.assertEqual(order.invoice_ids.sorted("id").mapped("amount_untaxed"), [1000.0, 200.0])

    def test_deposit_of_an_order_of_which_nothing_came_is_given_back(self):
        self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order()
        self._preview_and_run().line_ids.move_id.action_post()
        order.picking_ids.action_cancel()
        order._adv_set_facts({"adv_delivered_date": "2026-11-02 09:00:00"})
        note = self._preview_and_run().line_ids.move_id
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 300.0))

    def test_the_schedule_is_that_of_the_first_part(self):
        rule = self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order()
        self._preview_and_run()
        rule.milestone_ids = [Command.clear(), Command.create({"name": "All", "percent": 100})]
        self._preview_and_run()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(order.adv_instalment_ids.mapped("percent"), [30.0, 70.0])

    def test_a_cancelled_down_payment_is_billed_again(self):
        self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order()
        self._preview_and_run()
        order.invoice_ids.button_cancel()
        self._preview_and_run()
        live = order.invoice_ids.filtered(lambda invoice: invoice.state == "draft")
        self.assertEqual(live.amount_untaxed, 300.0)

    def test_an_accountant_without_sales_rights_bills_parts(self):
        self._parts((30, "confirmation"), (70, "full_delivery"), auto_post=True)
        order = self._order()
        accountant = self._user("parts_accountant", "account.group_account_invoice")
        run = self.env["adv.billing.run"].with_user(accountant).create({"company_id": self.company.id})
        self.assertEqual([row["amount"] for row in run.preview()], [300.0])
        run.action_run()
        self.assertEqual(run.line_ids.move_id.state, "posted")
        self.assertEqual(order.invoice_ids.amount_untaxed, 300.0)

    def test_once_by_a_constraint(self):
        self._parts((30, "confirmation"), (70, "full_delivery"))
        order = self._order()
        self._run()
        vals = order.adv_instalment_ids[0].copy_data()[0]
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env["adv.billing.instalment"].sudo().create(vals)

    def test_a_part_is_billed_within_ten_years(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self._parts((100, "confirmation", {"days": 2**31 - 1}))

    def test_parts_add_up_to_the_order(self):
        with self.assertRaises(ValidationError):
            self._parts((30, "confirmation"), (60, "full_delivery"))
        with self.assertRaises(ValidationError):
            self._rule("milestone", partner=self.globex)
        rule = self._parts((30, "confirmation"), (70, "full_delivery"))
        with self.assertRaises(ValidationError):
            rule.milestone_ids[0].percent = 20
        with self.assertRaises(ValidationError):
            rule.milestone_ids[0].unlink()
        with Form(rule) as form:  # several changed together are judged together
            for number, percent in ((0, 40), (1, 60)):
                with form.milestone_ids.edit(number) as part:
                    part.percent = percent
        self.assertEqual(rule.milestone_ids.mapped("percent"), [40.0, 60.0])
