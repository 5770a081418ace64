"""Goods that come in, leave and come back: each transfer on its day."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo.fields import Command

from .base import Part
from .names import PRODUCTS
from .plan import SCARCE, working_day


class Goods(Part):
    def load(self):
        """An inventory before the first order; then each month brings what the next one will take."""
        self._costs()
        demand = self._demand()
        months = self._month(self.plan.today) + 1
        first = []
        receipts = defaultdict(list)
        for product, row in enumerate(PRODUCTS):
            total = sum(demand[product].values())
            reserve = 0 if row.code in SCARCE else max(row.pack * 6, round(total / months * 1.6))
            first.append(demand[product][0] + demand[product][1] + reserve)
            for month in range(2, months):
                if demand[product][month]:
                    receipts[month - 1].append((product, demand[product][month]))
        self._inventory(first)
        for month, lines in sorted(receipts.items()):
            day = self._day_of(month, 12)
            self._take(self.receipt(day, lines, "Replenishment"), day)

    # === TRANSFERS === #

    def receipt(self, day, lines, origin):
        """Return a confirmed receipt, expected on ``day``, of goods from all suppliers together.

        :param lines: [(index of the product, quantity)]
        """
        moment, kind = self.world.utc(day), self.world.warehouse.in_type_id
        supplier = self.world.suppliers[PRODUCTS[lines[0][0]].category]
        places = {
            "location_id": self.world.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.world.warehouse.lot_stock_id.id,
        }
        picking = self.env["stock.picking"].create(
            {
                "partner_id": supplier.id,
                "origin": origin,
                "picking_type_id": kind.id,
                "scheduled_date": moment,
                "company_id": self.company.id,
                **places,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.world.products[product].id,
                            "product_uom_qty": quantity,
                            "date": moment,
                            **places,
                        }
                    )
                    for product, quantity in lines
                ],
            }
        )
        picking.action_confirm()
        return picking

    def give_back(self, order, moment, quantity=None, reason=None):
        """Let some of an order's first line come back: ``quantity``, or a quarter of what left."""
        picking = order.picking_ids.filtered(lambda picking: picking.state == "done")[:1]
        wizard = self.world.at(self.env["stock.return.picking"], moment).create(
            {"picking_id": picking.id, "adv_return_reason_id": reason and reason.id}
        )
        line = wizard.product_return_moves[:1]
        line.quantity = quantity or max(line.move_quantity // 4, 1)
        self._take(wizard._create_return(), moment)

    def _take(self, picking, moment):
        """Take in all that was announced."""
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        self.done({picking: moment})

    def done(self, moments):
        """Do transfers together and tell each its own moment: {stock.picking: day or local moment}."""
        pickings = self.env["stock.picking"].union(*moments)
        self.world.at(pickings, max(moments.values()))._action_done()
        for moment, some in pickings.grouped(moments.get).items():
            stamp = self.world.utc(moment)
            some.date_done = stamp
            some.move_ids.date = stamp  # and with it that of their lines

    # === INVENTORY === #

    def _demand(self):
        """{product: {month since the start: quantity that left}}"""
        demand = [defaultdict(float) for _product in PRODUCTS]
        for sale in self.plan.sales:
            for day, share in sale.shipments:
                for product, quantity in sale.lines:
                    demand[product][self._month(day)] += quantity * share
        return demand

    def _month(self, day):
        return (day.year - self.plan.start.year) * 12 + day.month - self.plan.start.month

    def _costs(self):
        """The costs hold from the beginning, not from the day on which this was loaded."""
        before = self.world.utc(self.plan.start - timedelta(days=4))
        values = self.env["product.value"].search([("product_id", "in", self.world.products.ids)])
        values.write({"date": before})

    def _day_of(self, month, day):
        start = self.plan.start
        year, index = divmod(start.year * 12 + start.month - 1 + month, 12)
        wanted = working_day(datetime(year, index + 1, day).date(), 0)
        return min(wanted, self.plan.days[-1])

    def _inventory(self, quantities):
        moment = self.world.utc(datetime.combine(self.plan.start - timedelta(days=3), time(9)))
        quants = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                [
                    {
                        "product_id": product.id,
                        "location_id": self.world.warehouse.lot_stock_id.id,
                        "inventory_quantity": quantity,
                    }
                    for product, quantity in zip(self.world.products, quantities, strict=True)
                ]
            )
        )
        quants._apply_inventory(moment)
        moves = self.env["stock.move"].search([("product_id", "in", self.world.products.ids)])
        moves.move_line_ids.date = moment
        moves.date = moment
        quants.in_date = moment
