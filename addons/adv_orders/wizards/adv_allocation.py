from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools import only_one


class AdvAllocation(models.TransientModel):
    """Chooses which orders get what is on hand, or what an arrival brings."""

    _name = "adv.allocation"
    _description = "Allocate stock or an arrival"

    company_id = fields.Many2one("res.company", required=True)
    product_id = fields.Many2one("product.product", required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    supply_move_id = fields.Many2one(
        "stock.move", string="Arrival", help="Empty: what is on hand, as far as nobody has picked it."
    )
    arrival_ids = fields.Many2many("stock.move", string="Possible arrivals", compute="_compute_arrival_ids")
    quantity = fields.Float(
        string="To allocate", compute="_compute_quantity", digits="Product Unit", readonly=True
    )
    allocated = fields.Float(compute="_compute_allocated", digits="Product Unit")
    line_ids = fields.One2many("adv.allocation.line", "allocation_id", string="Waiting lines")

    # DEFAULTS

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields and values.get("product_id"):
            company = values.get("company_id") or self.env.company.id
            values["line_ids"] = [
                Command.create({"line_id": line.id, "quantity": quantity})
                for line, quantity in self._adv_propose(values["product_id"], company)
            ]
        return values

    @api.model
    def _adv_waiting(self, product_id, company_id):
        """Return the lines that take the product out of stock, the earliest promise first."""
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(  # sudo: transfers are read for who may read the orders
                [
                    ("product_id", "=", product_id),
                    ("company_id", "=", company_id),
                    ("state", "in", ("confirmed", "waiting", "partially_available", "assigned")),
                    ("sale_line_id", "!=", False),
                    ("picked", "=", False),
                ]
            )
        )
        product = self.env["product.product"].browse(product_id)
        lines = moves.sale_line_id.filtered(lambda line: line._adv_waiting_moves(product))
        visible = self.env["sale.order.line"].search([("id", "in", lines.ids)])
        return visible.sorted(lambda line: (line.adv_promise_date or fields.Datetime.now(), line.id))

    @api.model
    def _adv_propose(self, product_id, company_id, supply=None):
        """Return [(line, quantity)]: all that there is, by promised date."""
        product = self.env["product.product"].browse(product_id)
        lines = self._adv_waiting(product_id, company_id)
        left = self._adv_available(product, lines, supply)
        proposed = []
        for line in lines:
            quantity = min(left, line._adv_allocatable(product, supply))
            left -= quantity
            proposed.append((line, quantity))
        return proposed

    @api.model
    def _adv_available(self, product, lines, supply):
        """Return what can be given: an arrival's part that nobody has yet, or free and reserved stock."""
        if supply:
            # sudo: transfers are read for who may read the orders
            linked = sum(supply.sudo().move_dest_ids.mapped("product_qty"))
            return max(supply.sudo().product_qty - linked, 0.0)
        moves = lines.sudo()._adv_waiting_moves(product)  # sudo: as above
        free = self.env["stock.quant"].sudo()._get_available_quantity
        pools = moves.location_id
        reserved = sum(
            move.product_uom._compute_quantity(move.quantity, product.uom_id, rounding_method="HALF-UP")
            for move in moves
        )
        return max(sum(free(product, pool) for pool in pools), 0.0) + reserved

    # COMPUTE

    @api.depends("product_id", "company_id")
    def _compute_arrival_ids(self):
        for wizard in self:
            # sudo: transfers are read for who may read the orders
            moves = (
                self.env["stock.move"]
                .sudo()
                .search(
                    [
                        ("product_id", "=", wizard.product_id.id),
                        ("company_id", "=", wizard.company_id.id),
                        ("state", "in", ("confirmed", "waiting", "partially_available", "assigned")),
                        ("location_id.usage", "in", ("supplier", "transit", "production")),
                    ],
                    order="date, id",
                )
            )
            wizard.arrival_ids = moves.filtered(lambda move: move.location_dest_id.usage == "internal")

    @api.depends("product_id", "company_id", "supply_move_id")
    def _compute_quantity(self):
        for wizard in self:
            lines = wizard.line_ids.line_id
            wizard.quantity = wizard._adv_available(wizard.product_id, lines, wizard.supply_move_id)

    @api.depends("line_ids.quantity")
    def _compute_allocated(self):
        for wizard in self:
            wizard.allocated = sum(wizard.line_ids.mapped("quantity"))

    @api.onchange("supply_move_id")
    def _onchange_supply_move_id(self):
        proposed = self._adv_propose(self.product_id.id, self.company_id.id, self.supply_move_id._origin)
        quantities = {line.id: quantity for line, quantity in proposed}
        for choice in self.line_ids:
            choice.quantity = quantities.get(choice.line_id._origin.id or choice.line_id.id, 0.0)

    # ACTIONS

    def action_allocate(self):
        """Reserve on-hand stock for the chosen lines, or tie the arrival to them.

        :raise UserError: when more is given than there is, or more than a line needs
        """
        only_one(self)
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only ADV assistants allocate stock."))
        self.line_ids.line_id.order_id.check_access("write")
        self._adv_check_quantities()
        # sudo: the assistant allocates without being a warehouse user; rights checked above
        wizard = self.sudo()
        if wizard.supply_move_id:
            wizard._adv_tie_arrival()
        else:
            wizard._adv_reserve()
        self.env["adv.lateness"]._adv_refresh(self.line_ids.order_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # BUSINESS

    def _adv_check_quantities(self):
        unit = self.uom_id
        if unit.compare(self.allocated, self.quantity) > 0:
            raise UserError(
                self.env._(
                    "%(given)s given, %(there)s there: give less.", given=self.allocated, there=self.quantity
                )
            )
        for choice in self.line_ids:
            most = choice.line_id._adv_allocatable(self.product_id, self.supply_move_id)
            if choice.quantity < 0 or unit.compare(choice.quantity, most) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: between 0 and %(most)s.", line=choice.line_id.display_name, most=most
                    )
                )

    def _adv_reserve(self):
        """Give the reservations anew: all lines let go, the chosen ones take their part."""
        moves = self.line_ids.line_id._adv_waiting_moves(self.product_id)
        moves._do_unreserve()
        for choice in self.line_ids.filtered(lambda choice: choice.quantity > 0):
            left = choice.quantity
            for move in choice.line_id._adv_waiting_moves(self.product_id):
                part = min(left, move.product_qty)
                left -= part
                if part > 0:
                    move._action_assign(
                        force_qty=self.uom_id._compute_quantity(part, move.product_uom, round=False)
                    )

    def _adv_tie_arrival(self):
        """Tie the arrival to the chosen moves, as Odoo's own reception report does."""
        move_ids, quantities = [], []
        for choice in self.line_ids.filtered(lambda choice: choice.quantity > 0):
            left = choice.quantity
            for move in choice.line_id._adv_waiting_moves(self.product_id):
                part = min(left, move._adv_missing_qty())
                left -= part
                if part > 0:
                    move_ids.append(move.id)
                    quantities.append(part)
        if move_ids:
            self.env["report.stock.report_reception"].action_assign(
                move_ids, quantities, [self.supply_move_id.ids] * len(move_ids)
            )


class AdvAllocationLine(models.TransientModel):
    _name = "adv.allocation.line"
    _description = "Line that gets a part"
    _order = "id"

    allocation_id = fields.Many2one("adv.allocation", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    order_id = fields.Many2one(related="line_id.order_id")
    partner_id = fields.Many2one(related="line_id.order_id.partner_id", string="Customer")
    promise_date = fields.Datetime(related="line_id.adv_promise_date")
    lateness = fields.Selection(related="line_id.adv_lateness")
    needed = fields.Float(compute="_compute_needed", digits="Product Unit")
    reserved = fields.Float(string="Reserved now", compute="_compute_needed", digits="Product Unit")
    quantity = fields.Float(string="Gets", digits="Product Unit")

    @api.depends("line_id", "allocation_id.product_id")
    def _compute_needed(self):
        for choice in self:
            product = choice.allocation_id.product_id
            # sudo: transfers are read for who may read the orders
            moves = choice.line_id.sudo()._adv_waiting_moves(product)
            choice.needed = sum(moves.mapped("product_qty"))
            choice.reserved = choice.needed - sum(move._adv_missing_qty() for move in moves)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_allocatable(self, product, supply=None):
        """Return what the line can take: what it lacks from an arrival, all it needs from stock."""
        # sudo: transfers are read for who may read the orders
        moves = self.sudo()._adv_waiting_moves(product)
        return sum(move._adv_missing_qty() if supply else move.product_qty for move in moves)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_missing_qty(self):
        """Return what is not reserved, in the product's unit."""
        reserved = self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
        return max(self.product_qty - reserved, 0.0)
