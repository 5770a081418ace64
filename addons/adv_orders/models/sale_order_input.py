from math import isfinite

from odoo import api, models
from odoo.exceptions import ValidationError

# dates outside these years are typing errors; beyond them time zones and calendars break too
FIRST_YEAR, LAST_YEAR = 1970, 2199
HUGE_QUANTITY, HUGE_PRICE = 1e9, 1e12
FIGURES = ("product_uom_qty", "price_unit", "discount")


def check_year(record, name):
    """Refuse a date of a year that cannot be meant.

    :raise ValidationError: the field ``name`` of ``record`` has such a date
    """
    value = record[name]
    if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            record.env._(
                "%(field)s: the year %(year)s cannot be.",
                field=record._fields[name].get_description(record.env)["string"],
                year=value.year,
            )
        )


class SaleOrder(models.Model):
    """Input that cannot be meant, refused with a sentence before anything is computed from it."""

    _inherit = "sale.order"

    @api.constrains("date_order", "commitment_date", "adv_received_date", "adv_requested_date")
    def _check_adv_years(self):
        for order in self:
            for name in ("date_order", "commitment_date", "adv_received_date", "adv_requested_date"):
                check_year(order, name)

    @api.constrains("partner_id")
    def _check_adv_customer_active(self):
        """Where rules are enforced, nothing is sold to an archived customer."""
        for order in self:
            if not order.partner_id.active and order.company_id.adv_check_mode == "enforce":
                raise ValidationError(
                    self.env._("%s is archived: restore this customer first.", order.partner_id.display_name)
                )

    @api.constrains("pricelist_id", "currency_id")
    def _check_adv_currency_rate(self):
        """Where rules are enforced, an amount is compared in the company's currency: it needs a rate."""
        abroad = self.filtered(
            lambda order: (
                order.currency_id != order.company_id.currency_id
                and order.company_id.adv_check_mode == "enforce"
            )
        )
        if not abroad:
            return
        # sudo: whether a rate exists, for anybody who enters an order
        known = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    ("currency_id", "in", abroad.currency_id.ids),
                    ("company_id", "in", [*abroad.company_id.root_id.ids, False]),
                ],
                ["currency_id", "company_id"],
            )
        )
        for order in abroad:
            companies = (order.company_id.root_id, self.env["res.company"])
            if not any((order.currency_id, company) in known for company in companies):
                raise ValidationError(
                    self.env._("%s has no exchange rate: enter one first.", order.currency_id.name)
                )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("adv_requested_date")
    def _check_adv_years(self):
        for line in self:
            check_year(line, "adv_requested_date")

    @api.constrains("product_uom_qty", "price_unit", "discount")
    def _check_adv_sizes(self):
        """Negative quantities are Odoo's way to take back; only what cannot be meant is refused."""
        for line in self:
            figures = (
                (line.product_uom_qty, HUGE_QUANTITY),
                (line.price_unit, HUGE_PRICE),
                (line.discount, HUGE_QUANTITY),
            )
            if any(not isfinite(value) or abs(value) >= limit for value, limit in figures):
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(quantity)s at %(price)s cannot be.",
                        product=line.product_id.display_name or line.name,
                        quantity=line.product_uom_qty,
                        price=line.price_unit,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._adv_refuse_infinite(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._adv_refuse_infinite([vals])
        return super().write(vals)

    @api.model
    def _adv_refuse_infinite(self, vals_list):
        """Refuse infinity, which a remote client can send, before native computes stumble over it."""
        for vals in vals_list:
            for name in FIGURES:
                if isinstance(vals.get(name), float) and not isfinite(vals[name]):
                    raise ValidationError(
                        self.env._(
                            "%(field)s: %(value)s is no number.",
                            field=self._fields[name].get_description(self.env)["string"],
                            value=vals[name],
                        )
                    )

    @api.constrains("product_id")
    def _check_adv_product_active(self):
        for line in self:
            archived = line.product_id and not line.product_id.active
            if archived and line.company_id.adv_check_mode == "enforce":
                raise ValidationError(
                    self.env._("%s is archived: it cannot be ordered.", line.product_id.display_name)
                )
