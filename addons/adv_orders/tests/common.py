from datetime import datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.base.tests.common import BaseCommon

from ..tools import EventTime


class HootCase(HttpCase):
    """Tests of an addon's components, which Odoo's runner Hoot runs in a page of the browser.

    Each test has a minute where Odoo gives it 15 s: one takes a second at the most, but a test that needed a
    quarter of a second was once ended after 15 s without a frame of the browser, which is no fault of the
    page. The whole has five minutes.

    The first test that fails ends the page. What is printed is Hoot's message, with the test's name and what
    it expected and found; a picture of the page is kept. `./adv test` adds what Chromium said, which of its
    processes ran and the machine's load, which tell a fault of the page from one of the browser.
    """

    def run_hoot(self, module):
        """Run the tests of the components of ``module``; fail at the first that fails."""
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=60000&filter=%22@{module}/%22",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
        )


class AdvOrdersCommon(BaseCommon):
    """A wholesaler that enforces its checks and approvals, with the people of its sales administration."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "adv_tz": "Europe/Paris",
                "adv_check_mode": "enforce",
                "adv_approval_mode": "enforce",
                "adv_discount_limit": 20.0,
                "adv_margin_floor": 10.0,
            }
        )
        cls.set_up_people()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Dupont Frères",
                "is_company": True,
                "street": "1 rue de la Paix",
                "city": "Lyon",
                "zip": "69001",
                "country_id": cls.env.ref("base.fr").id,
                "email": "commandes@dupont.example.com",
                "user_id": cls.salesperson.id,
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.chair, cls.table = cls.env["product.product"].create(
            [
                {"name": "Chair", "is_storable": True, "list_price": 100.0, "standard_price": 60.0},
                {"name": "Table", "is_storable": True, "list_price": 400.0, "standard_price": 200.0},
            ]
        )
        cls.service = cls.env["product.product"].create(
            {"name": "Assembly", "type": "service", "list_price": 50.0, "invoice_policy": "order"}
        )
        (cls.chair | cls.table | cls.service).taxes_id = False
        cls.stock(cls.chair, 100)
        cls.stock(cls.table, 100)

    @classmethod
    def set_up_people(cls):
        def user(login, groups):
            return new_test_user(cls.env, login=login, groups=groups, tz="Europe/Paris")

        cls.assistant = user("adv_assistant_test", "adv_orders.group_adv_assistant")
        cls.manager = user("adv_manager_test", "adv_orders.group_adv_manager")
        cls.salesperson = user("adv_salesperson_test", "sales_team.group_sale_salesman")
        cls.financier = user("adv_financier_test", "base.group_user")
        cls.nobody = user("adv_nobody_test", "base.group_user")
        cls.portal = user("adv_portal_test", "base.group_portal")

    @classmethod
    def stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)

    @classmethod
    def order(cls, *lines, **values):
        """Return a quotation; each line is (product, quantity[, values])."""
        lines = lines or ((cls.chair, 5),)
        commands = [
            Command.create(
                {"product_id": product.id, "product_uom_qty": quantity, **(rest[0] if rest else {})}
            )
            for product, quantity, *rest in lines
        ]
        vals = {
            "partner_id": cls.customer.id,
            "order_line": commands,
            "user_id": cls.salesperson.id,
            **values,
        }
        return cls.env["sale.order"].create(vals)

    @classmethod
    def rule(cls, name="Finance", members=None, **values):
        """Return an approval rule with a department of its own."""
        department = cls.env["adv.department"].create(
            {"name": name, "member_ids": [Command.set((members or cls.financier).ids)]}
        )
        return cls.env["adv.approval.rule"].create({"name": name, "department_id": department.id, **values})

    @classmethod
    def at(cls, *moment):
        return EventTime(*moment)

    def result(self, order, code):
        return order.adv_check_result_ids.filtered(lambda result: result.check_id.code == code)

    def ship(self, order, quantities=None, backorder=True, at=None):
        """Ship what is open: all of it, or {product: quantity}."""
        picking = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))[:1]
        for move in picking.move_ids:
            move.quantity = quantities.get(move.product_id, 0) if quantities else move.product_uom_qty
            move.picked = True
        context = {"cancel_backorder": not backorder}
        if at:
            context["adv_at"] = at
        picking.with_context(**context)._action_done()
        return picking

    def run_job(self):
        """Run the confirmation job; a test cannot commit."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["sale.order"].sudo()._adv_cron_confirm_ready()

    @staticmethod
    def moment(*parts):
        return datetime(*parts)
