from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

# what may be done with a reason, and on which records
ACTIONS = {
    "action_override": "adv.check.result",
    "action_refuse": "adv.approval",
    "action_dismiss": "adv.order.error",
}


class AdvReason(models.TransientModel):
    _name = "adv.reason"
    _description = "Reason"

    action = fields.Selection(
        [("action_override", "Override"), ("action_refuse", "Refuse"), ("action_dismiss", "Dismiss")],
        required=True,
        readonly=True,
    )
    record_ids = fields.Json(readonly=True)
    summary = fields.Text(compute="_compute_summary")
    reason = fields.Char(required=True)

    @api.depends("action", "record_ids")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = "\n".join(wizard._adv_describe(record) for record in wizard._adv_records())

    @api.model
    def _adv_open(self, records, action, title):
        """Return the action that asks why before ``action`` is done on ``records``."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_action": action, "default_record_ids": records.ids},
        }

    def _adv_describe(self, record):
        """Return what the reason is about: the finding, or the question to the department."""
        if self.action != "action_refuse":
            return getattr(record, "message", None) or record.display_name
        amount = formatLang(self.env, record.amount, currency_obj=record.currency_id)
        return f"{record.order_name} - {record.partner_id.display_name} - {record.rule_id.name} - {amount}"

    def _adv_records(self):
        self.ensure_one()
        if self.action not in ACTIONS:
            raise UserError(self.env._("Nothing to do."))
        return self.env[ACTIONS[self.action]].browse(self.record_ids or [])

    def action_apply(self):
        """Do it; the records' own method checks the rights."""
        records = self._adv_records()
        if self.action == "action_override":
            records.action_override(self.reason)
        elif self.action == "action_refuse":
            records.action_refuse(self.reason)
        else:
            records.action_dismiss(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
