from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.adv_promise_change import ORIGINS
from ..tools import asked_ids, only_one


class AdvPromiseChangeWizard(models.TransientModel):
    """Changes the promise of the chosen lines: of one order, or of all that a late container carries."""

    _name = "adv.promise.change.wizard"
    _description = "Change the promise"

    order_id = fields.Many2one("sale.order")
    old_date = fields.Datetime(related="order_id.adv_promise_date", string="Promised until now")
    method = fields.Selection(
        [
            ("date", "A new date"),
            ("shift", "So many days later"),
            ("expected", "The date we expect"),
        ],
        string="New promise is",
        required=True,
        default="date",
    )
    new_date = fields.Datetime(string="New promise")
    shift_days = fields.Integer(string="Days later", default=7)
    origin = fields.Selection(ORIGINS, string="Who wanted it", required=True)
    reason = fields.Char(required=True)
    tell_customer = fields.Boolean(
        string="Tell the customers",
        default=True,
        help="One message a customer that lists all their lines; not when the customer asked for it.",
    )
    line_ids = fields.One2many("adv.promise.change.wizard.line", "wizard_id", string="Lines")
    summary = fields.Char(compute="_compute_summary")

    # DEFAULTS

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        lines = self.env["sale.order.line"].browse(asked_ids(self.env, self.env.context.get("adv_line_ids")))
        if "line_ids" in fields and lines:
            values["line_ids"] = [Command.create({"line_id": line.id}) for line in lines.exists()]
        return values

    # COMPUTE

    @api.depends("line_ids.chosen", "line_ids.line_id")
    def _compute_summary(self):
        for wizard in self:
            lines = wizard.line_ids.filtered("chosen").line_id
            wizard.summary = self.env._(
                "Lines: %(lines)s, orders: %(orders)s, customers: %(customers)s",
                lines=len(lines),
                orders=len(lines.order_id),
                customers=len(lines.order_id.partner_id),
            )

    # ACTIONS

    def action_change(self):
        """Change the promises; only what the customer asked for moves the base of "on time".

        :raise UserError: when nothing is chosen or a line has no new date
        """
        only_one(self)
        dates = self._adv_dates()
        lines = self.env["sale.order.line"].browse([line.id for line in dates])
        if lines:
            changes = lines._adv_change_promises(dates, self.origin, self.reason)
        else:
            changes = self.order_id._adv_change_promise(self.new_date, self.origin, self.reason)
        if self.tell_customer and self.origin != "customer":
            changes._adv_tell_delay()
        self.env["adv.lateness"]._adv_refresh(changes.order_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # BUSINESS

    def _adv_dates(self):
        """Return {line: new date}; without lines of the wizard, all open lines of its order."""
        if self.line_ids:
            chosen = self.line_ids.filtered("chosen")
            if not chosen:
                raise UserError(self.env._("Choose at least one line."))
            return {choice.line_id: choice.new_date for choice in chosen}
        lines = self.order_id._adv_goods_lines()._adv_promised_lines()
        return {line: self._adv_date_of(line) for line in lines}

    def _adv_date_of(self, line):
        if self.method == "expected":
            return line.adv_expected_date
        if self.method == "shift":
            before = line.adv_told_date or line.adv_promise_date
            return before and before + timedelta(days=self.shift_days)
        return self.new_date


class AdvPromiseChangeWizardLine(models.TransientModel):
    _name = "adv.promise.change.wizard.line"
    _description = "Line whose promise changes"

    wizard_id = fields.Many2one("adv.promise.change.wizard", required=True, ondelete="cascade")
    chosen = fields.Boolean(string="Change", default=True)
    line_id = fields.Many2one("sale.order.line", string="Line", required=True, ondelete="cascade")
    order_id = fields.Many2one(related="line_id.order_id")
    partner_id = fields.Many2one(related="line_id.order_id.partner_id", string="Customer")
    product_id = fields.Many2one(related="line_id.product_id")
    quantity = fields.Float(related="line_id.product_uom_qty", string="Quantity")
    promise_date = fields.Datetime(related="line_id.adv_promise_date")
    expected_date = fields.Datetime(related="line_id.adv_expected_date")
    new_date = fields.Datetime(string="New date", compute="_compute_new_date")

    @api.depends("wizard_id.method", "wizard_id.new_date", "wizard_id.shift_days", "line_id")
    def _compute_new_date(self):
        for choice in self:
            choice.new_date = choice.wizard_id._adv_date_of(choice.line_id)
