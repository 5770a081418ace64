from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import only_one


class SaleOrder(models.Model):
    """Conditions of the order: those of the customer's agreement in force on the order's day."""

    _inherit = "sale.order"

    adv_agreement_id = fields.Many2one(
        "adv.agreement",
        string="Agreement",
        compute="_compute_adv_agreement_id",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The agreement that gave the order its prices and terms.",
    )
    adv_free_freight_from = fields.Monetary(
        related="adv_agreement_id.free_freight_from",
        string="Carriage free from",
        currency_field="adv_company_currency_id",
    )
    adv_is_freight_free = fields.Boolean(string="Carriage free", compute="_compute_adv_is_freight_free")
    incoterm = fields.Many2one(compute="_compute_incoterm", store=True, readonly=False, precompute=True)

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_agreement_id"}

    # COMPUTE

    @api.depends("partner_id", "company_id")
    def _compute_adv_agreement_id(self):
        # a confirmed order keeps the conditions it was taken on
        orders = self.filtered(lambda order: not order._origin or order.state in ("draft", "sent"))
        found = orders._adv_agreements_in_force()
        for order in orders:
            order.adv_agreement_id = found.get(order)

    @api.depends("adv_agreement_id", "adv_amount_company", "order_line.price_subtotal")
    def _compute_adv_is_freight_free(self):
        for order in self:
            threshold = order.adv_agreement_id.sudo().free_freight_from  # sudo: shown with the order
            currency = order.company_id.currency_id or self.env.company.currency_id
            order.adv_is_freight_free = (
                threshold and currency.compare_amounts(order._adv_goods_amount(), threshold) >= 0
            )

    def _adv_goods_amount(self):
        """Return the untaxed amount without carriage, in the company's currency."""
        carriage = self.order_line.filtered(lambda line: line._is_delivery())
        return self.adv_amount_company - sum(carriage.mapped("price_subtotal")) / (self.currency_rate or 1.0)

    @api.depends("adv_agreement_id")
    def _compute_payment_term_id(self):
        super()._compute_payment_term_id()
        for order in self:
            terms = (
                order.adv_agreement_id.sudo().payment_term_id
            )  # sudo: conditions, whoever enters the order
            if terms:
                order.payment_term_id = terms

    @api.depends("adv_agreement_id")
    def _compute_incoterm(self):
        for order in self:
            # sudo: conditions, whoever enters the order
            order.incoterm = order.adv_agreement_id.sudo().incoterm_id or order.incoterm

    # ONCHANGE

    @api.onchange("adv_agreement_id")
    def _onchange_adv_agreement_id(self):
        """Prices are not replaced behind a person's back: the order offers to update them."""
        self.show_update_pricelist = self.show_update_pricelist or bool(self.order_line)

    # ACTIONS

    def action_open_adv_agreement(self):
        """Open the agreement of the order, else those of its customer."""
        only_one(self)
        if self.adv_agreement_id:
            return {
                "type": "ir.actions.act_window",
                "res_model": "adv.agreement",
                "res_id": self.adv_agreement_id.id,
                "views": [(False, "form")],
            }
        return self.partner_id.action_open_adv_agreements()

    # BUSINESS

    def _adv_agreements_in_force(self, days=None):
        """Return {order: agreement (sudo)} in force on each order's day; one statement.

        :param dict days: {order: day} instead of the date of the order
        """
        wanted = {}
        for order in self.filtered("partner_id"):
            company = order.company_id or self.env.company
            day = (days or {}).get(order) or company._adv_date(order.date_order or fields.Datetime.now())
            wanted[order] = (order.partner_id, company, day)
        return self.env["adv.agreement"]._adv_in_force(wanted) if wanted else {}

    def _recompute_prices(self):
        """ "Update prices" takes the conditions that hold now."""
        self._adv_take_conditions()
        self.order_line._adv_take_lead_time()
        return super()._recompute_prices()

    def _adv_take_conditions(self):
        found = self._adv_agreements_in_force()
        for order in self:
            agreement = found.get(order, self.env["adv.agreement"])
            if order.adv_agreement_id != agreement:
                order._adv_set_facts({"adv_agreement_id": agreement.id})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    adv_term_id = fields.Many2one(
        "adv.agreement.line",
        string="Agreed price",
        compute="_compute_adv_term_id",
        compute_sudo=True,
        help="The line of the agreement that gives the price.",
    )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Carriage costs nothing on an order that reached the amount agreed (module ``delivery``)."""
        for vals in vals_list:
            order = self.env["sale.order"].browse(vals.get("order_id") or [])
            if vals.get("is_delivery") and order.adv_is_freight_free:
                vals["price_unit"] = 0.0
        return super().create(vals_list)

    # COMPUTE

    @api.depends("product_id", "product_uom_id", "product_uom_qty", "order_id.adv_agreement_id")
    def _compute_adv_term_id(self):
        agreements = {line: line.order_id.adv_agreement_id._origin for line in self}
        found = self._adv_match_terms(agreements)
        for line in self:
            line.adv_term_id = found.get(line, False)

    def _adv_match_terms(self, agreements):
        """Return {line: agreement line (sudo)}; one statement.

        :param dict agreements: {line: agreement}; lines without one are left out
        """
        wanted = {
            line: (agreements[line], line.product_id._origin, line._adv_product_quantity())
            for line in self
            if agreements.get(line) and line.product_id and not line.display_type
        }
        return self.env["adv.agreement.line"]._adv_match(wanted) if wanted else {}

    def _adv_product_quantity(self):
        """Return the quantity in the unit of the product."""
        unit, product_unit = self.product_uom_id, self.product_id.uom_id
        if not unit or unit == product_unit:
            return self.product_uom_qty
        return unit._compute_quantity(self.product_uom_qty, product_unit, raise_if_failure=False)

    # NATIVE PRICES

    def _get_pricelist_price(self):
        """What the customer pays for one unit: as agreed, else as the price list says."""
        price = super()._get_pricelist_price()
        return self._adv_agreed_price(self.adv_term_id, price)

    def _adv_agreed_price(self, term, list_price):
        if not term:
            return list_price
        return term._adv_price(
            list_price,
            self.product_id,
            self.product_uom_id or self.product_id.uom_id,
            self.currency_id or self.order_id.currency_id,
            self.company_id or self.env.company,
            self._get_order_date(),
        )

    def _get_display_price_ignore_combo(self):
        """An agreed discount is shown as discount where discounts are shown, else it is in the price."""
        term = self.adv_term_id
        if term.kind == "price":
            return self._get_pricelist_price()
        price = super()._get_display_price_ignore_combo()
        if term and self._adv_shows_discounts() and not self.pricelist_item_id._show_discount():
            return super()._get_pricelist_price()
        return price

    @api.model
    def _adv_shows_discounts(self):
        return self.env["product.pricelist.item"]._is_discount_feature_enabled()

    @api.depends("product_id", "product_uom_id", "product_uom_qty")
    def _compute_discount(self):
        super()._compute_discount()
        if not self._adv_shows_discounts():
            return
        for line in self:
            term = line.adv_term_id
            if not term or line.combo_item_id:
                continue
            if term.kind == "price":
                line.discount = 0.0
            elif not line.pricelist_item_id._show_discount():
                line.discount = term.discount

    def _compute_customer_lead(self):
        super()._compute_customer_lead()
        self._adv_take_lead_time()

    def _adv_take_lead_time(self):
        for line in self:
            # sudo: conditions, whoever enters the order
            days = line.order_id.adv_agreement_id.sudo().lead_days
            if days and line.product_id:
                line.customer_lead = days


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_agreement_count = fields.Integer(
        string="Agreements",
        compute="_compute_adv_agreement_count",
        groups="sales_team.group_sale_salesman",
    )

    def _compute_adv_agreement_count(self):
        groups = self.env["adv.agreement"]._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("state", "!=", "cancelled"),
            ],
            ["partner_id"],
            ["__count"],
        )
        counts = {}
        for partner, count in groups:
            company = partner.commercial_partner_id
            counts[company.id] = counts.get(company.id, 0) + count
        for partner in self:
            partner.adv_agreement_count = counts.get(partner.commercial_partner_id.id, 0)

    def action_open_adv_agreements(self):
        """Open the agreements with the customer and its addresses."""
        only_one(self)
        customer = self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreements of %s", customer.display_name),
            "res_model": "adv.agreement",
            "view_mode": "list,form",
            "domain": list(Domain("partner_id", "child_of", customer.ids)),
            "context": {"default_partner_id": customer.id},
        }
