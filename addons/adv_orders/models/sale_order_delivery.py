from odoo import api, models

from ..tools import EventTime


class SaleOrder(models.Model):
    """Delivery milestones, read from the stock moves: a corrected transfer date corrects them."""

    _inherit = "sale.order"

    # COMPUTE

    @api.depends(
        "state",
        "adv_promise_date",
        "order_line.adv_qty_confirmed",
        "order_line.product_uom_qty",
        "order_line.move_ids.state",
        "order_line.move_ids.date",
        "order_line.move_ids.quantity",
    )
    def _compute_adv_delivery(self):
        for order in self:
            order.update(order._adv_get_delivery())

    def _adv_get_delivery(self):
        """Return the delivery facts of one order; all empty until something left for the customer.

        Delivered: nothing of the goods is to leave any more; the day is that of the last departure, so an
        exchange after the delivery opens the order again until the replacement has left.
        In full: after the last departure of each line the customer had what was confirmed on it.
        """
        facts = dict.fromkeys(("adv_first_delivery_date", "adv_delivered_date"), False)
        facts |= dict.fromkeys(("adv_is_on_time", "adv_is_in_full"), False)
        if self.state != "sale":
            return facts
        dates = self.order_line.move_ids.filtered(lambda move: move._adv_has_left()).mapped("date")
        if not dates or not all(dates):  # a date that is emptied is refused by Odoo
            return facts
        facts["adv_first_delivery_date"] = min(dates)
        lines = self.order_line.filtered(lambda line: line._adv_is_goods())
        if all(line._adv_is_delivery_closed() for line in lines):
            facts.update(
                adv_delivered_date=max(dates),
                adv_is_on_time=self._adv_kept_promise(max(dates)),
                adv_is_in_full=all(line._adv_is_shipped_in_full() for line in lines),
            )
        return facts

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

        In several steps the move to the customer appears when the step before is done: what counts is where
        a move ends up. A line without any move waits for one (drop shipping before its purchase is ordered).
        """
        moves = self.move_ids.filtered(lambda move: move._adv_is_for_customer())
        if not moves:
            return self.product_uom_qty <= 0
        return all(move.state in ("done", "cancel") for move in moves)

    def _adv_is_shipped_in_full(self):
        """Return whether the customer had all that was confirmed once the line's last goods had left.

        What came back later does not count here, what came back before does.
        """
        if self.adv_qty_confirmed <= 0:
            return True
        done = self.move_ids.filtered(lambda move: move.state == "done")
        shipped = done.filtered(lambda move: move._adv_has_left())
        last = max(shipped.mapped("date"), default=False)
        returned = done.filtered(lambda move: move._adv_is_return() and last and move.date < last)
        return (
            self.product_uom_id.compare(
                self._adv_customer_quantity(shipped, returned), self.adv_qty_confirmed
            )
            >= 0
        )

    def _adv_customer_quantity(self, shipped, returned):
        """Return what the customer has after these moves, in the line's unit."""
        if any(move.product_id != self.product_id for move in shipped):
            return self._adv_customer_kits(shipped, returned)
        return self._adv_moved_quantity(shipped) - self._adv_moved_quantity(returned)

    def _adv_moved_quantity(self, moves):
        unit = self.product_uom_id
        return sum(
            move.product_uom._compute_quantity(move.quantity, unit, rounding_method="HALF-UP")
            for move in moves
        )

    def _adv_customer_kits(self, shipped, returned):
        """Return how many whole kits the customer has, where kits can be sold; their moves are the parts."""
        moves = shipped | returned
        if "bom_line_id" not in moves._fields:
            return 0.0
        product = self.product_id
        kit = self._adv_kit_of(moves)
        if not kit:  # no kit any more: all or nothing, as Odoo counts it
            due = self.move_ids.filtered(
                lambda move: move.state != "cancel" and move.location_dest_id._adv_is_customers()
            )
            short = shipped.filtered(lambda move: move.quantity < move.product_uom_qty)
            return 0.0 if short or returned or due - shipped else self.adv_qty_confirmed
        unit = self.product_uom_id
        confirmed = unit._compute_quantity(self.adv_qty_confirmed, kit.product_uom_id)
        filters = {
            "incoming_moves": lambda move: move in shipped,
            "outgoing_moves": lambda move: move in returned,
        }
        kits = moves._compute_kit_quantities(product, confirmed, kit, filters)
        return kit.product_uom_id._compute_quantity(kits, unit)

    def _adv_kit_of(self, moves):
        """Return the kit that was sold: that of the parts, else (made of kits only) today's, as Odoo does."""
        kits = moves.bom_line_id.bom_id
        own = kits.filtered(
            lambda bom: (
                bom.type == "phantom"
                and self.product_id in (bom.product_id or bom.product_tmpl_id.product_variant_ids)
            )
        )[:1]
        company = self.company_id.id
        return own or kits._bom_find(self.product_id, company_id=company, bom_type="phantom")[self.product_id]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_is_return(self):
        """Return whether the goods come back from the customer."""
        return self.location_id._adv_is_customers()

    def _adv_is_for_customer(self):
        """Return whether the move, or those that will follow it, brings goods to the customer."""
        return (
            self.location_final_id or self.location_dest_id
        )._adv_is_customers() and not self._adv_is_return()

    def _adv_has_left(self):
        """Return whether the move took goods out to the customer."""
        return (
            self.state == "done" and self.location_dest_id._adv_is_customers() and not self._adv_is_return()
        )


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _adv_is_customers(self):
        """Return whether goods there have left us: at the customer's, or on the way to a sister company."""
        return self.usage == "customer" or (self.usage == "transit" and not self.company_id)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Give the transfer the time of the event when trusted code loads what happened before."""
        result = super()._action_done()
        at = self.env.context.get("adv_at")
        if isinstance(at, EventTime):
            self.filtered(lambda picking: picking.state == "done").write({"date_done": at.plain()})
        return result
