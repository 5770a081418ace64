from odoo import api, models

from ..tools import EventTime, event_now


class SaleOrder(models.Model):
    """Milestones: stamped when the order changes state, or read from the stock moves for deliveries.

    A corrected transfer date therefore corrects the delivery milestones.
    """

    _inherit = "sale.order"

    # STAMPS

    def _adv_stamp_quoted(self):
        self.filtered(lambda order: not order.adv_quoted_date)._adv_set_facts(
            {"adv_quoted_date": event_now(self.env)}
        )

    def _adv_stamp_confirmed(self):
        """Freeze what figures need at the moment of confirmation."""
        if not self:
            return
        orders = self.sudo()  # sudo: facts are written whoever confirms
        first = orders._adv_first_orders()
        for order in orders:
            order._adv_set_facts(order._adv_prepare_confirmed_vals(order in first))
        orders._adv_freeze_lines()
        orders.adv_approval_ids.filtered(
            lambda approval: approval.state in ("pending", "waiting")
        )._adv_obsolete()

    def _adv_prepare_confirmed_vals(self, is_first):
        promise = self._adv_promise_at_confirmation()
        lines = self._adv_goods_lines()
        cost = sum(line.purchase_price * line.product_uom_qty for line in lines)
        return {
            "adv_confirmed_date": self.date_order,
            "adv_submitted_date": self.adv_submitted_date or self.date_order,
            "adv_clean_date": self.adv_clean_date or self.date_order,
            "adv_promise_initial": promise,
            "adv_promise_date": promise,
            "adv_is_first_order": is_first,
            "adv_cost_confirmed": self.company_id.currency_id.round(cost / (self.currency_rate or 1.0)),
            "adv_line_count": len(lines),
            "adv_blocked": False,
            "adv_ready": False,
        }

    def _adv_first_orders(self):
        """Return those of ``self`` that are their customer's first order in the company."""
        groups = self._read_group(
            [
                ("adv_commercial_partner_id", "in", self.adv_commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("adv_confirmed_date", "!=", False),
                ("id", "not in", self.ids),
            ],
            ["company_id", "adv_commercial_partner_id"],
        )
        known, first = set(groups), self.browse()
        for order in self.sorted(lambda order: (order.date_order, order.id)):
            key = (order.company_id, order.adv_commercial_partner_id)
            if key not in known:
                known.add(key)
                first |= order
        return first

    def _adv_freeze_lines(self):
        """Freeze quantity, cost and promise of each line, without the cost of a native write per line."""
        lines = self._adv_goods_lines()
        names = (
            "adv_qty_confirmed",
            "adv_cost_confirmed",
            "adv_promise_initial",
            "adv_promise_date",
            "adv_expected_date",
        )
        with self.env.protecting([lines._fields[name] for name in names], lines):
            for line in lines:
                line.adv_qty_confirmed = line.product_uom_qty
                line.adv_cost_confirmed = line.purchase_price
                line.adv_promise_initial = line.order_id.commitment_date or line._expected_date()
                line.adv_promise_date = line.adv_promise_initial
                line.adv_expected_date = line.adv_promise_date
        lines.modified(names)

    # DELIVERY

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
        result = super()._action_done()
        at = self.env.context.get("adv_at")
        if isinstance(at, EventTime):
            self.filtered(lambda picking: picking.state == "done").write({"date_done": at.plain()})
        return result
