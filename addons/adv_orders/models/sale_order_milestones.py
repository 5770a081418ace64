from odoo import api, models


class SaleOrder(models.Model):
    """Delivery milestones: read from the stock moves, so a corrected transfer date corrects them too."""

    _inherit = "sale.order"

    @api.depends(
        "state",
        "adv_promise_date",
        "order_line.adv_qty_confirmed",
        "order_line.move_ids.state",
        "order_line.move_ids.date",
        "order_line.move_ids.quantity",
    )
    def _compute_adv_delivery(self):
        for order in self:
            order.update(order._adv_get_delivery())

    def _adv_get_delivery(self):
        """Return the delivery facts of one order; all empty until something was shipped."""
        lines = self.order_line.filtered(lambda line: line._adv_is_goods() and line.adv_qty_confirmed > 0)
        moves = self.order_line.move_ids.filtered(lambda move: not move._adv_is_return())
        shipped = moves.filtered(lambda move: move.state == "done" and move._adv_is_outgoing())
        dates = [date for date in shipped.mapped("date") if date] if self.state == "sale" else []
        closed = bool(dates) and all(line._adv_is_delivery_closed() for line in lines)
        delivered = max(dates) if closed else False
        return {
            "adv_first_delivery_date": min(dates, default=False),
            "adv_delivered_date": delivered,
            "adv_is_on_time": bool(delivered) and self._adv_kept_promise(delivered),
            "adv_is_in_full": closed and all(line._adv_is_shipped_in_full() for line in lines),
        }

    def _adv_kept_promise(self, delivered):
        """Return whether ``delivered`` falls on the promised day or before it, in the company's time zone."""
        company = self.company_id
        return bool(self.adv_promise_date) and company._adv_date(delivered) <= company._adv_date(
            self.adv_promise_date
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_is_goods(self):
        """Return whether the line is something that a warehouse ships."""
        return not self.display_type and self.product_id.type == "consu" and not self._is_delivery()

    def _adv_is_delivery_closed(self):
        """Return whether nothing of the line is still to leave.

        A line without any move waits for one (drop shipping before its purchase is ordered).
        """
        moves = self.move_ids.filtered(lambda move: not move._adv_is_return())
        return bool(moves) and all(move.state in ("done", "cancel") for move in moves)

    def _adv_is_shipped_in_full(self):
        """Return whether all that was confirmed has left; what came back later does not count here."""
        shipped = self.move_ids.filtered(
            lambda move: move.state == "done" and move._adv_is_outgoing() and not move._adv_is_return()
        )
        unit = self.product_uom_id
        quantity = sum(
            move.product_uom._compute_quantity(move.quantity, unit, rounding_method="HALF-UP")
            for move in shipped
        )
        return unit.compare(quantity, self.adv_qty_confirmed) >= 0


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_is_outgoing(self):
        return self.location_dest_id.usage == "customer" and self.location_id.usage != "customer"

    def _adv_is_return(self):
        return self.location_id.usage == "customer" or bool(self.origin_returned_move_id)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Give the transfer the time of the event when trusted code loads what happened before."""
        from ..tools import EventTime

        result = super()._action_done()
        at = self.env.context.get("adv_at")
        if isinstance(at, EventTime):
            self.filtered(lambda picking: picking.state == "done").write({"date_done": at.plain()})
        return result
