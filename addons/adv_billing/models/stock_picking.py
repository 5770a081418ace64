from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    adv_dispute_ids = fields.One2many(
        "adv.dispute",
        "adv_picking_id",
        string="Disputes",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice,adv_dunning.group_collector",
    )
    adv_dispute_count = fields.Integer(string="Number of Disputes", compute="_compute_adv_dispute_count")
    adv_hold_message = fields.Char(
        string="Hold", compute="_compute_adv_hold_message", groups="base.group_user"
    )

    # === COMPUTE METHODS ===#

    def _compute_adv_hold_message(self):
        for picking in self:
            order = picking.sudo().sale_id  # a warehouse user reads no orders
            held = picking.state not in ("done", "cancel") and picking._adv_hold_mode() in ("warn", "enforce")
            picking.adv_hold_message = held and (
                self.env._(
                    "%(customer)s is on hold: %(order)s is not shipped until it is released.",
                    customer=order.partner_invoice_id.commercial_partner_id.display_name,
                    order=order.name,
                )
            )

    @api.depends("adv_dispute_ids")
    def _compute_adv_dispute_count(self):
        # sudo: a warehouse user sees that a delivery is contested, not the disputes
        groups = (
            self.env["adv.dispute"]
            .sudo()
            ._read_group([("adv_picking_id", "in", self.ids)], ["adv_picking_id"], ["__count"])
        )
        counts = {picking.id: count for picking, count in groups}
        for picking in self:
            picking.adv_dispute_count = counts.get(picking.id, 0)

    # === ACTIONS ===#

    def action_adv_open_disputes(self):
        """Open the disputes that this delivery or return caused."""
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_dunning.action_adv_dispute")
        return {**action, "domain": [("adv_picking_id", "in", self.ids)], "context": {"create": False}}

    def button_validate(self):
        held = self.filtered(lambda picking: picking._adv_hold_mode() == "enforce")
        if held:
            raise UserError("\n".join(held.mapped("adv_hold_message")))
        return super().button_validate()

    # === BUSINESS METHODS ===#

    def _adv_hold_mode(self):
        """Mode in which the hold stops this delivery, or False when nothing holds it."""
        order = self.sudo().sale_id  # a warehouse user reads no orders
        if self.picking_type_code != "outgoing" or not order or not order._adv_is_held_for_payment():
            return False
        return order._adv_hold_mode()
