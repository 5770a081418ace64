from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools import only_one

LATENESS = [("on_track", "On track"), ("at_risk", "At risk"), ("late", "Late")]
CAUSES = [
    ("incoming", "Waits for an arrival"),
    ("overdue", "Arrival overdue"),
    ("quotation", "Asked, not ordered"),
    ("nothing", "Nothing on the way"),
    ("told", "A later date was told"),
    ("planned", "Planned too late"),
    ("ready", "Ready, not shipped"),
]


class SaleOrder(models.Model):
    """How late an order is: written by the lateness job (adv.lateness), never by hand."""

    _inherit = "sale.order"

    adv_expected_date = fields.Datetime(
        string="Expected date",
        readonly=True,
        copy=False,
        help="When we now think that the last open line will be delivered.",
    )
    adv_lateness = fields.Selection(
        LATENESS, string="Lateness", readonly=True, copy=False, index="btree_not_null"
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_expected_date", "adv_lateness"}

    # ACTIONS

    def action_open_adv_lines(self):
        """Open the lines of the order with their dates, causes and what can be done."""
        action = self.env["ir.actions.actions"]._for_xml_id("adv_orders.action_open_lines")
        return {
            **action,
            "name": self.env._("Lines of %s", ", ".join(self.mapped("name"))),
            "view_mode": "list,kanban,calendar",
            "views": sorted(action["views"], key=lambda view: view[1] != "list"),
            "domain": [("order_id", "in", self.ids), ("product_id", "!=", False)],
            # the customer has a column of its own
            "context": {"sale_show_partner_name": False},
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    adv_lateness = fields.Selection(
        LATENESS, string="Lateness", readonly=True, copy=False, index="btree_not_null"
    )
    adv_lateness_cause = fields.Text(
        string="Why",
        compute="_compute_adv_lateness_cause",
        help="What the line waits for, and who has it.",
        groups="base.group_user",
    )
    adv_cause = fields.Selection(CAUSES, string="Cause", readonly=True, copy=False, groups="base.group_user")
    adv_cause_product_id = fields.Many2one(
        "product.product",
        string="Missing product",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
    )
    adv_supply_move_id = fields.Many2one(
        "stock.move",
        string="Arrival",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    adv_supply_name = fields.Char(
        string="Supplier order", readonly=True, copy=False, groups="base.group_user"
    )
    adv_supply_date = fields.Datetime(
        string="Supply date", readonly=True, copy=False, groups="base.group_user"
    )
    adv_supplier_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
    )
    adv_buyer_id = fields.Many2one(
        "res.users",
        string="Buyer",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups="base.group_user",
    )
    adv_open_qty = fields.Float(string="Open", readonly=True, copy=False, digits="Product Unit")
    adv_short_qty = fields.Float(
        string="Short",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What stock does not cover now, in the line's unit.",
    )
    adv_missing_qty = fields.Float(
        string="Missing quantity",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="What stock does not cover now of the missing product, in that product's unit.",
        groups="base.group_user",
    )
    adv_partner_id = fields.Many2one(related="order_id.partner_id", string="Customer of the order")
    adv_assistant_id = fields.Many2one(related="order_id.adv_assistant_id", string="ADV assistant")
    # what people search by: a search on `product_id` itself looks the product up again for each line
    adv_product_id = fields.Many2one(
        "product.product",
        string="Product sold",
        compute="_compute_adv_product_id",
        search="_search_adv_product_id",
    )

    _adv_short_index = models.Index("(company_id, adv_cause_product_id) WHERE adv_short_qty > 0")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {
            "adv_lateness",
            "adv_cause",
            "adv_cause_product_id",
            "adv_supply_move_id",
            "adv_supply_name",
            "adv_supply_date",
            "adv_supplier_id",
            "adv_buyer_id",
            "adv_open_qty",
            "adv_short_qty",
            "adv_missing_qty",
        }

    # ACTIONS

    def action_open_order(self):
        """Open the order; its own rights apply."""
        only_one(self)
        return self.order_id._adv_open_records(self.order_id.name)

    # COMPUTE

    @api.depends("product_id")
    def _compute_adv_product_id(self):
        for line in self:
            line.adv_product_id = line.product_id

    def _search_adv_product_id(self, operator, value):
        if operator == "in":
            return Domain("product_id", "in", value)
        if operator == "any!":
            return Domain("product_id", operator, value)
        if operator not in ("any", "ilike"):
            return NotImplemented
        named = value if operator == "any" else Domain("display_name", operator, value)
        return Domain("product_id", "in", self.env["product.product"].search(named).ids)

    @api.depends(
        "adv_lateness",
        "adv_cause",
        "adv_cause_product_id",
        "adv_supply_name",
        "adv_supply_date",
        "adv_supplier_id",
        "adv_buyer_id",
        "adv_short_qty",
    )
    @api.depends_context("lang", "tz")
    def _compute_adv_lateness_cause(self):
        for line in self:
            # sudo: names of the supplier and the buyer, for who may read the line
            line.adv_lateness_cause = line.sudo()._adv_cause_text() if line.adv_cause else False

    def _adv_cause_text(self):
        """Return what the line waits for, as a sentence."""
        when = self.adv_supply_date and format_date(self.env, self.company_id._adv_date(self.adv_supply_date))
        if self.adv_cause in ("told", "planned", "ready"):
            return {
                "told": self.env._("A later date than promised was told to the customer."),
                "planned": self.env._("The goods are there; the delivery is planned for %s.", when or ""),
                "ready": self.env._("The goods are there and have not been shipped."),
            }[self.adv_cause]
        parts = [self._adv_shortage_text(when)]
        if self.adv_supplier_id:
            parts.append(self.env._("Supplier: %s", self.adv_supplier_id.display_name))
        if self.adv_buyer_id:
            parts.append(self.env._("Buyer: %s", self.adv_buyer_id.name))
        return ". ".join(parts)

    def _adv_shortage_text(self, when):
        values = {
            "product": self.adv_cause_product_id.display_name or self.product_id.display_name,
            "short": formatLang(self.env, self.adv_short_qty, digits=2).rstrip("0").rstrip(".,"),
            "supply": self.adv_supply_name or "",
            "when": when or "",
        }
        if self.adv_cause == "incoming":
            return self.env._("%(product)s: %(short)s short, comes with %(supply)s on %(when)s", **values)
        if self.adv_cause == "overdue":
            return self.env._("%(product)s: %(short)s short, %(supply)s should have come already", **values)
        if self.adv_cause == "quotation":
            return self.env._("%(product)s: %(short)s short, %(supply)s is not ordered yet", **values)
        if when:
            return self.env._(
                "%(product)s: %(short)s short, nothing is ordered; ordered today it comes on %(when)s",
                **values,
            )
        return self.env._("%(product)s: %(short)s short, nothing is ordered", **values)
