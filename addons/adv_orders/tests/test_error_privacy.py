from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install", "security")
class TestErrorPrivacy(AdvOrdersCommon):
    """Nobody deletes an error; who made it is hidden from everybody, or shown to managers alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, login="adv_admin_test", groups="base.group_system,base.group_erp_manager"
        )
        people = cls.assistant | cls.manager | cls.salesperson | cls.financier | cls.nobody
        people.write({"group_ids": [Command.link(cls.env.ref("base.group_allow_export").id)]})
        cls.entered = cls.order((cls.chair, 5)).with_user(cls.assistant)
        cls.env.cr.execute(
            "UPDATE sale_order SET create_uid = %s WHERE id = %s", [cls.assistant.id, cls.entered.id]
        )
        cls.env.invalidate_all()

    def error(self, **vals):
        vals = {"type": "price", "order_id": self.entered.id, "author_id": self.assistant.id, **vals}
        return self.env["adv.order.error"].with_user(self.assistant)._adv_log([vals])

    def roads_to_the_author(self, user, row):
        """Yield (name of the road, call) of every road by which a client could learn who made the error."""
        model = self.env["adv.order.error"].with_user(user)
        error = model.browse(row.id)
        yield "read", lambda: error.read(["author_id"])
        yield "web_read", lambda: error.web_read({"author_id": {"fields": {"name": {}}}})
        yield "search", lambda: model.search([("author_id", "=", self.assistant.id)])
        yield "search by name", lambda: model.search([("author_id.name", "ilike", "adv")])
        yield "count", lambda: model.search_count([("author_id", "!=", False)])
        yield "order", lambda: model.search([], order="author_id")
        yield "group", lambda: model.formatted_read_group([], ["author_id"], ["__count"])
        yield (
            "filter a group",
            lambda: model.formatted_read_group(
                [("author_id", "=", self.assistant.id)], ["type_id"], ["__count"]
            ),
        )
        yield "web_search_read", lambda: model.web_search_read([], {"author_id": {}})
        yield "export", lambda: error.export_data(["author_id/name"])
        yield (
            "by the order",
            lambda: (
                self.env["sale.order"]
                .with_user(user)
                .search([("adv_error_ids.author_id", "=", self.assistant.id)])
            ),
        )
        yield "mapped", lambda: error.mapped("author_id")

    # WHO MAY KNOW

    def test_off_nothing_is_kept(self):
        row = self.error()
        self.env.cr.execute(
            "SELECT author_id, create_uid, write_uid FROM adv_order_error WHERE id = %s", [row.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (None, 1, 1))
        self.assertFalse(
            self.env["adv.order.error"].with_user(self.manager).search([("author_id", "!=", False)])
        )

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.http")
    def test_on_only_managers_see_it(self):
        self.env.company.adv_error_authors = True
        row = self.error()
        for user in (self.assistant, self.salesperson, self.financier, self.nobody, self.portal):
            refusal = UserError if user.share else AccessError  # customers may export nothing at all
            for name, call in self.roads_to_the_author(user, row):
                with self.subTest(user=user.login, road=name), self.assertRaises(refusal):
                    call()
            self.assertNotIn("author_id", self.fields_of(user))
        for name, call in self.roads_to_the_author(self.manager, row):
            with self.subTest(road=name):
                self.assertTrue(call())

    def fields_of(self, user):
        model = self.env["adv.order.error"].with_user(user)
        return model.fields_get() if model.has_access("read") else {}

    def test_who_wrote_the_row_is_always_the_system(self):
        """create_uid and write_uid would tell as much as the author does."""
        self.env.company.adv_error_authors = True
        row = self.error()
        row.with_user(self.manager)._adv_adjust({"minutes": 5, "name": "not this"})
        row.with_user(self.manager).action_dismiss("no error")
        row.with_user(self.assistant)._adv_reopen()
        wizard = self.env["adv.error.report"].with_user(self.assistant)
        price = self.env.ref("adv_orders.error_type_price").id
        wizard.create({"order_id": self.entered.id, "type_id": price}).action_report()
        self.entered.action_confirm()
        self.entered.order_line.product_uom_qty = 6
        self.entered.adv_amendment_ids.with_user(self.assistant).action_qualify("error")
        self.entered._adv_set_facts({"adv_received_date": "2026-03-02 08:00:00"})  # rows may follow it
        self.env.flush_all()
        self.env.cr.execute("SELECT DISTINCT create_uid, write_uid FROM adv_order_error")
        self.assertEqual(self.env.cr.fetchall(), [(1, 1)])
        self.assertEqual((row.minutes, row.name), (5, False))

    def test_there_is_no_chatter_to_tell_it(self):
        self.env.company.adv_error_authors = True
        row = self.error()
        row.with_user(self.manager).action_dismiss("no error")
        self.assertNotIn("message_ids", row._fields)
        messages = self.env["mail.message"].search(
            [("model", "=", "adv.order.error"), ("res_id", "=", row.id)]
        )
        self.assertFalse(messages)
        tracked = [name for name, field in row._fields.items() if getattr(field, "tracking", None)]
        self.assertFalse(tracked)

    def test_the_system_and_customers_are_no_authors(self):
        root = self.env.ref("base.user_root")
        orders = self.order() | self.order()
        for order, user in zip(orders, (root, self.portal), strict=True):
            self.env.cr.execute("UPDATE sale_order SET create_uid = %s WHERE id = %s", [user.id, order.id])
        self.env.invalidate_all()
        self.assertFalse(orders[0]._adv_entry_author())
        self.assertFalse(orders[1]._adv_entry_author())
        self.assertEqual(self.entered._adv_entry_author(), self.assistant)

    # HOW LONG

    def test_names_are_forgotten(self):
        """Kept for 6 months: the row of September loses its name, that of January keeps it."""
        self.env.company.write({"adv_error_authors": True, "adv_author_months": 6})
        now = self.env.cr.now()
        old = self.error(date=now.replace(year=now.year - 1))
        new = self.error(date=now)
        self.env.flush_all()
        self.assertEqual(self.env["adv.order.error"]._gc_authors(), (1, False))
        rows = (old | new).with_user(self.manager)
        self.assertEqual([bool(row.author_id) for row in rows], [False, True])

    def test_forgetting_goes_by_batches(self):
        self.env.company.write({"adv_error_authors": True, "adv_author_months": 6})
        now = self.env.cr.now()
        for _number in range(3):
            self.error(date=now.replace(year=now.year - 1))
        self.env.flush_all()
        ledger = self.env["adv.order.error"]
        self.assertEqual(ledger._gc_authors(limit=2), (2, True))
        self.assertEqual(ledger._gc_authors(limit=2), (1, False))

    def test_switched_off_names_go_at_once(self):
        company = self.env["res.company"].create({"name": "Elsewhere", "adv_error_authors": True})
        self.env.company.adv_error_authors = True
        here, there = self.error(), self.error(order_id=False, company_id=company.id)
        self.env.company.adv_error_authors = False
        self.assertEqual([bool(row.sudo().author_id) for row in (here, there)], [False, True])

    def test_at_least_a_month_and_a_hundred_years_at_most(self):
        for months in (0, 1201, 2**31 - 1):
            with self.subTest(months), self.assertRaises(ValidationError):
                self.env.company.adv_author_months = months

    # NOBODY DELETES

    @mute_logger("odoo.models", "odoo.sql_db")
    def test_nobody_deletes_an_error(self):
        row = self.error()
        for user in (self.assistant, self.manager, self.salesperson, self.nobody, self.portal, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.with_user(user).unlink()
        with self.assertRaises(UserError):
            row.sudo().unlink()
        self.assertTrue(row.exists())

    @mute_logger("odoo.sql_db")
    def test_a_row_survives_what_it_is_about(self):
        """Its order, line, product, customer and people may go; its type may not."""
        product = self.env["product.product"].create({"name": "Stool", "taxes_id": False})
        customer = self.env["res.partner"].create({"name": "Once"})
        order = self.order((product, 1), partner_id=customer.id)
        name, line = order.name, order.order_line
        row = self.env["adv.order.error"]._adv_log(
            [{"type": "price", "order_id": order.id, "line_id": line.id, "name": "Typed 10 for 1"}]
        )
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            row.type_id.unlink()
        line.unlink()
        order.unlink()
        customer.unlink()
        product.unlink()
        self.env.invalidate_all()
        self.assertRecordValues(
            row,
            [
                {
                    "name": "Typed 10 for 1",
                    "order_id": False,
                    "order_name": name,
                    "line_id": False,
                    "product_id": False,
                    "partner_id": False,
                    "state": "open",
                }
            ],
        )

    def test_nobody_writes_or_creates_one(self):
        row = self.error()
        for user in (self.assistant, self.manager, self.admin):
            ledger = self.env["adv.order.error"].with_user(user)
            with self.assertRaises(AccessError):
                ledger.browse(row.id).write({"minutes": 0})
            with self.assertRaises(AccessError):
                ledger.create({"type_id": row.type_id.id, "company_id": self.env.company.id})

    # FIGURES OF AN ERROR

    def adjust(self, user, rows, **vals):
        wizard = self.env["adv.error.adjust"].with_user(user).with_context(default_error_ids=rows.ids)
        wizard.create(vals).action_apply()

    def test_minutes_cost_and_action(self):
        row = self.error()
        self.adjust(self.assistant, row, minutes=45, cost=12.5, corrective_action="Price list cleaned")
        self.assertRecordValues(
            row, [{"minutes": 45, "cost": 12.5, "corrective_action": "Price list cleaned", "state": "open"}]
        )

    def test_one_action_for_many_keeps_their_minutes(self):
        rows = self.error() | self.error(type="address")
        self.adjust(self.manager, rows, minutes=99, corrective_action="New form")
        self.assertEqual(rows.mapped("minutes"), [20, 20])
        self.assertEqual(set(rows.mapped("corrective_action")), {"New form"})

    def test_others_adjust_nothing(self):
        row = self.error()
        for user in (self.salesperson, self.nobody, self.portal):
            with self.assertRaises(AccessError):
                self.adjust(user, row, minutes=1)

    def test_errors_of_other_companies_are_out_of_reach(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        row = self.error(order_id=False, company_id=company.id)
        with self.assertRaises(AccessError):
            self.adjust(self.manager, row, minutes=1)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).action_dismiss("not mine")
