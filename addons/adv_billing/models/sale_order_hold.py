from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """Orders of customers on hold: stopped by a check, released one by one or when the hold ends."""

    _inherit = "sale.order"

    adv_payer_on_hold = fields.Boolean(string="Customer on Hold", compute="_compute_adv_payer_on_hold")
    adv_hold_released_date = fields.Datetime(string="Released from Hold on", readonly=True, copy=False)
    adv_hold_released_by = fields.Many2one(
        "res.users", string="Released by", readonly=True, copy=False, ondelete="set null"
    )
    adv_hold_release_reason = fields.Char(string="Reason of the Release", readonly=True, copy=False)

    # === COMPUTE METHODS ===#

    def _compute_adv_payer_on_hold(self):
        for order in self:
            order.adv_payer_on_hold = order._adv_hold_mode() != "observe" and order._adv_is_payer_on_hold()

    # === CRUD METHODS ===#

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {
            "adv_hold_released_date",
            "adv_hold_released_by",
            "adv_hold_release_reason",
        }

    # === ACTIONS ===#

    def action_adv_release_hold(self, reason):
        """Let this order go on although its customer is on hold.

        :param str reason: why; kept on the order
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_groups("adv_orders.group_adv_manager,adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("An ADV manager or a collection manager releases an order."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why this order is released."))
        self._adv_set_facts(
            {
                "adv_hold_released_date": fields.Datetime.now(),
                "adv_hold_released_by": self.env.uid,
                "adv_hold_release_reason": reason.strip(),
            }
        )
        self._message_log(body=self.env._("Released although the customer is on hold: %s", reason.strip()))
        self._adv_reevaluate()
        return True

    # === BUSINESS METHODS ===#

    def _adv_is_payer_on_hold(self):
        payer = self.partner_invoice_id.commercial_partner_id or self.partner_id.commercial_partner_id
        # whoever sells may know that the customer is on hold, not necessarily read its accounting
        return payer.sudo().with_company(self.company_id).adv_on_hold

    def _adv_hold_mode(self):
        """Mode in which a hold acts in the order's company; observe when its check is gone."""
        check = self.env.ref("adv_billing.check_customer_on_hold", raise_if_not_found=False)
        check = check and check.sudo()  # a setting, read for anybody who confirms or delivers
        if not check or not check.active:
            return "observe"
        return check._adv_effective_mode(self.company_id)

    def _adv_check_inputs(self):
        """A hold that begins, ends or is released is told by the order's checks at once."""
        hold = (self._adv_is_payer_on_hold(), self.adv_hold_released_date)
        return [*super()._adv_check_inputs(), hold]

    def _adv_check_customer_on_hold(self):
        """Nothing is confirmed for a customer on hold, unless the order was released."""
        return {order.id: order._adv_hold_outcome() for order in self}

    def _adv_hold_outcome(self):
        if not self._adv_is_payer_on_hold():
            return "passed", ""
        payer = self.partner_invoice_id.commercial_partner_id or self.partner_id.commercial_partner_id
        if self.adv_hold_released_date:
            return "passed", lambda env: env._("Released: %s", self.adv_hold_release_reason)
        return "failed", lambda env: env._("%s is on hold for unpaid invoices.", payer.display_name)

    def _adv_is_held_for_payment(self):
        """Whether deliveries of the order must wait: on hold, not released, its check not overridden."""
        self.ensure_one()
        if not self._adv_is_payer_on_hold() or self.adv_hold_released_date:
            return False
        results = self.sudo().adv_check_result_ids  # a warehouse user reads no checks
        return not any(
            result.check_id.code == "customer_on_hold" and result.state == "overridden" for result in results
        )

    def _adv_end_hold(self):
        """The hold of the customer ended: releases lapse, waiting orders are looked at again."""
        released = self.filtered("adv_hold_released_date")
        released._adv_set_facts(
            {
                "adv_hold_released_date": False,
                "adv_hold_released_by": False,
                "adv_hold_release_reason": False,
            }
        )
        self._adv_reevaluate()

    def _adv_reevaluate(self):
        """Submit waiting orders again; those that are clear now go to the confirmation job."""
        # checks and blocks are written by server code, whoever ended the hold
        waiting = self.sudo().filtered(lambda order: order.adv_blocked and order.state in ("draft", "sent"))
        if waiting:
            waiting._adv_resubmit()._adv_release()
