from odoo import api, fields, models


class SaleOrder(models.Model):
    """Columns that the figures sum or filter; facts, derived from the milestones."""

    _inherit = "sale.order"

    adv_processing_days = fields.Integer(
        string="Days to deliver",
        compute="_compute_adv_processing_days",
        store=True,
        copy=False,
        aggregator="avg",
        help="Calendar days from reception to the last delivery.",
    )
    adv_is_on_time_requested = fields.Boolean(
        string="On time for the customer",
        compute="_compute_adv_is_on_time_requested",
        store=True,
        copy=False,
        help="The last delivery left on the requested day or before.",
    )

    @api.depends("adv_received_date", "adv_delivered_date", "company_id")
    def _compute_adv_processing_days(self):
        for order in self:
            received, delivered = order._adv_days(order.adv_received_date, order.adv_delivered_date)
            order.adv_processing_days = (delivered - received).days if received and delivered else 0

    @api.depends("adv_requested_date", "adv_delivered_date", "company_id")
    def _compute_adv_is_on_time_requested(self):
        for order in self:
            requested, delivered = order._adv_days(order.adv_requested_date, order.adv_delivered_date)
            order.adv_is_on_time_requested = bool(requested and delivered) and delivered <= requested

    def _adv_days(self, *moments):
        """Return the company's calendar days of some moments (False where there is none)."""
        return [moment and self.company_id._adv_date(moment) for moment in moments]

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_processing_days", "adv_is_on_time_requested"}
