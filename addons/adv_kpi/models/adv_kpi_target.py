from odoo import api, fields, models


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
        string="Target", required=True, digits=(16, 2), help="In the unit of the figure: percent, days..."
    )
    unit = fields.Selection(related="kpi_id.unit")

    _once_a_day = models.UniqueIndex(
        "(kpi_id, company_id, COALESCE(team_id, 0), date_from)",
        "This figure already has a target from that day.",
    )

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
