from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import asked_text, event_now, only_one

ORIGINS = [
    ("customer", "The customer asked for it"),
    ("us", "We could not keep it"),
    ("supplier", "A supplier is late"),
    ("carrier", "The carrier is late"),
]


class AdvPromiseChange(models.Model):
    """The ledger of promised dates: one row a line and change, written by server code only.

    What a line promises follows from it: the last date that the customer asked for, else the date
    that was promised at confirmation.
    """

    _name = "adv.promise.change"
    _description = "Change of a promised date"
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    line_id = fields.Many2one(
        "sale.order.line", string="Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    old_date = fields.Datetime(string="Old date", readonly=True)
    new_date = fields.Datetime(string="New date", readonly=True)
    origin = fields.Selection(
        [*ORIGINS, ("unknown", "Not said")],
        string="Who wanted it",
        required=True,
        readonly=True,
        default="unknown",
        index=True,
    )
    reason = fields.Char(readonly=True)
    moves_base = fields.Boolean(
        string="Moves the promise", readonly=True, help="On time is measured against the new date."
    )
    change_key = fields.Char(
        string="Decision", readonly=True, index=True, help="The same for all lines changed at once."
    )
    amendment_id = fields.Many2one(
        "adv.order.amendment",
        string="Amendment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The change by hand that this row comes from.",
    )
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True, ondelete="set null")
    date = fields.Datetime(string="Changed on", required=True, readonly=True, index=True)
    qualified_by = fields.Many2one("res.users", string="Qualified by", readonly=True, ondelete="set null")
    qualified_date = fields.Datetime(string="Qualified on", readonly=True)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        orders = self.env["sale.order"].browse([vals.get("order_id") for vals in vals_list])
        return super().create(
            [{"order_name": order.name, **vals} for order, vals in zip(orders, vals_list, strict=True)]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A change of a promise stays in the ledger."))

    # ACTIONS

    def action_qualify(self, origin, reason=None):
        """Say who wanted dates that were changed by hand; one the customer wanted moves the promise.

        :param str origin: 'customer', 'us', 'supplier' or 'carrier'
        :raise AccessError: for others than ADV assistants
        :raise UserError: when somebody has said it already
        """
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only ADV assistants say who wanted a change of a promise."))
        if asked_text(self.env, origin) not in dict(ORIGINS):
            raise UserError(self.env._("Say who wanted it: the customer, us, a supplier or the carrier."))
        self.check_access("read")
        if self.filtered(lambda change: change.origin != "unknown"):
            raise UserError(self.env._("Who wanted this change has been said already."))
        # sudo: no write ACL on the ledger; rights checked above
        self.sudo()._adv_qualify(origin, asked_text(self.env, reason))
        return True

    def action_qualify_customer(self):
        return self.action_qualify("customer")

    def action_qualify_us(self):
        return self.action_qualify("us")

    def action_open_order(self):
        """Open the order; its own rights apply."""
        only_one(self)
        return self.order_id._adv_open_records(self.order_id.name)

    # BUSINESS

    def _adv_qualify(self, origin, reason=None):
        """Write who wanted the changes and let the lines and orders follow."""
        self.write(
            {
                "origin": origin,
                "moves_base": origin == "customer",
                "qualified_by": self.env.uid,
                "qualified_date": event_now(self.env),
                **({"reason": reason} if reason else {}),
            }
        )
        self.line_id._adv_promise_from_ledger()
        self.order_id._adv_promise_from_lines()

    @api.model
    def _adv_bases(self, lines):
        """Return {line id: (promise by the ledger, date promised before the first change)}.

        What was told before an order was taken back and confirmed again is past.
        """
        rows = self.search([("line_id", "in", lines.ids)], order="date, id")
        bases = {}
        for row in rows:
            confirmed = row.line_id.order_id.adv_confirmed_date
            if confirmed and row.date < confirmed:
                continue
            moved, first = bases.get(row.line_id.id, (False, row.old_date))
            bases[row.line_id.id] = (row.new_date if row.moves_base else moved, first)
        return bases
