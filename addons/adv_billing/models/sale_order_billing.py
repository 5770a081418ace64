from odoo import fields, models

from ..tools.billing_plan import GROUP_KEY, BillingPlan

INSTALMENT_READERS = (
    "adv_billing.group_adv_billing,sales_team.group_sale_salesman,adv_orders.group_adv_assistant,"
    "account.group_account_readonly"
)
READERS = "sales_team.group_sale_salesman,adv_orders.group_adv_assistant,adv_billing.group_adv_billing"


class SaleOrder(models.Model):
    """Native billing, told by a plan what to bill and how to group it."""

    _inherit = "sale.order"

    adv_instalment_ids = fields.One2many(
        "adv.billing.instalment",
        "order_id",
        string="Instalments",
        readonly=True,
        copy=False,
        groups=INSTALMENT_READERS,
    )
    # whoever bills may read checks and errors, so their figures may ask orders for them
    adv_check_result_ids = fields.One2many(groups=READERS)
    adv_error_ids = fields.One2many(groups=READERS)

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
            if plan.groups:
                vals[GROUP_KEY] = plan.groups[self.id]
        return vals

    def _create_account_invoices(self, invoice_vals_list, final):
        plan = self._adv_billing_plan()
        groups = [vals.pop(GROUP_KEY, None) for vals in invoice_vals_list]
        invoices = super()._create_account_invoices(invoice_vals_list, final)
        if plan:
            plan.invoices.update(zip(groups, invoices, strict=True))
        return invoices

    def _adv_issue_credit(self, lines):
        """Return the draft credit note of ``lines``, with the reason of goods that came back."""
        quantities = {line.id: -line.adv_qty_to_credit for line in lines}
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
        try:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        finally:
            self.order_line._adv_forget_plan()

    # === BUSINESS METHODS: milestones ===#

    def _adv_billing_schedules(self):
        """Return {order: its instalments as plain facts}; orders of which nothing was billed are left out."""
        # sudo: the schedule is read by whoever may bill
        instalments = self.env["adv.billing.instalment"].sudo().search([("order_id", "in", self.ids)])
        by_order = instalments.grouped("order_id")
        return {order: by_order[order]._adv_instalments() for order in self if order in by_order}

    def _adv_billing_moments(self):
        """Return {trigger: day in the company's zone, or False}."""
        self.ensure_one()
        moments = {
            "confirmation": self.adv_confirmed_date or self.date_order,
            "first_delivery": self.adv_first_delivery_date,
            "full_delivery": self.adv_delivered_date,
        }
        if self._adv_is_delivered() and not self.adv_delivered_date:  # nothing but services
            moments["full_delivery"] = moments["first_delivery"] = moments["confirmation"]
        return {trigger: self.company_id._adv_date(moment) for trigger, moment in moments.items()}
