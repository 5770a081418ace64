from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools import asked_number, only_one

# what became of a finding: the same words filter the figures and the lists behind them
OUTCOMES = {
    "found": [],
    "corrected": [("state", "in", ("passed", "not_applicable"))],
    "overridden": [("state", "=", "overridden")],
}


class AdvCheck(models.Model):
    """The observation page: what each check found, and what it would have stopped."""

    _inherit = "adv.check"

    @api.model
    @api.readonly
    def get_observation(self, days):
        """Return what the checks found on the orders submitted in the last ``days`` days, today included.

        :param int days: 1 to 3660
        :return: dict with ``orders`` (number submitted), ``currency_id``, ``can_switch``, ``rows``, one
            dict a check: id, name, severity, mode ('' is the company's), effective mode, ``found``,
            ``corrected``, ``overridden`` (orders), ``amount`` (company currency) and ``share`` (of 1), and
            ``rules``: as ``adv.approval.rule._adv_observed_rows``
        :raise AccessError: for others than ADV assistants
        """
        self._adv_check_observer()
        company = self.env.company
        orders = self.env["sale.order"].search_count(
            list(self._adv_submitted_domain("adv_submitted_date", days))
        )
        figures = {outcome: self._adv_observed_figures(outcome, days) for outcome in OUTCOMES}
        rows = [
            check._adv_observation_row(company, figures, orders)
            for check in self.search([("model", "=", "sale.order")])
        ]
        return {
            "orders": orders,
            "currency_id": company.currency_id.id,
            "can_switch": self.has_access("write"),
            "company_mode": company.adv_check_mode,
            "rows": sorted(rows, key=lambda row: (-row["found"], row["name"])),
            "rules": self.env["adv.approval.rule"]._adv_observed_rows(days),
        }

    @api.readonly
    def action_open_observed(self, days, outcome):
        """Open the list behind a figure of the observation page.

        :param str outcome: 'found', 'corrected' or 'overridden'
        """
        only_one(self)
        self._adv_check_observer()
        domain = self._adv_observed_domain(outcome, days) & Domain("check_id", "=", self.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "adv.check.result",
            "views": [(self.env.ref("adv_orders.adv_check_result_view_list").id, "list")],
            "domain": list(domain),
            "context": {"create": False},
        }

    # BUSINESS

    @api.model
    def _adv_check_observer(self):
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only the sales administration sees what the checks found."))

    @api.model
    def _adv_submitted_domain(self, field, days):
        company = self.env.company
        today = company._adv_today()
        first = today - timedelta(days=min(max(asked_number(self.env, days), 1), 3660) - 1)
        start, end = company._adv_day_bounds(first, today)
        return Domain("company_id", "=", company.id) & Domain(field, ">=", start) & Domain(field, "<", end)

    @api.model
    def _adv_observed_domain(self, outcome, days):
        """Return the results that ever failed on orders submitted in the period, with that outcome."""
        orders = self._adv_submitted_domain("order_id.adv_submitted_date", days)
        return orders & Domain("failed_date", "!=", False) & Domain(OUTCOMES[outcome])

    @api.model
    def _adv_observed_figures(self, outcome, days):
        """Return {check: (orders, amount)}; one statement."""
        groups = self.env["adv.check.result"]._read_group(
            self._adv_observed_domain(outcome, days), ["check_id"], ["__count", "amount:sum"]
        )
        return {check: (count, amount) for check, count, amount in groups}

    def _adv_observation_row(self, company, figures, orders):
        found, amount = figures["found"].get(self, (0, 0.0))
        return {
            "id": self.id,
            "name": self.name,
            "severity": self.severity,
            "mode": self.mode or "",
            "effective": self._adv_effective_mode(company),
            "found": found,
            "corrected": figures["corrected"].get(self, (0, 0.0))[0],
            "overridden": figures["overridden"].get(self, (0, 0.0))[0],
            "amount": amount,
            "share": found / orders if orders else 0.0,
        }


class AdvApprovalRule(models.Model):
    """What each rule would have asked a department while the company only observes."""

    _inherit = "adv.approval.rule"

    @api.model
    def _adv_observed_rows(self, days):
        """Return one dict a rule: id, name, department, ``orders``, ``amount`` (company currency) and
        ``changes``, the questions about changes of confirmed orders; one statement."""
        groups = self.env["adv.approval"]._read_group(
            self._adv_observed_domain(days),
            ["rule_id", "after_confirmation"],
            ["order_id:count_distinct", "amount:sum", "__count"],
        )
        rows = {}
        for rule, after, orders, amount, count in groups:
            row = rows.setdefault(rule, rule._adv_observed_row())
            if after:
                row["changes"] += count
            else:
                row["orders"] += orders
                row["amount"] += amount
        return sorted(rows.values(), key=lambda row: (-row["orders"], -row["changes"], row["name"]))

    def _adv_observed_row(self):
        return {
            "id": self.id,
            "name": self.name,
            "department": self.department_id.name,
            "orders": 0,
            "amount": 0.0,
            "changes": 0,
        }

    @api.model
    def _adv_observed_domain(self, days):
        period = self.env["adv.check"]._adv_submitted_domain("requested_date", days)
        return period & Domain("mode", "=", "observe")

    @api.readonly
    def action_open_observed(self, days, after_confirmation):
        """Open the questions behind a figure of the observation page.

        :param bool after_confirmation: those about changes of confirmed orders
        """
        only_one(self)
        self.env["adv.check"]._adv_check_observer()
        domain = self._adv_observed_domain(days) & Domain("rule_id", "=", self.id)
        domain &= Domain("after_confirmation", "=", bool(after_confirmation))
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "adv.approval",
            "views": [(self.env.ref("adv_orders.adv_approval_view_list").id, "list")],
            "domain": list(domain),
            "context": {"create": False},
        }
