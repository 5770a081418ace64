from odoo import api, fields, models
from odoo.tools import SQL

# what the quantity delivered and not invoiced is worked out from, beside the links to the order's lines
MOVED = frozenset(
    {
        "company_id",
        "date",
        "location_dest_id",
        "location_id",
        "origin_returned_move_id",
        "product_id",
        "product_uom",
        "quantity",
        "sale_line_id",
        "state",
        "to_refund",
    }
)
BILLED = frozenset({"company_id", "date", "move_id", "product_uom_id", "quantity"})
PRICED = frozenset({"discount", "is_downpayment", "price_subtotal", "price_unit", "product_uom_qty"})
SOLD = frozenset({"invoice_lines", "order_id", "product_id", "product_uom_id"})


class AdvDeliveryChange(models.Model):
    """Orders whose deliveries or invoices have changed since their span was made (`adv.delivery.span`).

    Written in the transaction of the change, and only ever added: whoever sees the change sees this too. The
    job that makes the spans takes away those it has seen.
    """

    _name = "adv.delivery.change"
    _description = "Order delivered or invoiced since"
    _log_access = False

    # no foreign key: a note must never wait for somebody who has the order
    order_id = fields.Integer(string="Order id", required=True, index=True)

    @api.model
    def _adv_note_orders(self, ids, column="id"):
        """Note all these orders.

        :param column: of the orders, that has one of the ids
        """
        orders = SQL("SELECT id FROM sale_order WHERE %s IN %s", SQL.identifier(column), tuple(ids))
        self._adv_note(orders, ids)

    @api.model
    def _adv_note_lines(self, ids, column="id"):
        """Note the orders of these lines as far as something of them was delivered or billed.

        :param column: of the lines, that has one of the ids
        """
        self._adv_note(
            SQL(
                """SELECT DISTINCT line.order_id FROM sale_order_line line
                    WHERE %s IN %s
                      AND (EXISTS (SELECT FROM stock_move move
                                    WHERE move.sale_line_id = line.id AND move.state = 'done')
                           OR EXISTS (SELECT FROM sale_order_line_invoice_rel rel
                                       WHERE rel.order_line_id = line.id))""",
                SQL.identifier("line", column),
                tuple(ids),
            ),
            ids,
        )

    @api.model
    def _adv_note_moves(self, ids):
        """Note the orders of these moves as far as they are done, as the database has them by now."""
        self._adv_note(
            SQL(
                """SELECT DISTINCT line.order_id FROM stock_move move
                     JOIN sale_order_line line ON line.id = move.sale_line_id
                    WHERE move.id IN %s AND move.state = 'done'""",
                tuple(ids),
            ),
            ids,
        )

    @api.model
    def _adv_note_items(self, ids, condition=None):
        """Note the orders of these items of invoices, as far as a condition on `item` holds."""
        self._adv_note(
            SQL(
                """SELECT DISTINCT line.order_id FROM account_move_line item
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                     JOIN sale_order_line line ON line.id = rel.order_line_id
                    WHERE item.id IN %s AND %s""",
                tuple(ids),
                condition or SQL("TRUE"),
            ),
            ids,
        )

    @api.model
    def _adv_note_templates(self, ids):
        """Note the orders of these products as far as something of them was open once."""
        self._adv_note(
            SQL(
                """SELECT DISTINCT line.order_id FROM product_product product
                     JOIN sale_order_line line ON line.product_id = product.id
                     JOIN adv_delivery_span span ON span.order_id = line.order_id
                    WHERE product.product_tmpl_id IN %s""",
                tuple(ids),
            ),
            ids,
        )

    @api.model
    def _adv_note(self, orders, ids):
        if ids:
            self.env.cr.execute(SQL("INSERT INTO adv_delivery_change (order_id) %s", orders))


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("state") == "done" for vals in vals_list):
            self.env["adv.delivery.change"]._adv_note_moves(moves.ids)
        return moves

    def _write_multi(self, vals_list):
        """What is written, and what is computed: it counts for the order it had, and for the one it has."""
        names = {name for vals in vals_list for name in vals}
        changes = self.env["adv.delivery.change"]
        if "sale_line_id" in names:
            changes._adv_note_moves(self.ids)
        result = super()._write_multi(vals_list)
        if not names.isdisjoint(MOVED):
            changes._adv_note_moves(self.ids)
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if "adv_credit_reason_id" in vals:
            self.env["adv.delivery.change"]._adv_note_items(self.invoice_line_ids.ids)
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        changes = self.env["adv.delivery.change"]
        if "sale_line_ids" in vals:
            changes._adv_note_items(self.ids)
        result = super().write(vals)
        if "sale_line_ids" in vals:
            changes._adv_note_items(self.ids)
        return result

    def _write_multi(self, vals_list):
        names = {name for vals in vals_list for name in vals}
        result = super()._write_multi(vals_list)
        if "parent_state" in names:  # posted, or no more
            self.env["adv.delivery.change"]._adv_note_items(self.ids)
        elif not names.isdisjoint(BILLED):
            self.env["adv.delivery.change"]._adv_note_items(self.ids, SQL("item.parent_state = 'posted'"))
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        before = {company: company.adv_tz for company in self} if "adv_tz" in vals else {}
        result = super().write(vals)
        moved = [company.id for company, zone in before.items() if company.adv_tz != zone]
        # what moved late in the evening moved on another day: what was billed on its day may be open on one
        self.env["adv.delivery.change"]._adv_note_orders(moved, "company_id")
        return result


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if any("currency_rate" in vals or "company_id" in vals for vals in vals_list):
            self.env["adv.delivery.change"]._adv_note_lines(self.ids, "order_id")
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        if not PRICED.isdisjoint(name for vals in vals_list for name in vals):
            self.env["adv.delivery.change"]._adv_note_lines(self.ids)
        return result

    def write(self, vals):
        if "order_id" in vals:  # the order that the lines leave
            self.env["adv.delivery.change"]._adv_note_lines(self.ids)
        result = super().write(vals)
        if not SOLD.isdisjoint(vals):
            self.env["adv.delivery.change"]._adv_note_lines(self.ids)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        """What is no good any more is not delivered."""
        changed = (
            self.filtered(lambda template: template.type != vals["type"]) if "type" in vals else self[:0]
        )
        result = super().write(vals)
        self.env["adv.delivery.change"]._adv_note_templates(changed.ids)
        return result


class AdvCreditReason(models.Model):
    _inherit = "adv.credit.reason"

    def write(self, vals):
        """Credit notes of the reason give the quantity back from now on, or no more."""
        result = super().write(vals)
        if "keeps_quantity" in vals:
            # sudo: of all companies, only to note that something changed
            items = self.env["account.move.line"].sudo()
            credited = items.search(
                [("move_id.adv_credit_reason_id", "in", self.ids), ("sale_line_ids", "!=", False)]
            )
            self.env["adv.delivery.change"]._adv_note_items(credited.ids)
        return result
