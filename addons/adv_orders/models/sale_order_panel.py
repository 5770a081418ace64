from odoo import api, fields, models

from ..tools import only_one
from .sale_order_gate import OPEN


class SaleOrder(models.Model):
    """What is to be settled on an order, one thing a line, for the panel of its form."""

    _inherit = "sale.order"

    adv_settle = fields.Json(
        string="Things to settle", compute="_compute_adv_settle", groups="base.group_user"
    )

    @api.depends("adv_todo")
    @api.depends_context("lang", "uid")
    def _compute_adv_settle(self):
        for order in self:
            # sudo: who may read the order may know what holds it, as ``adv_todo`` tells
            order.adv_settle = order.sudo()._adv_settle_items() if order.adv_todo else []

    def _adv_settle_items(self):
        """Return one dict a thing to settle, blocking things first.

        Checks have the id of their result and who may override them; what departments have to say is text.
        """
        results = self.adv_check_result_ids if self.state in OPEN else self.adv_check_result_ids.browse()
        found = results.filtered(self._adv_is_to_settle).sorted(
            lambda result: (result.severity != "blocking", result.check_id.sequence)
        )
        return [result._adv_settle_item() for result in found] + [
            {"key": f"text-{number}", "id": False, "message": sentence, "blocking": True}
            for number, sentence in enumerate(self._adv_approval_items())
        ]

    # WARNINGS

    def _adv_warnings(self):
        """Return {order: what a person should know, though nothing stops it}."""
        if self.env.user.share or self.env.user._is_superuser():
            return {}  # nobody looks on
        return {order: order.adv_todo for order in self if order.adv_todo}

    @api.model
    def _adv_tell_warnings(self, warnings):
        """Show the warnings of orders that were confirmed; what Odoo's confirmation returns stays as it is.

        :param dict warnings: as ``_adv_warnings`` returned them before the confirmation
        """
        lines = [
            self._adv_titled(order.name, text) for order, text in warnings.items() if order.state == "sale"
        ]
        if lines:
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "title": self.env._("Confirmed, but look at this"),
                    "message": "\n".join(lines),
                    "sticky": True,
                },
            )


class AdvCheckResult(models.Model):
    _inherit = "adv.check.result"

    def _adv_settle_item(self):
        check = self.check_id
        # sudo: names of groups, to say whom to ask
        groups = check.sudo().group_ids or self.env.ref("adv_orders.group_adv_manager").sudo()
        return {
            "key": f"check-{self.id}",
            "id": self.id,
            "title": check.name,
            "message": self.message,
            "blocking": check.severity == "blocking"
            and check._adv_effective_mode(self.company_id) == "enforce",
            "may_override": check.with_user(self.env.user)._adv_may_override(),
            "who": ", ".join(groups.mapped("name")),
        }

    def action_see(self):
        """Open what was compared, what the rule is, and who let it pass before."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.check_id.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("adv_orders.adv_check_result_view_form").id, "form")],
            "target": "new",
        }
