import re

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ..tools import asked_text

FOUND = 20
PHONE_DIGITS = 8


class ResPartner(models.Model):
    _inherit = "res.partner"

    # the last digits of a phone number, whatever its prefix and punctuation
    _adv_phone_index = models.Index(
        "(reverse(regexp_replace(phone, '[^0-9]', '', 'g')) text_pattern_ops) WHERE phone IS NOT NULL"
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    client_order_ref = fields.Char(index="trigram")


class AdvOrderFinder(models.AbstractModel):
    """One search box for the telephone: any number or name that a caller may give finds the order."""

    _name = "adv.order.finder"
    _description = "Find an order"

    @api.model
    @api.readonly
    def find(self, query):
        """Return the orders that ``query`` names, the likeliest first.

        :param str query: order number, customer's reference, delivery note, invoice, or the caller's
            phone, e-mail or name; at least three characters
        :return: at most 20 dicts with ``id, name, reference, customer, by, state, state_label, received,
            promised, delivered, deliveries, invoices, requests``
        :raise AccessError: for those who may not read orders; others find what they may read
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only our own people search orders here."))
        self.env["sale.order"].check_access("read")
        query = " ".join(asked_text(self.env, query).split())
        if len(query) < 3:
            return []
        found = {}
        for road in (self._by_order, self._by_delivery, self._by_invoice, self._by_caller):
            for order in road(query):
                found.setdefault(order.id, road.__name__.removeprefix("_by_"))
            if len(found) >= FOUND:
                break
        orders = self.env["sale.order"].browse(list(found)[:FOUND])
        return self._present(orders, found)

    # ROADS

    def _search_orders(self, domain):
        return self.env["sale.order"].search(domain, limit=FOUND, order="id desc")

    def _by_order(self, query):
        exact = self._search_orders(
            Domain("name", "=", query.upper()) | Domain("client_order_ref", "=", query)
        )
        return exact or self._search_orders(
            Domain("name", "ilike", escape_psql(query))
            | Domain("client_order_ref", "ilike", escape_psql(query))
        )

    def _of_my_companies(self):
        """Else the newest of another company would take the places of what the user may see."""
        return Domain("company_id", "in", self.env.companies.ids)

    def _by_delivery(self, query):
        # sudo: only which orders the delivery notes are of; the orders are searched with the user's rights
        pickings = (
            self.env["stock.picking"]
            .sudo()
            .search(
                Domain("name", "ilike", escape_psql(query)) & self._of_my_companies(),
                limit=FOUND,
                order="id desc",
            )
        )
        return self._search_orders(Domain("id", "in", pickings.sale_id.ids)) if pickings else pickings.sale_id

    def _by_invoice(self, query):
        # sudo: as for delivery notes
        moves = self.env["account.move"].sudo()
        domain = Domain("name", "ilike", escape_psql(query)) & Domain(
            "move_type", "in", ("out_invoice", "out_refund")
        )
        invoices = moves.search(domain & self._of_my_companies(), limit=FOUND, order="id desc")
        orders = invoices.line_ids.sale_line_ids.order_id
        return self._search_orders(Domain("id", "in", orders.ids)) if orders else orders

    def _by_caller(self, query):
        partners = self._callers(query)
        if not partners:
            return self.env["sale.order"]
        return self._search_orders(
            Domain("adv_commercial_partner_id", "in", partners.commercial_partner_id.ids)
        )

    def _callers(self, query):
        partners = self.env["res.partner"]
        digits = re.sub(r"\D", "", query)
        if len(digits) >= PHONE_DIGITS and len(digits) >= len(re.sub(r"[\s+().\-/]", "", query)):
            return partners.search(Domain("id", "in", self._ids_by_phone(digits)))
        if "@" in query:
            return partners.search(
                Domain("email_normalized", "=ilike", escape_psql(query.lower()) + "%"), limit=FOUND
            )
        return partners.search(Domain("complete_name", "ilike", escape_psql(query)), limit=FOUND)

    def _ids_by_phone(self, digits):
        self.env["res.partner"].flush_model(["phone"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM res_partner
                    WHERE phone IS NOT NULL
                      AND reverse(regexp_replace(phone, '[^0-9]', '', 'g')) LIKE %s
                    LIMIT %s""",
                digits[::-1][:PHONE_DIGITS] + "%",
                FOUND,
            )
        )
        return [row[0] for row in rows]

    # RESULT

    def _present(self, orders, roads):
        states = dict(orders._fields["adv_state"]._description_selection(self.env))
        counts = self._open_requests(orders)
        return [
            {
                "id": order.id,
                "name": order.name,
                "reference": order.client_order_ref or "",
                "customer": order.partner_id.display_name,
                "by": roads[order.id],
                "state": order.adv_state,
                "state_label": states.get(order.adv_state, ""),
                "received": self._shown_day(order, order.adv_received_date or order.date_order),
                "promised": self._shown_day(order, order.adv_promise_date or order.commitment_date),
                "delivered": self._shown_day(order, order.adv_delivered_date),
                # sudo: numbers of the delivery notes and invoices of an order that the user may read
                "deliveries": order.sudo().picking_ids.mapped("name"),
                # sudo: as above
                "invoices": [name for name in order.sudo().invoice_ids.mapped("name") if name],
                "requests": counts.get(order.id, 0),
            }
            for order in orders
        ]

    def _shown_day(self, order, moment):
        day = order.company_id._adv_date(moment)
        return fields.Date.to_string(day) if day else False

    def _open_requests(self, orders):
        if not self.env["adv.request"].has_access("read"):
            return {}
        groups = self.env["adv.request"]._read_group(
            [("order_id", "in", orders.ids), ("state", "=", "open")], ["order_id"], ["__count"]
        )
        return {order.id: count for order, count in groups}
