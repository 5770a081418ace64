from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import KpiCommon

MARCH = ("2026-03-01", "2026-03-31")


@tagged("post_install", "-at_install")
class TestSurvey(KpiCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.adv_survey_sends = True
        cls.company.adv_survey_since = "2026-03-01 00:00:00"
        cls.customer.email = "acme@example.com"
        assistant = new_test_user(cls.env, "kpi_survey_ann", groups="adv_orders.group_adv_assistant")
        cls.assistant = cls.env["adv.assistant"].create(
            {"user_id": assistant.id, "company_id": cls.company.id}
        )
        cls.old = cls._delivered("2026-02-25 10:00:00")
        cls.order = cls._delivered("2026-03-10 10:00:00")
        cls.later = cls._delivered("2026-03-12 10:00:00")
        cls.surveys = cls.env["adv.satisfaction"].sudo()

    @classmethod
    def _delivered(cls, moment, **vals):
        order = cls._confirmed(10, "2026-02-20 09:00:00", "2026-02-20 10:00:00", False, moment, **vals)
        order.adv_assistant_id = cls.assistant
        return order

    def _answer(self, survey, **values):
        """Answer as the page does: by the kind of question."""
        user_input = survey.input_id
        for question in user_input.survey_id.question_ids:
            value = values.get(question.adv_role)
            if value is not None:
                user_input._save_lines(question, value)
        user_input._mark_done()

    def test_asked_once_and_not_too_often(self):
        sent = self.surveys._adv_send(self.company)
        # the latest delivery asks; what was delivered before the start never does
        self.assertEqual(sent.order_id, self.later)
        self.assertEqual(sent.assistant_id, self.assistant)
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "adv.satisfaction"), ("res_id", "=", sent.id)])
        )
        self.assertEqual(mail.recipient_ids | mail.recipient_ids, self.customer)
        self.assertIn(sent.input_id.access_token, mail.body_html)
        self.assertFalse(self.surveys._adv_send(self.company), "the contact was asked already")
        sent.date = "2025-11-01 10:00:00"  # more than 90 days ago
        self.assertEqual(self.surveys._adv_send(self.company).order_id, self.order)
        self.assertFalse(self.surveys._adv_send(self.company))

    def test_who_is_not_asked(self):
        self.customer.adv_refuses_survey = True
        self.assertFalse(self.surveys._adv_send(self.company))
        self.customer.adv_refuses_survey = False
        self.customer.email = False
        self.assertFalse(self.surveys._adv_send(self.company))
        self.company.adv_survey_sends = False
        self.customer.email = "acme@example.com"
        self.surveys._adv_cron_send()
        self.assertFalse(self.surveys.search([("company_id", "=", self.company.id)]))

    def test_answers_become_figures(self):
        sent = self.surveys._adv_send(self.company)
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        second = self._delivered("2026-03-13 10:00:00", partner=other)
        sent |= self.surveys._adv_send(self.company)
        self.assertEqual(sent.order_id, self.later | second)
        self.assertFigures({"csat": None, "nps": None, "survey_item_score": None}, MARCH)
        self._answer(sent[0], csat=5, nps=9, item=4, comment="Late lorry")
        self.assertEqual((sent[0].csat, sent[0].nps_point, sent[0].comment), (5, 1, "Late lorry"))
        self.assertEqual(set(sent[0].score_ids.mapped("score")), {4})
        self.assertEqual(len(sent[0].score_ids), 6)
        self.assertFigures({"csat": 100, "nps": 100, "survey_item_score": 4}, MARCH)
        self.company.adv_individual_figures = True
        self.assertFigures({"csat": 100}, MARCH, filters={"assistant_ids": self.assistant.ids})
        details = self.kpi.get_survey_details(*MARCH)
        self.assertEqual((details["asked"], details["answered"], details["response_rate"]), (2, 1, 50))
        # Wilson for 1 of 1: 1 / (1 + 1.96^2) = 0.2065
        self.assertEqual((details["csat"]["n"], round(details["csat"]["low"], 2)), (1, 20.65))
        self.assertIsNone(details["nps"]["low"], "one answer says nothing of its spread")
        self._answer(sent[1], csat=2, nps=3, item=2)
        # -1 and 1: mean 0, deviation sqrt(2), error 1, Student 12.7: beyond the ends of the scale
        nps = self.kpi.get_survey_details(*MARCH)["nps"]
        self.assertEqual((nps["value"], nps["low"], nps["high"]), (0, -100, 100))
        self.assertEqual({item["value"] for item in self.kpi.get_survey_details(*MARCH)["items"]}, {3})

    def test_an_item_not_answered_does_not_count(self):
        sent = self.surveys._adv_send(self.company)
        self._answer(sent, csat=3)
        self.assertEqual((sent.csat, sent.has_nps, sent.nps_point), (3, False, 0))
        self.assertFigures({"csat": 0, "nps": None, "survey_item_score": None}, MARCH)

    def test_only_managers_sort_comments(self):
        sent = self.surveys._adv_send(self.company)
        theme = self.env.ref("adv_kpi.theme_delivery")
        sent.with_user(self.env.user).write(
            {"theme_id": theme.id, "owner_id": self.env.uid, "answer": "Sorry"}
        )
        self.assertEqual(sent.theme_id, theme)
        self._answer(sent, csat=2, nps=3)
        for vals in (
            {"csat": 5},
            {"nps": 10},
            {"comment": "Great"},
            {"theme_id": False, "date": "2026-01-01"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                sent.with_user(self.env.user).write(vals)
        self.assertEqual((sent.csat, sent.nps, sent.theme_id), (2, 3, theme))

    def test_an_archived_survey_is_not_sent(self):
        self.company._adv_survey().sudo().active = False
        self.assertFalse(self.surveys._adv_send(self.company))

    def test_a_company_that_fails_does_not_stop_the_others(self):
        failing = self.env["res.company"].create({"name": " First", "sequence": 0, "adv_survey_sends": True})
        send = type(self.surveys)._adv_send

        def sending(records, company, *args):
            if company == failing:
                raise ValueError("broken")
            return send(records, company, *args)

        with (
            patch.object(type(self.surveys), "_adv_send", sending),
            self.assertLogs("odoo.addons.adv_kpi.models.adv_survey", "ERROR") as logs,
        ):
            self.surveys._adv_cron_send()
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(self.surveys.search([("company_id", "=", self.company.id)]).order_id, self.later)
