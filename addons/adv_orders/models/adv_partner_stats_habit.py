from dateutil.relativedelta import relativedelta
from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools import event_now


class AdvPartnerStats(models.Model):
    """The worklist of overdue habits: what a person does with a customer who did not order."""

    _inherit = "adv.partner.stats"

    # ACTIONS

    def action_open_called(self):
        """Open the dialog that notes a call."""
        return self._adv_open_answer("called", self.env._("Note a call"))

    def action_open_snooze(self):
        """Open the dialog that leaves the customers in peace until a day."""
        return self._adv_open_answer("snoozed", self.env._("Put off"))

    def action_open_elsewhere(self):
        """Open the dialog that notes an order placed elsewhere."""
        return self._adv_open_answer("elsewhere", self.env._("Ordered elsewhere"))

    def _adv_open_answer(self, kind, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "adv.habit.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_kind": kind, "default_stats_ids": self.ids},
        }

    # BUSINESS

    def _adv_quiet_until(self, kind):
        """Return the day until which a customer is left in peace: three days after a call, a week when asked
        for, one usual interval after an order placed elsewhere."""
        self.ensure_one()
        days = {"called": 3, "snoozed": 7, "elsewhere": max(round(self.interval_days), 1)}
        return self.company_id._adv_today() + relativedelta(days=days[kind])

    def _adv_answer(self, kind, until, note):
        """Keep what was done, and leave the customers in peace until ``until``.

        :raise UserError: when ``until`` is not in the future
        :raise AccessError: for customers that the user may not see
        """
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._("Only sales and sales administration keep the contacts of customers.")
            )
        self.check_access("read")
        for stats in self:
            if not until or until <= stats.company_id._adv_today():
                raise UserError(self.env._("Choose a day after today."))
        rows = self.sudo()  # sudo: statistics and their log have no write ACL; rights were checked above
        actions = rows.env["adv.habit.action"].create(
            [
                {
                    "partner_id": stats.partner_id.id,
                    "company_id": stats.company_id.id,
                    "kind": kind,
                    "user_id": self.env.uid,
                    "date": event_now(self.env),
                    "expected_date": stats.next_order_date,
                    "until": until,
                    "note": (note or "").strip() or False,
                }
                for stats in rows
            ]
        )
        rows.write({"snooze_until": until})
        return actions
