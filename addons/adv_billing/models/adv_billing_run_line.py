from odoo import api, fields, models

from odoo.addons.adv_orders.tools import only_one

from ..tools.billing_plan import GROUPINGS, MODES


class AdvBillingRunLine(models.Model):
    """What one run did with one order or group of orders; written by the run only."""

    _name = "adv.billing.run.line"
    _description = "Billing Run Result"
    _order = "run_id desc, state, id"

    run_id = fields.Many2one("adv.billing.run", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, index="btree_not_null")
    order_ids = fields.Many2many(
        "sale.order", "adv_billing_run_line_order_rel", "line_id", "order_id", string="Orders", readonly=True
    )
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, index="btree_not_null")
    mode = fields.Selection(MODES, string="Billing", readonly=True)
    grouping = fields.Selection(GROUPINGS, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Untaxed Amount", readonly=True)
    state = fields.Selection(
        [("failed", "Failed"), ("nothing", "Nothing to bill"), ("done", "Billed")],
        required=True,
        readonly=True,
        index=True,
    )
    message = fields.Char(readonly=True)

    @api.depends("partner_id", "run_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.run_id.display_name} - {line.partner_id.display_name}"

    # === ACTIONS ===#

    def action_open(self):
        """Open the invoice, or the orders when there is none."""
        only_one(self)
        if self.move_id:
            return self.move_id._get_records_action(name=self.env._("Invoice"))
        return self.order_ids._get_records_action(name=self.env._("Orders"))

    def action_retry(self):
        """Bill what the runs of these results left, now that its cause was seen to."""
        return self.run_id.action_run()
