from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..tools import check_facts, only_one

# agreements that give conditions: whether one is in force on a day is told by its dates
CONCLUDED = ("active", "expired")


class AdvAgreement(models.Model):
    """Conditions negotiated with a customer, for it and its addresses, between two days."""

    _name = "adv.agreement"
    _description = "Agreement with a customer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The agreement holds for this customer and its contacts and addresses; "
        "one of their own comes first.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company currency")
    date_from = fields.Date(string="From", required=True, tracking=True)
    date_to = fields.Date(string="Until", tracking=True, help="Last day; empty: until it is cancelled.")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("expired", "Expired"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Is asked to renew it before it ends.",
    )
    line_ids = fields.One2many("adv.agreement.line", "agreement_id", string="Prices", copy=True)
    line_count = fields.Integer(string="Number of prices", compute="_compute_line_count")
    payment_term_id = fields.Many2one("account.payment.term", string="Payment terms", check_company=True)
    incoterm_id = fields.Many2one("account.incoterms", string="Incoterm")
    lead_days = fields.Integer(
        string="Lead time", help="Days from order to delivery; zero: those of each product."
    )
    minimum_order = fields.Monetary(
        string="Minimum order",
        currency_field="company_currency_id",
        help="Lowest untaxed amount of an order; zero: that of the company.",
    )
    free_freight_from = fields.Monetary(
        string="Carriage free from",
        currency_field="company_currency_id",
        help="Untaxed amount from which the customer pays no carriage; zero: never.",
    )
    document_ids = fields.Many2many(
        "ir.attachment", string="Documents", copy=False, help="The signed agreement and its annexes."
    )
    note = fields.Text(string="What else was agreed")
    renewal_days = fields.Integer(
        string="Renewal", default=60, help="Days before the end at which the responsible is asked."
    )
    renewal_asked_date = fields.Date(string="Renewal asked on", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "adv.agreement", string="Renews", readonly=True, copy=False, index="btree_not_null"
    )
    order_count = fields.Integer(string="Number of orders", compute="_compute_order_count")

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)", "An agreement ends after it begins."
    )
    _amounts_positive = models.Constraint(
        "CHECK (minimum_order >= 0 AND free_freight_from >= 0 AND lead_days >= 0 AND renewal_days >= 0)",
        "Amounts, lead time and renewal of an agreement are not negative.",
    )
    _in_force_index = models.Index("(partner_id, company_id, date_from) WHERE state IN ('active', 'expired')")
    _ending_index = models.Index("(date_to) WHERE state = 'active'")

    # COMPUTE

    def _compute_line_count(self):
        groups = self.env["adv.agreement.line"]._read_group(
            [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
        )
        counts = {agreement.id: count for agreement, count in groups}
        for agreement in self:
            agreement.line_count = counts.get(agreement.id, 0)

    def _compute_order_count(self):
        groups = self.env["sale.order"]._read_group(
            [("adv_agreement_id", "in", self.ids)], ["adv_agreement_id"], ["__count"]
        )
        counts = {agreement.id: count for agreement, count in groups}
        for agreement in self:
            agreement.order_count = counts.get(agreement.id, 0)

    # CONSTRAINTS

    @api.constrains("date_from", "date_to")
    def _check_sensible_dates(self):
        for agreement in self:
            for day in (agreement.date_from, agreement.date_to):
                if day and not 1970 <= day.year <= 2199:
                    raise ValidationError(
                        self.env._(
                            "%(name)s: the year %(year)s cannot be.", name=agreement.name, year=day.year
                        )
                    )

    @api.constrains("partner_id", "state")
    def _check_partner_active(self):
        for agreement in self:
            if agreement.state in ("draft", "active") and not agreement.partner_id.active:
                raise ValidationError(
                    self.env._(
                        "%s is archived: restore this customer before you agree on anything.",
                        agreement.partner_id.display_name,
                    )
                )

    @api.constrains("partner_id", "company_id", "date_from", "date_to", "state")
    def _check_one_at_a_time(self):
        """Two agreements concluded with the same customer never share a day."""
        mine = self.filtered(lambda agreement: agreement.state in CONCLUDED)
        others = self.search(
            [
                ("partner_id", "in", mine.partner_id.ids),
                ("company_id", "in", mine.company_id.ids),
                ("state", "in", CONCLUDED),
            ]
        ).grouped(lambda other: (other.partner_id, other.company_id))
        for agreement in mine:
            for other in others.get((agreement.partner_id, agreement.company_id), ()):
                if other != agreement and agreement._adv_overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "%(customer)s already has the agreement %(other)s from %(start)s to %(end)s: "
                            "change the dates, or cancel one of them.",
                            customer=agreement.partner_id.display_name,
                            other=other.name,
                            start=format_date(self.env, other.date_from),
                            end=format_date(self.env, other.date_to) or self.env._("no end"),
                        )
                    )

    def _adv_overlaps(self, other):
        return (not self.date_to or other.date_from <= self.date_to) and (
            not other.date_to or self.date_from <= other.date_to
        )

    # CRUD

    def _adv_protected_fields(self):
        return frozenset({"state", "renewal_asked_date", "previous_id"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        result = super().write(vals)
        if {"date_to", "company_id"} & vals.keys():
            self._adv_update_states()
        if {
            "partner_id",
            "date_from",
            "date_to",
            "line_ids",
            "payment_term_id",
            "minimum_order",
        } & vals.keys():
            self._adv_recheck_orders()
        return result

    def _adv_set_facts(self, vals):
        """Write facts from server code; everybody else is stopped by ``write``."""
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if concluded := self.filtered(lambda agreement: agreement.state in CONCLUDED):
            raise UserError(
                self.env._(
                    "%s was concluded: cancel it instead, orders were taken on its conditions.",
                    ", ".join(concluded.mapped("name")),
                )
            )

    def copy_data(self, default=None):
        rows = super().copy_data(default)
        if "name" not in (default or {}):
            for agreement, vals in zip(self, rows, strict=True):
                if vals:  # a record that is named twice is copied once
                    vals["name"] = self.env._("%s (copy)", agreement.name)
        return rows

    # ACTIONS

    def action_activate(self):
        """Conclude the agreements: orders of these days take their conditions.

        :raise UserError: when one is not a draft or cancelled
        :raise ValidationError: when the customer has another agreement on these days
        """
        self._adv_check_may_decide()
        for agreement in self:
            if agreement.state not in ("draft", "cancelled"):
                raise UserError(self.env._("%s is concluded already.", agreement.name))
        self._adv_set_facts({"state": "active"})
        self._adv_update_states()
        self._adv_recheck_orders()
        return True

    def action_cancel(self):
        """End the agreements: new orders do not take their conditions any more."""
        self._adv_check_may_decide()
        self._adv_set_facts({"state": "cancelled"})
        self.activity_unlink(["adv_orders.activity_type_renewal"])
        self._adv_recheck_orders()
        return True

    def action_renew(self):
        """Prepare the agreement that follows: same conditions and length, from the day after the end.

        :return: the action that opens the draft
        :raise UserError: when the agreement has no end
        """
        only_one(self)
        self._adv_check_may_decide()
        if not self.date_to:
            raise UserError(self.env._("%s has no end: there is nothing to renew.", self.name))
        following = self.search([("previous_id", "=", self.id), ("state", "!=", "cancelled")], limit=1)
        if not following:
            following = self.copy(self._prepare_renewal_vals())
            following._adv_set_facts({"previous_id": self.id})
        self.activity_feedback(["adv_orders.activity_type_renewal"])
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following.id,
            "views": [(False, "form")],
        }

    def action_open_orders(self):
        """Open the orders that took the conditions of this agreement."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of %s", self.name),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("adv_agreement_id", "=", self.id)],
            "context": {"create": False},
        }

    # BUSINESS

    def _adv_check_may_decide(self):
        """Agreements are concluded, ended and renewed by those who may write them."""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("adv_orders.group_adv_manager"):
            raise AccessError(self.env._("Agreements are concluded by ADV managers."))

    def _prepare_renewal_vals(self):
        start = self.date_to + timedelta(days=1)
        return {"name": self.name, "date_from": start, "date_to": start + (self.date_to - self.date_from)}

    def _adv_update_states(self):
        """Let the state follow the dates, day by day in the company's time zone."""
        for company, agreements in self.grouped("company_id").items():
            today = company._adv_today()
            over = agreements.filtered(
                lambda agreement, today=today: (
                    agreement.state == "active" and agreement.date_to and agreement.date_to < today
                )
            )
            again = agreements.filtered(
                lambda agreement, today=today: (
                    agreement.state == "expired" and (not agreement.date_to or agreement.date_to >= today)
                )
            )
            if over:
                over._adv_set_facts({"state": "expired"})
            if again:
                again._adv_set_facts({"state": "active", "renewal_asked_date": False})

    def _adv_recheck_orders(self):
        """Waiting orders of these customers are looked at again: their conditions have changed."""
        # sudo: whoever changes an agreement need not see the orders that it concerns
        self.env["sale.order"].sudo()._adv_recheck_soon(
            [("partner_id", "child_of", self.partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )

    @api.model
    def _adv_in_force(self, wanted):
        """Return {key: agreement (sudo)} of those wanted that have one; one statement.

        The customer's own agreement comes before that of the company it belongs to; of several (only a
        race can make them) the one that began last, then the newest.

        :param dict wanted: {key: (partner, company, day)}
        """
        chains = {key: self._adv_partner_chain(partner) for key, (partner, _company, _day) in wanted.items()}
        known = self._adv_concluded({partner_id for chain in chains.values() for partner_id in chain})
        found = {}
        for key, (_partner, company, day) in wanted.items():
            for partner_id in chains[key]:
                agreement = next(
                    (
                        agreement
                        for agreement in known.get((partner_id, company.id), ())
                        if agreement._adv_is_in_force(day)
                    ),
                    None,
                )
                if agreement:
                    found[key] = agreement
                    break
        return found

    @api.model
    def _adv_concluded(self, partner_ids):
        """Return {(partner id, company id): agreements (sudo)} that were ever concluded, newest first."""
        # sudo: an order takes the customer's conditions whoever enters it
        agreements = self.sudo().search([("partner_id", "in", list(partner_ids)), ("state", "in", CONCLUDED)])
        return agreements.grouped(lambda agreement: (agreement.partner_id.id, agreement.company_id.id))

    @api.model
    def _adv_partner_chain(self, partner):
        """Return the ids of the partner and those it belongs to, the nearest first."""
        chain = []
        partner = partner.sudo()._origin  # sudo: the company of a contact, to find its conditions
        while partner and partner.id not in chain:
            chain.append(partner.id)
            partner = partner.parent_id
        return chain

    def _adv_is_in_force(self, day):
        self.ensure_one()
        return self.date_from <= day and (not self.date_to or self.date_to >= day)
