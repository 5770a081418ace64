from odoo import api, fields, models

from ..tools.billing_plan import TRIGGERS, Instalment


class AdvBillingInstalment(models.Model):
    """The schedule of one order, as agreed when its first part was billed; written by the run only."""

    _name = "adv.billing.instalment"
    _description = "Billing Instalment"
    _order = "order_id desc, rank"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    rank = fields.Integer(required=True, readonly=True)
    name = fields.Char(string="Milestone", required=True, readonly=True)
    percent = fields.Float(string="Part (%)", digits=(5, 2), readonly=True)
    trigger = fields.Selection(TRIGGERS, string="Billed On", required=True, readonly=True)
    days = fields.Integer(string="Days After", readonly=True)
    date = fields.Date(string="Day", readonly=True)
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("billed", "Billed")], compute="_compute_state", string="Status"
    )

    _once = models.UniqueIndex("(order_id, rank)", "This milestone of the order is billed already.")

    # === COMPUTE METHODS ===#

    @api.depends("move_id.state")
    def _compute_state(self):
        for instalment in self:
            # sudo: whoever reads the schedule learns what is billed, not the invoice
            invoice = instalment.sudo().move_id
            instalment.state = "billed" if invoice and invoice.state != "cancel" else "waiting"

    # === BUSINESS METHODS ===#

    def _adv_instalments(self):
        """The schedule of an order of which something was billed."""
        return [
            Instalment(
                part.rank,
                part.percent,
                part.trigger,
                part.days,
                part.date or None,
                is_billed=part.state == "billed",
            )
            for part in self
        ]
