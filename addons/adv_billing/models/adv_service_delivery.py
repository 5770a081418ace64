from odoo import api, fields, models

from odoo.addons.adv_orders.tools import event_now


class AdvServiceDelivery(models.Model):
    """What was entered as done of a service, and when: Odoo keeps the last quantity only.

    Written by the server whenever somebody changes the quantity delivered by hand, so that a month end can be
    worked out at any day after these entries began.
    """

    _name = "adv.service.delivery"
    _description = "Service Done"
    _order = "date desc, id desc"

    order_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    order_id = fields.Many2one(related="order_line_id.order_id")
    company_id = fields.Many2one(related="order_line_id.company_id")
    date = fields.Datetime(required=True, readonly=True)
    previous = fields.Float(readonly=True, digits="Product Unit", help="Quantity done before.")
    quantity = fields.Float(readonly=True, digits="Product Unit", help="Quantity done from then on.")

    _line_index = models.Index("(order_line_id, date)")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._adv_log_services({})
        return lines

    def write(self, vals):
        if "qty_delivered" not in vals:
            return super().write(vals)
        before = {line: line.qty_delivered for line in self}
        result = super().write(vals)
        self._adv_log_services(before)
        return result

    # === BUSINESS METHODS ===#

    def _adv_done_until(self, day, end):
        """Return {id: quantity done} of services at the end of ``day``.

        What was entered last by then; by analytic lines: those dated by then. What was never entered since
        entries are kept, or comes from elsewhere, is as it is today.

        :param end: the end of ``day`` in the company's zone, naive UTC
        """
        by_analytic = self.filtered(lambda line: line.qty_delivered_method == "analytic")
        # sudo: as Odoo's own figure, for whoever bills
        dated = by_analytic.sudo()._get_delivered_quantity_by_analytic(
            [("amount", "<=", 0.0), ("date", "<=", day)]
        )
        return (self - by_analytic)._adv_entered_until(end) | {
            line.id: dated.get(line.id, 0.0) for line in by_analytic
        }

    def _adv_entered_until(self, end):
        """Return {id: quantity done} of services: what was entered last before ``end`` (naive UTC)."""
        # sudo: whoever bills need not read the ledger
        entries = self.env["adv.service.delivery"].sudo()
        entries = entries.search([("order_line_id", "in", self.ids)], order="date desc, id desc")
        entered = entries.grouped(lambda entry: entry.order_line_id.id)
        quantities = {}
        for line in self:
            known = entered.get(line.id, entries.browse())
            before = known.filtered(lambda entry: entry.date < end)
            if before or not known:
                quantities[line.id] = before[:1].quantity if before else line.qty_delivered
            else:
                quantities[line.id] = known[-1].previous
        return quantities

    def _adv_log_services(self, before):
        """Keep what was done of services before and after a change.

        :param dict before: {line: quantity}; 0 for those left out
        """
        changed = self.filtered(
            lambda line: (
                line.product_id.type == "service"
                and line.qty_delivered_method == "manual"
                and line.qty_delivered != before.get(line, 0.0)
            )
        )
        if not changed:
            return
        now = event_now(self.env)
        # sudo: nobody writes this ledger by hand
        self.env["adv.service.delivery"].sudo().create(
            [
                {
                    "order_line_id": line.id,
                    "date": now,
                    "previous": before.get(line, 0.0),
                    "quantity": line.qty_delivered,
                }
                for line in changed
            ]
        )
