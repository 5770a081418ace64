from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..tools import only_one


class AdvQuoteFollow(models.TransientModel):
    """Ask customers about their quotations: one mail a customer, whatever the number of quotations."""

    _name = "adv.quote.follow"
    _description = "Ask about quotations"

    order_ids = fields.Many2many("sale.order", required=True)
    subject = fields.Char(required=True, default=lambda self: self.env._("Your quotation"))
    body = fields.Html(
        required=True,
        sanitize_style=True,
        default=lambda self: (
            Markup("<p>%s</p><p>%s</p>")
            % (
                self.env._("We sent you the quotations below and would be glad to hear from you."),
                self.env._("Do you have a question, or is something missing?"),
            )
        ),
    )
    preview = fields.Text(compute="_compute_preview")

    @api.depends("order_ids")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = "\n".join(
                self.env._(
                    "%(customer)s <%(address)s>: %(quotes)s",
                    customer=partner.display_name,
                    address=partner.email or self.env._("no address"),
                    quotes=", ".join(orders.mapped("name")),
                )
                for partner, orders in wizard.order_ids.grouped("partner_id").items()
            )

    def action_send(self):
        """Send one mail a customer, keep it on each quotation, and count them as followed up.

        :raise UserError: when a customer has no address; nothing is sent then
        """
        only_one(self)
        self.order_ids.check_access("write")
        groups = self.order_ids.grouped("partner_id")
        silent = [partner.display_name for partner in groups if not partner.email]
        if silent:
            raise UserError(self.env._("No e-mail address: %s", ", ".join(silent)))
        self.order_ids._adv_mark_followed()
        for partner, orders in groups.items():
            self._adv_send(partner, orders)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _adv_send(self, partner, orders):
        """Post on the first quotation, so that the answer comes back there; note it on the others."""
        body = Markup("%s%s") % (self.body, self._adv_table(orders))
        first, others = orders[0], orders[1:]
        first.message_post(
            body=body,
            subject=self.subject,
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
        )
        for order in others:
            order.message_post(
                body=self.env._("The customer was asked about it with %s.", first.name),
                subtype_xmlid="mail.mt_note",
            )

    def _adv_table(self, orders):
        row = Markup('<tr><td><a href="%s">%s</a></td><td>%s</td><td style="text-align: right">%s</td></tr>')
        rows = Markup().join(
            row
            % (
                f"{order.get_base_url()}{order._get_share_url()}",
                order.name,
                format_date(self.env, order.validity_date) if order.validity_date else "",
                format_amount(self.env, order.amount_total, order.currency_id),
            )
            for order in orders
        )
        return Markup('<table style="width: 100%%">%s</table>') % rows
