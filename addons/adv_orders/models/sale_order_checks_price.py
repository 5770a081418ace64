from odoo import models
from odoo.fields import Domain
from odoo.tools import format_amount
from odoo.tools.misc import formatLang


class SaleOrder(models.Model):
    """The checks of an order: prices, margin, currency and taxes."""

    _inherit = "sale.order"

    def _adv_check_zero_price(self):
        return self._adv_failed_lines(
            lambda line: (
                line.product_uom_qty > 0 and line.product_id.type != "combo" and not line.combo_item_id
            ),
            lambda line: not line.price_unit,
            lambda env, line, count: env._(
                "%(product)s has no price (lines: %(count)s).",
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_discount_above_limit(self):
        return self._adv_failed_lines(
            lambda line: line.price_unit,
            lambda line: line.discount > line.company_id.adv_discount_limit,
            lambda env, line, count: env._(
                "%(discount)s %% on %(product)s, limit %(limit)s %% (lines: %(count)s).",
                discount=formatLang(env, line.discount, digits=1),
                limit=formatLang(env, line.company_id.adv_discount_limit, digits=1),
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_low_margin(self):
        """Lines whose cost is known, that are sold (a gift has no price, its own check tells)."""
        return self._adv_failed_lines(
            lambda line: line.purchase_price > 0 and line.price_subtotal > 0,
            lambda line: line.margin_percent * 100 < line.company_id.adv_margin_floor,
            lambda env, line, count: env._(
                "%(margin)s %% margin on %(product)s, at least %(floor)s %% expected (lines: %(count)s).",
                margin=formatLang(env, line.margin_percent * 100, digits=1),
                floor=formatLang(env, line.company_id.adv_margin_floor, digits=1),
                product=line.product_id.display_name,
                count=count,
            ),
        )

    def _adv_check_tax_mismatch(self):
        return self._adv_failed_lines(
            lambda line: line.product_id.type != "combo",
            lambda line: line.tax_ids != line._adv_expected_taxes(),
            lambda env, line, count: env._(
                "%(product)s is taxed with %(taxes)s instead of %(expected)s (lines: %(count)s).",
                product=line.product_id.display_name,
                taxes=", ".join(line.tax_ids.mapped("name")) or env._("no tax"),
                expected=", ".join(line._adv_expected_taxes().mapped("name")) or env._("no tax"),
                count=count,
            ),
        )

    def _adv_check_currency_mismatch(self):
        """The currency of the customer's price list; without price lists there is one currency only."""
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            for order in orders.with_company(company):
                pricelist = order.partner_id.property_product_pricelist
                usual = pricelist.currency_id or company.currency_id
                if usual != order.currency_id:
                    outcomes[order.id] = ("failed", self._adv_currency_message(order.currency_id, usual))
                elif not pricelist:
                    outcomes[order.id] = ("not_applicable", "")
        return outcomes

    def _adv_currency_message(self, currency, usual):
        return lambda env: env._(
            "The order is in %(currency)s, this customer buys in %(usual)s.",
            currency=currency.name,
            usual=usual.name,
        )

    def _adv_check_price_deviation(self):
        """The net price of each line against the agreement in force, else the price list."""
        lines = self._adv_goods_lines().filtered(lambda line: line._adv_has_expected_price())
        outcomes = dict.fromkeys((self - lines.order_id).ids, ("not_applicable", ""))
        wrong, expected, agreements = self._adv_deviating_lines(lines)
        for order, bad in wrong.grouped("order_id").items():
            worst = max(bad, key=lambda line: abs(line._adv_price_gap(expected[line])))
            message = self._adv_price_message(worst, expected[worst], agreements.get(order), len(bad))
            outcomes[order.id] = ("failed", message)
        return outcomes

    def _adv_deviating_lines(self, lines):
        """Return (lines whose net price deviates, {line: expected price}, {order: agreement in force})."""
        agreements = self._adv_agreements_in_force({order: order._adv_check_day() for order in self})
        expected = lines._adv_expected_prices({line: agreements.get(line.order_id) for line in lines})
        wrong = lines.filtered(lambda line: line._adv_price_deviates(expected[line]))
        return wrong, expected, agreements

    def _adv_errors_price_deviation(self):
        """A price that is not the agreed one was entered wrongly, as was a list price typed over.

        A discount on the list price is somebody's decision: approvals and the limit look at it.
        """
        lines = self._adv_goods_lines().filtered(lambda line: line._adv_has_expected_price())
        wrong, expected, agreements = self._adv_deviating_lines(lines)
        typed = wrong.filtered(
            lambda line: (
                line.order_id in agreements or line._adv_price_deviates(expected[line], line.price_unit)
            )
        )
        return typed.order_id

    def _adv_price_message(self, line, expected, agreement, count):
        gap = line._adv_price_gap(expected)
        net, currency, product = line._adv_net_unit_price(), line.currency_id, line.product_id

        def message(env):
            figures = {
                "product": product.with_env(env(su=True)).display_name,
                "net": format_amount(env, net, currency),
                "expected": format_amount(env, expected, currency),
                "gap": formatLang(env, abs(gap), digits=1),
                "count": count,
                "agreement": agreement.name if agreement else "",
            }
            if agreement and gap < 0:
                return env._(
                    "%(product)s at %(net)s instead of %(expected)s: %(gap)s %% under the agreement "
                    "%(agreement)s (lines: %(count)s).",
                    **figures,
                )
            if agreement:
                return env._(
                    "%(product)s at %(net)s instead of %(expected)s: %(gap)s %% over the agreement "
                    "%(agreement)s (lines: %(count)s).",
                    **figures,
                )
            if gap < 0:
                return env._(
                    "%(product)s at %(net)s instead of %(expected)s: %(gap)s %% under the price list "
                    "(lines: %(count)s).",
                    **figures,
                )
            return env._(
                "%(product)s at %(net)s instead of %(expected)s: %(gap)s %% over the price list "
                "(lines: %(count)s).",
                **figures,
            )

        return message


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_expected_taxes(self):
        """Return the taxes that the product and the order's fiscal position give."""
        company = self.company_id
        taxes = self.product_id.taxes_id._filter_taxes_by_company(company)
        return self.order_id.fiscal_position_id.map_tax(taxes)

    # PRICES

    def _adv_has_expected_price(self):
        """Return whether an agreement or a price list tells the price: not of gifts, expenses, discounts."""
        return bool(
            self.price_unit
            and self.product_uom_qty > 0
            and self.product_id.type != "combo"
            and not self.combo_item_id
            and not self.is_expense
            and not self._is_global_discount()
            and not ("is_reward_line" in self._fields and self.is_reward_line)
        )

    def _adv_net_unit_price(self):
        return self.price_unit * (1 - (self.discount or 0.0) / 100)

    def _adv_price_gap(self, expected, price=None):
        """Return by how many percent a price is above (or, negative, under) the expected one.

        :param float price: the net price of the line when not given
        """
        price = self._adv_net_unit_price() if price is None else price
        return (price - expected) / expected * 100 if expected else 0.0

    def _adv_price_deviates(self, expected, price=None):
        price = self._adv_net_unit_price() if price is None else price
        if not expected or not self.currency_id.compare_amounts(price, expected):
            return False
        return abs(self._adv_price_gap(expected, price)) > self.company_id.adv_price_tolerance

    def _adv_expected_prices(self, agreements):
        """Return {line: net unit price} that the customer should pay; the rules are fetched once.

        :param dict agreements: {line: agreement in force, or None}
        """
        terms = self._adv_match_terms(agreements)
        rules = self._adv_pricelist_rules()
        return {
            line: line._adv_expected_price(rules.get(line.order_id.pricelist_id), terms.get(line))
            for line in self
        }

    def _adv_pricelist_rules(self):
        """Return {price list: rules} that may concern the products of these lines, in Odoo's order."""
        pricelists = self.order_id.pricelist_id
        if not pricelists:
            return {}
        products = self.product_id
        domain = Domain("pricelist_id", "in", pricelists.ids)
        domain &= Domain("categ_id", "=", False) | Domain("categ_id", "parent_of", products.categ_id.ids)
        domain &= Domain("product_tmpl_id", "=", False) | Domain(
            "product_tmpl_id", "in", products.product_tmpl_id.ids
        )
        domain &= Domain("product_id", "=", False) | Domain("product_id", "in", products.ids)
        return self.env["product.pricelist.item"].search(domain).grouped("pricelist_id")

    def _adv_expected_price(self, rules, term):
        line = self.with_company(self.company_id)
        price = line._adv_listed_price(rules)
        if term:
            price = line._adv_agreed_price(term, price)
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            price, product_taxes=taxes, fiscal_position=line.order_id.fiscal_position_id
        )

    def _adv_listed_price(self, rules):
        """Return the net price by the first of ``rules`` that applies, as ``_get_product_rule`` finds it."""
        date, quantity = self._get_order_date(), self._adv_product_quantity() or 1.0
        none = self.env["product.pricelist.item"]
        rule = next(
            (
                rule
                for rule in rules or ()
                if (not rule.date_start or rule.date_start <= date)
                and (not rule.date_end or rule.date_end >= date)
                and rule._is_applicable_for(self.product_id, quantity)
            ),
            none,
        )
        product = self.product_id.with_context(**self._get_product_price_context())
        return rule._compute_price(product=product, **self._get_pricelist_kwargs())
