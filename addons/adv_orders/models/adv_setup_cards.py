from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.fields import Domain

from ..tools import Figure

OBSERVED_DAYS = 14
OPEN_STATES = ("draft", "sent")


class AdvSetup(models.Model):
    """The numbers of the Go-live page: people, data to clean, what was seen while observing."""

    _inherit = "adv.setup"

    def _adv_all_figures(self):
        """Return {key: Figure} of everything that the page counts."""
        self.ensure_one()
        figures = [
            *self._adv_figures_people(),
            *self._adv_figures_customers(),
            *self._adv_figures_products(),
            *self._adv_figures_seen(),
        ]
        return {figure.key: figure for figure in figures}

    # PEOPLE

    def _adv_figures_people(self):
        company = Domain("company_id", "=", self.company_id.id)
        shared = Domain("company_id", "in", (self.company_id.id, False))
        managers = Domain("all_group_ids", "in", self.env.ref("adv_orders.group_adv_manager").ids) & Domain(
            "share", "=", False
        )
        right = self.env.ref("adv_orders.group_adv_assistant")
        # sudo: the rights of colleagues, seen by the ADV manager who answers for them
        assistants = self.env["adv.assistant"].search(company).user_id.sudo()
        without = assistants.filtered(lambda user: right not in user.all_group_ids)
        people = {"create": True}
        nobody = Domain("member_ids", "=", False) & Domain("manager_id", "=", False)
        return [
            Figure("assistants", self.env._("ADV assistants"), "adv.assistant", company, people),
            Figure(
                "assistants_right",
                self.env._("Assistants without the right of an ADV assistant"),
                "res.users",
                Domain("id", "in", without.ids),
            ),
            Figure(
                "managers",
                self.env._("ADV managers"),
                "res.users",
                managers & Domain("company_ids", "in", self.company_id.ids),
            ),
            Figure("departments", self.env._("Departments"), "adv.department", shared, people),
            Figure(
                "departments_empty",
                self.env._("Departments without people"),
                "adv.department",
                shared & nobody,
                people,
            ),
            Figure("rules", self.env._("Approval rules"), "adv.approval.rule", company, people),
        ]

    def _adv_cards_people(self):
        figures = self._adv_all_figures()
        cards = [
            self._adv_simple_card(figures[key]) for key in ("assistants", "managers", "departments", "rules")
        ]
        for card, key, tone in (
            (cards[0], "assistants_right", "warning"),
            (cards[2], "departments_empty", "danger"),
        ):
            count = self._adv_count_figure(figures[key])
            if count:
                text = {
                    "assistants_right": self.env._("%s without the right", count),
                    "departments_empty": self.env._("%s without people", count),
                }[key]
                card["parts"] = [{"key": key, "text": text, "tone": tone}]
        return cards

    def _adv_simple_card(self, figure):
        count = self._adv_count_figure(figure)
        return {"key": figure.key, "label": figure.label, "value": str(count)}

    # DATA

    def _adv_customers_domain(self):
        """Return the companies and people who have an order in the company."""
        ordered = Domain("company_id", "=", self.company_id.id) & Domain("state", "!=", "cancel")
        return Domain("sale_order_ids", "any", ordered)

    def _adv_figures_customers(self):
        customers = self._adv_customers_domain()
        no_address = (
            Domain("street", "=", False) | Domain("city", "=", False) | Domain("country_id", "=", False)
        )
        no_tax = Domain("commercial_partner_id.is_company", "=", True) & Domain(
            "commercial_partner_id.vat", "=", False
        )
        return [
            Figure(
                "no_address", self.env._("Customers without address"), "res.partner", customers & no_address
            ),
            Figure("no_tax_id", self.env._("Customers without tax ID"), "res.partner", customers & no_tax),
            Figure(
                "no_terms",
                self.env._("Customers without payment terms"),
                "res.partner",
                customers & Domain("property_payment_term_id", "=", False),
            ),
            Figure(
                "no_email",
                self.env._("Customers without e-mail"),
                "res.partner",
                customers & Domain("email", "=", False),
            ),
            Figure(
                "duplicates",
                self.env._("Customers that look alike"),
                "res.partner",
                self._adv_duplicates_domain(),
                {"group_by": ["name"]},
            ),
        ]

    def _adv_duplicates_domain(self):
        """Return the customer companies that share their name or their tax ID with another one."""
        top = Domain("parent_id", "=", False) & Domain("company_id", "in", (self.company_id.id, False))
        bought = top & Domain("is_company", "=", True)
        twice = [("__count", ">", 1)]
        partners = self.env["res.partner"]
        names = [
            name
            for [name, _count] in partners._read_group(
                bought & Domain("name", "!=", False), ["name"], ["__count"], having=twice, limit=200
            )
        ]
        numbers = [
            vat
            for [vat, _count] in partners._read_group(
                bought & Domain("vat", "not in", (False, "/", "")),
                ["vat"],
                ["__count"],
                having=twice,
                limit=200,
            )
        ]
        return bought & (Domain("name", "in", names) | Domain("vat", "in", numbers))

    def _adv_figures_products(self):
        products = (
            Domain("sale_ok", "=", True)
            & Domain("type", "!=", "combo")
            & Domain("company_id", "in", (self.company_id.id, False))
        )
        goods = products & Domain("type", "=", "consu")
        orders = Domain("company_id", "=", self.company_id.id)
        unpromised = (
            orders
            & Domain("adv_state", "in", ("confirmed", "in_delivery"))
            & Domain("commitment_date", "=", False)
        )
        return [
            Figure(
                "no_price",
                self.env._("Products without price"),
                "product.product",
                products & Domain("list_price", "=", 0.0),
            ),
            Figure(
                "no_cost",
                self.env._("Goods without cost"),
                "product.product",
                goods & Domain("standard_price", "=", 0.0),
            ),
            Figure("no_promise", self.env._("Open orders without promised date"), "sale.order", unpromised),
        ]

    def _adv_cards_health(self):
        figures = [*self._adv_figures_customers(), *self._adv_figures_products()]
        cards = []
        for figure in figures:
            card = self._adv_simple_card(figure)
            clean = card["value"] == "0"
            mark = self.env._("in order") if clean else self.env._("to complete")
            card.update(tone="success" if clean else "warning", mark=mark)
            cards.append(card)
        return cards

    # OBSERVED

    def _adv_figures_seen(self):
        since = fields.Datetime.now() - relativedelta(days=OBSERVED_DAYS)
        company = Domain("company_id", "=", self.company_id.id)
        blocking = (
            company
            & Domain("state", "=", "failed")
            & Domain("check_id.severity", "=", "blocking")
            & Domain("order_id", "!=", False)
        )
        asked = company & Domain("requested_date", ">=", since)
        return [
            Figure(
                "submitted",
                self.env._("Orders submitted in %s days", OBSERVED_DAYS),
                "sale.order",
                company & Domain("adv_submitted_date", ">=", since),
            ),
            Figure(
                "failed",
                self.env._("Blocking checks failed in %s days", OBSERVED_DAYS),
                "adv.check.result",
                blocking & Domain("date", ">=", since),
                {"group_by": ["check_id"]},
            ),
            Figure(
                "asked",
                self.env._("Approvals asked in %s days", OBSERVED_DAYS),
                "adv.approval",
                asked,
                {"group_by": ["rule_id"]},
            ),
            Figure(
                "would_stop",
                self.env._("Open quotations with a failed blocking check"),
                "sale.order",
                company
                & Domain("state", "in", OPEN_STATES)
                & Domain("adv_check_result_ids", "any", blocking),
            ),
        ]

    def _adv_cards_seen(self):
        return [self._adv_simple_card(figure) for figure in self._adv_figures_seen()]
