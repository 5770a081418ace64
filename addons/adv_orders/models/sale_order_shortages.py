from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """Lines that are short of stock, and what is decided about them."""

    _inherit = "sale.order.line"

    adv_backorder_choice = fields.Selection(
        [("wait", "Wait"), ("split", "Ship what is there")],
        string="Decision",
        readonly=True,
        copy=False,
        help="What was decided about the part that is short; empty: to decide.",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_backorder_choice"}

    # ACTIONS

    def action_backorder_wait(self):
        """Decide that the order waits until everything is there."""
        lines = self._adv_backorders()
        lines._adv_choose("wait")
        return lines._adv_reload()

    def action_backorder_split(self):
        """Reserve what is there and leave the rest for a backorder of its own.

        :raise UserError: when nothing of the lines is there
        """
        lines = self._adv_backorders()
        # sudo: the assistant decides about deliveries without being a warehouse user; rights checked above
        moves = lines.sudo()._adv_waiting_moves()
        moves._action_assign()
        pickings = moves.picking_id.filtered(lambda picking: picking._adv_is_split_possible())
        if not pickings:
            raise UserError(
                self.env._("Nothing of it is there: wait, cancel the rest or change the promise.")
            )
        for picking in pickings:
            picking.action_split_transfer()
        lines._adv_choose("split")
        return lines._adv_reload()

    def action_backorder_cancel(self):
        """Cancel what is short: the customer does not want the rest; kept as an amendment each.

        :raise UserError: when an order is locked
        """
        lines = self._adv_backorders()
        for line in lines:
            line.product_uom_qty -= line.adv_short_qty
        return lines._adv_reload()

    def action_open_allocation(self):
        """Open the wizard that gives stock or an arrival to chosen orders."""
        products = self.adv_cause_product_id or self.product_id
        if len(products) != 1 or len(self.company_id) != 1:
            raise UserError(self.env._("Choose lines that wait for the same product."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allocate %s", products.display_name),
            "res_model": "adv.allocation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_product_id": products.id, "default_company_id": self.company_id.id},
        }

    # BUSINESS

    def _adv_backorders(self):
        """Return the lines of ``self`` that are short, after the right to change their orders was checked."""
        self.order_id.check_access("write")
        lines = self.filtered(lambda line: line.state == "sale" and line.adv_short_qty > 0)
        if not lines:
            raise UserError(self.env._("Nothing of these lines is short of stock."))
        return lines

    def _adv_choose(self, choice):
        self.sudo()._adv_set_facts({"adv_backorder_choice": choice})  # sudo: facts, rights checked before

    def _adv_waiting_moves(self, product=None):
        """Return the moves that take the lines' goods out of stock and are not reserved in full."""
        return self.move_ids.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available", "waiting", "assigned")
                and move.location_id.usage == "internal"
                and not move._adv_is_return()
                and not move.picked
                and not move.move_orig_ids
                and move.procure_method == "make_to_stock"
                and (not product or move.product_id == product)
            )
        )

    def _adv_reload(self):
        """Look at the orders again and show them."""
        self.env["adv.lateness"]._adv_refresh(self.order_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _adv_is_split_possible(self):
        """Return whether a part of the transfer is there and a part is not."""
        moves = self.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        there = any(not move.product_uom.is_zero(move.quantity) for move in moves)
        return there and any(
            move.product_uom.compare(move.quantity, move.product_uom_qty) < 0 for move in moves
        )

    def action_open_promise_change(self):
        """Open the wizard that changes the promises of all lines that wait for this arrival."""
        waiting = self.env["sale.order.line"].search([("adv_supply_move_id.picking_id", "in", self.ids)])
        if not waiting:
            raise UserError(self.env._("No order waits for this transfer, as of the last look at the stock."))
        return waiting._adv_open_promise_change()
