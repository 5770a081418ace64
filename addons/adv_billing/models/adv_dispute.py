from odoo import api, fields, models

from odoo.addons.adv_orders.tools import only_one


class AdvDisputeReason(models.Model):
    _inherit = "adv.dispute.reason"

    adv_department_id = fields.Many2one(
        "adv.department", string="Department", help="Answers for disputes with this reason."
    )


class AdvDispute(models.Model):
    """Where a dispute comes from, who answers for it, and the credit note that settles it."""

    _inherit = "adv.dispute"

    adv_picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery or Return",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('id', 'in', adv_picking_ids)]",
        help="The delivery that went wrong, or the return that followed.",
    )
    adv_picking_ids = fields.Many2many(
        "stock.picking", string="Deliveries of the Invoice", compute="_compute_adv_picking_ids"
    )
    adv_department_id = fields.Many2one(
        "adv.department",
        string="Department",
        compute="_compute_adv_department_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="Answers for it; by the reason, until a person chooses another one.",
    )
    adv_credit_move_ids = fields.One2many(
        "account.move", "adv_dispute_id", string="Credit Notes", readonly=True
    )

    # === COMPUTE METHODS ===#

    @api.depends("move_id")
    def _compute_adv_picking_ids(self):
        for dispute in self:
            # sudo: a collector reads no orders, only which deliveries the invoice is about
            orders = dispute.move_id.sudo().invoice_line_ids.sale_line_ids.order_id
            dispute.adv_picking_ids = orders.picking_ids.filtered(lambda picking: picking.state == "done")

    @api.depends("reason_id")
    def _compute_adv_department_id(self):
        for dispute in self:
            dispute.adv_department_id = dispute.reason_id.adv_department_id or dispute.adv_department_id

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes.filtered("adv_department_id")._adv_tell_department()
        return disputes

    def write(self, vals):
        before = {dispute: dispute.adv_department_id for dispute in self}
        result = super().write(vals)
        moved = self.filtered(
            lambda dispute: dispute.state == "open" and dispute.adv_department_id != before[dispute]
        )
        moved.filtered("adv_department_id")._adv_tell_department()
        return result

    # === ACTIONS ===#

    def action_adv_credit(self):
        """Open the credit note of the disputed invoice, which settles this dispute."""
        only_one(self)
        invoice = self.move_id
        return {
            **invoice.action_reverse(),
            "context": {
                "active_model": invoice._name,
                "active_id": invoice.id,
                "active_ids": invoice.ids,
                "default_adv_dispute_id": self.id,
            },
        }

    # === BUSINESS METHODS ===#

    @api.model
    def _adv_uncredited_domain(self):
        """Disputes that a credit note may settle: open, or granted and not credited yet."""
        granted = ["&", ("state", "=", "accepted"), ("adv_credit_move_ids", "=", False)]
        return ["|", ("state", "=", "open"), *granted]

    def _adv_tell_department(self):
        """Tell the department's people that a dispute is theirs to answer."""
        for dispute in self:
            # sudo: who belongs to a department is told to whoever opens a dispute
            department = dispute.adv_department_id.sudo()
            people = department.manager_id or department.member_ids
            people = (people - self.env.user).filtered("active")
            if people:
                dispute.message_notify(
                    partner_ids=people.partner_id.ids,
                    subject=dispute.name,
                    body=self.env._(
                        "%(customer)s contests %(invoice)s (%(reason)s): %(department)s answers by %(day)s.",
                        customer=dispute.partner_id.name,
                        invoice=dispute.move_id.name,
                        reason=dispute.reason_id.name,
                        department=department.name,
                        day=fields.Date.to_string(dispute.deadline) or "-",
                    ),
                    email_layout_xmlid="mail.mail_notification_light",
                )
