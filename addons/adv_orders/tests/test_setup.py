from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import AdvOrdersCommon


class SetupCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.approval.rule"].search([]).active = False
        cls.env["adv.department"].search([]).active = False
        cls.observe()
        cls.setup = cls.env["adv.setup"].with_user(cls.manager).create({"profile": "departments"})

    @classmethod
    def observe(cls):
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})

    def modes(self):
        return self.env.company.adv_check_mode, self.env.company.adv_approval_mode

    def card(self, name, key):
        self.setup.invalidate_recordset()
        return next(card for card in self.setup[name] if card["key"] == key)

    def listed(self, key):
        action = self.setup.action_open_figure(key)
        return self.env[action["res_model"]].search(action["domain"])


@tagged("post_install", "-at_install")
class TestSetup(SetupCommon):
    def departments(self):
        return self.env["adv.department"].search([]).mapped("name")

    def rules(self):
        return self.env["adv.approval.rule"].search([])

    def test_preview_then_apply(self):
        """What the page announces is what it does, and doing it again does nothing."""
        preview = str(self.setup.preview)
        self.assertIn("Will create departments (3): Sales, Finance, Logistics", preview)
        self.assertIn("Will create rules (4): Sales from 20 % discount, Sales below 10 % margin", preview)
        self.setup.action_apply_profile()
        self.assertEqual(self.departments(), ["Sales", "Finance", "Logistics"])
        discount, margin, amount, large = self.rules()
        self.assertEqual((discount.name, discount.discount_min), ("Sales from 20 % discount", 20.0))
        self.assertEqual((margin.use_margin, margin.margin_max), (True, 10.0))
        self.assertEqual((amount.amount_min, large.amount_min), (20000.0, 100000.0))
        self.assertEqual(
            (discount.amount_min, amount.use_margin, amount.department_id.name), (0, False, "Finance")
        )
        self.assertEqual(self.env.company.adv_shipping_department_id.name, "Logistics")
        before = self.rules().ids
        self.setup.invalidate_recordset()
        self.assertNotIn("Will create", str(self.setup.preview))
        self.setup.action_apply_profile()
        self.assertEqual((self.rules().ids, len(self.departments())), (before, 3))
        self.assertEqual(self.modes(), ("observe", "observe"))

    def test_what_a_person_changed_stays(self):
        self.setup.action_apply_profile()
        rule = self.rules()[2]
        rule.write({"amount_min": 7500.0, "name": "Mine"})
        self.setup.action_apply_profile()
        self.assertEqual((rule.amount_min, rule.name), (7500.0, "Mine"))

    def test_another_profile_archives_and_comes_back(self):
        self.setup.action_apply_profile()
        rules = self.rules()
        finance = self.env["adv.department"].search([("name", "=", "Finance")])
        own = self.env["adv.approval.rule"].create({"name": "Own", "department_id": finance.id})
        self.setup.profile = "team"
        self.setup.action_apply_profile()
        self.assertFalse(any(rules.mapped("active")))
        # Finance is needed by the rule that a person wrote
        self.assertEqual(sorted(self.departments()), ["ADV management", "Finance"])
        self.assertEqual(len(self.rules() - own), 2)
        self.assertFalse(self.env.company.adv_shipping_department_id)
        self.setup.profile = "departments"
        self.assertIn("Will bring back: Sales, Logistics", str(self.setup.preview))
        self.setup.action_apply_profile()
        self.assertTrue(all(rules.mapped("active")))

    def test_one_desk_creates_nothing(self):
        self.setup.profile = "one_desk"
        self.assertIn("Nothing to create", str(self.setup.preview))
        self.setup.action_apply_profile()
        self.assertFalse(self.rules())

    def test_the_amount_comes_from_the_orders(self):
        """20 orders of 100 to 2,000: one in twenty exceeds 1,905, told as 2,000."""
        self.env["sale.order"].search([("state", "=", "sale")])._action_cancel()
        for quantity in range(1, 21):
            self.order((self.chair, quantity)).action_confirm()
        self.assertEqual(self.setup._adv_usual_amount(), 2000.0)

    def test_new_rules_never_stop_a_living_company(self):
        self.env.company.adv_approval_mode = "enforce"
        with self.assertRaises(UserError):
            self.setup.action_apply_profile()
        self.assertFalse(self.rules())

    def test_switch_and_undo(self):
        self.setup.action_switch_warn()
        self.assertEqual(self.modes(), ("warn", "warn"))
        self.setup.action_switch_enforce()
        self.assertEqual(self.modes(), ("enforce", "enforce"))
        self.assertTrue(self.setup.is_live)
        self.assertEqual(self.setup.switched_by, self.manager)
        self.setup.action_undo()
        self.assertEqual(self.modes(), ("warn", "warn"))
        with self.assertRaises(UserError):
            self.setup.action_undo()

    def test_nobody_waits_for_an_empty_department(self):
        self.setup.action_apply_profile()
        self.setup.action_switch_warn()
        with self.assertRaises(UserError) as error:
            self.setup.action_switch_enforce()
        self.assertIn("Finance", str(error.exception))
        self.assertEqual(self.modes(), ("warn", "warn"))
        self.env["adv.department"].search([]).manager_id = self.manager
        self.setup.action_switch_enforce()
        self.assertEqual(self.modes(), ("enforce", "enforce"))

    def test_data_health(self):
        """Each number opens its records."""
        bare = self.env["res.partner"].create({"name": "Bare", "is_company": True})
        self.env["res.partner"].create({"name": "Bare", "is_company": True})
        order = self.order((self.chair, 1), partner_id=bare.id)
        order.action_confirm()
        free = self.env["product.product"].create({"name": "Free", "list_price": 0.0})
        for key, record in (
            ("no_address", bare),
            ("no_tax_id", bare),
            ("no_terms", bare),
            ("no_email", bare),
            ("duplicates", bare),
            ("no_price", free),
            ("no_cost", free),
            ("no_promise", order),
        ):
            records = self.listed(key)
            self.assertIn(record, records, key)
            card = self.card("health", key)
            self.assertEqual((card["value"], card["mark"]), (str(len(records)), "to complete"), key)
        bare.write({"street": "1 rue X", "city": "Lyon", "country_id": self.env.ref("base.fr").id})
        free.write({"list_price": 5.0, "standard_price": 2.0})
        self.assertNotIn(bare, self.listed("no_address"))
        self.assertNotIn(free, self.listed("no_price") | self.listed("no_cost"))

    def test_what_was_seen_while_observing(self):
        """An order without price goes through while the company observes, and the page says so."""
        wrong = self.order((self.chair, 1, {"price_unit": 0.0}))
        wrong._adv_submit()
        self.assertIn(wrong, self.listed("would_stop"))
        self.assertEqual(self.card("seen", "would_stop")["value"], str(len(self.listed("would_stop"))))
        stopped = len(self.listed("would_stop"))
        self.assertEqual(
            self.setup.effect.partition(".")[0],
            f"Open quotations that a blocking check would stop: {stopped}",
        )
        wrong.action_confirm()
        self.assertEqual(wrong.state, "sale")
        self.assertNotIn(wrong, self.listed("would_stop"))
        self.assertIn(wrong, self.listed("submitted"))

    def test_people(self):
        self.env["adv.assistant"].create({"user_id": self.nobody.id})
        self.assertEqual(self.listed("assistants_right"), self.nobody)
        self.setup.action_apply_profile()
        self.assertEqual(self.card("people", "departments")["parts"][0]["text"], "3 without people")

    def test_the_recommended_profile(self):
        self.assertEqual(self.setup._adv_recommended(self.env.company), "one_desk")


@tagged("post_install", "-at_install", "security")
class TestSetupSecurity(SetupCommon):
    def test_managers_only(self):
        for user in (self.assistant, self.salesperson, self.nobody, self.portal):
            setup = self.setup.with_user(user)
            for call in (
                setup.action_switch_enforce,
                setup.action_undo,
                setup.action_apply_profile,
                setup.action_open_company,
                lambda setup=setup: setup.action_open_figure("assistants"),
            ):
                with self.assertRaises(AccessError):
                    call()
        self.assertEqual(self.env.company.adv_check_mode, "observe")

    def test_facts_are_not_written_by_hand(self):
        for vals in ({"previous_check_mode": "enforce"}, {"switched_by": self.manager.id}):
            with self.assertRaises(AccessError):
                self.setup.write(vals)
        with self.assertRaises(AccessError):
            self.setup.create({"previous_check_mode": "enforce"})

    def test_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self.env["adv.setup"].create({"company_id": company.id, "profile": "team"})
        with self.assertRaises(AccessError):
            other.with_user(self.manager).action_switch_warn()
        self.manager.company_ids = [Command.link(company.id)]
        other.with_user(self.manager).with_context(
            allowed_company_ids=[self.env.company.id, company.id]
        ).action_switch_warn()
        self.assertEqual(company.adv_check_mode, "warn")
        self.assertEqual(self.env.company.adv_check_mode, "observe")


@tagged("post_install", "-at_install")
class TestSetupTour(HttpCase, SetupCommon):
    def test_go_live(self):
        """A manager reads what a profile does, applies it, looks at the data, goes live and undoes it."""
        self.start_tour("/odoo/adv-go-live", "adv_orders_go_live", login="adv_manager_test")
        self.assertEqual(self.modes_now(), ("observe", "observe"))
        self.assertEqual(self.setup.applied_profile, "team")

    def modes_now(self):
        self.env.company.invalidate_recordset()
        return self.env.company.adv_check_mode, self.env.company.adv_approval_mode
