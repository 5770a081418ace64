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
    adv_entry_hours = fields.Float(
        string="Hours to confirm",
        compute="_compute_adv_entry_hours",
        store=True,
        copy=False,
        aggregator="avg",
        help="Working hours from reception to confirmation.",
        groups="base.group_user",
    )
    adv_blocked_hours = fields.Float(
        string="Hours blocked",
        compute="_compute_adv_blocked_hours",
        store=True,
        copy=False,
        aggregator="avg",
        help="Working hours from submission until nothing blocked the order any more.",
        groups="base.group_user",
    )
    adv_blocked_reason = fields.Selection(
        selection=lambda self: self.env["sale.order"]._fields["adv_blocked"]._description_selection(self.env),
        string="Last block",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    adv_billing_days = fields.Integer(
        string="Days to invoice",
        compute="_compute_adv_billing_days",
        store=True,
        copy=False,
        aggregator="avg",
        help="Calendar days from the last delivery to the last invoice; none when billed before.",
    )
    adv_conversion_days = fields.Integer(
        string="Days to win",
        compute="_compute_adv_conversion_days",
        store=True,
        copy=False,
        aggregator="avg",
        help="Calendar days from the quotation sent to the confirmation.",
    )
    adv_lines_shipped = fields.Integer(
        string="Lines to ship", compute="_compute_adv_delivery", store=True, copy=False
    )
    adv_lines_filled = fields.Integer(
        string="Lines shipped in full at once",
        compute="_compute_adv_delivery",
        store=True,
        copy=False,
        help="Lines of goods whose whole confirmed quantity left with the first shipment of the order.",
    )

    adv_fulfilled_date = fields.Datetime(
        string="Out of the backlog since",
        compute="_compute_adv_fulfilled_date",
        store=True,
        copy=False,
        help="The last delivery. Where there is nothing to ship, the last invoice of what is ordered.",
    )

    # One for each axis of dates, with all that its figures read, by team too: they never touch the wide rows.
    _adv_kpi_confirmed_index = models.Index(
        "(company_id, adv_confirmed_date)"
        " INCLUDE (team_id, adv_fulfilled_date, adv_promise_date, adv_amount_company, adv_is_first_order)"
        " WHERE state = 'sale'"
    )
    _adv_kpi_promise_index = models.Index(
        "(company_id, adv_promise_date) INCLUDE (team_id, adv_delivered_date, adv_is_on_time, adv_is_in_full)"
        " WHERE state = 'sale' AND adv_confirmed_date IS NOT NULL"
    )
    _adv_kpi_delivered_index = models.Index(
        "(company_id, adv_delivered_date)"
        " INCLUDE (team_id, adv_processing_days, adv_received_date, adv_requested_date)"
        " WHERE state = 'sale' AND adv_confirmed_date IS NOT NULL"
    )
    _adv_kpi_shipped_index = models.Index(
        "(company_id, adv_first_delivery_date) INCLUDE (team_id, adv_lines_shipped, adv_lines_filled)"
        " WHERE state = 'sale' AND adv_confirmed_date IS NOT NULL"
    )
    _adv_kpi_received_index = models.Index(
        "(company_id, adv_received_date) INCLUDE (id, team_id)"
        " WHERE adv_submitted_date IS NOT NULL OR adv_confirmed_date IS NOT NULL"
    )
    _adv_kpi_quoted_index = models.Index(
        "(company_id, adv_quoted_date) INCLUDE (team_id, state, adv_confirmed_date, adv_lost_date)"
        " WHERE adv_quoted_date IS NOT NULL"
    )

    # === COMPUTE === #

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

    @api.depends("adv_received_date", "adv_confirmed_date", "company_id")
    def _compute_adv_entry_hours(self):
        self._adv_fill_hours("adv_entry_hours", "adv_received_date", "adv_confirmed_date")

    @api.depends("adv_submitted_date", "adv_clean_date", "company_id")
    def _compute_adv_blocked_hours(self):
        self._adv_fill_hours("adv_blocked_hours", "adv_submitted_date", "adv_clean_date")

    @api.depends("adv_delivered_date", "adv_invoiced_date", "company_id")
    def _compute_adv_billing_days(self):
        for order in self:
            delivered, invoiced = order._adv_days(order.adv_delivered_date, order.adv_invoiced_date)
            order.adv_billing_days = max((invoiced - delivered).days, 0) if delivered and invoiced else 0

    @api.depends("adv_quoted_date", "adv_confirmed_date", "company_id")
    def _compute_adv_conversion_days(self):
        for order in self:
            quoted, confirmed = order._adv_days(order.adv_quoted_date, order.adv_confirmed_date)
            order.adv_conversion_days = max((confirmed - quoted).days, 0) if quoted and confirmed else 0

    def _adv_days(self, *moments):
        """Return the company's calendar days of some moments (False where there is none)."""
        return [moment and self.company_id._adv_date(moment) for moment in moments]

    def _adv_fill_hours(self, name, start, end):
        """Set a field to the working hours between two others, company by company."""
        for company, orders in self.grouped("company_id").items():
            hours = company._adv_working_hours([(order[start], order[end]) for order in orders])
            for order, value in zip(orders, hours, strict=True):
                order[name] = value

    @api.depends(
        "state",
        "adv_confirmed_date",
        "adv_first_delivery_date",
        "adv_delivered_date",
        "adv_invoiced_date",
        "order_line.product_id",
        "order_line.product_uom_qty",
    )
    def _compute_adv_fulfilled_date(self):
        """As ``fulfilled_date`` of the hooks."""
        for order in self:
            order.adv_fulfilled_date = order.state == "sale" and order._adv_get_fulfilled()

    def _adv_get_fulfilled(self):
        """Return since when nothing is to be done for a confirmed order any more, or False.

        Services never ship: they are done when they are billed. An order of which all was given up, or that
        only takes back, never waits for anything.
        """
        if self.adv_delivered_date or self.adv_first_delivery_date:
            return self.adv_delivered_date
        ordered = self._adv_goods_lines().filtered(lambda line: line.product_uom_qty > 0)
        if not ordered:
            return self.adv_confirmed_date
        return not any(line._adv_is_goods() for line in ordered) and self.adv_invoiced_date

    # === DELIVERY === #

    def _adv_get_delivery(self):
        facts = super()._adv_get_delivery()
        facts |= dict.fromkeys(("adv_lines_shipped", "adv_lines_filled"), 0)
        if first := facts["adv_first_delivery_date"]:
            lines = self.order_line.filtered(lambda line: line._adv_is_goods() and line.adv_qty_confirmed > 0)
            shipment = self._adv_first_shipment(first)
            facts["adv_lines_shipped"] = len(lines)
            facts["adv_lines_filled"] = len(lines.filtered(lambda line: line._adv_is_filled_by(shipment)))
        return facts

    def _adv_first_shipment(self, moment):
        """Return the moves of the transfers that left first."""
        left = self.order_line.move_ids.filtered(lambda move: move._adv_has_left())
        first = left.filtered(lambda move: move.date == moment)
        return first | left.filtered(lambda move: move.picking_id and move.picking_id in first.picking_id)

    # === FACTS === #

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {
            "adv_processing_days",
            "adv_is_on_time_requested",
            "adv_entry_hours",
            "adv_blocked_hours",
            "adv_blocked_reason",
            "adv_billing_days",
            "adv_conversion_days",
            "adv_lines_shipped",
            "adv_lines_filled",
            "adv_fulfilled_date",
        }

    def _adv_set_facts(self, vals):
        """Remember what blocked an order last: `adv_blocked` is emptied when nothing does any more."""
        if vals.get("adv_blocked"):
            vals = {**vals, "adv_blocked_reason": vals["adv_blocked"]}
        return super()._adv_set_facts(vals)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_is_filled_by(self, shipment):
        """Tell whether these moves brought the customer all that was confirmed on the line."""
        shipped = self._adv_customer_quantity(shipment & self.move_ids, self.env["stock.move"])
        return self.product_uom_id.compare(shipped, self.adv_qty_confirmed) >= 0


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_customer_order_ids = fields.One2many(
        "sale.order",
        "adv_commercial_partner_id",
        string="Orders of the company",
        readonly=True,
        groups="sales_team.group_sale_salesman,account.group_account_readonly,account.group_account_invoice,"
        "stock.group_stock_user",
    )
