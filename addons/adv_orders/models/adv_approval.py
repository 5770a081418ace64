from odoo import fields, models


class AdvApproval(models.Model):
    """One question to a department and its answer. Rows are never changed back nor deleted."""

    _name = "adv.approval"
    _description = "Approval by a department"
    _order = "requested_date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    rule_id = fields.Many2one(
        "adv.approval.rule", required=True, readonly=True, index=True, ondelete="restrict"
    )
    department_id = fields.Many2one(
        "adv.department", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="order_id.partner_id")
    amount = fields.Monetary(string="Amount asked", readonly=True)
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting for others"),
            ("pending", "To approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("obsolete", "Obsolete"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="pending",
    )
    requested_by = fields.Many2one("res.users", string="Asked by", readonly=True, ondelete="restrict")
    requested_date = fields.Datetime(string="Asked on", readonly=True)
    deadline = fields.Datetime(string="Due", readonly=True)
    decided_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_date = fields.Datetime(string="Decided on", readonly=True)
    reason = fields.Char(readonly=True)
    fingerprint = fields.Json(readonly=True)
