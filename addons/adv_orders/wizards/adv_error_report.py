from odoo import api, fields, models

from ..models.adv_order_error import STEPS
from ..tools import only_one


class AdvErrorReport(models.TransientModel):
    _name = "adv.error.report"
    _description = "Report an error"

    order_id = fields.Many2one("sale.order", required=True)
    line_id = fields.Many2one("sale.order.line", string="Order line", domain="[('order_id', '=', order_id)]")
    type_id = fields.Many2one("adv.error.type", string="What went wrong", required=True)
    step = fields.Selection(STEPS, string="Where it was made", required=True, default="entry")
    found_by = fields.Selection(
        [("customer", "The customer"), ("manual", "Our own people")],
        string="Who found it",
        required=True,
        default="manual",
    )
    escaped = fields.Boolean(
        string="The customer saw it", compute="_compute_escaped", store=True, readonly=False
    )
    minutes = fields.Integer(
        string="Minutes of rework", compute="_compute_minutes", store=True, readonly=False
    )
    cost = fields.Monetary()
    currency_id = fields.Many2one(related="order_id.company_id.currency_id")
    name = fields.Char(string="Description")

    @api.depends("found_by", "order_id")
    def _compute_escaped(self):
        for report in self:
            report.escaped = report.found_by == "customer"

    @api.depends("type_id")
    def _compute_minutes(self):
        for report in self:
            report.minutes = report.type_id.standard_minutes

    def action_report(self):
        """Record the error in the ledger.

        :raise AccessError: when the user may not read the order
        """
        only_one(self)
        self.order_id.check_access("read")
        # sudo: who entered the order, kept only where the company keeps authors
        author = self.order_id.sudo()._adv_entry_author() if self.step == "entry" else self.env["res.users"]
        self.env["adv.order.error"]._adv_log(
            [
                {
                    "type": self.type_id.id,
                    "order_id": self.order_id.id,
                    "line_id": self.line_id.id if self.line_id.order_id == self.order_id else False,
                    "step": self.step,
                    "found_by": self.found_by,
                    "escaped": self.escaped,
                    "minutes": self.minutes,
                    "cost": self.cost,
                    "author_id": author.id,
                    "name": self.name or (lambda env: self.type_id.with_env(env).name),
                }
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
