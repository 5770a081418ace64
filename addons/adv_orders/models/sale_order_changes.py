from odoo import api, fields, models

from ..tools import event_now, only_one, take_turn

AMENDED = {"partner_id", "partner_shipping_id", "partner_invoice_id", "payment_term_id", "commitment_date"}
LINE_AMENDED = {
    "price_unit",
    "discount",
    "product_uom_qty",
    "product_uom_id",
    "product_id",
    "adv_requested_date",
}


class AdvShown(models.AbstractModel):
    _inherit = "base"

    def _adv_plain(self, name):
        """Return the value of a field as a string: a name, a number with two decimals, a moment in UTC."""
        value = self[name]
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        if self._fields[name].type == "datetime":
            return fields.Datetime.to_string(value) if value else ""
        if isinstance(value, float):
            return f"{value:.2f}"
        return str(value)


class SaleOrder(models.Model):
    """Changes of a confirmed order: amendments; promises are in sale_order_promises.py."""

    _inherit = "sale.order"

    # AMENDMENTS

    def write(self, vals):
        # a form sends what follows from a change, a call does not: both are recorded alike
        if "order_line" in vals or AMENDED & vals.keys():
            self.filtered(lambda order: order.state == "sale")._adv_take_turn()
        orders = self._adv_amendable() if AMENDED & vals.keys() else self.browse()
        before = orders._adv_snapshot(AMENDED)
        result = super().write(vals)
        if before:
            changed = self.env["adv.order.amendment"]._adv_record(before)
            changed.filtered(lambda amendment: amendment.field == "commitment_date")._adv_note_promise()
        return result

    def _adv_take_turn(self):
        """Wait until nobody else is at these orders or at what is still to be shipped of them."""
        moves = self.sudo().order_line.move_ids  # sudo: who changes an order need not see its transfers
        take_turn(self, moves.filtered(lambda move: move.state not in ("done", "cancel")))

    def _adv_amendable(self):
        """Return the confirmed orders of ``self`` whose changes are amendments, not part of confirming."""
        allowed = self._adv_allowed_ids()
        return self.filtered(lambda order: order.state == "sale" and order.id not in allowed)

    def _adv_snapshot(self, names):
        """Return {(record, field name): (value, text)} of the fields in ``names``."""
        records = self.sudo()  # sudo: names of partners and terms, kept with the amendment
        return {
            (record, name): (record[name], record._adv_plain(name)) for record in records for name in names
        }

    def _adv_prepare_amendment_vals(self, name, old, new):
        return {
            "order_id": self.id,
            "order_name": self.name,
            "company_id": self.company_id.id,
            "field": name,
            "old_value": old,
            "new_value": new,
            "user_id": self.env.uid,
            "date": event_now(self.env),
        }

    # ERRORS

    def action_open_error_report(self):
        """Open the wizard that records an error on the order."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report an error"),
            "res_model": "adv.error.report",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._adv_amendable()._adv_note_added()
        return lines

    def write(self, vals):
        lines = self._adv_amendable() if LINE_AMENDED & vals.keys() else self.browse()
        # sudo: names of products, kept with the amendment
        records = lines.sudo()
        before = {
            (line, name): (line[name], line._adv_plain(name)) for line in records for name in LINE_AMENDED
        }
        moved = self.browse()
        if "order_id" in vals:
            moved = self.filtered(lambda line: line.order_id.id != vals["order_id"])
        result = super().write(vals)
        if before:
            self.env["adv.order.amendment"]._adv_record(before)
            # what is given up, or wanted again, changes what the order promises
            turned = records.filtered(
                lambda line: (before[line, "product_uom_qty"][0] > 0) != (line.product_uom_qty > 0)
            )
            turned.order_id._adv_promise_from_lines()
        moved._adv_amendable()._adv_note_added()
        return result

    def _adv_amendable(self):
        """Return the lines of confirmed orders, without those that the system adds itself."""
        lines = self.filtered(
            lambda line: (
                line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
                and not line.is_expense
                and not line._is_delivery()
            )
        )
        orders = lines.order_id._adv_amendable() if lines else lines.order_id
        return lines.filtered(lambda line: line.order_id in orders)

    def _adv_note_added(self):
        """Record lines added after confirmation, and freeze what was agreed on them.

        What a warehouse shipped without an order for it comes with no quantity: nobody wished for it.
        """
        ordered = self.filtered("product_uom_qty")
        if not ordered:
            return
        ordered = ordered.sudo()  # sudo: facts and amendments have no write ACL
        ordered.filtered("product_id")._adv_freeze()
        ordered.env["adv.order.amendment"].create(
            [
                line._adv_prepare_amendment_vals(
                    "product_uom_qty", "0.00", line._adv_plain("product_uom_qty")
                )
                for line in ordered
            ]
        )

    def _adv_prepare_amendment_vals(self, name, old, new):
        return {
            "order_id": self.order_id.id,
            "order_name": self.order_id.name,
            "line_id": self.id,
            "product_id": self.product_id.id,
            "company_id": self.company_id.id,
            "field": name,
            "old_value": old,
            "new_value": new,
            "user_id": self.env.uid,
            "date": event_now(self.env),
        }
