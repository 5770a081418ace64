from odoo import models
from odoo.tools import format_amount

from ..tools.invoice_deliveries import deliveries_in


class AccountMove(models.Model):
    """What the printed invoice says about its orders, deliveries, deposits and conditions."""

    _inherit = "account.move"

    def _adv_report_orders(self):
        """Return what is printed of each order of this invoice.

        :return: [{'order', 'reference', 'date' (company's day), 'deliveries': [{'name', 'date'}]}]
        """
        self.ensure_one()
        deliveries = self._adv_report_deliveries()
        # sudo: whoever prints the invoice, the customer in the portal included; numbers and dates only
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id.sorted("id")
        return [
            {
                "order": order.name,
                "reference": order.client_order_ref or "",
                "date": self.company_id._adv_date(order.adv_received_date or order.date_order),
                "deliveries": deliveries.get(order, []),
            }
            for order in orders
        ]

    def _adv_report_deliveries(self):
        """Return {order: [{'name', 'date'}]} of the deliveries (of a credit note: the returns) covered."""
        found = {}
        # sudo: as above
        lines = self.sudo().invoice_line_ids.filtered(
            lambda line: line.sale_line_ids and line.quantity > 0 and not line.is_downpayment
        )
        for line in lines:
            for sale_line in line.sale_line_ids:
                covered = found.setdefault(sale_line.order_id, {})
                moves = self._adv_report_moves(sale_line)
                quantity = line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id)
                pairs = [(move.picking_id, move._adv_line_quantity()) for move in moves]
                for picking in deliveries_in(self._adv_billed_before(sale_line), quantity, pairs):
                    covered[picking] = picking.date_done
        return {
            order: [
                {"name": picking.name, "date": self.company_id._adv_date(day)}
                for picking, day in sorted(pickings.items(), key=lambda item: (item[1], item[0].id))
            ]
            for order, pickings in found.items()
        }

    def _adv_report_moves(self, sale_line):
        """Done moves of an order line that this document is about, oldest first."""
        usage = "location_id" if self.move_type == "out_refund" else "location_dest_id"
        moves = sale_line.move_ids.filtered(
            lambda move: move.state == "done" and move.picking_id and move[usage].usage == "customer"
        )
        return moves.sorted(lambda move: (move.date, move.id))

    def _adv_billed_before(self, sale_line):
        """Quantity of an order line on posted documents of this kind made before this one."""
        mine = (self.invoice_date or self.company_id._adv_today(), self.id)
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id)
            for line in sale_line.invoice_lines
            if line.parent_state == "posted"
            and line.move_id.move_type == self.move_type
            and (line.move_id.invoice_date, line.move_id.id) < mine
        )

    def _adv_report_deposits(self):
        """Return the deposits that this invoice takes off: [{'name', 'date', 'amount'}], untaxed."""
        self.ensure_one()
        if self.move_type != "out_invoice":
            return []
        # sudo: as above
        taken = self.sudo().invoice_line_ids.filtered(lambda line: line.is_downpayment and line.quantity < 0)
        deposits = taken.sale_line_ids.invoice_lines.filtered(
            lambda line: line.parent_state == "posted" and line.quantity > 0
        )
        return [
            {
                "name": move.name,
                "date": move.invoice_date,
                "amount": sum(
                    deposits.filtered(lambda line, move=move: line.move_id == move).mapped("price_subtotal")
                ),
            }
            for move in deposits.move_id.sorted(lambda move: (move.invoice_date, move.id))
        ]

    def _adv_report_conditions(self):
        """Return the sentences about what was negotiated, in the language of the record."""
        self.ensure_one()
        if self.move_type != "out_invoice":
            return []
        # sudo: as above; the customer's own agreements
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        sentences = []
        for agreement in orders.adv_agreement_id:
            sentences.append(self.env._("Conditions agreed: %s", agreement.name))
            if agreement.free_freight_from:
                sentences.append(
                    self.env._(
                        "Carriage free from %s without taxes.",
                        format_amount(self.env, agreement.free_freight_from, agreement.company_currency_id),
                    )
                )
        terms = self.sudo().invoice_payment_term_id  # sudo: as above
        if sentences and terms and not terms.note:  # its note is printed anyway
            sentences.append(self.env._("Payment terms: %s", terms.name))
        return sentences


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_line_quantity(self):
        """Quantity done in the unit of the order line."""
        return self.product_uom._compute_quantity(self.quantity, self.sale_line_id.product_uom_id)
