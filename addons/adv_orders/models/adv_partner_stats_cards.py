from odoo import models
from odoo.tools import format_date


class AdvPartnerStats(models.Model):
    """The cards of the customer at a glance."""

    _inherit = "adv.partner.stats"

    # CARDS

    def _adv_figure_cards(self):
        """Return what the widget shows: a list of {key, label, value, hint, tone, parts}."""
        self.ensure_one()
        return [
            self._adv_card_orders(),
            self._adv_card_habit(),
            self._adv_card_open(),
            self._adv_card_on_time(),
            self._adv_card_errors(),
            self._adv_card_returns(),
            self._adv_card_requests(),
            self._adv_card_agreements(),
        ]

    def _adv_card_orders(self):
        hint = ""
        if self.order_count:
            hint = self.env._(
                "%(amount)s, mean basket %(basket)s",
                amount=self._adv_money(self.amount, self.currency_id),
                basket=self._adv_money(self.mean_basket, self.currency_id),
            )
        return {
            "key": "orders",
            "label": self.env._("Orders in 12 months"),
            "value": str(self.order_count),
            "hint": hint,
        }

    def _adv_card_habit(self):
        card = {"label": self.env._("Next order"), "value": self.env._("no habit yet"), "hint": ""}
        if self.next_order_date:
            card["value"] = format_date(self.env, self.next_order_date)
            card["hint"] = self.env._("usually every %s days", f"{self.interval_days:g}")
            if self.is_overdue:
                card.update(tone="danger", mark=self.env._("overdue"))
        return card

    def _adv_card_open(self):
        counts = {
            key: self._adv_count_figure(self._adv_figure(key))
            for key in ("open_orders", "blocked", "quotations")
        }
        blocked = self.env._("%s blocked", counts["blocked"])
        quotations = self.env._("%s quotations", counts["quotations"])
        return {
            "key": "open_orders",
            "label": self.env._("Open orders"),
            "value": str(counts["open_orders"]),
            "parts": [
                *([{"key": "blocked", "text": blocked, "tone": "danger"}] if counts["blocked"] else []),
                *([{"key": "quotations", "text": quotations}] if counts["quotations"] else []),
            ],
        }

    def _adv_card_on_time(self):
        broken = self._adv_count_figure(self._adv_figure("broken"))
        card = {
            "key": "delivered",
            "label": self.env._("On time"),
            "value": self._adv_percent(self.on_time_rate) if self.delivered_count else "-",
            "hint": self.env._("in full %s", self._adv_percent(self.in_full_rate))
            if self.delivered_count
            else self.env._("nothing delivered yet"),
        }
        if broken:
            text = self.env._("Promises broken: %s", broken)
            card["parts"] = [{"key": "broken", "text": text, "tone": "danger"}]
        return card

    def _adv_card_errors(self):
        card = {
            "key": "errors",
            "label": self.env._("Our errors"),
            "value": str(self.error_caught + self.error_escaped),
        }
        if self.error_escaped:
            text = self.env._("%s seen by the customer", self.error_escaped)
            card["parts"] = [{"key": "escaped", "text": text, "tone": "danger"}]
        return card

    def _adv_card_returns(self):
        hint = ""
        if self.order_count:
            hint = self.env._("confirmed in %s", self._adv_duration((self.confirm_days or 0) * 86400))
        return {
            "key": "returns",
            "label": self.env._("Returns"),
            "value": str(self.return_count),
            "hint": hint,
        }

    def _adv_card_requests(self):
        figures = self._adv_figures()
        late = self._adv_count_figure(figures["requests_late"])
        card = {
            "key": "requests",
            "label": self.env._("Open requests"),
            "value": str(self._adv_count_figure(figures["requests"])),
            "parts": [],
        }
        if late:
            text = self.env._("%s past due", late)
            card["parts"].append({"key": "requests_late", "text": text, "tone": "danger"})
        if self.rating_count:
            text = self.env._("%s satisfied", self._adv_percent(self.satisfaction))
            card["parts"].append({"key": "rated", "text": text})
        return card

    def _adv_card_agreements(self):
        figure = self._adv_figure("agreements")
        return {
            "key": figure.key,
            "label": figure.label,
            "value": str(self._adv_count_figure(figure)),
        }
