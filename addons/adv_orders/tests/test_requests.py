from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon
from .test_inbox import InboxCommon


class RequestCommon(AdvOrdersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["adv.assistant"].search([]).active = False
        cls.clara = cls.env["adv.assistant"].create({"user_id": cls.assistant.id})
        calendar = cls.env["resource.calendar"].create({"name": "Nine to five", "tz": "Europe/Paris"})
        calendar.attendance_ids = [Command.clear()] + [
            Command.create({"name": "Day", "dayofweek": str(day), "hour_from": 9, "hour_to": 17})
            for day in range(5)
        ]
        cls.env.company.resource_calendar_id = calendar

    @classmethod
    def request(cls, **values):
        vals = {"name": "Where is it", "partner_id": cls.customer.id, **values}
        return cls.env["adv.request"].create(vals)


@tagged("post_install", "-at_install")
class TestRequests(RequestCommon):
    # DEADLINE

    def test_due_in_working_hours(self):
        """Monday to Friday, nine to five in Paris; 2026-11-05 is a Thursday, winter time."""
        cases = [
            # 8 hours from Thursday 15:00: 2 on Thursday, 6 on Friday until 15:00
            ("question", datetime(2026, 11, 5, 14), datetime(2026, 11, 6, 14)),
            # 4 hours from Friday 15:00: 2 on Friday, 2 on Monday until 11:00
            ("complaint", datetime(2026, 11, 6, 14), datetime(2026, 11, 9, 10)),
            # received on Saturday: 4 hours of Monday until 13:00
            ("change", datetime(2026, 11, 7, 10), datetime(2026, 11, 9, 12)),
            # 16 hours from Thursday 9:00: Thursday and Friday until 17:00
            ("other", datetime(2026, 11, 5, 8), datetime(2026, 11, 6, 16)),
        ]
        for kind, received, due in cases:
            self.assertEqual(self.request(kind=kind, received_date=received).date_due, due, kind)

    def test_holidays_do_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Armistice",
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": datetime(2026, 11, 11, 0),
                "date_to": datetime(2026, 11, 11, 23),
            }
        )
        # 8 hours from Tuesday 15:00: 2 on Tuesday, none on Wednesday the 11th, 6 on Thursday
        request = self.request(received_date=datetime(2026, 11, 10, 14))
        self.assertEqual(request.date_due, datetime(2026, 11, 12, 14))

    def test_the_kind_changes_the_deadline(self):
        request = self.request(received_date=datetime(2026, 11, 5, 8))
        self.assertEqual(request.date_due, datetime(2026, 11, 5, 16))
        request.kind = "complaint"
        self.assertEqual(request.date_due, datetime(2026, 11, 5, 12))

    def test_never_received_in_the_future(self):
        with self.assertRaises(ValidationError):
            self.request(received_date=datetime.now() + timedelta(days=2))

    def test_late_domain_and_filter(self):
        late = self.request(received_date=datetime(2026, 11, 2, 8))
        self.request(received_date=datetime(2026, 11, 2, 8)).action_answered()
        requests = self.env["adv.request"]
        domain = requests._adv_late_domain(self.env.company, datetime(2026, 11, 2, 16, 1))
        self.assertEqual(requests.search(domain), late)
        self.assertFalse(
            requests.search(requests._adv_late_domain(self.env.company, datetime(2026, 11, 2, 16)))
        )
        self.assertEqual(requests.search([("is_late", "=", True)]), late)
        self.assertTrue(late.is_late)

    def test_the_assistant_is_told_once(self):
        late = self.request(received_date=datetime(2026, 11, 2, 8))
        self.request()
        for _hour in range(2):
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
                self.env["adv.request"]._adv_cron_late()
        self.assertEqual(late.activity_ids.user_id, self.assistant)
        self.assertEqual(len(self.env["mail.activity"].search([("res_model", "=", "adv.request")])), 1)
        late.action_answered()
        self.assertFalse(late.activity_ids)

    # ANSWER

    def test_life(self):
        request = self.request().with_user(self.assistant)
        self.assertTrue(request.number)
        self.assertEqual(request.assistant_id, self.clara)
        request.action_answered()
        self.assertEqual(request.state, "answered")
        first = request.date_first_answer
        self.assertTrue(first)
        request.action_close()
        self.assertRecordValues(request, [{"state": "closed", "date_first_answer": first}])
        request.action_reopen()
        self.assertRecordValues(
            request, [{"state": "open", "date_closed": False, "date_first_answer": first}]
        )

    def test_a_mail_to_the_customer_is_the_answer_and_a_note_is_none(self):
        request = self.request().with_user(self.assistant)
        request.message_post(body="Let me ask the warehouse", subtype_xmlid="mail.mt_note")
        self.assertEqual(request.state, "open")
        request.message_post(
            body="It comes tomorrow",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        self.assertEqual(request.state, "answered")

    def test_repeat_contact(self):
        order, other = self.order(), self.order()
        day = datetime(2026, 11, 2, 8)
        first = self.request(order_id=order.id, received_date=day)
        second = self.request(order_id=order.id, received_date=day + timedelta(days=5))
        late = self.request(order_id=order.id, received_date=day + timedelta(days=11))
        elsewhere = self.request(order_id=other.id, received_date=day + timedelta(days=2))
        stranger = self.customer.copy({"name": "Other"})
        somebody = self.request(partner_id=stranger.id, received_date=day + timedelta(days=1))
        self.assertEqual(
            [r.is_repeat for r in (first, second, late, elsewhere, somebody)],
            [False, True, False, False, False],
        )

    def test_repeats_of_many_requests_cost_one_search(self):
        def create(number):
            vals = {"name": "Why", "partner_id": self.customer.id}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            requests = self.env["adv.request"].create([vals] * number)
            self.env.flush_all()
            return requests, self.env.cr.sql_log_count - before

        create(1)
        few, cost_few = create(2)
        many, cost_many = create(22)
        self.assertTrue(all(many.mapped("is_repeat")))
        # each message of creation and number costs statements of Odoo; flagging does not add to them
        before = self.env.cr.sql_log_count
        few._adv_flag_repeats()
        cost_few = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        many._adv_flag_repeats()
        cost_many = self.env.cr.sql_log_count - before
        self.assertLessEqual(cost_many, cost_few)

    def test_order_of_another_customer(self):
        stranger = self.customer.copy({"name": "Other"})
        with self.assertRaises(ValidationError):
            self.request(order_id=self.order().id, partner_id=stranger.id)

    # COMPLAINTS

    def test_a_complaint_becomes_an_error_once(self):
        order = self.order()
        request = self.request(kind="complaint", name="Wrong colour", order_id=order.id)
        for minutes in (30, 45):
            wizard = self.env["adv.request.error"].with_user(self.assistant)
            wizard.create(
                {
                    "request_id": request.id,
                    "type_id": self.env.ref("adv_orders.error_type_product").id,
                    "minutes": minutes,
                    "cost": 12.5,
                }
            ).action_record()
        self.assertRecordValues(
            order.adv_error_ids,
            [{"found_by": "customer", "escaped": True, "minutes": 30, "cost": 12.5, "name": "Wrong colour"}],
        )
        self.assertEqual(request.error_id, order.adv_error_ids)
        with self.assertRaises(UserError):
            self.request(kind="complaint").action_open_error()

    # RATING

    def test_customers_are_asked_only_if_the_company_wants_it(self):
        mails = self.env["mail.mail"].sudo()
        self.request().action_close()
        self.assertFalse(mails.search([("subject", "ilike", "how did we do")]))
        self.env.company.adv_request_rating = True
        request = self.request()
        request.action_close()
        self.assertIn(request.number, mails.search([("subject", "ilike", "how did we do")]).subject)
        rating = request.rating_ids
        self.assertEqual(rating.partner_id, self.customer)
        self.assertEqual(rating.rated_partner_id, self.assistant.partner_id)
        request.rating_apply(5, token=rating.access_token)
        self.assertEqual(request.rating_last_value, 5)
        self.assertEqual(request.state, "closed")

    # LOG

    def test_log_on_the_order(self):
        order = self.order()
        wizard = self.env["adv.request.log"].with_user(self.salesperson)
        wizard.create({"order_id": order.id, "text": "When?\nAnd how"}).action_answered()
        wizard.create({"order_id": order.id, "kind": "complaint"}).action_to_answer()
        self.assertRecordValues(
            self.env["adv.request"].search([("order_id", "=", order.id)], order="id"),
            [
                {"name": "When?", "state": "closed", "channel": "phone", "partner_id": self.customer.id},
                {
                    "name": f"Complaint about {order.name}",
                    "state": "open",
                    "channel": "phone",
                    "partner_id": self.customer.id,
                },
            ],
        )


@tagged("post_install", "-at_install")
class TestRequestMail(InboxCommon):
    def test_own_address_and_answers(self):
        self.env["adv.mailbox"].create({"name": "Help", "alias_name": "help", "target": "requests"})
        self.mail(to="help@adv.example.org, orders@adv.example.org", subject="Where is it")
        request = self.env["adv.request"].search([])
        self.assertRecordValues(
            request,
            [{"name": "Where is it", "partner_id": self.customer.id, "channel": "email", "state": "open"}],
        )
        self.assertEqual(len(self.documents()), 1)
        answer = request.with_user(self.assistant).message_post(
            body="Tomorrow", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(request.state, "answered")
        self.mail(
            to="help@adv.example.org",
            message_id="<again@x>",
            References=answer.message_id,
            In_Reply_To=answer.message_id,
        )
        self.assertEqual(self.env["adv.request"].search([]), request)
        self.assertRecordValues(request, [{"state": "open", "is_repeat": True}])


@tagged("post_install", "-at_install")
class TestOrderFinder(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+33 4 72 00 11 22"
        cls.found = cls.order(client_order_ref="BC-2026/77")
        cls.found.action_confirm()
        stranger = cls.customer.copy({"name": "Zebra", "email": "z@zebra.example.com", "phone": False})
        cls.other = cls.order(partner_id=stranger.id)

    def find(self, query, user=None):
        rows = self.env["adv.order.finder"].with_user(user or self.assistant).find(query)
        return [row["name"] for row in rows]

    def test_every_road(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "name": "INV/FIND/0001",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.chair.id,
                            "sale_line_ids": [Command.set(self.found.order_line.ids)],
                        }
                    )
                ],
            }
        )
        for query in (
            self.found.name,
            self.found.name.lower(),
            "BC-2026/77",
            "2026/77",
            self.found.picking_ids.name,
            invoice.name,
            "04 72 00 11 22",
            "0033472001122",
            "commandes@dupont",
            "Dupont",
        ):
            self.assertEqual(self.find(query), [self.found.name], query)
        self.assertEqual(self.find("Zebra"), [self.other.name])
        for nothing in ("", "  ", "xy", "no such thing", "%%%", "___", "0612345678"):
            self.assertEqual(self.find(nothing), [], nothing)

    def test_what_is_shown(self):
        self.request(order_id=self.found.id)
        row = self.env["adv.order.finder"].with_user(self.assistant).find("BC-2026/77")[0]
        self.assertEqual(row["customer"], "Dupont Frères")
        self.assertEqual(row["state"], "confirmed")
        self.assertEqual(row["state_label"], "Confirmed")
        self.assertEqual(row["deliveries"], self.found.picking_ids.mapped("name"))
        self.assertEqual(row["requests"], 1)

    def test_a_salesperson_finds_the_own_orders_only(self):
        self.other.user_id = self.manager
        self.assertEqual(self.find("Zebra", self.salesperson), [])
        self.assertEqual(self.find("Dupont", self.salesperson), [self.found.name])
        with self.assertRaises(AccessError):
            self.find("Dupont", self.nobody)
        with self.assertRaises(AccessError):
            self.find("Dupont", self.portal)

    def test_statements_do_not_depend_on_what_is_found(self):
        def cost(query):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.find(query)
            return len(found), self.env.cr.sql_log_count - before

        self.find("Dupont")
        one, few = cost("Dupont")
        for _number in range(15):
            self.order().action_confirm()
        many, more = cost("Dupont")
        self.assertEqual((one, many), (1, 16))
        self.assertLessEqual(more, few)

    def test_the_phone_index_serves(self):
        """Asked of an empty copy of the table: while any transaction on the server is older than an index,
        the planner may leave that one alone."""
        self.env.cr.execute("CREATE TEMP TABLE adv_partner_copy (LIKE res_partner INCLUDING INDEXES)")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            """EXPLAIN SELECT id FROM adv_partner_copy WHERE phone IS NOT NULL
                AND reverse(regexp_replace(phone, '[^0-9]', '', 'g')) LIKE '22110027%'"""
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertRegex(plan, r"Index Cond: \(+reverse\(")


@tagged("post_install", "-at_install", "security")
class TestRequestSecurity(RequestCommon):
    def test_roles(self):
        mine = self.request()
        stranger = self.customer.copy({"name": "Other", "user_id": self.manager.id})
        others = self.request(partner_id=stranger.id)
        requests = self.env["adv.request"]
        self.assertEqual(requests.with_user(self.assistant).search([]), mine | others)
        self.assertEqual(requests.with_user(self.salesperson).search([]), mine)
        self.assertFalse(requests.with_user(self.nobody).has_access("read"))
        for user in (self.salesperson, self.portal):
            with self.assertRaises(AccessError):
                mine.with_user(user).action_close()
        with self.assertRaises(AccessError):
            mine.with_user(self.manager).unlink()

    def test_a_customer_reads_the_own_requests_only(self):
        self.portal.partner_id.parent_id = self.customer
        mine = self.request()
        stranger = self.customer.copy({"name": "Other"})
        others = self.request(partner_id=stranger.id)
        requests = self.env["adv.request"].with_user(self.portal)
        self.assertEqual(requests.search([]), mine)
        with self.assertRaises(AccessError):
            others.with_user(self.portal).read(["name"])
        for operation in ("create", "write", "unlink"):
            self.assertFalse(requests.has_access(operation), operation)

    def test_facts_are_not_written_by_rpc(self):
        request = self.request().with_user(self.manager)
        for vals in (
            {"state": "closed"},
            {"date_due": "2030-01-01"},
            {"date_first_answer": "2026-01-01"},
            {"is_repeat": True},
            {"number": "R1"},
            {"error_id": 1},
        ):
            with self.assertRaises(AccessError):
                request.write(vals)
            with self.assertRaises(AccessError):
                self.env["adv.request"].with_user(self.manager).create({"name": "x", **vals})

    def test_another_company(self):
        request = self.request()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.assistant.copy(
            {
                "login": "adv_far_2",
                "name": "Far",
                "company_ids": [Command.set(company.ids)],
                "company_id": company.id,
            }
        )
        self.assertFalse(self.env["adv.request"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            request.with_user(stranger).action_answered()
