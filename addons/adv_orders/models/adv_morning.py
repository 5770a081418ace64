from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from ..tools import BLOCKED, IN_DELIVERY, Figure, asked_text, event_now

OLD_DAYS = 2


class AdvMorning(models.AbstractModel):
    """The page that the department reads in the morning: each number is a list of the same definition.

    Everything is counted with the rights of the reader; the number of statements does not depend on the
    number of orders.
    """

    _name = "adv.morning"
    _inherit = "adv.figures"
    _description = "Morning page"

    # PUBLIC

    @api.model
    @api.readonly
    def get_page(self):
        """Return what the morning page shows for each company the user has selected.

        :return: [{company_id, name, date, cards: [{key, label, value, hint, tone, parts}], is_empty}]
        :raise AccessError: for portal users
        """
        self._adv_check_reader()
        return [self.with_company(company)._adv_company_page(company) for company in self.env.companies]

    @api.model
    def open_figure(self, company_id, key):
        """Open the records that a number of the page counts.

        :param int company_id: one of the user's companies
        :param str key: name of the figure
        :raise UserError: when there is no such figure
        """
        self._adv_check_reader()
        company = self.env.companies.filtered(lambda company: company.id == company_id)
        figure = company and self.with_company(company)._adv_all_figures(company).get(
            asked_text(self.env, key)
        )
        if not figure:
            raise UserError(self.env._("There is no such figure."))
        return self._adv_open_figure(figure)

    def _adv_check_reader(self):
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This page is for employees."))

    # FIGURES

    def _adv_all_figures(self, company):
        """Return {key: Figure} of everything that the page of ``company`` counts."""
        moments = self._adv_moments(company)
        figures = [
            *self._adv_figures_orders(company, moments),
            *self._adv_figures_blocked(company, moments),
            *self._adv_figures_backlog(company, moments),
            *self._adv_figures_people(company, moments),
        ]
        return {figure.key: figure for figure in figures if self._adv_may_read(figure.model)}

    def _adv_may_read(self, model):
        return model in self.env and self.env[model].has_access("read")

    @api.model
    def _adv_moments(self, company):
        """Return the moments (naive UTC) that separate the page's days in the company's time zone."""
        now = event_now(self.env)
        today = company._adv_date(now)
        worked = company._adv_last_working_day(today)
        start, end = company._adv_day_bounds(today, today)
        return {
            "now": now,
            "today": today,
            "start": start,
            "end": end,
            "worked": worked,
            "worked_start": company._adv_day_bounds(worked, worked)[0],
        }

    def _adv_figures_orders(self, company, moments):
        orders = Domain("company_id", "=", company.id)
        intake = (
            orders
            & Domain("state", "=", "sale")
            & Domain("adv_confirmed_date", ">=", moments["worked_start"])
            & Domain("adv_confirmed_date", "<", moments["start"])
        )
        found = Domain("state", "in", ("failed", "overridden")) & Domain("severity", "!=", "information")
        touched = Domain("adv_error_ids", "any", Domain("state", "=", "open")) | Domain(
            "adv_check_result_ids", "any", found
        )
        ship = self._adv_ship_domain(company, moments)
        # a transfer is "ready" for Odoo as soon as a part of it is reserved; here all of it is
        missing = Domain("state", "in", ("waiting", "confirmed", "partially_available"))
        goods_ready = (
            Domain("state", "=", "assigned")
            & Domain("picking_type_code", "=", "outgoing")
            & Domain("move_ids", "not any", missing)
        )
        return [
            Figure("intake", self._adv_intake_label(moments), "sale.order", intake),
            Figure("touched", self.env._("Touched"), "sale.order", intake & touched),
            Figure("ship", self._adv_ship_label(company, moments), "sale.order", ship),
            Figure(
                "ship_ready",
                self.env._("Ready to leave"),
                "sale.order",
                ship & Domain("picking_ids", "any", goods_ready),
            ),
            Figure(
                "ship_blocked",
                self.env._("Blocked, to ship today"),
                "sale.order",
                ship & Domain("adv_state", "in", BLOCKED),
            ),
        ]

    def _adv_ship_domain(self, company, moments):
        """Return the orders promised for today: confirmed ones, and those that something still holds."""

        def within(name):
            return Domain(name, ">=", moments["start"]) & Domain(name, "<", moments["end"])

        told = within("commitment_date") | (
            Domain("commitment_date", "=", False) & within("adv_promise_date")
        )
        return (
            Domain("company_id", "=", company.id) & Domain("adv_state", "in", (*IN_DELIVERY, *BLOCKED)) & told
        )

    def _adv_intake_label(self, moments):
        if (moments["today"] - moments["worked"]).days == 1:
            return self.env._("Yesterday")
        return self.env._("Since %s", format_date(self.env, moments["worked"], date_format="EEEE"))

    def _adv_ship_label(self, company, moments):
        cutoff = format_time(
            self.env, company._adv_cutoff(moments["today"]), tz=company.adv_tz, time_format="short"
        )
        return self.env._("To ship before %s", cutoff)

    def _adv_figures_blocked(self, company, moments):
        blocked = Domain("company_id", "=", company.id) & Domain("adv_state", "in", BLOCKED)
        if not self._adv_may_read("sale.order"):
            return []
        old = Domain("adv_submitted_date", "<", moments["now"] - timedelta(days=OLD_DAYS))
        return [
            Figure("blocked", self.env._("Blocked"), "sale.order", blocked),
            Figure(
                "blocked_old",
                self.env._("Blocked for more than %s days", OLD_DAYS),
                "sale.order",
                blocked & old,
            ),
            *self._adv_figures_reasons(company, blocked),
        ]

    def _adv_figures_reasons(self, company, blocked):
        """Return one figure for each check and department that holds orders, and one for refusals."""
        results, approvals = self._adv_reason_domains(company)
        checks = [
            check
            for [check] in self.env["adv.check.result"]._read_group(
                results & Domain("order_id", "any", blocked), ["check_id"]
            )
        ]
        departments = [
            department
            for [department] in self.env["adv.approval"]._read_group(
                approvals & Domain("order_id", "any", blocked), ["department_id"]
            )
        ]
        refused = Domain("adv_approval_ids", "any", Domain("state", "=", "refused"))
        return [
            *(
                Figure(
                    f"check_{check.id}",
                    check.name,
                    "sale.order",
                    blocked
                    & Domain("adv_check_result_ids", "any", results & Domain("check_id", "=", check.id)),
                )
                for check in checks
            ),
            *(
                Figure(
                    f"department_{department.id}",
                    department.name,
                    "sale.order",
                    blocked
                    & Domain(
                        "adv_approval_ids", "any", approvals & Domain("department_id", "=", department.id)
                    ),
                )
                for department in departments
            ),
            Figure("refused", self.env._("Refused"), "sale.order", blocked & refused),
        ]

    @api.model
    def _adv_reason_domains(self, company):
        """Return the domains of the check results and of the approvals that hold an order."""
        modes = (False, "enforce") if company.adv_check_mode == "enforce" else ("enforce",)
        results = (
            Domain("state", "=", "failed")
            & Domain("check_id.severity", "=", "blocking")
            & Domain("check_id.mode", "in", modes)
        )
        return results, Domain("state", "=", "pending")

    def _adv_figures_backlog(self, company, moments):
        orders = Domain("company_id", "=", company.id)
        lines = orders & Domain("adv_in_backlog", "=", True)
        past = Domain("adv_promise_date", "<", moments["start"])
        opened = orders & Domain("adv_state", "in", IN_DELIVERY)
        return [
            Figure("backlog", self.env._("Backlog"), "sale.order.line", lines),
            Figure("backlog_past", self.env._("Backlog past its promise"), "sale.order.line", lines & past),
            Figure(
                "late",
                self.env._("Late"),
                "sale.order",
                opened & Domain("adv_lateness", "=", "late"),
                title=self.env._("Late orders"),
            ),
            Figure(
                "at_risk",
                self.env._("At risk"),
                "sale.order",
                opened & Domain("adv_lateness", "=", "at_risk"),
            ),
        ]

    def _adv_figures_people(self, company, moments):
        pending = Domain("company_id", "=", company.id) & Domain("state", "=", "pending")
        absent = (
            Domain("assistant_id.company_id", "=", company.id)
            & Domain("assistant_id.active", "=", True)
            & Domain("date_from", "<=", moments["today"])
            & Domain("date_to", ">=", moments["today"])
        )
        return [
            Figure("approvals", self.env._("Approvals"), "adv.approval", pending),
            Figure(
                "approvals_overdue",
                self.env._("Approvals overdue"),
                "adv.approval",
                pending & Domain("deadline", "<", moments["now"]),
            ),
            Figure(
                "requests",
                self.env._("Requests past due"),
                "adv.request",
                self.env["adv.request"]._adv_late_domain(company, moments["now"]),
            ),
            Figure(
                "documents",
                self.env._("Mail to file"),
                "adv.document",
                self.env["adv.document"]._adv_to_file_domain(company),
            ),
            Figure("absent", self.env._("Absent"), "adv.assistant.absence", absent),
        ]
