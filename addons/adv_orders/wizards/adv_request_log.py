from odoo import fields, models

from ..models.adv_request import KINDS


class AdvRequestLog(models.TransientModel):
    """Note what a caller asked about an order; answered at once or to be answered."""

    _name = "adv.request.log"
    _description = "Log a request"

    order_id = fields.Many2one("sale.order", required=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    state = fields.Selection(related="order_id.adv_state")
    promised = fields.Datetime(related="order_id.adv_promise_date")
    kind = fields.Selection(KINDS, required=True, default="question")
    channel = fields.Selection(
        [("phone", "Phone"), ("email", "E-mail"), ("other", "Other")], required=True, default="phone"
    )
    text = fields.Text(string="What was asked")

    def action_answered(self):
        """Log the request as answered."""
        request = self._adv_log()
        request._adv_close()  # the user has just made the request
        return self._adv_done(self.env._("%s: answer logged.", request.number))

    def action_to_answer(self):
        """Log the request; its answer is due within the working hours of its kind."""
        request = self._adv_log()
        return self._adv_done(self.env._("%s is open.", request.number))

    def _adv_log(self):
        self.ensure_one()
        self.order_id.check_access("read")
        text = (self.text or "").strip()
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        subject = text.split("\n", 1)[0][:80] or self.env._(
            "%(kind)s about %(order)s", kind=label, order=self.order_id.name
        )
        return self.env["adv.request"].create(
            {
                "name": subject,
                "kind": self.kind,
                "channel": self.channel,
                "order_id": self.order_id.id,
                "partner_id": self.order_id.partner_id.id,
                "company_id": self.order_id.company_id.id,
                "description": text,
            }
        )

    def _adv_done(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
