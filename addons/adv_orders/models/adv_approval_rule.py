from odoo import fields, models


class AdvApprovalRule(models.Model):
    _name = "adv.approval.rule"
    _description = "When a department must approve"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(
        default=10,
        help="Rules with the same number are asked at the same time; higher numbers wait for the lower ones.",
    )
    department_id = fields.Many2one("adv.department", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_min = fields.Monetary(string="From amount", help="Untaxed, in the company's currency.")
    amount_max = fields.Monetary(string="Up to amount", help="Zero means no upper limit.")
    discount_min = fields.Float(
        string="From discount", help="Highest discount of the lines, in %; zero means whatever the discount."
    )
    use_margin = fields.Boolean(string="Depends on margin")
    margin_max = fields.Float(
        string="Margin below", help="In %, on the costs known when the order is submitted."
    )
    tolerance = fields.Float(
        default=2.0, help="A later change up to this percentage does not ask the department again."
    )
    deadline_hours = fields.Integer(string="Answer within", default=8, help="Hours.")
