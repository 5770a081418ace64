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
                quantity = line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id)
                pairs = self._adv_report_pairs(sale_line)
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
        side = "location_id" if self.move_type == "out_refund" else "location_dest_id"
        moves = sale_line.move_ids.filtered(
            lambda move: move.state == "done" and move.picking_id and move[side]._adv_is_customers()
        )
        return moves.sorted(lambda move: (move.date, move.id))

    def _adv_report_pairs(self, sale_line):
        """Return [(delivery, quantity of an order line it brought)], oldest first."""
        moves = self._adv_report_moves(sale_line)
        if any(move.product_id != sale_line.product_id for move in moves):
            return self._adv_report_kits(sale_line, moves)
        return [
            (move.picking_id, move._adv_line_quantity() - self._adv_returned_before(move)) for move in moves
        ]

    def _adv_report_kits(self, sale_line, moves):
        """The same for what leaves as its parts; deliveries that make kits together share them."""
        pairs, parts, pickings, known = [], moves.browse(), [], 0.0
        for picking, some in moves.grouped("picking_id").items():
            parts |= some
            pickings.append(picking)
            kits = sale_line._adv_customer_kits(parts, moves.browse())
            if kits > known:
                pairs += [(each, (kits - known) / len(pickings)) for each in pickings]
                pickings, known = [], kits
        return pairs

    def _adv_returned_before(self, move):
        """Quantity of a delivery that had come back, to be credited, when this invoice was made."""
        if self.move_type != "out_invoice":
            return 0.0
        day = self.invoice_date or self.company_id._adv_today()
        back = move.returned_move_ids.filtered(
            lambda back: (
                back.state == "done" and back.to_refund and self.company_id._adv_date(back.date) < day
            )
        )
        return sum(returned._adv_line_quantity() for returned in back)

    def _adv_billed_before(self, sale_line):
        """Quantity of an order line on the posted documents made before this one.

        For an invoice, what was credited since is to be billed again; a credit note follows credit notes.
        """
        mine = (self.invoice_date or self.company_id._adv_today(), self.id)
        earlier = sale_line.invoice_lines.filtered(
            lambda line: line.parent_state == "posted" and (line.move_id.invoice_date, line.move_id.id) < mine
        )
        same = earlier.filtered(lambda line: line.move_id.move_type == self.move_type)
        if any(move.product_id != sale_line.product_id for move in self._adv_report_moves(sale_line)):
            return same._adv_quantity_in(sale_line)  # of kits, returns are not taken off their deliveries
        credited = (earlier - same).filtered(
            lambda line: (
                line.move_id.move_type == "out_refund"
                and not line.move_id.adv_credit_reason_id.keeps_quantity
            )
        )
        return same._adv_quantity_in(sale_line) - credited._adv_quantity_in(sale_line)

    def _adv_report_deposits(self):
        """Return the deposits that this invoice takes off: [{'name', 'date', 'amount'}], untaxed.

        Of a deposit that was credited in part, what is left of it.
        """
        self.ensure_one()
        if self.move_type != "out_invoice":
            return []
        amounts = {}
        # sudo: as above
        for line in self.sudo().invoice_line_ids.filtered(lambda line: line.is_downpayment):
            deposits = line.sale_line_ids.invoice_lines.filtered(
                lambda other: other.parent_state == "posted" and other.move_type == "out_invoice"
            )
            billed = (deposits.move_id - self).sorted(lambda move: (move.invoice_date, move.id))[:1]
            if billed and line.currency_id.compare_amounts(line.price_subtotal, 0.0) < 0:
                amounts[billed] = amounts.get(billed, 0.0) - line.price_subtotal
        return [
            {"name": move.name, "date": move.invoice_date, "amount": amount}
            for move, amount in sorted(amounts.items(), key=lambda item: (item[0].invoice_date, item[0].id))
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


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _adv_quantity_in(self, sale_line):
        """Quantity of these lines in the unit of an order line."""
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, sale_line.product_uom_id) for line in self
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _adv_line_quantity(self):
        """Quantity done in the unit of the order line."""
        return self.product_uom._compute_quantity(self.quantity, self.sale_line_id.product_uom_id)
