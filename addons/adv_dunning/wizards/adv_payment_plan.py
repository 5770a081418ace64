from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.asked import only_one


class AdvPaymentPlan(models.TransientModel):
    _name = "adv.payment.plan"
    _description = "Instalment Plan"
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('commercial_partner_id', '=', partner_id), ('move_type', '=', 'out_invoice'),"
        " ('state', '=', 'posted'), ('currency_id', '=', currency_id), ('company_id', '=', company_id)]",
    )
    amount = fields.Monetary(
        "To Pay", compute="_compute_amount", store=True, readonly=False, required=True, precompute=True
    )
    part_count = fields.Integer("Instalments", default=3, required=True)
    date_first = fields.Date(
        "First On",
        required=True,
        default=lambda self: fields.Date.add(self.env.company._adv_today(), days=7),
    )
    interval = fields.Selection(
        [("week", "Every week"), ("fortnight", "Every two weeks"), ("month", "Every month")],
        required=True,
        default="month",
    )
    line_ids = fields.One2many(
        "adv.payment.plan.line", "plan_id", compute="_compute_line_ids", store=True, readonly=False
    )
    note = fields.Char("What Was Agreed")

    # === COMPUTE METHODS ===#

    @api.depends("move_ids")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.move_ids.mapped("amount_residual"))

    @api.depends("amount", "part_count", "date_first", "interval")
    def _compute_line_ids(self):
        for plan in self:
            parts = plan._parts()
            plan.line_ids = [Command.clear()] + [
                Command.create({"date": day, "amount": amount}) for day, amount in parts
            ]

    # === ACTION METHODS ===#

    def action_confirm(self):
        """Record one promise for each part."""
        only_one(self)
        if self.currency_id.compare_amounts(sum(self.line_ids.mapped("amount")), self.amount):
            raise UserError(self.env._("The instalments do not add up to the amount to pay."))
        promises = self.env["adv.payment.promise"].create(
            [
                {
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "move_ids": [Command.set(self.move_ids.ids)],
                    "amount": line.amount,
                    "date": line.date,
                    "date_made": self.company_id._adv_today(),
                    "note": self.note,
                }
                for line in self.line_ids
            ]
        )
        promises._adv_set_facts(
            {"plan": self.env._("Plan of %(count)s, no. %(id)s", count=len(promises), id=promises[:1].id)}
        )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS ===#

    def _parts(self):
        """Return [(day, amount)]: equal parts, the last one takes the rounding."""
        self.ensure_one()
        count = max(self.part_count, 1)
        if not self.date_first or self.currency_id.compare_amounts(self.amount, 0) <= 0:
            return []
        step = {
            "week": relativedelta(weeks=1),
            "fortnight": relativedelta(weeks=2),
            "month": relativedelta(months=1),
        }[self.interval]
        part = self.currency_id.round(self.amount / count)
        amounts = [part] * (count - 1)
        amounts.append(self.currency_id.round(self.amount - sum(amounts)))
        return [(self.date_first + step * rank, amount) for rank, amount in enumerate(amounts)]


class AdvPaymentPlanLine(models.TransientModel):
    _name = "adv.payment.plan.line"
    _description = "Instalment of a Plan"
    _order = "date, id"

    plan_id = fields.Many2one("adv.payment.plan", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
