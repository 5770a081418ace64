from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestOverhead(AdvOrdersCommon):
    """What we add to confirming, delivering and invoicing does not grow with the order's lines.

    Statements that name something of ours are counted; ./adv bench orders compares with Odoo alone.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.env.company, install_demo=False
        )
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Part {number}",
                    "is_storable": True,
                    "list_price": 10 + number,
                    "standard_price": 5 + number,
                    "invoice_policy": "delivery",
                    "taxes_id": False,
                }
                for number in range(40)
            ]
        )
        for product in cls.products:
            cls.stock(product, 1000)

    @contextmanager
    def counting(self):
        """Count the statements that name our columns and tables, until the last one is flushed."""
        execute, found = Cursor.execute, []

        def counted(cursor, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            # the invoice itself Odoo reads once or twice while it numbers it, by the order of its computes
            if "adv_" in text and not text.startswith('SELECT "account_move"."id", "account_move"'):
                found.append(" ".join(text.split())[:200])
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", counted):
            yield found
            self.env.flush_all()

    def life(self, lines, reference):
        """Return the statements of ours for each step of the life of one order."""
        order = self.order(*[(product, 3) for product in self.products[:lines]], client_order_ref=reference)
        order._adv_submit()
        self.assertFalse(order.adv_blocked)
        with self.counting() as confirming:
            order._adv_confirm_cleared()
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        with self.counting() as delivering:
            picking._action_done()
        self.assertTrue(order.adv_is_in_full)
        with self.counting() as invoicing:
            order._create_invoices().action_post()
        return {"confirm": confirming, "deliver": delivering, "invoice": invoicing}

    def test_constant_number_of_statements(self):
        self.life(2, "warm up")
        small, large = self.life(10, "ten"), self.life(40, "forty")
        for step, statements in small.items():
            with self.subTest(step=step):
                self.assertTrue(statements, "nothing was counted")
                self.assertEqual(len(large[step]), len(statements), large[step])
