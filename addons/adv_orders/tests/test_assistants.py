from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AdvOrdersCommon


class AssistantCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.assistant"].search([]).active = False
        cls.third = new_test_user(
            cls.env, login="adv_third_test", groups="adv_orders.group_adv_assistant", tz="Europe/Paris"
        )
        cls.clara, cls.luis, cls.eva = cls.env["adv.assistant"].create(
            [
                {"user_id": cls.assistant.id, "partner_ids": [Command.link(cls.customer.id)]},
                {"user_id": cls.manager.id},
                {"user_id": cls.third.id},
            ]
        )

    def away(self, assistant, days_before=0, days_after=0):
        today = self.env.company._adv_today()
        assistant.absence_ids = [
            Command.create(
                {
                    "date_from": today - timedelta(days=days_before),
                    "date_to": today + timedelta(days=days_after),
                }
            )
        ]

    def customers(self, count):
        return self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(count)]
        )

    def reassign(self, user=None, **values):
        wizard = self.env["adv.reassign"].with_user(user or self.manager).create(values)
        wizard.action_reassign()
        return self.env["adv.reassignment"].search([], limit=1, order="id desc")


@tagged("post_install", "-at_install")
class TestAssistants(AssistantCommon):
    # LOAD

    def test_load_counts_standard_minutes(self):
        """12 an order to enter, 2 one to follow, 10 a request, 3 a document: 12+12+2+10+3 = 39 minutes."""
        self.order((self.chair, 1)), self.order((self.chair, 2))
        self.order((self.chair, 3)).action_confirm()
        self.env["adv.request"].create({"name": "Where", "partner_id": self.customer.id})
        self.env["adv.document"].create({"name": "Mail", "partner_id": self.customer.id})
        self.assertRecordValues(
            self.clara,
            [
                {
                    "order_count": 2,
                    "follow_count": 1,
                    "request_count": 1,
                    "document_count": 1,
                    "partner_count": 1,
                }
            ],
        )
        self.assertAlmostEqual(self.clara.load_hours, 39 / 60)

    def test_a_part_timer_gets_less(self):
        """Half the hours a day: the same open work weighs twice as much."""
        half = self.env["resource.calendar"].create({"name": "Mornings", "hours_per_day": 4.0})
        full = self.env["resource.calendar"].create({"name": "All day", "hours_per_day": 8.0})
        (self.clara | self.luis).calendar_id = full
        self.eva.calendar_id = half
        orders = self.env["sale.order"].create(
            [{"partner_id": customer.id} for customer in self.customers(10)]
        )
        shares = [
            len(orders.filtered(lambda order, a=a: order.adv_assistant_id == a))
            for a in (self.clara, self.luis, self.eva)
        ]
        self.assertEqual(shares, [4, 4, 2])

    def test_many_new_orders_are_spread_in_one_call(self):
        orders = self.env["sale.order"].create([{"partner_id": partner.id} for partner in self.customers(9)])
        self.assertEqual([len(mine) for mine in orders.grouped("adv_assistant_id").values()], [3, 3, 3])

    def test_statements_do_not_depend_on_the_number_of_orders(self):
        def cost(count):
            partners = self.customers(count)
            self.env.flush_all()
            self.env.invalidate_all()
            orders = self.env["sale.order"].new({}).browse()
            for partner in partners:
                orders |= self.env["sale.order"].new({"partner_id": partner.id, "company_id": 1})
            partners.mapped("commercial_partner_id.name")
            before = self.env.cr.sql_log_count
            self.env["adv.assistant"]._adv_assign(orders, "adv_assistant_id")
            return self.env.cr.sql_log_count - before

        cost(1)
        self.assertLessEqual(cost(40), cost(4))

    # ABSENCE

    def test_absent_today(self):
        self.away(self.clara, days_before=1, days_after=2)
        self.away(self.luis, days_before=9, days_after=-1)
        self.assertTrue(self.clara.is_absent)
        self.assertEqual(self.clara.back_date, self.env.company._adv_today() + timedelta(days=3))
        self.assertFalse(self.luis.is_absent)
        crew = self.clara | self.luis | self.eva
        self.assertEqual(self.env["adv.assistant"].search([("is_absent", "=", True)]) & crew, self.clara)
        present = self.env["adv.assistant"].search([("is_absent", "=", False)])
        self.assertEqual(present & crew, self.luis | self.eva)

    def test_requests_and_documents_go_the_same_way(self):
        vals = {"name": "Where", "partner_id": self.customer.id}
        self.assertEqual(self.env["adv.request"].create(vals).assistant_id, self.clara)
        self.away(self.clara)
        self.assertEqual(self.env["adv.request"].create(vals).assistant_id, self.luis)
        self.assertEqual(self.env["adv.document"].create(vals).assistant_id, self.eva)

    # REASSIGNMENT

    def test_hand_over_for_an_absence_and_take_back(self):
        mine = self.order((self.chair, 1)) | self.order((self.chair, 2))
        delivered = self.order((self.chair, 3))
        delivered.action_confirm()
        self.ship(delivered)
        request = self.env["adv.request"].create({"name": "Where", "partner_id": self.customer.id})
        self.away(self.clara, days_after=1)
        action = self.clara.action_open_reassign()
        until = action["context"]["default_until"]
        move = self.reassign(from_ids=self.clara.ids, until=until, reason="Ill")
        # one customer's work stays in one hand
        self.assertEqual(mine.adv_assistant_id, self.luis)
        self.assertEqual(request.assistant_id, self.luis)
        self.assertEqual(delivered.adv_assistant_id, self.clara)
        self.assertEqual(self.clara.partner_ids, self.customer)
        self.assertEqual(move.line_ids.from_id, self.clara)
        self.assertEqual(move.reason, "Ill")
        # somebody else took one of them since: it stays there
        mine[0].adv_assistant_id = self.eva
        self.env["adv.reassignment"]._adv_cron_give_back()
        self.assertEqual(move.state, "done")
        move.sudo().until = self.env.company._adv_today() - timedelta(days=1)
        self.env["adv.reassignment"]._adv_cron_give_back()
        self.assertEqual(move.state, "undone")
        self.assertEqual(mine[0].adv_assistant_id, self.eva)
        self.assertEqual(mine[1].adv_assistant_id, self.clara)
        self.assertEqual(request.assistant_id, self.clara)
        with self.assertRaisesRegex(UserError, "already"):
            move.with_user(self.manager).action_undo()

    def test_customers_change_hands_for_good(self):
        partners = self.customers(3)
        self.clara.partner_ids |= partners
        order = self.order(partner_id=partners[0].id)
        move = self.reassign(from_ids=self.clara.ids, to_ids=self.eva.ids, move_customers=True)
        self.assertFalse(self.clara.partner_ids)
        self.assertEqual(self.eva.partner_ids, partners | self.customer)
        self.assertEqual(order.adv_assistant_id, self.eva)
        self.assertEqual(self.order(partner_id=partners[1].id).adv_assistant_id, self.eva)
        move.with_user(self.manager).action_undo()
        self.assertEqual(self.clara.partner_ids, partners | self.customer)
        self.assertFalse(self.eva.partner_ids)
        self.assertEqual(order.adv_assistant_id, self.clara)

    def test_customers_without_an_assistant_are_spread(self):
        partners = self.customers(6)
        self.reassign(partner_ids=partners.ids)
        counts = [len(a.partner_ids & partners) for a in (self.clara, self.luis, self.eva)]
        self.assertEqual(sum(counts), 6)
        self.assertTrue(all(len(partner.adv_assistant_ids) == 1 for partner in partners))

    def test_chosen_orders(self):
        one, other = self.order(), self.order()
        wizard = self.env["adv.reassign"].with_user(self.manager)
        wizard = wizard.create({"order_ids": one.ids, "to_ids": self.eva.ids})
        self.assertEqual(wizard.preview, f"{self.eva.name}: 1 orders")
        wizard.action_reassign()
        self.assertEqual(one.adv_assistant_id, self.eva)
        self.assertEqual(other.adv_assistant_id, self.clara)

    def test_heavy_customers_are_spread_by_load(self):
        """Customers with 4, 3, 2 and 1 orders over two: 4+1 and 3+2."""
        partners = self.customers(4)
        self.clara.partner_ids = partners
        for partner, count in zip(partners, (4, 3, 2, 1), strict=True):
            for _number in range(count):
                self.order(partner_id=partner.id)
        self.reassign(from_ids=self.clara.ids, to_ids=(self.luis | self.eva).ids)
        self.assertEqual((self.luis.order_count, self.eva.order_count), (5, 5))
        self.assertEqual(self.clara.order_count, 0)

    def test_nobody_there_or_nothing_to_give(self):
        self.order()
        self.away(self.luis)
        self.away(self.eva)
        with self.assertRaisesRegex(UserError, "Nobody is here"):
            self.reassign(from_ids=self.clara.ids)
        with self.assertRaisesRegex(UserError, "Nothing to give"):
            self.reassign(from_ids=self.luis.ids)

    def test_five_hundred_orders_cost_no_more_statements_than_five(self):
        def cost(count):
            vals = {"partner_id": self.customer.id}
            orders = self.env["sale.order"].create([vals] * count)
            self.env.flush_all()
            wizard = self.env["adv.reassign"].with_user(self.manager)
            wizard = wizard.create({"order_ids": orders.ids, "to_ids": self.eva.ids})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_reassign()
            self.env.flush_all()
            spent = self.env.cr.sql_log_count - before
            self.assertEqual(orders.adv_assistant_id, self.eva)
            self.assertEqual(
                self.env["adv.reassignment.line"].search_count(
                    [("res_model", "=", "sale.order"), ("res_id", "in", orders.ids)]
                ),
                count,
            )
            return spent

        cost(2)
        # one more to read hundreds of records in portions, none for each order
        self.assertLessEqual(cost(500), cost(5) + 1)


@tagged("post_install", "-at_install", "security")
class TestAssistantSecurity(AssistantCommon):
    def test_only_managers_reassign(self):
        self.order()
        for user in (self.assistant, self.salesperson, self.nobody):
            with self.assertRaises(AccessError):
                self.reassign(user=user, from_ids=self.clara.ids)
        move = self.reassign(from_ids=self.clara.ids)
        for user in (self.assistant, self.salesperson, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                move.with_user(user).action_undo()
        for operation in ("create", "write", "unlink"):
            self.assertFalse(self.env["adv.reassignment"].with_user(self.manager).has_access(operation))
            self.assertFalse(self.env["adv.reassignment.line"].with_user(self.manager).has_access(operation))

    def test_dates_of_absences_are_for_the_department(self):
        self.away(self.clara)
        for user in (self.salesperson, self.nobody, self.portal):
            self.assertFalse(self.env["adv.assistant.absence"].with_user(user).has_access("read"))
        self.assertTrue(self.clara.with_user(self.assistant).absence_ids.date_from)

    def test_another_companys_orders(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        strange = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": company.id})
        with self.assertRaises(UserError):
            self.reassign(order_ids=strange.ids, to_ids=self.eva.ids)
        self.assertNotEqual(strange.adv_assistant_id, self.eva)
