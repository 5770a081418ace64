from odoo import models

from ..tools.billing_plan import BillingPlan


class SaleOrder(models.Model):
    """Native billing, told by a plan what to bill and how to group it."""

    _inherit = "sale.order"

    def _adv_billing_plan(self):
        """The plan in the context; what a remote client sends is never a ``BillingPlan``."""
        plan = self.env.context.get("adv_billing_plan")
        return plan if isinstance(plan, BillingPlan) else None

    def _get_invoice_grouping_keys(self):
        keys = [*super()._get_invoice_grouping_keys(), "invoice_payment_term_id"]
        plan = self._adv_billing_plan()
        return plan.grouping_keys(keys) if plan else keys

    def _prepare_invoice(self):
        vals = super()._prepare_invoice()
        if plan := self._adv_billing_plan():
            vals["invoice_date"] = plan.invoice_date
        return vals

    def _adv_issue_credit(self, lines):
        """Return the draft credit note of ``lines``, with the reason of goods that came back."""
        quantities = {line.id: line.qty_to_invoice for line in lines}
        plan = BillingPlan(quantities, "order", self.company_id._adv_today())
        notes = self.with_context(adv_billing_plan=plan)._create_invoices(final=True)
        notes = notes.with_context(adv_billing_plan=None)
        reason = self.env.ref("adv_billing.credit_reason_return", raise_if_not_found=False)
        refunds = notes.filtered(lambda note: note.move_type == "out_refund")
        refunds.adv_credit_reason_id = reason
        refunds.adv_dispute_id = self._adv_dispute_of_returns()
        return notes

    def _adv_dispute_of_returns(self):
        """Return the one dispute about this order that points at a return and has no credit note yet."""
        # sudo: whoever bills need not see disputes; which one the note settles stands on the note
        disputes = self.env["adv.dispute"].sudo()
        back = self.picking_ids.filtered(lambda picking: picking.location_id.usage == "customer")
        found = disputes.search([("adv_picking_id", "in", back.ids), *disputes._adv_uncredited_domain()])
        return found if len(found) == 1 else disputes

    def _create_invoices(self, grouped=False, final=False, date=None):
        plan = self._adv_billing_plan()
        if not plan:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        self.order_line._adv_plan_to_invoice(plan)
        invoices = super()._create_invoices(grouped=grouped, final=final, date=date)
        self.order_line._adv_forget_plan()
        return invoices
