from datetime import datetime, time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TO_HANDLE = ("draft", "to_correct", "to_approve", "held")


class SaleOrder(models.Model):
    """The desk: what is to be done first."""

    _inherit = "sale.order"

    adv_due_date = fields.Datetime(
        string="Act by",
        compute="_compute_adv_due_date",
        store=True,
        copy=False,
        help="The day promised; before a promise, the day wished for or the day we received the order. "
        "Empty once nothing is to be done.",
    )
    adv_shows_status = fields.Boolean(compute="_compute_adv_shows_status")

    _adv_due_index = models.Index(
        "(company_id, adv_due_date) WHERE adv_state NOT IN ('delivered', 'invoiced', 'settled', 'cancelled')"
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_due_date"}

    # COMPUTE

    @api.depends(
        "adv_state",
        "commitment_date",
        "adv_promise_date",
        "adv_requested_date",
        "adv_received_date",
        "validity_date",
    )
    def _compute_adv_due_date(self):
        for order in self:
            order.adv_due_date = order._adv_get_due_date()

    def _adv_get_due_date(self):
        told = self.commitment_date or self.adv_promise_date or self.adv_requested_date
        if self.adv_state in TO_HANDLE:
            return told or self.adv_received_date
        if self.adv_state == "quoted":
            return told or (self.validity_date and datetime.combine(self.validity_date, time(12)))
        return told if self.adv_state in ("confirmed", "in_delivery") else False

    @api.depends("company_id.adv_check_mode", "company_id.adv_approval_mode")
    def _compute_adv_shows_status(self):
        for order in self:
            # sudo: settings of the order's company
            company = order.company_id.sudo()
            order.adv_shows_status = {company.adv_check_mode, company.adv_approval_mode} != {"observe"}


class SaleOrderLine(models.Model):
    """The backlog, line by line."""

    _inherit = "sale.order.line"

    adv_company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    adv_in_backlog = fields.Boolean(
        string="In the backlog",
        compute="_compute_adv_backlog",
        search="_search_adv_in_backlog",
        help="Confirmed and not delivered yet.",
    )
    adv_qty_open = fields.Float(string="To deliver", compute="_compute_adv_backlog", digits="Product Unit")
    adv_amount_open = fields.Monetary(
        string="Value to deliver",
        compute="_compute_adv_backlog",
        currency_field="adv_company_currency_id",
        help="Untaxed, in company currency.",
    )

    @api.depends("state", "product_uom_qty", "qty_delivered", "price_subtotal", "order_id.adv_state")
    def _compute_adv_backlog(self):
        for line in self:
            opened = (
                line._adv_is_goods()
                and line.order_id.adv_state in ("confirmed", "in_delivery")
                and line.qty_delivered < line.product_uom_qty
            )
            line.adv_in_backlog = opened
            line.adv_qty_open = line.product_uom_qty - line.qty_delivered if opened else 0.0
            unit_value = line.price_subtotal / line.product_uom_qty if opened else 0.0
            line.adv_amount_open = line.adv_qty_open * unit_value / (line.order_id.currency_rate or 1.0)

    def _search_adv_in_backlog(self, operator, value):
        if operator != "in":
            return NotImplemented
        opened = (
            Domain("order_id.adv_state", "in", ("confirmed", "in_delivery"))
            & Domain("display_type", "=", False)
            & Domain("product_id.type", "=", "consu")
            & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s < %s",
                    model._field_to_sql(alias, "qty_delivered", query),
                    model._field_to_sql(alias, "product_uom_qty", query),
                ),
                predicate=lambda line: line.qty_delivered < line.product_uom_qty,
            )
        )
        return opened if True in value else ~opened


class AdvBackfill(models.AbstractModel):
    _inherit = "adv.backfill"

    @api.model
    def _adv_fill_more(self, ids):
        """Same definition as ``sale.order._adv_get_due_date``, in SQL."""
        super()._adv_fill_more(ids)
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order
                   SET adv_due_date = CASE
                       WHEN adv_state IN %(to_handle)s THEN COALESCE(%(told)s, adv_received_date)
                       WHEN adv_state = 'quoted' THEN COALESCE(%(told)s, validity_date + interval '12 hours')
                       ELSE %(told)s END
                 WHERE id IN %(ids)s
                   AND adv_state NOT IN ('delivered', 'invoiced', 'settled', 'cancelled')
                """,
                to_handle=TO_HANDLE,
                told=SQL("COALESCE(commitment_date, adv_promise_date, adv_requested_date)"),
                ids=ids,
            )
        )

    @api.model
    def _adv_mark_all_first_orders(self, *args, **kwargs):
        """Once history is known, so are the habits of the customers: not only the next night."""
        super()._adv_mark_all_first_orders(*args, **kwargs)
        self.env.ref("adv_orders.cron_partner_stats")._trigger()
