from odoo import api, fields, models


class SaleOrder(models.Model):
    """What a customer sees of their order: where it is and when it comes, in their words."""

    _inherit = "sale.order"

    adv_shipped_share = fields.Float(
        string="Shipped",
        compute="_compute_adv_shipped_share",
        help="Part of the ordered goods that has left, from 0 to 1; more than ordered counts once.",
    )

    @api.depends("order_line.product_uom_qty", "order_line.qty_delivered")
    def _compute_adv_shipped_share(self):
        for order in self:
            goods = order._adv_goods_lines().filtered(lambda line: line._adv_is_goods())
            ordered = sum(goods.mapped("product_uom_qty"))
            shipped = sum(min(line.qty_delivered, line.product_uom_qty) for line in goods)
            order.adv_shipped_share = shipped / ordered if ordered > 0 else 0.0

    def _adv_customer_timeline(self):
        """Return the steps of an order that the customer has placed; nothing for an offer.

        :return: list of {name, title, date (naive UTC or False), done (bool), pickings}
        """
        self.ensure_one()
        held = self._adv_is_held_for_customer()
        if self.state != "sale" and not held:
            return []
        shipments = self._adv_customer_shipments()
        shipped = bool(self.adv_delivered_date)
        goods = held or self._adv_goods_lines().filtered(lambda line: line._adv_is_goods())
        steps = [
            self._adv_timeline_step("ordered", self.env._("Ordered"), self._adv_ordered_date(), True),
            self._adv_timeline_step(
                "confirmed", self.env._("Confirmed"), self.adv_confirmed_date, self.state == "sale"
            ),
        ]
        if goods:
            title = self.env._("Shipped") if shipped or not shipments else self.env._("Partly shipped")
            last = self.adv_delivered_date or max(shipments.mapped("date_done"), default=False)
            steps.append(self._adv_timeline_step("shipped", title, last, bool(shipments), shipments))
        return steps

    def _adv_timeline_step(self, name, title, date, done, pickings=()):
        return {"name": name, "title": title, "date": done and date, "done": done, "pickings": pickings}

    def _adv_ordered_date(self):
        """Return when the customer said yes."""
        return self.signed_on or self.adv_held_date or self.adv_received_date or self.date_order

    def _adv_customer_shipments(self):
        """Return what has left for the customer, the earliest first."""
        return self.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
        ).sorted("date_done")

    def _adv_customer_dates(self):
        """Return when what is still to come comes, the earliest first.

        :return: list of {lines: [(name, quantity, unit)], promised, expected (only when later)}
        """
        self.ensure_one()
        if self.state != "sale" or self.adv_delivered_date:
            return []
        company, groups = self.company_id, {}
        for line in self._adv_goods_lines().filtered(lambda line: line._adv_is_goods()):
            left = line.product_uom_qty - line.qty_delivered
            if line.product_uom_id.compare(left, 0.0) <= 0:
                continue
            promised = company._adv_date(line.adv_promise_date or self.adv_promise_date)
            expected = company._adv_date(line.adv_expected_date)
            later = expected if promised and expected and expected > promised else False
            groups.setdefault((promised, later), []).append(
                (
                    line.product_id.with_context(display_default_code=False).display_name,
                    left,
                    line.product_uom_id.name,
                )
            )
        return [
            {"lines": lines, "promised": promised, "expected": later}
            for (promised, later), lines in sorted(
                groups.items(), key=lambda group: str(group[0][1] or group[0][0] or "9")
            )
        ]
