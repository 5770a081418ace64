from odoo import models
from odoo.tools import formatLang

LIST_VIEWS = {
    "sale.order": "adv_orders.sale_order_view_desk_list",
    "sale.order.line": "adv_orders.sale_order_line_view_backlog_list",
}


class AdvFigures(models.AbstractModel):
    """What the pages of figures share: how a number opens its records, and how it is written."""

    _name = "adv.figures"
    _description = "Figures that open their records"

    def _adv_open_figure(self, figure):
        """Return the action that lists what ``figure`` counts."""
        list_view = self.env.ref(LIST_VIEWS.get(figure.model, ""), raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": figure.name,
            "res_model": figure.model,
            "views": [(list_view.id if list_view else False, "list"), (False, "form")],
            "domain": list(figure.domain),
            "context": {"create": False, **figure.context},
        }

    def _adv_count_figure(self, figure):
        return self.env[figure.model].search_count(figure.domain)

    def _adv_money(self, amount, currency):
        """Return ``amount`` without needless decimals, in the reader's way of writing."""
        return formatLang(self.env, amount, currency_obj=currency, rounding_unit="units")

    def _adv_percent(self, share, digits=0):
        """Return ``share`` (0 to 1) in percent."""
        return self.env._("%s %%", formatLang(self.env, share * 100, digits=digits))

    def _adv_duration(self, seconds):
        """Return a time span as "3 d 4 h", "4 h" or "12 min"."""
        minutes = max(int((seconds or 0) // 60), 0)
        days, hours = minutes // 1440, minutes % 1440 // 60
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        return self.env._("%s h", hours) if hours else self.env._("%s min", minutes)
