from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import only_one

# what still needs an assistant's work, by the standard minutes that each costs
ENTRY_STATES = ("draft", "quoted", "to_correct", "to_approve", "held")
FOLLOW_STATES = ("confirmed", "in_delivery")


class AdvAssistant(models.Model):
    _name = "adv.assistant"
    _description = "ADV assistant"
    _order = "name, id"

    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade", domain=[("share", "=", False)]
    )
    name = fields.Char(related="user_id.name", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        default=lambda self: self.env.company.resource_calendar_id,
        ondelete="set null",
    )
    partner_ids = fields.Many2many("res.partner", string="Customers")
    partner_count = fields.Integer(string="Number of customers", compute="_compute_load")
    absence_ids = fields.One2many("adv.assistant.absence", "assistant_id", string="Absences")
    is_absent = fields.Boolean(
        string="Absent today", compute="_compute_is_absent", search="_search_is_absent"
    )
    back_date = fields.Date(string="Back on", compute="_compute_is_absent")
    minutes_order = fields.Integer(
        string="Minutes an order to enter", default=12, help="Until it is confirmed."
    )
    minutes_follow = fields.Integer(
        string="Minutes an order to follow", default=2, help="From confirmation to delivery."
    )
    minutes_request = fields.Integer(string="Minutes a request", default=10)
    minutes_document = fields.Integer(string="Minutes a document to file", default=3)
    order_count = fields.Integer(string="Orders to enter", compute="_compute_load")
    follow_count = fields.Integer(string="Orders to follow", compute="_compute_load")
    request_count = fields.Integer(string="Open requests", compute="_compute_load")
    document_count = fields.Integer(string="To file", compute="_compute_load")
    load_hours = fields.Float(string="Hours of open work", compute="_compute_load")

    _user_company_unique = models.Constraint(
        "UNIQUE (user_id, company_id)", "This person is already an ADV assistant of the company."
    )
    _minutes_positive = models.Constraint(
        "CHECK (minutes_order >= 0 AND minutes_follow >= 0"
        " AND minutes_request >= 0 AND minutes_document >= 0)",
        "Standard minutes cannot be negative.",
    )

    # COMPUTE

    @api.depends("absence_ids.date_from", "absence_ids.date_to")
    def _compute_is_absent(self):
        present = self._adv_present()
        for assistant in self:
            assistant.is_absent = assistant not in present
            today = assistant.company_id._adv_today()
            ends = assistant.absence_ids.filtered(
                lambda absence, today=today: absence.date_from <= today <= absence.date_to
            ).mapped("date_to")
            assistant.back_date = max(ends) + timedelta(days=1) if ends else False

    def _search_is_absent(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: whether somebody is here today is no secret, the dates of absences are
        everyone = self.sudo().with_context(active_test=False).search(Domain.TRUE)
        absent = everyone - everyone._adv_present()
        found = (absent if True in value else self.browse()) | (
            everyone - absent if False in value else self.browse()
        )
        return Domain("id", "in", found.ids)

    @api.depends_context("uid")
    def _compute_load(self):
        counts = self._adv_counts()
        customers = self._adv_customer_counts()
        for assistant in self:
            mine = counts.get(assistant.id, {})
            assistant.order_count = mine.get("order", 0)
            assistant.follow_count = mine.get("follow", 0)
            assistant.request_count = mine.get("request", 0)
            assistant.document_count = mine.get("document", 0)
            assistant.load_hours = assistant._adv_minutes(mine) / 60.0
            assistant.partner_count = customers.get(assistant.id, 0)

    # ACTIONS

    def action_open_work(self):
        """Open the orders of the assistant that are not delivered yet."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_orders.action_desk")
        return {
            **action,
            "name": self.env._("Orders of %s", self.name),
            "domain": [("adv_assistant_id", "=", self.id)],
            "context": {"search_default_todo": 1},
        }

    def action_open_reassign(self):
        """Open the wizard that gives the work of these assistants to others."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "adv.reassign",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_from_ids": [fields.Command.set(self.ids)],
                "default_until": max(filter(None, self.mapped("back_date")), default=False),
            },
        }

    # PRESENCE

    def _adv_present(self):
        """Return the assistants who are not absent today, in their company's time zone."""
        days = {company.id: company._adv_today() for company in self.company_id}
        # sudo: whether somebody is here today is no secret, the dates of absences are
        absent = {
            absence.assistant_id.id
            for absence in self.sudo().absence_ids
            if absence.date_from <= days[absence.assistant_id.company_id.id] <= absence.date_to
        }
        return self.filtered(lambda assistant: assistant.id not in absent)

    # LOAD

    def _adv_counts(self):
        """Return {assistant id: {kind of work: number open}}; three queries whatever their number."""
        counts = {assistant_id: {} for assistant_id in self.ids}
        # sudo: the load counts colleagues' work too
        orders = self.env["sale.order"].sudo()
        domain = Domain("adv_assistant_id", "in", self.ids) & Domain(
            "adv_state", "in", ENTRY_STATES + FOLLOW_STATES
        )
        for assistant, state, count in orders._read_group(
            domain, ["adv_assistant_id", "adv_state"], ["__count"]
        ):
            kind = "order" if state in ENTRY_STATES else "follow"
            counts[assistant.id][kind] = counts[assistant.id].get(kind, 0) + count
        for kind, model, state in (
            ("request", "adv.request", "open"),
            ("document", "adv.document", "to_file"),
        ):
            domain = Domain("assistant_id", "in", self.ids) & Domain("state", "=", state)
            # sudo: as above
            groups = self.env[model].sudo()._read_group(domain, ["assistant_id"], ["__count"])
            for assistant, count in groups:
                counts[assistant.id][kind] = count
        return counts

    def _adv_minutes(self, counts):
        """Return the standard minutes of ``counts`` ({kind of work: number})."""
        self.ensure_one()
        return (
            self.minutes_order * counts.get("order", 0)
            + self.minutes_follow * counts.get("follow", 0)
            + self.minutes_request * counts.get("request", 0)
            + self.minutes_document * counts.get("document", 0)
        )

    def _adv_loads(self):
        """Return {assistant id: minutes of open work by hour of the working day}: part-timers get less."""
        counts = self._adv_counts()
        return {
            assistant.id: assistant._adv_minutes(counts.get(assistant.id, {})) / assistant._adv_day_hours()
            for assistant in self
        }

    def _adv_day_hours(self):
        self.ensure_one()
        # sudo: working hours are used to weigh the load only
        return self.calendar_id.sudo().hours_per_day or 8.0

    def _adv_customer_counts(self):
        if not self.ids:
            return {}
        self.flush_model(["partner_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT adv_assistant_id, count(*) FROM adv_assistant_res_partner_rel
                    WHERE adv_assistant_id IN %s GROUP BY adv_assistant_id""",
                tuple(self.ids),
            )
        )
        return dict(rows)

    # ASSIGNMENT

    @api.model
    def _adv_assign(self, records, field):
        """Write on each record who takes care of its customer: the customer's own assistant while present,
        else the present one with the least open work, counting what is given in this very call.

        :param records: orders, requests or documents (with ``company_id`` and ``partner_id``)
        :param str field: name of their many2one to ``adv.assistant``
        """
        teams = self._adv_teams(records.company_id)
        own = self._adv_own_assistants(records.partner_id | records.partner_id.commercial_partner_id)
        for record in records:
            team = teams.get(record.company_id.id)
            record[field] = team.choose(record, own) if team and record.partner_id else False

    @api.model
    def _adv_teams(self, companies):
        # sudo: choosing the assistant needs no right on the assistants' absences or on colleagues' work
        assistants = self.sudo().search([("company_id", "in", companies.ids)])
        if not assistants:
            return {}
        present = assistants._adv_present()
        loads = present._adv_loads()
        return {
            company.id: AssistantTeam(crew, loads) for company, crew in present.grouped("company_id").items()
        }

    @api.model
    def _adv_own_assistants(self, partners):
        """Return {partner id: assistant ids} of the portfolios; one query."""
        ids = [partner_id for partner_id in partners.ids if partner_id]
        if not ids:
            return {}
        self.flush_model(["partner_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT res_partner_id, array_agg(adv_assistant_id ORDER BY adv_assistant_id)
                     FROM adv_assistant_res_partner_rel WHERE res_partner_id IN %s GROUP BY res_partner_id""",
                tuple(ids),
            )
        )
        return dict(rows)


class AssistantTeam:
    """The present assistants of a company and their loads, which grow with what they are given."""

    def __init__(self, crew, loads):
        self.ids = set(crew.ids)
        self.loads = {assistant.id: loads.get(assistant.id, 0.0) for assistant in crew}
        self.weights = {
            assistant.id: assistant.minutes_order / assistant._adv_day_hours() for assistant in crew
        }

    def choose(self, record, own):
        """Return the id of the assistant for ``record``."""
        partner = record.partner_id
        for partner_id in (partner.ids or [False])[0], (partner.commercial_partner_id.ids or [False])[0]:
            mine = [assistant_id for assistant_id in own.get(partner_id, ()) if assistant_id in self.ids]
            if mine:
                return mine[0]
        return self.least_loaded()

    def least_loaded(self, weight=None):
        """Return the id of the present assistant with the least work, and count the new piece.

        :param float weight: the piece's share; without it, that of one order to enter
        """
        chosen = min(self.loads, key=lambda assistant_id: (self.loads[assistant_id], assistant_id))
        self.loads[chosen] += self.weights[chosen] if weight is None else weight
        return chosen


class AdvAssistantAbsence(models.Model):
    _name = "adv.assistant.absence"
    _description = "Absence of an ADV assistant"
    _order = "date_from desc, id"

    assistant_id = fields.Many2one("adv.assistant", required=True, index=True, ondelete="cascade")
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    reason = fields.Char()

    _dates_in_order = models.Constraint("CHECK (date_to >= date_from)", "An absence ends after it begins.")


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_assistant_ids = fields.Many2many(
        "adv.assistant",
        "adv_assistant_res_partner_rel",
        "res_partner_id",
        "adv_assistant_id",
        string="ADV assistants",
        copy=False,
        help="Who takes care of the customer's orders and requests.",
    )
