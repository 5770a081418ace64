from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ..tools import event_now

ADDRESS_FIELDS = ("street", "city", "zip", "country_id")


class SaleOrder(models.Model):
    """The checks of an order: customer, contents, dates and stock.

    Each method ``_adv_check_<code>`` is set-based and returns ``{order id: (state, message)}``; an order left
    out passed. They run as superuser, so they may read what the user may not. Prices, conditions and
    history: the sale_order_checks_*.py files beside this one.
    """

    _inherit = "sale.order"

    # HELPERS

    def _adv_goods_lines(self):
        return self.order_line.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line._is_delivery()
            )
        )

    def _adv_failed_lines(self, concerned, wrong, message):
        """Return outcomes by line: failed with ``message``, not applicable where no line is concerned.

        :param concerned: function of a line: whether the check looks at it
        :param wrong: function of a concerned line: whether it fails
        :param message: function of (environment, first wrong line, number of wrong lines)
        """
        lines = self._adv_goods_lines().filtered(concerned)
        outcomes = dict.fromkeys((self - lines.order_id).ids, ("not_applicable", ""))
        for order, bad in lines.filtered(wrong).grouped("order_id").items():
            outcomes[order.id] = (
                "failed",
                lambda env, bad=bad: message(env, bad[0].with_env(env(su=True)), len(bad)),
            )
        return outcomes

    def _adv_check_day(self):
        """Return the company's day on which the order is judged: today, or that of the loaded event."""
        self.ensure_one()
        return self.company_id._adv_date(event_now(self.env))

    # CUSTOMER

    def _adv_check_incomplete_customer(self):
        """Addresses and a way to reach the customer; our own companies need neither."""
        # sudo by the caller
        own = self.env["res.company"].search([]).partner_id  # pylint: disable=no-search-all
        outcomes = {}
        for order in self:
            if order.partner_id.commercial_partner_id in own:
                outcomes[order.id] = ("not_applicable", "")
                continue
            missing = order._adv_missing_address_fields()
            if missing:
                outcomes[order.id] = ("failed", order._adv_incomplete_message(missing))
        return outcomes

    def _adv_incomplete_message(self, missing):
        return lambda env: env._(
            "%(customer)s lacks: %(fields)s.",
            customer=self.partner_id.with_env(env(su=True)).display_name,
            fields=", ".join(
                env["res.partner"]._fields[name].get_description(env)["string"] for name in missing
            ),
        )

    def _adv_missing_address_fields(self):
        partners = self.partner_invoice_id | self.partner_shipping_id
        missing = [name for name in ADDRESS_FIELDS if not all(partner[name] for partner in partners)]
        contacts = self.partner_id | self.partner_id.commercial_partner_id
        if not any(partner.email or partner.phone for partner in contacts):
            missing.append("email")
        return missing

    def _adv_check_missing_customer_reference(self):
        asked = self.filtered(lambda order: order.partner_id.commercial_partner_id.adv_reference_required)
        outcomes = dict.fromkeys((self - asked).ids, ("not_applicable", ""))
        for order in asked.filtered(lambda order: not (order.client_order_ref or "").strip()):
            name = order.partner_id.commercial_partner_id.display_name
            outcomes[order.id] = (
                "failed",
                lambda env, name=name: env._("%s wants their purchase order number on everything.", name),
            )
        return outcomes

    def _adv_check_duplicate_order(self):
        """An earlier order of the same customer with the same reference, or the same lines within a day.

        An order without reference and without amount has nothing to compare.
        """
        comparable = self.filtered(
            lambda order: (order.client_order_ref or "").strip() or order.amount_untaxed > 0
        )
        outcomes = dict.fromkeys((self - comparable).ids, ("not_applicable", ""))
        rows = comparable._adv_find_duplicates() if comparable else []
        others = {other.id: other for other in self.browse([row[1] for row in rows])}
        for order_id, other_id, same_reference in rows:
            outcomes[order_id] = ("failed", self._adv_duplicate_message(others[other_id], same_reference))
        return outcomes

    def _adv_find_duplicates(self):
        """Return rows (order id, earlier order's id, whether the reference is the same)."""
        self.flush_model()
        self.env["sale.order.line"].flush_model(["order_id", "product_id", "product_uom_qty", "display_type"])
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (mine.id) mine.id, other.id,
                       %(same_reference)s
                  FROM sale_order mine
                  JOIN sale_order other
                    ON other.adv_commercial_partner_id = mine.adv_commercial_partner_id
                   AND other.company_id = mine.company_id
                   AND other.id <> mine.id
                   AND other.state <> 'cancel'
                   AND (other.id < mine.id OR other.state = 'sale')
                   AND (
                        %(same_reference)s
                        OR (
                            COALESCE(trim(mine.client_order_ref), '') = ''
                            AND mine.amount_untaxed > 0
                            AND other.amount_untaxed = mine.amount_untaxed
                            AND other.adv_received_date BETWEEN mine.adv_received_date - interval '1 day'
                                AND mine.adv_received_date + interval '1 day'
                            AND %(mine_lines)s = %(other_lines)s
                        )
                   )
                 WHERE mine.id IN %(ids)s
                 ORDER BY mine.id, 3 DESC NULLS LAST, other.id
                """,
                ids=tuple(self.ids),
                same_reference=SQL(
                    "NULLIF(lower(trim(other.client_order_ref)), '') = lower(trim(mine.client_order_ref))"
                ),
                mine_lines=self._adv_sql_contents(SQL("mine.id")),
                other_lines=self._adv_sql_contents(SQL("other.id")),
            )
        )

    def _adv_sql_contents(self, order_id):
        return SQL(
            """(SELECT array_agg(line.product_id || 'x' || line.product_uom_qty ORDER BY line.product_id,
                line.product_uom_qty) FROM sale_order_line line
                WHERE line.order_id = %s AND line.display_type IS NULL)""",
            order_id,
        )

    def _adv_duplicate_message(self, other, same_reference):
        name, reference = other.name, other.client_order_ref
        if same_reference:
            return lambda env: env._(
                "%(other)s already has the customer's reference %(reference)s.",
                other=name,
                reference=reference,
            )
        return lambda env: env._("%s has the same products and quantities and came within a day.", name)

    # DATES AND STOCK

    def _adv_check_promise_missing(self):
        outcomes = {}
        for order in self:
            if not order._adv_goods_lines().filtered(lambda line: line._adv_is_goods()):
                outcomes[order.id] = ("not_applicable", "")
            elif not order.commitment_date:
                outcomes[order.id] = (
                    "failed",
                    lambda env: env._("No delivery date is promised; the lead times of the products apply."),
                )
        return outcomes

    def _adv_check_promise_too_early(self):
        outcomes = {}
        # The native expected date of a quotation counts from now; an event's counts from its own time
        shift = event_now(self.env) - fields.Datetime.now()
        for order in self:
            company = order.company_id
            promised, feasible = (
                company._adv_date(order.commitment_date),
                order.expected_date and company._adv_date(order.expected_date + shift),
            )
            if not promised or not feasible:
                outcomes[order.id] = ("not_applicable", "")
            elif promised < feasible:
                outcomes[order.id] = (
                    "failed",
                    lambda env, promised=promised, feasible=feasible: env._(
                        "Promised for %(promised)s, the lead times allow %(feasible)s.",
                        promised=format_date(env, promised),
                        feasible=format_date(env, feasible),
                    ),
                )
        return outcomes

    def _adv_check_unavailable_stock(self):
        """Compare what the order needs with what is free in its warehouse, product by product."""
        needed = defaultdict(float)
        for line in self._adv_goods_lines().filtered(
            lambda line: line.product_id.is_storable and line.product_uom_qty > 0
        ):
            needed[line.order_id, line.order_id.warehouse_id, line.product_id] += line._adv_product_quantity()
        free = self._adv_free_quantities(needed)
        outcomes = dict.fromkeys(set(self.ids) - {key[0].id for key in needed}, ("not_applicable", ""))
        for (order, warehouse, product), quantity in needed.items():
            available = free[warehouse, product.id]
            if product.uom_id.compare(quantity, available) > 0:
                outcomes[order.id] = ("failed", self._adv_stock_message(product, quantity, available))
        return outcomes

    def _adv_free_quantities(self, needed):
        """Return {(warehouse, product id): free quantity} for the keys (order, warehouse, product)."""
        products = defaultdict(set)
        for _order, warehouse, product in needed:
            products[warehouse].add(product.id)
        free = {}
        for warehouse, ids in products.items():
            stocked = self.env["product.product"].browse(ids).with_context(warehouse_id=warehouse.id)
            # Odoo does not know when this figure changes within a transaction
            stocked.invalidate_recordset(["free_qty"], flush=False)
            free.update({(warehouse, product.id): product.free_qty for product in stocked})
        return free

    def _adv_stock_message(self, product, quantity, available):
        return lambda env: env._(
            "%(product)s: %(needed)s ordered, %(free)s free in the warehouse.",
            product=product.with_env(env(su=True)).display_name,
            needed=formatLang(env, quantity, digits=2),
            free=formatLang(env, available, digits=2),
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_reference_required = fields.Boolean(
        string="Wants their reference on orders",
        help="Orders of this customer need the customer's purchase order number.",
    )
