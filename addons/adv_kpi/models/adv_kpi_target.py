from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from ..engine.periods import months_in

# shares of months are no round numbers: what differs less is the same
DIGITS = 6


class AdvKpiTarget(models.Model):
    """What a company wants of a figure from a day on, until the next target."""

    _name = "adv.kpi.target"
    _description = "Target of a figure"
    _order = "date_from desc, id desc"
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one("adv.kpi", string="Figure", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, index=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._adv_today().replace(day=1)
    )
    value = fields.Float(
        string="Target",
        required=True,
        digits=(16, 2),
        help="In the unit of the figure: percent, days... A number or an amount of a period is wanted of one"
        " month; of a week, a quarter or a year in proportion.",
    )
    unit = fields.Selection(related="kpi_id.unit")

    team_id = fields.Many2one(
        "crm.team",
        string="Team",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the whole company.",
    )
    is_band = fields.Boolean(string="Band", help="The figure shall lie between two values.")
    value_to = fields.Float(string="To value", digits=(16, 2))
    alert_user_id = fields.Many2one(
        "res.users",
        string="Tell",
        domain=[("share", "=", False)],
        help="Gets one activity when the figure of the running month misses the target.",
    )

    _once_a_day = models.UniqueIndex(
        "(kpi_id, company_id, COALESCE(team_id, 0), date_from)",
        "This figure already has a target from that day.",
    )

    _band_in_order = models.Constraint(
        "CHECK (NOT COALESCE(is_band, FALSE) OR value_to >= value)", "A band begins below its end."
    )

    @api.model
    def name_create(self, name):
        """Refuse: its name is that of its figure, which is there already."""
        raise UserError(self.env._("A target is named by its figure: choose it instead of a name."))

    # === CONSTRAINTS === #

    @api.constrains("kpi_id", "value", "is_band", "value_to")
    def _check_ends(self):
        """Refuse what is reached always or never: a field left empty is 0, which only few figures aim at.

        No errors and nothing overdue are an aim, and promoters may be as many as detractors. Customers may
        pay before the term, and an own figure may sum up what is below 0.
        """
        for target in self:
            kpi, last = target.kpi_id, target.value_to if target.is_band else target.value
            if target.is_band and float_compare(target.value, last, DIGITS) >= 0:
                raise ValidationError(self.env._("A band begins below its end."))
            can_be_negative = kpi.is_own or kpi.unit in ("score", "days")
            if not can_be_negative and float_compare(target.value, 0, DIGITS) < 0:
                raise ValidationError(self.env._("%(figure)s: a target cannot be below 0.", figure=kpi.name))
            if kpi.direction != "down" and kpi.unit != "score" and not float_compare(last, 0, DIGITS):
                raise ValidationError(self.env._("%(figure)s: give a target above 0.", figure=kpi.name))

    # === CRUD === #

    def unlink(self):
        self.check_access("unlink")
        # sudo: the alerts go with their target, and by the ORM so that their activities and messages go too
        self.env["adv.kpi.alert"].sudo().search([("target_id", "in", self.ids)]).unlink()
        return super().unlink()

    # === BUSINESS === #

    @api.model
    def _get_targets(self, kpis, company, day, team_id=False):
        """Return {kpi: target} in force for a company, or one of its teams, on a day."""
        targets = self.search_fetch(
            [
                ("kpi_id", "in", kpis.ids),
                ("company_id", "=", company.id),
                ("date_from", "<=", day),
                ("team_id", "=", team_id),
            ],
            ["kpi_id", "value", "is_band", "value_to"],
            order="date_from",
        )
        return {target.kpi_id: target for target in targets}

    @api.model
    def _get_watched(self, company, day):
        """Return the targets in force that tell somebody: the latest of each figure and team.

        Own figures are not watched: the job counts with all rights what their makers may not read.
        """
        targets = self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", day),
                ("kpi_id.active", "=", True),
                ("kpi_id.is_own", "=", False),
            ],
            order="date_from",
        )
        latest = {(target.kpi_id, target.team_id): target for target in targets}
        return self.browse(target.id for target in latest.values() if target.alert_user_id)

    def _get_months(self, date_from, date_to):
        """Return how many times the target is wanted of a span: what grows with it is wanted by month."""
        formula = self.kpi_id._formula()
        return months_in(date_from, date_to) if formula and formula.is_cumulative else 1.0

    def _get_ends(self, period):
        """Return the values wanted of a period: one, or the two ends of the band."""
        self.ensure_one()
        months = self._get_months(period.date_from, period.date_to)
        return [end * months for end in ([self.value, self.value_to] if self.is_band else [self.value])]

    def _is_met(self, value, period):
        """Tell whether a value of a period reaches the target; None when that cannot be said.

        What grows with the period has not to be reached before its end: it is late when it is less than
        what the days that are over ask for.
        """
        self.ensure_one()
        direction = self.kpi_id.direction
        if value is None or (direction == "none" and not self.is_band):
            return None
        ends = self._get_ends(period)
        if (self.is_band or direction == "down") and float_compare(value, ends[-1], DIGITS) > 0:
            return False
        if not self.is_band and direction == "down":
            return True
        over = self._get_months(period.date_from, min(period.date_to, period.due))
        return float_compare(value, self.value * over, DIGITS) >= 0 if over else None

    def _get_wanted(self, period):
        """Return what is wanted of a period as a text: a value or a band."""
        self.ensure_one()
        return " - ".join(self.kpi_id._format_value(end, self.company_id) for end in self._get_ends(period))

    def _prepare_alert_vals(self, value, period):
        """Return the values of an alert in the month up to the day judged, for the one who is told."""
        return {
            "target_id": self.id,
            "date_from": period.date_from,
            "date_to": period.as_of,
            "value": value,
            "wanted": self._in_reader_language()._get_wanted(period),
        }

    def _in_reader_language(self):
        """Return the target in the language of the one who is told: jobs have none."""
        return self.with_context(lang=self.alert_user_id.lang or self.env.lang)


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def unlink(self):
        """Delete the targets of the team too, by the ORM so that their alerts and activities go with them."""
        self.check_access("unlink")
        # sudo: what is wanted of a team goes with it, whoever may set targets
        self.env["adv.kpi.target"].sudo().search([("team_id", "in", self.ids)]).unlink()
        return super().unlink()
