from datetime import date, datetime

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.adv_orders.tools import EventTime


class AdvBillingCommon(AccountTestInvoicingCommon):
    """A company of its own, two customers, goods without taxes at 100 and 40 (costs 60 and 25)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the day of who works is the company's: late in the evening UTC is a day behind its invoices
        context = {**cls.env.context, "tracking_disable": True, "tz": "Europe/Paris"}
        cls.env = cls.env(context=context)
        cls.company = cls.company_data["company"]
        cls.company.write(
            {
                "adv_tz": "Europe/Paris",
                "adv_check_mode": "observe",
                "adv_approval_mode": "observe",
                "adv_billing_mode": "observe",
            }
        )
        cls.env.user.group_ids |= (
            cls.env.ref("sales_team.group_sale_manager")
            | cls.env.ref("stock.group_stock_manager")
            | cls.env.ref("adv_orders.group_adv_manager")
            | cls.env.ref("adv_dunning.group_collection_manager")
        )
        cls.acme = cls._partner("ACME")
        cls.globex = cls._partner("Globex")
        cls.chair = cls._product("Chair", 100.0, 60.0)
        cls.lamp = cls._product("Lamp", 40.0, 25.0)
        cls.hour = cls._product("Assembly", 50.0, 0.0, type="service", invoice_policy="order")

    @classmethod
    def _partner(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": f"{name.lower()}@example.com",
                "street": "1 rue des Lilas",
                "zip": "69001",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
                "property_payment_term_id": cls.env.ref("account.account_payment_term_30days").id,
                **vals,
            }
        )

    @classmethod
    def _product(cls, name, price, cost, **vals):
        goods = vals.get("type", "consu") == "consu"
        product = cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": goods,
                "invoice_policy": "delivery",
                "list_price": price,
                "standard_price": cost,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                **vals,
            }
        )
        if goods:
            warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
            cls.env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 1000)
        return product

    @classmethod
    def _at(cls, *moment):
        return {"adv_at": EventTime(*moment)}

    def _order(self, lines=None, partner=None, at=None, confirm=True, **vals):
        """A confirmed order; ``lines``: (product, quantity) or (product, quantity, price)."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.acme).id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line[0].id,
                            "product_uom_qty": line[1],
                            **({"price_unit": line[2]} if len(line) > 2 else {}),
                        }
                    )
                    for line in lines or [(self.chair, 10)]
                ],
                **vals,
            }
        )
        if confirm:
            order.with_context(**((at and self._at(*at)) or {})).action_confirm()
        return order

    def _deliver(self, order, quantities=None, at=None):
        """Ship the open delivery; ``quantities`` by product, all of it when left out."""
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        picking.ensure_one()
        for move in picking.move_ids:
            quantity = move.product_uom_qty if quantities is None else quantities.get(move.product_id, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        picking.with_context(skip_backorder=True, **((at and self._at(*at)) or {})).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    @classmethod
    def _rule(cls, mode, grouping="order", partner=None, **vals):
        return cls.env["adv.billing.rule"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner and partner.id,
                "mode": mode,
                "grouping": grouping,
                **vals,
            }
        )

    def _run(self, day=None):
        run = self.env["adv.billing.run"].create(
            {"company_id": self.company.id, "date": day or self.company._adv_today()}
        )
        run.action_run()
        return run

    def _return(self, picking, quantity, at=None, to_refund=True):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=picking.id, active_ids=picking.ids)
            .create({})
        )
        wizard.product_return_moves.write({"quantity": quantity, "to_refund": to_refund})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back.with_context(**((at and self._at(*at)) or {})).button_validate()
        return back

    def _pay(self, invoices, amount=None, day=None):
        vals = {"payment_date": day or fields.Date.today()}
        if amount:
            vals["amount"] = amount
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create(vals)
        )
        return wizard._create_payments()

    def _credit(self, invoice, reason=None, quantity=None, price=None, day=None, post=True):
        """A credit note made with the native wizard, on one line's quantity or price."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": day or invoice.invoice_date,
                    "adv_credit_reason_id": reason and self.env.ref(f"adv_billing.credit_reason_{reason}").id,
                }
            )
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        line = note.invoice_line_ids[:1]
        values = {"quantity": quantity, "price_unit": price}
        note.write(
            {
                "invoice_line_ids": [
                    Command.update(line.id, {name: value for name, value in values.items() if value})
                ]
            }
        )
        if post:
            note.action_post()
        return note

    @classmethod
    def _user(cls, login, *groups):
        return new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *groups)),
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _day(self, moment):
        return self.company._adv_date(moment)


__all__ = ["AdvBillingCommon", "date", "datetime"]
