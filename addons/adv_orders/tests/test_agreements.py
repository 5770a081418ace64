from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import AdvOrdersCommon


class AgreementCase(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = cls.env["product.category"].create({"name": "Seats"})
        cls.stools = cls.env["product.category"].create({"name": "Stools", "parent_id": cls.seats.id})
        cls.chair.categ_id = cls.seats
        cls.terms_30, cls.terms_60 = cls.env["account.payment.term"].create(
            [{"name": "30 days"}, {"name": "60 days"}]
        )
        cls.incoterm = cls.env["account.incoterms"].search([], limit=1)

    @classmethod
    def agree(cls, *lines, activate=True, **values):
        """Return an agreement of a year with the customer; each line is a dict."""
        today = cls.env.company._adv_today()
        agreement = cls.env["adv.agreement"].create(
            {
                "name": "Frame",
                "partner_id": cls.customer.id,
                "date_from": today - timedelta(days=30),
                "date_to": today + timedelta(days=330),
                "user_id": cls.manager.id,
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        if activate:
            agreement.action_activate()
        return agreement

    def price(self, product, **values):
        return {"product_id": product.id, "kind": "price", **values}

    def discount(self, percent, **values):
        return {"kind": "discount", "discount": percent, **values}


@tagged("post_install", "-at_install")
class TestAgreementConditions(AgreementCase):
    def test_order_takes_the_conditions(self):
        """Price 88 from 1 chair and 80 from 20, 60 days, an incoterm, 12 days of lead time."""
        agreement = self.agree(
            self.price(self.chair, fixed_price=88.0),
            self.price(self.chair, fixed_price=80.0, min_quantity=20),
            payment_term_id=self.terms_60.id,
            incoterm_id=self.incoterm.id,
            lead_days=12,
        )
        order = self.order((self.chair, 5), (self.chair, 20), (self.table, 1))
        self.assertRecordValues(
            order,
            [
                {
                    "adv_agreement_id": agreement.id,
                    "payment_term_id": self.terms_60.id,
                    "incoterm": self.incoterm.id,
                }
            ],
        )
        self.assertRecordValues(
            order.order_line,
            [
                {"price_unit": 88.0, "discount": 0.0, "customer_lead": 12.0},
                {"price_unit": 80.0, "discount": 0.0, "customer_lead": 12.0},
                {"price_unit": 400.0, "discount": 0.0, "customer_lead": 12.0},
            ],
        )
        order.order_line[0].product_uom_qty = 25
        self.assertEqual(order.order_line[0].price_unit, 80.0)

    def test_a_copy_says_so(self):
        """Also when the same agreement is named twice, as a client may."""
        agreement = self.agree(self.discount(5), name="Terms 2026")
        rows = self.env["adv.agreement"].browse([agreement.id, agreement.id]).copy_data()
        self.assertEqual([vals and vals["name"] for vals in rows], ["Terms 2026 (copy)", None])
        self.assertEqual(agreement.copy({"name": "Terms 2027"}).name, "Terms 2027")

    def test_form_shows_the_conditions_as_they_are_typed(self):
        self.agree(self.price(self.chair, fixed_price=88.0), payment_term_id=self.terms_60.id)
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        self.assertEqual(form.payment_term_id, self.terms_60)
        with form.order_line.new() as line:
            line.product_id = self.chair
            self.assertEqual(line.price_unit, 88.0)
            line.product_uom_qty = 3
        self.assertEqual(form.save().amount_untaxed, 264.0)

    def test_discount_is_in_the_price_or_shown(self):
        """12 % off 100: 88 net; with discounts shown on lines, 100 less 12 %."""
        self.agree(self.discount(12.0, categ_id=self.seats.id))
        order = self.order((self.chair, 1))
        self.assertRecordValues(order.order_line, [{"price_unit": 88.0, "discount": 0.0}])
        self.env.user.group_ids |= self.env.ref("sale.group_discount_per_so_line")
        self.env.ref("base.group_user").implied_ids |= self.env.ref("sale.group_discount_per_so_line")
        shown = self.order((self.chair, 1), (self.table, 1))
        self.assertRecordValues(
            shown.order_line,
            [{"price_unit": 100.0, "discount": 12.0}, {"price_unit": 400.0, "discount": 0.0}],
        )
        self.assertEqual(shown.order_line[0].price_subtotal, 88.0)

    def test_discount_adds_to_a_price_list_that_shows_its_own(self):
        """20 % of the price list, then 10 % agreed: 100 x 0.8 x 0.9 = 72, shown as 28 %."""
        self.env.ref("base.group_user").implied_ids |= self.env.ref("sale.group_discount_per_so_line")
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Twenty off",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 20})],
            }
        )
        self.agree(self.discount(10.0))
        line = self.order((self.chair, 1), pricelist_id=pricelist.id).order_line
        self.assertRecordValues(line, [{"price_unit": 100.0, "discount": 28.0, "price_subtotal": 72.0}])

    def test_the_nearest_price_wins(self):
        """Product, else the deeper category, else the higher one, else everything."""
        self.agree(
            self.discount(5.0),
            self.discount(10.0, categ_id=self.seats.id),
            self.discount(15.0, categ_id=self.stools.id),
            self.price(self.chair, fixed_price=70.0),
        )
        stool, bench = self.env["product.product"].create(
            [
                {"name": "Stool", "list_price": 40.0, "categ_id": self.stools.id, "taxes_id": False},
                {"name": "Bench", "list_price": 200.0, "categ_id": self.seats.id, "taxes_id": False},
            ]
        )
        order = self.order((self.chair, 1), (stool, 1), (bench, 1), (self.table, 1))
        self.assertEqual(order.order_line.mapped("price_unit"), [70.0, 34.0, 180.0, 380.0])

    def test_price_in_another_unit_and_currency(self):
        """A dozen of chairs at 88 each is 1,056; in pounds at 0.5, 528."""
        self.agree(self.price(self.chair, fixed_price=88.0))
        dozen = self.env.ref("uom.product_uom_dozen")
        pounds = self.setup_other_currency("GBP", rates=[("2020-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "Pounds", "currency_id": pounds.id})
        order = self.order((self.chair, 1, {"product_uom_id": dozen.id}))
        self.assertEqual(order.order_line.price_unit, 1056.0)
        abroad = self.order((self.chair, 1, {"product_uom_id": dozen.id}), pricelist_id=pricelist.id)
        self.assertEqual(abroad.order_line.price_unit, 528.0)

    def test_contacts_and_addresses_share_it_unless_they_have_their_own(self):
        group = self.agree(self.price(self.chair, fixed_price=88.0))
        shop = self.env["res.partner"].create({"name": "Shop", "parent_id": self.customer.id})
        self.assertEqual(self.order(partner_id=shop.id).adv_agreement_id, group)
        own = self.agree(self.price(self.chair, fixed_price=85.0), partner_id=shop.id, name="Shop")
        order = self.order(partner_id=shop.id)
        self.assertEqual(order.adv_agreement_id, own)
        self.assertEqual(order.order_line.price_unit, 85.0)
        self.assertEqual(self.order().adv_agreement_id, group)

    def test_day_of_the_order_decides(self):
        today = self.env.company._adv_today()
        past = self.agree(
            self.price(self.chair, fixed_price=70.0),
            name="Past",
            date_from=today - timedelta(days=400),
            date_to=today - timedelta(days=31),
        )
        now = self.agree(self.price(self.chair, fixed_price=75.0))
        self.assertEqual(past.state, "expired")
        self.assertEqual(self.order().adv_agreement_id, now)
        earlier = self.order(date_order=f"{today - timedelta(days=100)} 10:00:00")
        self.assertEqual(earlier.adv_agreement_id, past)
        self.assertEqual(earlier.order_line.price_unit, 70.0)

    def test_drafts_and_cancelled_ones_give_nothing(self):
        agreement = self.agree(self.price(self.chair, fixed_price=88.0), activate=False)
        self.assertFalse(self.order().adv_agreement_id)
        agreement.action_activate()
        order = self.order()
        agreement.action_cancel()
        self.assertFalse(self.order().adv_agreement_id)
        self.assertEqual(order.adv_agreement_id, agreement)

    def test_update_prices_takes_an_agreement_made_later(self):
        order = self.order((self.chair, 2))
        self.agree(self.price(self.chair, fixed_price=88.0), payment_term_id=self.terms_60.id)
        self.assertEqual(order.order_line.price_unit, 100.0)
        order.action_update_prices()
        self.assertEqual(order.order_line.price_unit, 88.0)
        self.assertEqual(order.payment_term_id, self.terms_60)

    def test_confirmed_order_keeps_its_conditions(self):
        agreement = self.agree(self.price(self.chair, fixed_price=88.0), payment_term_id=self.terms_60.id)
        order = self.order((self.chair, 2), payment_term_id=self.terms_30.id)
        order.action_confirm()
        self.assertEqual(order.payment_term_id, self.terms_30)  # written by a person, not replaced
        self.assertEqual(order.adv_agreement_id, agreement)
        agreement.action_cancel()
        self.assertEqual(order.adv_agreement_id, agreement)
        self.assertEqual(order.order_line.price_unit, 88.0)

    def test_without_agreement_nothing_changes(self):
        order = self.order((self.chair, 2))
        self.assertFalse(order.adv_agreement_id or order.incoterm)
        self.assertRecordValues(order.order_line, [{"price_unit": 100.0, "discount": 0.0}])

    def test_carriage_free_from(self):
        self.agree(free_freight_from=450.0)
        self.assertFalse(self.order((self.chair, 4)).adv_is_freight_free)
        self.assertTrue(self.order((self.chair, 5)).adv_is_freight_free)

    def test_statements_do_not_depend_on_the_number_of_lines(self):
        self.agree(self.price(self.chair, fixed_price=88.0), self.discount(5.0, categ_id=self.seats.id))
        products = self.env["product.product"].create(
            [
                {"name": f"Seat {number}", "list_price": 10, "categ_id": self.seats.id, "taxes_id": False}
                for number in range(55)
            ]
        )
        counts = []
        for some in (products[:1], products[1:5], products[5:]):
            order = self.order(*[(product, 1) for product in some])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(order.order_line.mapped("adv_term_id")), 1)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestAgreementChecks(AgreementCase):
    def outcome(self, order, code):
        self.env["adv.check"]._run(order)
        result = self.result(order, code)
        return result.state, result.message

    def test_price_is_compared_with_the_agreement(self):
        """84.30 instead of 88: 3.70 / 88 = 4.2 % under."""
        self.agree(self.price(self.chair, fixed_price=88.0), name="Frame 2026")
        order = self.order((self.chair, 1), (self.table, 1))
        self.assertEqual(self.outcome(order, "price_deviation")[0], "passed")
        order.order_line[0].price_unit = 84.3
        state, message = self.outcome(order, "price_deviation")
        self.assertEqual(state, "failed")
        for word in ("84.30", "88.00", "4.2 % under the agreement Frame 2026", "lines: 1"):
            self.assertIn(word, message)
        order.order_line[0].price_unit = 100.0
        self.assertIn("13.6 % over the agreement", self.outcome(order, "price_deviation")[1])

    def test_agreement_made_after_the_quotation_is_told(self):
        order = self.order((self.chair, 1))
        self.agree(self.price(self.chair, fixed_price=88.0))
        self.assertEqual(self.outcome(order, "price_deviation")[0], "failed")

    def test_terms_and_minimum_of_the_agreement(self):
        self.customer.property_payment_term_id = self.terms_30
        self.env.company.adv_order_minimum = 100.0
        order = self.order((self.chair, 2))
        self.assertEqual(self.outcome(order, "payment_terms_deviation")[0], "passed")
        self.agree(payment_term_id=self.terms_60.id, minimum_order=300.0)
        self.assertIn("agreement says 60 days", self.outcome(order, "payment_terms_deviation")[1])
        self.assertIn("300.00", self.outcome(order, "below_minimum_order")[1])

    def test_expired_agreement_is_told_until_renewed(self):
        agreement = self.agree()
        order = self.order()
        self.assertEqual(self.outcome(order, "agreement_expired")[0], "passed")
        yesterday = self.env.company._adv_today() - timedelta(days=1)
        agreement.date_to = yesterday
        self.assertEqual(agreement.state, "expired")
        self.assertEqual(self.outcome(order, "agreement_expired")[0], "failed")
        following = self.env["adv.agreement"].browse(agreement.action_renew()["res_id"])
        self.assertEqual(following.state, "draft")
        self.assertEqual(self.outcome(order, "agreement_expired")[0], "failed")
        following.action_activate()
        self.assertEqual(self.outcome(order, "agreement_expired")[0], "passed")

    def test_what_ended_long_ago_is_history(self):
        today = self.env.company._adv_today()
        self.agree(date_from=today - timedelta(days=500), date_to=today - timedelta(days=91))
        self.assertEqual(self.outcome(self.order(), "agreement_expired")[0], "not_applicable")


@tagged("post_install", "-at_install")
class TestAgreementLife(AgreementCase):
    def test_two_at_a_time_are_refused(self):
        first = self.agree(name="First")
        second = self.agree(name="Second", activate=False)
        with self.assertRaisesRegex(ValidationError, "First"), self.env.cr.savepoint():
            second.action_activate()
        second.write({"date_from": first.date_to + timedelta(days=1), "date_to": False})
        second.action_activate()
        self.assertEqual(second.state, "active")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            first.date_to = False

    def test_a_race_is_resolved_the_same_way_every_time(self):
        """Should two be concluded at the same moment, the one that began last counts."""
        self.agree(name="First")
        later = self.agree(name="Later", date_from=self.env.company._adv_today(), activate=False)
        self.env.cr.execute("UPDATE adv_agreement SET state = 'active' WHERE id = %s", (later.id,))
        self.env.invalidate_all()
        self.assertEqual(self.order().adv_agreement_id, later)

    def test_state_follows_the_dates_each_night(self):
        agreement, open_end = self.agree(), self.agree(partner_id=self.portal.partner_id.id, date_to=False)
        yesterday = self.env.company._adv_today() - timedelta(days=1)
        self.env.cr.execute("UPDATE adv_agreement SET date_to = %s WHERE id = %s", (yesterday, agreement.id))
        self.env.invalidate_all()
        self.env["adv.agreement"]._adv_expire()
        self.assertEqual((agreement | open_end).mapped("state"), ["expired", "active"])
        agreement.date_to = yesterday + timedelta(days=90)
        self.assertEqual(agreement.state, "active")

    def ask(self, limit=100):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["adv.agreement"]._adv_ask_renewals(limit)

    def test_renewal_is_asked_once(self):
        today = self.env.company._adv_today()
        far, near = (
            self.agree(),
            self.agree(name="Near", partner_id=self.portal.partner_id.id, date_to=today + timedelta(days=60)),
        )
        self.ask()
        self.ask()
        self.assertFalse(far.activity_ids)
        self.assertRecordValues(
            near.activity_ids, [{"user_id": self.manager.id, "date_deadline": near.date_to}]
        )
        near.activity_ids.action_done()
        self.ask()
        self.assertFalse(near.activity_ids)

    def test_renewal_is_asked_on_the_companys_day(self):
        """At 23:30 in London on 10 March it is 11 March on Kiritimati, sixty days before 10 May."""
        agreement = self.agree(date_to="2101-05-10")
        with freeze_time("2101-03-10 23:30:00"):
            self.env.company.adv_tz = "Europe/London"
            self.ask()
            self.assertFalse(agreement.activity_ids)
            self.env.company.adv_tz = "Pacific/Kiritimati"
            self.ask()
            self.assertTrue(agreement.activity_ids)

    def test_renewal_job_stopped_half_way_goes_on(self):
        today = self.env.company._adv_today()
        partners = self.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(3)])
        ending = self.env["adv.agreement"].union(
            *[self.agree(partner_id=partner.id, date_to=today + timedelta(days=9)) for partner in partners]
        )
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 0):
            self.env["adv.agreement"]._adv_ask_renewals()
        self.assertEqual(ending.mapped(lambda one: len(one.activity_ids)), [1, 0, 0])
        self.ask()
        self.assertEqual(ending.mapped(lambda one: len(one.activity_ids)), [1, 1, 1])

    def test_renewal_follows_with_the_same_conditions(self):
        today = self.env.company._adv_today()
        agreement = self.agree(
            self.price(self.chair, fixed_price=88.0),
            date_from=today - timedelta(days=99),
            date_to=today,
            payment_term_id=self.terms_60.id,
        )
        self.ask()
        following = self.env["adv.agreement"].browse(agreement.action_renew()["res_id"])
        self.assertRecordValues(
            following,
            [
                {
                    "name": "Frame",
                    "state": "draft",
                    "previous_id": agreement.id,
                    "date_from": today + timedelta(days=1),
                    "date_to": today + timedelta(days=100),
                    "payment_term_id": self.terms_60.id,
                }
            ],
        )
        self.assertEqual(following.line_ids.fixed_price, 88.0)
        self.assertFalse(agreement.activity_ids)
        self.assertEqual(agreement.action_renew()["res_id"], following.id)

    def test_concluded_agreements_are_not_deleted(self):
        agreement = self.agree()
        with self.assertRaises(UserError):
            agreement.unlink()
        self.agree(activate=False, name="Draft").unlink()

    @mute_logger("odoo.sql_db")
    def test_bad_input(self):
        archived = self.env["res.partner"].create({"name": "Gone", "active": False})
        old = self.env["product.product"].create({"name": "Old", "active": False})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.env["res.partner"].create({"name": "Theirs", "company_id": company.id})
        bad_values = [
            {"date_from": "0001-01-01"},
            {"date_to": "9999-12-31"},
            {"partner_id": archived.id},
            {"partner_id": elsewhere.id},
            {"state": "active"},
            {"renewal_asked_date": "2026-01-01"},
        ]
        for values in bad_values:
            with (
                self.subTest(values=values),
                self.assertRaises(UserError),  # ValidationError and AccessError are some
                self.env.cr.savepoint(),
            ):
                self.agree(activate=False, **values)
        for values in ({"lead_days": -1}, {"minimum_order": -5.0}, {"date_to": "2001-01-01"}):
            with self.subTest(values=values), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.agree(activate=False, **values)
        for line in (
            self.price(old, fixed_price=1.0),
            {"kind": "price", "categ_id": self.seats.id, "fixed_price": 5.0},
            {"kind": "discount", "categ_id": self.seats.id, "product_id": self.chair.id, "discount": 5.0},
        ):
            with self.subTest(line=line), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.agree(line, activate=False)
        for line in (self.discount(101.0), self.discount(-5.0), self.price(self.chair, fixed_price=-1.0)):
            with self.subTest(line=line), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.agree(line, activate=False)
        self.assertFalse(self.env["adv.agreement"].search([("partner_id", "=", self.customer.id)]))


@tagged("post_install", "-at_install", "security")
class TestAgreementSecurity(AgreementCase):
    def test_roles(self):
        self.agree(self.price(self.chair, fixed_price=88.0))
        for name in ("adv.agreement", "adv.agreement.line"):
            for user, rights in (
                (self.manager, {"read", "write", "create", "unlink"}),
                (self.assistant, {"read"}),
                (self.salesperson, {"read"}),
                (self.nobody, set()),
                (self.portal, set()),
            ):
                model = self.env[name].with_user(user)
                for right in ("read", "write", "create", "unlink"):
                    self.assertEqual(model.has_access(right), right in rights, f"{user.login} {right} {name}")

    def test_only_managers_conclude(self):
        agreement = self.agree(activate=False)
        for action in ("action_activate", "action_cancel", "action_renew"):
            with self.assertRaises(AccessError):
                getattr(agreement.with_user(self.assistant), action)()
        agreement.with_user(self.manager).action_activate()
        self.assertEqual(agreement.state, "active")

    def test_the_state_is_a_fact(self):
        agreement = self.agree(activate=False)
        for user in (self.manager, self.env.user):
            with self.assertRaises(AccessError):
                agreement.with_user(user).write({"state": "active"})
        with self.assertRaises(AccessError):
            self.order().write({"adv_agreement_id": agreement.id})

    def test_other_companies_see_nothing(self):
        agreement = self.agree(self.price(self.chair, fixed_price=88.0))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        stranger = self.manager
        self.assertFalse(self.env["adv.agreement"].with_user(stranger).search([]))
        self.assertFalse(self.env["adv.agreement.line"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            agreement.with_user(stranger).write({"note": "mine"})
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": company.id})
        self.assertFalse(order.adv_agreement_id)

    def test_a_salesperson_without_rights_on_agreements_takes_the_conditions(self):
        self.agree(self.price(self.chair, fixed_price=88.0), payment_term_id=self.terms_60.id)
        order = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.chair.id, "product_uom_qty": 2})],
                }
            )
        )
        self.assertEqual(order.order_line.price_unit, 88.0)
        self.assertEqual(order.payment_term_id, self.terms_60)
