from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import BLOCKED, IN_DELIVERY, Figure, asked_text, only_one


class AdvPartnerStats(models.Model):
    """Customer at a glance: the figures of one customer, each with the records behind it."""

    _name = "adv.partner.stats"
    _inherit = ["adv.partner.stats", "adv.figures"]

    figures = fields.Json(compute="_compute_figures")
    favourites = fields.Char(string="Buys most", compute="_compute_favourites")
    open_order_ids = fields.Many2many("sale.order", string="Open orders", compute="_compute_open_records")
    open_request_ids = fields.Many2many(
        "adv.request", string="Open requests", compute="_compute_open_records"
    )
    agreement_ids = fields.Many2many(
        "adv.agreement", string="Agreements in force", compute="_compute_open_records"
    )
    comment_ids = fields.Many2many(
        "adv.request",
        string="Comments",
        compute="_compute_open_records",
        help="Requests that the customer rated with words, by kind.",
    )
    broken_order_ids = fields.Many2many(
        "sale.order", string="Promises broken", compute="_compute_open_records"
    )

    # COMPUTE

    def _compute_favourites(self):
        for stats in self:
            # sudo: names of products that the customer bought, whoever may see the figures
            stats.favourites = ", ".join(stats.sudo().product_ids.product_id.mapped("display_name"))

    def _compute_open_records(self):
        for stats in self:
            order = self.env["sale.order"]
            opened, broken = (stats._adv_figure(key).domain for key in ("open_orders", "broken"))
            stats.open_order_ids = order.search(opened, order="commitment_date, id", limit=10)
            stats.broken_order_ids = order.search(broken, order="adv_promise_date desc, id desc", limit=5)
            in_force = stats._adv_figure("agreements").domain
            stats.agreement_ids = self.env["adv.agreement"].search(in_force)
            asked = self.env["adv.request"]
            opened, commented = (stats._adv_figure(key).domain for key in ("requests", "comments"))
            stats.open_request_ids = asked.search(opened, order="date_due, id", limit=10)
            stats.comment_ids = asked.search(commented, order="kind, received_date desc", limit=40)

    def _compute_figures(self):
        for stats in self:
            stats.figures = stats._adv_figure_cards()

    # FIGURES

    def _adv_figures(self):
        """Return {key: Figure} of what can be opened for this customer."""
        self.ensure_one()
        return {
            figure.key: figure
            for figure in [
                *self._adv_figures_orders(),
                *self._adv_figures_quality(),
                *self._adv_figures_open(),
                *self._adv_figures_requests(),
            ]
        }

    def _adv_figure(self, key):
        figure = self._adv_figures().get(asked_text(self.env, key))
        if not figure:
            raise UserError(self.env._("There is no such figure."))
        return figure

    def _adv_in_period(self, name):
        return Domain(name, ">=", self.period_start) & Domain(name, "<=", self.computed_date)

    def _adv_customer_orders(self):
        return Domain("company_id", "=", self.company_id.id) & Domain(
            "adv_commercial_partner_id", "=", self.partner_id.id
        )

    def _adv_figures_orders(self):
        orders = self._adv_customer_orders()
        confirmed = orders & Domain("state", "=", "sale")
        return [
            Figure(
                "orders",
                self.env._("Orders in 12 months"),
                "sale.order",
                confirmed & self._adv_in_period("adv_confirmed_date"),
            ),
            Figure(
                "delivered",
                self.env._("Delivered in 12 months"),
                "sale.order",
                confirmed & self._adv_in_period("adv_delivered_date"),
                {"group_by": ["adv_is_on_time"]},
            ),
        ]

    def _adv_figures_quality(self):
        errors = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "open")
            & self._adv_in_period("date")
        )
        returns = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("sale_id.adv_commercial_partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "done")
            & Domain("location_id.usage", "=", "customer")
            & self._adv_in_period("date_done")
        )
        return [
            Figure("errors", self.env._("Our errors"), "adv.order.error", errors),
            Figure(
                "escaped",
                self.env._("Errors that the customer saw"),
                "adv.order.error",
                errors & Domain("escaped", "=", True),
            ),
            Figure("returns", self.env._("Returns"), "stock.picking", returns),
        ]

    def _adv_figures_open(self):
        orders = self._adv_customer_orders()
        today = self.company_id._adv_today()
        day_start = self.company_id._adv_day_bounds(today, today)[0]
        confirmed = orders & Domain("state", "=", "sale")
        missed = self._adv_in_period("adv_delivered_date") & Domain("adv_is_on_time", "=", False)
        waiting = Domain("adv_state", "in", IN_DELIVERY) & Domain("adv_promise_date", "<", day_start)
        return [
            Figure(
                "open_orders",
                self.env._("Open orders"),
                "sale.order",
                orders & Domain("adv_state", "in", IN_DELIVERY),
            ),
            Figure(
                "blocked", self.env._("Blocked"), "sale.order", orders & Domain("adv_state", "in", BLOCKED)
            ),
            Figure(
                "quotations",
                self.env._("Quotations"),
                "sale.order",
                orders & Domain("adv_state", "in", ("draft", "quoted")),
            ),
            Figure("broken", self.env._("Promises broken"), "sale.order", confirmed & (missed | waiting)),
        ]

    def _adv_figures_requests(self):
        asked = Domain("company_id", "=", self.company_id.id) & Domain(
            "commercial_partner_id", "=", self.partner_id.id
        )
        rated = Domain("consumed", "=", True) & Domain("rating", ">=", 1)
        opened = asked & Domain("state", "=", "open")
        past = self._adv_in_period("received_date")
        return [
            Figure("requests", self.env._("Open requests"), "adv.request", opened),
            Figure(
                "requests_late",
                self.env._("Requests past due"),
                "adv.request",
                opened & Domain("date_due", "<", fields.Datetime.now()),
            ),
            Figure(
                "rated",
                self.env._("Requests rated"),
                "adv.request",
                asked & past & Domain("rating_ids", "any", rated),
            ),
            Figure(
                "agreements",
                self.env._("Agreements in force"),
                "adv.agreement",
                self._adv_agreements_domain(),
            ),
            Figure(
                "comments",
                self.env._("Comments"),
                "adv.request",
                asked & Domain("rating_ids", "any", rated & Domain("feedback", "not in", (False, ""))),
                {"group_by": ["kind"]},
            ),
        ]

    def _adv_agreements_domain(self):
        """Return the agreements in force today of the customer and its addresses."""
        today = self.company_id._adv_today()
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "active")
            & Domain("date_from", "<=", today)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    # RIGHTS

    def _adv_may_follow(self, partner):
        """Return whether the user may see the figures of ``partner``, also before they exist."""
        user = self.env.user
        if user.has_group("sales_team.group_sale_salesman_all_leads"):
            return True
        return user.has_group("sales_team.group_sale_salesman") and partner.user_id == user

    # ACTIONS

    def action_open_figure(self, key):
        """Open the records that a figure counts.

        :param str key: name of the figure
        :raise UserError: when there is no such figure
        """
        only_one(self)
        self.check_access("read")
        return self._adv_open_figure(self._adv_figure(key))

    def action_open_customer(self):
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_new_request(self):
        """Open a new request of the customer."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New request"),
            "res_model": "adv.request",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
        }

    def action_new_quotation(self):
        """Open a new quotation of the customer."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New quotation"),
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_open_glance(self):
        """Open the customer at a glance, with figures of this moment.

        :raise UserError: when the customer is followed by somebody else
        """
        only_one(self)
        self.check_access("read")
        company, partner = self.env.company, self.commercial_partner_id
        stats = self.env["adv.partner.stats"]
        known = stats.search([("partner_id", "=", partner.id), ("company_id", "=", company.id)])
        if not known and not stats._adv_may_follow(partner):
            raise UserError(
                self.env._(
                    "%s is followed by somebody else: ask them or the sales administration.", partner.name
                )
            )
        # sudo: statistics have no ACL for writing; the row is read as the user below
        stats.sudo()._adv_recompute(company, partner)
        known = stats.search([("partner_id", "=", partner.id), ("company_id", "=", company.id)])
        return {
            "type": "ir.actions.act_window",
            "name": partner.name,
            "res_model": "adv.partner.stats",
            "res_id": known.id,
            "views": [(self.env.ref("adv_orders.adv_partner_stats_view_form").id, "form")],
        }


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_open_glance(self):
        """Open the customer of the order at a glance."""
        only_one(self)
        self.check_access("read")
        return self.partner_id.with_company(self.company_id).action_open_glance()
