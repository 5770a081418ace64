from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime
from odoo.tools.misc import formatLang

from ..tools import asked_text, event_now, only_one

# error type proposed for each changed field
TYPES = {
    "partner_id": "customer",
    "partner_shipping_id": "address",
    "partner_invoice_id": "address",
    "payment_term_id": "payment_terms",
    "commitment_date": "deadline",
    "adv_requested_date": "deadline",
    "price_unit": "price",
    "discount": "price",
    "product_uom_qty": "quantity",
    "product_uom_id": "quantity",
    "product_id": "product",
}


class AdvOrderAmendment(models.Model):
    _name = "adv.order.amendment"
    _description = "Change of a confirmed order"
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    line_id = fields.Many2one(
        "sale.order.line", string="Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    field = fields.Char(required=True, readonly=True, help="Technical name of what was changed.")
    field_label = fields.Char(string="What was changed", compute="_compute_field_label")
    old_value = fields.Char(
        string="Old value", readonly=True, help="A name, a number, or a moment in UTC; empty: none."
    )
    new_value = fields.Char(string="New value", readonly=True, help="As the old value.")
    old_shown = fields.Char(string="Before", compute="_compute_shown")
    new_shown = fields.Char(string="After", compute="_compute_shown")
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True, ondelete="set null")
    date = fields.Datetime(string="Changed on", required=True, readonly=True, index=True)
    qualification = fields.Selection(
        [("customer", "Customer's wish"), ("error", "Our error")],
        required=True,
        readonly=True,
        default="customer",
    )
    qualified = fields.Boolean(readonly=True, index=True)
    qualified_by = fields.Many2one("res.users", string="Qualified by", readonly=True, ondelete="set null")
    qualified_date = fields.Datetime(string="Qualified on", readonly=True)
    error_id = fields.Many2one("adv.order.error", string="Error", readonly=True, ondelete="set null")
    error_type_id = fields.Many2one(related="error_id.type_id", string="Type of error")

    # COMPUTE

    @api.depends_context("lang")
    def _compute_field_label(self):
        for amendment in self:
            field = amendment._adv_field()
            label = field and field.get_description(self.env)["string"]
            amendment.field_label = label or amendment.field

    @api.depends("field", "old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_shown(self):
        for amendment in self:
            amendment.old_shown = amendment._adv_show(amendment.old_value)
            amendment.new_shown = amendment._adv_show(amendment.new_value)

    def _adv_field(self):
        """Return the changed field, or None when its addon is gone."""
        model = self.env["sale.order.line" if self.line_id or self.product_id else "sale.order"]
        return model._fields.get(self.field or "")

    def _adv_show(self, value, tz=False):
        """Return a kept value as the reader writes numbers and dates.

        :param str tz: time zone of dates; the reader's when empty
        """
        kind = (self._adv_field() or fields.Char()).type
        try:
            if kind == "datetime" and value:
                return format_datetime(self.env, value, tz=tz or self.env.tz.zone, dt_format="short")
            if kind in ("float", "monetary") and value:
                return formatLang(self.env, float(value), digits=2)
        except ValueError:  # kept by an earlier version as its writer read it
            return value
        return value or ""

    # ACTIONS

    def action_qualify(self, qualification, type=None):
        """Say whether the changes were the customer's wish or our error.

        :param str qualification: 'customer' or 'error'
        :param type: error type (code, id or record); empty: the one that fits the changed field
        :raise AccessError: for others than ADV assistants
        """
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only ADV assistants qualify amendments."))
        if asked_text(self.env, qualification) not in dict(self._fields["qualification"].selection):
            raise UserError(self.env._("An amendment is the customer's wish or our error."))
        self.check_access("read")
        # sudo: no write ACL on amendments; rights checked above
        self.sudo()._adv_qualify(qualification, type)
        return True

    def action_qualify_customer(self):
        return self.action_qualify("customer")

    def action_open_order(self):
        """Open the order; its own rights apply."""
        only_one(self)
        return self.order_id._adv_open_records(self.order_id.name)

    def action_open_qualify_error(self):
        """Open the wizard that asks for the type of our error."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Our error"),
            "res_model": "adv.amendment.qualify",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_amendment_ids": self.ids},
        }

    # BUSINESS

    def _adv_qualify(self, qualification, error_type):
        vals = {
            "qualification": qualification,
            "qualified": True,
            "qualified_by": self.env.uid,
            "qualified_date": event_now(self.env),
        }
        self.write(vals)
        vals_by_id = {}
        if qualification == "error":
            vals_by_id = {amendment.id: amendment._adv_prepare_error_vals(error_type) for amendment in self}
        rows = self.env["adv.order.error"]._adv_replace(
            self,
            vals_by_id,
            lambda env: env._("Qualified anew, as the customer's wish or another error"),
        )
        for amendment in self:
            amendment.error_id = rows.get(amendment.id) or amendment.error_id

    def _adv_prepare_error_vals(self, error_type):
        """Return the ledger values: made at entry, and found when the order was already confirmed."""
        return {
            "type": error_type or TYPES.get(self.field, "other"),
            "name": self._adv_tell_change,
            "order_id": self.order_id.id,
            "company_id": self.company_id.id,
            "line_id": self.line_id.id,
            "step": "entry",
            "found_step": "preparation",
            "found_by": "amendment",
            "escaped": True,
            "author_id": self.order_id._adv_entry_author().id,
        }

    def _adv_tell_change(self, env):
        """Return what was changed, as a reader of ``env`` reads it; dates by the company's clock."""
        amendment, tz = self.with_env(env(su=True)), self.company_id.adv_tz
        return env._(
            "%(field)s: %(old)s → %(new)s",
            field=amendment.field_label,
            old=amendment._adv_show(self.old_value, tz) or "-",
            new=amendment._adv_show(self.new_value, tz) or "-",
        )

    @api.model
    def _adv_record(self, before):
        """Create an amendment for each value of ``before`` that is different now.

        :param dict before: {(record, field name): (value, text)}
        """
        vals_list = []
        for (record, name), (value, text) in before.items():
            if record[name] != value:
                vals_list.append(record._adv_prepare_amendment_vals(name, text, record._adv_plain(name)))
        return self.sudo().create(vals_list)  # sudo: amendments have no create ACL
