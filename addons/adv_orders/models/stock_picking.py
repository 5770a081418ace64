from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import take_turn


class StockPicking(models.Model):
    """Why goods came back: each return of a customer has a reason, and our mistakes go to the ledger."""

    _inherit = "stock.picking"

    adv_return_reason_id = fields.Many2one(
        "adv.return.reason",
        string="Reason of the return",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    adv_is_return = fields.Boolean(
        string="Return of a customer", compute="_compute_adv_is_return", search="_search_adv_is_return"
    )

    # COMPUTE

    @api.depends("sale_id", "location_id.usage")
    def _compute_adv_is_return(self):
        for picking in self:
            picking.adv_is_return = bool(picking.sale_id) and picking.location_id.usage == "customer"

    def _search_adv_is_return(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("sale_id", "!=", False), ("location_id.usage", "=", "customer")]

    # VIEWS

    @api.model
    def get_empty_list_help(self, help_message):
        """The list of returns says what it waits for; the warehouse's lists keep their own sentence."""
        if self.env.context.get("adv_returns"):
            return help_message
        return super().get_empty_list_help(help_message)

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        if returns := pickings.filtered("adv_return_reason_id"):
            returns._adv_qualify_return()
        return pickings

    def write(self, vals):
        result = super().write(vals)
        if "adv_return_reason_id" in vals:
            self._adv_qualify_return()
        return result

    def action_cancel(self):
        """A return that never came is no error."""
        result = super().action_cancel()
        if returns := self.filtered(lambda picking: picking.adv_return_reason_id.error_type_id):
            self.env["adv.order.error"]._adv_replace(
                returns, {}, lambda env: env._("The return was cancelled")
            )
        return result

    # ACTIONS

    def button_validate(self):
        """Two who ship the same goods, or change their order, follow one another.

        The transfer itself is not locked: who writes on a move writes its transfer after it.
        """
        moves = self.sudo().move_ids  # sudo: the warehouse may not read the orders that it ships
        take_turn(moves.sale_line_id.order_id, moves)
        return super().button_validate()

    def action_qualify_return(self, reason):
        """Say why these goods came back.

        :param reason: record, id or code of an ``adv.return.reason``
        :raise UserError: for transfers that are no customer's return
        :raise AccessError: for people who neither do sales administration nor work in the warehouse
        """
        if not self.env.user.has_groups("adv_orders.group_adv_assistant,stock.group_stock_user"):
            raise AccessError(
                self.env._("Only sales administration and the warehouse say why goods came back.")
            )
        if isinstance(reason, str):
            reason = self.env["adv.return.reason"].search([("code", "=", reason)], limit=1)
        self.write({"adv_return_reason_id": getattr(reason, "id", reason)})
        return True

    # BUSINESS

    def _adv_qualify_return(self):
        """Bring the ledger in line with the reasons of these returns."""
        wrong = self.filtered(lambda picking: picking.adv_return_reason_id and not picking.adv_is_return)
        if wrong:
            raise UserError(
                self.env._("%s: only a return of a customer has a reason.", ", ".join(wrong.mapped("name")))
            )
        vals = {
            picking.id: picking._adv_prepare_return_error_vals()
            for picking in self
            if picking.adv_return_reason_id.error_type_id
        }
        self.env["adv.order.error"]._adv_replace(
            self, vals, lambda env: env._("Another reason of the return was given")
        )

    def _adv_prepare_return_error_vals(self):
        """Return the ledger values of this return: the customer has seen the mistake."""
        picking = self.sudo()  # sudo: the warehouse may not read the order that it ships
        reason, lines = picking.adv_return_reason_id, picking.move_ids.sale_line_id
        return {
            "type": reason.error_type_id.id,
            "name": lambda env: picking.with_env(env)._adv_titled(
                picking.name, reason.with_env(env(su=True)).name
            ),
            "order_id": picking.sale_id.id,
            "line_id": lines.id if len(lines) == 1 else False,
            "step": reason.step,
            "found_step": "delivery",
            "found_by": "return",
            "escaped": True,
            "author_id": picking.sale_id._adv_entry_author().id if reason.step == "entry" else False,
        }
