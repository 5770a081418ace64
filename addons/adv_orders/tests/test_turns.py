import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .common import AdvOrdersCommon

LOCK = re.compile(r"SELECT id FROM \"(\w+)\" .* FOR NO KEY UPDATE$")
WRITE = re.compile(r"\s*(UPDATE|INSERT|DELETE)\b")


@contextmanager
def first_steps():
    """Collect the tables that are locked before anything is written."""
    execute, locked, begun = Cursor.execute, [], []

    def watched(cursor, query, *args, **kwargs):
        text = getattr(query, "code", str(query))
        if WRITE.match(text):
            begun.append(text)
        elif (found := LOCK.match(text)) and not begun:
            locked.append(found[1])
        return execute(cursor, query, *args, **kwargs)

    with patch.object(Cursor, "execute", watched):
        yield locked


@tagged("post_install", "-at_install")
class TestTurns(AdvOrdersCommon):
    """Who comes second at an order is told so before the work: tests/approval_kills.py has two at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold = cls.order((cls.chair, 5))
        cls.sold._adv_submit()
        cls.sold._adv_confirm_cleared()
        cls.env.flush_all()

    def test_a_change_of_what_is_ordered(self):
        line = self.sold.order_line
        with first_steps() as locked:
            self.sold.write({"order_line": [Command.update(line.id, {"product_uom_qty": 6})]})
        self.assertEqual(locked, ["sale_order", "stock_move"])
        self.assertEqual(line.product_uom_qty, 6)

    def test_another_date_told(self):
        with first_steps() as locked:
            self.sold.commitment_date = "2100-01-01 10:00:00"
        self.assertEqual(locked, ["sale_order", "stock_move"])

    def test_what_waits_for_nobody(self):
        """A quotation is its author's, and a note on an order moves no goods."""
        quotation = self.order((self.chair, 1))
        self.env.flush_all()
        with first_steps() as locked:
            quotation.write({"order_line": [Command.update(quotation.order_line.id, {"price_unit": 90})]})
            self.sold.note = "Ring the bell"
        self.assertEqual(locked, [])

    def test_a_delivery(self):
        picking = self.sold.picking_ids
        picking.move_ids.quantity = 5
        picking.move_ids.picked = True
        self.env.flush_all()
        with first_steps() as locked:
            picking.button_validate()
        self.assertEqual(locked, ["sale_order", "stock_move"])
        self.assertEqual(picking.state, "done")

    def test_what_has_left_is_nobodys_any_more(self):
        self.ship(self.sold)
        self.env.flush_all()
        with first_steps() as locked:
            self.sold.commitment_date = "2100-01-01 10:00:00"
        self.assertEqual(locked, ["sale_order"])
