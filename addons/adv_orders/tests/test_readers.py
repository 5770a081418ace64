from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestReaders(AdvOrdersCommon):
    """What the system keeps in words is read by each person in their own language, whoever caused it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["ir.module.module"]._load_module_terms(["adv_orders"], ["fr_FR"], overwrite=True)
        cls.manager.lang = "fr_FR"
        cls.confirmed = cls.order(client_order_ref="A")
        cls.confirmed.action_confirm()

    @staticmethod
    def read_in(record, name):
        """Return what an English and a French reader read."""
        return [record.with_context(lang=lang)[name] for lang in ("en_US", "fr_FR")]

    def test_an_error_found_by_a_check(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}), client_order_ref="B")
        order.with_user(self.assistant).action_confirm()
        english, french = self.read_in(order.adv_error_ids, "name")
        self.assertEqual(english, "Chair has no price (lines: 1).")
        self.assertIn("sans prix", french)
        self.assertIn("has no price", order.with_user(self.assistant).adv_todo)
        todo = order.with_user(self.manager).with_context(lang="fr_FR").adv_todo
        self.assertIn("sans prix", todo)

    def test_numbers_and_dates_of_an_amendment(self):
        order = self.confirmed
        order.with_user(self.assistant).write(
            {
                "commitment_date": "2101-03-05 10:00:00",
                "order_line": [(1, order.order_line.id, {"price_unit": 1234.5})],
            }
        )
        price = order.adv_amendment_ids.filtered(lambda amendment: amendment.field == "price_unit")
        self.assertRecordValues(price, [{"old_value": "100.00", "new_value": "1234.50"}])
        self.assertEqual(self.read_in(price, "new_shown"), ["1,234.50", "1\xa0234,50"])
        date = order.adv_amendment_ids - price
        self.assertRecordValues(date, [{"old_value": "", "new_value": "2101-03-05 10:00:00"}])
        in_paris = date.with_context(tz="Europe/Paris")
        self.assertEqual(in_paris.with_context(lang="fr_FR").new_shown, "05/03/2101 11:00")
        self.assertEqual(in_paris.with_context(lang="en_US").new_shown, "3/5/01, 11:00\u202fAM")

        order.adv_amendment_ids.with_user(self.assistant).action_qualify("error")
        errors = [self.read_in(error, "name") for error in order.adv_error_ids]
        self.assertTrue(any("100.00" in en and "1,234.50" in en and "1\xa0234,50" in fr for en, fr in errors))
        self.assertTrue(any("3/5/01" in en and "05/03/2101 11:00" in fr for en, fr in errors))

    def test_what_an_earlier_version_kept_is_shown_as_it_is(self):
        self.confirmed.order_line.price_unit = 90.0
        amendment = self.confirmed.adv_amendment_ids.sudo()
        amendment.old_value = "1.234,50"
        self.assertEqual(amendment.old_shown, "1.234,50")

    def test_why_a_row_was_dismissed(self):
        self.confirmed.order_line.product_uom_qty = 6
        amendment = self.confirmed.adv_amendment_ids.with_user(self.assistant)
        amendment.action_qualify("error")
        amendment.action_qualify("customer")
        english, french = self.read_in(self.confirmed.adv_error_ids, "dismiss_reason")
        self.assertEqual(english, "Qualified anew, as the customer's wish or another error")
        self.assertIn("souhait du client", french)

    def test_why_a_document_waits(self):
        documents = self.env["adv.document"]
        message = {"email_from": "who@stranger.example", "subject": "Order", "message_id": "<9@x>"}
        document = documents._adv_receive(
            {"Message-Id": "<9@x>"}, message, {"company_id": self.env.company.id}
        )
        english, french = self.read_in(document, "wait_reason")
        self.assertEqual(english, "We do not know this sender.")
        self.assertTrue(french)
        self.assertNotEqual(french, english)

    def test_why_a_message_was_not_sent(self):
        self.env.company.adv_delay_mode = "observe"
        message = self.env["adv.customer.message"]._adv_add(
            [
                {
                    "kind": "delay",
                    "source_key": "delay,test",
                    "partner_id": self.customer.id,
                    "company_id": self.env.company.id,
                }
            ]
        )
        english, french = self.read_in(message, "error")
        self.assertEqual(message.state, "not_wanted")
        self.assertEqual(english, "Observed: the company does not send these yet")
        self.assertNotEqual(french, english)

    def test_an_activity_is_in_the_language_of_who_gets_it(self):
        order = self.order(
            (self.chair, 1, {"price_unit": 0.0}), client_order_ref="C", user_id=self.manager.id
        )
        order.with_user(self.assistant).action_confirm()
        order.sudo()._adv_schedule(
            self.manager,
            lambda env: env._("The customer waits for our answer"),
            lambda env: order.with_env(env).adv_todo,
        )
        activity = order.sudo().activity_ids
        self.assertNotEqual(activity.summary, "The customer waits for our answer")
        self.assertIn("sans prix", activity.note)
