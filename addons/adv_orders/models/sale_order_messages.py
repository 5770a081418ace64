from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..tools import event_now
from .adv_customer_message import KINDS

MESSAGE_MODES = [("off", "Not used"), ("observe", "Observe"), ("send", "Send")]
SINCE = {"adv_acknowledgement_mode", "adv_dispatch_mode", "adv_delay_mode"}


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_acknowledgement_mode = fields.Selection(
        MESSAGE_MODES,
        string="Acknowledgement",
        default="observe",
        required=True,
        help="Mail at confirmation, with the dates by line and the differences from the purchase order. "
        "Replaces Odoo's confirmation mail. Observe: listed, never sent.",
    )
    adv_dispatch_mode = fields.Selection(
        MESSAGE_MODES,
        string="Dispatch notice",
        default="observe",
        required=True,
        help="Mail at shipping, with the tracking number. Replaces Odoo's delivery mail.",
    )
    adv_delay_mode = fields.Selection(
        MESSAGE_MODES,
        string="Delay notice",
        default="observe",
        required=True,
        help="Mail when a promise changes, one a customer and change.",
    )
    adv_messages_since = fields.Datetime(
        string="Messages since", default=fields.Datetime.now, help="What happened before is not told."
    )

    def write(self, vals):
        if "send" in {vals.get(name) for name in SINCE}:
            vals = {"adv_messages_since": event_now(self.env), **vals}
        return super().write(vals)

    def _adv_message_mode(self, kind):
        """Return 'off', 'observe' or 'send' for a kind of message."""
        self.ensure_one()
        return self[f"adv_{kind}_mode"] if kind in dict(KINDS) else "off"


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_refuses_acknowledgement = fields.Boolean(string="Wants no acknowledgement")
    adv_refuses_dispatch = fields.Boolean(string="Wants no dispatch notice")
    adv_refuses_delay = fields.Boolean(string="Wants no delay notice")

    def _adv_refuses(self, kind):
        """Return whether the customer does not want this kind of message."""
        return bool(self.commercial_partner_id[f"adv_refuses_{kind}"])

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), *(f"adv_refuses_{kind}" for kind, _label in KINDS)]


class SaleOrder(models.Model):
    """What the customer is told about an order, and how it differs from what they asked for."""

    _inherit = "sale.order"

    adv_message_ids = fields.Many2many(
        "adv.customer.message",
        string="Messages to the customer",
        readonly=True,
        copy=False,
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_message_ids"}

    def _adv_in_lang(self):
        """Return an environment in the customer's language."""
        return self.with_context(lang=self.partner_id.lang or self.env.lang).env

    def _adv_label(self):
        """Return the order's number as the customer knows it."""
        return f"{self.name} ({self.client_order_ref})" if self.client_order_ref else self.name

    def _adv_differences(self):
        """Return sentences that say where the order is not what the customer asked for."""
        self.ensure_one()
        return [sentence for line in self._adv_goods_lines() for sentence in line._adv_differences()]

    def _send_order_confirmation_mail(self):
        """Our acknowledgement says more: Odoo's mail does not leave besides."""
        ours = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.company_id.adv_acknowledgement_mode == "send"
                and not order.partner_id._adv_refuses("acknowledgement")
            )
        )
        return super(SaleOrder, self - ours)._send_order_confirmation_mail()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    adv_requested_qty = fields.Float(
        string="Quantity on their order",
        copy=False,
        digits="Product Unit",
        help="What the customer's purchase order says, where it was decoded or typed in.",
    )
    adv_requested_price = fields.Float(
        string="Price on their order",
        copy=False,
        digits="Product Price",
        help="What the customer's purchase order says, where it was decoded or typed in.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("adv_channel") == "edi":
            vals_list = [
                {
                    **vals,
                    "adv_requested_qty": vals.get("adv_requested_qty") or vals.get("product_uom_qty", 1.0),
                    "adv_requested_price": vals.get("adv_requested_price") or vals.get("price_unit", 0.0),
                }
                if vals.get("product_id")
                else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    def _adv_differences(self):
        """Return sentences on quantity, price and date that are not what the customer asked for."""
        name, sentences = self.product_id.display_name, []
        asked = self.adv_requested_qty
        if asked and self.product_uom_id.compare(asked, self.product_uom_qty):
            sentences.append(
                self.env._(
                    "%(product)s: you ordered %(asked)s, we confirm %(confirmed)s.",
                    product=name,
                    asked=self._adv_quantity_text(asked),
                    confirmed=self._adv_quantity_text(self.product_uom_qty),
                )
            )
        price = self.adv_requested_price
        if price and self.currency_id.compare_amounts(price, self.price_unit):
            sentences.append(
                self.env._(
                    "%(product)s: your price is %(asked)s, ours is %(confirmed)s.",
                    product=name,
                    asked=self.currency_id.format(price),
                    confirmed=self.currency_id.format(self.price_unit),
                )
            )
        return sentences + self._adv_date_difference(name)

    def _adv_quantity_text(self, quantity):
        return formatLang(self.env, quantity, digits=0 if float(quantity).is_integer() else 2)

    def _adv_date_difference(self, name):
        company = self.company_id
        asked = company._adv_date(self.adv_requested_date or self.order_id.adv_requested_date)
        promised = company._adv_date(self.adv_promise_date)
        if not asked or not promised or asked == promised or not self._adv_is_goods():
            return []
        return [
            self.env._(
                "%(product)s: you asked for %(asked)s, we deliver on %(promised)s.",
                product=name,
                asked=format_date(self.env, asked),
                promised=format_date(self.env, promised),
            )
        ]


class StockPicking(models.Model):
    _inherit = "stock.picking"

    adv_message_ids = fields.One2many(
        "adv.customer.message",
        "picking_id",
        string="Messages to the customer",
        groups="sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )

    def _send_confirmation_email(self):
        """Our dispatch notice carries the tracking: Odoo's mail does not leave besides."""
        ours = self.filtered(
            lambda picking: (
                picking.sale_id
                and picking.company_id.adv_dispatch_mode == "send"
                and not picking.sale_id.partner_id._adv_refuses("dispatch")
            )
        )
        return super(StockPicking, self - ours)._send_confirmation_email()


class AdvPromiseChange(models.Model):
    _inherit = "adv.promise.change"

    message_id = fields.Many2one(
        "adv.customer.message",
        string="Told by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The message that told the customer.",
    )

    def _adv_tell_delay(self):
        """Tell each customer once about all of their changed lines; return the messages."""
        changes = self.sudo()  # sudo: messages have no create ACL; called by who may change the promise
        changes = changes.filtered(lambda change: change.company_id.adv_delay_mode != "off")
        changes.mapped("order_id.partner_id.lang")  # one read for all, used below one by one
        groups = changes.grouped(
            lambda change: (change.change_key, change.company_id, change.order_id.partner_id)
        )
        return self.env["adv.customer.message"]._adv_add(
            [
                {
                    "kind": "delay",
                    "source_key": f"delay,{key},{company.id},{partner.id}",
                    "name": mine.order_id[:1]
                    ._adv_in_lang()
                    ._(
                        "New delivery date of %s",
                        ", ".join(order._adv_label() for order in mine.order_id[:5]),
                    ),
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_ids": [fields.Command.link(order.id) for order in mine.order_id],
                    "promise_change_ids": [fields.Command.link(change.id) for change in mine],
                }
                for (key, company, partner), mine in groups.items()
            ]
        )
