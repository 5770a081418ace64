from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class AdvAgreementLine(models.Model):
    """One negotiated price or discount: of a product, of a category, or of everything."""

    _name = "adv.agreement.line"
    _description = "Price of an agreement"
    _order = "agreement_id, product_id, categ_id, min_quantity, id"
    _check_company_auto = True

    agreement_id = fields.Many2one("adv.agreement", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", ondelete="restrict", check_company=True
    )
    categ_id = fields.Many2one(
        "product.category", string="Category", index="btree_not_null", ondelete="restrict"
    )
    min_quantity = fields.Float(
        string="From quantity", digits="Product Unit", help="In the unit of the product."
    )
    kind = fields.Selection(
        [("price", "Price"), ("discount", "Discount")], string="What", required=True, default="price"
    )
    fixed_price = fields.Float(
        string="Price",
        digits="Product Price",
        min_display_digits="Product Price",
        help="Of one unit of the product, in the agreement's currency.",
    )
    discount = fields.Float(string="Discount (%)", digits="Discount", help="Off the customer's price list.")

    _values_in_range = models.Constraint(
        "CHECK (fixed_price >= 0 AND discount >= 0 AND discount <= 100 AND min_quantity >= 0)",
        "Prices and quantities of an agreement are not negative, a discount is at most 100 %.",
    )
    _target_unique = models.UniqueIndex(
        "(agreement_id, COALESCE(product_id, 0), COALESCE(categ_id, 0), min_quantity)",
        "An agreement has one price for a product or category from a quantity.",
    )

    @api.constrains("product_id", "categ_id", "kind")
    def _check_target(self):
        for line in self:
            if line.product_id and line.categ_id:
                raise ValidationError(
                    self.env._("%s: name the product or the category.", line.product_id.display_name)
                )
            if line.kind == "price" and not line.product_id:
                raise ValidationError(self.env._("A price needs its product; a category has a discount."))
            if line.product_id and not line.product_id.active:
                raise ValidationError(
                    self.env._("%s is archived: it cannot be agreed on.", line.product_id.display_name)
                )

    @api.depends("product_id", "categ_id", "kind", "fixed_price", "discount")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                line.product_id.display_name or line.categ_id.display_name or self.env._("All products")
            )

    # BUSINESS

    @api.model
    def _adv_match(self, wanted):
        """Return {key: agreement line (sudo)} that gives the price; one statement.

        A product comes before its category, a deeper category before a higher one, and of those the highest
        quantity that was reached.

        :param dict wanted: {key: (agreement, product, quantity in the product's unit)}
        """
        known = self._adv_candidates(wanted)
        found = {}
        for key, (agreement, product, quantity) in wanted.items():
            path = [int(part) for part in (product.categ_id.parent_path or "").split("/") if part]
            targets = [(product.id, False), *((False, categ) for categ in reversed(path)), (False, False)]
            for target in targets:
                reached = [
                    line
                    for line in known.get((agreement.id, *target), ())
                    if product.uom_id.compare(quantity, line.min_quantity) >= 0
                ]
                if reached:
                    found[key] = max(reached, key=lambda line: line.min_quantity)
                    break
        return found

    @api.model
    def _adv_candidates(self, wanted):
        products = self.env["product.product"].union(
            *[product for _agreement, product, _qty in wanted.values()]
        )
        categories = {
            int(part)
            for product in products
            for part in (product.categ_id.parent_path or "").split("/")
            if part
        }
        target = Domain("product_id", "in", products.ids) | Domain("categ_id", "in", list(categories))
        target |= Domain("product_id", "=", False) & Domain("categ_id", "=", False)
        agreement_ids = list({agreement.id for agreement, _product, _qty in wanted.values()})
        # sudo: an order takes the customer's conditions whoever enters it
        lines = self.sudo().search(Domain("agreement_id", "in", agreement_ids) & target)
        return lines.grouped(lambda line: (line.agreement_id.id, line.product_id.id, line.categ_id.id))

    def _adv_price(self, list_price, product, unit, currency, company, date):
        """Return the net price of one ``unit`` of ``product`` in ``currency``.

        :param float list_price: what the customer pays without agreement
        """
        self.ensure_one()
        if self.kind == "discount":
            return list_price * (1 - self.discount / 100)
        price = product.uom_id._compute_price(self.fixed_price, unit)
        agreed = self.currency_id
        if agreed and currency and agreed != currency:
            price = agreed._convert(price, currency, company, date or fields.Date.today(), round=False)
        return price
