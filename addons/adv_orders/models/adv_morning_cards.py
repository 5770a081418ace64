from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools import event_now
from .adv_morning import OLD_DAYS

SHOWN_REASONS = 5


class AdvMorning(models.AbstractModel):
    """The cards of the morning page: how its numbers are counted and written."""

    _inherit = "adv.morning"

    # CARDS

    def _adv_company_page(self, company):
        figures = self._adv_all_figures(company)
        makers = {
            "intake": self._adv_card_intake,
            "ship": self._adv_card_ship,
            "blocked": self._adv_card_blocked,
            "backlog": self._adv_card_backlog,
            "late": self._adv_card_late,
            "approvals": self._adv_card_approvals,
            "requests": self._adv_card_count("requests"),
            "documents": self._adv_card_count("documents"),
            "absent": self._adv_card_absent,
        }
        cards = [make(company, figures) for key, make in makers.items() if key in figures]
        moments = self._adv_moments(company)
        return {
            "company_id": company.id,
            "name": company.name,
            "date": format_date(self.env, moments["today"], date_format="EEEE d MMMM y"),
            "cards": cards,
            "is_empty": not any([card.pop("count") for card in cards]),  # noqa: C419 - every one is popped
        }

    def _adv_card(self, figure, count, **vals):
        return {"key": figure.key, "label": figure.label, "value": f"{count:n}", "count": count, **vals}

    def _adv_part(self, figures, key, text, tone=None):
        return {"key": figures[key].key, "text": text, "tone": tone}

    def _adv_card_intake(self, company, figures):
        [[count, amount]] = self.env["sale.order"]._read_group(
            figures["intake"].domain, [], ["__count", "adv_amount_company:sum"]
        )
        card = self._adv_card(figures["intake"], count, value=self._adv_orders_text(count))
        if count:
            card["hint"] = self._adv_money(amount, company.currency_id)
            touched = self._adv_count_figure(figures["touched"])
            text = self.env._("%s touched", self._adv_percent(touched / count, 1))
            card["parts"] = [self._adv_part(figures, "touched", text)]
        return card

    def _adv_orders_text(self, count):
        return self.env._("1 order") if count == 1 else self.env._("%s orders", count)

    def _adv_card_ship(self, company, figures):
        counts = {key: self._adv_count_figure(figures[key]) for key in ("ship", "ship_ready", "ship_blocked")}
        card = self._adv_card(figures["ship"], counts["ship"], parts=[])
        if counts["ship"]:
            text = self.env._("%s ready", counts["ship_ready"])
            card["parts"].append(self._adv_part(figures, "ship_ready", text, "success"))
        if counts["ship_blocked"]:
            text = self.env._("%s blocked", counts["ship_blocked"])
            card["parts"].append(self._adv_part(figures, "ship_blocked", text, "danger"))
        return card

    def _adv_card_blocked(self, company, figures):
        [[count, oldest]] = self.env["sale.order"]._read_group(
            figures["blocked"].domain, [], ["__count", "adv_submitted_date:min"]
        )
        card = self._adv_card(figures["blocked"], count, parts=self._adv_reason_parts(company, figures))
        if count and oldest:
            age = (event_now(self.env) - oldest).total_seconds()
            card["hint"] = self.env._("oldest %s", self._adv_duration(age))
        old = self._adv_count_figure(figures["blocked_old"])
        if old:
            text = self.env._("%(count)s for more than %(days)s days", count=old, days=OLD_DAYS)
            card["parts"].append(self._adv_part(figures, "blocked_old", text, "danger"))
        return card

    def _adv_reason_parts(self, company, figures):
        """Return the reasons that hold most orders, the most frequent first."""
        results, approvals = self._adv_reason_domains(company)
        held = Domain("order_id", "any", figures["blocked"].domain)
        refused = Domain("state", "=", "refused")
        counts = {
            f"check_{check.id}": count
            for check, count in self.env["adv.check.result"]._read_group(
                results & held, ["check_id"], ["order_id:count_distinct"]
            )
        }
        for department, state, count in self.env["adv.approval"]._read_group(
            (approvals | refused) & held, ["department_id", "state"], ["order_id:count_distinct"]
        ):
            key = "refused" if state == "refused" else f"department_{department.id}"
            counts[key] = counts.get(key, 0) + count
        ranked = sorted(counts, key=lambda key: (-counts[key], figures[key].label))[:SHOWN_REASONS]
        return [self._adv_part(figures, key, f"{figures[key].label} {counts[key]}") for key in ranked]

    def _adv_card_backlog(self, company, figures):
        lines = self.env["sale.order.line"]
        count, amount, past = lines._adv_backlog_totals(
            figures["backlog"].domain, figures["backlog_past"].domain
        )
        card = self._adv_card(figures["backlog"], count, value=self._adv_money(amount, company.currency_id))
        card["hint"] = self.env._("1 line") if count == 1 else self.env._("%s lines", count)
        if past:
            text = self.env._("%s past promise", self._adv_percent(past / amount))
            card["parts"] = [self._adv_part(figures, "backlog_past", text, "danger")]
        return card

    def _adv_card_count(self, key):
        """Return what makes a card that is one number."""
        return lambda company, figures: self._adv_card(figures[key], self._adv_count_figure(figures[key]))

    def _adv_card_late(self, company, figures):
        late, at_risk = (self._adv_count_figure(figures[key]) for key in ("late", "at_risk"))
        card = self._adv_card(figures["late"], late)
        if at_risk:
            text = self.env._("%s at risk", at_risk)
            card["parts"] = [self._adv_part(figures, "at_risk", text, "warning")]
        return card

    def _adv_card_approvals(self, company, figures):
        card = self._adv_card(figures["approvals"], self._adv_count_figure(figures["approvals"]))
        overdue = self._adv_count_figure(figures["approvals_overdue"])
        if overdue:
            text = self.env._("%s overdue", overdue)
            card["parts"] = [self._adv_part(figures, "approvals_overdue", text, "danger")]
        return card

    def _adv_card_absent(self, company, figures):
        absences = self.env["adv.assistant.absence"].search(figures["absent"].domain)
        people = ", ".join(absences.assistant_id.mapped("name"))
        return self._adv_card(
            figures["absent"], len(absences.assistant_id), value=people or self.env._("nobody")
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model
    def _adv_backlog_totals(self, domain, past_domain):
        """Return (lines, value, value past its promise) of the backlog, in company currency.

        Counted with the rights of the reader.
        """
        self.env["sale.order"].flush_model(["currency_rate"])
        self.flush_model(["product_uom_qty", "qty_delivered", "price_subtotal", "order_id"])
        query = self._search(domain)
        past = self._search(past_domain)
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), COALESCE(sum(value), 0),
                       COALESCE(sum(value) FILTER (WHERE id IN %(past)s), 0)
                  FROM (
                        SELECT line.id, %(value)s AS value
                          FROM sale_order_line line
                          JOIN sale_order so ON so.id = line.order_id
                         WHERE line.id IN %(lines)s
                       ) backlog
                """,
                value=SQL(
                    "(line.product_uom_qty - line.qty_delivered) * line.price_subtotal "
                    "/ NULLIF(line.product_uom_qty, 0) / COALESCE(NULLIF(so.currency_rate, 0), 1)"
                ),
                lines=query.subselect(),
                past=past.subselect(),
            )
        )
        return row[0], float(row[1]), float(row[2])
