from odoo import api, fields, models
from odoo.tools.misc import format_amount

from ..tools.asked import only_one


class AdvDunningRelease(models.TransientModel):
    """Asks before notices are released or sent, and says how many, to how many customers, about how much."""

    _name = "adv.dunning.release"
    _description = "Release or Send Notices"

    operation = fields.Selection([("release", "Release"), ("send", "Send")], required=True, readonly=True)
    notice_ids = fields.Many2many("adv.dunning.notice", string="Notices", readonly=True)
    concerned_ids = fields.Many2many("adv.dunning.notice", compute="_compute_summary")
    left_out_count = fields.Integer(compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("operation", "notice_ids")
    def _compute_summary(self):
        for release in self:
            state = "waiting" if release.operation == "release" else "ready"
            concerned = release.notice_ids.filtered(lambda notice, state=state: notice.state == state)
            release.concerned_ids = concerned
            release.left_out_count = len(release.notice_ids - concerned)
            release.summary = release._summary_text(concerned)

    def action_confirm(self):
        """Release, or send, the notices that can be."""
        only_one(self)
        if self.operation == "release":
            self.concerned_ids.action_release()
        else:
            self.concerned_ids.action_send()
        return {"type": "ir.actions.act_window_close"}

    def _summary_text(self, notices):
        amount = self._amount_text(notices)
        customers = notices.partner_id
        if len(customers) != 1:
            return self.env._(
                "%(notices)s notices to %(customers)s customers, %(amount)s",
                notices=len(notices),
                customers=len(customers),
                amount=amount,
            )
        if len(notices) == 1:
            return self.env._("1 notice to %(customer)s, %(amount)s", customer=customers.name, amount=amount)
        return self.env._(
            "%(notices)s notices to %(customer)s, %(amount)s",
            notices=len(notices),
            customer=customers.name,
            amount=amount,
        )

    def _amount_text(self, notices):
        return " + ".join(
            format_amount(self.env, sum(own.mapped("amount")), currency)
            for currency, own in notices.grouped("currency_id").items()
        ) or format_amount(self.env, 0, self.env.company.currency_id)
