from datetime import timedelta

from odoo import http
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tests.common import TransactionCase
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .test_tours import ScreenCommon

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install", "security")
class TestPortalAnswers(ScreenCommon):
    """A customer tells us that it is paid, or not right; about their own account only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._make_user("dun_customer", "base.group_portal")
        cls.customer.partner_id.parent_id = cls.partner
        stranger = cls._make_partner("Stranger")
        cls.foreign = cls._invoice(777, cls.today - timedelta(days=10), partner=stranger)
        cls.price = cls.env.ref("adv_dunning.dispute_reason_price")

    def setUp(self):
        super().setUp()
        self.authenticate("dun_customer", "dun_customer")

    def _post(self, path, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(path, data=data, files=files)
        self.env.invalidate_all()
        return response.text

    def _paid(self, files=None, **data):
        values = {
            "company_id": self.company.id,
            "currency_id": self.eur.id,
            "paid_on": str(self.today),
            "amount": "300",
            **data,
        }
        return self._post("/my/statement/paid", files=files, **values)

    def _contest(self, move, **data):
        return self._post(
            f"/my/statement/contest/{move.id}", **{"reason_id": self.price.id, "note": "Wrong price", **data}
        )

    def _promises(self):
        return self.env["adv.payment.promise"].search([("partner_id", "=", self.partner.id)])

    def test_already_paid_with_proof(self):
        page = self._paid(
            files={"file": ("transfer.png", PNG)},
            paid_on=str(self.today - timedelta(days=2)),
            reference="TRF 1",
        )
        self.assertIn("Thank you", page)
        promise = self._promises()
        self.assertRecordValues(
            promise,
            [
                {
                    "kind": "announced",
                    "amount": 300.0,
                    "paid_on": self.today - timedelta(days=2),
                    "payment_reference": "TRF 1",
                    "origin": "portal",
                }
            ],
        )
        self.assertEqual(promise.message_ids.attachment_ids.name, "transfer.png")
        self.assertEqual(self._code(self.invoice, self.today), "announced")

    def test_already_paid_is_checked(self):
        for refused in (
            {"paid_on": str(self.today + timedelta(days=1))},
            {"paid_on": "soon"},
            {"amount": "0"},
            {"amount": "-5"},
            {"amount": "nan"},
            {"amount": "much"},
            {"files": {"file": ("run.exe", b"MZ\x90\x00program")}},
            {"files": {"file": ("page.pdf", b"<html><script>alert(1)</script></html>")}},
        ):
            self.assertIn("alert-warning", self._paid(**refused), refused)
            self.assertFalse(self._promises(), refused)

    def test_already_paid_once(self):
        self._paid()
        self._paid()
        self.assertEqual(len(self._promises()), 1)

    def test_contest(self):
        self.assertIn("Thank you", self._contest(self.invoice, amount="120.5"))
        dispute = self.env["adv.dispute"].search([("move_id", "=", self.invoice.id)])
        self.assertRecordValues(
            dispute,
            [{"amount": 120.5, "origin": "portal", "note": "Wrong price", "reason_id": self.price.id}],
        )
        self._contest(self.invoice)
        self.assertEqual(self.env["adv.dispute"].search_count([("move_id", "=", self.invoice.id)]), 1)

    def test_contest_is_checked(self):
        for refused in (
            {"reason_id": ""},
            {"reason_id": "x"},
            {"reason_id": "999999"},
            {"note": " "},
            {"amount": "400"},
        ):
            self.assertIn("alert-warning", self._contest(self.invoice, **refused), refused)
        self.assertFalse(self.env["adv.dispute"].search([("move_id", "=", self.invoice.id)]))

    def test_other_customers_documents_are_out_of_reach(self):
        self._contest(self.foreign)
        self.assertFalse(self.env["adv.dispute"].search([("move_id", "=", self.foreign.id)]))
        for path in (f"/my/statement/contest/{self.foreign.id}", "/my/statement"):
            self.assertNotIn(self.foreign.name, self.url_open(path).text)
        other = self._make_company("Not theirs")
        self._paid(company_id=other.id)
        self.assertFalse(self._promises())

    def test_a_token_opens_nothing(self):
        self.authenticate(None, None)
        token = self.invoice._portal_ensure_token()
        for path in (
            "/my/statement",
            "/my/statement/paid",
            f"/my/statement/contest/{self.invoice.id}",
        ):
            response = self.url_open(f"{path}?access_token={token}")
            self.assertIn("/web/login", response.url, path)

    def test_tours(self):
        self.start_tour("/my/statement", "adv_dunning_portal_contest", login="dun_customer")
        self._invoice(80, self.today - timedelta(days=3), day=self.today - timedelta(days=30))
        self.start_tour("/my/statement", "adv_dunning_portal_paid", login="dun_customer")
        self.assertEqual(self._promises().payment_reference, "TRF 4711")


@tagged("post_install", "-at_install")
class TestTwoAtOnce(TransactionCase):
    """Two promises sent at the same moment: the second starts again on what the first has written."""

    def test_the_second_starts_again(self):
        partner, company = self.env.ref("base.partner_admin"), self.env.ref("base.main_company")
        connection = db_connect(self.env.cr.dbname)
        first, second = connection.cursor(), connection.cursor()
        try:
            second.execute("SELECT COUNT(*) FROM adv_payment_promise")  # its view of the world begins here
            self._stats(first)._take_turn(partner, company)
            first.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self._stats(second)._take_turn(partner, company)
        finally:
            second.rollback()
            second.close()
            first.execute(
                "DELETE FROM adv_receivable_stats WHERE partner_id = %s AND company_id = %s",
                (partner.id, company.id),
            )
            first.commit()
            first.close()

    def _stats(self, cursor):
        return self.env(cr=cursor)["adv.receivable.stats"]
