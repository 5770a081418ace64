from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.asked import only_one


class AdvCallLog(models.TransientModel):
    _name = "adv.call.log"
    _description = "Telephone Call"

    stats_id = fields.Many2one("adv.receivable.stats", "Customer", required=True, readonly=True)
    phone = fields.Char(related="stats_id.phone")
    script = fields.Text(related="stats_id.script")
    result = fields.Selection(
        [
            ("reached", "Talked to them"),
            ("message", "Left a message"),
            ("absent", "Nobody answered"),
            ("wrong", "Wrong number"),
        ],
        required=True,
        default="reached",
    )
    contact = fields.Char("Talked To")
    note = fields.Text("What Was Said")
    date_next = fields.Date("Call Again On", compute="_compute_date_next", store=True, readonly=False)

    @api.depends("result")
    def _compute_date_next(self):
        for call in self:
            company = call.stats_id.company_id or self.env.company
            wait = {"message": 2, "absent": 1}.get(call.result)
            call.date_next = wait and fields.Date.add(company._adv_today(), days=wait)

    def action_save(self):
        """Write the call on the customer's screen; plan the next one, which takes the place of this one."""
        only_one(self)
        if not self.env.user.has_group("adv_dunning.group_collector"):
            raise AccessError(self.env._("Only collectors write calls down."))
        result = dict(self._fields["result"]._description_selection(self.env))[self.result]
        said = "\n".join(filter(None, (" - ".join(filter(None, (result, self.contact))), self.note)))
        self.stats_id.activity_feedback(["mail.mail_activity_data_call"], user_id=self.env.uid)
        self.stats_id.message_post(body=self.env._("Call: %(said)s", said=said), message_type="comment")
        if self.date_next:
            self.stats_id.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=self.date_next,
                summary=self.env._("Call again"),
                user_id=self.env.uid,
            )
        return {"type": "ir.actions.act_window_close"}
