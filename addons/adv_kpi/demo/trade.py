"""Quotations, orders and deliveries, each on its day."""

from datetime import datetime, time, timedelta

from odoo.fields import Command
from odoo.tools import groupby, split_every

from .base import Part
from .goods import Goods
from .names import CUSTOMERS
from .plan import SCARCE

BATCH = 60
LOST = ("price", "competitor", "price", "silent", "date", "need", "price", "product")


class Trade(Part):
    """Part by part: what went wrong in between comes in between."""

    def order(self):
        self._orders()
        self._quotations()
        self._confirm()
        self._cancel()

    def deliver(self):
        self._deliver()

    # === ORDERS === #

    def _orders(self):
        sales = self.plan.sales
        orders = self.env["sale.order"].create([self._sale_vals(sale) for sale in sales])
        self.world.orders = {sale.number: order for sale, order in zip(sales, orders, strict=True)}

    def order_vals(self, customer, moment, channel, lines, **vals):
        """Return the values of an order.

        :param customer: its number
        :param moment: when it came in (local)
        :param lines: [values of a line]
        """
        partner = self.world.customers[customer]
        received = self.world.utc(moment)
        return {
            "company_id": self.company.id,
            "warehouse_id": self.world.warehouse.id,
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "date_order": received,
            "adv_channel": channel,
            "adv_received_date": received,
            "order_line": [Command.create(line) for line in lines],
            **vals,
        }

    def _sale_vals(self, sale):
        customer = self.world.customers[sale.customer]
        contact = customer.child_ids[:1] if sale.channel in ("email", "phone") else customer
        return self.order_vals(
            sale.customer,
            sale.received,
            sale.channel,
            [
                {"product_id": self.world.products[product].id, "product_uom_qty": quantity}
                for product, quantity in sale.lines
            ],
            partner_id=contact.id,
            adv_requested_date=sale.requested and self.world.utc(sale.requested),
            commitment_date=sale.promise and self.world.utc(sale.promise),
            client_order_ref=self._reference(sale),
            campaign_id=self._campaign(sale),
        )

    def _reference(self, sale):
        """The customer's own number of the order, in the way its country writes them."""
        country = CUSTOMERS[sale.customer].country
        return f"{ {'FR': 'BC', 'ES': 'PED'}.get(country, 'PO') }-{4100 + sale.number * 7}"

    def _campaign(self, sale):
        return self.world.campaigns[sale.number % 3].id if sale.number % 5 == 1 else False

    # === QUOTATIONS === #

    def _quotations(self):
        """Sent in time; the lost ones with their reason."""
        quoted = [sale for sale in self.plan.sales if sale.quoted]
        for day, sales in self._by_day(quoted, lambda sale: sale.quoted):
            self.world.at(self._of(sales), self._noon(day)).action_quotation_sent()
        lost = [sale for sale in quoted if sale.fate == "lost"]
        for rank, sale in enumerate(lost):
            moment = self._noon(min(sale.quoted + timedelta(days=9 + rank % 12), self.plan.days[-1]))
            reason = self.world.ref(f"adv_orders.lost_reason_{LOST[rank % len(LOST)]}")
            self.world.at(self.world.orders[sale.number], moment)._adv_lose(reason, False)

    # === CONFIRMATIONS === #

    def _confirm(self):
        """Confirm the orders in their sequence, some together, then tell each its own moment."""
        sold = [sale for sale in self.plan.sales if sale.fate in ("sold", "cancelled")]
        sold.sort(key=lambda sale: (sale.confirmed, sale.number))
        for sales in split_every(BATCH, sold):
            orders = self._of(sales)
            self.world.at(orders, sales[0].confirmed).action_confirm()
            if sales[0] is sold[0]:
                self.world.settle()
            for sale, order in zip(sales, orders, strict=True):
                moment = self.world.utc(sale.confirmed)
                received = self.world.utc(sale.received)
                order.date_order = moment
                order._adv_set_facts(
                    {
                        "adv_submitted_date": max(received, moment - timedelta(hours=1)),
                        "adv_clean_date": moment,
                        "adv_confirmed_date": moment,
                    }
                )
                results = order.adv_check_result_ids
                results.date = moment
                results.filtered("failed_date").failed_date = moment
                order.adv_error_ids.filtered(lambda error: error.found_by == "check").date = moment

    # === DELIVERIES === #

    def _deliver(self):
        """All first shipments, then what was left of them."""
        for rank in (0, 1):
            rows = [(*sale.shipments[rank], sale) for sale in self.plan.sales if len(sale.shipments) > rank]
            rows.sort(key=lambda row: (row[0], row[2].number))
            for some in split_every(BATCH, rows):
                self.ship(some)

    def ship(self, rows):
        """Ship what each row says: (day, share of the quantities, sale); the rest becomes a backorder."""
        leaving = {}
        for day, share, sale in rows:
            pickings = self.world.orders[sale.number].picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            )
            moment = datetime.combine(day, time(15, 30))
            leaving |= {picking: moment for picking in pickings if self._pick(picking, share)}
        Goods(self.world).done(leaving)

    def _pick(self, picking, share):
        """Say what of a picking leaves; return whether anything does. A share of 0: all but scarce goods."""
        is_first = not picking.backorder_id
        quantities = {}
        for move in picking.move_ids:
            quantity = move.product_uom_qty
            if share == 0.0:
                quantity = 0 if move.product_id.default_code in SCARCE else quantity
            elif share < 1 and is_first:
                quantity = max(quantity // 2, 1)
            quantities[move] = quantity
        for move, quantity in quantities.items():
            if move.quantity != quantity:
                move.quantity = quantity
            if move.picked != bool(quantity):
                move.picked = bool(quantity)
        return any(quantities.values())

    # === CANCELLATIONS === #

    def _cancel(self):
        for sale in self.plan.sales:
            if sale.fate == "cancelled":
                moment = self._noon(self._next_day(sale))
                self.world.at(self.world.orders[sale.number], moment)._action_cancel()

    def _next_day(self, sale):
        return min(sale.confirmed.date() + timedelta(days=1), self.plan.days[-1])

    # === HELP === #

    def _of(self, sales):
        return self.env["sale.order"].browse([self.world.orders[sale.number].id for sale in sales])

    def _by_day(self, sales, day_of):
        for day, group in groupby(sorted(sales, key=lambda sale: (day_of(sale), sale.number)), key=day_of):
            yield day, list(group)

    def _noon(self, day):
        return datetime.combine(day, time(12))
