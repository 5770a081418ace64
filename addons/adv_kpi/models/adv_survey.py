import logging
from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.adv_orders.tools import event_now

from ..engine.catalogue_service import (
    answers_given,
    asked,
    csat_answers,
    item_answers,
    nps_answers,
    replied,
)
from ..engine.statistics import mean_interval, wilson

_logger = logging.getLogger(__name__)

BATCH = 200
# an order delivered longer ago is not asked about any more
LATEST_DAYS = 30
ROLES = [
    ("csat", "Satisfaction, 1 to 5"),
    ("nps", "Recommendation, 0 to 10"),
    ("item", "Item, 1 to 5"),
    ("comment", "Comment"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_survey_sends = fields.Boolean(
        string="Ask customers after delivery", help="Once for an order, to its contact."
    )
    adv_survey_id = fields.Many2one("survey.survey", string="Satisfaction survey", ondelete="set null")
    adv_survey_days = fields.Integer(
        string="Days between surveys",
        default=90,
        help="A contact is asked again after so many days at the earliest.",
    )
    adv_survey_since = fields.Datetime(
        string="Surveys since", readonly=True, help="What was delivered before is not asked about."
    )

    def write(self, vals):
        if vals.get("adv_survey_sends"):
            vals = {"adv_survey_since": event_now(self.env), **vals}
        return super().write(vals)

    def _adv_survey(self):
        """Return the survey that the company sends: its own choice, else the shipped one."""
        self.ensure_one()
        return self.adv_survey_id or self.env.ref("adv_kpi.survey_satisfaction", raise_if_not_found=False)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    adv_target_occupancy = fields.Float(related="company_id.adv_target_occupancy", readonly=False)
    adv_without_group = fields.Boolean(related="company_id.adv_without_group", readonly=False)
    adv_survey_sends = fields.Boolean(related="company_id.adv_survey_sends", readonly=False)
    adv_survey_id = fields.Many2one(related="company_id.adv_survey_id", readonly=False)
    adv_survey_days = fields.Integer(related="company_id.adv_survey_days", readonly=False)


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    adv_role = fields.Selection(
        ROLES, string="Figure", help="What the answers to this question count for in the ADV figures."
    )


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        result = super()._mark_done()
        # sudo: the answers of a customer become figures, whoever the customer is
        self.env["adv.satisfaction"].sudo().search([("input_id", "in", self.ids)])._adv_read_answers()
        return result


class AdvSatisfaction(models.Model):
    """Asks once for an order, and reads the answers."""

    _inherit = "adv.satisfaction"

    # === SENDING === #

    @api.model
    def _adv_cron_send(self):
        """Ask about the orders delivered, company by company, in committed batches.

        A batch that fails is logged and tried again the next time; the next company goes on.
        """
        cron = self.env["ir.cron"]
        # sudo: the job asks for all companies
        for company in self.env["res.company"].sudo().search([("adv_survey_sends", "=", True)]):
            while self._adv_send_batch(company):
                cron._commit_progress()

    @api.model
    def _adv_send_batch(self, company):
        """Ask about the next orders of a company; nothing is left of a batch that fails."""
        try:
            with self.env.cr.savepoint():
                # sudo: the job asks for all companies
                return self.sudo().with_company(company)._adv_send(company)
        except Exception:
            _logger.exception("The surveys of company %s could not be sent", company.id)
            return self.browse()

    @api.model
    def _adv_send(self, company, limit=BATCH):
        """Ask about the next orders of a company.

        :return: the surveys sent; empty when nothing is left
        """
        # sudo: the survey that the company chose, whoever triggers the sending
        survey = company.sudo()._adv_survey()
        template = self.env.ref("adv_kpi.mail_template_survey", raise_if_not_found=False)
        if not survey or not survey.active or not template:
            return self.browse()
        orders = self._adv_to_ask(company, limit)
        sent = self.create([order._prepare_satisfaction_vals(survey) for order in orders])
        for satisfaction in sent:
            template.send_mail(satisfaction.id, email_layout_xmlid="mail.mail_notification_light")
        return sent

    @api.model
    def _adv_to_ask(self, company, limit):
        """Return orders to ask about, the latest delivered first, one for each contact."""
        now = event_now(self.env)
        since = max(company.adv_survey_since or now, now - timedelta(days=LATEST_DAYS))
        recent = now - timedelta(days=max(company.adv_survey_days, 1))
        orders = self.env["sale.order"].search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "sale")
            & Domain("adv_delivered_date", ">=", since)
            & Domain("adv_delivered_date", "<=", now)
            & Domain("adv_satisfaction_ids", "=", False)
            & Domain("partner_id.email", "!=", False)
            & Domain("partner_id.active", "=", True)
            & ~Domain("partner_id.adv_satisfaction_ids", "any", [("date", ">", recent)])
            & Domain("adv_commercial_partner_id.adv_refuses_survey", "=", False),
            order="adv_delivered_date desc, id desc",
            limit=limit,
        )
        first = {order.partner_id: order for order in reversed(orders)}
        return orders.filtered(lambda order: first[order.partner_id] == order)

    # === ANSWERS === #

    def _adv_read_answers(self):
        """Take over the answers of the surveys just completed."""
        for satisfaction in self:
            lines = satisfaction.input_id.user_input_line_ids.filtered(lambda line: not line.skipped)
            satisfaction.write(
                satisfaction._prepare_answer_vals(lines.grouped(lambda line: line.question_id.adv_role))
            )

    def _prepare_answer_vals(self, lines):
        """Return the values of the answers.

        :param lines: {role: answer lines}
        """
        none = self.env["survey.user_input.line"]
        nps = lines.get("nps", none)[:1]
        items = [line for line in lines.get("item", none) if 1 <= line.value_scale <= 5]
        return {
            "answered_date": self.input_id.end_datetime,
            "csat": min(max(lines.get("csat", none)[:1].value_scale, 0), 5),
            "nps": nps.value_scale,
            "has_nps": bool(nps),
            "comment": lines.get("comment", none)[:1].value_text_box,
            "score_ids": [fields.Command.clear()]
            + [
                fields.Command.create({"question_id": line.question_id.id, "score": line.value_scale})
                for line in items
            ],
        }

    def _adv_url(self):
        """Return the address at which the contact answers."""
        self.ensure_one()
        # sudo: the address of the survey; the letter goes to its contact only
        return self.get_base_url() + self.sudo().input_id.get_start_url()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_satisfaction_ids = fields.One2many(
        "adv.satisfaction",
        "order_id",
        string="Satisfaction survey",
        readonly=True,
        copy=False,
        groups="adv_orders.group_adv_assistant,adv_orders.group_adv_manager",
    )

    def _prepare_satisfaction_vals(self, survey):
        self.ensure_one()
        contact = self.partner_id
        answer = survey._create_answer(partner=contact, email=contact.email, check_attempts=False)
        return {
            "order_id": self.id,
            "input_id": answer.id,
            "assistant_id": self.adv_assistant_id.id,
            "partner_id": contact.id,
            "date": event_now(self.env),
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_satisfaction_ids = fields.One2many(
        "adv.satisfaction",
        "partner_id",
        readonly=True,
        groups="adv_orders.group_adv_assistant,adv_orders.group_adv_manager",
    )
    adv_refuses_survey = fields.Boolean(string="Wants no satisfaction survey")


class AdvKpi(models.Model):
    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_survey_details(self, date_from, date_to, filters=None):
        """Return how sure the figures of satisfaction are, and what customers wrote.

        :return: {'asked', 'answered', 'response_rate': percent or None, 'csat': {'n', 'value', 'low',
            'high'} or None, 'nps': same or None, 'items': [{'question_id', 'label', 'n', 'value', 'low',
            'high'}], 'themes': [{'key', 'label', 'value': number of comments, 'to_answer', 'model',
            'domain'}]}; low and high are the ends of the 95 % interval, None where one answer says nothing;
            the asked are those asked in the period, whenever they answered
        """
        _kpis, scope, period = self._prepare(["csat"], date_from, date_to, filters)
        if not scope.is_applicable(asked.source) or not scope.may_read(asked):
            return {}
        model = self.env["adv.satisfaction"]
        count = model.search_count(scope.domain(asked, period))
        answered = model.search_count(scope.domain(replied, period))
        return {
            "asked": count,
            "answered": answered,
            "response_rate": answered / count * 100 if count else None,
            "csat": self._get_csat_details(self._get_answer_counts(scope, csat_answers, period, "csat")),
            "nps": self._get_mean_details(
                self._get_answer_counts(scope, nps_answers, period, "nps_point"), (-1, 1), 100
            ),
            "items": self._get_item_details(scope, period),
            "themes": self._get_comments(scope, period),
        }

    @api.model
    def _get_comments(self, scope, period):
        """Return the comments of the period by theme, the most frequent first, and how many wait."""
        model = self.env["adv.satisfaction"]
        said = Domain(scope.domain(answers_given, period)) & Domain("comment", "!=", False)
        waiting = dict(model._read_group(said & Domain("answer", "=", False), ["theme_id"], ["__count"]))
        rows = [
            {
                "key": theme.id,
                "label": theme.name or self.env._("To sort"),
                "value": count,
                "to_answer": waiting.get(theme, 0),
                "model": model._name,
                "domain": list(said & Domain("theme_id", "=", theme.id)),
            }
            for theme, count in model._read_group(said, ["theme_id"], ["__count"])
        ]
        return sorted(rows, key=lambda row: (-row["value"], row["label"]))

    @api.model
    def _get_answer_counts(self, scope, measure, period, name):
        model = self.env[measure.source.model]
        return Counter(dict(model._read_group(scope.domain(measure, period), [name], ["__count"])))

    @api.model
    def _get_csat_details(self, counts):
        total, good = sum(counts.values()), counts[4] + counts[5]
        interval = wilson(good, total)
        return interval and {
            "n": total,
            "value": good / total * 100,
            "low": interval[0] * 100,
            "high": interval[1] * 100,
        }

    @api.model
    def _get_mean_details(self, counts, scale, factor=1):
        """Return a mean with its interval, which ends where the scale of the answers ends."""
        found = mean_interval(counts)
        if not found:
            return None
        value, low, high = found
        if low is not None:
            low, high = max(low, scale[0]) * factor, min(high, scale[1]) * factor
        return {"n": sum(counts.values()), "value": value * factor, "low": low, "high": high}

    @api.model
    def _get_item_details(self, scope, period):
        groups = self.env["adv.satisfaction.score"]._read_group(
            scope.domain(item_answers, period), ["question_id", "score"], ["__count"]
        )
        by_item = {}
        for question, score, count in groups:
            by_item.setdefault(question, Counter())[score] += count
        # sudo: the titles of the items; the answers were read with the reader's rights
        return [
            {
                "question_id": question.id,
                "label": question.sudo().display_name,
                **self._get_mean_details(counts, (1, 5)),
            }
            for question, counts in by_item.items()
        ]
