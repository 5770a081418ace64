from odoo import api, fields, models


class AdvDispute(models.Model):
    """Columns that the figures sum."""

    _inherit = "adv.dispute"

    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    amount_company = fields.Monetary(
        string="Disputed (company currency)",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="Tax included, at the invoice's own rate.",
    )
    days_closed = fields.Integer(
        string="Days until closed", compute="_compute_days_closed", store=True, copy=False, aggregator="avg"
    )
    day_number = fields.Integer(
        string="Number of the day opened",
        compute="_compute_day_number",
        store=True,
        copy=False,
        help="Days from 1 January of year 1 (day 1): ages are sums of differences of such numbers.",
    )

    @api.depends("amount", "move_id.amount_total", "move_id.amount_total_signed")
    def _compute_amount_company(self):
        for dispute in self:
            move = dispute.move_id
            rate = abs(move.amount_total_signed / move.amount_total) if move.amount_total else 1.0
            dispute.amount_company = dispute.amount * rate

    @api.depends("date", "date_closed")
    def _compute_days_closed(self):
        for dispute in self:
            closed = dispute.date and dispute.date_closed
            dispute.days_closed = (dispute.date_closed - dispute.date).days if closed else 0

    @api.depends("date")
    def _compute_day_number(self):
        for dispute in self:
            dispute.day_number = dispute.date.toordinal() if dispute.date else 0

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"amount_company", "days_closed", "day_number"}


class AccountMove(models.Model):
    _inherit = "account.move"

    adv_dispute_ids = fields.One2many(
        "adv.dispute",
        "move_id",
        string="Disputes",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,adv_dunning.group_collector,"
        "adv_orders.group_adv_manager",
    )
