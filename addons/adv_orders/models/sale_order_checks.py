from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL, format_amount, format_date
from odoo.tools.misc import formatLang

from ..tools import event_now

ADDRESS_FIELDS = ("street", "city", "zip", "country_id")
CREDIT_FIELDS = ("credit", "debit", "credit_to_invoice")


class SaleOrder(models.Model):
    """The checks of an order.

    Each method is set-based and returns ``{order id: (state, message)}``; an order left out passed.
    They run as superuser, so they may read what the user may not.
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

    def _adv_failed_lines(self, wrong, message):
        """Return outcomes of the orders having lines for which ``wrong(line)`` is true.

        :param message: function of (environment, first wrong line, number of wrong lines)
        """
        bad = self._adv_goods_lines().filtered(wrong).grouped("order_id")
        return {
            order.id: (
                "failed",
                lambda env, lines=lines: message(env, lines[0].with_env(env(su=True)), len(lines)),
            )
            for order, lines in bad.items()
        }

    # CUSTOMER

    def _adv_check_incomplete_customer(self):
        outcomes = {}
        for order in self:
            missing = order._adv_missing_address_fields()
            if missing:
                outcomes[order.id] = (
                    "failed",
                    lambda env, order=order, missing=missing: env._(
                        "%(customer)s lacks: %(fields)s.",
                        customer=order.partner_id.display_name,
                        fields=", ".join(
                            env["res.partner"]._fields[name].get_description(env)["string"]
                            for name in missing
                        ),
                    ),
                )
        return outcomes

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
        """An earlier order of the same customer with the same reference, or the same lines within a day."""
        self.flush_model()
        self.env["sale.order.line"].flush_model(["order_id", "product_id", "product_uom_qty", "display_type"])
        rows = self.env.execute_query(
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
        others = {other.id: other for other in self.browse([row[1] for row in rows])}
        return {
            order_id: ("failed", self._adv_duplicate_message(others[other_id], same_reference))
            for order_id, other_id, same_reference in rows
        }

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

    # PRICE

    def _adv_check_zero_price(self):
        return self._adv_failed_lines(
            lambda line: (
                line.product_uom_qty > 0
                and not line.price_unit
                and line.product_id.type != "combo"
                and not line.combo_item_id
            ),
            lambda env, line, count: env._(
                "%(product)s has no price (%(count)s lines).",
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_discount_above_limit(self):
        return self._adv_failed_lines(
            lambda line: line.discount > line.company_id.adv_discount_limit,
            lambda env, line, count: env._(
                "%(discount)s %% on %(product)s, limit %(limit)s %% (%(count)s lines).",
                discount=formatLang(env, line.discount, digits=1),
                limit=formatLang(env, line.company_id.adv_discount_limit, digits=1),
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_low_margin(self):
        return self._adv_failed_lines(
            lambda line: (
                line.purchase_price > 0
                and line.price_subtotal > 0
                and line.margin_percent * 100 < line.company_id.adv_margin_floor
            ),
            lambda env, line, count: env._(
                "%(margin)s %% margin on %(product)s, at least %(floor)s %% expected (%(count)s lines).",
                margin=formatLang(env, line.margin_percent * 100, digits=1),
                floor=formatLang(env, line.company_id.adv_margin_floor, digits=1),
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_below_minimum_order(self):
        outcomes = {}
        for order in self:
            minimum = order.company_id.adv_order_minimum
            if not minimum:
                outcomes[order.id] = ("not_applicable", "")
            elif order.company_id.currency_id.compare_amounts(order.adv_amount_company, minimum) < 0:
                outcomes[order.id] = (
                    "failed",
                    lambda env, order=order, minimum=minimum: env._(
                        "%(amount)s ordered, the minimum is %(minimum)s.",
                        amount=format_amount(env, order.adv_amount_company, order.company_id.currency_id),
                        minimum=format_amount(env, minimum, order.company_id.currency_id),
                    ),
                )
        return outcomes

    def _adv_check_currency_mismatch(self):
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            for order in orders.with_company(company):
                pricelist = order.partner_id.property_product_pricelist
                usual = pricelist.currency_id or company.currency_id
                if usual != order.currency_id:
                    outcomes[order.id] = (
                        "failed",
                        lambda env, order=order, usual=usual: env._(
                            "The order is in %(currency)s, this customer buys in %(usual)s.",
                            currency=order.currency_id.name,
                            usual=usual.name,
                        ),
                    )
        return outcomes

    def _adv_check_tax_mismatch(self):
        return self._adv_failed_lines(
            lambda line: line.tax_ids != line._adv_expected_taxes(),
            lambda env, line, count: env._(
                "%(product)s is taxed with %(taxes)s instead of %(expected)s (%(count)s lines).",
                product=line.product_id.display_name,
                taxes=", ".join(line.tax_ids.mapped("name")) or env._("no tax"),
                expected=", ".join(line._adv_expected_taxes().mapped("name")) or env._("no tax"),
                count=count,
            ),
        )

    # TERMS

    def _adv_check_payment_terms_deviation(self):
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            for order in orders.with_company(company):
                usual = order.partner_id.property_payment_term_id
                if usual != order.payment_term_id:
                    outcomes[order.id] = (
                        "failed",
                        lambda env, order=order, usual=usual: env._(
                            "Payment terms %(terms)s, the customer's are %(usual)s.",
                            terms=order.payment_term_id.with_env(env(su=True)).name or env._("immediate"),
                            usual=usual.with_env(env(su=True)).name or env._("immediate"),
                        ),
                    )
        return outcomes

    def _adv_check_credit_limit(self):
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            orders = orders.with_company(company)
            limited = orders.filtered(
                lambda order, company=company: (
                    company.account_use_credit_limit
                    and order.partner_id.commercial_partner_id.credit_limit > 0
                )
            )
            outcomes.update(dict.fromkeys((orders - limited).ids, ("not_applicable", "")))
            partners = limited.partner_id.commercial_partner_id
            # Odoo computes these without dependencies: neither read nor leave what the order will change
            partners.invalidate_recordset(CREDIT_FIELDS, flush=False)
            for order in limited:
                partner = order.partner_id.commercial_partner_id
                owed = partner.credit + partner.credit_to_invoice
                total = owed + order.amount_total / (order.currency_rate or 1.0)
                if company.currency_id.compare_amounts(total, partner.credit_limit) > 0:
                    outcomes[order.id] = ("failed", self._adv_credit_message(company, partner, owed, total))
            partners.invalidate_recordset(CREDIT_FIELDS, flush=False)
        return outcomes

    def _adv_credit_message(self, company, partner, owed, total):
        currency, limit = company.currency_id, partner.credit_limit
        return lambda env: env._(
            "%(total)s with this order (%(owed)s before), the credit limit is %(limit)s.",
            total=format_amount(env, total, currency),
            owed=format_amount(env, owed, currency),
            limit=format_amount(env, limit, currency),
        )

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
        for line in self._adv_goods_lines().filtered("product_id.is_storable"):
            quantity = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            needed[line.order_id, line.order_id.warehouse_id, line.product_id] += quantity
        free = {}
        for warehouse in {warehouse for _order, warehouse, _product in needed}:
            products = self.env["product.product"].union(*[key[2] for key in needed if key[1] == warehouse])
            for product in products.with_context(warehouse_id=warehouse.id):
                free[warehouse, product.id] = product.free_qty
        outcomes = dict.fromkeys(set(self.ids) - {key[0].id for key in needed}, ("not_applicable", ""))
        for (order, warehouse, product), quantity in needed.items():
            available = free[warehouse, product.id]
            if product.uom_id.compare(quantity, available) > 0:
                outcomes[order.id] = ("failed", self._adv_stock_message(product, quantity, available))
        return outcomes

    def _adv_stock_message(self, product, quantity, available):
        return lambda env: env._(
            "%(product)s: %(needed)s ordered, %(free)s free in the warehouse.",
            product=product.with_env(env(su=True)).display_name,
            needed=formatLang(env, quantity, digits=2),
            free=formatLang(env, available, digits=2),
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_expected_taxes(self):
        """Return the taxes that the product and the order's fiscal position give."""
        company = self.company_id
        taxes = self.product_id.taxes_id._filter_taxes_by_company(company)
        return self.order_id.fiscal_position_id.map_tax(taxes)


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_reference_required = fields.Boolean(
        string="Wants their reference on orders",
        help="Orders of this customer need the customer's purchase order number.",
    )
