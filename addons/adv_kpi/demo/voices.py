"""Agreements and campaigns before the orders; afterwards what customers ask and how content they are."""

import random
from datetime import datetime, time, timedelta

from odoo.fields import Command

from .base import Part
from .names import CAMPAIGNS
from .plan import SEED, working_day

# customer, days from today: from, until; discount; renewal
AGREEMENTS = (
    (0, -330, 35, 6),
    (3, -300, 18, 5),
    (6, -200, 165, 8),
    (9, -150, 215, 4),
    (12, -380, -15, 5),
    (38, -340, 52, 7),
    (40, -90, 275, 5),
)
QUESTIONS = (
    ("question", "When does our order arrive?", "phone"),
    ("document", "Copy of the delivery note, please", "email"),
    ("change", "Please deliver a week later", "email"),
    ("question", "Is the Isère range still made?", "phone"),
    ("document", "Duplicate of the invoice", "email"),
    ("question", "Availability of 40 terrace chairs", "portal"),
    ("change", "Another delivery address for this order", "phone"),
    ("other", "New contact for our purchases", "email"),
)
COMMENTS = (
    (5, "Always friendly on the phone."),
    (2, "The second half came five days late and nobody told us."),
    (4, "Good packing, nothing broken this time."),
    (5, "Order confirmed within the hour, thank you."),
    (3, "The invoice did not carry our order number."),
    (4, "The portal is practical."),
    (1, "Two plates broken and a long wait for an answer."),
    (5, "Very quick delivery before our opening."),
)
WATCHED = ("on_time_rate", "dso")
THEMES = ("reception", "delivery", "product", "reception", "invoice", "reception", "product", "delivery")


class Conditions(Part):
    """Agreements, rules of billing, credit limits, campaigns: there before the first order."""

    def load(self):
        self._agreements()
        self._limits()
        self._campaigns()
        self._targets()

    def _agreements(self):
        today = self.plan.today
        agreements = self.env["adv.agreement"].create(
            [
                {
                    "name": f"Conditions {(today + timedelta(days=start)).year}",
                    "partner_id": self.world.customers[customer].id,
                    "company_id": self.company.id,
                    "user_id": self.world.users["manager"].id,
                    "date_from": today + timedelta(days=start),
                    "date_to": today + timedelta(days=end),
                    "payment_term_id": self.world.customers[customer].property_payment_term_id.id,
                    "lead_days": 5,
                    "free_freight_from": 1200,
                    "line_ids": [Command.create({"kind": "discount", "discount": discount})],
                }
                for customer, start, end, discount in AGREEMENTS
            ]
        )
        agreements[:-1].action_activate()

    def _limits(self):
        today = self.plan.today
        limits = [(0, 30000), (4, 15000), (6, 12000), (10, 8000), (38, 20000)]
        self.env["adv.credit.limit"].create(
            [
                {
                    "partner_id": self.world.customers[customer].id,
                    "company_id": self.company.id,
                    "amount": amount,
                    "date_from": self.plan.start,
                    "reference": "Finance committee",
                }
                for customer, amount in limits
            ]
            + [
                {
                    "partner_id": self.world.customers[38].id,
                    "company_id": self.company.id,
                    "kind": "insurer",
                    "insurer_id": self.env["res.partner"]
                    .create({"name": "Assurance-crédit Atlantique", "is_company": True})
                    .id,
                    "amount": 15000,
                    "date_from": self.plan.start,
                    "date_to": today + timedelta(days=20),
                    "reference": "AC-20931",
                }
            ]
        )

    def _campaigns(self):
        self.world.campaigns = self.env["utm.campaign"].create([{"title": name} for name in CAMPAIGNS])
        spends = []
        for month in range(13):
            day = self.plan.days[min(month * 21 + 5, len(self.plan.days) - 1)]
            spends.append((CAMPAIGNS[month % 3], day, (1400, 2600, 800)[month % 3] + 40 * month))
        self.env["adv.marketing.spend"].create(
            [
                {
                    "name": name,
                    "date": day,
                    "campaign_id": self.world.campaigns[CAMPAIGNS.index(name)].id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "amount": amount,
                }
                for name, day, amount in spends
            ]
        )

    def _targets(self):
        start = self.plan.start.replace(day=1)
        targets = {
            "on_time_rate": 95,
            "entry_error_rate": 5,
            "dso": 40,  # missed on any day: somebody is told
            "csat": 85,
            "quote_conversion_rate": 60,
            "gross_margin_rate": 40,
        }
        kpis = self.env["adv.kpi"].search([("code", "in", list(targets))])
        self.env["adv.kpi.target"].create(
            [
                {
                    "kpi_id": kpi.id,
                    "company_id": self.company.id,
                    "date_from": start,
                    "value": targets[kpi.code],
                    "alert_user_id": self.world.users["manager"].id if kpi.code in WATCHED else False,
                }
                for kpi in kpis
            ]
        )


class Voices(Part):
    """Requests with their answers, and the satisfaction survey."""

    def load(self):
        self.random = random.Random(SEED + 1)  # noqa: S311 - no secret
        self._requests()
        self._surveys()

    # === REQUESTS === #

    def _requests(self):
        shipped = [sale for sale in self.plan.sales if sale.shipments]
        for rank, sale in enumerate(shipped[2::5]):
            kind, name, channel = QUESTIONS[rank % len(QUESTIONS)]
            day = working_day(sale.shipments[0][0], -2)
            moment = datetime.combine(day, time(9 + rank % 7, (rank * 17) % 60))
            request = self.request(self.world.orders[sale.number], moment, kind, name, channel)
            hours = self.random.choice((1, 2, 3, 5, 27, 49))
            answered = moment + timedelta(hours=hours)
            if answered.date() < self.plan.today:
                self.world.at(request, answered)._adv_close()

    # === SURVEYS === #

    def _surveys(self):
        """One order in three was asked about, four in ten answered; the answers become figures natively."""
        survey = self.company._adv_survey()
        questions = survey.question_ids.filtered("adv_role")
        asked = [sale for sale in self.plan.sales if sale.delivered][1::3]
        asked = [sale for sale in asked if sale.delivered < self.plan.days[-4]]
        orders = self.env["sale.order"].browse([self.world.orders[sale.number].id for sale in asked])
        rows = []
        for sale, order in zip(asked, orders, strict=True):
            moment = datetime.combine(working_day(sale.delivered, 1), time(10))
            rows.append(self.world.at(order, moment)._prepare_satisfaction_vals(survey))
        answers = self.env["adv.satisfaction"].create(rows)
        for rank, (sale, answer) in enumerate(zip(asked, answers, strict=True)):
            if rank % 5 in (0, 2, 3):
                self._answer(questions, answer, rank, working_day(sale.delivered, 3))

    def _answer(self, questions, satisfaction, rank, day):
        score, comment = COMMENTS[rank % len(COMMENTS)]
        score = score if rank % 4 else min(score + 1, 5)
        vals = []
        for question in questions:
            role = question.adv_role
            row = {
                "user_input_id": satisfaction.input_id.id,
                "question_id": question.id,
                "answer_type": "text_box" if role == "comment" else "scale",
            }
            if role == "comment":
                if rank % 3 == 1:
                    continue
                row["value_text_box"] = comment
            elif role == "nps":
                row["value_scale"] = min(score * 2 + rank % 2, 10)
            else:
                row["value_scale"] = min(max(score + self.random.choice((-1, 0, 0, 0, 1)), 1), 5)
                if role == "csat":
                    row["value_scale"] = score
            vals.append(row)
        self.env["survey.user_input.line"].create(vals)
        moment = self.world.utc(day)
        satisfaction.input_id._mark_done()
        satisfaction.input_id.end_datetime = moment
        satisfaction._adv_read_answers()
        if rank % 3 != 1:
            satisfaction.theme_id = self.world.ref(f"adv_kpi.theme_{THEMES[rank % len(THEMES)]}")
            satisfaction.owner_id = self.world.users["manager"] if score < 4 else False
