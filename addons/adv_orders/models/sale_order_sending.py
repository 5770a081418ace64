from odoo import api, models
from odoo.exceptions import UserError

from .sale_order_gate import OPEN

# what a customer can be handed as the company's offer
OFFER_REPORTS = ("sale.report_saleorder", "sale.report_saleorder_raw", "sale.report_saleorder_pro_forma")


class SaleOrder(models.Model):
    """What binds the company once signed is approved before the quotation goes to the customer."""

    _inherit = "sale.order"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        sent = orders.filtered(lambda order: order.state == "sent")
        if sent:
            sent._adv_guard_sending()
            sent._adv_stamp_sent()
        return orders

    def write(self, vals):
        sending = vals.get("state") == "sent"
        if sending:
            self.filtered(lambda order: order.state != "sent")._adv_guard_sending()
        result = super().write(vals)
        if sending:
            self._adv_stamp_sent()
        return result

    # ACTIONS

    def action_quotation_send(self):
        """Open the composer for the quotations that may go to the customer; the departments are asked first.

        :return: the native action; where a quotation waits, a notification that says who has it, then
            the composer of the others
        """
        return self._adv_send(lambda orders: super().action_quotation_send())

    def action_quotation_sent(self):
        """Mark as sent the quotations that may go to the customer; the departments are asked first."""
        return self._adv_send(lambda orders: super().action_quotation_sent())

    def message_post(self, **kwargs):
        sending = self.env.context.get("mark_so_as_sent")
        if sending:
            self._adv_guard_sending()
        message = super().message_post(**kwargs)
        if sending:
            self.filtered(lambda order: order.state == "sent")._adv_stamp_sent()
        return message

    # BUSINESS

    def _adv_send(self, send):
        """Ask what is to be asked, then ``send`` the orders that nothing holds."""
        self.check_access("write")
        quotations = self.filtered(
            lambda order: order.state in OPEN and order.company_id.adv_approval_mode != "observe"
        )
        observed = self.filtered(lambda order: order.state in OPEN) - quotations
        if observed:
            observed._adv_ask_sending()
        if not quotations:
            return send(self)
        quotations._adv_ask_sending()
        # sudo: whether somebody is asked, told to whoever may send the quotation
        asked = quotations.filtered(lambda order: order.sudo()._adv_sending_approvals())
        if not asked:
            return send(self)
        held = asked.filtered(lambda order: order.company_id.adv_approval_mode == "enforce")
        action = send(self - held) if self - held else None
        return self._adv_notify_sending(asked, held, action)

    def _adv_notify_sending(self, asked, held, action):
        """Say which quotations wait and for whom; ``action`` follows."""
        lines = [
            # sudo: as in adv_todo
            self._adv_titled(order.name, " - ".join(order.sudo()._adv_approval_items()))
            for order in asked
        ]
        title = self.env._("Not sent yet") if held else self.env._("Sent before it is approved")
        is_action = isinstance(action, dict)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": bool(held),
                "title": title,
                "message": "\n".join(lines),
                "next": action if is_action else {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _adv_ask_sending(self):
        """Ask the departments that have a say before quotations are sent.

        :return: the orders (sudo) whose block was lifted
        """
        orders = self.sudo()  # sudo: results and approvals have no ACL for writing
        rules = self.env["adv.approval.rule"]._adv_for(orders.company_id, "sending")
        if rules.check_ids:  # the others run at submission
            self.env["adv.check"]._run(orders, rules.check_ids)
        orders._adv_ask_approvals("sending")
        return orders._adv_update_block()

    def _adv_sending_approvals(self):
        """Return the questions and refusals that keep the quotation in the house."""
        unsettled = self._adv_open_approvals() | self._adv_refusals()
        return unsettled.filtered(lambda approval: approval.stage == "sending")

    def _adv_not_to_send(self):
        """Return those of ``self`` that may not go to the customer before a department has approved them.

        What a customer has signed or paid already is theirs to see.
        """
        orders = self.sudo().filtered(  # sudo: whether an offer may leave does not depend on who looks
            lambda order: (
                order.state in OPEN
                and order.company_id.adv_approval_mode == "enforce"
                and not order._adv_is_committed()
            )
        )
        waiting = orders.filtered(lambda order: order._adv_sending_approvals())
        others = orders - waiting
        if others:
            rules = self.env["adv.approval.rule"]._adv_for(others.company_id, "sending")
            plan = others._adv_plan_approvals(rules) if rules else {}
            waiting |= others.filtered(lambda order: order in plan and plan[order][1])
        return self.browse(waiting.ids)

    def _adv_guard_sending(self):
        """Refuse that a quotation leaves by a road that asks nobody."""
        held = self._adv_not_to_send()
        if held:
            raise UserError(
                self.env._(
                    "%s: a department has to approve it before the customer gets it. "
                    "Press Send on the quotation: it is asked then.",
                    ", ".join(held.mapped("name")),
                )
            )

    def _adv_stamp_sent(self):
        """Keep when a quotation was first sent, and what the customer was offered last."""
        orders = self.sudo()  # sudo: facts are written whoever sends
        orders._adv_stamp_quoted()
        judged = orders.filtered(lambda order: order.company_id.adv_approval_mode != "observe")
        judged._adv_freeze_costs()
        judged._adv_agree()

    def _adv_tell_sendable(self, approvals):
        """Tell who asked that the quotation may be sent now."""
        vals_list = []
        for order in self.filtered(lambda order: order.state in OPEN and not order.adv_to_confirm):
            user = order._adv_assistant_user(
                approvals.filtered(lambda approval, order=order: approval.order_id == order)[:1]
            )
            vals_list.append(order._adv_prepare_todo_vals(user, lambda env: env._("Send the quotation"), ""))
        self.env["adv.approval"]._adv_create_activities(vals_list)

    def _adv_prepare_confirmed_vals(self, is_first):
        vals = super()._adv_prepare_confirmed_vals(is_first)
        return {**vals, "adv_agreed": self._adv_fingerprint()}


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        report = self._get_report(report_ref)
        if report.model == "sale.order" and report.report_name in OFFER_REPORTS and res_ids:
            self.env["sale.order"].browse(res_ids)._adv_guard_sending()
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
