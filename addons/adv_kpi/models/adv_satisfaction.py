from odoo import api, fields, models

# what people write; the rest is the customer's word
SORTED_BY_PEOPLE = ("theme_id", "owner_id", "answer")


class AdvSatisfaction(models.Model):
    """One satisfaction survey: asked once for an order, answered or not. Written by the system only."""

    _name = "adv.satisfaction"
    _inherit = "adv.assistant.individual"
    _description = "Satisfaction survey of an order"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade", string="Order"
    )
    input_id = fields.Many2one(
        "survey.user_input", string="Answers", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, string="Company", readonly=True
    )
    team_id = fields.Many2one(related="order_id.team_id", store=True, readonly=True)
    user_id = fields.Many2one(related="order_id.user_id", store=True, readonly=True, string="Salesperson")
    assistant_id = fields.Many2one(
        "adv.assistant", string="ADV assistant", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, index=True, ondelete="restrict"
    )
    commercial_partner_id = fields.Many2one(
        related="order_id.adv_commercial_partner_id", store=True, readonly=True, string="Customer"
    )
    date = fields.Datetime(string="Asked on", required=True, readonly=True, index=True)
    answered_date = fields.Datetime(string="Answered on", readonly=True, index="btree_not_null")
    csat = fields.Integer(
        string="Satisfaction", readonly=True, aggregator="avg", help="From 1 to 5; 0: not answered."
    )
    nps = fields.Integer(string="Recommendation", readonly=True, aggregator="avg", help="From 0 to 10.")
    has_nps = fields.Boolean(string="Says whether it recommends", readonly=True)
    nps_point = fields.Integer(
        string="Promoter",
        compute="_compute_nps_point",
        store=True,
        help="1: promoter (9 or 10), -1: detractor (6 or less), 0: neither.",
    )
    comment = fields.Text(readonly=True)
    theme_id = fields.Many2one(
        "adv.satisfaction.theme", string="Theme", index="btree_not_null", ondelete="set null"
    )
    owner_id = fields.Many2one("res.users", string="Owner", help="Who answers the comment.")
    answer = fields.Text(string="Our answer")
    score_ids = fields.One2many("adv.satisfaction.score", "satisfaction_id", string="Scores", readonly=True)

    _once_an_order = models.UniqueIndex("(order_id)", "This order was asked about already.")

    @api.depends("nps", "has_nps")
    def _compute_nps_point(self):
        for answer in self:
            point = (answer.nps >= 9) - (answer.nps <= 6)
            answer.nps_point = point if answer.has_nps else 0

    def _has_field_access(self, field, operation):
        """Let people sort and answer comments; what the customer said is written by the system only."""
        if operation == "write" and not self.env.su and field.name not in SORTED_BY_PEOPLE:
            return False
        return super()._has_field_access(field, operation)


class AdvSatisfactionScore(models.Model):
    """The score of one item of a survey answered: phone reception, speed of order taking..."""

    _name = "adv.satisfaction.score"
    _inherit = "adv.assistant.individual"
    _description = "Score of a survey item"
    _order = "date desc, id desc"
    _rec_name = "question_id"

    satisfaction_id = fields.Many2one(
        "adv.satisfaction", required=True, readonly=True, index=True, ondelete="cascade", string="Survey"
    )
    company_id = fields.Many2one(related="satisfaction_id.company_id", store=True, index=True)
    date = fields.Datetime(
        related="satisfaction_id.answered_date", store=True, index=True, string="Answered on"
    )
    question_id = fields.Many2one(
        "survey.question", string="Item", required=True, readonly=True, index=True, ondelete="cascade"
    )
    score = fields.Integer(readonly=True, aggregator="avg", help="From 1 to 5.")


class AdvSatisfactionTheme(models.Model):
    _name = "adv.satisfaction.theme"
    _description = "Theme of survey comments"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
