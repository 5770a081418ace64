from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.tools import SQL, format_amount
from odoo.tools.misc import formatLang

from ..tools import MINIMUM_HISTORY, Habit, event_now

HISTORY_MONTHS = 24
# times more or less than usual from which a quantity or a price can be a typing error
QUANTITY_RATIO = 3.0
PRICE_RATIO = 1.3


class SaleOrder(models.Model):
    """The checks of an order against what the same customer ordered before: 100 typed for 10."""

    _inherit = "sale.order"

    def _adv_check_unusual_quantity(self):
        return self._adv_check_habit(
            SQL("line.product_uom_qty * unit.factor / product_unit.factor"),
            lambda line: line._adv_product_quantity(),
            QUANTITY_RATIO,
            lambda env, line, habit: env._(
                "%(product)s: %(ordered)s ordered, usually %(usual)s (%(count)s earlier orders).",
                product=line.product_id.display_name,
                ordered=formatLang(env, line._adv_product_quantity(), digits=2),
                usual=formatLang(env, habit.usual, digits=2),
                count=habit.count,
            ),
        )

    def _adv_check_unusual_price(self):
        return self._adv_check_habit(
            SQL(
                """line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
                   * product_unit.factor / unit.factor / COALESCE(NULLIF(so.currency_rate, 0), 1)"""
            ),
            lambda line: line._adv_company_price(),
            PRICE_RATIO,
            lambda env, line, habit: env._(
                "%(product)s at %(price)s, usually %(usual)s (%(count)s earlier orders).",
                product=line.product_id.display_name,
                price=format_amount(env, line._adv_company_price(), line.company_id.currency_id),
                usual=format_amount(env, habit.usual, line.company_id.currency_id),
                count=habit.count,
            ),
        )

    def _adv_check_habit(self, past, present, ratio, message):
        """Return outcomes of the orders with a line that is far from the customer's habit.

        :param SQL past: the value of an earlier line
        :param present: function of a line of these orders, its value
        :param ratio: times more or less from which a value is remarkable
        :param message: function of (environment, line, habit)
        """
        outcomes = {}
        for company, orders in self.grouped("company_id").items():
            lines = orders._adv_goods_lines().filtered(lambda line: line.product_uom_qty > 0)
            habits = orders._adv_habits(company, lines, past)
            known = [(line, habits[key]) for line in lines if (key := line._adv_habit_key()) in habits]
            told = {line.order_id.id for line, _habit in known}
            outcomes.update({order.id: ("not_applicable", "") for order in orders if order.id not in told})
            for line, habit in reversed(known):
                if habit.is_unusual(present(line), ratio):
                    outcomes[line.order_id.id] = ("failed", self._adv_habit_message(message, line, habit))
        return outcomes

    def _adv_habit_message(self, message, line, habit):
        return lambda env: message(env, line.with_env(env(su=True)), habit)

    def _adv_habits(self, company, lines, value):
        """Return {(customer id, product id): Habit} of the confirmed orders before these; one statement."""
        if not lines:
            return {}
        self.flush_model()
        self.env["sale.order.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH value AS (
                    SELECT so.adv_commercial_partner_id AS partner_id, line.product_id,
                           (%(value)s)::double precision AS value
                      FROM sale_order so
                      JOIN sale_order_line line ON line.order_id = so.id
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom unit ON unit.id = line.product_uom_id
                      JOIN uom_uom product_unit ON product_unit.id = template.uom_id
                     WHERE so.state = 'sale' AND so.company_id = %(company)s
                       AND so.adv_commercial_partner_id IN %(partners)s
                       AND so.adv_confirmed_date >= %(since)s AND so.id NOT IN %(orders)s
                       AND line.product_id IN %(products)s AND line.display_type IS NULL
                       AND line.is_downpayment IS NOT TRUE AND line.product_uom_qty > 0
                ), past AS (
                    SELECT partner_id, product_id, ln(value) AS value FROM value WHERE value > 0
                ), middle AS (
                    SELECT partner_id, product_id, count(*) AS seen,
                           percentile_cont(0.5) WITHIN GROUP (ORDER BY value) AS value
                      FROM past
                     GROUP BY partner_id, product_id
                    HAVING count(*) >= %(minimum)s
                )
                SELECT partner_id, product_id, middle.seen, middle.value,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(past.value - middle.value))
                  FROM middle
                  JOIN past USING (partner_id, product_id)
                 GROUP BY partner_id, product_id, middle.seen, middle.value
                """,
                value=value,
                company=company.id,
                # an old quotation that the job after the installation has not reached has none yet
                partners=tuple(self.adv_commercial_partner_id.ids) or (0,),
                since=event_now(self.env) - relativedelta(months=HISTORY_MONTHS),
                orders=tuple(self.ids),
                products=tuple(lines.product_id.ids),
                minimum=MINIMUM_HISTORY,
            )
        )
        return {(partner_id, product_id): Habit(*rest) for partner_id, product_id, *rest in rows}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_habit_key(self):
        return self.order_id.adv_commercial_partner_id.id, self.product_id.id

    def _adv_company_price(self):
        """Return the net price of one unit of the product, in the company's currency."""
        price = self.product_uom_id._compute_price(self._adv_net_unit_price(), self.product_id.uom_id)
        return price / (self.order_id.currency_rate or 1.0)
