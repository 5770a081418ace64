from datetime import timedelta

from odoo.fields import Command, Datetime
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestApprovalTours(HttpCase, AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.approval.rule"].search([]).active = False
        cls.finance = cls.rule("Finance", members=cls.manager, amount_min=100.0)

    def asked(self, name, quantity=5):
        order = self.order((self.chair, quantity), name=name)
        order.with_user(self.assistant).action_confirm()
        return order

    def test_to_approve(self):
        late = self.asked("LATE-1")
        late.adv_approval_ids.sudo().write({"deadline": Datetime.now() - timedelta(days=2)})
        refused, bulk = self.asked("REFUSE-1"), self.asked("BULK-1")
        changed = self.asked("BULK-2")
        changed.adv_approval_ids.with_user(self.manager).action_refuse("Too little")
        changed.with_user(self.assistant).order_line.product_uom_qty = 9
        self.start_tour("/odoo/adv-to-approve", "adv_approvals_list", login="adv_manager_test")
        decisions = {
            order.name: order.adv_approval_ids.sorted("id")[-1].decision
            for order in late | refused | bulk | changed
        }
        self.assertEqual(
            decisions,
            {"LATE-1": "approved", "REFUSE-1": "refused", "BULK-1": "approved", "BULK-2": "approved"},
        )

    def test_approve_from_the_activity(self):
        order = self.asked("ACTIVITY-1")
        self.start_tour(f"/odoo/adv-desk/{order.id}", "adv_approvals_activity", login="adv_manager_test")
        self.assertTrue(order.adv_ready)

    def test_before_sending(self):
        self.finance.active = False
        self.rule("Pricing", members=self.manager, discount_min=25.0)
        order = self.order((self.chair, 5, {"discount": 30.0}))
        url = f"/odoo/adv-desk/{order.id}"
        self.start_tour(url, "adv_approvals_sending", login="adv_assistant_test")
        self.assertEqual((order.state, order.adv_state), ("draft", "to_approve"))
        order.adv_approval_ids.with_user(self.manager).action_approve()
        self.start_tour(url, "adv_approvals_sent", login="adv_assistant_test")
        self.assertEqual(order.adv_state, "quoted")

    def test_set_up(self):
        self.start_tour("/odoo/adv-departments", "adv_approvals_set_up", login="adv_manager_test")
        rule = self.env["adv.approval.rule"].search([("name", "=", "Discounts from 15 %")])
        self.assertRecordValues(
            rule, [{"stage": "sending", "discount_min": 15.0, "tolerance_points": 0.5, "deadline_hours": 4}]
        )
        self.assertEqual(rule.department_id.deputy_id, self.assistant)


@tagged("post_install", "-at_install")
class TestPortalTimeline(HttpCase, AdvOrdersCommon):
    """Where is it, when does it come: in the customer's words, for that customer only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"adv_check_mode": "observe", "adv_approval_mode": "observe"})
        cls.ours = cls.order(
            (cls.chair, 5),
            (cls.table, 3),
            partner_id=cls.portal.partner_id.id,
            commitment_date="2099-03-02 10:00:00",
        )
        cls.ours.action_confirm()
        cls.theirs = cls.order(client_order_ref="theirs")
        cls.theirs.action_confirm()

    def test_dates_and_delivery_notes(self):
        steps = {step["name"]: step for step in self.ours._adv_customer_timeline()}
        self.assertEqual([step["done"] for step in steps.values()], [True, True, False])
        self.assertEqual(len(self.ours._adv_customer_dates()), 1)
        self.ship(self.ours, {self.chair: 5})
        late = self.ours.order_line.filtered(lambda line: line.product_id == self.table)
        late._adv_set_facts({"adv_expected_date": "2099-03-09 10:00:00"})
        self.start_tour(f"/my/orders/{self.ours.id}", "adv_portal_timeline", login="adv_portal_test")
        [arrival] = self.ours._adv_customer_dates()
        self.assertEqual(arrival["expected"].isoformat(), "2099-03-09")
        self.assertEqual([(quantity, unit) for _name, quantity, unit in arrival["lines"]], [(3.0, "Units")])
        self.ship(self.ours)
        self.assertFalse(self.ours._adv_customer_dates())
        titles = [step["title"] for step in self.ours._adv_customer_timeline()]
        self.assertEqual(titles, ["Ordered", "Confirmed", "Shipped"])

    def test_delivery_note_is_downloaded(self):
        self.ship(self.ours)
        self.authenticate("adv_portal_test", "adv_portal_test")
        page = self.url_open(f"/my/orders/{self.ours.id}").text
        picking = self.ours.picking_ids
        self.assertIn(f"/my/picking/pdf/{picking.id}", page)
        self.assertIn(picking.name, page)

    def test_another_customers_order_is_refused(self):
        self.authenticate("adv_portal_test", "adv_portal_test")
        for url in (f"/my/orders/{self.theirs.id}", f"/my/orders/{self.theirs.id}?access_token=wrong"):
            answer = self.url_open(url, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)
        picking = self.theirs.picking_ids
        with mute_logger("odoo.http"):  # Odoo's route returns its refusal instead of raising it
            self.assertEqual(self.url_open(f"/my/picking/pdf/{picking.id}").status_code, 404)
        token = self.theirs._portal_ensure_token()
        self.env.flush_all()
        page = self.url_open(f"/my/orders/{self.theirs.id}?access_token={token}")
        self.assertIn("Where is my order?", page.text)

    def test_no_offer_reaches_a_customer_before_it_is_approved(self):
        self.env.company.adv_approval_mode = "enforce"
        rule = self.rule("Pricing", members=self.financier, discount_min=25.0)
        quote = self.order(
            (self.chair, 5, {"discount": 30.0}),
            partner_id=self.portal.partner_id.id,
            require_signature=True,
        )
        token = quote._portal_ensure_token()
        self.env.flush_all()
        for login in (None, "adv_portal_test"):
            self.authenticate(login, login)
            url = f"/my/orders/{quote.id}?access_token={token}"
            page = self.url_open(url).text
            self.assertIn("We are preparing it", page)
            self.assertNotIn("350.00", page)
            self.assertIn("We are preparing it", self.url_open(url + "&report_type=pdf&download=true").text)
            answer = self.make_jsonrpc_request(
                f"/my/orders/{quote.id}/accept",
                {"access_token": token, "name": "Anne", "signature": "x"},
            )
            self.assertIn("error", answer)
            self.assertFalse(quote.signature)
        rule.active = False
        self.env.flush_all()
        self.assertIn("350.00", self.url_open(url).text)

    def test_an_offer_that_we_revise_is_not_signed(self):
        self.env.company.adv_approval_mode = "enforce"
        self.rule("Pricing", members=self.financier, discount_min=25.0)
        quote = self.order((self.chair, 5), partner_id=self.portal.partner_id.id, require_signature=True)
        quote.action_quotation_sent()
        quote.with_user(self.salesperson).write(
            {"order_line": [Command.update(quote.order_line.id, {"discount": 40.0})]}
        )
        self.authenticate("adv_portal_test", "adv_portal_test")
        self.assertIn("We are revising it", self.url_open(f"/my/orders/{quote.id}").text)
