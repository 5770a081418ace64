import math
from datetime import datetime, time

import pytz
from odoo import Command, fields, models

from ..tools import RefusedOrder, requested_day, to_date

MOST = 1e9


class SaleEdiXmlUblBis3(models.AbstractModel):
    """What an electronic order says beyond what Odoo reads, and when it must not be believed.

    The strict part concerns orders that come by the inbox, where nobody looks on.
    """

    _inherit = "sale.edi.xml.ubl_bis3"

    def _retrieve_order_vals(self, order, tree):
        vals, logs = super()._retrieve_order_vals(order, tree)
        requested = requested_day(tree) or min(
            filter(None, map(requested_day, tree.iterfind("{*}OrderLine/{*}LineItem"))), default=None
        )
        if requested:
            vals["adv_requested_date"] = self._adv_noon(order.company_id, requested)
        buyer = self.env.context.get("adv_inbox_buyer")
        if buyer:
            self._adv_harden_order(order, tree, vals, logs, self.env["res.partner"].browse(buyer))
        return vals, logs

    def _retrieve_line_vals(self, tree, document_type=False, qty_factor=1):
        strict = document_type == "order" and self.env.context.get("adv_inbox_buyer")
        if strict:
            self._adv_check_figures(tree)
        vals = super()._retrieve_line_vals(tree, document_type, qty_factor)
        if document_type == "order":
            day = requested_day(tree)
            if day:
                vals["adv_requested_date"] = self._adv_noon(self.env.company, day)
            vals.update(self._adv_ordered_vals(vals))
        return vals

    def _adv_check_figures(self, tree):
        """Refuse a line whose quantity, price or amount is no plausible number.

        Odoo would guess a quantity of zero from the amounts: an order has to say it.
        """
        name = tree.findtext("{*}Item/{*}Name") or tree.findtext("{*}ID") or "?"
        if not 0 < self._adv_number(tree.findtext("{*}Quantity")) < MOST:
            raise RefusedOrder(lambda env: env._("the quantity of %s cannot be right.", name))
        for path in ("{*}Price/{*}PriceAmount", "{*}Price/{*}BaseQuantity", "{*}LineExtensionAmount"):
            text = tree.findtext(path)
            if text is not None and not abs(self._adv_number(text)) < MOST:
                raise RefusedOrder(lambda env: env._("the price of %s cannot be right.", name))

    @staticmethod
    def _adv_number(text):
        """Return the number in ``text``; what is none compares false with everything."""
        try:
            return float(text)
        except (TypeError, ValueError):
            return math.nan

    def _adv_ordered_vals(self, vals):
        """Return what the customer wrote, kept beside our own figures."""
        return {
            "adv_requested_qty": vals.get("quantity") or 0.0,
            "adv_requested_price": vals.get("price_unit") or 0.0,
        }

    def _import_product(self, **product_vals):
        product = super()._import_product(**product_vals)
        if (
            product
            and self.env.context.get("adv_inbox_buyer")
            and not self._adv_is_meant(product, product_vals)
        ):
            return product.browse()
        return product

    def _adv_is_meant(self, product, named):
        """Return whether the product has the number or the very name of the order: no likely match."""
        numbers = {named.get(key) for key in ("default_code", "variant_default_code")} - {None, "", False}
        barcodes = {named.get(key) for key in ("barcode", "variant_barcode")} - {None, "", False}
        name = (named.get("name") or "").split("\n", 1)[0].strip().lower()
        return bool(
            product.default_code in numbers
            or product.barcode in barcodes
            or (not numbers and not barcodes and name == (product.name or "").strip().lower())
        )

    def _adv_noon(self, company, day):
        """Return noon of ``day`` in the company's time zone as naive UTC: the same day for every reader."""
        local = company._adv_timezone().localize(datetime.combine(day, time(12)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # ORDERS OF THE INBOX

    def _adv_harden_order(self, order, tree, vals, logs, buyer):
        """Believe the order only as far as an order may go: customer, dates, address, lines, taxes."""
        issued = to_date(tree.findtext("{*}IssueDate"))
        today = order.company_id._adv_today()
        vals["date_order"] = (
            self._adv_noon(order.company_id, issued) if issued and issued < today else fields.Datetime.now()
        )
        vals["partner_id"] = buyer.id
        shipping = self.env["res.partner"].browse(vals.get("partner_shipping_id") or [])
        if shipping.commercial_partner_id != buyer.commercial_partner_id:
            vals.pop("partner_shipping_id", None)
            if shipping:
                logs.append(
                    self.env._(
                        "The delivery address %s is no address of the customer.", shipping.display_name
                    )
                )
        if not vals.get("currency_id"):
            raise RefusedOrder(lambda env: env._("its currency is not known."))
        vals.update(self._adv_pricelist_vals(order, buyer, vals.pop("currency_id")))
        lines = [command[2] for command in vals["order_line"] if command[0] == Command.CREATE]
        self._adv_check_lines(lines)
        for line in lines:
            self._adv_harden_line(line)

    def _adv_pricelist_vals(self, order, buyer, currency_id):
        """Return the pricelist of the order: the customer's, which must have the currency ordered in."""
        pricelist = buyer.with_company(order.company_id).property_product_pricelist
        ours = pricelist.currency_id or order.company_id.currency_id
        if ours.id != currency_id:
            theirs = self.env["res.currency"].browse(currency_id).name
            raise RefusedOrder(
                lambda env: env._(
                    "it is in %(theirs)s, but the customer's prices are in %(ours)s.",
                    theirs=theirs,
                    ours=ours.name,
                )
            )
        return {"pricelist_id": pricelist.id} if pricelist else {}

    def _adv_check_lines(self, lines):
        unknown = [line for line in lines if not line.get("product_id")]
        if unknown and not self.env.context.get("adv_inbox_by_hand"):
            names = ", ".join(line.get("name") or "?" for line in unknown[:5])
            raise RefusedOrder(lambda env: env._("these products are not known: %s", names))

    def _adv_harden_line(self, line):
        """Our fiscal position decides on taxes; a product nobody knows becomes a note to be settled."""
        line.pop("tax_ids", None)
        if not line.get("product_id"):
            name = self.env._(
                "To enter: %(quantity)s x %(name)s at %(price)s",
                quantity=f"{line['product_uom_qty']:g}",
                name=line.get("name") or "?",
                price=f"{line['price_unit']:g}",
            )
            line.clear()
            line.update(display_type="line_note", name=name)
