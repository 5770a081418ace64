import itertools

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.adv_orders.models.adv_order_error import STEPS


class AdvCreditReason(models.Model):
    _name = "adv.credit.reason"
    _description = "Credit Note Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable code for exports and figures.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    error_type_id = fields.Many2one(
        "adv.error.type",
        string="Error Type",
        index="btree_not_null",
        ondelete="restrict",
        help="A credit note with this reason is counted as an error of this type on its orders. "
        "Empty: nobody made a mistake.",
    )
    step = fields.Selection(
        STEPS, string="Made In", required=True, default="billing", help="Step in which the mistake was made."
    )
    escaped = fields.Boolean(default=True, help="The customer saw the mistake.")
    keeps_quantity = fields.Boolean(
        string="Price Only",
        help="The goods stay sold: the quantity credited is not billed again, and its cost is kept.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", help="Currency of the limit: the company's."
    )
    approval_amount = fields.Monetary(
        string="Manager Above",
        help="Above this untaxed amount, in company currency, a manager posts the credit note. 0: no limit.",
    )

    _code_uniq = models.UniqueIndex("(code)", "Each reason has its own code.")

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    # === CRUD METHODS ===#

    @api.model
    def _load_records_create(self, vals_list):
        """A reason that an update brings takes a free code where somebody used its own: settlement_2."""
        if not self.env.registry.ready:  # installation and update; who imports is told of the code instead
            codes = set(self.with_context(active_test=False).search(Domain.TRUE).mapped("code"))
            for vals in vals_list:
                vals["code"] = self._adv_free_code(vals.get("code"), codes)
                codes.add(vals["code"])
        return super()._load_records_create(vals_list)

    # === BUSINESS METHODS ===#

    @api.model
    def _adv_free_code(self, code, codes):
        """Return ``code``, numbered from 2 on where it is among ``codes``."""
        numbered = (f"{code}_{number}" for number in itertools.count(2))
        return code if code not in codes else next(free for free in numbered if free not in codes)
