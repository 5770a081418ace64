import importlib.util
from pathlib import Path

from odoo.tests import tagged

from .common import AdvOrdersCommon

MIGRATION = Path(__file__).parents[1] / "migrations/19.0.1.0.2/post-migrate.py"


@tagged("post_install", "-at_install")
class TestFirstOrder(AdvOrdersCommon):
    """A customer has one first order in a company: the earliest confirmed one that was not cancelled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        cls.newcomer = cls.env["res.partner"].create({"name": "Newcomer", "is_company": True})

    def confirmed(self, day, partner=None, **values):
        order = self.order(partner_id=(partner or self.newcomer).id, **values)
        order.with_context(adv_at=self.at(2026, 3, day, 9)).action_confirm()
        self.assertEqual(order.state, "sale")
        return order

    def assertFirst(self, *orders):
        """Of the newcomer's orders these are first, whatever the cache says."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.env["sale.order"].search(
            [("adv_commercial_partner_id", "=", self.newcomer.id), ("adv_is_first_order", "=", True)]
        )
        self.assertEqual(found, self.env["sale.order"].union(*orders))

    def test_a_cancelled_order_is_not_the_first(self):
        first, second, third = (self.confirmed(day) for day in (2, 3, 4))
        self.assertFirst(first)
        first._action_cancel()
        self.assertFirst(second)
        (second | third)._action_cancel()
        self.assertFirst()
        again = self.confirmed(9)
        self.assertFirst(again)

    def test_reopened_it_comes_after_those_confirmed_meanwhile(self):
        first, second = self.confirmed(2), self.confirmed(3)
        first._action_cancel()
        first.action_draft()
        self.assertFirst(second)
        first.with_context(adv_at=self.at(2026, 3, 5, 9)).action_confirm()
        self.assertFirst(second)
        second._action_cancel()
        self.assertFirst(first)

    def test_back_to_a_quotation(self):
        first, second = self.confirmed(2), self.confirmed(3)
        first.write({"state": "sent"})
        self.assertFirst(second)

    def test_orders_of_the_past_that_come_in_later(self):
        """As an import brings them: confirmed in January, after the one of March."""
        march = self.confirmed(2)
        january = self.order(partner_id=self.newcomer.id, state="sale", date_order="2026-01-05 09:00:00")
        self.assertFirst(january)
        february = self.order(partner_id=self.newcomer.id, state="sale", date_order="2026-02-05 09:00:00")
        self.assertFirst(january)
        january._action_cancel()
        self.assertFirst(february)
        february._action_cancel()
        self.assertFirst(march)

    def test_confirmed_at_once(self):
        orders = self.order(partner_id=self.newcomer.id) | self.order(partner_id=self.newcomer.id)
        orders.with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.assertFirst(orders[0])

    def test_the_order_was_another_customer_s(self):
        first, second = self.confirmed(2), self.confirmed(3)
        first.partner_id = self.customer
        self.assertFirst(second)
        self.assertTrue(first.adv_is_first_order)
        first.partner_id = self.newcomer
        self.assertFirst(first)

    def test_a_contact_of_the_customer_changes_nothing(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.newcomer.id})
        first = self.confirmed(2)
        self.confirmed(3, partner=contact)
        first.partner_id = contact
        self.assertFirst(first)

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Elsewhere", "adv_check_mode": "observe"})
        here = self.confirmed(3)
        there = self.order(partner_id=self.newcomer.id, user_id=False).copy()
        there.with_company(other).write(
            {
                "company_id": other.id,
                "warehouse_id": self.env["stock.warehouse"].search([("company_id", "=", other.id)]).id,
            }
        )
        self.env.flush_all()
        there.with_company(other).with_context(adv_at=self.at(2026, 3, 2, 9)).action_confirm()
        self.assertFirst(here, there)
        there._action_cancel()
        self.assertFirst(here)

    def test_two_customers_become_one(self):
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        first, second = self.confirmed(2, partner=twin), self.confirmed(3)
        self.assertFirst(second)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((twin | self.newcomer).ids, self.newcomer, extra_checks=False)
        self.assertFirst(first)

    def test_contacts_of_two_customers_become_one(self):
        """Paul orders for Twin, Paula for the newcomer; Paula is kept: both orders are the newcomer's."""
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        paul, paula = self.env["res.partner"].create(
            [{"name": "Paul", "parent_id": twin.id}, {"name": "Paula", "parent_id": self.newcomer.id}]
        )
        hers = self.confirmed(1, partner=twin)
        first, second = self.confirmed(2, partner=paul), self.confirmed(3, partner=paula)
        hers._action_cancel()
        self.assertFirst(second)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((paul | paula).ids, paula, extra_checks=False)
        self.assertEqual((first | second).adv_commercial_partner_id, self.newcomer)
        self.assertFirst(first)
        later = self.confirmed(4, partner=twin)
        self.assertTrue(later.adv_is_first_order)

    def test_rules_for_new_customers_ask_again(self):
        """An order that was cancelled leaves the customer new."""
        first = self.confirmed(2)
        draft = self.order(partner_id=self.newcomer.id)
        self.assertFalse(draft._adv_first_orders())
        first._action_cancel()
        self.assertEqual(draft._adv_first_orders(), draft)

    def test_earlier_databases_are_put_right(self):
        """Before, the mark stayed with what was cancelled."""
        first, second, third = (self.confirmed(day) for day in (2, 3, 4))
        first._action_cancel()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET adv_is_first_order = (id = %s) WHERE id IN %s",
            [first.id, tuple((first | second | third).ids)],
        )
        self.assertFirst(first)
        spec = importlib.util.spec_from_file_location("migration", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.1.0.1")
        self.assertFirst(second)
        self.env.cr.execute("UPDATE sale_order SET adv_is_first_order = NULL")
        self.env["adv.backfill"]._adv_mark_first_orders((self.newcomer.id,))
        self.assertFirst(second)

    def test_the_same_statements_for_any_number(self):
        """Taking back five orders of five new customers costs what one costs."""
        counts = []
        for number in (1, 5):
            partners = self.env["res.partner"].create(
                [{"name": f"New {number} {rank}", "is_company": True} for rank in range(number)]
            )
            orders = self.env["sale.order"]
            for partner in partners:
                orders |= self.confirmed(2, partner=partner)
                self.confirmed(3, partner=partner)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            orders._adv_mark_first(orders._adv_first_keys())
            orders._adv_earliest(orders._adv_first_keys(), without=orders)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
